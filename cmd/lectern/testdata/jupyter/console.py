"""Type a notebook's cells into jupyter console, line by line. Run by TestJupyter.

The console asks the kernel after each line whether the code is complete, so a
cell may become several.
"""

import json
import os
import re
import sys

import pexpect

cells = ["".join(c["source"]) for c in json.load(open(sys.argv[1]))["cells"] if c["cell_type"] == "code"]
console = pexpect.spawn(
    sys.executable,
    ["-m", "jupyter_console", "--kernel", "lectern", "--simple-prompt", "--ZMQTerminalInteractiveShell.kernel_timeout=120"],
    env=dict(os.environ, TERM="dumb"), encoding="utf-8", timeout=240, dimensions=(50, 200), echo=False,
)
console.delaybeforesend = None
console.logfile_read = sys.stdout
NEXT = r"\nIn \[(\d+)\]: $"
MORE = r"\.\.\.: $"
FAILED = re.compile(r"compile error|panic:|internal error|crash:|^cell \d+:\d+", re.M)


def enter(line, fails=False):
    """Type a line; return what the console prints before it asks again."""
    console.sendline(line)
    console.expect([NEXT, MORE])
    failed = FAILED.search(console.before)
    assert bool(failed) == fails, (line, console.before)
    return console.before


console.expect(r"In \[1\]: $")
for cell in cells:
    for line in cell.split("\n"):
        enter(line)
assert "Out[" in enter("1 + 1")
enter("undefinedName", fails=True)
console.sendline("exit")
console.expect(pexpect.EOF)
