package display

import (
	"fmt"
	"html"
	"strings"
	"sync"
	"time"
)

// updateEvery is the time between two updates of something live: front ends
// do not keep up with more, and eyes neither.
const updateEvery = 150 * time.Millisecond

// A Progress is a bar that shows how far some work is, how fast it goes and how
// long it will take. It is safe for concurrent use.
//
//	bar := display.NewProgress("epochs", 20)
//	for range 20 {
//		train()
//		bar.Add(1)
//	}
//
// The bar is drawn at the first step, at most some seven times a second after
// it, and at the last. Work whose total is not known has the total 0; Done ends
// it.
type Progress struct {
	label string
	id    ID
	now   func() time.Time

	mu          sync.Mutex
	total, done int
	start, last time.Time // last is when the bar was drawn
	ended       time.Time
}

// NewProgress returns a bar for total steps. It is shown at the first.
func NewProgress(label string, total int) *Progress {
	p := &Progress{label: label, total: total, id: NewID(), now: time.Now}
	p.start = p.now()
	return p
}

// Add says that n more steps are done.
func (p *Progress) Add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(p.done + n)
}

// Set says that n steps are done in all.
func (p *Progress) Set(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(n)
}

// Done says that the work has ended, finished or not.
func (p *Progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended.IsZero() {
		p.ended = p.now()
		p.draw()
	}
}

func (p *Progress) set(n int) {
	if !p.ended.IsZero() {
		return
	}
	p.done = n
	now := p.now()
	if p.total > 0 && n >= p.total {
		p.ended = now
	}
	if !p.ended.IsZero() || now.Sub(p.last) >= updateEvery {
		p.draw()
	}
}

func (p *Progress) draw() {
	first := p.last.IsZero()
	p.last = p.now()
	Show(Update{ID: p.id, Value: drawn{p.forms()}, First: first})
}

// drawn is a state of something live.
type drawn struct{ forms map[string]any }

func (d drawn) MIMEBundle() map[string]any { return d.forms }
func (d drawn) String() string             { return fmt.Sprint(d.forms["text/plain"]) }

// MIMEBundle shows the bar as it is now.
func (p *Progress) MIMEBundle() map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.forms()
}

func (p *Progress) forms() map[string]any {
	says := p.says()
	htmlBar := "<progress></progress>"
	switch {
	case p.total > 0:
		htmlBar = fmt.Sprintf(`<progress max="%d" value="%d"></progress>`, p.total, min(p.done, p.total))
	case !p.ended.IsZero():
		htmlBar = `<progress max="1" value="1"></progress>`
	}
	return map[string]any{
		"text/plain": strings.TrimSpace(p.label + " " + p.blocks() + says),
		"text/html":  fmt.Sprintf("<div>%s %s %s</div>", html.EscapeString(p.label), htmlBar, html.EscapeString(says)),
	}
}

// barWidth is the width of the bar in text.
const barWidth = 20

// blocks returns the bar as text, in eighths of a character.
func (p *Progress) blocks() string {
	if p.total <= 0 {
		return ""
	}
	eighths := int(float64(min(max(p.done, 0), p.total)) / float64(p.total) * barWidth * 8)
	bar := strings.Repeat("█", eighths/8)
	if eighths%8 > 0 {
		bar += string([]rune(" ▏▎▍▌▋▊▉")[eighths%8])
	}
	pad := barWidth - (eighths+7)/8
	return "▕" + bar + strings.Repeat(" ", pad) + "▏ "
}

// says returns the numbers: "30/100, 12/s, 6s left".
func (p *Progress) says() string {
	now := p.last
	if !p.ended.IsZero() {
		now = p.ended
	}
	spent := now.Sub(p.start)
	parts := []string{fmt.Sprint(p.done)}
	if p.total > 0 {
		parts[0] = fmt.Sprintf("%d/%d", p.done, p.total)
	}
	if p.done > 0 && spent > 0 {
		parts = append(parts, rate(float64(p.done)/spent.Seconds()))
	}
	switch {
	case !p.ended.IsZero():
		parts = append(parts, "took "+roundTime(spent))
	case p.total > 0 && p.done > 0:
		left := time.Duration(float64(spent) / float64(p.done) * float64(p.total-p.done))
		parts = append(parts, roundTime(left)+" left")
	}
	return strings.Join(parts, ", ")
}

// rate writes steps per second, or seconds per step where that is slow.
func rate(perSecond float64) string {
	if perSecond >= 1 {
		return fmt.Sprintf("%.3g/s", perSecond)
	}
	return roundTime(time.Duration(float64(time.Second)/perSecond)) + " each"
}

// roundTime rounds to what a reader needs.
func roundTime(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Millisecond).String()
}
