package compile

import "strings"

// typeString returns the string of a type as the compiler would have written it
// had the session been one package main. The package paths of the session, which
// stand in type arguments, become main; markers go, except where the compiler
// qualifies unexported names: those of methods in an interface type and, inside
// type arguments, those of fields too. There the marker becomes "main.".
//
//	*main.𞤀_pair[session/c1.𞤀_point]      *main.pair[main.point]
//	struct { 𞤀_k int }                    struct { k int }
//	interface { 𞤀_area() int }            interface { main.area() int }
//	main.Box[struct { 𞤀_k int }]          main.Box[struct { main.k int }]
//
// The result is not longer than s.
func typeString(s string, sessionPaths []string) string {
	if !strings.Contains(s, Marker) && !containsAny(s, sessionPaths) {
		return s
	}
	w := typeWriter{paths: sessionPaths}
	for s != "" {
		s = s[w.next(s):]
	}
	return w.out.String()
}

func containsAny(s string, substrings []string) bool {
	for _, sub := range substrings {
		if strings.Contains(s, sub) {
			return true
		}
	}
	return false
}

// typeWriter writes the string of a type anew.
type typeWriter struct {
	out   strings.Builder
	paths []string
	open  []byte // the brackets that are open: 's'truct, 'i'nterface, type 'a'rguments, [
	args  int    // how many of them are type arguments
}

// next writes what s begins with and returns the number of bytes it was.
func (w *typeWriter) next(s string) int {
	if strings.HasPrefix(s, Marker) {
		if w.qualified() {
			w.out.WriteString(mainPath + ".")
		}
		return len(Marker)
	}
	for _, path := range w.paths {
		if strings.HasPrefix(s, path+".") && !strings.HasSuffix(w.out.String(), "/") {
			w.out.WriteString(mainPath + ".")
			return len(path) + 1
		}
	}
	n := 1
	switch {
	case s[0] == '"':
		n = quoted(s)
	case s[0] == '[' && w.named():
		w.push('a')
	case s[0] == '[':
		w.push('[')
	case s[0] == ']' || s[0] == '}':
		w.pop()
	case strings.HasPrefix(s, "struct {"):
		w.push('s')
		n = len("struct {")
	case strings.HasPrefix(s, "interface {"):
		w.push('i')
		n = len("interface {")
	}
	w.out.WriteString(s[:n])
	return n
}

// qualified reports whether a name at this place is that of a member that the
// compiler writes with its package.
func (w *typeWriter) qualified() bool {
	written := w.out.String()
	member := strings.HasSuffix(written, "{ ") || strings.HasSuffix(written, "; ")
	return member && len(w.open) > 0 && (w.args > 0 || w.open[len(w.open)-1] == 'i')
}

// named reports whether a name is what stands in front of this place: then a
// bracket opens type arguments, and not an array, a slice or a map's key.
func (w *typeWriter) named() bool {
	written := w.out.String()
	return written != "" && !strings.HasSuffix(written, "map") && !strings.ContainsRune(" *[](),", rune(written[len(written)-1]))
}

func (w *typeWriter) push(kind byte) {
	w.open = append(w.open, kind)
	if kind == 'a' {
		w.args++
	}
}

func (w *typeWriter) pop() {
	if len(w.open) == 0 {
		return
	}
	if w.open[len(w.open)-1] == 'a' {
		w.args--
	}
	w.open = w.open[:len(w.open)-1]
}

// quoted returns the length of the struct tag that s begins with.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}
