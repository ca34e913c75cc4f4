package zmq

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
)

// A Type is the type of a socket, in the words of ZMTP.
type Type string

// The types that a kernel has.
const (
	Router Type = "ROUTER" // requests from many peers, replies to each
	XPub   Type = "XPUB"   // publishes to the peers that subscribed
	Rep    Type = "REP"    // one reply to each request
)

// peers returns the types of sockets that t may talk to.
func (t Type) peers() []string {
	switch t {
	case Router:
		return []string{"REQ", "DEALER", "ROUTER"}
	case XPub:
		return []string{"SUB", "XSUB"}
	default:
		return []string{"REQ", "DEALER"}
	}
}

const greetingSize = 64

// greeting is what this side says first: the signature, version 3.0 and the
// NULL mechanism.
func greeting() []byte {
	g := make([]byte, greetingSize)
	g[0], g[9] = 0xff, 0x7f
	g[10], g[11] = 3, 0
	copy(g[12:], "NULL")
	return g
}

// checkGreeting says what is wrong with a peer's greeting.
func checkGreeting(g []byte) error {
	if g[0] != 0xff || g[9]&1 != 1 {
		return fmt.Errorf("%w: not a ZMTP greeting", ErrFrame)
	}
	if g[10] < 3 {
		return fmt.Errorf("%w: the peer speaks ZMTP %d; 3 or later is needed", ErrFrame, g[10])
	}
	if mechanism := string(bytes.TrimRight(g[12:32], "\x00")); mechanism != "NULL" {
		return fmt.Errorf("%w: the peer wants the security mechanism %q; there is only NULL", ErrFrame, mechanism)
	}
	return nil
}

// handshake greets the peer and exchanges READY commands. It returns the
// identity that the peer gave itself, or "".
func handshake(conn net.Conn, r *bufio.Reader, typ Type) (identity string, err error) {
	if _, err := conn.Write(greeting()); err != nil {
		return "", err
	}
	g := make([]byte, greetingSize)
	if _, err := io.ReadFull(r, g); err != nil {
		return "", truncated(err)
	}
	if err := checkGreeting(g); err != nil {
		return "", err
	}
	if _, err := conn.Write(command("READY", property(nil, "Socket-Type", string(typ)))); err != nil {
		return "", err
	}
	flags, body, err := readFrame(r, maxCommand)
	if err != nil {
		return "", truncated(err)
	}
	if flags&flagCommand == 0 {
		return "", fmt.Errorf("%w: a message before READY", ErrFrame)
	}
	name, data, err := parseCommand(body)
	if err != nil {
		return "", err
	}
	if name != "READY" {
		return "", fmt.Errorf("%w: command %q before READY", ErrFrame, name)
	}
	properties, err := parseProperties(data)
	if err != nil {
		return "", err
	}
	if theirs := properties["socket-type"]; !slices.Contains(typ.peers(), theirs) {
		reason := fmt.Sprintf("a %s socket does not talk to %q", typ, theirs)
		conn.Write(command("ERROR", append([]byte{byte(len(reason))}, reason...))) //nolint:errcheck // the connection ends anyway
		return "", fmt.Errorf("%w: %s", ErrFrame, reason)
	}
	return properties["identity"], nil
}

// property appends a property of READY.
func property(b []byte, name, value string) []byte {
	b = append(b, byte(len(name)))
	b = append(b, name...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}

// parseProperties reads the properties of READY; their names are in lower case.
func parseProperties(data []byte) (map[string]string, error) {
	properties := map[string]string{}
	for len(data) > 0 {
		n := int(data[0])
		if n == 0 || len(data) < 1+n+4 {
			return nil, fmt.Errorf("%w: properties of READY", ErrFrame)
		}
		name := string(data[1 : 1+n])
		size := binary.BigEndian.Uint32(data[1+n:])
		data = data[1+n+4:]
		if uint64(size) > uint64(len(data)) {
			return nil, fmt.Errorf("%w: property %q of READY", ErrFrame, name)
		}
		properties[strings.ToLower(name)] = string(data[:size])
		data = data[size:]
	}
	return properties, nil
}
