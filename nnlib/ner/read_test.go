package ner

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	tests := []struct {
		name   string
		format Format
		text   string
		want   Sentences
	}{
		{"tabs", Format{}, "Paris\tB-LOC\n\nof\tO\n", Sentences{
			{[]string{"Paris"}, []string{"B-LOC"}},
			{[]string{"of"}, []string{"O"}},
		}},
		{
			"CoNLL-2003, four columns, IOB1, CRLF, no newline at the end",
			Format{},
			"-DOCSTART- -X- -X- O\r\n\r\nU.N. NNP I-NP I-ORG\r\nofficial NN I-NP O\r\nJim NNP I-NP I-PER\r\nAnn NNP I-NP B-PER",
			Sentences{
				{[]string{"U.N.", "official", "Jim", "Ann"}, []string{"B-ORG", "O", "B-PER", "B-PER"}},
			},
		},
		{"DOCSTART ends a sentence", Format{}, "a O\n-DOCSTART- O\nb O\n", Sentences{
			{[]string{"a"}, []string{"O"}}, {[]string{"b"}, []string{"O"}},
		}},
		{"bare types are IO", Format{}, "Ada\tPER\nLovelace\tPER\nran\tO\n", Sentences{
			{[]string{"Ada", "Lovelace", "ran"}, []string{"B-PER", "I-PER", "O"}},
		}},
		{"IOBES", Format{}, "Ada\tB-PER\nLovelace\tE-PER\nParis\tS-LOC\n", Sentences{
			{[]string{"Ada", "Lovelace", "Paris"}, []string{"B-PER", "I-PER", "B-LOC"}},
		}},
		{"columns chosen", Format{TokenColumn: 2, TagColumn: 1}, "B-LOC Paris x\nO in y\n", Sentences{
			{[]string{"Paris", "in"}, []string{"B-LOC", "O"}},
		}},
		{"a mixture read as conlleval does", Format{Scheme: BIO}, "a\tO\nb\tI-PER\nc\tO\nd\tB-PER\n", Sentences{
			{[]string{"a", "b", "c", "d"}, []string{"O", "B-PER", "O", "B-PER"}},
		}},
		{"characters with a blank among them", Format{KeepSpaces: true}, "김\tB-PS\n \tI-PS\n씨\tI-PS\n", Sentences{
			{[]string{"김", " ", "씨"}, []string{"B-PS", "I-PS", "I-PS"}},
		}},
		{"comments, as KLUE has them", Format{KeepSpaces: true, Comment: "##"}, "## klue-ner-v1_dev_00000\t<김:PS>\n김\tB-PS\n", Sentences{
			{[]string{"김"}, []string{"B-PS"}},
		}},
		{"no-break space is a token, byte order mark is not", Format{}, "\ufeffa\tO\n\u00a0\tO\n", Sentences{
			{[]string{"a", "\u00a0"}, []string{"O", "O"}},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.format.Read(strings.NewReader(test.text), "f.tsv")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Read(%q) (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	tests := []struct {
		name   string
		format Format
		text   string
		want   string
	}{
		{"one column", Format{}, "a\tO\nb\n", "f.tsv:2: the line has 1 columns and no column 2 for the tag; write token and tag divided by a tab, or set TagColumn"},
		{"column beyond the line", Format{TokenColumn: 5}, "a O\n", "f.tsv:1: the line has 2 columns and no column 5 for the token; write token and tag divided by a tab, or set TokenColumn"},
		{"empty token", Format{}, "a\tO\n\tO\n", "f.tsv:2: column 1 is empty where the token should be; fill it or delete the line"},
		{"empty tag", Format{}, "a\t\n", "f.tsv:1: column 2 is empty where the tag should be; fill it or delete the line"},
		{"no type", Format{}, "a\tB\n", `f.tsv:1: tag "B" has no type; write it as B-PER`},
		{"no type after the hyphen", Format{}, "a\tB-\n", `f.tsv:1: tag "B-" has no type; write it as B-PER`},
		{"blank in the tag", Format{}, "a\tB-PER x\n", `f.tsv:1: tag "B-PER x" holds a blank; divide columns by tabs`},
		{"Latin-1", Format{}, "a\tO\ncaf\xe9\tO\n", "f.tsv:2: the line is not UTF-8; convert the file (iconv -f … -t UTF-8)"},
		{"old Macintosh", Format{}, "a\tO\rb\tO\r", "f.tsv:1: a carriage return stands inside the line; end lines with a newline (dos2unix)"},
		{"empty", Format{}, "\n\n", "f.tsv: there is no sentence; write one token and its tag a line, an empty line between sentences"},
		{"BIO with I- after O", Format{}, "a\tB-PER\n\nb\tI-PER\n", "f.tsv:3: I- begins an entity here, but line 1 shows that the file is BIO or IOBES; write B- here, or set Scheme to BIO to read it as conlleval does"},
		{"bare and prefixed", Format{}, "a\tI-PER\n\nb\tPER\n", "f.tsv:3: tags with and without a prefix are mixed (see also line 1); write all as B-X and I-X, or set Scheme to read bare tags as I-X"},
		{"a megabyte without a newline", Format{}, "a\tO\n" + strings.Repeat("x", 1<<20+1), "f.tsv:2: the line is longer than 1 MB; this is not a file of one token a line"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := test.format.Read(strings.NewReader(test.text), "f.tsv")
			var fileError *FileError
			if !errors.As(err, &fileError) || err.Error() != test.want {
				t.Errorf("Read(%.40q) error:\n got %v\nwant %s", test.text, err, test.want)
			}
		})
	}
	if _, err := (Format{Scheme: "BILOU"}).Read(strings.NewReader("a\tO"), "f"); err == nil {
		t.Error("unknown scheme: no error")
	}
	if _, err := ReadFile(filepath.Join(t.TempDir(), "none.tsv")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v, want os.ErrNotExist", err)
	}
}

func TestWrite(t *testing.T) {
	sentences := Sentences{
		{strings.Fields("Ada Lovelace Byron"), strings.Fields("B-PER I-PER B-PER")},
		{[]string{"ran"}, []string{"O"}},
	}
	var b strings.Builder
	if err := Write(&b, sentences, IOB1); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("Ada\tI-PER\nLovelace\tI-PER\nByron\tB-PER\n\nran\tO\n\n", b.String()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	again, err := Read(strings.NewReader(b.String()), "again")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sentences, again); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
}

func TestReadCorpus(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	fsys := fstest.MapFS{
		"good/train.tsv": file("Ada\tB-PER\n"), "good/dev.tsv": file("Bath\tB-LOC\n"), "good/test.tsv": file("x\tO\n"),
		"conll/eng.train": file("-DOCSTART- -X- O O\n\nAda NNP I-NP I-PER\n"), "conll/eng.testa": file("x NN I-NP O\n"), "conll/eng.testb": file("y NN I-NP O\n"),
		"lame/train.tsv":   file("Ada\tB-PER\n"),
		"broken/train.tsv": file("Ada\n"),
	}
	c, err := ReadCorpus(fsys, "good", "good")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"LOC", "PER"}, c.Types()); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
	if _, err := ReadCorpus(fsys, "conll", "conll"); err != nil {
		t.Errorf("files named as in CoNLL-2003: %v", err)
	}
	for folder, want := range map[string]string{
		"lame":   "a corpus is a folder with train.tsv, dev.tsv and test.tsv",
		"broken": "broken/train.tsv:1: ",
	} {
		if _, err := ReadCorpus(fsys, folder, folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", folder, err, want)
		}
	}
}

// FuzzRead checks that no input makes Read panic, and that what it accepts comes
// back the same when written and read again.
func FuzzRead(f *testing.F) {
	f.Add("Paris\tB-LOC\n\nof\tO\n")
	f.Add("-DOCSTART- -X- O\nU.N. NNP I-ORG\n")
	f.Add("a PER\r\nb O")
	f.Add("a O\r\r\r\nb O")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := Read(strings.NewReader(text), "fuzz")
		if err != nil {
			return
		}
		var b strings.Builder
		for _, sentence := range first {
			if len(sentence.Tokens) != len(sentence.Tags) {
				t.Fatalf("%q: %d tokens, %d tags", text, len(sentence.Tokens), len(sentence.Tags))
			}
			for i, token := range sentence.Tokens {
				if strings.HasPrefix(token, "-DOCSTART-") || strings.HasPrefix(token, "\ufeff") {
					return // a second column that means something else in the first
				}
				b.WriteString(token + "\t" + sentence.Tags[i] + "\n")
			}
			b.WriteString("\n")
		}
		again, err := Read(strings.NewReader(b.String()), "again")
		if err != nil {
			t.Fatalf("%q was read, but written as %q it is refused: %v", text, b.String(), err)
		}
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("%q changes when written and read again:\n%s", text, diff)
		}
	})
}
