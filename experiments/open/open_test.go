package open

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lectern-go/lectern/experiments"
)

func TestLocate(t *testing.T) {
	t.Setenv("LECTERN_DB", "")
	root := t.TempDir()
	deep := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(deep, 0o777); err != nil {
		t.Fatal(err)
	}
	touch := func(path string) {
		t.Helper()
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when, named, want string) {
		t.Helper()
		if got := Locate(named, deep); got != want {
			t.Errorf("%s: got %s, want %s", when, got, want)
		}
	}
	touch(filepath.Join(root, "go.mod"))
	check("in a module", "", filepath.Join(root, FileName))
	touch(filepath.Join(root, "a", FileName))
	check("with a database upwards", "", filepath.Join(root, "a", FileName))
	t.Setenv("LECTERN_DB", "sqlite:env.db")
	check("with the environment", "", "sqlite:env.db")
	check("named", "x.db", "x.db")
}

func TestPath(t *testing.T) {
	for uri, want := range map[string]string{
		"x.db": "x.db", "/a/b.db": "/a/b.db", "sqlite:x.db": "x.db", "sqlite:///a/b.db": "/a/b.db", "./a:b.db": "./a:b.db",
		`C:\x.db`: `C:\x.db`,
	} {
		if got, err := Path(uri); err != nil || got != want {
			t.Errorf("Path(%q) = %q, %v, want %q", uri, got, err, want)
		}
	}
	for _, uri := range []string{"", "mysql://host/db", "sqlit:x"} {
		if got, err := Path(uri); experiments.ErrorCode(err) != experiments.CodeInvalid {
			t.Errorf("Path(%q) = %q, %v, want %s", uri, got, err, experiments.CodeInvalid)
		}
	}
}

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	if _, err := Existing(path); experiments.ErrorCode(err) != experiments.CodeNotFound {
		t.Errorf("Existing of none: got %v, want %s", err, experiments.CodeNotFound)
	}
	s, err := Store("sqlite:" + path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "sqlite:" + path; s.URI() != want {
		t.Errorf("got the URI %s, want %s", s.URI(), want)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Existing(path); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
