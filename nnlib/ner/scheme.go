package ner

import (
	"fmt"
	"slices"
	"strings"
)

// Scheme is a way to write entities as one tag for each token.
type Scheme string

// The schemes of the field. In all of them O is a token outside every entity.
const (
	IO    Scheme = "IO"    // I-X is inside an X; neighbours of one type run together
	IOB1  Scheme = "IOB1"  // I-X is inside an X; B-X begins one right after another X
	BIO   Scheme = "BIO"   // B-X begins every X, I-X continues it; also called IOB2
	IOBES Scheme = "IOBES" // as BIO; E-X ends an X, S-X is an X of one token
)

// Outside is the tag of a token that belongs to no entity.
const Outside = "O"

// Span is an entity: the tokens Start to End, End not included, of one sentence.
type Span struct {
	Start, End int
	Type       string
}

// Spans returns the entities that tags of any [Scheme] describe, in order. Broken
// sequences are read as conlleval reads them: I-X after O or after another type
// begins an entity, and a tag without a prefix (PER) counts as I-PER.
//
// Source: startOfChunk and endOfChunk of conlleval (CoNLL-2000 and 2003 shared
// tasks); E and S, which that script does not pair with B, end and are an entity
// as IOBES means them.
func Spans(tags []string) []Span {
	var spans []Span
	open := false // the last span may go on
	last := ""
	for i, tag := range tags {
		prefix, typ := splitTag(tag)
		if prefix == 'O' {
			open = false
			continue
		}
		if !open || typ != last || prefix == 'B' || prefix == 'S' {
			spans = append(spans, Span{Start: i, Type: typ})
		}
		spans[len(spans)-1].End = i + 1
		open = prefix == 'B' || prefix == 'I'
		last = typ
	}
	return spans
}

// splitTag returns the prefix letter (O, B, I, E or S) and the type of a tag.
func splitTag(tag string) (prefix byte, typ string) {
	if tag == Outside {
		return 'O', ""
	}
	if len(tag) >= 2 && tag[1] == '-' && strings.IndexByte("BIES", tag[0]) >= 0 {
		return tag[0], tag[2:]
	}
	return 'I', tag
}

// Encode writes spans as n tags. The spans must be in order and not overlap, as
// [Spans] returns them; Encode panics if they are not or reach beyond n, and for
// a scheme that does not exist.
func Encode(spans []Span, n int, scheme Scheme) []string {
	tags := slices.Repeat([]string{Outside}, n)
	end, last := 0, ""
	for _, span := range spans {
		if span.Start < end || span.End <= span.Start || span.End > n {
			panic(fmt.Sprintf("ner: Encode: span %d:%d does not fit after token %d of %d", span.Start, span.End, end, n))
		}
		for i := span.Start; i < span.End; i++ {
			tags[i] = "I-" + span.Type
		}
		begin, finish := &tags[span.Start], &tags[span.End-1]
		switch scheme {
		case IO:
		case IOB1:
			if end == span.Start && last == span.Type {
				*begin = "B-" + span.Type
			}
		case BIO:
			*begin = "B-" + span.Type
		case IOBES:
			*begin = "B-" + span.Type
			*finish = "E-" + span.Type
			if span.End == span.Start+1 {
				*begin = "S-" + span.Type
			}
		default:
			panic(unknownScheme(scheme))
		}
		end, last = span.End, span.Type
	}
	return tags
}

// Convert rewrites tags of any scheme in another. To IO the border between two
// neighbours of one type is lost; all other conversions keep every span.
func Convert(tags []string, to Scheme) []string {
	return Encode(Spans(tags), len(tags), to)
}

func unknownScheme(scheme Scheme) string {
	return fmt.Sprintf("ner: scheme %q is unknown; use IO, IOB1, BIO or IOBES", string(scheme))
}

// TagError says that a sequence of tags is not what its scheme allows.
type TagError struct {
	Index  int // of the tag
	Tag    string
	Reason string
}

// Error says which tag it is, counted from 1, and what is wrong with it.
func (e *TagError) Error() string {
	return fmt.Sprintf("tag %d, %q: %s", e.Index+1, e.Tag, e.Reason)
}

// CheckTags returns a [*TagError] for the first tag that breaks the scheme, nil
// if there is none.
func CheckTags(tags []string, scheme Scheme) error {
	canonical := Convert(tags, scheme)
	for i, tag := range tags {
		if tag != canonical[i] {
			return &TagError{Index: i, Tag: tag, Reason: fmt.Sprintf("%s writes %s here", scheme, canonical[i])}
		}
	}
	return nil
}
