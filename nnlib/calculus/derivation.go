package calculus

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// String prints the derivation for a terminal.
func (d *Derivation) String() string {
	var b strings.Builder
	b.WriteString(d.Title + "\n")
	if d.shapes != "" {
		b.WriteString("where " + d.shapes + "\n")
	}
	section := func(title string, steps []Step, numbered bool) {
		if len(steps) == 0 {
			return
		}
		b.WriteString("\n" + title + "\n")
		for _, s := range steps {
			head := "  "
			if numbered {
				head = fmt.Sprintf("%3d. ", s.Number)
			}
			line := head + s.Formula
			pad := max(2, stepWidth-utf8.RuneCountInString(line))
			b.WriteString(line + strings.Repeat(" ", pad) + s.Shape + "\n")
			if s.Rule != "piece" {
				b.WriteString(strings.Repeat(" ", len(head)+2) + s.Rule + "\n")
			}
		}
	}
	section("Pieces", d.Pieces, false)
	section("Steps", d.Steps, true)
	section("Result", d.Result, false)
	return strings.TrimRight(b.String(), "\n")
}

// stepWidth is the column at which the text form puts shapes.
const stepWidth = 68

// LaTeX returns the derivation as one block of aligned lines without dollar
// signs: number, formula, shape, rule.
func (d *Derivation) LaTeX() string {
	lines := []string{`&` + d.titleLaTeX}
	add := func(head string, s Step) {
		formula := strings.Replace(s.LaTeX, " = ", " &= ", 1)
		lines = append(lines, head+formula+` && \small `+latexShape(s.Shape))
		if s.Rule != "piece" {
			lines = append(lines, `& && \small `+latexText(s.Rule))
		}
	}
	for _, s := range d.Pieces {
		add("", s)
	}
	for _, s := range d.Steps {
		add(strconv.Itoa(s.Number)+`.\quad `, s)
	}
	for _, s := range d.Result {
		add(`\Rightarrow\quad `, s)
	}
	return `\begin{aligned}` + strings.Join(lines, ` \\ `) + `\end{aligned}`
}

// latexShape writes 8×20 for LaTeX.
func latexShape(text string) string {
	return strings.NewReplacer("×", ` \times `, "·", ` \cdot `).Replace(text)
}

// latexText writes a rule for LaTeX: words in \text, signs as mathematics, since
// not every typesetter has ∂ or ᵀ in its text font.
func latexText(text string) string {
	var b, words strings.Builder
	flush := func() {
		if words.Len() > 0 {
			b.WriteString(`\text{` + words.String() + `}`)
			words.Reset()
		}
	}
	for _, r := range text {
		sign, isSign := latexSigns[r]
		if name := greekNames[r]; name != "" {
			sign, isSign = `\`+name+" ", true
		}
		switch {
		case isSign:
			flush()
			b.WriteString(sign)
		case superscripts[r] != 0 && !isSign:
			flush()
			b.WriteString("{}^" + string(superscripts[r]))
		case isSubscriptDigit(r):
			flush()
			b.WriteString("{}_{" + string(r-'₀'+'0') + "}")
		case strings.ContainsRune(`{}$%#&_`, r):
			words.WriteString(`\` + string(r))
		case r == '^':
			words.WriteString(`\^{}`)
		case r == '\\':
			words.WriteString(`\textbackslash `)
		default:
			words.WriteRune(r)
		}
	}
	flush()
	return b.String()
}

// latexSigns are the signs of rules that LaTeX writes as mathematics.
var latexSigns = map[rune]string{
	'∂': `\partial `, '′': `{}'`, 'ᵀ': `{}^{\top}`, '∘': `\circ `, '⊗': `\otimes `, '×': `\times `, '−': "-", '·': `\cdot `,
	'ᵢ': "{}_i", 'ⱼ': "{}_j", 'Σ': `\Sigma `, '⁻': "{}^-", '¹': "{}^1", '²': "{}^2", 'ᵖ': "{}^p", '‖': `\Vert `, 'ŷ': `\hat{y}`,
	'𝟏': `\mathbf{1}`, '±': `\pm `, '≠': `\ne `, '∇': `\nabla `, combiningHat: `{}^{\wedge}`,
}

// HTML returns the derivation as a table whose formulas are LaTeX between dollar
// signs, which notebooks typeset.
func (d *Derivation) HTML() string {
	var b strings.Builder
	b.WriteString(`<div class="calculus-derivation"><p>` + inlineMath(d.titleLaTeX) + "</p>")
	if d.shapesLaTeX != "" {
		b.WriteString("<p>with " + inlineMath(d.shapesLaTeX) + "</p>")
	}
	b.WriteString(`<table style="text-align:left">`)
	section := func(title string, steps []Step, numbered bool) {
		if len(steps) == 0 {
			return
		}
		b.WriteString(`<tr><th colspan="4" style="text-align:left">` + title + "</th></tr>")
		for _, s := range steps {
			number, rule := "", s.Rule
			if numbered {
				number = strconv.Itoa(s.Number) + "."
			}
			if rule == "piece" {
				rule = ""
			}
			fmt.Fprintf(&b, `<tr><td>%s</td><td style="text-align:left">%s</td><td style="text-align:left">%s</td><td style="text-align:left">%s</td></tr>`,
				number, inlineMath(`\displaystyle `+s.LaTeX), inlineMath(latexShape(s.Shape)), escape(rule))
		}
	}
	section("Pieces", d.Pieces, false)
	section("Steps", d.Steps, true)
	section("Result", d.Result, false)
	b.WriteString("</table></div>")
	return b.String()
}

// MIMEBundle shows the derivation in a notebook.
func (d *Derivation) MIMEBundle() map[string]any {
	return bundle(d.String(), "$$"+d.LaTeX()+"$$", d.HTML())
}
