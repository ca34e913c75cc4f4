package repl

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/mattn/go-runewidth"

	"github.com/lectern-go/lectern/kernel"
)

// screen shows outputs as text.
type screen struct {
	out    io.Writer
	width  func() int
	colour bool
	plain  bool // not a terminal: nothing is replaced, updates show when the cell ends

	mu    sync.Mutex // guards what follows: a question comes beside the outputs
	open  bool       // the last line has no end yet
	live  string     // the display id of what was shown last, or ""
	lines int        // its number of lines

	updates []kernel.DisplayData // that wait for the end of the cell
}

// show shows an output of a cell.
func (s *screen) show(o kernel.Output) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch o := o.(type) {
	case kernel.Stream:
		s.live = ""
		text := o.Text
		if o.Name == "stderr" && s.colour && !strings.Contains(text, "\x1b") {
			text = paintLines(red, text)
		}
		io.WriteString(s.out, text) //nolint:errcheck // the terminal is gone with its program
		s.open = !strings.HasSuffix(o.Text, "\n")
	case kernel.ExecuteResult:
		s.block(s.text(o.Data), "")
	case kernel.DisplayData:
		s.display(o)
	case kernel.ClearOutput: // what has scrolled away cannot be taken back
	case kernel.Error:
		text := strings.Join(o.Traceback, "\n")
		if !s.colour {
			text = escapes.ReplaceAllString(text, "")
		}
		s.block(text, "")
	}
}

// display shows something. An update replaces it if nothing was shown since;
// otherwise there is no way back to it.
func (s *screen) display(o kernel.DisplayData) {
	if !o.Update {
		s.block(s.text(o.Data), o.ID)
		return
	}
	if s.plain {
		s.updates = slices.DeleteFunc(s.updates, func(u kernel.DisplayData) bool { return u.ID == o.ID })
		s.updates = append(s.updates, o)
		return
	}
	if o.ID != s.live || s.live == "" {
		return
	}
	fmt.Fprintf(s.out, "\x1b[%dA\x1b[J", s.lines)
	s.block(s.text(o.Data), o.ID)
}

// block shows text on lines of its own.
func (s *screen) block(text, id string) {
	s.end()
	text = strings.TrimSuffix(text, "\n")
	if id != "" { // lines that wrap could not be counted
		text = cutLines(text, s.width()-1)
	}
	fmt.Fprintln(s.out, text)
	s.live, s.lines = id, strings.Count(text, "\n")+1
}

// ask shows a question. Its line has no end until it is answered.
func (s *screen) ask(prompt string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	io.WriteString(s.out, prompt) //nolint:errcheck // the terminal is gone with its program
	s.open, s.live = true, ""
}

// answered says that Enter has ended the question's line.
func (s *screen) answered() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = false
}

// finish ends what a cell shows.
func (s *screen) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.updates {
		s.block(s.text(u.Data), "")
	}
	s.updates = nil
	s.end()
}

// end ends the line, if it has no end yet.
func (s *screen) end() {
	if s.open {
		fmt.Fprintln(s.out)
	}
	s.open = false
	s.live = ""
}

// text returns the form of a value for a terminal: tables fitted to the width,
// figures drawn with characters, everything else as plain text.
func (s *screen) text(data kernel.MIMEBundle) string {
	_, formula := data["text/latex"]
	if html, ok := data["text/html"].(string); ok && !formula {
		if t := parseTable(html); t != nil {
			return t.text(s.width()-1, s.colour)
		}
	}
	if svg, ok := data["image/svg+xml"].(string); ok && !s.plain {
		if text := draw(svg, s.width()-1, s.colour); text != "" {
			return text
		}
	}
	if plain, ok := data["text/plain"].(string); ok {
		return plain
	}
	for mime := range data {
		return fmt.Sprintf("(%s)", mime)
	}
	return ""
}

func (s *screen) paint(colour, text string) string {
	if !s.colour {
		return text
	}
	return paint(colour, text)
}

// paintLines colours each line by itself.
func paintLines(colour, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		body := strings.TrimSuffix(line, "\n")
		b.WriteString(paint(colour, body) + line[len(body):])
	}
	return b.String()
}

// cutLines cuts each line at a width; those that are cut lose their colours.
func cutLines(text string, width int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if plain := escapes.ReplaceAllString(line, ""); runewidth.StringWidth(plain) > width {
			lines[i] = runewidth.Truncate(plain, max(width, 1), "…")
		}
	}
	return strings.Join(lines, "\n")
}

// escapes matches ANSI's colours.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")
