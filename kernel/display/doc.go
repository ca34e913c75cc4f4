// Package display is what cells call to show things: pure values that know their
// forms by MIME type.
package display
