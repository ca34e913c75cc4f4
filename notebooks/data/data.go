package data

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/lectern-go/lectern/nnlib/ner"
)

// PathVariable is the environment variable with the folders to look in, divided as
// in PATH.
const PathVariable = "LECTERN_DATA"

//go:embed lectern-en/*.tsv lectern-ko/*.tsv
var embedded embed.FS

// NotFoundError says that nothing of a name is there, what is, and where that was
// looked for.
type NotFoundError struct {
	Kind    string   // "corpus" or "word vectors"
	Name    string   // asked for
	Present []string // names of that kind that are there, sorted
	Folders []string // of LECTERN_DATA, as it was
	Source  *Source  // where it can be had; nil if Lectern knows no home of it
}

// Error says in one line where was looked, what is there and how to fetch the rest.
func (e *NotFoundError) Error() string {
	where := PathVariable + " is not set"
	if len(e.Folders) > 0 {
		where = PathVariable + " is " + strings.Join(e.Folders, string(filepath.ListSeparator))
	}
	there := "there is none"
	if len(e.Present) > 0 {
		there = "there is " + strings.Join(e.Present, ", ")
	}
	if e.Source != nil {
		return fmt.Sprintf("no %s named %q here: %s (%s); to fetch it run: lectern data get %s (%s, licence %s)",
			e.Kind, e.Name, there, where, e.Name, Size(e.Source.Bytes()), e.Source.Licence)
	}
	put := fmt.Sprintf("a folder %s with train.tsv, dev.tsv and test.tsv", e.Name)
	if e.Kind == VectorsKind {
		put = fmt.Sprintf("a file vectors/%s.vec or .txt, packed by gzip or not,", e.Name)
	}
	return fmt.Sprintf("no %s named %q: %s (%s); put %s into a folder on %s", e.Kind, e.Name, there, where, put, PathVariable)
}

// notFound returns the error for a name of that kind.
func notFound(kind, name string, present []string) error {
	e := &NotFoundError{Kind: kind, Name: name, Present: present, Folders: pathFolders()}
	if s, ok := SourceOf(name); ok && s.Kind == kind {
		e.Source = &s
	}
	return e
}

// Size writes a number of bytes for people: 318 kB, 862 MB.
func Size(bytes int64) string {
	for _, unit := range []struct {
		bytes int64
		name  string
	}{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}} {
		if bytes >= unit.bytes {
			return strconv.FormatFloat(float64(bytes)/float64(unit.bytes), 'g', 3, 64) + " " + unit.name
		}
	}
	return fmt.Sprint(bytes, " B")
}

// Load reads the corpus of that name. It returns a [*NotFoundError] if there is
// none, and what [ner.ReadCorpus] returns if its files have a fault.
func Load(name string) (*ner.Corpus, error) {
	switch place := corpusPlace(name); place {
	case "":
		return nil, notFound(CorpusKind, name, Corpora())
	case "embedded":
		sub, err := fs.Sub(embedded, name)
		if err != nil {
			return nil, fmt.Errorf("load corpus %s: %w", name, err)
		}
		return load(sub, place, name)
	default:
		return load(os.DirFS(place), place, name)
	}
}

func load(fsys fs.FS, origin, name string) (*ner.Corpus, error) {
	c, err := ner.ReadCorpus(fsys, ".", name)
	if err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, origin)
	}
	c.Origin = origin
	return c, nil
}

// Vectors reads the word vectors of that name. It returns a [*NotFoundError] if
// there are none, and what [ner.ReadVectors] returns if the file has a fault.
func Vectors(name string) (*ner.Vectors, error) {
	place := vectorsPlace(name)
	if place == "" {
		return nil, notFound(VectorsKind, name, VectorFiles())
	}
	return ner.ReadVectorsFile(place)
}

// vectorEndings are tried in this order. Whether a file is packed is seen from its
// bytes, not from its name.
var vectorEndings = []string{".vec", ".txt", ".vec.gz", ".txt.gz", ".gz"}

// Corpora returns the names that [Load] finds, sorted.
func Corpora() []string {
	names := embeddedCorpora()
	for _, dir := range folders() {
		entries, _ := os.ReadDir(dir) // a folder that is not there holds none
		for _, entry := range entries {
			if isCorpus(filepath.Join(dir, entry.Name())) {
				names = append(names, entry.Name())
			}
		}
	}
	return sorted(names)
}

// VectorFiles returns the names that [Vectors] finds, sorted.
func VectorFiles() []string {
	var names []string
	for _, dir := range folders() {
		entries, _ := os.ReadDir(filepath.Join(dir, "vectors")) // a folder that is not there holds none
		for _, entry := range entries {
			for _, ending := range []string{".vec.gz", ".txt.gz", ".gz", ".vec", ".txt"} {
				if name, ok := strings.CutSuffix(entry.Name(), ending); ok && !entry.IsDir() {
					names = append(names, name)
					break
				}
			}
		}
	}
	return sorted(names)
}

func embeddedCorpora() []string {
	files, _ := fs.Glob(embedded, "*/train.tsv")
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = path.Dir(file)
	}
	return names
}

// folders returns those to look in: the LECTERN_DATA path list, then the cache.
func folders() []string {
	all := pathFolders()
	if cache, err := CacheDir(); err == nil {
		all = append(all, cache)
	}
	return all
}

// pathFolders returns those of the LECTERN_DATA path list.
func pathFolders() []string {
	all := filepath.SplitList(os.Getenv(PathVariable))
	return slices.DeleteFunc(all, func(dir string) bool { return dir == "" })
}

// CacheDir returns the folder that downloads go to: lectern/data in the user's
// cache folder.
func CacheDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w", err)
	}
	return filepath.Join(cache, "lectern", "data"), nil
}

// isCorpus reports whether a folder holds a corpus, or a part of one, which Load
// then complains about.
func isCorpus(folder string) bool {
	for _, files := range ner.CorpusFiles {
		if isFile(filepath.Join(folder, files[0])) {
			return true
		}
	}
	return false
}

// isName reports whether name is one and not a path to somewhere else.
func isName(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsAny(name, `/\`)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
