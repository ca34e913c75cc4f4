package ner

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSpans(t *testing.T) {
	tests := []struct {
		name, tags string
		want       []Span
	}{
		{"none", "O O", nil},
		{"BIO", "B-PER I-PER O B-LOC", []Span{{0, 2, "PER"}, {3, 4, "LOC"}}},
		{"B after B", "B-PER B-PER I-PER", []Span{{0, 1, "PER"}, {1, 3, "PER"}}},
		{"I after O", "O I-PER I-PER O", []Span{{1, 3, "PER"}}},
		{"I at the start", "I-LOC B-LOC", []Span{{0, 1, "LOC"}, {1, 2, "LOC"}}},
		{"type changes inside", "B-PER I-LOC I-LOC", []Span{{0, 1, "PER"}, {1, 3, "LOC"}}},
		{"hyphen in the type", "B-creative-work I-creative-work", []Span{{0, 2, "creative-work"}}},
		{"bare types", "PER PER O LOC", []Span{{0, 2, "PER"}, {3, 4, "LOC"}}},
		{"IOBES", "S-PER B-LOC I-LOC E-LOC S-LOC", []Span{{0, 1, "PER"}, {1, 4, "LOC"}, {4, 5, "LOC"}}},
		{"E alone", "O E-LOC I-LOC", []Span{{1, 2, "LOC"}, {2, 3, "LOC"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Spans(strings.Fields(test.tags))); diff != "" {
				t.Errorf("Spans(%s) (-want +got):\n%s", test.tags, diff)
			}
		})
	}
}

func TestConvert(t *testing.T) {
	const bio = "B-PER I-PER B-PER O B-LOC B-ORG I-ORG I-ORG"
	for scheme, want := range map[Scheme]string{
		BIO:   bio,
		IO:    "I-PER I-PER I-PER O I-LOC I-ORG I-ORG I-ORG",
		IOB1:  "I-PER I-PER B-PER O I-LOC I-ORG I-ORG I-ORG",
		IOBES: "B-PER E-PER S-PER O S-LOC B-ORG I-ORG E-ORG",
	} {
		got := Convert(strings.Fields(bio), scheme)
		if diff := cmp.Diff(strings.Fields(want), got); diff != "" {
			t.Errorf("BIO to %s (-want +got):\n%s", scheme, diff)
		}
		if scheme == IO {
			continue // the border between the two persons is lost
		}
		if diff := cmp.Diff(strings.Fields(bio), Convert(got, BIO)); diff != "" {
			t.Errorf("%s back to BIO (-want +got):\n%s", scheme, diff)
		}
	}
}

func TestEncodePanics(t *testing.T) {
	for name, encode := range map[string]func(){
		"overlap":        func() { Encode([]Span{{0, 2, "PER"}, {1, 3, "PER"}}, 4, BIO) },
		"beyond the end": func() { Encode([]Span{{0, 2, "PER"}}, 1, BIO) },
		"empty":          func() { Encode([]Span{{1, 1, "PER"}}, 2, BIO) },
		"unknown scheme": func() { Encode([]Span{{0, 1, "PER"}}, 2, "BILOU") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if r := recover(); r == nil || !strings.HasPrefix(fmt.Sprint(r), "ner: ") {
					t.Errorf("panic %v, want one from ner", r)
				}
			}()
			encode()
		})
	}
}

func TestCheckTags(t *testing.T) {
	if err := CheckTags(strings.Fields("B-PER I-PER O B-PER"), BIO); err != nil {
		t.Errorf("good BIO: %v", err)
	}
	err := CheckTags(strings.Fields("O I-PER O"), BIO)
	var tagError *TagError
	if !errors.As(err, &tagError) || tagError.Index != 1 {
		t.Errorf("I- after O: %v, want a TagError at index 1", err)
	}
}

// FuzzConvert checks that every scheme but IO keeps the spans of any tags.
func FuzzConvert(f *testing.F) {
	f.Add("B-PER I-PER O S-LOC E-ORG")
	f.Add("PER I- B-x-y O")
	f.Fuzz(func(t *testing.T, text string) {
		tags := strings.Fields(text)
		want := Spans(tags)
		for _, scheme := range []Scheme{IOB1, BIO, IOBES} {
			got := Convert(tags, scheme)
			if diff := cmp.Diff(want, Spans(got)); diff != "" {
				t.Errorf("%s of %q is %q; spans (-want +got):\n%s", scheme, tags, got, diff)
			}
			if err := CheckTags(got, scheme); err != nil {
				t.Errorf("%s of %q is %q: %v", scheme, tags, got, err)
			}
		}
	})
}
