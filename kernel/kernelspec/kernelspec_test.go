package kernelspec_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/kernelspec"
)

func TestInstallListRemove(t *testing.T) {
	data := t.TempDir()
	t.Setenv("JUPYTER_DATA_DIR", data)
	t.Setenv("JUPYTER_PATH", "")
	user, err := kernelspec.User()
	if err != nil || user != filepath.Join(data, "kernels") {
		t.Fatalf("User() = %q, %v; want the folder below JUPYTER_DATA_DIR", user, err)
	}
	dir, err := kernelspec.Install(user, "lectern", "/opt/lectern")
	if err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		logo, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(logo))
		if err != nil || img.Bounds().Dx() != size || img.Bounds().Dy() != size {
			t.Errorf("%s: %v, error %v; want %d×%[4]d", name, img.Bounds(), err, size)
		}
		if _, _, _, corner := img.At(0, 0).RGBA(); corner != 0 {
			t.Errorf("%s: the corner is not transparent", name)
		}
	}
	svg, err := os.ReadFile(filepath.Join(dir, "logo-svg.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF { //nolint:errorlint // Token returns it bare
			break
		} else if err != nil {
			t.Fatalf("logo-svg.svg: %v", err)
		}
	}
	if got := find(t, "lectern"); got == nil || got.Dir != dir {
		t.Errorf("List has %+v, want one in %s", got, dir)
	} else if diff := cmp.Diff(kernelspec.New("/opt/lectern"), got.Spec); diff != "" {
		t.Errorf("spec (-want +got)\n%s", diff)
	}
	if err := kernelspec.Remove(user, "lectern"); err != nil {
		t.Fatal(err)
	}
	if got := find(t, "lectern"); got != nil {
		t.Errorf("after Remove there is %+v", got)
	}
	if err := kernelspec.Remove(user, "lectern"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("second Remove: error %v, want fs.ErrNotExist", err)
	}
}

func find(t *testing.T, name string) *kernelspec.Installed {
	t.Helper()
	specs, err := kernelspec.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range specs {
		if s.Name == name {
			return &s
		}
	}
	return nil
}

func TestInstallRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, exe string
		want      error
	}{
		{"lectern", "/tmp/go-build3816298848/b001/exe/lectern", kernelspec.ErrTemporary},
		{"lectern", "/home/a/.cache/go-build/ab/abcd-d/lectern", kernelspec.ErrTemporary},
		{"../lectern", "/opt/lectern", kernelspec.ErrName},
		{"..", "/opt/lectern", kernelspec.ErrName},
		{"", "/opt/lectern", kernelspec.ErrName},
	} {
		dir := t.TempDir()
		if _, err := kernelspec.Install(dir, tt.name, tt.exe); !errors.Is(err, tt.want) {
			t.Errorf("Install(%q, %q): error %v, want %v", tt.name, tt.exe, err, tt.want)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("Install(%q, %q) left %v behind", tt.name, tt.exe, left)
		}
	}
}

func ExamplePrefix() {
	fmt.Println(kernelspec.Prefix("/usr/local"))
	// Output: /usr/local/share/jupyter/kernels
}
