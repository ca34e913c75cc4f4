package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/lectern-go/lectern/cmd/lectern/history"
	"github.com/lectern-go/lectern/cmd/lectern/library"
	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/channels"
	"github.com/lectern-go/lectern/kernel/kernelspec"
	"github.com/lectern-go/lectern/kernel/protocol"
	"github.com/lectern-go/lectern/kernel/zmq"
)

// kernelCmd is Lectern as a kernel of Jupyter's front ends.
type kernelCmd struct {
	Install kernelInstallCmd `cmd:"" help:"Make Jupyter and VS Code offer Lectern as a kernel."`
	List    kernelListCmd    `cmd:"" help:"List the kernels that Jupyter offers."`
	Remove  kernelRemoveCmd  `cmd:"" help:"Take the kernel away from Jupyter."`
	Start   kernelStartCmd   `cmd:"" help:"Serve a front end; Jupyter runs this command."`
}

// kernelPlace says where kernels are installed.
type kernelPlace struct {
	User   bool   `help:"In the user's folder; this is the default." xor:"place"`
	Prefix string `help:"Below DIR, such as /usr/local or a virtual environment." placeholder:"DIR" xor:"place" type:"path"`
	Name   string `help:"Name of the kernel." default:"lectern"`
}

func (p kernelPlace) dir() (string, error) {
	if p.Prefix != "" {
		return kernelspec.Prefix(p.Prefix), nil
	}
	return kernelspec.User()
}

type kernelInstallCmd struct {
	kernelPlace
}

// Help shows an example.
func (kernelInstallCmd) Help() string {
	return "Example:\n\n  go install ./cmd/lectern\n  lectern kernel install\n  jupyter console --kernel lectern"
}

// Run installs the kernel that this program is.
func (c kernelInstallCmd) Run() error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("kernel install: %w", err)
	}
	dir, err := c.dir()
	if err != nil {
		return fmt.Errorf("kernel install: %w", err)
	}
	path, err := kernelspec.Install(dir, c.Name, exe)
	if errors.Is(err, kernelspec.ErrTemporary) {
		return usageError{fmt.Errorf("kernel install: %w: run go install ./cmd/lectern and then lectern kernel install", err)}
	}
	if errors.Is(err, kernelspec.ErrName) {
		return usageError{fmt.Errorf("kernel install: %w", err)}
	}
	if err != nil {
		return fmt.Errorf("kernel install: %w", err)
	}
	fmt.Println(path)
	return nil
}

type kernelListCmd struct {
	JSON bool `help:"Write JSON."`
}

// Help shows an example.
func (kernelListCmd) Help() string { return "Example:\n\n  lectern kernel list --json" }

// Run lists the installed kernels.
func (c kernelListCmd) Run() error {
	specs, err := kernelspec.List()
	if err != nil {
		return fmt.Errorf("kernel list: %w", err)
	}
	if c.JSON {
		return printJSON(specs)
	}
	if len(specs) == 0 {
		fmt.Fprintln(os.Stderr, "no kernels are installed; lectern kernel install installs this one")
	}
	for _, s := range specs {
		fmt.Printf("%-16s %-20s %s\n", s.Name, s.DisplayName, s.Dir)
	}
	return nil
}

type kernelRemoveCmd struct {
	kernelPlace
}

// Help shows an example.
func (kernelRemoveCmd) Help() string { return "Example:\n\n  lectern kernel remove" }

// Run removes an installed kernel.
func (c kernelRemoveCmd) Run() error {
	dir, err := c.dir()
	if err != nil {
		return fmt.Errorf("kernel remove: %w", err)
	}
	if err := kernelspec.Remove(dir, c.Name); err != nil {
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, kernelspec.ErrName) {
			return usageError{fmt.Errorf("kernel remove: %w", err)}
		}
		return fmt.Errorf("kernel remove: %w", err)
	}
	return nil
}

type kernelStartCmd struct {
	ConnectionFile string `short:"f" required:"" type:"existingfile" help:"Where to listen and with which key to sign." placeholder:"FILE"`
}

// Help shows an example.
func (kernelStartCmd) Help() string {
	return "Example:\n\n  lectern kernel start -f ~/.local/share/jupyter/runtime/kernel-1.json"
}

// Run serves front ends until one of them shuts the kernel down, the process
// that started it is gone, or a signal ends it. An interrupt signal interrupts
// the running cell.
func (c kernelStartCmd) Run() error {
	data, err := os.ReadFile(c.ConnectionFile)
	if err != nil {
		return usageError{fmt.Errorf("kernel start: %w", err)}
	}
	connection, err := protocol.ParseConnection(data)
	if err != nil {
		return usageError{fmt.Errorf("kernel start: %s: %w", c.ConnectionFile, err)}
	}
	s, err := kernelSession()
	if err != nil {
		return fmt.Errorf("kernel start: %w", err)
	}
	server, err := zmq.Listen(*connection, nil)
	if err != nil {
		return fmt.Errorf("kernel start: %w", err)
	}
	return serveKernel(server, s)
}

// serveKernel serves a kernel of its own until it is to end. The sockets close
// when every reply and output is in their queues, and before the worker, which
// may take its time.
func serveKernel(server *zmq.Server, s session) (err error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	k, err := s.startInteractive(context.Background())
	if err != nil {
		return errors.Join(fmt.Errorf("kernel start: %w", err), server.Close())
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	defer func() { err = errors.Join(err, server.Close()) }()
	cells, err := openHistory()
	if err != nil {
		return fmt.Errorf("kernel start: %w", err)
	}
	defer func() { err = errors.Join(err, cells.Close()) }()
	k.UseHistory(cells)

	end := make(chan struct{})
	finish := sync.OnceFunc(func() { close(end) })
	connection := server.Connection()
	ch := channels.NewServer(channels.Config{
		Kernel: k, Version: version, History: cells,
		Connect: protocol.ConnectReply{
			ShellPort: connection.ShellPort, IOPubPort: connection.IOPubPort, StdinPort: connection.StdinPort,
			HBPort: connection.HBPort, ControlPort: connection.ControlPort,
		},
		Shutdown: func(bool) { finish() },
	})
	defer ch.Close()
	server.Serve(ch)
	orphaned := time.NewTicker(time.Second)
	defer orphaned.Stop()
	parent := os.Getppid()
	for {
		select {
		case <-end:
			return nil
		case sig := <-signals:
			if sig != os.Interrupt {
				return nil
			}
			k.Interrupt()
		case <-orphaned.C:
			// Jupyter tells its pid to kernels that must not outlive it.
			if os.Getenv("JPY_PARENT_PID") != "" && os.Getppid() != parent {
				return nil
			}
		}
	}
}

// kernelSession returns the session of the notebook for which Jupyter starts a
// kernel, or of the working directory if that is not known.
func kernelSession() (session, error) {
	notebook := os.Getenv("JPY_SESSION_NAME")
	dir, err := os.Getwd()
	if err != nil {
		return session{}, err
	}
	if notebook == "" {
		notebook = filepath.Join(dir, filepath.Base(dir))
	}
	return newSession(notebook, "", "")
}

// startInteractive starts a kernel in the working directory for somebody who
// asks for completions and waits between cells.
func (s session) startInteractive(ctx context.Context) (*kernel.Kernel, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start kernel: %w", err)
	}
	return kernel.Start(ctx, kernel.Config{
		Worker:      []string{exe, "worker"},
		Packages:    library.Types(),
		Docs:        library.Docs(),
		Interactive: true,
		Source:      sourceFolder(),
		Engine:      s.engine,
		Env:         s.environment(),
	})
}

// openHistory opens what remembers the cells of interactive sessions.
func openHistory() (*history.History, error) {
	path, err := history.Path()
	if err != nil {
		return nil, err
	}
	return history.Open(path, nil), nil
}
