"""Paste a notebook's cells into jupyter console. Run by TestJupyter."""

import json
import os
import re
import sys

import pexpect

cells = ["".join(c["source"]) for c in json.load(open(sys.argv[1]))["cells"] if c["cell_type"] == "code"]
console = pexpect.spawn(
    sys.executable,
    ["-m", "jupyter_console", "--kernel", "lectern", "--ZMQTerminalInteractiveShell.kernel_timeout=120"],
    env=dict(os.environ, TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1"),
    encoding="utf-8", timeout=240, dimensions=(200, 200),
)
console.logfile_read = sys.stdout
CONTROL = r"(?:\x1b\[[0-9;?]*[a-zA-Z]|\r)*"
FAILED = re.compile(r"compile error|panic: |internal error|crash: |undefined: ")


def prompt(kind, n):
    return "%s%s\\[%s%d%s\\]" % (kind, CONTROL + " ?" + CONTROL, CONTROL, n, CONTROL)


def enter(n, cell, fails=False):
    """Paste cell n as a terminal does; return what the console prints for it."""
    console.send("\x1b[200~" + cell + "\x1b[201~")
    console.send("\r")
    console.expect(prompt("In", n + 1))
    assert bool(FAILED.search(console.before)) == fails, cell
    return console.before


console.expect(prompt("In", 1))
for n, cell in enumerate(cells, 1):
    enter(n, cell)
n = len(cells) + 1
assert re.search(prompt("Out", n) + CONTROL + ":" + CONTROL + " ?" + CONTROL + " ?2", enter(n, "1 + 1"))
enter(n + 1, "undefinedName", fails=True)
console.send("\x04")
console.expect([r"exit", pexpect.EOF])
console.send("y\r")
console.expect(pexpect.EOF)
