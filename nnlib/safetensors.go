package nnlib

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// tensorFile is a file in the safetensors format: named float32 tensors and
// text. The format is eight bytes, the length of the header (little endian),
// the header in JSON, and the tensors' bytes.
//
// Source: github.com/huggingface/safetensors, README "Format".
type tensorFile struct {
	text    map[string]string // the header's __metadata__
	tensors []tensor          // in the file's order
}

type tensor struct {
	name  string
	shape []int
	data  []float32
}

// tensorHeader is what the header says of a tensor.
type tensorHeader struct {
	Type    string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

// find returns the tensor of a name, nil if there is none.
func (f *tensorFile) find(name string) *tensor {
	i := slices.IndexFunc(f.tensors, func(t tensor) bool { return t.name == name })
	if i < 0 {
		return nil
	}
	return &f.tensors[i]
}

func (f *tensorFile) add(name string, data []float32, shape ...int) {
	f.tensors = append(f.tensors, tensor{name, shape, data})
}

// write writes the file whole or not at all: to a temporary file that is then
// renamed.
func (f *tensorFile) write(path string) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), ".safetensors-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			temp.Close()
			os.Remove(temp.Name())
		}
	}()
	if err := f.encode(temp); err != nil {
		return err
	}
	if err := temp.Sync(); err != nil {
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	if err := os.Chmod(temp.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

func (f *tensorFile) encode(w io.Writer) error {
	header := map[string]any{}
	if len(f.text) > 0 {
		header["__metadata__"] = f.text
	}
	size := 0
	for _, t := range f.tensors {
		header[t.name] = tensorHeader{"F32", t.shape, [2]int{size, size + 4*len(t.data)}}
		size += 4 * len(t.data)
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	for len(text)%8 != 0 { // the format allows trailing blanks, to align the data
		text = append(text, ' ')
	}
	out := make([]byte, 0, 8+len(text)+size)
	out = binary.LittleEndian.AppendUint64(out, uint64(len(text)))
	out = append(out, text...)
	for _, t := range f.tensors {
		for _, v := range t.data {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
	}
	_, err = w.Write(out)
	return err
}

// maxHeader is the longest header that the format allows.
const maxHeader = 100_000_000

var errCut = errors.New("the file is cut off or damaged")

// decodeTensors reads a file; it trusts nothing in it.
func decodeTensors(in []byte) (*tensorFile, error) {
	if len(in) < 8 {
		return nil, fmt.Errorf("%d bytes are no safetensors file: %w", len(in), errCut)
	}
	n := binary.LittleEndian.Uint64(in)
	if n > maxHeader || n > uint64(len(in)-8) {
		return nil, fmt.Errorf("the header would have %d bytes of the file's %d: this is no safetensors file, or %w", n, len(in), errCut)
	}
	headers := map[string]json.RawMessage{}
	if err := json.Unmarshal(in[8:8+n], &headers); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	f := &tensorFile{text: map[string]string{}}
	data := in[8+n:]
	for name, raw := range headers {
		if name == "__metadata__" {
			if err := json.Unmarshal(raw, &f.text); err != nil {
				return nil, fmt.Errorf("header: __metadata__: %w", err)
			}
			continue
		}
		t, err := decodeTensor(name, raw, data)
		if err != nil {
			return nil, err
		}
		f.tensors = append(f.tensors, t)
	}
	slices.SortFunc(f.tensors, func(a, b tensor) int { return bytes.Compare([]byte(a.name), []byte(b.name)) })
	return f, nil
}

func decodeTensor(name string, raw json.RawMessage, data []byte) (tensor, error) {
	var h tensorHeader
	if err := json.Unmarshal(raw, &h); err != nil {
		return tensor{}, fmt.Errorf("header: tensor %q: %w", name, err)
	}
	if h.Type != "F32" {
		return tensor{}, fmt.Errorf("tensor %q has type %q, want F32", name, h.Type)
	}
	lo, hi := h.Offsets[0], h.Offsets[1]
	if lo < 0 || hi < lo || hi > len(data) {
		return tensor{}, fmt.Errorf("tensor %q is at bytes %d to %d of %d: %w", name, lo, hi, len(data), errCut)
	}
	count := 1
	for _, n := range h.Shape {
		if n < 0 || n > 0 && count > math.MaxInt32/n {
			return tensor{}, fmt.Errorf("tensor %q has shape %v", name, h.Shape)
		}
		count *= n
	}
	if hi-lo != 4*count {
		return tensor{}, fmt.Errorf("tensor %q of shape %v has %d bytes, want %d", name, h.Shape, hi-lo, 4*count)
	}
	values := make([]float32, count)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[lo+4*i:]))
	}
	return tensor{name, h.Shape, values}, nil
}

func readTensors(path string) (*tensorFile, error) {
	in, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := decodeTensors(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// addParameters adds the values of parameters.
func (f *tensorFile) addParameters(params []*Parameter) {
	for _, p := range params {
		f.add(p.Name, p.Value, p.Rows, p.Cols)
	}
}

// loadParameters sets the values of parameters; their names and shapes must be
// those of the file.
func (f *tensorFile) loadParameters(params []*Parameter) error {
	for _, p := range params {
		t := f.find(p.Name)
		if t == nil {
			return &ModelError{p.Name, nil, []int{p.Rows, p.Cols}}
		}
		if !slices.Equal(t.shape, []int{p.Rows, p.Cols}) {
			return &ModelError{p.Name, t.shape, []int{p.Rows, p.Cols}}
		}
	}
	for _, p := range params {
		copy(p.Value, f.find(p.Name).data)
	}
	return nil
}

// ModelError says that a file holds another model than the one it was read
// into.
type ModelError struct {
	Parameter string
	Shape     []int // in the file; nil if it is not there
	Want      []int // in the model
}

// Error names the parameter and both shapes.
func (e *ModelError) Error() string {
	if e.Shape == nil {
		return fmt.Sprintf("it holds another model: there is no parameter %s (%s)", e.Parameter, times(e.Want))
	}
	return fmt.Sprintf("it holds another model: parameter %s is %s, want %s", e.Parameter, times(e.Shape), times(e.Want))
}

// times writes a shape.
func times(shape []int) string {
	s := ""
	for i, n := range shape {
		if i > 0 {
			s += "×"
		}
		s += fmt.Sprint(n)
	}
	return s
}
