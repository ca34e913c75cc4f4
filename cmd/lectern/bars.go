package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/lectern-go/lectern/notebooks/runner"
)

// bars shows one progress bar for each notebook on a terminal, and nothing
// elsewhere.
type bars struct{ progress *mpb.Progress }

func newBars() *bars {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return &bars{}
	}
	return &bars{mpb.New(mpb.WithOutput(os.Stderr), mpb.WithWidth(60))}
}

// add adds the bar of a notebook.
func (b *bars) add(path string) *bar {
	if b.progress == nil {
		return &bar{}
	}
	name := strings.TrimSuffix(filepath.Base(path), ".ipynb")
	return &bar{b.progress.New(0, mpb.BarStyle(),
		mpb.PrependDecorators(
			decor.Name(name, decor.WCSyncSpaceR),
			decor.CountersNoUnit("%d/%d cells", decor.WCSyncSpace),
		),
		mpb.AppendDecorators(decor.OnAbort(decor.Elapsed(decor.ET_STYLE_GO), "failed")),
	)}
}

// wait waits until all bars show their end.
func (b *bars) wait() {
	if b.progress != nil {
		b.progress.Wait()
	}
}

// A bar shows how far a notebook is.
type bar struct{ bar *mpb.Bar }

func (b *bar) show(p runner.Progress) {
	if b.bar == nil {
		return
	}
	b.bar.SetTotal(int64(p.Total), false)
	b.bar.SetCurrent(int64(p.Done))
}

// end stops the bar.
func (b *bar) end(err error) {
	switch {
	case b.bar == nil:
	case err != nil:
		b.bar.Abort(false)
	default:
		b.bar.SetTotal(-1, true)
	}
}
