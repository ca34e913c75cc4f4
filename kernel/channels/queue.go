package channels

import "sync"

// maxQueue is how many cells may wait. Clients that send more wait themselves.
const maxQueue = 10000

// queue holds the cells that wait to be run. It is safe for concurrent use.
type queue struct {
	mu       sync.Mutex
	changed  sync.Cond
	requests []*request
	closed   bool
}

func newQueue() *queue {
	q := &queue{}
	q.changed.L = &q.mu
	return q
}

// put appends a request and reports whether it could: not if the queue is
// closed.
func (q *queue) put(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.requests) >= maxQueue && !q.closed {
		q.changed.Wait()
	}
	if q.closed {
		return false
	}
	q.requests = append(q.requests, r)
	q.changed.Broadcast()
	return true
}

// take waits for a request and removes it. It returns nil when the queue is
// closed.
func (q *queue) take() *request {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.requests) == 0 && !q.closed {
		q.changed.Wait()
	}
	if q.closed {
		return nil
	}
	r := q.requests[0]
	q.requests = q.requests[1:]
	q.changed.Broadcast()
	return r
}

// remove removes and returns the cells of a front end's session; everything of
// all of them if the queue is closed.
func (q *queue) remove(session string) []*request {
	q.mu.Lock()
	defer q.mu.Unlock()
	var removed, kept []*request
	for _, r := range q.requests {
		if q.closed || r.isCell() && r.Header.Session == session {
			removed = append(removed, r)
		} else {
			kept = append(kept, r)
		}
	}
	q.requests = kept
	q.changed.Broadcast()
	return removed
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Broadcast()
}
