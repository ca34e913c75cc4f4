package worker

import "regexp"

// The interpreter panics with messages of package reflect and of its own where
// Go's runtime has others.
var reflectPanics = []struct {
	pattern *regexp.Regexp
	words   string
}{
	{regexp.MustCompile(`^reflect: call of .* on zero Value$|^reflect: Call using zero Value argument$|^reflect.*: call of nil function$|^reflect: .* nil pointer|^reflect: Method on nil interface value$`), "runtime error: invalid memory address or nil pointer dereference"},
	{regexp.MustCompile(`^reflect\.Value\.Slice3?: (string )?slice index out of bounds$`), "runtime error: slice bounds out of range"},
	{regexp.MustCompile(`^reflect: (slice|array|string) index out of range$`), "runtime error: index out of range"},
	{regexp.MustCompile(`^reflect\.MakeSlice: negative len$|^runtime: allocation size out of range$`), "runtime error: makeslice: len out of range"},
	{regexp.MustCompile(`^reflect\.MakeSlice: .*`), "runtime error: makeslice: cap out of range"},
	{regexp.MustCompile(`^reflect\.MakeChan: .*`), "makechan: size out of range"},
	{regexp.MustCompile(`^reflect: (cannot convert slice with length \d+ to )(?:pointer to )?array (with length \d+)$`), "runtime error: ${1}array or pointer to array $2"},
	{regexp.MustCompile(`^interface conversion: (.*) is not (.*): missing method $`), "interface conversion: interface {} is $1, not $2"},
}

// place is what the interpreter puts before some messages.
var place = regexp.MustCompile(`^[^\n]*/_\.go:\d+(:\d+)?: `)

// goWords writes the interpreter's message of a panic in the words of Go's
// runtime.
func goWords(text string) string {
	text = place.ReplaceAllString(text, "")
	for _, p := range reflectPanics {
		if p.pattern.MatchString(text) {
			return p.pattern.ReplaceAllString(text, p.words)
		}
	}
	return text
}
