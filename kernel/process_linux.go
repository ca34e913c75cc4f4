package kernel

import (
	"os/exec"
	"syscall"
)

// setProcessGroup keeps the terminal's Ctrl-C from the worker and ends it with
// the front process.
func setProcessGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
