package data

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lectern-go/lectern/nnlib/ner"
)

func TestSources(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Sources() {
		if seen[s.Name] || strings.HasPrefix(s.Name, "lectern-") {
			t.Errorf("%s is there twice", s.Name)
		}
		seen[s.Name] = true
		if s.Title == "" || s.Licence == "" || !strings.HasPrefix(s.Home, "https://") || s.Conversion == nil || s.Bytes() == 0 {
			t.Errorf("%s lacks a title, a licence, a home, a conversion or its size", s.Name)
		}
		for _, d := range s.Downloads {
			if !strings.HasPrefix(d.URL, "https://") {
				t.Errorf("%s is fetched from %s, want https", s.Name, d.URL)
			}
			if len(d.SHA256) != 64 && len(s.SHA256) == 0 {
				t.Errorf("%s: nothing checks %s", s.Name, d.URL)
			}
		}
		for name, sum := range s.SHA256 {
			if len(sum) != 64 {
				t.Errorf("%s/%s has the sha256 %q", s.Name, name, sum)
			}
		}
	}
}

// TestSourceConversions builds from the corpora of LECTERN_DATA what their homes
// serve, and checks that fetching it gives the same corpora to the byte.
func TestSourceConversions(t *testing.T) {
	homes := map[string]func(*ner.Corpus) map[string]string{
		"wikigold": wikigoldFile, "wnut17": wnutFiles, "klue_ner_ko": klueFile,
	}
	for name, files := range homes {
		t.Run(name, func(t *testing.T) {
			corpus, err := Load(name)
			if err != nil {
				t.Skip(err)
			}
			served := files(corpus)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte(served[path.Base(r.URL.Path)]))
			}))
			defer server.Close()
			s, _ := SourceOf(name)
			for i, d := range s.Downloads {
				s.Downloads[i].URL = server.URL + "/" + path.Base(d.URL)
			}
			dir := t.TempDir()
			if _, err := (Fetcher{Dir: dir}).Get(context.Background(), s); err != nil {
				t.Fatal(err)
			}
			for _, part := range corpusFiles {
				got, err := os.ReadFile(filepath.Join(dir, name, part))
				if err != nil {
					t.Fatal(err)
				}
				want, err := os.ReadFile(filepath.Join(corpus.Origin, part))
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s differs from that of %s", part, corpus.Origin)
				}
			}
		})
	}
}

// interleave undoes split.
func interleave(c *ner.Corpus, block int) ner.Sentences {
	var all ner.Sentences
	parts := [3]ner.Sentences{c.Train, c.Dev, c.Test}
	for i := 0; len(parts[0])+len(parts[1])+len(parts[2]) > 0; i++ {
		part := max(0, i/block%10-7)
		all = append(all, parts[part][0])
		parts[part] = parts[part][1:]
	}
	return all
}

// wikigoldFile writes blanks, IOB1 and document marks, as the home does.
func wikigoldFile(c *ner.Corpus) map[string]string {
	var b strings.Builder
	for i, sentence := range interleave(c, 10) {
		if i%7 == 0 {
			b.WriteString("-DOCSTART- O\n\n")
		}
		for j, tag := range ner.Convert(sentence.Tags, ner.IOB1) {
			fmt.Fprintf(&b, "%s %s\n", sentence.Tokens[j], tag)
		}
		b.WriteString("\n")
	}
	return map[string]string{"wikigold.conll.txt": b.String()}
}

// wnutFiles ends the lines of the training file with carriage returns.
func wnutFiles(c *ner.Corpus) map[string]string {
	text := func(sentences ner.Sentences) string {
		var b strings.Builder
		_ = ner.Write(&b, sentences, ner.BIO)
		return b.String()
	}
	return map[string]string{
		"wnut17train.conll":       strings.ReplaceAll(text(c.Train), "\n", "\r\n"),
		"emerging.dev.conll":      text(c.Dev),
		"emerging.test.annotated": text(c.Test),
	}
}

// klueFile writes a comment before each sentence and blanks as they are.
func klueFile(c *ner.Corpus) map[string]string {
	var b strings.Builder
	for i, sentence := range interleave(c, 1) {
		fmt.Fprintf(&b, "## klue-ner-v1_dev_%05d\t%s\n", i, strings.Join(sentence.Tokens, ""))
		for j, tag := range sentence.Tags {
			fmt.Fprintf(&b, "%s\t%s\n", strings.ReplaceAll(sentence.Tokens[j], ner.Space, " "), tag)
		}
		b.WriteString("\n")
	}
	return map[string]string{"klue-ner-v1.1_dev.tsv": b.String()}
}

func TestList(t *testing.T) {
	first, _ := setPath(t)
	writeCorpus(t, first, "wikigold", "Ada")
	writeCorpus(t, first, "mine", "Bo")
	write(t, first, "vectors/small.vec", "the 1 2\n")
	got := map[string]Entry{}
	for _, e := range List() {
		got[e.Name] = e
	}
	for name, where := range map[string]string{
		"wikigold": filepath.Join(first, "wikigold"), "mine": filepath.Join(first, "mine"), "lectern-en": "embedded", "lectern-ko": "embedded",
		"wnut17": "", "small": filepath.Join(first, "vectors", "small.vec"), "glove.6B.50d": "",
	} {
		if e, ok := got[name]; !ok || e.Where != where {
			t.Errorf("%s is at %q (listed: %v), want %q", name, e.Where, ok, where)
		}
	}
	if e := got["wikigold"]; !strings.HasPrefix(e.Licence, "CC BY 4.0") {
		t.Errorf("licence of wikigold: %q, want that of its source", e.Licence)
	}
}

// TestMissingSource checks that a name with a public home comes with the command
// that fetches it.
func TestMissingSource(t *testing.T) {
	isolate(t)
	_, err := Load("wikigold")
	const want = `no corpus named "wikigold" here: there is lectern-en, lectern-ko (LECTERN_DATA is not set); to fetch it run: lectern data get wikigold (318 kB, licence CC BY 4.0; its text CC BY-SA (Wikipedia))`
	if err == nil || err.Error() != want {
		t.Errorf("error:\n got %v\nwant %s", err, want)
	}
	if _, err := Vectors("glove.6B.50d"); err == nil || !strings.Contains(err.Error(), "lectern data get glove.6B.50d (862 MB, licence PDDL 1.0)") {
		t.Errorf("error %v, want one with the command", err)
	}
	if _, err := Vectors("wikigold"); err == nil || strings.Contains(err.Error(), "lectern data get") {
		t.Errorf("vectors of the name of a corpus: %v, want no command", err)
	}
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{5: "5 B", 318_000: "318 kB", 2_500_000: "2.5 MB", 862_182_613: "862 MB", 1_520_000_000: "1.52 GB"} {
		if got := Size(bytes); got != want {
			t.Errorf("Size(%d) = %s, want %s", bytes, got, want)
		}
	}
}
