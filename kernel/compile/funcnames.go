package compile

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// The head of the table of functions (runtime, type pcHeader) on 64-bit systems.
const (
	pcHeaderMagic   = 0xfffffff1
	pcHeaderNames   = 32 // offset of the functions' names in the table
	pcHeaderBehind  = 40 // offset of what comes behind them
	pcHeaderSize    = 48
	functionSection = ".gopclntab"
)

// restoreFuncNames gives the functions of a linked plugin the names that they
// have in stack traces of one program: main.(*point).area. The run time finds a
// name by its offset, so a shorter one is written where the longer was.
//
// Only ELF files are changed; see [Readable] for others.
func restoreFuncNames(plugin string) error {
	f, err := os.OpenFile(plugin, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	object, err := elf.NewFile(f)
	var format *elf.FormatError
	if errors.As(err, &format) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("function names: %w", err)
	}
	section := object.Section(functionSection)
	if section == nil {
		return fmt.Errorf("function names: the plugin has no %s", functionSection)
	}
	header := make([]byte, pcHeaderSize)
	if _, err := section.ReadAt(header, 0); err != nil || binary.LittleEndian.Uint32(header) != pcHeaderMagic {
		return fmt.Errorf("function names: %w", errors.Join(errObjectFormat, err))
	}
	start := binary.LittleEndian.Uint64(header[pcHeaderNames:])
	end := binary.LittleEndian.Uint64(header[pcHeaderBehind:])
	if start > end || end > section.Size {
		return fmt.Errorf("function names: %w", errObjectFormat)
	}
	names := make([]byte, end-start)
	if _, err := section.ReadAt(names, int64(start)); err != nil {
		return fmt.Errorf("function names: %w", err)
	}
	from, to := readableNames(names)
	_, err = f.WriteAt(names[from:to], int64(section.Offset+start)+int64(from))
	return errors.Join(err, f.Close())
}

// readableNames changes names that end in zero bytes in place and returns the
// part of the table that it changed.
func readableNames(names []byte) (from, to int) {
	for at := 0; at < len(names); {
		n := bytes.IndexByte(names[at:], 0)
		if n < 0 {
			break
		}
		name := names[at : at+n]
		if bytes.Contains(name, []byte(pathPrefix)) {
			end := copy(name, Readable(string(name)))
			clear(name[end:])
			if to == 0 {
				from = at
			}
			to = at + n
		}
		at += n + 1
	}
	return from, to
}
