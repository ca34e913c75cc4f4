package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/notebooks/data"
)

// TestGetAll fetches from a server on this machine.
func TestGetAll(t *testing.T) {
	const text = "the 1 2\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/small.txt" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, text)
	}))
	defer server.Close()
	small := data.Source{
		Name: "small", Kind: data.VectorsKind, Title: "two words", Licence: "CC0 1.0", Home: "https://example.org",
		Downloads: []data.Download{{URL: server.URL + "/small.txt", Bytes: 8}},
		Conversion: func(downloaded []string, dir string) error {
			content, err := os.ReadFile(downloaded[0])
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "small.txt"), content, 0o666)
		},
	}
	dir := t.TempDir()
	var out bytes.Buffer
	if err := getAll(context.Background(), &out, data.Fetcher{Dir: dir}, []data.Source{small}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "vectors", "small.txt")
	want := "small: two words\n  licence: CC0 1.0\n  home:    https://example.org (8 B)\n  is in:   " + file + "\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != text {
		t.Errorf("%s holds %q (%v), want %q", file, got, err, text)
	}

	small.Name, small.Downloads[0].URL = "lost", server.URL+"/lost.txt"
	err := getAll(context.Background(), io.Discard, data.Fetcher{Dir: dir}, []data.Source{small})
	if err == nil || !strings.HasSuffix(err.Error(), "/lost.txt: the server answers 404 Not Found") {
		t.Errorf("a file that is not there: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err = getAll(ctx, io.Discard, data.Fetcher{Dir: dir}, []data.Source{small})
	if err == nil || err.Error() != "get lost: interrupted; run the command again to go on from here" {
		t.Errorf("interrupted: %v", err)
	}
	err = getAll(context.Background(), io.Discard, data.Fetcher{Dir: dir}, []data.Source{{Name: "mine"}})
	if usage := (usageError{}); !errors.As(err, &usage) {
		t.Errorf("a corpus without a home: %v, want a usage error", err)
	}
}
