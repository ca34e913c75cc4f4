// Command lectern is an interactive notebook for Go with an experiment tracker
// built in.
//
// Each command lives in the file of its name; what a command does lives in the
// packages it joins. Nothing imports this package, and it alone may import
// everything.
package main
