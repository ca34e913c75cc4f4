package worker

import (
	"bufio"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"
)

// itab is the start of the run time's method table of a type for an interface, as
// internal/abi declares it.
type itab struct {
	inter, typ unsafe.Pointer
	hash       uint32 // of the type, for type switches; 0 in tables made at run time
}

//go:linkname getitab runtime.getitab
func getitab(inter, typ unsafe.Pointer, canFail bool) unsafe.Pointer

// shareItabs makes a loaded plugin use the method tables that the process has for
// the same types and interfaces. Compiled code takes two interface values for
// different, and a type assertion for false, if they have different tables. The
// dynamic linker shares those that an earlier plugin brought, but not those that
// the run time made because a type became an interface only by reflection or by
// an assertion. It must run before any code of the plugin does.
func shareItabs(file string) error {
	f, err := elf.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	base, err := loadedAt(file)
	if err != nil {
		return err
	}
	slots, err := itabSlots(f)
	if err != nil {
		return err
	}
	for _, offset := range slots {
		place := (*unsafe.Pointer)(pointer(base + offset))
		own := (*itab)(*place)
		shared := (*itab)(getitab(own.inter, own.typ, true))
		if shared == nil || shared == own {
			continue
		}
		if shared.hash == 0 {
			shared.hash = own.hash
		}
		if err := overwrite(place, unsafe.Pointer(shared)); err != nil {
			return err
		}
	}
	return nil
}

// itabSlots returns the offsets of the words that the dynamic linker filled with
// addresses of method tables which the file itself defines.
func itabSlots(f *elf.File) ([]uintptr, error) {
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return nil, err
	}
	section := f.Section(".rela.dyn")
	if section == nil {
		return nil, nil
	}
	data, err := section.Data()
	if err != nil {
		return nil, err
	}
	var slots []uintptr
	for ; len(data) >= 24; data = data[24:] { // a relocation entry: offset, info, addend
		n := binary.LittleEndian.Uint64(data[8:]) >> 32
		if n == 0 || n > uint64(len(symbols)) {
			continue
		}
		if s := symbols[n-1]; s.Section != elf.SHN_UNDEF && strings.HasPrefix(s.Name, "go:itab.") {
			slots = append(slots, uintptr(binary.LittleEndian.Uint64(data)))
		}
	}
	return slots, nil
}

// loadedAt returns the address at which a file is mapped.
func loadedAt(file string) (uintptr, error) {
	path, err := filepath.EvalSymlinks(file)
	if err != nil {
		return 0, err
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return 0, err
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		if strings.HasSuffix(lines.Text(), " "+path) {
			var start uintptr
			_, err := fmt.Sscanf(lines.Text(), "%x-", &start)
			return start, err
		}
	}
	return 0, fmt.Errorf("%s is not among the process's mappings", path)
}

// pointer returns a pointer to memory that the collector does not manage.
func pointer(address uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&address)) }

// overwrite writes to a word of a loaded file, which the dynamic linker may have
// made read-only after it filled it in.
func overwrite(place *unsafe.Pointer, value unsafe.Pointer) error {
	size := uintptr(os.Getpagesize())
	start := uintptr(unsafe.Pointer(place)) &^ (size - 1)
	page := unsafe.Slice((*byte)(pointer(start)), size)
	if err := syscall.Mprotect(page, syscall.PROT_READ|syscall.PROT_WRITE); err != nil {
		return err
	}
	*place = value
	return nil
}
