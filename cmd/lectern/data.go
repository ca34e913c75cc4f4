package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/lectern-go/lectern/notebooks/data"
)

// dataCmd looks after corpora and word vectors.
type dataCmd struct {
	List dataListCmd `cmd:"" help:"List corpora and word vectors: those here and those that can be fetched."`
	Get  dataGetCmd  `cmd:"" help:"Fetch corpora and word vectors from their public homes."`
}

// dataListCmd lists corpora and word vectors.
type dataListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Help shows an example.
func (dataListCmd) Help() string {
	return "Looks on the LECTERN_DATA path list, in the cache folder and at what is built in.\n\nExample:\n  LECTERN_DATA=../shared/data lectern data list"
}

// Run lists them.
func (c dataListCmd) Run() error {
	entries := data.List()
	if c.JSON {
		return printJSON(entries)
	}
	var t table
	t.add("NAME", "KIND", "WHERE", "LICENCE", "WHAT")
	for _, e := range entries {
		where := e.Where
		if where == "" {
			where = "to fetch: " + data.Size(e.Bytes)
		}
		t.add(e.Name, e.Kind, where, cmp.Or(e.Licence, "-"), cmp.Or(e.Title, "-"))
	}
	return t.write(os.Stdout)
}

// dataGetCmd fetches corpora and word vectors.
type dataGetCmd struct {
	Names []string `arg:"" name:"name" help:"What to fetch, as lectern data list names it."`
	Dir   string   `placeholder:"DIR" help:"Folder for it; put it on LECTERN_DATA. Default: the user's cache folder, where notebooks look by themselves."`
}

// Help shows an example.
func (dataGetCmd) Help() string {
	return "A broken download goes on where it stopped when the command is run again.\n\nExample:\n  lectern data get wikigold wnut17"
}

// Run fetches them one after another. Nothing is fetched unless all names are
// known.
func (c dataGetCmd) Run() error {
	var sources []data.Source
	for _, name := range c.Names {
		s, ok := data.SourceOf(name)
		if !ok && !slices.Contains(data.Corpora(), name) && !slices.Contains(data.VectorFiles(), name) {
			return usageError{fmt.Errorf("nothing named %q can be fetched; there is %s", name, strings.Join(sourceNames(), ", "))}
		}
		if !ok {
			s.Name = name
		}
		sources = append(sources, s)
	}
	ctx, stop := interruptible()
	defer stop()
	return getAll(ctx, os.Stdout, data.Fetcher{Dir: c.Dir}, sources)
}

func sourceNames() []string {
	var names []string
	for _, s := range data.Sources() {
		names = append(names, s.Name)
	}
	return names
}

// getAll fetches sources, says under which licence, and where they are.
func getAll(ctx context.Context, out io.Writer, f data.Fetcher, sources []data.Source) error {
	for _, s := range sources {
		if place := placeOf(s.Name); place != "" && f.Dir == "" {
			fmt.Fprintf(out, "%s is already here: %s\n", s.Name, place)
			continue
		}
		if len(s.Downloads) == 0 {
			return usageError{fmt.Errorf("%s is on this machine only; it has no public home to fetch it from", s.Name)}
		}
		fmt.Fprintf(out, "%s: %s\n  licence: %s\n  home:    %s (%s)\n", s.Name, s.Title, s.Licence, s.Home, data.Size(s.Bytes()))
		progress := newDownload(s.Name)
		f.Progress = progress.show
		place, err := f.Get(ctx, s)
		progress.end(err)
		switch {
		case errors.Is(err, context.Canceled):
			return fmt.Errorf("get %s: interrupted; run the command again to go on from here", s.Name)
		case err != nil:
			return err
		}
		if absolute, err := filepath.Abs(place); err == nil {
			place = absolute
		}
		fmt.Fprintf(out, "  is in:   %s\n", place)
	}
	return nil
}

// placeOf returns where a corpus or vectors of that name are, or nothing.
func placeOf(name string) string {
	for _, e := range data.List() {
		if e.Name == name {
			return e.Where
		}
	}
	return ""
}

// download shows the progress of a download on a terminal, and nothing elsewhere.
type download struct {
	progress *mpb.Progress
	bar      *mpb.Bar
}

func newDownload(name string) *download {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return &download{}
	}
	p := mpb.New(mpb.WithOutput(os.Stderr), mpb.WithWidth(60))
	return &download{p, p.New(0, mpb.BarStyle(),
		mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR), decor.CountersKiloByte("% .1f / % .1f", decor.WCSyncSpace)),
		mpb.AppendDecorators(decor.OnAbort(decor.Percentage(), "stopped")),
	)}
}

func (d *download) show(done, total int64) {
	if d.bar == nil {
		return
	}
	d.bar.SetTotal(max(done, total), false) // the total is only about right
	d.bar.SetCurrent(done)
}

func (d *download) end(err error) {
	if d.bar == nil {
		return
	}
	if err != nil {
		d.bar.Abort(false)
	} else {
		d.bar.SetTotal(-1, true)
	}
	d.progress.Wait()
}
