"""Validate every message that a jupyter_client in this process gets from a kernel.

The schemas are those of jupyter_kernel_test, which end at version 5.1 of the
protocol, and of messaging.rst for what came later; no field may be unexpected.
"""

import atexit
import collections

from jupyter_client.session import Session
from jupyter_kernel_test import msgspec_v5 as msgspec

msgspec.protocol_version = (5, 4)
msgspec.reply_msgs_using_status.add("dance_reply")  # to a request that nobody knows
OBJECT, STRING, NUMBER, BOOL = ({"type": t} for t in ("object", "string", "number", "boolean"))
ALWAYS = ("execution_count", "user_expressions", "payload")  # in an execute_reply
COMM = {"comm_id": STRING, "data": OBJECT}
msgspec.schema_fragments.update({
    "comm_open": {"properties": {**COMM, "target_name": STRING}},
    "comm_msg": {"properties": COMM},
    "comm_close": {"properties": COMM},
    "input_request": {"properties": {"prompt": STRING, "password": BOOL}},  # theirs wants a number, messaging.rst a bool
    "iopub_welcome": {"properties": {"subscription": STRING}},
    "debug_reply": {
        "properties": {"type": {"enum": ["response"]}, "request_seq": NUMBER, "seq": NUMBER, "success": BOOL, "command": STRING,
                       "message": STRING, "body": OBJECT},
        "required": ["type", "request_seq", "seq", "success", "command"],
    },
})
for msg_type, later in {
    "kernel_info_reply": {"debugger": BOOL, "supported_features": {"type": "array", "items": STRING}},
    "connect_reply": {"control_port": NUMBER, "status": STRING},
    "display_data": {"transient": OBJECT},
    "update_display_data": {"transient": OBJECT},
}.items():
    msgspec.schema_fragments[msg_type]["properties"].update(later)

seen = collections.Counter()
deserialize = Session.deserialize


def validating(self, msg_list, *args, **kwargs):
    whole = msg = deserialize(self, msg_list, *args, **kwargs)
    seen[msg["header"]["msg_type"]] += 1
    msg = {k: v for k, v in msg.items() if k in msgspec.msg_schema["properties"]}
    content = msg["content"]
    if msg["header"]["msg_type"] == "execute_reply" and content["status"] != "ok":
        # Those that failed have what ipykernel's have too; the schemas call aborted abort.
        msgspec.get_msg_content_validator("execute_reply", 1).validate({k: content.get(k) for k in ALWAYS} | {"status": "ok"})
        msg["content"] = {k: v for k, v in content.items() if k not in ALWAYS}
    if content.get("status") != "aborted":
        msgspec.validate_message(msg)
    return whole


Session.deserialize = validating
atexit.register(lambda: print("validated:", ", ".join("%d %s" % (n, t) for t, n in sorted(seen.items()))))
