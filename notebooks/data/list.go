package data

import (
	"cmp"
	"path/filepath"
	"slices"
)

// Entry is a corpus or word vectors that are here or can be fetched.
type Entry struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`              // [CorpusKind] or [VectorsKind]
	Where   string `json:"where"`             // folder or file; "embedded"; empty if it has to be fetched
	Title   string `json:"title,omitempty"`   // what it is
	Licence string `json:"licence,omitempty"` // as far as Lectern knows
	Home    string `json:"home,omitempty"`    // a page for people
	Bytes   int64  `json:"bytes,omitempty"`   // about; what is to be fetched
}

// List returns everything that is here, and the [Sources] that are not yet; corpora
// before vectors, each in alphabetical order.
func List() []Entry {
	entries := map[[2]string]Entry{}
	add := func(e Entry) {
		key := [2]string{e.Kind, e.Name}
		known := entries[key]
		known.Name, known.Kind = e.Name, e.Kind
		known.Where = cmp.Or(known.Where, e.Where)
		known.Title, known.Licence = cmp.Or(known.Title, e.Title), cmp.Or(known.Licence, e.Licence)
		known.Home, known.Bytes = cmp.Or(known.Home, e.Home), cmp.Or(known.Bytes, e.Bytes)
		entries[key] = known
	}
	for _, s := range Sources() {
		add(Entry{Name: s.Name, Kind: s.Kind, Title: s.Title, Licence: s.Licence, Home: s.Home, Bytes: s.Bytes()})
	}
	for _, name := range Corpora() {
		add(Entry{Name: name, Kind: CorpusKind, Where: corpusPlace(name)})
	}
	for _, name := range VectorFiles() {
		add(Entry{Name: name, Kind: VectorsKind, Where: vectorsPlace(name)})
	}
	add(Entry{Name: "lectern-en", Kind: CorpusKind, Title: "English, small, written for Lectern; PER, ORG, LOC, MISC", Licence: "CC0 1.0"})
	add(Entry{Name: "lectern-ko", Kind: CorpusKind, Title: "Korean, small, written for Lectern, in characters; PS, LC, OG, DT", Licence: "CC0 1.0"})
	var list []Entry
	for _, e := range entries {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// corpusPlace returns the folder of a corpus, "embedded", or nothing.
func corpusPlace(name string) string {
	for _, dir := range folders() {
		if folder := filepath.Join(dir, name); isName(name) && isCorpus(folder) {
			return folder
		}
	}
	if slices.Contains(embeddedCorpora(), name) {
		return "embedded"
	}
	return ""
}

// vectorsPlace returns the file of word vectors, or nothing.
func vectorsPlace(name string) string {
	for _, dir := range folders() {
		for _, ending := range vectorEndings {
			if file := filepath.Join(dir, "vectors", name+ending); isName(name) && isFile(file) {
				return file
			}
		}
	}
	return ""
}
