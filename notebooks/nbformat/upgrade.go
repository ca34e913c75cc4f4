package nbformat

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
)

// Upgrade reads a notebook of format 3 or 4.x as one of format 4.5, and repairs
// ids: cells of 4.5 that lack one, or have that of a cell before them, get a new
// one. Other errors are those of [Read]; format 1 and 2 are a [*VersionError].
func Upgrade(data []byte) (*Notebook, error) {
	o, err := parseNotebook(data)
	if err != nil {
		return nil, err
	}
	if version, _ := o["nbformat"].(json.Number); version != "3" {
		return decodeNotebook(o, true)
	}
	minor := 0
	if n, ok := o["nbformat_minor"].(json.Number); ok {
		fmt.Sscan(string(n), &minor) //nolint:errcheck // an odd minor version of format 3 changes nothing
	}
	upgradeNotebook3(o)
	nb, err := decodeNotebook(o, true)
	if err != nil {
		return nil, err
	}
	nb.OrigMajor, nb.OrigMinor = 3, minor
	return nb, nil
}

// addIDs gives every cell without an id of its own one: eight hexadecimal digits of the hash of its
// place and text, so that upgrading the same file twice gives the same notebook.
func (nb *Notebook) addIDs() {
	used := map[string]bool{}
	for i, c := range nb.Cells {
		// An id that a notebook of 4.4 or before has is a key which that format
		// does not name; it is kept where it can be.
		if id, ok := c.Extra["id"].(string); ok {
			c.ID = id
		}
		if !idPattern.MatchString(c.ID) || used[c.ID] {
			c.ID = NewID(fmt.Sprintf("%d\n%s", i, c.Source), func(id string) bool { return used[id] })
		}
		used[c.ID] = true
		delete(c.Extra, "id")
		if len(c.Extra) == 0 {
			c.Extra = nil
		}
	}
}

// NewID returns an id for a cell: the first eight hexadecimal digits of the hash
// of seed, or of seed with a number if used reports that the id is taken.
func NewID(seed string, used func(id string) bool) string {
	text := seed
	for n := 1; ; n++ {
		id := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:8]
		if !used(id) {
			return id
		}
		text = fmt.Sprintf("%s\n%d", seed, n)
	}
}

// upgradeNotebook3 turns the parsed file of a notebook of format 3 into one of
// format 4.4, in place, as Python's nbformat.v4.convert does: worksheets are
// joined, headings become Markdown, outputs get MIME types. What has the wrong
// type stays as it is, for the decoder to find.
func upgradeNotebook3(o Object) {
	o["nbformat"], o["nbformat_minor"] = json.Number("4"), json.Number("4")
	delete(o, "orig_nbformat")
	delete(o, "orig_nbformat_minor")
	if metadata, ok := o["metadata"].(Object); ok {
		delete(metadata, "name")
		delete(metadata, "signature")
	}
	cells := []any{}
	worksheets, _ := o["worksheets"].([]any)
	delete(o, "worksheets")
	for _, ws := range worksheets {
		sheet, _ := ws.(Object)
		list, _ := sheet["cells"].([]any)
		for _, c := range list {
			if cell, ok := c.(Object); ok {
				upgradeCell3(cell)
			}
			cells = append(cells, c)
		}
	}
	o["cells"] = cells
}

func upgradeCell3(c Object) {
	metadata, ok := c["metadata"].(Object)
	if !ok {
		metadata = Object{}
		c["metadata"] = metadata
	}
	delete(metadata, "trusted")
	delete(c, "trusted")
	switch c["cell_type"] {
	case Code:
		delete(c, "language")
		move(c, "collapsed", metadata, "collapsed")
		c["source"] = ""
		move(c, "input", c, "source")
		c["execution_count"] = nil
		move(c, "prompt_number", c, "execution_count")
		outputs, _ := c["outputs"].([]any)
		for _, v := range outputs {
			if out, ok := v.(Object); ok {
				upgradeOutput3(out)
			}
		}
	case "heading":
		c["cell_type"] = Markdown
		level := 1
		if n, ok := c["level"].(json.Number); ok {
			fmt.Sscan(string(n), &level) //nolint:errcheck // a level that is no number is a heading of level 1
		}
		delete(c, "level")
		c["source"] = heading3(c["source"], min(max(level, 0), 6))
	case "html":
		c["cell_type"] = Markdown
	}
	c["source"] = joinLines3(c["source"])
}

// heading3 returns the Markdown of a heading, on one line.
func heading3(source any, level int) string {
	text, _ := joinLines3(source).(string)
	words := splitLines(text)
	for i, line := range words {
		words[i] = strings.TrimRight(line, "\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029")
	}
	return strings.Repeat("#", level) + " " + strings.Join(words, " ")
}

// mimeTypes3 holds the MIME types of the short names of format 3.
var mimeTypes3 = map[string]string{
	"text":       "text/plain",
	"html":       "text/html",
	"svg":        "image/svg+xml",
	"png":        "image/png",
	"jpeg":       "image/jpeg",
	"latex":      "text/latex",
	"json":       "application/json",
	"javascript": "application/javascript",
}

func upgradeOutput3(out Object) {
	switch out["output_type"] {
	case "pyout", DisplayData:
		metadata, ok := out["metadata"].(Object)
		if !ok {
			metadata = Object{}
		}
		upgraded := Object{"output_type": DisplayData, "metadata": metadata}
		if out["output_type"] == "pyout" {
			upgraded["output_type"], upgraded["execution_count"] = ExecuteResult, nil
			move(out, "prompt_number", upgraded, "execution_count")
		}
		delete(out, "output_type")
		delete(out, "metadata")
		renameMIME3(metadata)
		data := Object{}
		for key, v := range out {
			if _, short := mimeTypes3[key]; short && key != "png" && key != "jpeg" {
				v = joinLines3(v)
			}
			data[key] = v
			delete(out, key)
		}
		renameMIME3(data)
		if text, ok := data["application/json"].(string); ok {
			if v, err := parseJSON(text); err == nil {
				data["application/json"] = v
			}
		}
		upgraded["data"] = data
		for key, v := range upgraded {
			out[key] = v
		}
	case "pyerr":
		out["output_type"] = Error
	case Stream:
		out["name"] = "stdout"
		move(out, "stream", out, "name")
		out["text"] = joinLines3(out["text"])
	}
}

func renameMIME3(o Object) {
	for short, mime := range mimeTypes3 {
		move(o, short, o, mime)
	}
}

// move moves a field, if it is there.
func move(from Object, key string, to Object, newKey string) {
	if v, ok := from[key]; ok {
		delete(from, key)
		to[newKey] = v
	}
}

// joinLines3 joins a list of lines of format 3, which may lack their line ends.
func joinLines3(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	separator := "\n"
	for i, item := range list {
		s, ok := item.(string)
		if !ok {
			return v
		}
		if i == 0 && (strings.HasSuffix(s, "\n") || strings.HasSuffix(s, "\r")) {
			separator = ""
		}
	}
	text, _ := joinText(list)
	if separator != "" {
		parts := make([]string, len(list))
		for i, item := range list {
			parts[i] = item.(string)
		}
		text = strings.Join(parts, separator)
	}
	return text
}
