package kernel

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// ErrComm is what [Kernel.HandleComm] wraps for a comm or a target that no cell
// knows.
var ErrComm = errors.New("comm")

// HandleComm has the handler of a cell called for what a front end tells of a
// comm, and calls show with what the handler shows; a panic is the last of it. It
// waits for the running cell to end. The error wraps [ErrComm] if no cell knows
// the comm; any other means that the kernel itself does not work.
func (k *Kernel) HandleComm(ctx context.Context, c Comm, show func(Output)) error {
	k.begin()
	defer k.end()
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return ErrClosed
	}
	run := &execution{
		kernel: k, req: ExecuteRequest{Cell: c.Type}, count: k.count, show: show, interrupts: make(chan struct{}, 8),
	}
	run.ctx, run.cancel = context.WithCancel(ctx)
	defer run.cancel()
	k.execution = run
	k.mu.Unlock()
	k.noteComm(c)
	failed, err := run.send(&pipe.Message{Kind: c.Type, ID: c.ID, Target: c.Target, Data: c.Data, Buffers: c.Buffers})
	k.mu.Lock()
	k.execution = nil
	k.mu.Unlock()
	switch {
	case err != nil:
		return err
	case failed == nil:
		return nil
	case failed.Ename == pipe.CommError:
		return fmt.Errorf("%w: %s", ErrComm, failed.Evalue)
	}
	show(*failed)
	return nil
}

// Comms returns the targets of the open comms by their ids.
func (k *Kernel) Comms() map[string]string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.comms)
}

// noteComm keeps the list of open comms.
func (k *Kernel) noteComm(c Comm) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch c.Type {
	case pipe.CommOpen:
		k.comms[c.ID] = c.Target
	case pipe.CommClose:
		delete(k.comms, c.ID)
	}
}

// closeComms tells the front ends that the comms are gone with the worker.
func (x *execution) closeComms() {
	k := x.kernel
	k.mu.Lock()
	comms := k.comms
	k.comms = map[string]string{}
	k.mu.Unlock()
	for id := range comms {
		x.show(Comm{Type: pipe.CommClose, ID: id, Data: []byte("{}")})
	}
}
