package ner

import (
	"fmt"
	"strings"
)

// What holds thousands of numbers shows itself in a line or two.

// String says how many windows there are and what they hold.
func (w *Windows) String() string {
	labels := "without labels"
	if w.Labels != nil {
		labels = "with labels"
	}
	return fmt.Sprintf("%d windows of %d words, %s", w.N, w.Width(), labels)
}

// MIMEBundle shows the size of the windows in a notebook.
func (w *Windows) MIMEBundle() map[string]any { return line(w) }

// String says how many vectors there are.
func (v *Vectors) String() string {
	return fmt.Sprintf("%d word vectors of %d numbers: %s", v.Len(), v.Dim, first(v.Words))
}

// MIMEBundle shows the size of the vectors in a notebook.
func (v *Vectors) MIMEBundle() map[string]any { return line(v) }

// String says how many words there are.
func (v *Vocab) String() string {
	return fmt.Sprintf("vocabulary of %d words: %s", v.Len(), first(v.Words))
}

// MIMEBundle shows the size of the vocabulary in a notebook.
func (v *Vocab) MIMEBundle() map[string]any { return line(v) }

// String names the classes.
func (l *Labels) String() string {
	return fmt.Sprintf("%d classes (%s): %s", l.Len(), l.Scheme, strings.Join(l.Names, " "))
}

// MIMEBundle shows the classes in a notebook.
func (l *Labels) MIMEBundle() map[string]any { return line(l) }

// String says how many words the table has.
func (l *Lookup) String() string { return fmt.Sprintf("look-up of %d words", len(l.tags)) }

// MIMEBundle shows the size of the table in a notebook.
func (l *Lookup) MIMEBundle() map[string]any { return line(l) }

// String says how many affixes there are.
func (a *Affixes) String() string {
	kind := "prefixes"
	if a.Suffix {
		kind = "suffixes"
	}
	return fmt.Sprintf("%d %s of %d characters: %s", a.Len(), kind, a.Length, first(a.Names))
}

// MIMEBundle shows the size of the table in a notebook.
func (a *Affixes) MIMEBundle() map[string]any { return line(a) }

// String returns the counts of the three parts.
func (c *Corpus) String() string { return c.table().text() }

func line(s fmt.Stringer) map[string]any { return map[string]any{"text/plain": s.String()} }

// first returns the beginning of a list of words.
func first(words []string) string {
	const most = 10
	if len(words) > most {
		return strings.Join(words[:most], " ") + " …"
	}
	return strings.Join(words, " ")
}
