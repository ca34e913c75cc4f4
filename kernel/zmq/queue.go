package zmq

import (
	"net"
	"sync"
)

// queue holds what is to be written to one peer. It is safe for concurrent use.
type queue struct {
	mu      sync.Mutex
	changed sync.Cond
	pieces  net.Buffers
	size    int // bytes in pieces and being written
	limit   int
	closing bool // nothing more comes
}

func newQueue(limit int) *queue {
	q := &queue{limit: limit}
	q.changed.L = &q.mu
	return q
}

// put appends a message. It reports false if there is no room; an empty queue
// has room for any message.
func (q *queue) put(pieces [][]byte, size int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closing {
		return true // the peer is on its way out
	}
	if q.size > 0 && q.size+size > q.limit {
		return false
	}
	q.pieces = append(q.pieces, pieces...)
	q.size += size
	q.changed.Signal()
	return true
}

// chunk is how much is written at once.
const chunk = 256 << 10

// take waits for something to write and returns up to about a chunk of it. It
// reports false when the queue is closed and empty.
func (q *queue) take() (net.Buffers, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.pieces) == 0 {
		if q.closing {
			return nil, false
		}
		q.changed.Wait()
	}
	n, size := 0, 0
	for n < len(q.pieces) && (n == 0 || size+len(q.pieces[n]) <= chunk) {
		size += len(q.pieces[n])
		n++
	}
	out := q.pieces[:n:n]
	q.pieces = q.pieces[n:]
	return out, true
}

// written takes n bytes off the queue's size.
func (q *queue) written(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.size -= n
}

// close lets take end once the queue is empty, or at once if drop is set.
func (q *queue) close(drop bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closing = true
	if drop {
		q.pieces = nil
	}
	q.changed.Broadcast()
}
