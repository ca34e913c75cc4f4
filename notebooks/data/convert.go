package data

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/lectern-go/lectern/nnlib/ner"
)

// Conversion turns the downloaded files of a source, in their order, into the
// files that [Load] or [Vectors] read, in the folder dir.
type Conversion func(downloaded []string, dir string) error

// corpusFiles are the parts of a corpus in the order of the fields of ner.Corpus.
var corpusFiles = [3]string{"train.tsv", "dev.tsv", "test.tsv"}

// threeFiles converts a corpus that comes in its three parts.
func threeFiles(downloaded []string, dir string) error {
	for i, file := range downloaded {
		sentences, err := ner.ReadFile(file)
		if err != nil {
			return err
		}
		if err := writeCorpusFile(filepath.Join(dir, corpusFiles[i]), sentences); err != nil {
			return err
		}
	}
	return nil
}

// splitWikigold divides the corpus, which has no parts of its own, by blocks of
// ten sentences, so that most documents stay whole: of ten blocks the ninth is dev
// and the tenth test.
func splitWikigold(downloaded []string, dir string) error {
	sentences, err := ner.ReadFile(downloaded[0])
	if err != nil {
		return err
	}
	return split(sentences, dir, func(i int) int { return i / 10 })
}

// splitKLUE divides the public dev set, whose test set is kept secret, sentence by
// sentence: of ten the ninth is dev and the tenth test. A blank becomes [ner.Space].
func splitKLUE(downloaded []string, dir string) error {
	sentences, err := ner.Format{KeepSpaces: true, Comment: "##"}.ReadFile(downloaded[0])
	if err != nil {
		return err
	}
	for _, sentence := range sentences {
		for i, token := range sentence.Tokens {
			if token == " " {
				sentence.Tokens[i] = ner.Space
			}
		}
	}
	return split(sentences, dir, func(i int) int { return i })
}

// split writes the three parts: sentence i is dev if block(i) ends in 8, test if
// it ends in 9.
func split(sentences ner.Sentences, dir string, block func(i int) int) error {
	var parts [3]ner.Sentences
	for i, sentence := range sentences {
		part := max(0, block(i)%10-7)
		parts[part] = append(parts[part], sentence)
	}
	for i, part := range parts {
		if err := writeCorpusFile(filepath.Join(dir, corpusFiles[i]), part); err != nil {
			return err
		}
	}
	return nil
}

func writeCorpusFile(file string, sentences ner.Sentences) error {
	return writeFile(file, func(w io.Writer) error { return ner.Write(w, sentences, ner.BIO) })
}

// unzip takes one file out of an archive.
func unzip(member string) Conversion {
	return func(downloaded []string, dir string) error {
		archive, err := zip.OpenReader(downloaded[0])
		if err != nil {
			return fmt.Errorf("open %s: %w", filepath.Base(downloaded[0]), err)
		}
		defer func() { _ = archive.Close() }() // it was only read
		for _, entry := range archive.File {
			if path.Base(entry.Name) != member {
				continue
			}
			in, err := entry.Open()
			if err != nil {
				return fmt.Errorf("unpack %s: %w", member, err)
			}
			defer in.Close()
			return writeFile(filepath.Join(dir, member), func(w io.Writer) error {
				_, err := io.Copy(w, in)
				return err
			})
		}
		return fmt.Errorf("%s holds no %s", filepath.Base(downloaded[0]), member)
	}
}

// writeFile creates a file and syncs it, so that a later rename never brings up
// an empty one.
func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := write(file); err != nil {
		file.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := file.Sync(); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
