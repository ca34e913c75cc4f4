package repl_test

import (
	"strings"
	"testing"
)

// TestInput types what cells ask for.
func TestInput(t *testing.T) {
	t.Parallel()
	x := start(t, t.TempDir(), "NO_COLOR=1")
	x.wait("[1]")

	t.Log("a line, with the terminal's own editing")
	x.send("var name string; fmt.Print(`Name? `); fmt.Scan(&name); strings.ToUpper(name)\r")
	x.wait("\nName? ")
	x.send("adx\x7f")
	x.send("a\r")
	x.wait("a\n\"ADA\"\n")
	x.wait("[2]")

	t.Log("what is typed while a password waits is not shown")
	x.send("import `" + displayPath + "`\r")
	x.wait("[3]")
	x.send("secret, err := display.Password(`Secret? `); fmt.Println(len(secret), err)\r")
	x.wait("\nSecret? ")
	x.send("h1dden\r")
	x.wait("\n6 <nil>\n")
	x.wait("[4]")

	t.Log("interrupt")
	x.send("display.Password(`Again? `)\r")
	x.wait("\nAgain? ")
	x.send("h1dden\x03")
	x.wait("\ninterrupt")
	x.wait("[5]")
	x.send("fmt.Print(`Name? `); fmt.Scan(&name)\r")
	x.wait("\nName? ")
	x.send("gone")
	x.send("\x03")
	x.wait("gone^C\ninterrupt")
	x.wait("[6]")

	t.Log("a later question has the terminal as it was, and nothing of the earlier one")
	x.send("line, err := display.Input(`Line? `); fmt.Printf(`%X %v`, line, err)\r")
	x.wait("\nLine? ")
	x.send("two words\r")
	x.wait("two words\n74776F20776F726473 <nil>\n")
	x.wait("[7]")

	t.Log("the end of the input")
	x.send("fmt.Println(`Lines?`); sc := bufio.NewScanner(os.Stdin); for sc.Scan() { fmt.Println(`got`, len(sc.Text())) }; fmt.Println(`ended`)\r")
	x.wait("\nLines?\n")
	x.send("one\r")
	x.wait("got 3\n")
	x.send("\x04")
	x.wait("ended\n")
	x.wait("[8]")
	x.send("_, err = display.Input(`More? `); fmt.Println(err)\r")
	x.wait("\nMore? ")
	x.send("\x04")
	x.wait("EOF\n")
	x.wait("[9]")

	t.Log("a goroutine's question ends with its cell")
	x.send("go func() { display.Input(`Late? `) }(); time.Sleep(time.Second)\r")
	x.wait("\nLate? ")
	x.wait("\n[10]")
	x.send("6 * 7\r")
	x.wait("\n42\n")

	x.wait("[11]")
	x.send("\x04")
	if err := x.cmd.Wait(); err != nil {
		t.Errorf("after Ctrl-D the REPL ended with %v", err)
	}
	if strings.Contains(x.raw(), "h1dden") {
		t.Errorf("the terminal shows the password:\n%s", x.raw())
	}
}
