// Package display is what cells call to show things: pure values that know
// their forms by MIME type, and Show, which shows any value at once.
//
// The value of a cell's last expression is shown by itself:
//
//	display.Markdown("**done**")
//
// A type of one's own shows itself richly if it has the method
// MIMEBundle() map[string]any, whose values are strings for text types, []byte
// for binary ones and anything that encoding/json can marshal for JSON types.
// No type needs to import this package for it.
package display
