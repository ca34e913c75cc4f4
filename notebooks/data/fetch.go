package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"time"
)

// Fetcher downloads public data into a folder of data. The zero value uses the
// user's cache folder, where [Load] and [Vectors] look last.
//
// A source appears in the folder whole and checked, or not at all. What an
// interrupted download has got so far stays in the folder's .partial, where the next
// one goes on.
type Fetcher struct {
	Dir      string                  // default: [CacheDir]
	Client   *http.Client            // default: http.DefaultClient
	Silence  time.Duration           // how long a server may send nothing; default: 30 s
	Progress func(done, total int64) // called often; bytes of all downloads of a source, total about; nil for none
}

// ChecksumError says that a file is not the one that was expected.
type ChecksumError struct {
	File, Got, Want string // SHA-256 in hex
}

// Error says in one line which file it is and both sums.
func (e *ChecksumError) Error() string {
	return fmt.Sprintf("%s has sha256 %s, want %s: it was damaged on its way or has changed at its home; nothing was kept", e.File, e.Got, e.Want)
}

// Get fetches a source and returns the folder of the corpus, or the file of the
// vectors, it now is in. A source that is there already is not fetched again. Get
// returns a [*ChecksumError] for a file that is not the expected one, and the
// context's error if that ends.
func (f Fetcher) Get(ctx context.Context, s Source) (string, error) {
	dir := f.Dir
	if dir == "" {
		var err error
		if dir, err = CacheDir(); err != nil {
			return "", fmt.Errorf("get %s: %w; name a folder with --dir", s.Name, err)
		}
	}
	target := filepath.Join(dir, s.target())
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	if err := f.fetch(ctx, s, dir, target); err != nil {
		return "", fmt.Errorf("get %s: %w", s.Name, err)
	}
	return target, nil
}

// target returns where a source belongs below a folder of data.
func (s Source) target() string {
	if s.Kind == VectorsKind {
		return filepath.Join("vectors", s.Name+".txt")
	}
	return s.Name
}

func (f Fetcher) fetch(ctx context.Context, s Source, dir, target string) error {
	partial := filepath.Join(dir, ".partial")
	if err := os.MkdirAll(partial, 0o777); err != nil {
		return err
	}
	defer os.Remove(partial) // which keeps it as long as something is in it
	var files []string
	var before int64
	for _, d := range s.Downloads {
		file := filepath.Join(partial, partialName(d.URL))
		if err := f.download(ctx, d, file, before, s.Bytes()); err != nil {
			return err
		}
		files = append(files, file)
		before += d.Bytes
	}
	staging, err := os.MkdirTemp(partial, "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(staging)
	err = s.Conversion(files, staging)
	if err == nil {
		err = s.check(staging)
	}
	for _, file := range files {
		removePart(file) // converted, or of no use
	}
	if err != nil {
		return err
	}
	return install(s, staging, target)
}

// partialName tells downloads of the same name apart.
func partialName(url string) string {
	sum := sha256.Sum256([]byte(url))
	return hex.EncodeToString(sum[:4]) + "-" + path.Base(url)
}

// install moves what was converted to its place in one step.
func install(s Source, staging, target string) error {
	from := staging
	if s.Kind == VectorsKind {
		from = filepath.Join(staging, filepath.Base(target))
	} else if err := os.Chmod(staging, 0o755); err != nil { // MkdirTemp made it private
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return err
	}
	return os.Rename(from, target)
}

// check compares the converted files with what they should be.
func (s Source) check(dir string) error {
	for name, want := range s.SHA256 {
		got, err := fileSHA256(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if got != want {
			return &ChecksumError{File: s.Name + "/" + name, Got: got, Want: want}
		}
	}
	return nil
}

func fileSHA256(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// attempts is how often a download is taken up again by itself.
const attempts = 3

// download brings the whole file to path. An earlier part of it there is
// continued; a whole one is used.
func (f Fetcher) download(ctx context.Context, d Download, path string, before, total int64) error {
	if _, err := os.Stat(path); err != nil {
		for attempt := 1; ; attempt++ {
			err := f.resume(ctx, d, path, before, total)
			if err == nil {
				break
			}
			if attempt == attempts || ctx.Err() != nil || !errors.Is(err, errBroken) {
				return err
			}
		}
	}
	if d.SHA256 == "" {
		return nil
	}
	got, err := fileSHA256(path)
	if err != nil {
		return err
	}
	if got != d.SHA256 {
		removePart(path)
		return &ChecksumError{File: d.URL, Got: got, Want: d.SHA256}
	}
	return nil
}

// errBroken marks a transfer that may go on where it stopped.
var errBroken = errors.New("the connection broke; run the command again to go on from here")

// resume gets what is still missing of a file into path.part, and renames that to
// path when it is whole. path.etag holds which version of the file the part is of.
func (f Fetcher) resume(ctx context.Context, d Download, path string, before, total int64) error {
	part := path + ".part"
	version, _ := os.ReadFile(path + ".etag") // none: begin anew
	var have int64
	if info, err := os.Stat(part); err == nil && len(version) > 0 {
		have = info.Size()
	}
	listening, alive, stop := f.listen(ctx)
	defer stop()
	response, err := f.request(listening, d.URL, have, string(version))
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case listening.Err() != nil:
		return fmt.Errorf("%s: %w (the server is silent)", d.URL, errBroken)
	case err != nil:
		return err
	}
	defer response.Body.Close()
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if response.StatusCode == http.StatusOK { // the whole file, whatever was asked for
		have = 0
		flags |= os.O_TRUNC
		if err := os.WriteFile(path+".etag", []byte(versionOf(response)), 0o666); err != nil {
			return err
		}
	}
	file, err := os.OpenFile(part, flags, 0o666)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, &counter{response.Body, before + have, total, func(done, total int64) {
		alive()
		if f.Progress != nil {
			f.Progress(done, total)
		}
	}})
	if closeErr := file.Close(); err == nil && closeErr != nil {
		return closeErr
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%s: %w (%w)", d.URL, errBroken, err)
	}
	return os.Rename(part, path)
}

// listen returns a context that ends when the server has been silent for too long,
// which alive puts off.
func (f Fetcher) listen(ctx context.Context) (listening context.Context, alive func(), stop func()) {
	silence := f.Silence
	if silence == 0 {
		silence = 30 * time.Second
	}
	listening, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(silence, cancel)
	return listening, func() { timer.Reset(silence) }, func() { timer.Stop(); cancel() }
}

// request asks for a file from byte have on, if it still is the version that the
// part is of.
func (f Fetcher) request(ctx context.Context, url string, have int64, version string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	// A packed answer would have other byte positions than the file.
	request.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		request.Header.Set("If-Range", version)
	}
	response, err := f.client().Do(request)
	if err != nil {
		return nil, fmt.Errorf("%w; is there a connection to the network?", err)
	}
	switch {
	case response.StatusCode == http.StatusOK:
		return response, nil
	case response.StatusCode == http.StatusPartialContent && rangeBegins(response, have):
		return response, nil
	case response.StatusCode == http.StatusRequestedRangeNotSatisfiable && have > 0:
		response.Body.Close() // the part is longer than the file: begin anew
		return f.request(ctx, url, 0, "")
	}
	response.Body.Close()
	return nil, fmt.Errorf("%s: the server answers %s", url, response.Status)
}

// rangeBegins reports whether a partial answer begins at the byte asked for.
func rangeBegins(response *http.Response, have int64) bool {
	var from int64
	_, err := fmt.Sscanf(response.Header.Get("Content-Range"), "bytes %d-", &from)
	return err == nil && from == have
}

// versionOf returns what If-Range can name a version by, empty if nothing can.
func versionOf(response *http.Response) string {
	if etag := response.Header.Get("ETag"); etag != "" && etag[0] == '"' { // a weak one begins with W
		return etag
	}
	return response.Header.Get("Last-Modified")
}

func (f Fetcher) client() *http.Client {
	if f.Client != nil {
		return f.Client
	}
	return http.DefaultClient
}

// removePart removes what was downloaded of a file.
func removePart(path string) {
	for _, ending := range []string{"", ".part", ".etag"} {
		os.Remove(path + ending)
	}
}

// counter tells how far a download is.
type counter struct {
	io.Reader
	done, total int64
	progress    func(done, total int64)
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.done += int64(n)
	if n > 0 {
		c.progress(c.done, c.total)
	}
	return n, err
}
