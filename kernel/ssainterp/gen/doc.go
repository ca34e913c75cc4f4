// Command gen packs the source of the standard library's generic packages, which
// package ssainterp interprets: there is no compiled code for each type argument.
package main
