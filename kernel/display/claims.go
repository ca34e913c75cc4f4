package display

import "fmt"

// Claims are statements that a notebook checks as it goes, with what it computed
// for each. They show themselves as a table: the end of a lecture. The zero value
// has none. It is not safe for concurrent use.
//
//	var claims display.Claims
//	claims.Check(math.Abs(sum-1) < 1e-12, "softmax adds up to 1", "Σp = %v", sum)
type Claims struct {
	rows [][]string // claim, what was computed
}

// Check prints a claim and what was computed for it, with the verbs of [fmt.Printf],
// and notes both, in the place of what was noted when the same claim was checked
// before. It panics with both unless ok: a cell that checks a claim which does
// not hold ends in an error.
func (c *Claims) Check(ok bool, claim, computed string, args ...any) {
	computed = fmt.Sprintf(computed, args...)
	if !ok {
		panic(fmt.Sprintf("does not hold: %s: %s", claim, computed))
	}
	fmt.Printf("✓ %s\n  %s\n", claim, computed)
	for _, row := range c.rows {
		if row[0] == claim {
			row[1] = computed
			return
		}
	}
	c.rows = append(c.rows, []string{claim, computed})
}

// MIMEBundle shows a row for each claim.
func (c *Claims) MIMEBundle() map[string]any {
	t := &Table{Columns: []string{"claim of the lecture", "what we computed", "check"}}
	for _, row := range c.rows {
		t.Rows = append(t.Rows, []string{row[0], row[1], "✓ holds"})
	}
	return t.MIMEBundle()
}
