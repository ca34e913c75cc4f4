package calculus

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// greek maps the names of Greek letters to the letters; LaTeX spells them the
// same way. Lower-case ones stand for scalars unless declared, with the
// exceptions of conventionalVectors.
var greek = map[string]rune{
	"alpha": 'α', "beta": 'β', "gamma": 'γ', "delta": 'δ', "epsilon": 'ε', "zeta": 'ζ', "eta": 'η',
	"theta": 'θ', "iota": 'ι', "kappa": 'κ', "lambda": 'λ', "mu": 'μ', "nu": 'ν', "xi": 'ξ', "pi": 'π',
	"rho": 'ρ', "sigma": 'σ', "tau": 'τ', "phi": 'φ', "chi": 'χ', "psi": 'ψ', "omega": 'ω',
	"Gamma": 'Γ', "Delta": 'Δ', "Theta": 'Θ', "Lambda": 'Λ', "Xi": 'Ξ', "Pi": 'Π', "Sigma": 'Σ',
	"Phi": 'Φ', "Psi": 'Ψ', "Omega": 'Ω',
}

var greekNames = func() map[rune]string {
	names := make(map[rune]string, len(greek))
	for name, letter := range greek {
		names[letter] = name
	}
	return names
}()

// accents are the combining marks that a name may carry, with their LaTeX.
var accents = map[rune]string{'\u0302': `\hat`, '\u0303': `\tilde`, '\u0304': `\bar`, '\u0305': `\bar`, '\u0307': `\dot`}

const combiningHat = '\u0302'

// isNameRune reports whether r may be part of a name after its first letter.
// Subscript digits are; superscripts (x², Wᵀ) are not.
func isNameRune(r rune) bool {
	_, accent := accents[r]
	return unicode.IsLetter(r) && !isSuperscript(r) || unicode.IsDigit(r) || r == '_' || accent || isSubscriptDigit(r)
}

func isSuperscript(r rune) bool { return r == 'ᵀ' || r == 'ⁿ' || r == 'ᵗ' || r == 'ᴴ' }

func isSubscriptDigit(r rune) bool { return r >= '₀' && r <= '₉' }

// canonicalName gives every spelling of a name one form: W₁ is W_1, y with a
// combining hat and yhat are ŷ, lambda is λ.
func canonicalName(name string) string {
	var b strings.Builder
	subscript := false
	for _, r := range name {
		switch {
		case isSubscriptDigit(r):
			if !subscript && b.Len() > 0 && !strings.HasSuffix(b.String(), "_") {
				b.WriteByte('_')
			}
			subscript = true
			b.WriteRune(r - '₀' + '0')
		case r == 'ŷ':
			b.WriteString("y\u0302")
		default:
			b.WriteRune(r)
		}
	}
	base, sub, found := strings.Cut(b.String(), "_")
	if letter, ok := greek[base]; ok {
		base = string(letter)
	}
	if letter, ok := strings.CutSuffix(base, "hat"); ok && utf8.RuneCountInString(letter) == 1 {
		base = letter + string(combiningHat)
	}
	base = strings.ReplaceAll(base, "y\u0302", "ŷ")
	if found {
		return base + "_" + sub
	}
	return base
}

// oneHotIndex returns y for e_y, the one-hot vector.
func oneHotIndex(name string) (index string, ok bool) {
	index, ok = strings.CutPrefix(name, "e_")
	first, _ := utf8.DecodeRuneInString(index)
	return index, ok && (isNumeral(index) || unicode.IsLetter(first))
}

// name writes a canonical name: W_1 as W₁, x_window as x_window.
func (p printer) name(name string) string {
	base, sub, found := strings.Cut(name, "_")
	if !p.latex {
		if !found || sub == "" || strings.Trim(sub, "0123456789") != "" {
			return name
		}
		return base + subscriptDigits.Replace(sub)
	}
	text := latexLetters(base)
	if found {
		if utf8.RuneCountInString(sub) > 1 && strings.Trim(sub, "0123456789") != "" {
			sub = `\mathrm{` + strings.ReplaceAll(sub, "_", `\_`) + `}`
		}
		return text + "_{" + sub + "}"
	}
	return text
}

var subscriptDigits = strings.NewReplacer("0", "₀", "1", "₁", "2", "₂", "3", "₃", "4", "₄",
	"5", "₅", "6", "₆", "7", "₇", "8", "₈", "9", "₉")

// latexLetters writes the part of a name before its subscript: a letter with an
// accent, a letter with digits (W1), or a word.
func latexLetters(base string) string {
	base = strings.ReplaceAll(base, "ŷ", "y\u0302")
	letters := strings.TrimRight(base, "0123456789")
	digits := base[len(letters):]
	runes := []rune(letters)
	text := ""
	switch {
	case len(runes) == 2 && accents[runes[1]] != "":
		text = accents[runes[1]] + "{" + latexRune(runes[0]) + "}"
	case len(runes) == 1:
		text = latexRune(runes[0])
	case len(runes) > 1 && runes[0] == 'd' && len(runes) == 2:
		text = `\mathrm{d}` + latexRune(runes[1])
	default:
		text = `\mathit{` + letters + `}`
	}
	if digits != "" {
		text += "_{" + digits + "}"
	}
	return text
}

// accented are letters that carry their accent in one rune.
var accented = map[rune]string{
	'â': `\hat{a}`, 'ĉ': `\hat{c}`, 'ê': `\hat{e}`, 'ĝ': `\hat{g}`, 'ĥ': `\hat{h}`, 'ô': `\hat{o}`, 'ŝ': `\hat{s}`,
	'û': `\hat{u}`, 'ŵ': `\hat{w}`, 'ẑ': `\hat{z}`, 'Ŵ': `\hat{W}`, 'Ŷ': `\hat{Y}`, 'ã': `\tilde{a}`, 'ñ': `\tilde{n}`,
	'õ': `\tilde{o}`, 'ũ': `\tilde{u}`, 'ṽ': `\tilde{v}`, 'ỹ': `\tilde{y}`, 'ā': `\bar{a}`, 'ē': `\bar{e}`, 'ō': `\bar{o}`,
	'ū': `\bar{u}`, 'ȳ': `\bar{y}`,
}

func latexRune(r rune) string {
	if text, ok := accented[r]; ok {
		return text
	}
	if name, ok := greekNames[r]; ok {
		return `\` + name
	}
	return string(r)
}
