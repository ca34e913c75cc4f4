package protocol

import (
	"encoding/json"
	"fmt"
	"net"
	"strconv"
)

// Connection is what a connection file holds: where a kernel listens and the
// key with which messages are signed. Source: kernels.rst "Connection files".
type Connection struct {
	Transport       string `json:"transport"` // "tcp" or "ipc"
	IP              string `json:"ip"`        // for ipc: the start of the sockets' paths
	ShellPort       int    `json:"shell_port"`
	IOPubPort       int    `json:"iopub_port"`
	StdinPort       int    `json:"stdin_port"`
	ControlPort     int    `json:"control_port"`
	HBPort          int    `json:"hb_port"`
	SignatureScheme string `json:"signature_scheme"`
	Key             string `json:"key"`
	KernelName      string `json:"kernel_name,omitempty"`
}

// ParseConnection reads a connection file.
func ParseConnection(data []byte) (*Connection, error) {
	c := &Connection{Transport: "tcp", IP: "127.0.0.1", SignatureScheme: SignatureScheme}
	if err := json.Unmarshal(data, c); err != nil {
		return nil, fmt.Errorf("connection file: %w", err)
	}
	if c.Transport != "tcp" && c.Transport != "ipc" {
		return nil, fmt.Errorf("connection file: transport %q; there are tcp and ipc", c.Transport)
	}
	if c.Key != "" && c.SignatureScheme != SignatureScheme {
		return nil, fmt.Errorf("connection file: signature scheme %q; there is %s", c.SignatureScheme, SignatureScheme)
	}
	for _, port := range []int{c.ShellPort, c.IOPubPort, c.StdinPort, c.ControlPort, c.HBPort} {
		if port < 0 || port > 65535 {
			return nil, fmt.Errorf("connection file: port %d", port)
		}
	}
	return c, nil
}

// Address returns network and address of a port for net.Listen.
func (c *Connection) Address(port int) (network, address string) {
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + strconv.Itoa(port)
	}
	if c.IP == "*" || c.IP == "" {
		return "tcp", ":" + strconv.Itoa(port)
	}
	return "tcp", net.JoinHostPort(c.IP, strconv.Itoa(port))
}
