package main

import (
	"archive/zip"
	"bytes"
	"go/build"
	"log"
	"os"
	"path"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, importPath := range []string{"cmp", "maps", "slices"} {
		pkg, err := build.Import(importPath, "", 0)
		if err != nil {
			log.Fatal(err)
		}
		for _, name := range pkg.GoFiles {
			text, err := os.ReadFile(filepath.Join(pkg.Dir, name))
			if err != nil {
				log.Fatal(err)
			}
			f, err := w.Create(path.Join(importPath, name))
			if err != nil {
				log.Fatal(err)
			}
			if _, err := f.Write(text); err != nil {
				log.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("std.zip", buf.Bytes(), 0o666); err != nil {
		log.Fatal(err)
	}
}
