package compile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRename(t *testing.T) {
	long := strings.Repeat("x", 200)
	tests := []struct{ data, name, want string }{
		{"\x01\x05abcde", "abc", "\x01\x03abc\x00\x00"},
		{"\x03\x05abcde\x02tg", "b", "\x03\x01b\x02tg\x00\x00\x00\x00"}, // a tag moves up
		{"\x01\xc8\x01" + long, "ab", "\x01\x82\x00ab" + strings.Repeat("\x00", 198)},
	}
	for _, tt := range tests {
		data := []byte(tt.data)
		rename(data, tt.name)
		if string(data) != tt.want {
			t.Errorf("rename(%q, %q) = %q, want %q", tt.data, tt.name, data, tt.want)
		}
		if got, _ := decodeName(data); got != tt.name {
			t.Errorf("after rename the name is %q, want %q", got, tt.name)
		}
	}
}

// compiled returns the archive of the cell point before and after it was
// corrected.
func compiled(t testing.TB) (before, after []byte) {
	t.Helper()
	w := openWorkspace(t, Config{})
	ctx := t.Context()
	if err := w.require(ctx, append(baseline, "fmt")); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(w.dir, "c1")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"cell.go": point, "main_.go": mainFile} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.importConfig(filepath.Join(dir, "importcfg")); err != nil {
		t.Fatal(err)
	}
	if err := w.compile(ctx, dir, "session/c1", []string{"cell.go", "main_.go"}); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "package.a"))
	if err != nil {
		t.Fatal(err)
	}
	after, err = editObject(before, func(o *object) error { return restoreNames(o, []string{"session/c1"}) })
	if err != nil {
		t.Fatal(err)
	}
	return before, after
}

// TestRestoreNames looks at the names in an object before and after.
func TestRestoreNames(t *testing.T) {
	before, after := compiled(t)
	names := func(archive []byte) map[string]bool {
		found := map[string]bool{}
		_, err := editObject(archive, func(o *object) error {
			for _, s := range o.symbols {
				if strings.HasPrefix(s.name, "type:.namedata.") || strings.HasPrefix(s.name, "type:.importpath.session") {
					name, _ := decodeName(o.content(s))
					found[name] = o.content(s)[0]&nameExported != 0
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	was, is := names(before), names(after)
	for _, name := range []string{Marker + "x", Marker + "move", "*main." + Marker + "point", "session/c1"} {
		if _, ok := was[name]; !ok {
			t.Errorf("the compiler's object has no name %q; the test is out of date", name)
		}
		if _, ok := is[name]; ok {
			t.Errorf("the corrected object has the name %q", name)
		}
	}
	for name, exported := range map[string]bool{"x": false, "move": false, "String": true} {
		if got, ok := is[name]; !ok || got != exported {
			t.Errorf("the corrected object has the name %q: %v, exported: %v, want exported: %v", name, ok, got, exported)
		}
	}
	if _, ok := is["*main.point"]; !ok {
		t.Error("the corrected object has no type *main.point")
	}
	again, err := editObject(after, func(o *object) error { return restoreNames(o, []string{"session/c1"}) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(after, again); diff != "" {
		t.Error("correcting a corrected object changes it")
	}
}

func TestObjectFormat(t *testing.T) {
	for _, archive := range []string{"", "!<arch>\n", "!<arch>\nshort", "text"} {
		got, err := editObject([]byte(archive), func(*object) error { return nil })
		if archive == archiveMagic {
			if err != nil || string(got) != archive {
				t.Errorf("an empty archive: %q, %v", got, err)
			}
			continue
		}
		if !errors.Is(err, errObjectFormat) {
			t.Errorf("editObject(%q): %v, want errObjectFormat", archive, err)
		}
	}
}

// FuzzEditObject gives the decoder damaged archives: it must return.
func FuzzEditObject(f *testing.F) {
	before, _ := compiled(f)
	f.Add(uint(0), byte(0))
	f.Add(uint(500), byte(0xff))
	f.Fuzz(func(t *testing.T, at uint, value byte) {
		data := append([]byte(nil), before...)
		data[at%uint(len(data))] ^= value
		if value%7 == 0 {
			data = data[:at%uint(len(data))]
		}
		_, err := editObject(data, func(o *object) error { return restoreNames(o, []string{"session/c1"}) })
		if err != nil && err.Error() == "" {
			t.Error("an error without a text")
		}
	})
}
