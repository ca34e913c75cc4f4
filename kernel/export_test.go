package kernel

import "github.com/lectern-go/lectern/kernel/exportdata"

// NewFront returns the front half of a kernel, which answers questions but
// runs nothing.
func NewFront() *Kernel {
	k := &Kernel{texts: map[string]string{}, docs: exportdata.StdDocs()}
	k.session = k.newSession()
	return k
}
