package compile

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// Every unexported name of the session begins with a marker in the Go that is
// compiled. Both are upper case letters (Adlam alif and daali, U+1E900 and
// U+1E901), so that the name is exported and another cell's package can use it,
// and no other upper case letter sorts behind them but their own alphabet, so
// that such methods come last among the exported ones.
const (
	// Marker begins the names of types, fields and methods. The compiled type
	// data have the user's name again; see [restoreNames]. It is as long as
	// "main.", by which some strings of types have it replaced.
	Marker = "𞤀_"
	// ObjectMarker begins the names of functions, variables and constants, which
	// type data do not have. They differ from those that do because the compiler
	// keeps the names of a plugin's symbols in the same place.
	ObjectMarker = "𞤁_"
)

// mainPath is the package path that types of the session report.
const mainPath = "main"

// The flags of an encoded name (internal/abi, type Name).
const (
	nameExported = 1 << 0
	nameTag      = 1 << 1
	namePkgPath  = 1 << 2
)

// The parts of a type descriptor (internal/abi, type Type) on 64-bit systems.
const (
	typeTFlag   = 20
	typeKind    = 23
	typePkgPath = 48 // of struct and interface types

	tflagUncommon = 1 << 0
	kindMask      = 1<<5 - 1
	kindInterface = 20
	kindStruct    = 25

	// Behind the kind's own part, where tflagUncommon is set.
	uncommonMethods  = 4 // number of methods
	uncommonExported = 6 // number of exported methods
	uncommonOffset   = 8 // offset of the methods, each of methodSize
	methodSize       = 16
)

// uncommonAt is where a type's uncommon part begins, by kind; 48 for the basic
// kinds.
var uncommonAt = map[byte]int{
	17: 72, 18: 64, 19: 56, kindInterface: 80, 21: 112, 22: 56, 23: 56, kindStruct: 80,
}

// restoreNames makes the type data of a compiled package say what the compiler
// would have said of the user's own source, as one package main:
//
//   - names of fields, methods and types lose the marker; fields and methods that
//     had it are unexported,
//   - types belong to package main, and struct and interface types with such
//     fields or methods know it (reflect takes a field without package for an
//     exported one),
//   - a type's count of exported methods is right.
//
// Nothing is moved or resized except the list of relocations: a shorter name is
// written where the longer was. All packages of a session are treated alike, so
// types that were identical stay so.
func restoreNames(o *object, sessionPaths []string) error {
	r := restorer{o: o, paths: sessionPaths, marked: map[symRef]bool{}}
	for _, s := range o.symbols {
		if path, ok := strings.CutPrefix(s.name, "type:.importpath."); ok {
			path = strings.TrimSuffix(path, ".")
			if slices.Contains(sessionPaths, path) {
				r.pkgPath = s.ref
				rename(o.content(s), mainPath)
			}
		}
		if strings.HasPrefix(s.name, "type:.namedata.") {
			if err := r.name(s); err != nil {
				return err
			}
		}
	}
	added := map[int][]relocation{}
	for _, s := range o.symbols {
		if s.flag&flagGoType == 0 || strings.HasPrefix(s.name, "type:.") {
			continue
		}
		rs, err := r.descriptor(s)
		if err != nil {
			return err
		}
		added[s.index] = rs
	}
	o.addRelocations(added)
	return nil
}

type restorer struct {
	o       *object
	paths   []string        // of the session's packages
	marked  map[symRef]bool // the names of fields and methods that had the marker
	pkgPath symRef          // the name of the package path
}

// name restores an encoded name: that of a field or method, or the string of a
// type.
func (r *restorer) name(s symbol) error {
	data := r.o.content(s)
	name, _ := decodeName(data)
	restored, isMember := strings.CutPrefix(name, Marker)
	if isMember {
		r.marked[s.ref] = true
		data[0] &^= nameExported
	} else if restored = typeString(name, r.paths); restored == name {
		return nil
	}
	if data[0]&namePkgPath != 0 {
		return fmt.Errorf("name %q has both a marker and a package", name)
	}
	rename(data, restored)
	return nil
}

// decodeName returns the name in an encoded name and what follows it: a tag.
func decodeName(data []byte) (name string, rest []byte) {
	n, width := binary.Uvarint(data[1:])
	end := 1 + width + int(n)
	return string(data[1+width : end]), data[end:]
}

// rename replaces the name in an encoded name by one that is not longer, and
// moves up what follows. The length keeps its number of bytes.
func rename(data []byte, name string) {
	_, rest := decodeName(data)
	_, width := binary.Uvarint(data[1:])
	for i, n := 0, len(name); i < width; i, n = i+1, n>>7 {
		data[1+i] = byte(n & 0x7f)
		if i < width-1 {
			data[1+i] |= 0x80
		}
	}
	end := 1 + width + copy(data[1+width:], name)
	end += copy(data[end:], rest)
	clear(data[end:])
}

// descriptor corrects the count of exported methods in a type descriptor and
// returns the relocations that it lacks.
func (r *restorer) descriptor(s symbol) (missing []relocation, err error) {
	data := r.o.content(s)
	if len(data) < typePkgPath {
		return nil, fmt.Errorf("type descriptor %s has %d bytes", s.name, len(data))
	}
	relocations := r.o.relocations(s)
	kind := data[typeKind] & kindMask
	methods, end := len(data), len(data) // where the methods are in the data
	if data[typeTFlag]&tflagUncommon != 0 {
		at, ok := uncommonAt[kind]
		if !ok {
			at = typePkgPath
		}
		methods = at + int(binary.LittleEndian.Uint32(data[at+uncommonOffset:]))
		end = methods + methodSize*int(binary.LittleEndian.Uint16(data[at+uncommonMethods:]))
		kept := r.keepMethods(relocations, methods, end)
		exported := data[at+uncommonExported:]
		binary.LittleEndian.PutUint16(exported, binary.LittleEndian.Uint16(exported)-uint16(len(kept)/relocsPerMethod))
		missing = kept
	}
	if (kind == kindStruct || kind == kindInterface) && r.lacksPkgPath(relocations, methods, end) {
		if r.pkgPath == (symRef{}) {
			return nil, fmt.Errorf("no package path for type descriptor %s", s.name)
		}
		missing = append(missing, relocation{offset: typePkgPath, size: 8, typ: relocAddr, target: r.pkgPath})
	}
	return missing, nil
}

// relocsPerMethod is how many symbols a method in a type descriptor refers to
// besides its name: its type and two functions.
const relocsPerMethod = 3

// keepMethods returns relocations that keep those methods, between two offsets,
// whose names had the marker. Without them the linker drops the unexported
// methods that nothing in this plugin calls, but a later cell may call them.
func (r *restorer) keepMethods(relocations []relocation, from, to int) []relocation {
	var keep []relocation
	for _, name := range relocations {
		at := int(name.offset)
		if at < from || at >= to || !r.marked[name.target] {
			continue
		}
		for _, rel := range relocations {
			if rel.typ == relocMethodOff && int(rel.offset) > at && int(rel.offset) < at+methodSize {
				keep = append(keep, relocation{typ: relocKeep, target: rel.target})
			}
		}
	}
	return keep
}

// lacksPkgPath reports whether a struct or interface type has no package path
// and a field or method whose name had the marker. Those are outside the part of
// the data from one offset to another, where the methods of a named type are.
func (r *restorer) lacksPkgPath(relocations []relocation, from, to int) bool {
	marked := false
	for _, rel := range relocations {
		if rel.offset == typePkgPath {
			return false
		}
		outside := int(rel.offset) < from || int(rel.offset) >= to
		marked = marked || outside && r.marked[rel.target]
	}
	return marked
}
