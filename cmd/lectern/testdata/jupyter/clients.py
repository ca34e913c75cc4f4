"""Clients of jupyter_client and pyzmq against the kernel. Run by TestJupyter."""

import json
import os
import signal
import time

import zmq
from jupyter_client import KernelManager


def start():
    km = KernelManager(kernel_name="lectern")
    km.start_kernel()
    kc = km.client()
    kc.start_channels()
    kc.wait_for_ready(timeout=60)
    return km, kc


def until_idle(kc, msg_id, timeout=60):
    """Return what iopub says of a request, up to idle."""
    seen = []
    while True:
        msg = kc.get_iopub_msg(timeout=timeout)
        if msg["parent_header"].get("msg_id") != msg_id:
            continue
        if msg["msg_type"] == "status" and msg["content"]["execution_state"] == "idle":
            return seen
        seen.append(msg)


def reply_to(kc, msg_id, timeout=60):
    while True:
        msg = kc.get_shell_msg(timeout=timeout)
        if msg["parent_header"]["msg_id"] == msg_id:
            return msg["content"]


def test_nothing_lost_at_shutdown():
    """20,000 displays and a shutdown behind them: a subscriber that reads later has all."""
    km, kc = start()
    sub = zmq.Context.instance().socket(zmq.SUB)
    sub.set_hwm(0)
    sub.subscribe(b"")
    sub.connect(kc._make_url("iopub"))
    assert b"iopub_welcome" in b"".join(sub.recv_multipart())
    msg_id = kc.execute("for i := range 20000 { display.Show(display.Markdown(fmt.Sprint(\"number \", i))) }", silent=False)
    kc.iopub_channel.stop()
    assert reply_to(kc, msg_id, 120)["status"] == "ok"
    kc.shutdown()
    sub.rcvtimeo = 20000
    numbers = []
    while True:
        frames = sub.recv_multipart()
        header = json.loads(frames[3])
        if header["msg_type"] == "display_data":
            numbers.append(json.loads(frames[6])["data"]["text/markdown"])
        if header["msg_type"] == "shutdown_reply":
            break
    assert numbers == ["number %d" % i for i in range(20000)], len(numbers)
    deadline = time.time() + 10
    while km.is_alive() and time.time() < deadline:
        time.sleep(0.05)
    assert not km.is_alive(), "the kernel outlives its shutdown"
    kc.stop_channels()


def test_completion_while_a_cell_runs(kc):
    msg_id = kc.execute("time.Sleep(time.Minute)")
    time.sleep(0.5)
    begin = time.time()
    for _ in range(20):
        done = reply_to(kc, kc.complete("strings.Spl", 11), 10)
        assert "Split" in done["matches"], done
        done = reply_to(kc, kc.inspect("strings.Split", 5), 10)
        assert done["found"], done
        assert reply_to(kc, kc.is_complete("for {"), 10)["status"] == "incomplete"
    print("60 answers while a cell runs: %.0f ms" % ((time.time() - begin) * 1000))
    return msg_id


def test_interrupt(km, kc, msg_id):
    begin = time.time()
    km.interrupt_kernel()
    done = reply_to(kc, msg_id, 10)
    assert done["status"] == "error" and time.time() - begin < 3, done
    # By signal, as a front end does that does not read the kernelspec.
    msg_id = kc.execute("for {}")
    time.sleep(0.5)
    os.kill(km.provisioner.process.pid, signal.SIGINT)
    assert reply_to(kc, msg_id, 10)["status"] == "error"


def test_stop_on_error(kc):
    ids = [kc.execute(code) for code in ("time.Sleep(300*time.Millisecond); panic(1)", "1", "2")]
    assert [reply_to(kc, i)["status"] for i in ids] == ["error", "aborted", "aborted"]
    ids = [kc.execute("time.Sleep(300*time.Millisecond); panic(1)", stop_on_error=False), kc.execute("1")]
    assert [reply_to(kc, i)["status"] for i in ids] == ["error", "ok"]


def test_printing_is_batched(kc):
    msg_id = kc.execute("for i := range 10000 { fmt.Println(i) }")
    streams = [m for m in until_idle(kc, msg_id) if m["msg_type"] == "stream"]
    assert "".join(m["content"]["text"] for m in streams).split() == [str(i) for i in range(10000)]
    print("10,000 lines: %d messages" % len(streams))


def test_order(kc):
    """Text and displays in turns arrive in the order of the calls."""
    code = 'for i := range 300 { fmt.Println("before"); display.Clear(false); fmt.Println("after"); display.Show(i) }'
    seen = [m for m in until_idle(kc, kc.execute(code)) if m["msg_type"] != "status"][1:]
    want = ["before\n", "clear_output", "after\n", "display_data"] * 300
    assert [m["content"].get("text", m["msg_type"]) for m in seen] == want, seen[:12]


def test_goroutine_outlives_its_cell(kc):
    """What it prints and shows belongs to its cell."""
    first = kc.execute("go func() { time.Sleep(300*time.Millisecond); fmt.Println(`late`); display.Show(1) }()")
    until_idle(kc, first)
    late = [m for m in (kc.get_iopub_msg(timeout=10) for _ in range(2))]
    assert [m["msg_type"] for m in late] == ["stream", "display_data"], late
    assert all(m["parent_header"]["msg_id"] == first for m in late), late


def test_expressions(kc):
    done = reply_to(kc, kc.execute("n := 20", user_expressions={"double": "n * 2", "wrong": "m"}))
    values = done["user_expressions"]
    assert values["double"]["data"]["text/plain"] == "40", values
    assert values["wrong"]["status"] == "error", values
    count = done["execution_count"]
    assert reply_to(kc, kc.execute("n", silent=True))["execution_count"] == count
    assert reply_to(kc, kc.execute("n", store_history=False))["execution_count"] == count
    assert reply_to(kc, kc.execute("n"))["execution_count"] == count + 1


def test_restart(km, kc):
    km.restart_kernel(now=False)
    kc.wait_for_ready(timeout=60)
    assert reply_to(kc, kc.execute("n"))["status"] == "error", "variables outlive a restart"
    assert reply_to(kc, kc.execute("1"))["status"] == "ok"


if __name__ == "__main__":
    test_nothing_lost_at_shutdown()
    km, kc = start()
    try:
        running = test_completion_while_a_cell_runs(kc)
        test_interrupt(km, kc, running)
        test_stop_on_error(kc)
        test_printing_is_batched(kc)
        test_order(kc)
        test_goroutine_outlives_its_cell(kc)
        test_expressions(kc)
        test_restart(km, kc)
    finally:
        kc.stop_channels()
        km.shutdown_kernel()
