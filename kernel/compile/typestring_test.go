package compile

import (
	"strings"
	"testing"
)

// mark puts Marker where a test has §.
func mark(s string) string { return strings.ReplaceAll(s, "§", Marker) }

func TestTypeString(t *testing.T) {
	tests := []struct{ s, want string }{
		{"*main.§point", "*main.point"},
		{"*main.Point", "*main.Point"},
		{"map[string]main.§inner", "map[string]main.inner"},
		{"struct { §k int; V string }", "struct { k int; V string }"},
		{"struct { §k int \"a:\\\"{ §x\\\"\"; V string }", "struct { k int \"a:\\\"{ §x\\\"\"; V string }"},
		{"interface { Close(); §area(struct { §y int }) int }", "interface { Close(); main.area(struct { y int }) int }"},
		{"main.§pair[session/c1.§point,int]", "main.pair[main.point,int]"},
		{"main.Box[session/c12.Point]", "main.Box[main.Point]"},
		{"main.§pair[struct { §k int; V string },interface { §area(struct { §y int }) int }]", "main.pair[struct { main.k int; V string },interface { main.area(struct { main.y int }) int }]"},
		{"struct { §a main.Box[struct { §b int }]; §c int }", "struct { a main.Box[struct { main.b int }]; c int }"},
		{"main.Box[map[string][]struct { §b [3]int }]", "main.Box[map[string][]struct { main.b [3]int }]"},
		{"[]struct { main.§pair[int,session/c1.§loc·1]; main.§e; §q interface { §a() } }", "[]struct { main.pair[int,main.loc·1]; main.e; q interface { main.a() } }"},
		{"main.§pair[struct { session/c1.§e; §pair = session/c1.§pair[int] },int]", "main.pair[struct { main.e; main.pair = main.pair[int] },int]"},
		{"func(interface { §a() }) chan []main.§x", "func(interface { main.a() }) chan []main.x"},
		{"main.Box[other/session/c1.T]", "main.Box[other/session/c1.T]"},
	}
	for _, tt := range tests {
		if got := typeString(mark(tt.s), []string{"session/c1", "session/c12"}); got != mark(tt.want) {
			t.Errorf("typeString(%q)\n got %q\nwant %q", tt.s, got, tt.want)
		}
	}
}

// FuzzTypeString checks what the caller relies on: the result is not longer, and
// a string without markers and session paths stays.
func FuzzTypeString(f *testing.F) {
	f.Add("main.§pair[struct { §k int; V string \"a]\" },interface { §area() }]")
	f.Add("[[]{}\"§")
	f.Fuzz(func(t *testing.T, s string) {
		marked := mark(s)
		paths := []string{"session/c1"}
		got := typeString(marked, paths)
		if len(got) > len(marked) {
			t.Errorf("typeString(%q) = %q, which is longer", marked, got)
		}
		if plain := strings.ReplaceAll(strings.ReplaceAll(s, "§", ""), "session/c1", ""); !strings.Contains(plain, Marker) && typeString(plain, paths) != plain && !strings.Contains(plain, "session/c1") {
			t.Errorf("typeString(%q) = %q", plain, typeString(plain, paths))
		}
	})
}
