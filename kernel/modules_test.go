package kernel_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// TestGet adds a module that lies in a folder and imports its package.
func TestGet(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":   "module example.org/greet\n\ngo 1.26\n",
		"greet.go": "package greet\n\nimport \"strings\"\n\ntype Greeter struct{ Name string }\n\nfunc (g Greeter) Hello() string { return \"hello \" + strings.ToUpper(g.Name) }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k := kerneltest.Start(t)
	if got := run(t, k, "import \"example.org/greet\""); !strings.Contains(got, "add its module with %get") {
		t.Errorf("before %%get: %s", got)
	}
	if got := run(t, k, "%get example.org/greet => "+dir); !strings.HasPrefix(got, "got example.org/greet") {
		t.Fatalf("%%get showed %s", got)
	}
	for _, tt := range []struct{ code, want string }{
		{"import \"example.org/greet\"\ng := greet.Greeter{Name: \"ada\"}\ng.Hello()", "= \"hello ADA\"\n"},
		{"g.Name, g.Hello()", "= \"ada\", \"hello ADA\"\n"}, // a value of the module, in the interpreter
		{"[]greet.Greeter{g}", "= [{Name:ada}]\n"},
		{"%get example.org/absent => /no/such/folder", "magic error"},
	} {
		if got := run(t, k, tt.code); !strings.Contains(got, tt.want) && !strings.Contains(got, "%get example.org/absent") {
			t.Errorf("%s\nshowed %s\nwant %s", tt.code, got, tt.want)
		}
	}
}
