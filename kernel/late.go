package kernel

import "github.com/lectern-go/lectern/kernel/worker/pipe"

// listener shows what comes from the worker while no cell runs.
type listener struct {
	stop, done chan struct{}
	tail       tail // of what it heard
}

// begin waits for the running cell to end and keeps the next from beginning.
func (k *Kernel) begin() {
	k.running.Lock()
	k.silence()
}

// silence ends the listening between cells. The caller holds running.
func (k *Kernel) silence() {
	if k.listener != nil {
		close(k.listener.stop)
		<-k.listener.done
		k.tail, k.listener = k.listener.tail, nil
	}
}

// end lets the next cell begin. Until then the last one shows what its
// goroutines still have to say.
func (k *Kernel) end() {
	if k.showLate != nil && k.process != nil {
		k.listener = &listener{stop: make(chan struct{}), done: make(chan struct{})}
		go k.listener.listen(k.process.events, func(events []event) {
			for _, e := range events {
				k.route(e, 0, k.showLate)
			}
		})
	}
	k.running.Unlock()
}

func (l *listener) listen(events <-chan event, show func([]event)) {
	defer close(l.done)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				return // the next cell finds the worker dead
			}
			show(l.tail.pass(e))
		case <-l.tail.expire:
			show(l.tail.release())
		case <-l.stop:
			return
		}
	}
}

// route shows an event: by the cell whose goroutine it is of, if that cell has
// ended and can, else by show. The caller holds running, or listens.
func (k *Kernel) route(e event, count int, show func(Output)) {
	switch {
	case e.message == nil:
		show(Stream{Name: e.stream, Text: string(e.text)})
	case e.message.Cell != "" && k.lates[e.message.Cell] != nil:
		k.lates[e.message.Cell](k.output(e.message, count))
	case e.message.Kind != pipe.Done:
		show(k.output(e.message, count))
	}
}

// later shows what a goroutine of an earlier cell has to say, or leaves it to
// the next cell. The caller holds running.
func (k *Kernel) later(o Output) {
	if k.showLate != nil {
		k.showLate(o)
	} else {
		k.late = append(k.late, o)
	}
}
