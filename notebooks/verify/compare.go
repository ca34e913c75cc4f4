package verify

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/runner"
)

// DefaultTolerance is the relative tolerance of numbers that are not integers.
const DefaultTolerance = 1e-6

// Tags that change how a cell is compared.
const (
	TagIgnore      = "ignore-output"
	TagIgnoreNbval = "nbval-ignore-output"
	TagExact       = "exact"
	tagTolerance   = "tolerance=" // and a number
)

// Options say how outputs are compared. The zero value is the default.
type Options struct {
	Tolerance float64 // relative, of numbers that are not integers; 0 is DefaultTolerance
	Exact     bool    // no tolerance, and spaces count
}

// A Difference is an output that is not what was saved.
type Difference struct {
	Cell   int    `json:"cell"`             // number of the cell, from 1 and over all cells
	ID     string `json:"id"`               // of the cell
	Output string `json:"output"`           // what differs: "stdout", "image/svg+xml", "error", …
	Reason string `json:"reason"`           // in one line
	Saved  string `json:"saved,omitempty"`  // the lines that differ, as saved
	Fresh  string `json:"fresh,omitempty"`  // the lines that differ, as now
	Line   int    `json:"line,omitempty"`   // of the output, from 1: where the difference begins
	Others int    `json:"others,omitempty"` // how many more lines differ
}

// Compare compares the outputs of each code cell of a notebook that was run,
// fresh, with those of the saved one, which has the same cells. It returns the
// differences in order and the number of cells that were compared.
func Compare(saved, fresh *nbformat.Notebook, opts Options) (diffs []Difference, compared int) {
	byID := map[string]*nbformat.Cell{}
	for _, c := range saved.Cells {
		byID[c.ID] = c
	}
	for i, c := range fresh.Cells {
		old := byID[c.ID]
		if c.Type != nbformat.Code || old == nil || !IsCompared(c) {
			continue
		}
		compared++
		for _, d := range compareCell(old, c, opts) {
			d.Cell, d.ID = i+1, c.ID
			diffs = append(diffs, d)
		}
	}
	return diffs, compared
}

// IsCompared reports whether [Compare] looks at the outputs of a cell: unless its
// tags say that they do not matter or that it is not run.
func IsCompared(c *nbformat.Cell) bool {
	return !c.HasTag(TagIgnore) && !c.HasTag(TagIgnoreNbval) && !c.HasTag(runner.TagSkip)
}

// Merge copies into saved what differs in fresh: the outputs and execution data
// of the cells that have a difference and of those that were never run. Other
// cells keep what is saved, durations and all, so that accepting new outputs
// changes no more of the file than it must. Both have the same cells.
func Merge(saved, fresh *nbformat.Notebook, diffs []Difference) {
	byID := map[string]*nbformat.Cell{}
	for _, c := range fresh.Cells {
		byID[c.ID] = c
	}
	different := map[string]bool{}
	for _, d := range diffs {
		different[d.ID] = true
	}
	for _, c := range saved.Cells {
		now := byID[c.ID]
		if c.Type != nbformat.Code || now == nil {
			continue
		}
		if different[c.ID] || c.ExecutionCount == nil {
			c.Outputs, c.Metadata = now.Outputs, now.Metadata
		}
		c.ExecutionCount = now.ExecutionCount
		for _, out := range c.Outputs {
			if out.Type == nbformat.ExecuteResult {
				out.ExecutionCount = now.ExecutionCount
			}
		}
	}
	for key, v := range fresh.Metadata {
		if _, ok := saved.Metadata[key]; !ok {
			saved.Metadata[key] = v
		}
	}
}

// A comparer compares the outputs of one cell.
type comparer struct {
	text  textComparer
	diffs []Difference
}

func compareCell(saved, fresh *nbformat.Cell, opts Options) []Difference {
	c := &comparer{text: textComparer{tolerance: opts.Tolerance, exact: opts.Exact || fresh.HasTag(TagExact)}}
	if c.text.tolerance == 0 {
		c.text.tolerance = DefaultTolerance
	}
	for _, tag := range fresh.Tags() {
		if s, ok := strings.CutPrefix(tag, tagTolerance); ok {
			if t, err := strconv.ParseFloat(s, 64); err == nil && t >= 0 {
				c.text.tolerance = t
			}
		}
	}
	// The order of the two streams among themselves is not fixed.
	for _, stream := range []string{"stdout", "stderr"} {
		c.compareText(stream, streamText(saved, stream), streamText(fresh, stream))
	}
	c.compareShown(shown(saved), shown(fresh))
	return c.diffs
}

// streamText returns everything a cell wrote to a stream.
func streamText(c *nbformat.Cell, name string) string {
	var b strings.Builder
	for _, out := range c.Outputs {
		if out.Type == nbformat.Stream && out.Name == name {
			b.WriteString(out.Text)
		}
	}
	return b.String()
}

// shown returns the outputs of a cell that are not streams.
func shown(c *nbformat.Cell) []*nbformat.Output {
	return slices.DeleteFunc(slices.Clone(c.Outputs), func(o *nbformat.Output) bool { return o.Type == nbformat.Stream })
}

// compareShown compares displays, results and errors, one by one.
func (c *comparer) compareShown(saved, fresh []*nbformat.Output) {
	for i := range max(len(saved), len(fresh)) {
		switch {
		case i >= len(fresh):
			c.add(Difference{Output: describe(saved[i]), Reason: "was saved and is no longer shown", Saved: summary(saved[i])})
		case i >= len(saved):
			c.add(Difference{Output: describe(fresh[i]), Reason: "is shown and was not saved", Fresh: summary(fresh[i])})
		case saved[i].Type != fresh[i].Type:
			c.add(Difference{
				Output: describe(fresh[i]), Reason: "is shown where something else was saved",
				Saved: summary(saved[i]), Fresh: summary(fresh[i]),
			})
		case saved[i].Type == nbformat.Error:
			c.compareText("error", saved[i].Ename+": "+saved[i].Evalue, fresh[i].Ename+": "+fresh[i].Evalue)
		default:
			c.compareBundle(saved[i].Data, fresh[i].Data)
		}
	}
}

func (c *comparer) add(d Difference) { c.diffs = append(c.diffs, d) }

// compareBundle compares all forms of one value.
func (c *comparer) compareBundle(saved, fresh nbformat.MIMEBundle) {
	all := maps.Clone(saved)
	maps.Copy(all, fresh)
	for _, mime := range slices.Sorted(maps.Keys(all)) {
		old, wasThere := saved[mime]
		now, isThere := fresh[mime]
		switch {
		case !isThere:
			c.add(Difference{Output: mime, Reason: "was saved and is no longer shown"})
		case !wasThere:
			c.add(Difference{Output: mime, Reason: "is shown and was not saved"})
		default:
			c.compareValue(mime, old, now)
		}
	}
}

func (c *comparer) compareValue(mime string, saved, fresh any) {
	old, oldIsText := saved.(string)
	now, nowIsText := fresh.(string)
	switch {
	case !oldIsText || !nowIsText:
		c.compareJSON(mime, saved, fresh)
	case mime == "image/svg+xml":
		if reason := c.text.svg(old, now); reason != "" {
			c.add(Difference{Output: mime, Reason: reason})
		}
	case mime == "text/html":
		// A table is often one line: a line for each element shows which cell
		// of it differs.
		c.compareText(mime, strings.ReplaceAll(old, "><", ">\n<"), strings.ReplaceAll(now, "><", ">\n<"))
	case strings.HasPrefix(mime, "text/"):
		c.compareText(mime, old, now)
	case old != now:
		c.add(Difference{Output: mime, Reason: fmt.Sprintf("the bytes differ: sha256 %s was saved, %s is shown", digest(old), digest(now))})
	}
}

func (c *comparer) compareText(what, saved, fresh string) {
	if d, ok := c.text.compare(saved, fresh); !ok {
		d.Output = what
		c.add(d)
	}
}

// compareJSON compares values of any JSON type, numbers with tolerance.
func (c *comparer) compareJSON(mime string, saved, fresh any) {
	old, errOld := plainJSON(saved)
	now, errNow := plainJSON(fresh)
	if errOld != nil || errNow != nil {
		c.add(Difference{Output: mime, Reason: "is not JSON"})
		return
	}
	if path, ok := c.text.json("", old, now); !ok {
		c.add(Difference{Output: mime, Reason: "differs at " + path})
	}
}

// plainJSON brings a value into the types of encoding/json.
func plainJSON(v any) (any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	var plain any
	err = decoder.Decode(&plain)
	return plain, err
}

func digest(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s)))[:12] }

// describe names an output by its richest form.
func describe(out *nbformat.Output) string {
	if out.Type == nbformat.Error {
		return "error"
	}
	mimes := slices.Sorted(maps.Keys(out.Data))
	mimes = slices.DeleteFunc(mimes, func(m string) bool { return m == "text/plain" && len(out.Data) > 1 })
	if len(mimes) == 0 {
		return out.Type
	}
	return mimes[0]
}

// summary returns an output in few lines of text.
func summary(out *nbformat.Output) string {
	if out.Type == nbformat.Error {
		return out.Ename + ": " + out.Evalue
	}
	if text, ok := out.Data["text/plain"].(string); ok {
		return text
	}
	return strings.Join(slices.Sorted(maps.Keys(out.Data)), ", ")
}
