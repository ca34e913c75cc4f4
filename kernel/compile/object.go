package compile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// object is a Go object file, as the compiler writes it for the linker, opened
// for changes to the data of its symbols. The format is that of
// cmd/internal/goobj, which states it at the head of objfile.go; it has been the
// same since Go 1.20.
type object struct {
	data    []byte // from the magic number on
	offsets [numBlocks]uint32
	symbols []symbol // in the order of the index: all that have data
}

// symbol is a symbol that an object defines.
type symbol struct {
	name  string
	at    uint32 // where its definition is
	flag  uint8
	ref   symRef // how relocations of the same object name it
	index int    // in the indexes of relocations and data
}

// symRef is a reference to a symbol: the package or kind of index, and the
// number in it.
type symRef struct{ pkg, sym uint32 }

// relocation is one place in a symbol's data that the linker fills in.
type relocation struct {
	offset int32
	size   uint8
	typ    uint16
	add    int64
	target symRef
}

const (
	objectMagic    = "\x00go120ld"
	symbolSize     = 21
	relocationSize = 23

	flagDupOK  = 1 << 0 // several objects may define the symbol
	flagGoType = 1 << 6 // the symbol is a type descriptor

	// Relocation types (objabi.RelocType).
	relocAddr      = 1  // an absolute address
	relocMethodOff = 26 // an offset to a method that the linker may leave out
	relocKeep      = 27 // no place in the data: the linker keeps the target
)

// Blocks of an object file, in their order.
const (
	blockSymbols  = 3 // followed by three more blocks of definitions
	blockRelocIdx = 11
	blockAuxIdx   = 12
	blockDataIdx  = 13
	blockReloc    = 14
	blockAux      = 15
	blockData     = 16
	blockNames    = 17
	numBlocks     = 19
)

// The kinds of index that definitions are in, by block from blockSymbols on.
var definitionIndex = [...]uint32{
	1<<31 - 5, // of the package itself
	1<<31 - 2, // content-addressable, short
	1<<31 - 3, // content-addressable
	1<<31 - 1, // without a package
}

var errObjectFormat = errors.New("not an object file in the format of this Go release")

// openObject reads the index of an object file. It and the methods of what it
// returns panic with a run-time error when an offset is outside the data.
func openObject(data []byte) (*object, error) {
	if !bytes.HasPrefix(data, []byte(objectMagic)) {
		return nil, errObjectFormat
	}
	o := &object{data: data}
	for i := range o.offsets {
		o.offsets[i] = binary.LittleEndian.Uint32(data[o.header(i):])
	}
	for i, index := range definitionIndex {
		start, end := o.offsets[blockSymbols+i], o.offsets[blockSymbols+i+1]
		for n, at := uint32(0), start; at < end; n, at = n+1, at+symbolSize {
			o.symbols = append(o.symbols, symbol{
				name:  o.stringAt(at),
				at:    at,
				flag:  data[at+11],
				ref:   symRef{index, n},
				index: len(o.symbols),
			})
		}
	}
	if got := int(o.offsets[blockDataIdx+1]-o.offsets[blockDataIdx]) / 4; got != len(o.symbols)+1 {
		return nil, errObjectFormat
	}
	return o, nil
}

// header is where the offset of a block stands: behind magic number, fingerprint
// and flags.
func (o *object) header(block int) int { return len(objectMagic) + 8 + 4 + 4*block }

// stringAt reads a reference to a string: length and offset.
func (o *object) stringAt(at uint32) string {
	n, start := binary.LittleEndian.Uint32(o.data[at:]), binary.LittleEndian.Uint32(o.data[at+4:])
	return string(o.data[start : start+n])
}

// index reads the i-th number of an index block.
func (o *object) index(block, i int) uint32 {
	return binary.LittleEndian.Uint32(o.data[o.offsets[block]+4*uint32(i):])
}

// content returns the data of a symbol. Changes to it change the object.
func (o *object) content(s symbol) []byte {
	start := o.offsets[blockData]
	return o.data[start+o.index(blockDataIdx, s.index) : start+o.index(blockDataIdx, s.index+1)]
}

// renameSymbol gives a symbol another name of the same length, and allows others
// of that name.
func (o *object) renameSymbol(s symbol, name string) {
	start := binary.LittleEndian.Uint32(o.data[s.at+4:])
	copy(o.data[start:start+uint32(len(s.name))], name)
	o.data[s.at+11] |= flagDupOK
}

// relocations returns the relocations of a symbol.
func (o *object) relocations(s symbol) []relocation {
	var rs []relocation
	for i := o.index(blockRelocIdx, s.index); i < o.index(blockRelocIdx, s.index+1); i++ {
		b := o.data[o.offsets[blockReloc]+relocationSize*i:]
		rs = append(rs, relocation{
			offset: int32(binary.LittleEndian.Uint32(b)),
			size:   b[4],
			typ:    binary.LittleEndian.Uint16(b[5:]),
			add:    int64(binary.LittleEndian.Uint64(b[7:])),
			target: symRef{binary.LittleEndian.Uint32(b[15:]), binary.LittleEndian.Uint32(b[19:])},
		})
	}
	return rs
}

// addRelocations adds relocations, by the index of their symbols, and moves
// everything behind.
func (o *object) addRelocations(added map[int][]relocation) {
	if len(added) == 0 {
		return
	}
	old := o.data
	start := o.offsets[blockReloc]
	out := slices.Clone(old[:start])
	shift := uint32(0) // relocations added so far
	for i := range o.symbols {
		from, to := o.index(blockRelocIdx, i), o.index(blockRelocIdx, i+1)
		binary.LittleEndian.PutUint32(out[o.offsets[blockRelocIdx]+4*uint32(i):], from+shift)
		out = append(out, old[start+relocationSize*from:start+relocationSize*to]...)
		for _, r := range added[i] {
			out = append(out, r.encode()...)
			shift++
		}
	}
	last := o.offsets[blockRelocIdx] + 4*uint32(len(o.symbols))
	binary.LittleEndian.PutUint32(out[last:], binary.LittleEndian.Uint32(old[last:])+shift)
	out = append(out, old[o.offsets[blockReloc+1]:]...)
	for block := blockReloc + 1; block < numBlocks; block++ {
		o.offsets[block] += shift * relocationSize
		binary.LittleEndian.PutUint32(out[o.header(block):], o.offsets[block])
	}
	o.data = out
}

func (r relocation) encode() []byte {
	b := make([]byte, 0, relocationSize)
	b = binary.LittleEndian.AppendUint32(b, uint32(r.offset))
	b = append(b, r.size)
	b = binary.LittleEndian.AppendUint16(b, r.typ)
	b = binary.LittleEndian.AppendUint64(b, uint64(r.add))
	b = binary.LittleEndian.AppendUint32(b, r.target.pkg)
	return binary.LittleEndian.AppendUint32(b, r.target.sym)
}

const (
	archiveMagic  = "!<arch>\n"
	memberHeader  = 60
	objectMember  = "_go_.o"
	memberSizeOff = 48 // ten decimal digits
)

// editObject changes the object inside an archive as "go tool compile -pack"
// writes it.
func editObject(archive []byte, edit func(*object) error) ([]byte, error) {
	if !bytes.HasPrefix(archive, []byte(archiveMagic)) {
		return nil, errObjectFormat
	}
	out := []byte(archiveMagic)
	for rest := archive[len(archiveMagic):]; len(rest) > 0; {
		if len(rest) < memberHeader {
			return nil, errObjectFormat
		}
		header := slices.Clone(rest[:memberHeader])
		size, err := strconv.Atoi(strings.TrimSpace(string(header[memberSizeOff : memberSizeOff+10])))
		if err != nil || size < 0 || size > len(rest)-memberHeader {
			return nil, errObjectFormat
		}
		body := rest[memberHeader : memberHeader+size]
		rest = rest[min(memberHeader+size+size%2, len(rest)):] // members begin at even offsets
		if strings.TrimSpace(string(header[:16])) == objectMember {
			if body, err = editMember(body, edit); err != nil {
				return nil, err
			}
			copy(header[memberSizeOff:], fmt.Sprintf("%-10d", len(body)))
		}
		out = append(append(out, header...), body...)
		if len(body)%2 == 1 {
			out = append(out, 0)
		}
	}
	return out, nil
}

// editMember changes the object behind the text that an object file begins with.
func editMember(body []byte, edit func(*object) error) (edited []byte, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case runtime.Error:
			edited, err = nil, fmt.Errorf("%w: %w", errObjectFormat, p)
		default:
			panic(p)
		}
	}()
	start := bytes.Index(body, []byte(objectMagic))
	if start < 0 {
		return nil, errObjectFormat
	}
	o, err := openObject(slices.Clone(body[start:]))
	if err != nil {
		return nil, err
	}
	if err := edit(o); err != nil {
		return nil, err
	}
	return append(slices.Clone(body[:start]), o.data...), nil
}
