package kernel_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// typist answers questions with lines, then with an error.
type typist struct {
	lines []string
	err   error
	asked int
}

func (p *typist) input(context.Context, string, bool) (string, error) {
	p.asked++
	if len(p.lines) == 0 {
		return "", p.err
	}
	line := p.lines[0]
	p.lines = p.lines[1:]
	return line, nil
}

// TestInput has cells read their standard input in every way there is, in both
// engines.
func TestInput(t *testing.T) {
	for _, engine := range []kernel.Engine{kernel.Interpret, kernel.Compile} {
		config := kerneltest.Config(t)
		config.Engine = engine
		k := kerneltest.StartConfig(t, config)
		for _, tt := range []struct {
			name, code string
			lines      []string
			err        error // behind the lines
			want       string
			asked      int
		}{
			{"Scan", `var name string; fmt.Print("Name? "); n, err := fmt.Scan(&name); fmt.Println(n, err, name)`, []string{"Ada"}, nil, "Name? 1 <nil> Ada\n", 1},
			{"Scan two", `var a, b int; fmt.Scan(&a, &b); fmt.Println(a + b)`, []string{"1", "2"}, nil, "3\n", 2},
			{"the next cell asks anew", `var word string; fmt.Scanln(&word); fmt.Println(word)`, []string{"one two"}, nil, "one\n", 1},
			{"Scanf", `var h, m int; fmt.Scanf("%d:%d\n", &h, &m); fmt.Println(h, m)`, []string{"12:34"}, nil, "12 34\n", 1},
			{"bufio", `r := bufio.NewReader(os.Stdin); s, err := r.ReadString('\n'); fmt.Printf("%q %v\n", s, err)`, []string{"héllo wörld"}, nil, "\"héllo wörld\\n\" <nil>\n", 1},
			{"the reader goes on", `s, _ = r.ReadString('\n'); fmt.Printf("%q\n", s)`, []string{""}, nil, "\"\\n\"\n", 1},
			{"long line", `s, _ = r.ReadString('\n'); fmt.Println(len(s))`, []string{strings.Repeat("x", 200000)}, nil, "200001\n", 1},
			{"Scanner until the end", `sc := bufio.NewScanner(os.Stdin); for sc.Scan() { fmt.Println("got", sc.Text()) }`, []string{"a", "b"}, io.EOF, "got a\ngot b\n", 3},
			{"after the end", `all, err := io.ReadAll(os.Stdin); fmt.Printf("%q %v\n", all, err)`, []string{"c"}, io.EOF, "\"c\\n\" <nil>\n", 2},
			{"in a goroutine", `done := make(chan string); go func() { var w string; fmt.Scan(&w); done <- w }(); fmt.Println(<-done)`, []string{"far"}, nil, "far\n", 1},
			{"refused", `var x string; fmt.Scan(&x); fmt.Println("not reached")`, nil, errors.New("no hands"), "input error: there is nobody to ask for input: no hands\n", 1},
			{"after the refusal", `var y string; fmt.Scan(&y); fmt.Println(y)`, []string{"fine"}, nil, "fine\n", 1},
			{"closed", `os.Stdin.Close(); _, err = fmt.Scan(&y); fmt.Println(err != nil)`, nil, nil, "true\n", 0},
			{"after it was closed", `fmt.Scan(&y); fmt.Println(y)`, []string{"well"}, nil, "well\n", 1},
			{"busy", `n := 0; for i := range 3000 { n += i }; time.Sleep(20 * time.Millisecond); fmt.Println(n)`, nil, nil, "4498500\n", 0},
		} {
			user := &typist{lines: tt.lines, err: tt.err}
			var outputs []kernel.Output
			_, err := k.Execute(context.Background(), kernel.ExecuteRequest{Code: tt.code, Input: user.input}, func(o kernel.Output) { outputs = append(outputs, o) })
			if err != nil {
				t.Fatal(err)
			}
			if got := kerneltest.Text(outputs); got != tt.want || user.asked != tt.asked {
				t.Errorf("%s, %s: asked %d times, printed %q; want %d, %q", engine, tt.name, user.asked, got, tt.asked, tt.want)
			}
		}
	}
}

// TestInputNobody shows what a cell gets where nobody takes questions, and that
// its session goes on.
func TestInputNobody(t *testing.T) {
	k := kerneltest.Start(t)
	outputs, reply := kerneltest.Run(t, k, "a := 1; var s string; fmt.Scan(&s); a = 2")
	const want = "input error: there is nobody to ask for input: this front end does not take any\n"
	if got := kerneltest.Text(outputs); got != want || reply.Error == nil {
		t.Errorf("printed %q, error %v; want %q", got, reply.Error, want)
	}
	if outputs, _ := kerneltest.Run(t, k, "a"); kerneltest.Text(outputs) != "= 1\n" {
		t.Errorf("a is %q afterwards", kerneltest.Text(outputs))
	}
}

// TestInputInterrupt interrupts a cell that waits for input: it ends, and an
// answer that comes too late is not the next cell's.
func TestInputInterrupt(t *testing.T) {
	k := kerneltest.Start(t)
	asked := make(chan bool)
	wait := func(ctx context.Context, _ string, _ bool) (string, error) {
		asked <- true
		<-ctx.Done()
		return "late", nil
	}
	ended := make(chan kernel.Reply)
	go func() {
		reply, err := k.Execute(context.Background(), kernel.ExecuteRequest{Code: "var s string; fmt.Scan(&s); s", Input: wait}, func(kernel.Output) {})
		if err != nil {
			t.Error(err)
		}
		ended <- reply
	}()
	<-asked
	k.Interrupt()
	select {
	case reply := <-ended:
		if reply.Error == nil || reply.Error.Ename != "interrupt" {
			t.Errorf("the interrupted cell ended with %+v", reply.Error)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the interrupted cell goes on")
	}
	user := &typist{lines: []string{"in time"}}
	var outputs []kernel.Output
	if _, err := k.Execute(context.Background(), kernel.ExecuteRequest{
		Code: "line, err := bufio.NewReader(os.Stdin).ReadString('\\n'); fmt.Printf(\"%q %v\", line, err)", Input: user.input,
	}, func(o kernel.Output) { outputs = append(outputs, o) }); err != nil {
		t.Fatal(err)
	}
	if got, want := kerneltest.Text(outputs), `"in time\n" <nil>`; got != want {
		t.Errorf("the next cell read %s, want %s", got, want)
	}
}
