package nbformat

import (
	"slices"
	"strings"
)

// Major and Minor are the version of the format that this package writes.
const (
	Major = 4
	Minor = 5
)

// Cell types.
const (
	Code     = "code"
	Markdown = "markdown"
	Raw      = "raw"
)

// Output types.
const (
	Stream        = "stream"
	DisplayData   = "display_data"
	ExecuteResult = "execute_result"
	Error         = "error"
)

// Object is a JSON object. [Read] fills it with nil, bool, string,
// [encoding/json.Number], []any and Object; [Marshal] also takes what
// encoding/json can marshal. Numbers are spelled as Python spells them, so NaN
// and Infinity may occur.
type Object = map[string]any

// MIMEBundle holds one value in several forms, by MIME type. Text and base64
// are strings, joined from the lines of the file; JSON types hold any JSON
// value.
type MIMEBundle = map[string]any

// A Notebook is a notebook of format 4.5 or a later 4.x.
// It is not safe for concurrent use while it is changed.
type Notebook struct {
	Minor    int // nbformat_minor, 5 or more
	Metadata Object
	Cells    []*Cell
	Extra    Object // top-level keys that the format does not name

	// OrigMajor and OrigMinor say which format the notebook was read from. They
	// are not written.
	OrigMajor, OrigMinor int
}

// A Cell is one cell of a notebook.
type Cell struct {
	Type     string // Code, Markdown, Raw or a type of a later format
	ID       string // 1 to 64 of a-z, A-Z, 0-9, - and _, unique in the notebook
	Source   string
	Metadata Object

	// Attachments holds the files that a Markdown or raw cell refers to as
	// attachment:NAME; nil if the cell has no such key.
	Attachments map[string]MIMEBundle

	// Outputs and ExecutionCount are those of a code cell. The count is nil if
	// the cell has not been run.
	Outputs        []*Output
	ExecutionCount *int

	Extra Object // keys that the format does not name
}

// An Output is what a code cell showed. Which fields count depends on Type.
type Output struct {
	Type string

	Name string // Stream: "stdout" or "stderr"
	Text string // Stream

	Data           MIMEBundle // DisplayData, ExecuteResult
	Metadata       Object     // DisplayData, ExecuteResult
	ExecutionCount *int       // ExecuteResult

	Ename     string   // Error
	Evalue    string   // Error
	Traceback []string // Error

	Extra Object // keys that the format does not name
}

// New returns an empty notebook of format 4.5.
func New() *Notebook {
	return &Notebook{Minor: Minor, Metadata: Object{}, OrigMajor: Major, OrigMinor: Minor}
}

// Tags returns the cell's tags: the strings of metadata.tags.
func (c *Cell) Tags() []string {
	list, _ := c.Metadata["tags"].([]any)
	var tags []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			tags = append(tags, s)
		}
	}
	return tags
}

// HasTag reports whether the cell has the tag.
func (c *Cell) HasTag(tag string) bool { return slices.Contains(c.Tags(), tag) }

// Language returns the language of the notebook's code in lower case, from
// metadata.language_info.name or else metadata.kernelspec.language, and "" if
// neither says.
func (nb *Notebook) Language() string {
	for _, at := range [][2]string{{"language_info", "name"}, {"kernelspec", "language"}} {
		info, _ := nb.Metadata[at[0]].(Object)
		if name, _ := info[at[1]].(string); name != "" {
			return strings.ToLower(name)
		}
	}
	return ""
}
