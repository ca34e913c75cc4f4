package kernel

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// magicLine finds the magic that a cursor stands in, if it does: where its line
// begins, its name and, if the cursor is behind the name, where its arguments
// begin.
func magicLine(code string, cursor int) (start int, name string, args int, ok bool) {
	start = strings.LastIndexByte(code[:cursor], '\n') + 1
	line, _, _ := strings.Cut(code[start:], "\n")
	switch {
	case strings.HasPrefix(line, "!"):
		return start, "!", start + 1, true
	case !strings.HasPrefix(line, "%"):
		return 0, "", 0, false
	}
	end := strings.IndexAny(line, " \t")
	if end < 0 {
		end = len(line)
	}
	if start+end < cursor {
		args = start + end + 1
	}
	return start, line[:end], args, true
}

// completeMagic completes the name of a magic or its arguments: code where it
// takes code, file names else.
func (k *Kernel) completeMagic(code string, cursor int) (Completion, bool) {
	start, name, args, ok := magicLine(code, cursor)
	if !ok {
		return Completion{}, false
	}
	c := Completion{Start: start, End: cursor}
	switch {
	case args == 0:
	case takesCode(name):
		line, _, _ := strings.Cut(code[args:], "\n")
		c = k.Complete(line, cursor-args)
		c.Start, c.End = c.Start+args, c.End+args
		return c, true
	case slices.Contains([]string{"!", "%load", "%run", "%cd", "%%writefile"}, name):
		return k.completeFile(code, max(args, start+strings.LastIndexAny(code[start:cursor], " \t")+1), cursor, name == "%cd"), true
	default:
		return Completion{Start: cursor, End: cursor}, true
	}
	for _, m := range magicCommands() {
		if strings.HasPrefix(m.name, code[start:cursor]) && (start == 0 || !strings.HasPrefix(m.name, "%%")) {
			c.Candidates = append(c.Candidates, Candidate{Text: m.name, Kind: "magic", Detail: magicSignature(m) + ": " + m.help})
		}
	}
	slices.SortFunc(c.Candidates, func(a, b Candidate) int { return strings.Compare(a.Text, b.Text) })
	return c, true
}

func magicSignature(m magicCommand) string { return strings.TrimSpace(m.name + " " + m.args) }

// completeFile completes the name of a file, or of a folder alone, in the
// worker's folder. Folders end in a slash; hidden files want their dot.
func (k *Kernel) completeFile(code string, start, cursor int, folders bool) Completion {
	c := Completion{Start: start, End: cursor}
	dir, prefix := filepath.Split(code[start:cursor])
	c.Start = cursor - len(prefix)
	entries, err := os.ReadDir(k.path(dir))
	if err != nil {
		return c // there are no names to offer
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, prefix) || strings.HasPrefix(name, ".") && prefix == "" {
			continue
		}
		kind := "file"
		if info, err := os.Stat(filepath.Join(k.path(dir), name)); err == nil && info.IsDir() {
			kind, name = "folder", name+"/"
		} else if folders {
			continue
		}
		c.Candidates = append(c.Candidates, Candidate{Text: name, Kind: kind})
	}
	return c
}

// takesCode reports whether Go stands behind a magic.
func takesCode(magic string) bool { return magic == "%time" || magic == "%timeit" }

// inspectMagic describes a magic.
func inspectMagic(name string) (MIMEBundle, bool) {
	for _, m := range magicCommands() {
		if m.name == name {
			in := inspection{signature: magicSignature(m), doc: m.help + "\n\nExample:\n\n\t" + strings.ReplaceAll(m.example, "\n", "\n\t")}
			return in.bundle(), true
		}
	}
	return nil, false
}
