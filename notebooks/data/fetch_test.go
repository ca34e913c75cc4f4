package data

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// home is the public home of one file, on this machine. It can break off, change
// its file, or know nothing of ranges.
type home struct {
	*httptest.Server
	mu       sync.Mutex
	content  []byte
	version  string
	breakAt  int  // bytes after which the connection breaks; 0 for never
	noRanges bool // answers with the whole file
	silent   chan struct{}
	requests []string // Range headers
}

func newHome(t *testing.T, content string) *home {
	t.Helper()
	h := &home{content: []byte(content), version: `"v1"`}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *home) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests = append(h.requests, r.Header.Get("Range"))
	if r.URL.Path == "/none" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", h.version)
	if h.silent != nil {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-h.silent
		return
	}
	if h.noRanges {
		r.Header.Del("Range")
	}
	if h.breakAt > 0 {
		w = &breaking{w, h.breakAt}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(h.content))
}

// breaking drops the connection after some bytes.
type breaking struct {
	http.ResponseWriter
	left int
}

func (b *breaking) Write(p []byte) (int, error) {
	if len(p) > b.left {
		_, _ = b.ResponseWriter.Write(p[:b.left])
		b.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	b.left -= len(p)
	return b.ResponseWriter.Write(p)
}

const newsText = "Ada\tB-PER\n\n"

// news is a source of three equal parts.
func (h *home) news() Source {
	sum := hex.EncodeToString(sha256Of(newsText))
	return Source{
		Name: "news", Kind: CorpusKind, Licence: "CC0",
		Downloads:  []Download{{URL: h.URL + "/a", Bytes: 11}, {URL: h.URL + "/b", Bytes: 11}, {URL: h.URL + "/c", Bytes: 11}},
		Conversion: threeFiles,
		SHA256:     map[string]string{"train.tsv": sum, "dev.tsv": sum, "test.tsv": sum},
	}
}

func sha256Of(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// contents lists the files below a folder.
func contents(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		files = append(files, filepath.ToSlash(rel))
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

func TestGet(t *testing.T) {
	dir := isolate(t)
	h := newHome(t, "Ada\tPER\r\n\r\n")
	var last, total int64
	f := Fetcher{Progress: func(done, of int64) { last, total = done, of }}
	path, err := f.Get(context.Background(), h.news())
	if err != nil {
		t.Fatal(err)
	}
	if path != filepath.Join(dir, "news") || last != 33 || total != 33 {
		t.Errorf("%s after %d of %d bytes, want %s after 33 of 33", path, last, total, filepath.Join(dir, "news"))
	}
	if diff := cmp.Diff([]string{"news/dev.tsv", "news/test.tsv", "news/train.tsv"}, contents(t, dir)); diff != "" {
		t.Errorf("the cache holds (-want +got):\n%s", diff)
	}
	corpus, err := Load("news")
	if err != nil || corpus.Train.Entities() != 1 {
		t.Errorf("Load(news) = %v, %v; want the corpus with its entity", corpus, err)
	}
	if _, err := f.Get(context.Background(), h.news()); err != nil || len(h.requests) != 3 {
		t.Errorf("a second Get: %v after %d requests in all, want none more than 3", err, len(h.requests))
	}
}

// TestGetGoesOn breaks the connection in the middle of a file.
func TestGetGoesOn(t *testing.T) {
	long := strings.Repeat("word\tO\n", 1000)
	tests := []struct {
		name   string
		mend   func(h *home)
		want   string // what the fetched file holds
		ranges []string
	}{
		{"from where it stopped", func(*home) {}, long, []string{"bytes=3000-"}},
		{"anew if the file has changed", func(h *home) { h.content, h.version = []byte(long+"new\tO\n"), `"v2"` }, long + "new\tO\n", []string{"bytes=3000-"}},
		{"anew if the server knows no ranges", func(h *home) { h.noRanges = true }, long, []string{"bytes=3000-"}},
		{"anew if the file is shorter now", func(h *home) { h.content = []byte("x\tO\n") }, "x\tO\n", []string{"bytes=3000-", ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			h := newHome(t, long)
			h.breakAt = 1000
			file := filepath.Join(dir, "file")
			f, d := Fetcher{}, Download{URL: h.URL + "/a"}
			err := f.download(context.Background(), d, file, 0, 0)
			if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "run the command again") {
				t.Fatalf("broken download: %v, want one that says how to go on", err)
			}
			if diff := cmp.Diff([]string{"", "bytes=1000-", "bytes=2000-"}, h.requests); diff != "" {
				t.Errorf("attempts (-want +got):\n%s", diff)
			}
			h.breakAt, h.requests = 0, nil
			test.mend(h)
			if err := f.download(context.Background(), d, file, 0, 0); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(file)
			if err != nil || string(got) != test.want {
				t.Errorf("the file has %d bytes (%v), want %d", len(got), err, len(test.want))
			}
			if diff := cmp.Diff(test.ranges, h.requests); diff != "" {
				t.Errorf("ranges asked for (-want +got):\n%s", diff)
			}
		})
	}
}

// TestGetLeavesNothing checks that what went wrong leaves nothing that could be
// taken for data, and nothing at all if it is of no use.
func TestGetLeavesNothing(t *testing.T) {
	tests := []struct {
		name   string
		spoil  func(h *home, s *Source)
		want   string
		remain int // files under .partial
	}{
		{"another file", func(h *home, s *Source) { h.content = []byte("Bo\tO\n") }, "news/", 0},
		{"a damaged download", func(h *home, s *Source) { s.Downloads[2].SHA256 = "00" }, "/c has sha256", 2},
		{"a file that is no corpus", func(h *home, s *Source) { h.content = []byte("<html>\n") }, "the line has 1 columns", 0},
		{"no such file", func(h *home, s *Source) { s.Downloads[1].URL = h.URL + "/none" }, "/none: the server answers 404 Not Found", 1},
		{"no network", func(h *home, s *Source) { h.Close() }, "is there a connection to the network?", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			h := newHome(t, newsText)
			s := h.news()
			test.spoil(h, &s)
			_, err := Fetcher{Dir: dir}.Get(context.Background(), s)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "get news: ") {
				t.Errorf("error %v, want one of get news with %q", err, test.want)
			}
			left := contents(t, dir)
			parts := 0
			for _, file := range left {
				if !strings.HasPrefix(file, ".partial/") {
					t.Errorf("%s is left", file)
				}
				if !strings.HasSuffix(file, ".etag") {
					parts++
				}
			}
			if parts != test.remain {
				t.Errorf("%v is left, want %d parts", left, test.remain)
			}
		})
	}
}

func TestGetCancelled(t *testing.T) {
	h := newHome(t, newsText)
	h.silent = make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	dir := t.TempDir()
	_, err := Fetcher{Dir: dir}.Get(ctx, h.news())
	close(h.silent)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// TestGetFromSilentServer checks that a server which says nothing is given up.
func TestGetFromSilentServer(t *testing.T) {
	h := newHome(t, newsText)
	h.silent = make(chan struct{})
	done := make(chan error)
	go func() {
		_, err := Fetcher{Dir: t.TempDir(), Silence: 20 * time.Millisecond}.Get(context.Background(), h.news())
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, errBroken) {
			t.Errorf("error %v, want a broken connection", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("Get still waits after 10 s")
	}
	close(h.silent)
}

func TestGetVectors(t *testing.T) {
	dir := isolate(t)
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, name := range []string{"glove.2d.txt", "glove.3d.txt"} {
		entry, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte("the 1 2\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	h := newHome(t, archive.String())
	s := Source{
		Name: "glove.2d", Kind: VectorsKind, Conversion: unzip("glove.2d.txt"),
		Downloads: []Download{{URL: h.URL + "/glove.zip", SHA256: hex.EncodeToString(sha256Of(archive.String()))}},
	}
	if _, err := (Fetcher{}).Get(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"vectors/glove.2d.txt"}, contents(t, dir)); diff != "" {
		t.Errorf("the cache holds (-want +got):\n%s", diff)
	}
	if v, err := Vectors("glove.2d"); err != nil || v.Dim != 2 {
		t.Errorf("Vectors = %v, %v; want dimension 2", v, err)
	}
	s.Name, s.Conversion = "glove.9d", unzip("glove.9d.txt")
	if _, err := (Fetcher{}).Get(context.Background(), s); err == nil || !strings.Contains(err.Error(), "holds no glove.9d.txt") {
		t.Errorf("a file that is not in the archive: %v", err)
	}
}
