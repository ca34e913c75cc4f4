// Package comm is what cells call to talk to the code of a front end: a comm is
// a two-way connection, named by a target, over which both sides send values
// with buffers of bytes beside them. Widgets are made of comms.
//
// A cell answers comms that a front end opens,
//
//	comm.Handle("counter", func(c *comm.Comm, _ comm.Message) {
//		n := 0
//		c.OnMessage(func(m comm.Message) {
//			n++
//			c.Send(map[string]int{"n": n})
//		})
//	})
//
// or opens one itself, with [Open]. What a handler prints and shows belongs to
// the message that it handles. The kernel calls handlers when no cell runs, one
// at a time and in the order of the messages, so they share variables with cells
// without locks.
//
// Source: jupyter_client, docs/messaging.rst, "Custom Messages".
package comm
