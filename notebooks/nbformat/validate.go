package nbformat

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A Problem is one thing wrong with a notebook, and where. Cell and Output count
// from 1; 0 means that the problem is not in one.
type Problem struct {
	Cell    int
	ID      string // of the cell, if it has one
	Output  int
	Field   string
	Message string
}

// String says where and what in one line.
func (p Problem) String() string {
	var b strings.Builder
	if p.Cell > 0 {
		fmt.Fprintf(&b, "cell %d", p.Cell)
		if p.ID != "" {
			fmt.Fprintf(&b, " (id %q)", p.ID)
		}
		if p.Output > 0 {
			fmt.Fprintf(&b, ", output %d", p.Output)
		}
		b.WriteString(": ")
	}
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	return b.String() + p.Message
}

// A ValidationError lists what is wrong with a notebook, in the order of the
// file.
type ValidationError struct{ Problems []Problem }

// Error returns the first problem and the number of the others.
func (e *ValidationError) Error() string {
	s := e.Problems[0].String()
	if n := len(e.Problems) - 1; n > 0 {
		s += fmt.Sprintf(" (and %d more)", n)
	}
	return s
}

// Validate checks the notebook against the schema of format 4.5 and against the
// rules that the schema cannot say (unique ids). It is stricter than [Read],
// which keeps keys that the format does not allow. The error is a
// [*ValidationError].
func (nb *Notebook) Validate() error {
	problems := nb.idProblems()
	add := func(at Problem, field, format string, args ...any) {
		at.Field, at.Message = field, fmt.Sprintf(format, args...)
		problems = append(problems, at)
	}
	extra := func(at Problem, o Object) {
		for _, key := range slices.Sorted(maps.Keys(o)) {
			add(at, key, "not a key of format 4.5")
		}
	}
	if nb.Minor == Minor {
		extra(Problem{}, nb.Extra)
	}
	for _, info := range []struct{ key, required string }{
		{"kernelspec", "name"}, {"kernelspec", "display_name"}, {"language_info", "name"},
	} {
		if v, ok := nb.Metadata[info.key]; ok {
			o, _ := v.(Object)
			if _, ok := o[info.required].(string); !ok {
				add(Problem{}, "metadata."+info.key, "want an object with a string %s", info.required)
			}
		}
	}
	for i, c := range nb.Cells {
		at := Problem{Cell: i + 1, ID: c.ID}
		if nb.Minor == Minor {
			extra(at, c.Extra)
		}
		if message := tagsProblem(c.Metadata); message != "" {
			add(at, "metadata.tags", "%s", message)
		}
		for j, out := range c.Outputs {
			at.Output = j + 1
			if !slices.Contains([]string{Stream, DisplayData, ExecuteResult, Error}, out.Type) && nb.Minor == Minor {
				add(at, "output_type", "want stream, display_data, execute_result or error, got %q", out.Type)
			} else if nb.Minor == Minor {
				extra(at, out.Extra)
			}
		}
	}
	if len(problems) > 0 {
		return &ValidationError{problems}
	}
	return nil
}

// tagsProblem says what is wrong with the tags of a cell, or nothing.
func tagsProblem(metadata Object) string {
	v, ok := metadata["tags"]
	if !ok {
		return ""
	}
	list, ok := v.([]any)
	if !ok {
		return "want a list, got " + kind(v)
	}
	seen := map[string]bool{}
	for _, v := range list {
		tag, ok := v.(string)
		switch {
		case !ok:
			return "want strings, got " + kind(v)
		case tag == "" || strings.Contains(tag, ","):
			return fmt.Sprintf("tag %q is empty or holds a comma", tag)
		case seen[tag]:
			return fmt.Sprintf("tag %q occurs twice", tag)
		}
		seen[tag] = true
	}
	return ""
}

var idPattern = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// idProblems returns the cells whose id is not one or is not the first of its
// kind.
func (nb *Notebook) idProblems() []Problem {
	var problems []Problem
	first := map[string]int{}
	for i, c := range nb.Cells {
		at := Problem{Cell: i + 1, ID: c.ID, Field: "id"}
		if !idPattern.MatchString(c.ID) {
			at.Message = "want 1 to 64 letters, digits, - and _"
			problems = append(problems, at)
		} else if j, ok := first[c.ID]; ok {
			at.Message = fmt.Sprintf("the same as that of cell %d; lectern export --to ipynb FILE gives this one another", j)
			problems = append(problems, at)
		} else {
			first[c.ID] = i + 1
		}
	}
	return problems
}
