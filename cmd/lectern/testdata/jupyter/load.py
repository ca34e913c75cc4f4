"""Clients that ask much, do harm or do not listen. Run by TestJupyter."""

import hashlib
import hmac
import json
import os
import socket
import struct
import threading
import time

import zmq
from kernels import connect, reply_to, start, until_idle

CLIENTS, CELLS = 10, 1000 if os.environ.get("LECTERN_CI") else 50


def test_clients_at_once(km):
    """Ten clients at once: every reply and every result to its own parent."""
    wrong, begin = [], time.time()

    def work(n):
        kc = connect(km)
        sent = {kc.execute("%d*10000 + %d" % (n, i)): str(n * 10000 + i) for i in range(CELLS)}
        results, replies = {}, []
        while len(results) < CELLS:
            msg = kc.get_iopub_msg(timeout=120)
            parent = msg["parent_header"].get("msg_id")
            if msg["msg_type"] == "execute_result" and parent in sent:
                results[parent] = msg["content"]["data"]["text/plain"]
        while len(replies) < CELLS:
            replies.append(kc.get_shell_msg(timeout=60))
        counts = [r["content"]["execution_count"] for r in replies]
        if results != sent or [r["parent_header"]["msg_id"] for r in replies] != list(sent) or counts != sorted(set(counts)):
            wrong.append(n)
        kc.stop_channels()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(CLIENTS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong, "clients %s had another's replies" % wrong
    print("%d clients, %d cells each: %.1f s" % (CLIENTS, CELLS, time.time() - begin))


def test_deaf_subscriber(km):
    """A subscriber that never reads does not hold up one that does."""
    kc = connect(km)
    kc.wait_for_ready(timeout=60)
    deaf = socket.create_connection(("127.0.0.1", km.iopub_port))
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48))
    deaf.sendall(b"\x04\x19\x05READY\x0bSocket-Type" + struct.pack(">I", 3) + b"SUB")
    deaf.sendall(b"\x00\x01\x01")
    worst = 0
    for _ in range(20):
        begin = time.time()
        msg_id = kc.execute('fmt.Print(strings.Repeat("x", 10_000_000))')
        size = sum(len(m["content"]["text"]) for m in until_idle(kc, msg_id) if m["msg_type"] == "stream")
        assert size == 10_000_000, size
        assert reply_to(kc, msg_id)["status"] == "ok"
        worst = max(worst, time.time() - begin)
    assert worst < 5, worst
    print("200 MB beside a subscriber that never reads: at most %.0f ms for 10 MB" % (worst * 1000))
    deaf.close()
    kc.stop_channels()


def test_large(kc):
    for code, size in (
        ('fmt.Print(strings.Repeat("ä", 25_000_000))', 25_000_000),
        ('display.Show(display.PNG(make([]byte, 50_000_000)))', (50_000_000 + 2) // 3 * 4),
        ("display.All{strings.Repeat(\"y\", 5_000_000)}", 5_000_002),
    ):
        begin = time.time()
        msg_id = kc.execute(code)
        got = 0
        for m in until_idle(kc, msg_id):
            if m["msg_type"] == "stream":
                got += len(m["content"]["text"])
            elif m["msg_type"] == "display_data":
                got += len(m["content"]["data"]["image/png"])
            elif m["msg_type"] == "execute_result":
                got += len(m["content"]["data"]["text/plain"])
        assert got == size, (code, got, size)
        assert reply_to(kc, msg_id)["status"] == "ok"
        print("%-60s %.0f ms" % (code, (time.time() - begin) * 1000))
    cell = "// " + "long " * 2_000_000 + "\n1 + 1"
    assert reply_to(kc, kc.execute(cell))["status"] == "ok"


def hostile(key):
    """What nobody should send, as frames behind the identity."""
    def signed(*parts, with_key=key):
        return [b"<IDS|MSG>", hmac.new(with_key, b"".join(parts), hashlib.sha256).hexdigest().encode(), *parts]

    def header(msg_type="execute_request", **more):
        fields = {"msg_id": os.urandom(8).hex(), "session": "s", "username": "u", "date": "", "msg_type": msg_type, "version": "5.4"}
        return json.dumps(fields | more).encode()
    cell = json.dumps({"code": "hacked := true"}).encode()
    good = signed(header(), b"{}", b"{}", cell)
    yield "wrong key", signed(header(), b"{}", b"{}", cell, with_key=b"guess")
    yield "no signature", [b"<IDS|MSG>", b"", header(), b"{}", b"{}", cell]
    yield "short signature", [good[0], good[1][:10], *good[2:]]
    yield "signature that is no hex", [good[0], b"z" * 64, *good[2:]]
    yield "content changed", [*good[:5], cell + b" "]
    yield "wrong delimiter", [b"<IDS|MSH>", *good[1:]]
    yield "no delimiter", good[1:]
    yield "too few frames", good[:4]
    yield "nothing", [b""]
    yield "no JSON", signed(header(), b"{}", b"{}", b"{code")
    yield "no object", signed(header(), b"{}", b"{}", b"[1]")
    yield "null", signed(b"null", b"{}", b"{}", cell)
    yield "header without id", signed(header(msg_id=""), b"{}", b"{}", cell)
    yield "header with numbers", signed(header(msg_id=7), b"{}", b"{}", cell)
    yield "content of another type", signed(header(), b"{}", b"{}", b'{"code": 7}')
    yield "no UTF-8", signed(header(), b"{}", b"{}", b'{"code": "\xff\xfe"}')
    yield "deep JSON", signed(header(), b"{}", b"{}", b'{"code": ' + b"[" * 100000 + b"]" * 100000 + b"}")
    yield "unknown type", signed(header("no such thing"), b"{}", b"{}", cell)
    yield "reply for a request", signed(header("execute_reply"), b"{}", b"{}", cell)
    yield "many frames", good + [b"x"] * 5000
    yield "large", signed(header("gossip"), b"{}", b"{}", b'{"code": "' + b"x" * 30_000_000 + b'"}')


def test_hostile_frames(km, kc):
    key = kc.session.key
    for port in (km.shell_port, km.control_port, km.stdin_port):
        for name, frames in hostile(key):
            dealer = zmq.Context.instance().socket(zmq.DEALER)
            dealer.linger = 2000
            dealer.connect("tcp://127.0.0.1:%d" % port)
            dealer.send_multipart(frames)
            time.sleep(0.02)
            dealer.close()
    # The same good message twice is run once.
    dealer = zmq.Context.instance().socket(zmq.DEALER)
    dealer.connect("tcp://127.0.0.1:%d" % km.shell_port)
    frames = kc.session.serialize(kc.session.msg("execute_request", {"code": 'fmt.Println("once")', "silent": False}))
    for _ in range(3):
        dealer.send_multipart(frames)
    assert dealer.poll(5000) and dealer.recv_multipart()
    assert not dealer.poll(500), "a replayed message was answered"
    dealer.close()
    # Bytes that are no ZMTP.
    for data in (b"GET / HTTP/1.1\r\n\r\n", os.urandom(10000), b"\xff" + bytes(8) + b"\x7f\x03", b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48) + b"\x02" + b"\xff" * 8, b""):
        for port in (km.shell_port, km.control_port, km.stdin_port, km.iopub_port, km.hb_port):
            with socket.create_connection(("127.0.0.1", port)) as s:
                s.sendall(data)
    reply = reply_to(kc, kc.execute("hacked"))
    assert reply["status"] == "error" and "undefined" in reply["evalue"], reply
    print("%d hostile messages on three channels: dropped" % len(list(hostile(key))))


def test_control_while_a_cell_runs(km, kc):
    msg_id = kc.execute("time.Sleep(time.Minute)")
    time.sleep(0.3)
    for _ in range(50):
        kc.session.send(kc.control_channel.socket, kc.session.msg("kernel_info_request", {}))
        kc.session.send(kc.shell_channel.socket, kc.session.msg("comm_info_request", {}))
    assert all(kc.get_control_msg(timeout=5)["content"]["status"] == "ok" for _ in range(50))
    assert all(kc.get_shell_msg(timeout=5)["content"]["status"] == "ok" for _ in range(50))
    km.interrupt_kernel()
    assert reply_to(kc, msg_id, 10)["ename"] == "interrupt"


def test_restart_and_shutdown(km, kc):
    """Restarted and shut down while a cell runs and another waits for input."""
    for code in ("for {}", "time.Sleep(time.Hour)", "var s string; fmt.Scan(&s)"):
        kc.execute(code, allow_stdin=True)
        time.sleep(0.5)
        begin = time.time()
        km.restart_kernel(now=False)
        kc.wait_for_ready(timeout=60)
        print("restart behind %-30s %.1f s" % (code, time.time() - begin))
        assert reply_to(kc, kc.execute("1"))["status"] == "ok"
    running = kc.execute("for {}")
    time.sleep(0.5)
    begin = time.time()
    km.shutdown_kernel(now=False)
    assert time.time() - begin < 6 and not km.is_alive(), time.time() - begin
    print("shutdown while a cell runs: %.1f s" % (time.time() - begin))
    return running


if __name__ == "__main__":
    km, kc = start()
    try:
        test_clients_at_once(km)
        test_deaf_subscriber(km)
        kc.stop_channels()
        kc = connect(km)  # one that need not read all that first
        kc.wait_for_ready(timeout=60)
        test_large(kc)
        test_hostile_frames(km, kc)
        test_control_while_a_cell_runs(km, kc)
        test_restart_and_shutdown(km, kc)
    finally:
        kc.stop_channels()
        if km.has_kernel:
            km.shutdown_kernel(now=True)
