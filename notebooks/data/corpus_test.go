package data

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/nnlib/ner"
)

var update = flag.Bool("update", false, "rewrite golden files")

func loadEmbedded(t *testing.T, name string) *ner.Corpus {
	t.Helper()
	isolate(t)
	c, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func all(c *ner.Corpus) ner.Sentences { return slices.Concat(c.Train, c.Dev, c.Test) }

// eachCorpus runs a test for each embedded corpus.
func eachCorpus(t *testing.T, test func(t *testing.T, c *ner.Corpus)) {
	for _, name := range []string{"lectern-en", "lectern-ko"} {
		t.Run(name, func(t *testing.T) { test(t, loadEmbedded(t, name)) })
	}
}

func TestCorpusIsLargeEnough(t *testing.T) {
	c := loadEmbedded(t, "lectern-en")
	if n := len(all(c)); n < 1000 {
		t.Errorf("%d sentences, want 1000 or more", n)
	}
	if diff := cmp.Diff([]string{"LOC", "MISC", "ORG", "PER"}, c.Types()); diff != "" {
		t.Errorf("entity types (-want +got):\n%s", diff)
	}
	if c.Origin != "embedded" {
		t.Errorf("origin %q, want embedded", c.Origin)
	}
}

// TestCorpusTags reads the files as they are: reading through nnlib/ner would mend
// what is wrong.
func TestCorpusTags(t *testing.T) {
	eachCorpus(t, func(t *testing.T, c *ner.Corpus) {
		for _, part := range []string{"train", "dev", "test"} {
			checkTags(t, c.Name, part)
		}
	})
}

func checkTags(t *testing.T, name, part string) {
	text, err := embedded.ReadFile(name + "/" + part + ".tsv")
	if err != nil {
		t.Fatal(err)
	}
	for i, sentence := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n\n") {
		var tags []string
		for _, line := range strings.Split(sentence, "\n") {
			token, tag, ok := strings.Cut(line, "\t")
			if !ok || token == "" || strings.ContainsAny(token, " []") {
				t.Errorf("%s, sentence %d: line %q is no token and tag", part, i, line)
			}
			tags = append(tags, tag)
		}
		if err := ner.CheckTags(tags, ner.BIO); err != nil {
			t.Errorf("%s, sentence %d, %q: %v", part, i, sentence, err)
		}
	}
}

func TestCorpusSentencesDiffer(t *testing.T) {
	eachCorpus(t, func(t *testing.T, c *ner.Corpus) {
		seen := map[string]bool{}
		for _, sentence := range all(c) {
			text := strings.ToLower(strings.Join(sentence.Tokens, " "))
			if seen[text] {
				t.Errorf("twice: %s", text)
			}
			seen[text] = true
		}
	})
}

// TestCorpusSentencesAreVaried checks that no two sentences of six tokens or more
// share seven tenths of their words: none was made from another by changing names.
func TestCorpusSentencesAreVaried(t *testing.T) {
	var bags []map[string]bool
	var texts []string
	for _, sentence := range all(loadEmbedded(t, "lectern-en")) {
		if len(sentence.Tokens) < 6 {
			continue // the lecture's own "I live in Germany" and its like
		}
		bag := map[string]bool{}
		for _, token := range sentence.Tokens {
			bag[strings.ToLower(token)] = true
		}
		for i, other := range bags {
			if shared := common(bag, other); 10*shared > 7*(len(bag)+len(other)-shared) {
				t.Errorf("%s\nis like\n%s", sentence, texts[i])
			}
		}
		bags, texts = append(bags, bag), append(texts, sentence.String())
	}
}

// common returns how many words two sentences share.
func common(a, b map[string]bool) int {
	if len(b) < len(a) {
		a, b = b, a
	}
	n := 0
	for word := range a {
		if b[word] {
			n++
		}
	}
	return n
}

// TestCorpusNamesAreNew checks that dev and test measure what a model knows of
// names in general and not which ones it has seen.
func TestCorpusNamesAreNew(t *testing.T) {
	eachCorpus(t, func(t *testing.T, c *ner.Corpus) {
		known := names(c.Train)
		for part, sentences := range map[string]ner.Sentences{"dev": c.Dev, "test": c.Test} {
			fresh, total := 0, 0
			for name := range names(sentences) {
				total++
				if known[name] == nil {
					fresh++
				}
			}
			if 2*fresh < total {
				t.Errorf("%s: %d of %d names are not in train, want half or more", part, fresh, total)
			}
		}
	})
}

// names returns the entities of the sentences, lower-cased, with how often they
// have each type.
func names(sentences ner.Sentences) map[string]map[string]int {
	found := map[string]map[string]int{}
	for _, sentence := range sentences {
		for _, span := range sentence.Spans() {
			name := strings.ToLower(strings.Join(sentence.Tokens[span.Start:span.End], " "))
			if found[name] == nil {
				found[name] = map[string]int{}
			}
			found[name][span.Type]++
		}
	}
	return found
}

// TestCorpusAmbiguousNames lists the names that have more than one type, each of
// them meant: whoever adds a sentence sees in the difference what became
// ambiguous.
func TestCorpusAmbiguousNames(t *testing.T) {
	var b strings.Builder
	found := names(all(loadEmbedded(t, "lectern-en")))
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if len(found[name]) < 2 {
			continue
		}
		fmt.Fprintf(&b, "%s:", name)
		for _, typ := range slices.Sorted(maps.Keys(found[name])) {
			fmt.Fprintf(&b, " %s %d", typ, found[name][typ])
		}
		b.WriteString("\n")
	}
	const golden = "testdata/ambiguous.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("names with several types; if all are meant, run with -update (-want +got):\n%s", diff)
	}
}

// TestCorpusHasTheLecture checks that the examples of the lecture and of its
// notebooks are there, labelled as the lecture labels them.
func TestCorpusHasTheLecture(t *testing.T) {
	c := loadEmbedded(t, "lectern-en")
	var text []string
	for _, sentence := range all(c) {
		text = append(text, sentence.String())
	}
	for _, want := range []string{
		"museums in [LOC Paris] are amazing",
		"Not all museums in [LOC Paris]",
		"[ORG First National Bank] Donates 2 Vans To [ORG Future School Of Fort Smith]",
		"we 'll always have [LOC Paris]",
		"I live in [LOC Germany]",
		"He comes from [LOC Denmark]",
		"The capital of [LOC Denmark] is [LOC Copenhagen]",
		"She comes from [LOC Paris]",
		"We always come to [LOC Paris]",
		"The professor is from [LOC Australia]",
		"I live in [LOC Stanford]",
		"He comes from [LOC Taiwan]",
		"The capital of [LOC Turkey] is [LOC Ankara]",
	} {
		if !slices.Contains(text, want) {
			t.Errorf("no sentence %q", want)
		}
	}
	found := names(all(c))
	for name, types := range map[string]string{
		"zig ziglar": "PER", "charles schwab": "PER ORG", "paris hilton": "PER", "anne hathaway": "PER", "berkshire hathaway": "ORG",
	} {
		for _, typ := range strings.Fields(types) {
			if found[name][typ] == 0 {
				t.Errorf("%s is never %s; it has %v", name, typ, found[name])
			}
		}
	}
}

// TestCorpusReadme checks the counts of the README against the files.
func TestCorpusReadme(t *testing.T) {
	types := map[string][]string{"lectern-en": {"PER", "LOC", "ORG", "MISC"}, "lectern-ko": {"PS", "LC", "OG", "DT"}}
	eachCorpus(t, func(t *testing.T, c *ner.Corpus) {
		readme, err := os.ReadFile(c.Name + "/README.md")
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []struct {
			name      string
			sentences ner.Sentences
		}{{"train", c.Train}, {"dev", c.Dev}, {"test", c.Test}} {
			row := fmt.Sprintf("| %s | %d | %d | %d |", part.name, len(part.sentences), part.sentences.Tokens(), part.sentences.Entities())
			for _, typ := range types[c.Name] {
				n := 0
				for _, sentence := range part.sentences {
					for _, span := range sentence.Spans() {
						if span.Type == typ {
							n++
						}
					}
				}
				row += fmt.Sprintf(" %d |", n)
			}
			if !strings.Contains(string(readme), row) {
				t.Errorf("the README has no row %s", row)
			}
		}
	})
}
