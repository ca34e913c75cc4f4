// Package channels answers the requests of front ends: it stands between the
// channels of Jupyter's protocol, whatever carries them, and a kernel.
//
// A carrier (package zmq, the websocket of the notebook server) hands each
// request to [Server.Handle] with the [Client] that the reply goes to, and
// subscribes to what everybody sees. Cells wait in a queue and run one at a time;
// every other request is answered at once, also while a cell runs. Around every
// request the server says that it is busy and then idle, with the request for
// parent. A request of an unknown type gets an error for a reply, so that nobody
// waits for ever.
package channels
