package ner

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// Format says how a file in columns is read. The zero value reads the usual
// file: the token in the first column, the tag in the last, the scheme detected.
//
// A line is a token with its columns, divided by tabs, or by blanks where the
// line has no tab. An empty line ends a sentence. Lines that begin with
// -DOCSTART-, as in CoNLL-2003, are skipped and end a sentence too.
type Format struct {
	TokenColumn int    // counted from 1; 0 is the first
	TagColumn   int    // counted from 1; 0 is the last
	Scheme      Scheme // of the file; empty to detect it. A file that mixes IOB1 and BIO needs it
	KeepSpaces  bool   // only tabs divide columns, so that a token may hold or be a blank
	Comment     string // lines that begin with it are skipped; empty for none
}

// FileError says what is wrong with a line of a file and what to do about it.
type FileError struct {
	File   string
	Line   int // counted from 1; 0 if the fault is not in one line
	Reason string
}

// Error says file, line and reason in one line.
func (e *FileError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Reason)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
}

// Read reads a file of the usual format; see [Format.Read].
func Read(r io.Reader, name string) (Sentences, error) { return Format{}.Read(r, name) }

// ReadFile reads the file of that path in the usual format; see [Format.Read].
func ReadFile(path string) (Sentences, error) { return Format{}.ReadFile(path) }

// ReadFile opens the file and reads it; see [Format.Read].
func (f Format) ReadFile(path string) (Sentences, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read corpus: %w", err)
	}
	defer file.Close()
	return f.Read(file, path)
}

// Read reads sentences and converts their tags to BIO. The name stands for the
// file in errors. It returns a [*FileError] for a line with too few columns, an
// empty token, a tag that is none, tags that fit no scheme, bytes that are not
// UTF-8, and a file without a sentence.
func (f Format) Read(r io.Reader, name string) (Sentences, error) {
	if f.Scheme != "" && !slices.Contains([]Scheme{IO, IOB1, BIO, IOBES}, f.Scheme) {
		return nil, errors.New(unknownScheme(f.Scheme))
	}
	p := parser{format: f, file: name}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.line++
		if err := p.add(strings.TrimRight(lines.Text(), "\r")); err != nil {
			return nil, err
		}
	}
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			p.line++
			return nil, p.fault("the line is longer than 1 MB; this is not a file of one token a line")
		}
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	p.endSentence()
	if len(p.sentences) == 0 {
		p.line = 0
		return nil, p.fault("there is no sentence; write one token and its tag a line, an empty line between sentences")
	}
	if f.Scheme == "" {
		if err := p.checkScheme(); err != nil {
			return nil, err
		}
	}
	for i := range p.sentences {
		p.sentences[i].Tags = Convert(p.sentences[i].Tags, BIO)
	}
	return p.sentences, nil
}

// Write writes the sentences in columns divided by tabs, token and tag, with their
// tags in the scheme and an empty line after each sentence. [Read] reads it back.
func Write(w io.Writer, sentences Sentences, scheme Scheme) error {
	out := bufio.NewWriter(w)
	for _, sentence := range sentences {
		for i, tag := range Convert(sentence.Tags, scheme) {
			fmt.Fprintf(out, "%s\t%s\n", sentence.Tokens[i], tag)
		}
		fmt.Fprintln(out)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write corpus: %w", err)
	}
	return nil
}

// CorpusFiles are the names under which the training, dev and test part of a
// corpus lie in its folder: ours first, then those of other projects, and those of
// CoNLL-2003.
var CorpusFiles = [][3]string{
	{"train.tsv", "dev.tsv", "test.tsv"},
	{"train.txt", "dev.txt", "test.txt"},
	{"train.txt", "valid.txt", "test.txt"},
	{"eng.train", "eng.testa", "eng.testb"},
}

// FindCorpus returns the names of the three files of the corpus in a folder, and
// whether it has one: the first of [CorpusFiles] that are all there.
func FindCorpus(fsys fs.FS, folder string) (files [3]string, ok bool) {
	for _, files := range CorpusFiles {
		if !slices.ContainsFunc(files[:], func(name string) bool {
			info, err := fs.Stat(fsys, path.Join(folder, name))
			return err != nil || info.IsDir()
		}) {
			return files, true
		}
	}
	return CorpusFiles[0], false
}

// ReadCorpus reads the three files of a corpus in a folder, whatever their scheme;
// see [FindCorpus] for their names. name becomes the name of the corpus.
func ReadCorpus(fsys fs.FS, folder, name string) (*Corpus, error) {
	files, _ := FindCorpus(fsys, folder)
	c := &Corpus{Name: name}
	for i, into := range []*Sentences{&c.Train, &c.Dev, &c.Test} {
		file, err := fsys.Open(path.Join(folder, files[i]))
		if err != nil {
			return nil, fmt.Errorf("read corpus %s: %w; a corpus is a folder with train.tsv, dev.tsv and test.tsv", name, err)
		}
		*into, err = Read(file, path.Join(folder, files[i]))
		_ = file.Close() // it was only read
		if err != nil {
			return nil, fmt.Errorf("read corpus %s: %w", name, err)
		}
	}
	return c, nil
}

// parser collects the sentences of one file.
type parser struct {
	format    Format
	file      string
	line      int
	sentences Sentences
	current   Sentence
	seen      evidence
}

func (p *parser) fault(format string, args ...any) error {
	return &FileError{File: p.file, Line: p.line, Reason: fmt.Sprintf(format, args...)}
}

func (p *parser) endSentence() {
	if len(p.current.Tokens) > 0 {
		p.sentences = append(p.sentences, p.current)
		p.current = Sentence{}
	}
}

func (p *parser) add(line string) error {
	if p.line == 1 {
		line = strings.TrimPrefix(line, "\ufeff")
	}
	if !utf8.ValidString(line) {
		return p.fault("the line is not UTF-8; convert the file (iconv -f … -t UTF-8)")
	}
	if strings.Contains(line, "\r") {
		return p.fault("a carriage return stands inside the line; end lines with a newline (dos2unix)")
	}
	if p.format.Comment != "" && strings.HasPrefix(line, p.format.Comment) {
		return nil
	}
	if strings.Trim(line, " \t") == "" || strings.HasPrefix(line, "-DOCSTART-") {
		p.endSentence()
		return nil
	}
	columns := p.columns(line)
	token, err := p.pick(columns, max(p.format.TokenColumn, 1), "token")
	if err != nil {
		return err
	}
	tagColumn := p.format.TagColumn
	if tagColumn == 0 {
		tagColumn = max(len(columns), 2)
	}
	tag, err := p.pick(columns, tagColumn, "tag")
	if err != nil {
		return err
	}
	if err := p.checkTag(tag); err != nil {
		return err
	}
	p.current.Tokens = append(p.current.Tokens, token)
	p.current.Tags = append(p.current.Tags, tag)
	return nil
}

func (p *parser) columns(line string) []string {
	if p.format.KeepSpaces || strings.Contains(line, "\t") {
		return strings.Split(line, "\t")
	}
	return strings.FieldsFunc(line, func(r rune) bool { return r == ' ' })
}

// pick returns the column counted from 1.
func (p *parser) pick(columns []string, column int, what string) (string, error) {
	if column < 1 || column > len(columns) {
		return "", p.fault("the line has %d columns and no column %d for the %s; write token and tag divided by a tab, or set %sColumn",
			len(columns), column, what, strings.ToUpper(what[:1])+what[1:])
	}
	value := columns[column-1]
	if !p.format.KeepSpaces {
		value = strings.Trim(value, " ")
	}
	if value == "" {
		return "", p.fault("column %d is empty where the %s should be; fill it or delete the line", column, what)
	}
	return value, nil
}

// checkTag checks the form of one tag and keeps what it says about the scheme.
func (p *parser) checkTag(tag string) error {
	prefix, typ := splitTag(tag)
	if typ == "" && tag != Outside {
		return p.fault("tag %q has no type; write it as %sPER", tag, tag)
	}
	if len(tag) == 1 && strings.Contains("BIES", tag) {
		return p.fault("tag %q has no type; write it as %s-PER", tag, tag)
	}
	if strings.ContainsAny(tag, " \t") {
		return p.fault("tag %q holds a blank; divide columns by tabs", tag)
	}
	before := Outside
	if n := len(p.current.Tags); n > 0 {
		before = p.current.Tags[n-1]
	}
	p.seen.add(before, tag, prefix, p.line)
	return nil
}

// evidence holds the first line, 0 if there is none, that shows each habit of
// writing tags.
type evidence struct {
	bare       int // PER instead of I-PER
	prefixed   int // any prefix
	endsSingle int // E- or S-, only in IOBES
	weakBegin  int // I- begins an entity: IO or IOB1, never BIO
	needless   int // B- where IOB1 would write I-: BIO or IOBES
}

func (e *evidence) add(before, tag string, prefix byte, line int) {
	if prefix == 'O' {
		return
	}
	set := func(at *int, when bool) {
		if when && *at == 0 {
			*at = line
		}
	}
	_, typ := splitTag(tag)
	_, typBefore := splitTag(before)
	bare := len(tag) == len(typ)
	set(&e.bare, bare)
	set(&e.prefixed, !bare)
	set(&e.endsSingle, prefix == 'E' || prefix == 'S')
	begins := before == Outside || typ != typBefore
	set(&e.weakBegin, begins && prefix == 'I')
	set(&e.needless, begins && prefix == 'B')
}

// checkScheme reports tags that fit no scheme. Which of the schemes it is needs no
// answer: all are read by one rule, and only a mixture is ambiguous.
func (p *parser) checkScheme() error {
	s := p.seen
	switch {
	case s.bare != 0 && s.prefixed != 0:
		p.line = max(s.bare, s.prefixed)
		return p.fault("tags with and without a prefix are mixed (see also line %d); write all as B-X and I-X, or set Scheme to read bare tags as I-X",
			min(s.bare, s.prefixed))
	case s.weakBegin != 0 && (s.needless != 0 || s.endsSingle != 0):
		p.line = s.weakBegin
		return p.fault("I- begins an entity here, but line %d shows that the file is BIO or IOBES; write B- here, or set Scheme to BIO to read it as conlleval does",
			max(s.needless, s.endsSingle))
	}
	return nil
}
