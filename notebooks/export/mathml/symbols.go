package mathml

import "strings"

// table makes a map of lines of "name text name text …".
func table(pairs string) map[string]string {
	fields := strings.Fields(pairs)
	m := make(map[string]string, len(fields)/2)
	for i := 0; i+1 < len(fields); i += 2 {
		m[fields[i]] = fields[i+1]
	}
	return m
}

// identifiers are commands that stand for a letter.
var identifiers = table(`
	alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ
	lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ
	phi ϕ varphi φ chi χ psi ψ omega ω digamma ϝ
	Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
	ell ℓ hbar ℏ imath ı jmath ȷ Re ℜ Im ℑ wp ℘ aleph ℵ partial ∂ nabla ∇ infty ∞ emptyset ∅ varnothing ∅
	top ⊤ bot ⊥ angle ∠ degree °`)

// upright are those of identifiers that are not slanted.
var upright = table(`Gamma 1 Delta 1 Theta 1 Lambda 1 Xi 1 Pi 1 Sigma 1 Upsilon 1 Phi 1 Psi 1 Omega 1
	partial 0 nabla 1 infty 1 emptyset 1 varnothing 1 top 1 bot 1 angle 1 degree 1 aleph 1 Re 1 Im 1`)

// operators are commands that stand for an operator or a relation.
var operators = table(`
	times × cdot ⋅ div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet ∙ odot ⊙ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘
	cap ∩ cup ∪ uplus ⊎ sqcap ⊓ sqcup ⊔ vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖ backslash ∖ dagger † ddagger ‡ amalg ⨿
	le ≤ leq ≤ leqslant ⩽ ge ≥ geq ≥ geqslant ⩾ ne ≠ neq ≠ ll ≪ gg ≫ equiv ≡ sim ∼ simeq ≃ approx ≈ cong ≅
	doteq ≐ propto ∝ prec ≺ succ ≻ preceq ⪯ succeq ⪰ in ∈ notin ∉ ni ∋ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇
	subsetneq ⊊ supsetneq ⊋ perp ⊥ parallel ∥ mid ∣ nmid ∤ vdash ⊢ dashv ⊣ models ⊨ triangleq ≜ coloneqq ≔
	to → rightarrow → leftarrow ← gets ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ implies ⟹
	impliedby ⟸ iff ⟺ longrightarrow ⟶ longleftarrow ⟵ longleftrightarrow ⟷ Longrightarrow ⟹ Longleftarrow ⟸ mapsto ↦ longmapsto ⟼
	uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖
	hookrightarrow ↪ hookleftarrow ↩ rightharpoonup ⇀ leftharpoonup ↼ rightleftharpoons ⇌ leadsto ⇝
	forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ therefore ∴ because ∵
	ldots … dots … cdots ⋯ vdots ⋮ ddots ⋱ dotsc … dotsb ⋯ colon : prime ′ square □ Box □ blacksquare ■ triangle △
	lvert | rvert | lVert ‖ rVert ‖ vert | Vert ‖ | ‖ langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉
	lbrace { rbrace } { { } } lbrack [ rbrack ] % % $ $ # # & & _ _`)

// large are operators whose scripts stand above and below in a displayed formula.
var large = table(`
	sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ biguplus ⨄ bigsqcup ⨆`)

// integrals are large operators whose scripts stand beside them.
var integrals = table(`int ∫ iint ∬ iiint ∭ oint ∮`)

// functions are commands that stand for their own name; those with a 1 have
// their scripts below in a displayed formula.
var functions = table(`
	arccos 0 arcsin 0 arctan 0 arg 0 cos 0 cosh 0 cot 0 coth 0 csc 0 deg 0 dim 0 exp 0 hom 0 ker 0 lg 0 ln 0 log 0
	sec 0 sin 0 sinh 0 tan 0 tanh 0 Pr 1 det 1 gcd 1 inf 1 lim 1 liminf 1 limsup 1 max 1 min 1 sup 1`)

// accents stand over their argument, and stretch if they are wide.
var accents = table(`
	hat ^ widehat ^ bar ¯ tilde ~ widetilde ~ vec → overrightarrow → overleftarrow ← dot ˙ ddot ¨ dddot ⃛
	acute ´ grave ` + "`" + ` breve ˘ check ˇ mathring ˚ overbrace ⏞`)

// under stand under their argument.
var under = table(`underbrace ⏟`)

// lines are drawn over or under their argument by the style sheet's means, since
// few fonts have a line that grows.
var lines = table(`overline border-top underline border-bottom`)

// spaces are widths in em.
var spaces = map[string]string{
	",": "0.167", ":": "0.222", ">": "0.222", ";": "0.278", "!": "-0.167", " ": "0.25", "~": "0.25",
	"quad": "1", "qquad": "2", "thinspace": "0.167", "enspace": "0.5",
	"medspace": "0.222", "thickspace": "0.278", "negthinspace": "-0.167",
}

// alphabets are commands that change the letters of their argument.
var alphabets = table(`
	mathbf bold boldsymbol bold bm bold mathbb bb mathcal script mathscr script mathfrak frak mathsf sans mathtt mono
	mathrm upright mathit italic mathnormal italic`)

// switches change all letters up to the end of the group.
var switches = table(`bf bold rm upright it italic cal script`)

// texts are commands whose argument is text, not mathematics.
var texts = table(`text normal textrm normal textnormal normal mbox normal hbox normal textbf bold textit italic texttt monospace textsf sans-serif`)

// fences are what stands around the cells of a matrix environment.
var fences = map[string][2]string{
	"matrix": {}, "smallmatrix": {}, "pmatrix": {"(", ")"}, "bmatrix": {"[", "]"}, "Bmatrix": {"{", "}"},
	"vmatrix": {"|", "|"}, "Vmatrix": {"‖", "‖"}, "cases": {"{", ""}, "rcases": {"", "}"}, "array": {},
	"aligned": {}, "align": {}, "align*": {}, "alignat": {}, "alignat*": {}, "split": {}, "eqnarray": {}, "eqnarray*": {},
	"gathered": {}, "gather": {}, "gather*": {}, "multline": {}, "multline*": {}, "equation": {}, "equation*": {},
}

// variantBase is where the letters A-Z, a-z and the digits of an alphabet begin in
// Unicode; 0 means that it has none.
var variantBase = map[string][3]rune{
	"bold":   {0x1D400, 0x1D41A, 0x1D7CE},
	"script": {0x1D49C, 0x1D4B6, 0},
	"frak":   {0x1D504, 0x1D51E, 0},
	"bb":     {0x1D538, 0x1D552, 0x1D7D8},
	"sans":   {0x1D5A0, 0x1D5BA, 0x1D7E2},
	"mono":   {0x1D670, 0x1D68A, 0x1D7F6},
}

// variantHoles are letters that Unicode had before it had the alphabets.
var variantHoles = map[string]map[rune]rune{
	"script": {
		'B': 'ℬ', 'E': 'ℰ', 'F': 'ℱ', 'H': 'ℋ', 'I': 'ℐ', 'L': 'ℒ', 'M': 'ℳ', 'R': 'ℛ', 'e': 'ℯ', 'g': 'ℊ', 'o': 'ℴ',
	},
	"frak": {'C': 'ℭ', 'H': 'ℌ', 'I': 'ℑ', 'R': 'ℜ', 'Z': 'ℨ'},
	"bb":   {'C': 'ℂ', 'H': 'ℍ', 'N': 'ℕ', 'P': 'ℙ', 'Q': 'ℚ', 'R': 'ℝ', 'Z': 'ℤ'},
}

// letter returns a letter or digit in an alphabet.
func letter(r rune, alphabet string) rune {
	if hole, ok := variantHoles[alphabet][r]; ok {
		return hole
	}
	base, ok := variantBase[alphabet]
	switch {
	case !ok:
	case 'A' <= r && r <= 'Z':
		return base[0] + r - 'A'
	case 'a' <= r && r <= 'z':
		return base[1] + r - 'a'
	case '0' <= r && r <= '9' && base[2] != 0:
		return base[2] + r - '0'
	case alphabet == "bold" && 'Α' <= r && r <= 'Ω':
		return 0x1D6A8 + r - 'Α'
	case alphabet == "bold" && 'α' <= r && r <= 'ω':
		return 0x1D6C2 + r - 'α'
	}
	return r
}
