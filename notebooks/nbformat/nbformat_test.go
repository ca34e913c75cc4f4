package nbformat

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitLines(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"a", []string{"a"}},
		{"a\n", []string{"a\n"}},
		{"\n\n", []string{"\n", "\n"}},
		{"a\r\nb\rc", []string{"a\r\n", "b\r", "c"}},
		{"\v\f\x1c\x1d\x1e\x1f", []string{"\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f"}},
		{"a\u0085b\u2028c\u2029d\u2027", []string{"a\u0085", "b\u2028", "c\u2029", "d\u2027"}},
		{"\r", []string{"\r"}},
	}
	for _, tt := range tests {
		if got := splitLines(tt.in); !cmp.Equal([]string(got), tt.want, cmp.Transformer("nil", func(s []string) string {
			return fmt.Sprintf("%q", s)
		})) {
			t.Errorf("splitLines(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestReadErrors(t *testing.T) {
	var syntax *SyntaxError
	if _, err := Read([]byte("{")); !errors.As(err, &syntax) {
		t.Errorf("Read of half an object: error %v, want a *SyntaxError", err)
	}
	var version *VersionError
	if _, err := Read([]byte(`{"nbformat": 3}`)); !errors.As(err, &version) || version.Major != 3 {
		t.Errorf("Read of format 3: error %v, want a *VersionError", err)
	}
	if _, err := Upgrade([]byte(`{"nbformat": 2}`)); !errors.As(err, &version) || version.Major != 2 {
		t.Errorf("Upgrade of format 2: error %v, want a *VersionError", err)
	}
	if _, err := ReadFile(filepath.Join(t.TempDir(), "none.ipynb")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadFile of a missing file: error %v, want fs.ErrNotExist", err)
	}
}

func TestUpgradeOf3WithoutWorksheets(t *testing.T) {
	nb, err := Upgrade([]byte(`{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(nb.Cells) != 0 || nb.Minor != 5 || nb.OrigMajor != 3 {
		t.Errorf("got %d cells, minor %d, from format %d; want 0, 5, 3", len(nb.Cells), nb.Minor, nb.OrigMajor)
	}
	_, err = Upgrade([]byte(`{"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [1, {"cell_type": "code", "input": 2, "outputs": {}}]}]}`))
	want := "cell 1: want an object, got the number 1 (and 2 more)"
	if err == nil || err.Error() != want {
		t.Errorf("Upgrade of bad cells: error %v, want %s", err, want)
	}
}

func TestUpgradeRepairsIDs(t *testing.T) {
	nb, err := Upgrade([]byte(`{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
		{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "1"},
		{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "2"},
		{"cell_type": "markdown", "metadata": {}, "source": "3"},
		{"cell_type": "markdown", "id": "not an id", "metadata": {}, "source": "4"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := nb.Validate(); err != nil {
		t.Errorf("after Upgrade: %v", err)
	}
	if nb.Cells[0].ID != "a" || nb.Cells[1].ID == "a" {
		t.Errorf("ids %q and %q, want a and another", nb.Cells[0].ID, nb.Cells[1].ID)
	}
}

// TestLaterMinor keeps what a later minor version added.
func TestLaterMinor(t *testing.T) {
	const in = `{"nbformat": 4, "nbformat_minor": 7, "metadata": {}, "cells": [
		{"cell_type": "chart", "id": "a", "metadata": {}, "source": ["x"], "series": [1]}]}`
	nb, err := Read([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Marshal(nb)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"nbformat_minor": 7`, `"cell_type": "chart"`, `"series"`, `"x"`} {
		if !bytes.Contains(got, []byte(want)) {
			t.Errorf("Marshal of a 4.7 notebook lost %s:\n%s", want, got)
		}
	}
	if err := nb.Validate(); err != nil {
		t.Errorf("Validate of a 4.7 notebook: %v", err)
	}
}

func TestValidate(t *testing.T) {
	one := 1
	good := func() *Notebook {
		nb := New()
		nb.Cells = []*Cell{
			{Type: Markdown, ID: "a", Source: "x"},
			{Type: Code, ID: "b", ExecutionCount: &one, Outputs: []*Output{{Type: Stream, Name: "stdout"}}},
		}
		return nb
	}
	tests := []struct {
		name   string
		change func(*Notebook)
		want   string
	}{
		{"good", func(*Notebook) {}, ""},
		{"extra key", func(nb *Notebook) { nb.Extra = Object{"x": 1} }, "x: not a key of format 4.5"},
		{"extra cell key", func(nb *Notebook) { nb.Cells[0].Extra = Object{"x": 1} }, `cell 1 (id "a"): x: not a key of format 4.5`},
		{"extra output key", func(nb *Notebook) { nb.Cells[1].Outputs[0].Extra = Object{"x": 1} }, `cell 2 (id "b"), output 1: x: not a key of format 4.5`},
		{"output type", func(nb *Notebook) { nb.Cells[1].Outputs[0].Type = "chart" }, `cell 2 (id "b"), output 1: output_type: want stream, display_data, execute_result or error, got "chart"`},
		{"no id", func(nb *Notebook) { nb.Cells[1].ID = "" }, "cell 2: id: want 1 to 64 letters, digits, - and _"},
		{"equal ids", func(nb *Notebook) { nb.Cells[1].ID = "a" }, `cell 2 (id "a"): id: the same as that of cell 1; lectern export --to ipynb FILE gives this one another`},
		{"kernelspec", func(nb *Notebook) { nb.Metadata["kernelspec"] = Object{"name": "x"} }, "metadata.kernelspec: want an object with a string display_name"},
		{"tags", func(nb *Notebook) { nb.Cells[0].Metadata = Object{"tags": []any{"x", "x"}} }, `cell 1 (id "a"): metadata.tags: tag "x" occurs twice`},
		{"tag with comma", func(nb *Notebook) { nb.Cells[0].Metadata = Object{"tags": []any{"x,y"}} }, `cell 1 (id "a"): metadata.tags: tag "x,y" is empty or holds a comma`},
	}
	for _, tt := range tests {
		nb := good()
		tt.change(nb)
		err := nb.Validate()
		if got := fmt.Sprint(err); err == nil && tt.want != "" || err != nil && got != tt.want {
			t.Errorf("%s: Validate: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestMarshalValues(t *testing.T) {
	nb := New()
	nb.Metadata = Object{
		"struct": struct {
			A int `json:"a"`
		}{1},
		"floats": []float64{1, 0.5},
		"bad":    "a\xffb",
	}
	got, err := Marshal(nb)
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "cells": [],
 "metadata": {
  "bad": "a` + "\uFFFD" + `b",
  "floats": [
   1,
   0.5
  ],
  "struct": {
   "a": 1
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("Marshal (-want +got):\n%s", diff)
	}
	nb.Metadata["channel"] = make(chan int)
	if _, err := Marshal(nb); err == nil {
		t.Error("Marshal of a channel gave no error")
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.ipynb")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	nb := New()
	nb.Metadata["bad"] = make(chan int)
	if err := WriteFile(path, nb); err == nil {
		t.Error("WriteFile of a channel gave no error")
	}
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("a write that went wrong left %q, want the old file", got)
	}
	if err := WriteFile(path, New()); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(path); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v; want the mode of the old file, 0600", info.Mode(), err)
	}
	if err := WriteFile(filepath.Join(dir, "none", "a.ipynb"), New()); err == nil {
		t.Error("WriteFile into a folder that does not exist gave no error")
	}
	if left := glob(t, filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("files left: %v, want the notebook alone", left)
	}
}

func ExampleRead() {
	nb, err := Read([]byte(`{"nbformat": 4, "nbformat_minor": 5, "metadata": {},
		"cells": [{"cell_type": "code", "id": "sum", "metadata": {"tags": ["parameters"]},
			"source": ["x := 1\n", "x + 1"], "execution_count": null, "outputs": []}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	cell := nb.Cells[0]
	fmt.Println(cell.ID, cell.Tags())
	fmt.Println(cell.Source)
	// Output:
	// sum [parameters]
	// x := 1
	// x + 1
}

func ExampleMarshal() {
	nb := New()
	nb.Cells = append(nb.Cells, &Cell{Type: Markdown, ID: "a", Source: "# Title\ntext"})
	data, err := Marshal(nb)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(data))
	// Output:
	// {
	//  "cells": [
	//   {
	//    "cell_type": "markdown",
	//    "id": "a",
	//    "metadata": {},
	//    "source": [
	//     "# Title\n",
	//     "text"
	//    ]
	//   }
	//  ],
	//  "metadata": {},
	//  "nbformat": 4,
	//  "nbformat_minor": 5
	// }
}

// FuzzRead wants that whatever Upgrade accepts is written the same way again.
func FuzzRead(f *testing.F) {
	for _, pattern := range []string{"testdata/in/*.ipynb", "testdata/bad/*.ipynb"} {
		for _, path := range glob(f, pattern) {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		nb, err := Upgrade(data)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error of more than one line: %q", err)
			}
			return
		}
		first, err := Marshal(nb)
		if err != nil {
			t.Fatalf("Marshal: %v", err)
		}
		again, err := Read(first)
		if err != nil {
			t.Fatalf("Read of what Marshal wrote: %v\n%s", err, first)
		}
		second, err := Marshal(again)
		if err != nil {
			t.Fatalf("second Marshal: %v", err)
		}
		if diff := cmp.Diff(string(first), string(second)); diff != "" {
			t.Errorf("not stable (-first +second):\n%s", diff)
		}
	})
}

// bigNotebook is about 50 MB: figures, streams and many small cells.
func bigNotebook(b *testing.B) []byte {
	nb := New()
	png := strings.Repeat("iVBORw0KGgoAAAANSUhEUgAAA", 40_000)
	text := strings.Repeat("epoch 12  loss 0.3141  F1 0.5772 \"dev\"\n", 10_000)
	for i := range 1000 {
		c := &Cell{Type: Code, ID: fmt.Sprintf("c%d", i), Source: "for i := range 10 {\n\tfmt.Println(i)\n}\n", Metadata: Object{}}
		switch i % 40 {
		case 0:
			c.Outputs = append(c.Outputs, &Output{Type: DisplayData, Data: MIMEBundle{"image/png": png}})
		case 1:
			c.Outputs = append(c.Outputs, &Output{Type: Stream, Name: "stdout", Text: text + text})
		}
		nb.Cells = append(nb.Cells, c)
	}
	data, err := Marshal(nb)
	if err != nil {
		b.Fatal(err)
	}
	return data
}

func BenchmarkRead(b *testing.B) {
	data := bigNotebook(b)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMarshal(b *testing.B) {
	nb, err := Read(bigNotebook(b))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		data, err := Marshal(nb)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(data)))
	}
}
