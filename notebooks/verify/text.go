package verify

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// tiny is the part of the tolerance by which numbers may differ whatever their
// size, so that rounding errors around 0 are equal to 0.
const tiny = 1e-6

// A textComparer compares texts that hold numbers.
type textComparer struct {
	tolerance float64 // relative
	floor     float64 // absolute; tiny·tolerance if 0
	exact     bool
}

// volatile is what differs from run to run by its nature, and what stands for it
// in a comparison. The order counts: ids before numbers with units.
var volatile = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`), "‹id›"},
	{regexp.MustCompile(`\b[0-9a-f]{32}\b`), "‹id›"},
	{regexp.MustCompile(`\b([Rr]uns?|id|ID)([ :=]+)[0-9a-f]{7,32}\b`), "${1}${2}‹id›"},
	{regexp.MustCompile(`\b0x[0-9a-f]{6,16}\b`), "‹address›"},
	{regexp.MustCompile(`\bgoroutine \d+\b`), "goroutine ‹n›"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[A-Z]{3,4}\b|[+-]\d\d:?\d\d))*( m=[+-]\d+\.\d+)?`), "‹time›"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d(\.\d+)?\b`), "‹time›"},
	{regexp.MustCompile(`\b(\d+h)?(\d+m)?\d+(\.\d+)?(ns|µs|μs|us|ms|s)\b`), "‹duration›"},
	{regexp.MustCompile(`\b\d+(h\d+m|h|m)0s\b`), "‹duration›"},
	{regexp.MustCompile(`\b\d+(\.\d+)? (ns|µs|μs|us|ms|s|sec|min|seconds?|minutes?|hours?)\b`), "‹duration›"},
	// The number that makes the name of a temporary file or folder unique.
	{regexp.MustCompile(`(/(?:tmp|T)/[\w.@+~/-]*?)\d{5,10}\b`), "${1}‹n›"},
	// A folder below the root of the file system; the name of the file counts.
	{regexp.MustCompile(`(^|[\s"'` + "`" + `(=\[{,])(?:[A-Z]:)?(?:/[\w.@+~-]+)+/([\w.@+~-]*)`), "${1}‹folder›/${2}"},
}

var (
	blanks = regexp.MustCompile(`[ \t]+`)
	number = regexp.MustCompile(`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`)
)

// normal returns a line with what is volatile replaced and, where spaces do not
// count, runs of blanks made one.
func (c textComparer) normal(line string) string {
	line = strings.TrimRight(line, "\r")
	for _, v := range volatile {
		line = v.pattern.ReplaceAllString(line, v.with)
	}
	if !c.exact {
		line = strings.TrimSpace(blanks.ReplaceAllString(line, " "))
	}
	return line
}

// compare compares two texts line by line. The difference says where they first
// part.
func (c textComparer) compare(saved, fresh string) (Difference, bool) {
	if saved == fresh {
		return Difference{}, true
	}
	old, now := lines(saved), lines(fresh)
	oldNormal, nowNormal := c.normals(old), c.normals(now)
	var d Difference
	equal := func(i, j int) bool { return old[i] == now[j] || c.equal(oldNormal(i), nowNormal(j)) }
	removed, added := lineDiff(len(old), len(now), equal)
	if len(removed)+len(added) == 0 {
		return d, true
	}
	if len(removed) > 0 && len(added) > 0 && removed[0] == added[0] {
		d.Reason = c.reason(oldNormal(removed[0]), nowNormal(added[0]))
	} else {
		d.Reason = fmt.Sprintf("lines: %d saved, %d now", len(old), len(now))
	}
	d.Line = 1 + slices.Min(append(slices.Clone(removed), added...))
	d.Others = max(0, max(len(removed), len(added))-maxLines)
	d.Saved, d.Fresh = pick(old, removed), pick(now, added)
	return d, false
}

// normals returns a function that makes a line normal when it is first needed,
// for most lines never are.
func (c textComparer) normals(lines []string) func(i int) string {
	normal := make([]*string, len(lines))
	return func(i int) string {
		if normal[i] == nil {
			s := c.normal(lines[i])
			normal[i] = &s
		}
		return *normal[i]
	}
}

// maxLines is how many differing lines a difference shows of each side.
const maxLines = 8

func pick(lines []string, at []int) string {
	var picked []string
	for _, i := range at[:min(len(at), maxLines)] {
		picked = append(picked, lines[i])
	}
	return strings.Join(picked, "\n")
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// equal compares two normal lines: the text between the numbers exactly, the
// numbers by value.
func (c textComparer) equal(a, b string) bool {
	if a == b {
		return true
	}
	if c.exact {
		return false
	}
	return c.reason(a, b) == ""
}

// reason says why two normal lines are not equal, or nothing if they are.
func (c textComparer) reason(a, b string) string {
	if c.exact {
		if a == b {
			return ""
		}
		return "the text differs"
	}
	numbersA, numbersB := number.FindAllStringIndex(a, -1), number.FindAllStringIndex(b, -1)
	if len(numbersA) != len(numbersB) {
		return "the text differs"
	}
	endA, endB := 0, 0
	for i := range numbersA {
		fromA, fromB := numbersA[i], numbersB[i]
		if a[endA:fromA[0]] != b[endB:fromB[0]] {
			return "the text differs"
		}
		endA, endB = fromA[1], fromB[1]
		if x, y := a[fromA[0]:endA], b[fromB[0]:endB]; !c.equalNumbers(x, y) {
			return c.numberReason(x, y)
		}
	}
	if a[endA:] != b[endB:] {
		return "the text differs"
	}
	return ""
}

func (c textComparer) numberReason(x, y string) string {
	if isInteger(x) && isInteger(y) {
		return fmt.Sprintf("%s was saved, now %s", x, y)
	}
	return fmt.Sprintf("%s was saved, now %s, more than %.3g apart", x, y, c.tolerance)
}

// equalNumbers compares two numbers. Integers are counts and have no tolerance.
func (c textComparer) equalNumbers(x, y string) bool {
	if x == y {
		return true
	}
	if c.exact || isInteger(x) && isInteger(y) {
		return false
	}
	a, errA := strconv.ParseFloat(x, 64)
	b, errB := strconv.ParseFloat(y, 64)
	if errA != nil || errB != nil {
		return false
	}
	floor := c.floor
	if floor == 0 {
		floor = tiny * c.tolerance
	}
	return math.Abs(a-b) <= max(c.tolerance*max(math.Abs(a), math.Abs(b)), floor)
}

func isInteger(s string) bool { return !strings.ContainsAny(s, ".eE") }

// json compares two values of encoding/json's types and returns where they
// differ.
func (c textComparer) json(path string, a, b any) (string, bool) {
	at := path
	if at == "" {
		at = "the top"
	}
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return at, false
		}
		for _, key := range slices.Sorted(maps.Keys(a)) {
			v, ok := b[key]
			if !ok {
				return path + "." + key, false
			}
			if where, ok := c.json(path+"."+key, a[key], v); !ok {
				return where, false
			}
		}
		return "", true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return at, false
		}
		for i := range a {
			if where, ok := c.json(fmt.Sprintf("%s[%d]", path, i), a[i], b[i]); !ok {
				return where, false
			}
		}
		return "", true
	case json.Number:
		b, ok := b.(json.Number)
		return at, ok && c.equalNumbers(string(a), string(b))
	case string:
		b, ok := b.(string)
		return at, ok && c.equal(c.normal(a), c.normal(b))
	}
	return at, a == b
}
