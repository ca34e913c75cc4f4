"""What the scripts of this folder do with a kernel."""

from jupyter_client import BlockingKernelClient, KernelManager


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


def connect(km):
    """Return a client with a session of its own."""
    kc = BlockingKernelClient(connection_file=km.connection_file)
    kc.load_connection_file()
    kc.start_channels()
    return kc
