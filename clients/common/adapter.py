"""The adapter protocol for Python: a loop over standard input that calls a client's operations.
"""

import json
import os
import ssl
import sys
import threading
import time
import traceback

# Standard output is for the protocol alone: whatever a library prints goes to standard error.
_out = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
_lock = threading.Lock()


class Unsupported(Exception):
    """The client cannot do this."""


class Failed(Exception):
    """It was tried and did not come about; `kind` is one of the protocol's."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def event(name, conn, /, **more):
    """Tells that something happened."""
    _tell({"event": name, "conn": conn, "t": time.monotonic() * 1000, **more})


def serve(client, capabilities, ops):
    """Answers requests until `bye`. `ops` are functions by name, which take the arguments of a request and
    give the members of `ok`; `begin` and `end` among them hear of the case."""
    for line in sys.stdin:
        try:
            request = json.loads(line)
            number, op, args = request["id"], request["op"], request["args"]
        except (ValueError, KeyError, TypeError):
            _tell({"id": None, "error": {"kind": "protocol", "message": "this is no request"}})
            continue
        _tell({"id": number, **_answer(op, args, client, capabilities, ops)})
        if op == "bye":
            break


def _answer(op, args, client, capabilities, ops):
    if op == "hello":
        about = {"protocol": 1, "client": client, "capabilities": capabilities, "reuse": True}
        return {"ok": about}
    missing = [it for it in args.get("requires", ()) if it not in capabilities]
    if missing or op not in {*ops, "bye"}:
        return {"unsupported": {"what": ", ".join(missing) or op}}
    try:
        return {"ok": ops[op](args) or {} if op in ops else {}}
    except Unsupported as error:
        return {"unsupported": {"what": str(error)}}
    except Exception as error:
        detail = traceback.format_exc()[-1000:]
        return {"error": {"kind": kind_of(error), "message": str(error), "detail": detail}}


def kind_of(error):
    """The kind of an error, by the first of its causes that tells."""
    while error:
        if isinstance(error, Failed):
            return error.kind
        if isinstance(error, ssl.SSLError):
            return "tls"
        if isinstance(error, TimeoutError):
            return "timeout"
        if isinstance(error, OSError):
            return "network"
        if not error.__cause__ and isinstance(error, ValueError):
            return "usage"
        error = error.__cause__
    return "internal"


def _tell(line):
    with _lock:
        _out.write(json.dumps(line) + "\n")
        _out.flush()
