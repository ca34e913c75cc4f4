package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "write pictures of the notebook in Jupyter to this folder")

// notebookTimeout bounds what Jupyter and the browser do in TestNotebook.
const notebookTimeout = 3 * time.Minute

// TestNotebook opens notebooks in testdata in Jupyter's Notebook, runs all cells
// there and looks for what each cell's metadata says under "shows": CSS selectors
// of elements in the cell's output, with patterns of their text. One shows every
// form of output, the other is the picture in the README.
func TestNotebook(t *testing.T) {
	j := startJupyter(t)
	url := j.serveNotebooks(t, "outputs.ipynb", "classifier.ipynb")
	t.Run("outputs", func(t *testing.T) { testNotebook(t, url, "outputs", 30) })
	t.Run("classifier", func(t *testing.T) { testNotebook(t, url, "classifier", 4) })
}

// testNotebook runs a notebook, of whose cells at least least say what they show.
func testNotebook(t *testing.T, url, name string, least int) {
	ctx := startBrowser(t)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(pageWidth, 900), chromedp.Navigate(url+name+".ipynb")); err != nil {
		t.Fatal(err)
	}
	poll(ctx, t, `window.Jupyter && Jupyter.notebook && Jupyter.notebook.kernel && Jupyter.notebook.kernel.is_connected()`)
	javascript[any](ctx, t, `Jupyter.notebook.get_cells().forEach(c => c.cell_type == "code" && c.execute(false))`)
	poll(ctx, t, `Jupyter.notebook.get_cells().every(c => c.cell_type != "code" || typeof c.input_prompt_number == "number")`)
	poll(ctx, t, `MathJax.Hub.queue.pending == 0 && MathJax.Hub.queue.queue.length == 0`)
	cells := javascript[[]shownCell](ctx, t, readCells)
	if *screenshots != "" {
		screenshot(ctx, t, filepath.Join(*screenshots, name))
	}
	for _, c := range cells {
		for _, e := range c.Shows {
			if !regexp.MustCompile(e.Want).MatchString(e.Got) || !e.Found {
				t.Errorf("%s\n%s: found %t, its text is %q, want a match of %q", c.Source, e.Selector, e.Found, e.Got, e.Want)
			}
		}
	}
	if len(cells) < least {
		t.Errorf("%d cells say what they show, want at least %d", len(cells), least)
	}
}

// shownCell is a cell with what it shows for each selector in its metadata.
type shownCell struct {
	Source string
	Shows  []struct {
		Selector, Want, Got string
		Found               bool
	}
}

const readCells = `Jupyter.notebook.get_cells().filter(c => c.metadata.shows).map(c => ({
	Source: c.get_text(),
	Shows: Object.entries(c.metadata.shows).map(([selector, want]) => {
		const output = c.output_area.element[0];
		const found = selector == "" ? [output] : [...output.querySelectorAll(selector)];
		const visible = found.filter(e => e.getBoundingClientRect().width > 0);
		return {Selector: selector, Want: want, Got: visible.map(e => e.textContent).join("\n"), Found: visible.length > 0};
	}),
}))`

// serveNotebooks starts Jupyter's Notebook on copies of notebooks in testdata and
// returns the address before their names.
func (j *jupyter) serveNotebooks(t *testing.T, names ...string) string {
	t.Helper()
	needs(t, "Jupyter Notebook", "jupyter-notebook", exec.Command(j.python, "-c", "import notebook.notebookapp").Run() == nil)
	for _, name := range names {
		data, err := os.ReadFile(script(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(j.dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().(*net.TCPAddr)
	l.Close()
	cmd := exec.Command(j.python, "-m", "notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1",
		fmt.Sprintf("--port=%d", address.Port), "--NotebookApp.token=", "--NotebookApp.password=")
	cmd.Dir, cmd.Env = j.dir, j.env
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)                              //nolint:errcheck // it may have ended
		time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() }) //nolint:errcheck // as above
		cmd.Wait()                                                    //nolint:errcheck // it ends by a signal
		if t.Failed() {
			t.Log(said.String())
		}
	})
	base := "http://" + address.String()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if reply, err := http.Get(base + "/api"); err == nil {
			reply.Body.Close()
			return base + "/notebooks/"
		}
		if time.Now().After(deadline) {
			t.Fatal("the notebook server does not answer")
		}
	}
}

// startBrowser starts Chromium without a window.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	needs(t, "Chromium", "chromium", chromium() != "")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium()), chromedp.NoSandbox)
	ctx, cancel := context.WithTimeout(context.Background(), notebookTimeout)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// javascript returns the value of an expression in the page.
func javascript[T any](ctx context.Context, t *testing.T, code string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](code))
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	return value
}

// poll waits until a condition holds in the page.
func poll(ctx context.Context, t *testing.T, condition string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Poll[any](condition, chromedp.WithPollingTimeout(notebookTimeout))); err != nil {
		t.Fatalf("wait for %s: %v", condition, err)
	}
}

// Sizes of the page and of one picture of it, in pixels.
const (
	pageWidth  = 1100
	tileHeight = 1600
)

// screenshot writes the whole notebook as pictures NAME-1.png, NAME-2.png, ….
func screenshot(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	height := javascript[int64](ctx, t, `document.querySelector("#notebook-container").scrollHeight + 200`)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(pageWidth, height), chromedp.Sleep(time.Second)); err != nil {
		t.Fatal(err)
	}
	for i := int64(0); i*tileHeight < height; i++ {
		clip := page.Viewport{Y: float64(i * tileHeight), Width: pageWidth, Height: float64(min(tileHeight, height-i*tileHeight)), Scale: 1}
		picture, err := chromedp.Run(ctx, func(ctx context.Context, target *chromedp.Target) ([]byte, error) {
			r, err := cdp.Call(ctx, target, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: &clip})
			if err != nil {
				return nil, err
			}
			return r.Data, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(fmt.Sprintf("%s-%d.png", name, i+1), picture, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
