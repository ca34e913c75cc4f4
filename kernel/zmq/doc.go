// Package zmq carries a kernel's five channels over ZeroMQ, for front ends that
// run elsewhere: Jupyter's Notebook, Lab and console, nbconvert, VS Code.
//
// It is the half of ZMTP 3.0 that a kernel needs: it listens, with the NULL
// mechanism, as ROUTER (shell, control, stdin), XPUB (iopub) and REP
// (heartbeat). [Socket] is that half; [Server] binds the five sockets of a
// connection file and passes messages between them and package channels.
//
// Every peer has a queue of its own. A peer that does not read fills its queue
// and is disconnected; the others do not notice. Closing a socket first sends
// what the queues hold.
//
// Source: ZeroMQ RFC 23/ZMTP, RFC 28/REQREP and RFC 29/PUBSUB.
package zmq
