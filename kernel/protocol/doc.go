// Package protocol is Jupyter's messaging protocol, version 5.4 with the
// iopub_welcome of 5.5: the messages that front ends and kernels exchange, their
// contents, and the signed form in which they travel over ZeroMQ. It does no
// I/O; packages zmq and the notebook server carry the messages.
//
// A [Message] has a header, the header of the request that caused it, metadata
// and content. The content stays JSON until [Message.Decode] reads it into the
// type of the message's name: an execute_request into an [ExecuteRequest].
//
// Source: jupyter_client, docs/messaging.rst and docs/kernels.rst.
package protocol
