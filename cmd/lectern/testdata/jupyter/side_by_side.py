"""Send the same requests to this kernel and to ipykernel, and compare all that
comes back: the types, the order and what the protocol says of the contents.
Run by TestJupyter."""

import sys
import time

from jupyter_client import KernelManager

NAMES = ("lectern", "python3")

# What a cell does, in Go and in Python.
CODE = {
    "nothing": ("", ""),
    "comment": ("// no code", "# no code"),
    "value": ("6 * 7", "6 * 7"),
    "assign": ("x := 1", "x = 1"),
    "print": ('fmt.Println("a")', 'print("a")'),
    "print and value": ('fmt.Println("a"); 5', 'print("a"); 5'),
    "error": ('panic("as asked")', 'raise Exception("as asked")'),
    "print and error": ('fmt.Println("a"); panic("as asked")', 'print("a"); raise Exception("as asked")'),
    "syntax error": ("x = = 1", "x = = 1"),
    "undefined": ("nothing_of_that_name", "nothing_of_that_name"),
    "display": ('display.Show(display.HTML("<b>"))', 'from IPython.display import HTML, display; display(HTML("<b>"))'),
    "clear": ("display.Clear(true)", "from IPython.display import clear_output; clear_output(wait=True)"),
    "update": ('id := display.ID("d"); id.Show(1); id.Update(2)', 'from IPython.display import display; h = display(1, display_id="d"); h.update(2)'),
    "next input": ("%load next.go", "%load next.py"),
    "input": ("var s string; fmt.Scan(&s); fmt.Println(s)", "print(input())"),
    "long": ("time.Sleep(300 * time.Millisecond)", "import time; time.sleep(0.3)"),
    "long error": ('time.Sleep(300 * time.Millisecond); panic("late")', 'import time; time.sleep(0.3); raise Exception("late")'),
    "many lines": ("for i := range 2000 { fmt.Println(i) }", "for i in range(2000): print(i)"),
    "unicode": ('fmt.Println("héllo 😀 \\u0000")', 'print("héllo 😀 \\u0000")'),
    "megabytes": ('fmt.Print(strings.Repeat("x", 3_000_000))', 'print("x" * 3_000_000, end="")'),
}


class Kernel:
    def __init__(self, name, which):
        self.which = which
        self.km = KernelManager(kernel_name=name)
        self.km.start_kernel()
        self.kc = self.km.client()
        self.kc.start_channels()
        self.kc.wait_for_ready(timeout=60)
        self.count = 0  # of the last cell that counted

    def close(self):
        self.kc.stop_channels()
        self.km.shutdown_kernel(now=True)

    def run(self, cells):
        """Send execute requests at once; return what came back, in a form that can be compared."""
        kc, ids, story, self.base = self.kc, [], [], self.count
        for what, options in cells:
            options = dict(options)
            expressions = options.pop("user_expressions", None)
            if expressions:
                expressions = {k: v[self.which] if isinstance(v, tuple) else v for k, v in expressions.items()}
            ids.append(kc.execute(CODE[what][self.which], user_expressions=expressions, **options))
        if any(what == "input" and options.get("allow_stdin") for what, options in cells):
            msg = kc.get_stdin_msg(timeout=20)
            story.append(("input_request", msg["content"], ids.index(msg["parent_header"]["msg_id"])))
            kc.input("answer")
        idle = set()
        while len(idle) < len(ids):
            msg = kc.get_iopub_msg(timeout=30)
            parent = msg["parent_header"].get("msg_id")
            if parent not in ids:
                continue
            if msg["content"].get("execution_state") == "idle":
                idle.add(parent)
            part = (ids.index(parent), msg["msg_type"], self.essence(msg, cells[ids.index(parent)]))
            if msg["msg_type"] == "stream" and story and story[-1][:2] == part[:2] and story[-1][2][0] == part[2][0]:
                story[-1] = (*part[:2], (part[2][0], story[-1][2][1] + part[2][1]))  # batches are of no account
            else:
                story.append(part)
        time.sleep(0.2)  # for a while after an error ipykernel aborts whatever comes
        replies = 0
        while replies < len(ids):
            msg = kc.get_shell_msg(timeout=30)
            if msg["parent_header"]["msg_id"] in ids:
                replies += 1
                at = ids.index(msg["parent_header"]["msg_id"])
                self.count = max(self.count, msg["content"].get("execution_count", 0))
                story.append((at, msg["msg_type"], self.essence(msg, cells[at])))
        return story

    def essence(self, msg, cell):
        c = dict(msg["content"])
        if "execution_count" in c:
            # Counted from the sequence's first cell. A cell that does not count has the
            # number of the last one that did here, and of the next one there.
            uncounted = c.get("status") == "aborted" or cell[1].get("store_history") is False or cell[0] == "nothing"
            c["execution_count"] = None if uncounted else c["execution_count"] - self.base
        return essence(msg["msg_type"], c)


def essence(kind, c):
    if kind == "stream":
        return c["name"], c["text"]
    if kind == "status":
        return c["execution_state"]
    if kind == "execute_input":
        return c["execution_count"]
    if kind == "execute_result":
        return c["execution_count"], c["data"]["text/plain"]
    if kind in ("display_data", "update_display_data"):
        return sorted(c["data"].keys() - {"text/plain"}), c.get("transient")
    if kind == "clear_output":
        return c["wait"]
    if kind == "execute_reply":
        values = {k: v["status"] + str(v.get("data", {}).get("text/plain")) for k, v in c.get("user_expressions", {}).items()}
        return c["status"], c["execution_count"] if c["status"] != "aborted" else None, values, [p["source"] for p in c.get("payload", [])]
    return None


SEQUENCES = [[(what, {})] for what in CODE if what != "input"]
SEQUENCES += [[(what, {"silent": True})] for what in ("value", "print", "error", "display", "assign")]
SEQUENCES += [[(what, {"store_history": False}), ("value", {})] for what in ("value", "long error", "assign")]
SEQUENCES += [
    [("input", {"allow_stdin": True})],
    [("input", {"allow_stdin": False}), ("value", {})],
    [("long error", {}), ("value", {}), ("print", {})],
    [("long error", {"stop_on_error": False}), ("value", {}), ("print", {})],
    [("long error", {"silent": True}), ("value", {})],
    [("long", {}), ("value", {}), ("error", {}), ("value", {})],
    [("assign", {"user_expressions": {"a": "x + 1", "b": ("nope", "nope"), "c": "3"}})],
    [("error", {"user_expressions": {"a": "1"}})],
    [("value", {"silent": True, "user_expressions": {"a": "x"}})],
    [("nothing", {"user_expressions": {"a": "1 + 1"}})],
]

stories = []
for which, name in enumerate(NAMES):
    kernel = Kernel(name, which)
    open("next.go", "w").write("x := 2\n")
    open("next.py", "w").write("x = 2\n")
    stories.append([kernel.run(cells) for cells in SEQUENCES])
    kernel.close()
    time.sleep(0.1)
different = 0
for cells, ours, theirs in zip(SEQUENCES, *stories):
    if ours != theirs:
        different += 1
        print("DIFFERENT:", cells)
        for side, story in (("lectern", ours), ("ipykernel", theirs)):
            for part in story:
                if part not in (theirs if story is ours else ours):
                    print("   %-9s %s" % (side, str(part)[:300]))
        if sorted(map(str, ours)) == sorted(map(str, theirs)):
            print("   the order:", [str(p)[:60] for p in ours], [str(p)[:60] for p in theirs], sep="\n      ")
print("%d sequences, %d of them different from ipykernel's" % (len(SEQUENCES), different))
sys.exit(bool(different))
