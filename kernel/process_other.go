//go:build !linux

package kernel

import (
	"os/exec"
	"syscall"
)

// setProcessGroup keeps the terminal's Ctrl-C from the worker, which ends when
// its pipe does.
func setProcessGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
