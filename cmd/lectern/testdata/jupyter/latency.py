"""Measure this kernel beside ipykernel, in turns. Run by TestJupyterLatency.

Prints a table; ends with an error if this kernel misses its mark: start in a
third of ipykernel's time, answers in half of it, printing no slower.
"""

import statistics
import sys
import time

from jupyter_client import KernelManager

CODE = {
    "lectern": {
        "first": "x := 0", "trivial": "x = %d", "print": 'fmt.Println("a", %d)', "expression": "x + %d",
        "complete": "strings.Sp", "inspect": "strings.Split",
        "10,000 lines": 'for i := range 10000 { fmt.Println("line", i, %d) }',
    },
    "python3": {
        "first": "import os; x = 0", "trivial": "x = %d", "print": 'print("a", %d)', "expression": "x + %d",
        "complete": "os.pa", "inspect": "os.path.join",
        "10,000 lines": 'for i in range(10000): print("line", i, %d)',
    },
}
MARK = {"start": 1 / 3, "trivial": 0.5, "print": 0.5, "expression": 0.5, "complete": 0.5, "inspect": 0.5, "10,000 lines": 1}


def start(name):
    begin = time.perf_counter()
    km = KernelManager(kernel_name=name)
    km.start_kernel()
    kc = km.client()
    kc.start_channels()
    kc.kernel_info()
    kc.get_shell_msg(timeout=60)
    return km, kc, time.perf_counter() - begin


def execute(kc, code):
    begin = time.perf_counter()
    msg_id = kc.execute(code)
    while True:
        msg = kc.get_iopub_msg(timeout=60)
        if msg["parent_header"].get("msg_id") == msg_id and msg["content"].get("execution_state") == "idle":
            break
    kc.get_shell_msg(timeout=60)
    return time.perf_counter() - begin


def ask(kc, what, code):
    begin = time.perf_counter()
    getattr(kc, what)(code, len(code))
    kc.get_shell_msg(timeout=60)
    return time.perf_counter() - begin


def measure(name):
    code, times = CODE[name], {"start": []}
    for _ in range(3):
        km, kc, took = start(name)
        times["start"].append(took)
        kc.stop_channels()
        km.shutdown_kernel(now=True)
    km, kc, _ = start(name)
    kc.wait_for_ready(timeout=60)
    time.sleep(6)  # until nothing warms up in the background
    execute(kc, code["first"])
    for what in ("trivial", "print", "expression"):
        times[what] = [execute(kc, code[what] % i) for i in range(50)]
    for what in ("complete", "inspect"):
        times[what] = [ask(kc, what, code[what]) for i in range(50)]
    times["10,000 lines"] = [execute(kc, code["10,000 lines"] % i) for i in range(9)]
    kc.stop_channels()
    km.shutdown_kernel()
    return times


ROUNDS = 2
all_times = {name: {what: [] for what in MARK} for name in CODE}
for _ in range(ROUNDS):
    for name in CODE:
        for what, times in measure(name).items():
            all_times[name][what] += times
missed = []
print("%-14s %18s %18s %7s" % ("median/p90, ms", "lectern", "ipykernel", "ratio"))
for what, mark in MARK.items():
    row = [what]
    medians = []
    for name in CODE:
        times = sorted(all_times[name][what])
        medians.append(statistics.median(times))
        row.append("%.2f / %.2f" % (medians[-1] * 1000, times[len(times) * 9 // 10] * 1000))
    ratio = medians[0] / medians[1]
    print("%-14s %18s %18s %7.2f" % (*row, ratio))
    if ratio > mark:
        missed.append("%s: %.2f of ipykernel's time, the mark is %.2f" % (what, ratio, mark))
sys.exit("\n".join(missed) or None)
