package worker

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/lectern-go/lectern/kernel/comm"
	"github.com/lectern-go/lectern/kernel/worker/pipe"
)

// sendComm sends what a cell tells over a comm.
func (w *worker) sendComm(e comm.Event) error {
	w.owners.check()
	return w.send(&pipe.Message{Kind: string(e.Kind), Cell: w.owners.earlier(), ID: e.ID, Target: e.Target, Data: e.Data, Buffers: e.Buffers})
}

// receiveComm has the cells' handler called for a message of a front end.
func (w *worker) receiveComm(ctx context.Context, m *pipe.Message) *pipe.Failure {
	var err error
	failure := w.session.callback(ctx, func() {
		err = comm.Receive(comm.Event{
			Kind: comm.Kind(m.Kind), ID: m.ID, Target: m.Target, Message: comm.Message{Data: m.Data, Buffers: m.Buffers},
		})
	})
	if failure == nil && err != nil {
		failure = &pipe.Failure{Ename: pipe.CommError, Evalue: err.Error()}
	}
	return failure
}

// stopWait is how long interpreted code takes to begin or to stop.
const stopWait = 100 * time.Millisecond

// callback calls a function that may call interpreted closures, which an
// interrupt stops as it stops a cell.
func (s *session) callback(ctx context.Context, f func()) *pipe.Failure {
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		id := s.runID()
		run := atomic.AddUint64(id, 1) - 1
		time.Sleep(stopWait)
		atomic.StoreUint64(id, run) // as after a cell: closures belong to this run
	})
	failure := s.call(ctx, f)
	if !stop() {
		<-stopped
	}
	return failure
}
