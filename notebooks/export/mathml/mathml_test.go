package mathml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// convert returns the MathML without what is around every formula.
func convert(latex string, display bool) (string, error) {
	s, err := Convert(latex, display)
	_, s, _ = strings.Cut(s, "<semantics>")
	s, _, _ = strings.Cut(s, "<annotation")
	return s, err
}

func TestConvert(t *testing.T) {
	tests := []struct{ latex, want string }{
		{"x", "<mi>x</mi>"},
		{"x + 12.5y", "<mrow><mi>x</mi><mo>+</mo><mn>12.5</mn><mi>y</mi></mrow>"},
		{"a - b", "<mrow><mi>a</mi><mo>−</mo><mi>b</mi></mrow>"},
		{"x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"},
		{"x^12", "<mrow><msup><mi>x</mi><mn>1</mn></msup><mn>2</mn></mrow>"},
		{"f'(z)", `<mrow><msup><mi>f</mi><mo>′</mo></msup><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo></mrow>`},
		{`\frac{\partial s}{\partial W_{ij}}`, "<mfrac><mrow><mi>∂</mi><mi>s</mi></mrow><mrow><mi>∂</mi><msub><mi>W</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub></mrow></mfrac>"},
		{`\frac12`, "<mfrac><mn>1</mn><mn>2</mn></mfrac>"},
		{`\sqrt{x}\sqrt[3]{y}`, "<mrow><msqrt><mi>x</mi></msqrt><mroot><mi>y</mi><mn>3</mn></mroot></mrow>"},
		{`\hat{y}`, `<mover accent="true" accentunder="true"><mi>y</mi><mo stretchy="false">^</mo></mover>`},
		{`\mathbb{R}^{n}`, "<msup><mi>ℝ</mi><mi>n</mi></msup>"},
		{`\mathbf{W}\boldsymbol{\theta}`, "<mrow><mi>𝐖</mi><mi>𝛉</mi></mrow>"},
		{`\mathcal{L}`, "<mi>ℒ</mi>"},
		{`\mathrm{ReLU}(x)`, `<mrow><mi>ReLU</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo></mrow>`},
		{`\mathrm{d}x`, `<mrow><mi mathvariant="normal">d</mi><mi>x</mi></mrow>`},
		{`\operatorname{softmax}(f)_y`, `<mrow><mi>softmax</mi><mo stretchy="false">(</mo><mi>f</mi><msub><mo stretchy="false">)</mo><mi>y</mi></msub></mrow>`},
		{`\log p`, `<mrow><mi>log</mi><mspace width="0.167em"></mspace><mi>p</mi></mrow>`},
		{`\log_2(p)`, `<mrow><msub><mi>log</mi><mn>2</mn></msub><mo stretchy="false">(</mo><mi>p</mi><mo stretchy="false">)</mo></mrow>`},
		{`\text{if } x<0`, "<mrow><mrow><mtext>if\u00a0</mtext></mrow><mi>x</mi><mo>&lt;</mo><mn>0</mn></mrow>"},
		{`\text{at $x$}`, "<mrow><mtext>at\u00a0</mtext><mi>x</mi></mrow>"},
		{`\left(\frac{a}{b}\right]`, `<mrow><mo fence="true" stretchy="true" form="prefix">(</mo><mfrac><mi>a</mi><mi>b</mi></mfrac><mo fence="true" stretchy="true" form="postfix">]</mo></mrow>`},
		{`\left.x\right|_0`, `<msub><mrow><mi>x</mi><mo fence="true" stretchy="true" form="postfix">|</mo></mrow><mn>0</mn></msub>`},
		{`\lVert x \rVert`, `<mrow><mo stretchy="false">‖</mo><mi>x</mi><mo stretchy="false">‖</mo></mrow>`},
		{`\{x\}`, `<mrow><mo stretchy="false">{</mo><mi>x</mi><mo stretchy="false">}</mo></mrow>`},
		{`a \, b \quad c`, `<mrow><mi>a</mi><mspace width="0.167em"></mspace><mi>b</mi><mspace width="1em"></mspace><mi>c</mi></mrow>`},
		{`\begin{bmatrix} a & b \\ c & d \end{bmatrix}`, `<mrow><mo fence="true" stretchy="true" form="prefix">[</mo><mtable displaystyle="true"><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr><mtr><mtd><mi>c</mi></mtd><mtd><mi>d</mi></mtd></mtr></mtable><mo fence="true" stretchy="true" form="postfix">]</mo></mrow>`},
		{`\begin{aligned} a &= b \\ \end{aligned}`, `<mrow><mtable displaystyle="true"><mtr><mtd style="text-align:right;padding-right:0"><mi>a</mi></mtd><mtd style="text-align:left;padding-left:0"><mrow><mo>=</mo><mi>b</mi></mrow></mtd></mtr></mtable></mrow>`},
		{`\underbrace{x}_{n}`, `<msub><munder accent="true" accentunder="true"><mi>x</mi><mo>⏟</mo></munder><mi>n</mi></msub>`},
		{`\overline{xy}`, `<mrow style="border-top:0.06em solid"><mrow><mi>x</mi><mi>y</mi></mrow></mrow>`},
		{`\not=`, "<mo>=\u0338</mo>"},
		{"x % a comment\n y", "<mrow><mi>x</mi><mi>y</mi></mrow>"},
		{`x_{\bf w} y`, "<mrow><msub><mi>x</mi><mi>𝐰</mi></msub><mi>y</mi></mrow>"},
		{`{\rm d} \bm{x}y`, `<mrow><mi mathvariant="normal">d</mi><mi>𝐱</mi><mi>y</mi></mrow>`},
		{"", "<mrow></mrow>"},
		{"한글", "<mrow><mi>한</mi><mi>글</mi></mrow>"},
	}
	for _, tt := range tests {
		got, err := convert(tt.latex, false)
		if err != nil || got != tt.want {
			t.Errorf("Convert(%q)\n got %s\nwant %s\nerror %v", tt.latex, got, tt.want, err)
		}
	}
}

func TestDisplay(t *testing.T) {
	tests := []struct{ latex, want string }{
		{`\sum_{i=1}^N x_i`, "<mrow><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>N</mi></munderover><msub><mi>x</mi><mi>i</mi></msub></mrow>"},
		{`\max_x`, "<munder><mi>max</mi><mi>x</mi></munder>"},
		{`\operatorname*{argmin}_\theta`, "<munder><mi>argmin</mi><mi>θ</mi></munder>"},
		{`\int_0^1`, "<msubsup><mo>∫</mo><mn>0</mn><mn>1</mn></msubsup>"},
		{`\sum\nolimits_i`, "<msub><mo>∑</mo><mi>i</mi></msub>"},
		{`\underbrace{x}_{n}`, `<munder><munder accent="true" accentunder="true"><mi>x</mi><mo>⏟</mo></munder><mi>n</mi></munder>`},
	}
	for _, tt := range tests {
		got, err := convert(tt.latex, true)
		if err != nil || got != tt.want {
			t.Errorf("Convert(%q)\n got %s\nwant %s\nerror %v", tt.latex, got, tt.want, err)
		}
	}
}

func TestErrors(t *testing.T) {
	tests := []struct{ latex, want string }{
		{`x + \foo`, `formula, byte 9: \foo is not known`},
		{`{x`, "formula, byte 3: want }, got the end"},
		{`x}`, "formula, byte 2: } has no counterpart before it"},
		{`x & y`, "formula, byte 3: & has no counterpart before it"},
		{`\frac{1}`, "formula, byte 9: an argument is missing"},
		{`x^`, "formula, byte 3: an argument is missing"},
		{`x^1^2`, "formula, byte 4: a second superscript; put braces around the first"},
		{`\left( x`, `formula, byte 9: want \right, got the end`},
		{`\left x`, "formula, byte 8: want a delimiter, got x"},
		{`\begin{foo}`, "formula, byte 12: environment foo is not known"},
		{`\begin{matrix} x`, `formula, byte 17: want \end{matrix}, got the end`},
		{`\begin{matrix} x \end{pmatrix}`, `formula, byte 31: \begin{matrix} ends in \end{pmatrix}`},
		{`\sqrt[3 x`, "formula, byte 10: want ] behind the index of the root, got the end"},
		{`\text{x`, "formula, byte 8: a } is missing"},
		{strings.Repeat("{", 300), "formula, byte 101: nests deeper than 200"},
		{`\`, "formula, byte 2: a backslash at the end"},
	}
	for _, tt := range tests {
		if got, err := Convert(tt.latex, false); err == nil || err.Error() != tt.want {
			t.Errorf("Convert(%.30q) = %s, error %v; want %s", tt.latex, got, err, tt.want)
		}
	}
}

// TestTables makes sure that every command of the tables is one that converts.
func TestTables(t *testing.T) {
	for name, m := range map[string]map[string]string{
		"": identifiers, " ": operators, "_i": large, "^2": functions, "{x}": accents, "{xy}": under, "{xyz}": lines, "{A}": alphabets, "{ text }": texts,
	} {
		for command := range m {
			latex := `\` + command + name
			s, err := Convert(latex, true)
			if err != nil {
				t.Errorf("Convert(%q): %v", latex, err)
			} else if err := wellFormed(s); err != nil {
				t.Errorf("Convert(%q) = %s: %v", latex, s, err)
			}
		}
	}
}

func wellFormed(s string) error {
	decoder := xml.NewDecoder(strings.NewReader(s))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func ExampleConvert() {
	s, err := Convert("a^2", false)
	fmt.Println(s, err)
	// Output:
	// <math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><msup><mi>a</mi><mn>2</mn></msup><annotation encoding="application/x-tex">a^2</annotation></semantics></math> <nil>
}

// FuzzConvert wants well-formed XML or an error for any text that XML can hold.
func FuzzConvert(f *testing.F) {
	for _, s := range []string{`\frac{a}{b}_1^2`, `\left(x\right)`, `\begin{cases}a&b\\c\end{cases}`, `\text{a $b$}`, `\color{red}{x}`, `\bf x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, latex string) {
		s, err := Convert(latex, true)
		if err != nil || wellFormed("<t>"+strings.NewReplacer("<", "", "&", "").Replace(latex)+"</t>") != nil {
			return
		}
		if err := wellFormed(s); err != nil {
			t.Errorf("Convert(%q) = %s: %v", latex, s, err)
		}
	})
}
