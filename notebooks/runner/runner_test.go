package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/notebooks/nbformat"
)

// A fakeKernel runs cells that are scripts: each cell's text names what it does.
type fakeKernel struct {
	count int
	cells []string // the names of the cells it ran
}

func (k *fakeKernel) Execute(ctx context.Context, req kernel.ExecuteRequest, show func(kernel.Output)) (kernel.Reply, error) {
	k.count++
	k.cells = append(k.cells, req.Cell)
	reply := kernel.Reply{ExecutionCount: k.count}
	fail := func(e kernel.Error) {
		show(e)
		reply.Error = &e
	}
	switch req.Code {
	case "streams":
		show(kernel.Stream{Name: "stdout", Text: "a"})
		show(kernel.Stream{Name: "stdout", Text: "b\n"})
		show(kernel.Stream{Name: "stderr", Text: "warn\n"})
		show(kernel.Stream{Name: "stdout", Text: "10 %\r50 %\r100 %\ndone\r\n"})
	case "rich":
		show(kernel.Stream{Name: "stdout", Text: "before"})
		show(kernel.DisplayData{Data: kernel.MIMEBundle{
			"image/png":        []byte{0x89, 'P', 'N', 'G', 0xff, 0xfe},
			"text/plain":       "<figure>",
			"image/svg+xml":    []byte("<svg/>"),
			"application/json": map[string]any{"a": 1},
		}, Metadata: map[string]any{"image/png": map[string]any{"width": 2}}})
		show(kernel.ExecuteResult{ExecutionCount: k.count, Data: kernel.MIMEBundle{"text/plain": "42"}})
	case "progress":
		show(kernel.DisplayData{ID: "bar", Data: kernel.MIMEBundle{"text/plain": "0 %"}})
	case "more progress":
		show(kernel.DisplayData{ID: "bar", Update: true, Data: kernel.MIMEBundle{"text/plain": "100 %"}})
		show(kernel.DisplayData{ID: "none", Update: true, Data: kernel.MIMEBundle{"text/plain": "lost"}})
	case "panic":
		show(kernel.Stream{Name: "stdout", Text: "so far\n"})
		fail(kernel.Error{Ename: "panic", Evalue: "boom", Traceback: []string{"panic: boom"}, Line: 3})
	case "reply only":
		reply.Error = &kernel.Error{Ename: "compile error", Evalue: "undefined: x\nand more", Line: 1}
	case "forever":
		<-ctx.Done()
		fail(kernel.Error{Ename: "interrupt", Evalue: "interrupted"})
	case "broken":
		return kernel.Reply{}, errors.New("the worker is gone")
	}
	return reply, nil
}

func code(source string, tags ...any) *nbformat.Cell {
	c := &nbformat.Cell{Type: nbformat.Code, Source: source, Metadata: nbformat.Object{}}
	if len(tags) > 0 {
		c.Metadata["tags"] = tags
	}
	return c
}

func notebook(cells ...*nbformat.Cell) *nbformat.Notebook {
	nb := nbformat.New()
	for i, c := range cells {
		c.ID = fmt.Sprintf("c%d", i+1)
	}
	nb.Cells = cells
	return nb
}

func TestOutputs(t *testing.T) {
	nb := notebook(code("streams"), code("rich"), code("progress"), code("more progress"))
	if err := (&Runner{Kernel: &fakeKernel{}}).Run(t.Context(), nb); err != nil {
		t.Fatal(err)
	}
	two := 2
	want := [][]*nbformat.Output{
		{
			{Type: "stream", Name: "stdout", Text: "ab\n"},
			{Type: "stream", Name: "stderr", Text: "warn\n"},
			{Type: "stream", Name: "stdout", Text: "100 %\ndone\r\n"},
		},
		{
			{Type: "stream", Name: "stdout", Text: "before"},
			{
				Type: "display_data",
				Data: nbformat.MIMEBundle{
					"image/png": "iVBOR//+", "text/plain": "<figure>", "image/svg+xml": "<svg/>",
					"application/json": map[string]any{"a": 1},
				},
				Metadata: nbformat.Object{"image/png": map[string]any{"width": 2}},
			},
			{Type: "execute_result", ExecutionCount: &two, Data: nbformat.MIMEBundle{"text/plain": "42"}, Metadata: nbformat.Object{}},
		},
		{{Type: "display_data", Data: nbformat.MIMEBundle{"text/plain": "100 %"}, Metadata: nbformat.Object{}}},
		nil,
	}
	for i, c := range nb.Cells {
		if diff := cmp.Diff(want[i], c.Outputs); diff != "" {
			t.Errorf("outputs of cell %d (-want +got):\n%s", i+1, diff)
		}
		if c.ExecutionCount == nil || *c.ExecutionCount != i+1 {
			t.Errorf("cell %d: execution count %v, want %d", i+1, c.ExecutionCount, i+1)
		}
	}
	if err := nb.Validate(); err != nil {
		t.Errorf("the executed notebook is not valid: %v", err)
	}
}

func TestWhichCellsRun(t *testing.T) {
	old := 9
	skipped := code("panic", TagSkip)
	skipped.Outputs = []*nbformat.Output{{Type: nbformat.Stream, Name: "stdout", Text: "kept"}}
	skipped.ExecutionCount = &old
	blank := code(" \n\t")
	blank.Outputs = []*nbformat.Output{{Type: nbformat.Stream, Name: "stdout", Text: "stale"}}
	nb := notebook(
		&nbformat.Cell{Type: nbformat.Markdown, Source: "panic"}, skipped, blank,
		code("panic", TagRaises), code("rich"),
	)
	k := &fakeKernel{}
	var progress []Progress
	r := &Runner{Kernel: k, Progress: func(p Progress) { progress = append(progress, p) }}
	if err := r.Run(t.Context(), nb); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"cell 4", "cell 5"}, k.cells); diff != "" {
		t.Errorf("cells run (-want +got):\n%s", diff)
	}
	want := []Progress{{0, 2, 4}, {1, 2, 5}, {2, 2, 0}}
	if diff := cmp.Diff(want, progress); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	if len(skipped.Outputs) != 1 || *skipped.ExecutionCount != 9 {
		t.Errorf("the skipped cell was changed: %d outputs, count %d", len(skipped.Outputs), *skipped.ExecutionCount)
	}
	if len(blank.Outputs) != 0 {
		t.Errorf("the blank cell keeps %d outputs, want 0", len(blank.Outputs))
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		source    string
		timeout   time.Duration
		want      string
		wantEname string // of the error output, if there is one
	}{
		{"panic", 0, "a.ipynb: cell 2, line 3: panic: boom", "panic"},
		{"reply only", 0, "a.ipynb: cell 2, line 1: compile error: undefined: x", "compile error"},
		{"forever", 10 * time.Millisecond, "a.ipynb: cell 2: timeout: ran longer than 10ms; --timeout sets the limit", "interrupt"},
		{"broken", 0, "a.ipynb: cell 2: kernel: the worker is gone", ""},
	}
	for _, tt := range tests {
		t.Run(tt.source, func(t *testing.T) {
			nb := notebook(code("rich"), code(tt.source), code("streams"))
			nb.Cells[2].Outputs = []*nbformat.Output{{Type: nbformat.Stream, Name: "stdout", Text: "stale"}}
			k := &fakeKernel{}
			r := &Runner{Kernel: k, Path: "a.ipynb", Timeout: tt.timeout}
			err := r.Run(t.Context(), nb)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			if len(k.cells) != 2 {
				t.Errorf("ran %v, want the first two cells", k.cells)
			}
			if len(nb.Cells[2].Outputs) != 0 {
				t.Error("a cell that was not run keeps the outputs of an earlier run")
			}
			var cellErr *CellError
			if errors.As(err, &cellErr) != (tt.wantEname != "") || cellErr != nil && cellErr.ID != "c2" {
				t.Errorf("error %#v, want a *CellError of c2 exactly if the cell failed", err)
			}
			var enames []string
			for _, out := range nb.Cells[1].Outputs {
				if out.Type == nbformat.Error {
					enames = append(enames, out.Ename)
				}
			}
			if got := strings.Join(enames, ","); got != tt.wantEname {
				t.Errorf("error outputs %q, want %q", got, tt.wantEname)
			}
			if err := nb.Validate(); err != nil {
				t.Errorf("the notebook is not valid: %v", err)
			}
		})
	}
}

func TestAllowErrors(t *testing.T) {
	nb := notebook(code("panic"), code("reply only"), code("streams"))
	k := &fakeKernel{}
	if err := (&Runner{Kernel: k, AllowErrors: true}).Run(t.Context(), nb); err != nil {
		t.Fatal(err)
	}
	if len(k.cells) != 3 {
		t.Errorf("ran %v, want all three cells", k.cells)
	}
	// A cell that does not end must end the run all the same.
	nb = notebook(code("forever"))
	err := (&Runner{Kernel: k, AllowErrors: true, Timeout: time.Millisecond}).Run(t.Context(), nb)
	var cellErr *CellError
	if !errors.As(err, &cellErr) || cellErr.Ename != "timeout" {
		t.Errorf("error %v, want a timeout", err)
	}
}

func TestCancel(t *testing.T) {
	interrupted := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(10*time.Millisecond, func() { cancel(interrupted) })
	nb := notebook(code("forever"), code("streams"))
	err := (&Runner{Kernel: &fakeKernel{}, Path: "a.ipynb"}).Run(ctx, nb)
	if !errors.Is(err, interrupted) || err.Error() != "a.ipynb: cell 1: stopped: interrupted" {
		t.Errorf("error %v, want the cause of the context", err)
	}
	var cellErr *CellError
	if errors.As(err, &cellErr) {
		t.Errorf("error %v is one of the cell, want one of the context", err)
	}
}

func TestTimesAndLanguage(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("KST", 9*3600))
	r := &Runner{Kernel: &fakeKernel{}, Now: func() time.Time { now = now.Add(time.Second); return now }}
	nb := notebook(code("streams"))
	if err := r.Run(t.Context(), nb); err != nil {
		t.Fatal(err)
	}
	want := nbformat.Object{
		"iopub.status.busy":   "2026-03-01T03:00:01.123456Z",
		"iopub.execute_input": "2026-03-01T03:00:01.123456Z",
		"shell.execute_reply": "2026-03-01T03:00:02.123456Z",
		"iopub.status.idle":   "2026-03-01T03:00:02.123456Z",
	}
	if diff := cmp.Diff(any(want), nb.Cells[0].Metadata["execution"]); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
	if got := nb.Language(); got != "go" {
		t.Errorf("language %q, want go", got)
	}
}

func TestOtherLanguage(t *testing.T) {
	nb := notebook(code("print(1)"))
	nb.Cells[0].Outputs = []*nbformat.Output{{Type: nbformat.Stream, Name: "stdout", Text: "1"}}
	nb.Metadata["kernelspec"] = nbformat.Object{"name": "python3", "display_name": "Python 3", "language": "python"}
	err := (&Runner{Kernel: &fakeKernel{}, Path: "a.ipynb"}).Run(t.Context(), nb)
	want := "a.ipynb: the notebook is written in python and Lectern runs Go; run it with a kernel for python"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if len(nb.Cells[0].Outputs) != 1 {
		t.Error("the notebook was changed")
	}
}
