package ner

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Token is a piece of a text: text[Start:End].
type Token struct {
	Text       string
	Start, End int // bytes
}

// Tokenize cuts English text into sentences of tokens, as the corpora of the field
// are: punctuation is a token of its own, and so are the clitics 's, 're, 've, 'll,
// 'd, 'm and n't; abbreviations (Mr., U.S., J.), numbers (80,000), sums ($90) and
// hyphenated words stay whole. An empty line ends a sentence, and so do a full
// stop, a question or an exclamation mark before a word that may begin one.
func Tokenize(text string) Sentences { return sentencesOf(TokenizeWords(text)) }

// TokenizeWords is [Tokenize] with the places of the tokens in the text. All bytes
// outside tokens are white space.
func TokenizeWords(text string) [][]Token {
	t := tokenizer{text: text}
	for start, rest := 0, text; rest != ""; {
		space := len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
		if strings.Count(rest[:space], "\n") > 1 {
			t.endSentence()
		}
		start, rest = start+space, rest[space:]
		word := strings.IndexFunc(rest, unicode.IsSpace)
		if word < 0 {
			word = len(rest)
		}
		if word > 0 {
			t.chunk(start, start+word)
		}
		start, rest = start+word, rest[word:]
	}
	t.endSentence()
	return t.sentences
}

func sentencesOf(tokens [][]Token) Sentences {
	sentences := make(Sentences, len(tokens))
	for i, sentence := range tokens {
		for _, token := range sentence {
			sentences[i].Tokens = append(sentences[i].Tokens, token.Text)
		}
	}
	return sentences
}

type tokenizer struct {
	text      string
	sentences [][]Token
	current   []Token
	ended     bool // the current sentence has its full stop
}

func (t *tokenizer) endSentence() {
	if len(t.current) > 0 {
		t.sentences = append(t.sentences, t.current)
	}
	t.current, t.ended = nil, false
}

func (t *tokenizer) emit(start, end int) {
	if start < end {
		t.current = append(t.current, Token{t.text[start:end], start, end})
	}
}

const (
	opening = `"'([{<«“‘„` + "`"
	closing = `"')]}>»”’` + "`"
	stops   = ".!?…。！？"
)

// chunk cuts what stands between two blanks.
func (t *tokenizer) chunk(start, end int) {
	if t.ended && beginsSentence(t.text[start:end]) {
		t.endSentence()
	}
	t.ended = false
	start = t.cutOpening(start, end)
	// Closing marks come off from behind, but are emitted in the order of the text.
	tail := end
	for tail > start {
		mark := t.closingMark(start, tail)
		if mark == 0 {
			break
		}
		tail -= mark
	}
	t.middle(start, tail)
	for at := tail; at < end; {
		n := t.markAt(at, end)
		t.emit(at, at+n)
		at += n
	}
	t.ended = t.sentenceEnds()
}

// cutOpening emits the marks at the beginning of a chunk and returns where they
// end. A clitic alone ('s, as tokenized text has it) is no quotation.
func (t *tokenizer) cutOpening(start, end int) int {
	for start < end && !isClitic(t.text[start:end]) {
		r, n := utf8.DecodeRuneInString(t.text[start:])
		if !strings.ContainsRune(opening, r) || start+n == end {
			break
		}
		t.emit(start, start+n)
		start += n
	}
	return start
}

// closingMark returns the length of the mark that ends the chunk, 0 if there is
// none.
func (t *tokenizer) closingMark(start, end int) int {
	s := t.text[start:end]
	r, n := utf8.DecodeLastRuneInString(s)
	switch {
	case n == len(s) || isClitic(s):
		return 0
	case r == '.':
		if dots := len(s) - len(strings.TrimRight(s, ".")); dots == len(s) {
			return 0
		} else if dots > 1 {
			return dots
		}
		if isAbbreviation(s) {
			return 0
		}
		return 1
	case strings.ContainsRune(stops+",;:%"+closing, r):
		return n
	}
	return 0
}

// markAt returns the length of the mark at a place behind a word: dots belong
// together, all others stand alone.
func (t *tokenizer) markAt(at, end int) int {
	s := t.text[at:end]
	if dots := len(s) - len(strings.TrimLeft(s, ".")); dots > 1 {
		return dots
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// middle cuts a chunk without its outer marks: at dashes, at commas and brackets
// between letters, and before a clitic.
func (t *tokenizer) middle(start, end int) {
	s := t.text[start:end]
	if strings.Contains(s, "://") || strings.Contains(s, "@") {
		t.emit(start, end)
		return
	}
	from := 0
	for i, r := range s {
		n := utf8.RuneLen(r)
		if i < from || r == utf8.RuneError || !t.divides(s, i, r) {
			continue
		}
		if r == '-' {
			n = 2
		}
		t.word(start+from, start+i)
		t.emit(start+i, start+i+n)
		from = i + n
	}
	t.word(start+from, end)
}

// divides reports whether the rune at s[i] stands between two tokens.
func (t *tokenizer) divides(s string, i int, r rune) bool {
	if i == 0 || i+utf8.RuneLen(r) >= len(s) {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
	switch r {
	case '—', '…':
		return true
	case '-':
		return after == '-'
	case ',', ';', '(', ')', '"', '“', '”', '!', '?':
		return unicode.IsLetter(before) && unicode.IsLetter(after)
	}
	return false
}

// word emits a word, its clitic apart.
func (t *tokenizer) word(start, end int) {
	at := clitic(t.text[start:end])
	t.emit(start, start+at)
	t.emit(start+at, end)
}

// clitics are the endings that corpora cut off, with both apostrophes.
var clitics = strings.Fields("n't n’t 's ’s 're ’re 've ’ve 'll ’ll 'd ’d 'm ’m")

// clitic returns where the clitic at the end of a word begins, the word's length
// if there is none or nothing before it.
func clitic(word string) int {
	for _, c := range clitics {
		if at := len(word) - len(c); at > 0 && strings.EqualFold(word[at:], c) {
			return at
		}
	}
	return len(word)
}

func isClitic(s string) bool {
	return slices.ContainsFunc(clitics, func(c string) bool { return strings.EqualFold(s, c) })
}

// abbreviations keep their full stop and end no sentence.
var abbreviations = strings.Fields(`Mr. Mrs. Ms. Dr. Prof. Rev. Hon. St. Mt. Sr. Jr. Gen. Col. Capt. Lt. Sgt. Sen.
	Rep. Gov. Pres. Inc. Ltd. Co. Corp. Bros. vs. etc. cf. Vol. Fig. Jan. Feb. Apr. Aug. Sept. Oct. Nov. Dec.`)

// isAbbreviation reports whether the full stop at the end of s belongs to it: a
// title, an initial (J.) or letters with full stops between them (U.S., a.m.).
func isAbbreviation(s string) bool {
	if slices.ContainsFunc(abbreviations, func(a string) bool { return strings.EqualFold(s, a) }) {
		return true
	}
	letters := strings.Split(strings.TrimSuffix(s, "."), ".")
	for _, letter := range letters {
		r, n := utf8.DecodeRuneInString(letter)
		if n != len(letter) || !unicode.IsLetter(r) {
			return false
		}
	}
	return len(letters) > 1 || unicode.IsUpper(rune(s[0])) && s != "I."
}

// sentenceEnds reports whether the text so far ends a sentence: its last token
// but for closing marks is a stop.
func (t *tokenizer) sentenceEnds() bool {
	for i := len(t.current) - 1; i >= 0; i-- {
		r, _ := utf8.DecodeRuneInString(t.current[i].Text)
		if strings.ContainsRune(stops, r) {
			return true
		}
		if !strings.ContainsRune(closing, r) || isClitic(t.current[i].Text) {
			return false
		}
	}
	return false
}

// beginsSentence reports whether a sentence may begin with this chunk: with
// anything but a small letter.
func beginsSentence(chunk string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(chunk, opening))
	return !unicode.IsLower(r)
}
