package kernel_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

// askKernel returns a kernel with a session to ask about.
func askKernel(t *testing.T) *kernel.Kernel {
	t.Helper()
	config := kerneltest.Config(t)
	config.Engine = kernel.Interpret
	for _, name := range []string{"readme.go", "sub/inner.go", ".hidden"} {
		path := filepath.Join(config.Dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, nil, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	k := kerneltest.StartConfig(t, config)
	for _, code := range []string{
		"import str \"strings\"\nalphabet := \"abc\"\nalpha := []int{1, 2}",
		"// double doubles.\nfunc double(x int) int {\n\treturn 2 * x\n}",
		"var client http.Client",
		"const limit = 10",
	} {
		if _, reply := kerneltest.Run(t, k, code); reply.Error != nil {
			t.Fatalf("%s: %v", code, reply.Error)
		}
	}
	return k
}

// split cuts a text at its cursor, "|".
func split(t *testing.T, text string) (code string, cursor int) {
	t.Helper()
	before, after, ok := strings.Cut(text, "|")
	if !ok {
		t.Fatalf("%q has no cursor", text)
	}
	return before + after, len(before)
}

func TestComplete(t *testing.T) {
	k := askKernel(t)
	for _, tt := range []struct {
		text string
		want string // all matches, or with "…" behind it the first
	}{
		{"alph|", "alpha alphabet"},
		{"alpha|bet", "alpha alphabet"},
		{"dou|ble(2)", "double"},
		{"lim|", "limit"},
		{"fmt.Printl|", "Println"},
		{"fmt.printl|", "Println"},
		{"str.SplitN|", "SplitN"},
		{"strings.Repl|", "Replace ReplaceAll Replacer"},
		{"client.Time|", "Timeout"},
		{"client.Ge|", "Get"},
		{"(&client).Ge|", "Get"},
		{"x := client\nx.Timeo|", "Timeout"},
		{"client.Timeout.Secon|", "Seconds"},
		{"http.Client{Time|", "Timeout time…"},
		{"http.Client{|}", "CheckRedirect Jar Timeout Transport…"},
		{"http.Client{Timeout: 1, T|}", "Transport…"},
		{"%timeit double(alph|)", "alpha alphabet"},
		{"%load rea|", "readme.go"},
		{"%run sub/in|", "inner.go"},
		{"%cd |", "sub/"},
		{"!cat re| | wc", "readme.go"},
		{"%%writefile sub/i|\nalph", "inner.go"},
		{"%load nowhere/|", ""},
		{"%who al|", ""},
		{"for i := range 3 { for inner := range 4 { inn|", "inner"},
		{"fmt.Println(str.ToUp|", "ToUpper ToUpperSpecial"},
		{"fmt.Println(str.ToUp|)\ny := 1", "ToUpper ToUpperSpecial"},
		{"if str.HasPre|", "HasPrefix"},
		{"switch 1 { case alpha|", "alpha alphabet"},
		{"func f(argument int) int { return arg|", "argument"},
		{"type T struct{ field, other int }\nvar v T\nv.fie|", "field"},
		{"type E struct{ http.Client }\nE{}.Timeo|", "Timeout"},
		{"broken = = 1\nstr.ToUp|", "ToUpper ToUpperSpecial"},
		{"later|\nlaterDeclared := 1", ""},
		{"err.Err|", ""},
		{"var err error\nerr.Err|", "Error"},
		{"ret|", "return"},
		{"import \"net/ht|", "net/http net/http/cgi net/http/cookiejar net/http/fcgi…"},
		{"import (\n\t\"fmt\"\n\t\"encoding/j|", "encoding/json"},
		{"\"fmt.Pr|\"", ""},
		{"// fmt.Pr|", ""},
		{"1.|", ""},
		{"0x|", ""},
		{"%eng|", "%engine"},
		{"%|", "%%…"},
		{"x := 1\n%%com|", ""},
		{"é := 1\né|", "é"},
		{"", ""},
	} {
		if tt.text == "" {
			tt.text = "|"
		}
		code, cursor := split(t, tt.text)
		c := k.Complete(code, cursor)
		var texts []string
		for _, m := range c.Candidates {
			texts = append(texts, m.Text)
		}
		got := strings.Join(texts, " ")
		if want, more := strings.CutSuffix(tt.want, "…"); more && strings.HasPrefix(got, want) || got == tt.want || code == "" {
			if c.Start < 0 || c.Start > c.End || c.End != cursor {
				t.Errorf("%q: replaces %d to %d, cursor %d", tt.text, c.Start, c.End, cursor)
			}
			continue
		}
		t.Errorf("%q: matches %q, want %q", tt.text, got, tt.want)
	}
}

func TestCompleteDetails(t *testing.T) {
	k := askKernel(t)
	for text, want := range map[string]kernel.Candidate{
		"doubl|":        {Text: "double", Kind: "function", Detail: "func(x int) int"},
		"client.Timeo|": {Text: "Timeout", Kind: "field", Detail: "time.Duration"},
		"client.Hea|":   {Text: "Head", Kind: "method", Detail: "func(url string) (resp *http.Response, err error)"},
		"limi|":         {Text: "limit", Kind: "constant", Detail: "untyped int"},
		"http.Clie|":    {Text: "Client", Kind: "type", Detail: "struct"},
		"alphab|":       {Text: "alphabet", Kind: "variable", Detail: "string"},
		"appe|":         {Text: "append", Kind: "function", Detail: "append(s []T, x ...T) []T"},
		"strin|":        {Text: "strings", Kind: "package", Detail: "strings"},
	} {
		code, cursor := split(t, text)
		c := k.Complete(code, cursor)
		var got kernel.Candidate
		for _, m := range c.Candidates {
			if m.Text == want.Text {
				got = m
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got)\n%s", text, diff)
		}
	}
}

func TestInspect(t *testing.T) {
	k := askKernel(t)
	for _, tt := range []struct {
		text   string
		detail int
		want   []string // parts of the text; none means that nothing is found
	}{
		{"dou|ble", 0, []string{"func double(x int) int", "double doubles.", "Declared in: cell 2"}},
		{"double|", 1, []string{"func double(x int) int {\n\treturn 2 * x\n}"}},
		{"double(|", 0, []string{"func double(x int) int"}},
		{"fmt.Println(1, [2]int{3, 4}[|", 0, []string{"func fmt.Println(a ...any)"}},
		{"alpha|", 0, []string{"var alpha []int", "Value: [1 2]"}},
		{"alphabet|", 1, []string{`alphabet := "abc"`}},
		{"limit|", 0, []string{"const limit untyped int = 10"}},
		{"strings.Split|", 0, []string{"func strings.Split(s string, sep string) []string", "Split slices s into all substrings", "Declared in: strings"}},
		{"str|.Split", 0, []string{`import "strings"`, "manipulate UTF-8 encoded strings"}},
		{"client.Get|", 0, []string{"Get issues a GET to the specified URL"}},
		{"client.Timeout|", 0, []string{"field Timeout time.Duration", "Timeout specifies a time limit"}},
		{"http.Client|", 0, []string{"type http.Client struct", "func (*http.Client).Do("}},
		{"append|", 0, []string{"func append(s []T, x ...T) []T"}},
		{"for i := range alpha { fmt.Println(i|", 0, []string{"var i int"}},
		{"%tim|eit x", 0, []string{"%timeit CODE", "run a line many times", "Example:"}},
		{"!l|s", 0, []string{"! COMMAND", "run a shell command"}},
		{"%timeit do|uble(2)", 0, []string{"func double(x int) int"}},
		{"%nothing|", 0, nil},
		{"undefinedName|", 0, nil},
		{"|", 0, nil},
		{"123|", 0, nil},
	} {
		code, cursor := split(t, tt.text)
		data, found := k.Inspect(code, cursor, tt.detail)
		if found != (len(tt.want) > 0) {
			t.Errorf("%q: found %v, want %v", tt.text, found, len(tt.want) > 0)
		}
		plain, _ := data["text/plain"].(string)
		if strings.Contains(plain, "//line") {
			t.Errorf("%q: the checker's directive shows in\n%s", tt.text, plain)
		}
		for _, want := range tt.want {
			if !strings.Contains(plain, want) {
				t.Errorf("%q: no %q in\n%s", tt.text, want, plain)
			}
		}
	}
}

// TestAskWhileRunning shows that the front answers while a cell runs.
func TestAskWhileRunning(t *testing.T) {
	k := askKernel(t)
	started, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		_, err := k.Execute(context.Background(), kernel.ExecuteRequest{Code: "fmt.Println(1)\ntime.Sleep(time.Minute)"}, func(o kernel.Output) {
			if _, ok := o.(kernel.Stream); ok {
				close(started)
			}
		})
		if err != nil {
			t.Error(err)
		}
	}()
	<-started
	begin := time.Now()
	if c := k.Complete("alph", 4); len(c.Candidates) != 2 {
		t.Errorf("Complete = %+v, want two candidates", c)
	}
	if _, found := k.Inspect("alpha", 5, 0); !found {
		t.Error("Inspect finds nothing")
	}
	if c := k.IsComplete("{"); c.Status != kernel.Incomplete {
		t.Errorf("IsComplete = %+v", c)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("the answers took %v", took)
	}
	k.Interrupt()
	<-done
}

func TestEvaluate(t *testing.T) {
	k := askKernel(t)
	for _, tt := range []struct{ expr, want, ename string }{
		{"double(21)", "42", ""},
		{"alpha", "[1 2]", ""},
		{"nobody", "", "compile error"},
		{"x := 1", "", "compile error"},
		{"", "", "compile error"},
		{"alpha[5]", "", "panic"},
	} {
		data, failed, err := k.Evaluate(context.Background(), tt.expr)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := data["text/plain"].(string); got != tt.want {
			t.Errorf("Evaluate(%q) = %q, want %q", tt.expr, got, tt.want)
		}
		if (failed == nil) != (tt.ename == "") || failed != nil && failed.Ename != tt.ename {
			t.Errorf("Evaluate(%q): failure %+v, want %q", tt.expr, failed, tt.ename)
		}
	}
	if got := k.ExecutionCount(); got != 4 {
		t.Errorf("ExecutionCount() = %d, want 4: expressions do not count", got)
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Evaluate(context.Background(), "1"); !errors.Is(err, kernel.ErrClosed) {
		t.Errorf("Evaluate after Close: error %v, want %v", err, kernel.ErrClosed)
	}
}

func TestIsComplete(t *testing.T) {
	var k *kernel.Kernel // it needs no session
	for _, tt := range []struct {
		code string
		want kernel.Completeness
	}{
		{"", kernel.Completeness{Status: kernel.Complete}},
		{"1 + 1", kernel.Completeness{Status: kernel.Complete}},
		{"a, b", kernel.Completeness{Status: kernel.Complete}},
		{"func f() {\n}", kernel.Completeness{Status: kernel.Complete}},
		{"package main", kernel.Completeness{Status: kernel.Incomplete}},
		{"package main\nfunc helper() {}\n", kernel.Completeness{Status: kernel.Incomplete}},
		{"package main\nfunc main() {}", kernel.Completeness{Status: kernel.Complete}},
		{"x := 1 // (", kernel.Completeness{Status: kernel.Complete}},
		{"%engine auto", kernel.Completeness{Status: kernel.Complete}},
		{"!ls (", kernel.Completeness{Status: kernel.Complete}},
		{"func f() {", kernel.Completeness{Status: kernel.Incomplete, Indent: "\t"}},
		{"func f() {\n\tif x {", kernel.Completeness{Status: kernel.Incomplete, Indent: "\t\t"}},
		{"func f() {\n\tg()\n", kernel.Completeness{Status: kernel.Incomplete, Indent: "\t"}},
		{"go func() {", kernel.Completeness{Status: kernel.Incomplete, Indent: "\t"}},
		{"f(1,", kernel.Completeness{Status: kernel.Incomplete, Indent: "\t"}},
		{"x := 1 +", kernel.Completeness{Status: kernel.Incomplete, Indent: "\t"}},
		{"x.", kernel.Completeness{Status: kernel.Incomplete, Indent: "\t"}},
		{"x := `a", kernel.Completeness{Status: kernel.Incomplete}},
		{"/* a", kernel.Completeness{Status: kernel.Incomplete}},
		{"%%compile", kernel.Completeness{Status: kernel.Incomplete}},
		{"%%compile\nx := 1\n", kernel.Completeness{Status: kernel.Incomplete}},
		{"%%compile\nx := 1\n\n", kernel.Completeness{Status: kernel.Complete}},
		{"}", kernel.Completeness{Status: kernel.Invalid}},
		{"f(]", kernel.Completeness{Status: kernel.Invalid}},
		{"x := = 1", kernel.Completeness{Status: kernel.Invalid}},
		{"\"a", kernel.Completeness{Status: kernel.Invalid}},
	} {
		if got := k.IsComplete(tt.code); got != tt.want {
			t.Errorf("IsComplete(%q) = %+v, want %+v", tt.code, got, tt.want)
		}
	}
}

// FuzzAsk asks about any text at any place: nothing panics, and completions lie
// inside the text.
func FuzzAsk(f *testing.F) {
	f.Add("fmt.Printl", 10)
	f.Add("for i := range 3 { fmt.", 23)
	f.Add("import \"net", 11)
	f.Add("x := `é", 6)
	f.Add("T{a: ", 5)
	k := kernel.NewFront()
	f.Fuzz(func(t *testing.T, code string, cursor int) {
		c := k.Complete(code, cursor)
		if c.Start < 0 || c.Start > c.End || c.End > len(code) {
			t.Errorf("Complete(%q, %d) replaces %d to %d", code, cursor, c.Start, c.End)
		}
		k.Inspect(code, cursor, 1)
		k.IsComplete(code)
	})
}
