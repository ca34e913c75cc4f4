"""Clients of jupyter_client and pyzmq against the kernel. Run by TestJupyter."""

import json
import os
import signal
import time

import validated  # noqa: F401  every message, from here on
import zmq
from kernels import connect, reply_to, start, until_idle


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


def answering(kc, code, *lines, **more):
    """Run a cell and answer its questions; return the reply, what it printed and the questions."""
    msg_id = kc.execute(code, allow_stdin=True, **more)
    asked = []
    for line in lines:
        msg = kc.get_stdin_msg(timeout=20)
        assert msg["parent_header"]["msg_id"] == msg_id, msg
        asked.append((msg["content"]["prompt"], msg["content"]["password"]))
        kc.input(line)
    reply = reply_to(kc, msg_id)
    text = "".join(m["content"]["text"] for m in until_idle(kc, msg_id) if m["msg_type"] == "stream")
    return reply, text, asked


def test_input(km, kc):
    for code, lines, want, asked in (
        ('var who string; fmt.Print("Who? "); fmt.Scanln(&who); fmt.Println("hi", who)', ["Ada"], "Who? hi Ada\n", [("", False)]),
        ('r := bufio.NewReader(os.Stdin); for range 2 { s, _ := r.ReadString(10); fmt.Printf("%q", s) }', ["1", "ä 😀"], '"1\\n""ä 😀\\n"', [("", False)] * 2),
        ('name, err := display.Input("Name: "); fmt.Println(name, err)', ["Ada L."], "Ada L. <nil>\n", [("Name: ", False)]),
        ('pw, err := display.Password("Password: "); fmt.Println(len(pw), err)', ["secret"], "6 <nil>\n", [("Password: ", True)]),
        ('_, err = display.Input("?"); fmt.Println(err)', ["\x04"], "EOF\n", [("?", False)]),
        ('%%compile\nvar n int; fmt.Scan(&n); fmt.Println(n + 1)', ["41"], "42\n", [("", False)]),
        ('all, err := io.ReadAll(os.Stdin); fmt.Printf("%q %v", all, err)', ["x", "\x04"], '"x\\n" <nil>', [("", False)] * 2),
    ):
        reply, text, questions = answering(kc, code, *lines)
        assert (reply["status"], text, questions) == ("ok", want, asked), (code, reply, text, questions)
    # Nobody answers: no hang, but an error that says why.
    for code in ("fmt.Scan(&who)", 'if _, err := display.Input("?"); err != nil { panic(err) }'):
        reply = reply_to(kc, kc.execute(code, allow_stdin=False))
        assert reply["status"] == "error" and "there is nobody to ask for input" in reply["evalue"], reply
    # Interrupted, and then the next question has its own answer.
    msg_id = kc.execute("fmt.Scan(&who)", allow_stdin=True)
    kc.get_stdin_msg(timeout=20)
    km.interrupt_kernel()
    assert reply_to(kc, msg_id, 10)["ename"] == "interrupt"
    kc.input("too late")
    assert answering(kc, "fmt.Scan(&who); fmt.Println(who)", "now")[1] == "now\n"


def test_front_end_gone(km, kc):
    """A front end leaves while its cell waits for input: another one's cells run."""
    leaving = connect(km)
    leaving.wait_for_ready(timeout=60)
    leaving.execute("fmt.Scan(&who)", allow_stdin=True)
    leaving.get_stdin_msg(timeout=20)
    waiting = kc.execute('"mine"')
    leaving.stop_channels()
    assert reply_to(kc, waiting, 10)["status"] == "ok"


def send_comm(kc, msg_type, content, buffers=None):
    msg = kc.session.msg(msg_type, content)
    kc.session.send(kc.shell_channel.socket, msg, buffers=buffers)
    return until_idle(kc, msg["header"]["msg_id"])


def test_comms(kc):
    code = """
total := 0.0
comm.Handle("adder", func(c *comm.Comm, m comm.Message) {
	fmt.Println("hello")
	c.OnMessage(func(m comm.Message) {
		var in struct{ X float64 }
		if err := m.Decode(&in); err != nil { panic(err) }
		total += in.X
		c.Send(map[string]any{"total": total}, append(m.Buffers, []byte("more"))...)
	})
	c.OnClose(func(comm.Message) { fmt.Println("bye") })
})"""
    assert reply_to(kc, kc.execute(code))["status"] == "ok"
    said = send_comm(kc, "comm_open", {"comm_id": "c1", "target_name": "adder", "data": {}})
    assert [m["content"]["text"] for m in said if m["msg_type"] == "stream"] == ["hello\n"], said
    for x, total in ((1.5, 1.5), (2, 3.5)):
        said = send_comm(kc, "comm_msg", {"comm_id": "c1", "data": {"x": x}}, [b"\x00\xff" * 50000])
        (answer,) = [m for m in said if m["msg_type"] == "comm_msg"]
        assert answer["content"] == {"comm_id": "c1", "data": {"total": total}}, answer
        assert [bytes(b) for b in answer["buffers"]] == [b"\x00\xff" * 50000, b"more"], len(answer["buffers"])
    said = send_comm(kc, "comm_msg", {"comm_id": "c1", "data": {"x": "no number"}})
    assert [m["content"]["ename"] for m in said if m["msg_type"] == "error"] == ["panic"], said
    assert reply_to(kc, kc.comm_info())["comms"] == {"c1": {"target_name": "adder"}}
    said = send_comm(kc, "comm_open", {"comm_id": "c2", "target_name": "nobody's", "data": {}})
    assert [m["content"]["comm_id"] for m in said if m["msg_type"] == "comm_close"] == ["c2"], said
    msg_id = kc.execute('w, err := comm.Open("widget", map[string]any{"n": 1}, []byte{1}); fmt.Println(err)')
    (opened,) = [m for m in until_idle(kc, msg_id) if m["msg_type"] == "comm_open"]
    assert opened["content"]["data"] == {"n": 1} and bytes(opened["buffers"][0]) == b"\x01", opened
    assert reply_to(kc, kc.comm_info(target_name="widget"))["comms"] == {opened["content"]["comm_id"]: {"target_name": "widget"}}
    said = send_comm(kc, "comm_close", {"comm_id": "c1", "data": {}})
    assert [m["content"]["text"] for m in said if m["msg_type"] == "stream"] == ["bye\n"], said
    msg_id = kc.execute("w.Close(nil); total")
    shown = [m["msg_type"] for m in until_idle(kc, msg_id)]
    assert shown.index("comm_close") < shown.index("execute_result"), shown
    assert reply_to(kc, kc.comm_info())["comms"] == {}


def test_history(km, kc):
    cell = "6 * 7 // %f" % time.time()
    assert reply_to(kc, kc.execute(cell))["status"] == "ok"
    (entry,) = reply_to(kc, kc.history(hist_access_type="search", pattern=cell.replace("*", "?"), output=True))["history"]
    session, line, (source, output) = entry
    assert (source, output) == (cell, "42"), entry
    assert reply_to(kc, kc.history(hist_access_type="tail", n=1))["history"] == [[session, line, cell]]
    assert reply_to(kc, kc.history(hist_access_type="range", session=0, start=line, stop=line + 1))["history"] == [[session, line, cell]]
    # Another kernel at the same time has a session of its own, and sees this one's.
    km2, kc2 = start()
    assert reply_to(kc2, kc2.history(hist_access_type="range", session=-1, start=line, stop=None))["history"][0] == [session, line, cell]
    assert reply_to(kc2, kc2.execute("1"))["status"] == "ok"
    assert reply_to(kc2, kc2.history(hist_access_type="tail", n=1))["history"] == [[session + 1, 1, "1"]]
    kc2.stop_channels()
    km2.shutdown_kernel()


def test_every_request(kc):
    """Every type of request has a reply, on the channel that it came by."""
    for msg_type, content in {
        "connect_request": {}, "kernel_info_request": {}, "comm_info_request": {}, "dance_request": {}, "interrupt_request": {},
        "debug_request": {"seq": 7, "type": "request", "command": "initialize", "arguments": {}},
    }.items():
        for channel, get in ((kc.shell_channel, kc.get_shell_msg), (kc.control_channel, kc.get_control_msg)):
            msg = kc.session.msg(msg_type, content)
            if msg_type == "dance_request":
                kc.session.send(channel.socket, msg)
                got = get(timeout=10)
                assert got["msg_type"] == "dance_reply" and got["content"]["status"] == "error", got
                continue
            kc.session.send(channel.socket, msg)
            got = get(timeout=10)
            assert got["msg_type"] == msg_type.replace("request", "reply"), got
            assert got["parent_header"]["msg_id"] == msg["header"]["msg_id"], got


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
        test_input(km, kc)
        test_front_end_gone(km, kc)
        test_comms(kc)
        test_history(km, kc)
        test_every_request(kc)
        test_restart(km, kc)
    finally:
        kc.stop_channels()
        km.shutdown_kernel()
