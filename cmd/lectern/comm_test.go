package main

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/cmd/lectern/library"
	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// startEngine starts this program as a kernel with one engine.
func startEngine(t testing.TB, engine kernel.Engine) *kernel.Kernel {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "lectern")
	build(t, bin)
	return kerneltest.StartConfig(t, kernel.Config{
		Worker: []string{bin, "worker"}, Packages: library.Types(), Source: sourceFolder(), Engine: engine, Dir: t.TempDir(),
		Env: []string{"LECTERN_DB=" + filepath.Join(t.TempDir(), "lectern.db")},
	})
}

const counter = `
count := 0
comm.Handle("counter", func(c *comm.Comm, opening comm.Message) {
	fmt.Println("opened with", string(opening.Data))
	c.OnMessage(func(m comm.Message) {
		var step struct{ By int }
		m.Decode(&step)
		if step.By == 0 { panic("no step") }
		if step.By < 0 { for { count++ } }
		count += step.By
		c.Send(map[string]int{"count": count}, m.Buffers...)
	})
	c.OnClose(func(comm.Message) { count = -1 })
})`

// TestComms has handlers in cells, of either engine, answer a front end.
func TestComms(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	for _, engine := range []kernel.Engine{kernel.Interpret, kernel.Compile} {
		t.Run(string(engine), func(t *testing.T) {
			k := startEngine(t, engine)
			if _, reply := kerneltest.Run(t, k, counter); reply.Error != nil {
				t.Fatal(reply.Error)
			}
			tell := func(c kernel.Comm) (outputs []kernel.Output, err error) {
				err = k.HandleComm(context.Background(), c, func(o kernel.Output) { outputs = append(outputs, o) })
				return outputs, err
			}
			msg := func(data string) kernel.Comm {
				return kernel.Comm{Type: "comm_msg", ID: "x", Data: []byte(data), Buffers: [][]byte{{1, 2, 3}}}
			}
			outputs, err := tell(kernel.Comm{Type: "comm_open", ID: "x", Target: "counter", Data: []byte(`{"a":1}`)})
			if got := kerneltest.Text(outputs); err != nil || got != "opened with {\"a\":1}\n" {
				t.Errorf("comm_open: %q, %v", got, err)
			}
			if diff := cmp.Diff(map[string]string{"x": "counter"}, k.Comms()); diff != "" {
				t.Errorf("Comms() (-want +got)\n%s", diff)
			}
			for _, want := range []string{`{"count":2}`, `{"count":4}`} {
				outputs, err := tell(msg(`{"By":2}`))
				wantOutputs := []kernel.Output{kernel.Comm{Type: "comm_msg", ID: "x", Target: "counter", Data: []byte(want), Buffers: [][]byte{{1, 2, 3}}}}
				if diff := cmp.Diff(wantOutputs, outputs); diff != "" || err != nil {
					t.Errorf("comm_msg: error %v (-want +got)\n%s", err, diff)
				}
			}
			if outputs, _ := kerneltest.Run(t, k, "count"); kerneltest.Text(outputs) != "= 4\n" {
				t.Errorf("the cells' count is %q, want 4", kerneltest.Text(outputs))
			}
			outputs, err = tell(msg(`{"By":0}`))
			if e, ok := outputs[len(outputs)-1].(kernel.Error); !ok || e.Evalue != "no step" || err != nil {
				t.Errorf("a handler that panics: %+v, %v", outputs, err)
			}
			if engine == kernel.Interpret { // compiled code that is busy takes its worker with it
				time.AfterFunc(200*time.Millisecond, k.Interrupt)
				outputs, err = tell(msg(`{"By":-1}`))
				if e, ok := outputs[len(outputs)-1].(kernel.Error); !ok || e.Ename != "interrupt" || err != nil {
					t.Errorf("a handler that is interrupted: %+v, %v", outputs, err)
				}
			}
			if _, err := tell(kernel.Comm{Type: "comm_close", ID: "x", Data: []byte(`{}`)}); err != nil {
				t.Error(err)
			}
			if outputs, _ := kerneltest.Run(t, k, "count"); kerneltest.Text(outputs) != "= -1\n" {
				t.Errorf("the cells' count is %q after comm_close, want -1", kerneltest.Text(outputs))
			}
			outputs, err = tell(kernel.Comm{Type: "comm_open", ID: "y", Target: "nobody's", Data: []byte(`{}`)})
			if c, ok := outputs[0].(kernel.Comm); !ok || c.Type != "comm_close" || !errors.Is(err, kernel.ErrComm) || len(k.Comms()) != 0 {
				t.Errorf("comm_open of an unknown target: %+v, %v", outputs, err)
			}
			outputs, _ = kerneltest.Run(t, k, `w, err := comm.Open("widget", map[string]any{"a": 1}); err`)
			if c, ok := outputs[0].(kernel.Comm); !ok || c.Type != "comm_open" || c.Target != "widget" || string(c.Data) != `{"a":1}` {
				t.Errorf("a cell opens a comm: %+v", outputs)
			}
			outputs, _ = kerneltest.Run(t, k, "%reset")
			if c, ok := outputs[0].(kernel.Comm); !ok || c.Type != "comm_close" || len(k.Comms()) != 0 {
				t.Errorf("%%reset: %+v, want the comm closed", outputs)
			}
		})
	}
}
