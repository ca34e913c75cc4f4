package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/lectern-go/lectern/kernel/cell"
	"github.com/lectern-go/lectern/notebooks/lectures"
	"github.com/lectern-go/lectern/notebooks/nbformat"
	"github.com/lectern-go/lectern/notebooks/verify"
)

var update = flag.Bool("update", false, "rewrite expected outputs and the table of the lecture's items")

// claimCheck is the method that a cell checks a claim with.
const claimCheck = "(*" + module + "/kernel/display.Claims).Check"

// TestLectureItems wants a cell that checks each item of the lecture without a
// public corpus, a check that can fail in each cell that claims an item, and the
// table of items.md to say where they are.
func TestLectureItems(t *testing.T) {
	cells := map[int][]string{} // item -> where its cells are
	alone := map[int]bool{}     // item -> has a cell that needs no public corpus
	eachLecture(t, func(t *testing.T, name string, nb *nbformat.Notebook) {
		checks := claimChecks(t, nb)
		shown := map[int][]string{}
		for _, c := range nb.Cells {
			items := itemsOf(t, c)
			if len(items) == 0 {
				continue
			}
			ignored := c.HasTag(verify.TagIgnore)
			if checks[c.ID] == 0 {
				t.Errorf("cell %q claims %v and has no call of display.Claims.Check that can fail", c.ID, c.Tags())
			}
			if n := strings.Count(plainOutput(c), "✓ "); n == 0 && !ignored {
				t.Errorf("cell %q claims %v and its saved output shows no claim that holds", c.ID, c.Tags())
			}
			for _, item := range items {
				shown[item] = append(shown[item], "`"+c.ID+"`")
				alone[item] = alone[item] || !ignored
			}
		}
		for item, ids := range shown {
			cells[item] = append(cells[item], fmt.Sprintf("[%s](%s): %s", strings.TrimSuffix(name, ".ipynb"), name, strings.Join(ids, ", ")))
		}
	})
	var table strings.Builder
	table.WriteString("<!-- Written by go test ./cmd/lectern -run TestLectureItems -update -->\n\n" +
		"| item | what the lecture teaches | notebook and cells that show it |\n|---:|---|---|\n")
	for i, title := range lectures.Items {
		if item := i + 1; !alone[item] {
			t.Errorf("item %d (%s): no cell shows it without a public corpus", item, title)
		}
		fmt.Fprintf(&table, "| %d | %s | %s |\n", i+1, title, strings.Join(cells[i+1], "; "))
	}
	file := filepath.Join("..", "..", "notebooks", "lectures", "items.md")
	if *update {
		if err := os.WriteFile(file, []byte(table.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if saved, err := os.ReadFile(file); err != nil || string(saved) != table.String() {
		t.Errorf("%s (error %v) is not what the notebooks say; run go test ./cmd/lectern -run TestLectureItems -update", file, err)
	}
}

// itemsOf returns the items that the tags of a cell name.
func itemsOf(t *testing.T, c *nbformat.Cell) (items []int) {
	for _, tag := range c.Tags() {
		number, ok := strings.CutPrefix(tag, "item-")
		if !ok {
			continue
		}
		item, err := strconv.Atoi(number)
		if err != nil || item < 1 || item > len(lectures.Items) || c.Type != nbformat.Code {
			t.Errorf("%s cell %q: tag %q; want item-1 to item-%d on a code cell", c.Type, c.ID, tag, len(lectures.Items))
			continue
		}
		items = append(items, item)
	}
	return items
}

// claimChecks counts, by cell, the calls of display.Claims.Check whose condition
// is not a constant.
func claimChecks(t *testing.T, nb *nbformat.Notebook) map[string]int {
	session, _ := emptySession()
	checks := map[string]int{}
	for i, c := range nb.Cells {
		if c.Type != nbformat.Code {
			continue
		}
		parsed, err := cell.Parse(session.Fset(), fmt.Sprint("cell ", i+1), c.Source)
		if err != nil {
			t.Fatalf("cell %q: %v", c.ID, err)
		}
		checked, diagnostics := session.Check(parsed)
		if checked == nil {
			t.Fatalf("cell %q: %v", c.ID, diagnostics)
		}
		for expr := range checked.Info.Types {
			if call, ok := expr.(*ast.CallExpr); ok && isClaimCheck(checked.Info, call) {
				checks[c.ID]++
			}
		}
		session.Commit(checked)
	}
	return checks
}

// isClaimCheck reports whether a call checks a claim that could fail to hold.
func isClaimCheck(info *types.Info, call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	method, ok := info.Uses[sel.Sel].(*types.Func)
	return ok && method.FullName() == claimCheck && info.Types[call.Args[0]].Value == nil
}

// TestLectureLayout wants every notebook to open with a title in both languages,
// to have both in each section's heading, and to end with the table of its claims.
func TestLectureLayout(t *testing.T) {
	eachLecture(t, func(t *testing.T, name string, nb *nbformat.Notebook) {
		for _, c := range nb.Cells {
			if c.Type != nbformat.Markdown {
				continue
			}
			for line := range strings.Lines(c.Source) {
				if strings.HasPrefix(line, "## ") && !strings.ContainsFunc(line, isHangul) {
					t.Errorf("cell %q: heading %q is not in Korean, too", c.ID, strings.TrimSpace(line))
				}
			}
		}
		if title := nb.Cells[0].Source; !strings.HasPrefix(title, "# "+name[:2]) || !strings.ContainsFunc(title, isHangul) {
			t.Errorf("the notebook does not open with its number and title, in Korean too: %q", title)
		}
		if last := plainOutput(nb.Cells[len(nb.Cells)-1]); !strings.HasPrefix(last, "claim of the lecture") {
			t.Errorf("the notebook does not end with the table of its claims but with %.80q", last)
		}
	})
}

func isHangul(r rune) bool { return unicode.Is(unicode.Hangul, r) }
