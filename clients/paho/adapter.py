"""paho-mqtt takes orders: an adapter around a library that knows nothing of the vendor."""

import base64
import json
import queue
import socket
import ssl
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import quote

import paho.mqtt
import paho.mqtt.client as mqtt

sys.path.insert(0, str(Path(__file__).parents[1] / "common"))
from adapter import Failed, Unsupported, event, serve  # noqa: E402

CLIENT = {"name": "paho-mqtt", "version": paho.mqtt.__version__, "language": "python"}
CAPABILITIES = ["auth.sas_token", "auth.x509", "transport.ws", "hub.d2c", "hub.c2d", "hub.twin",
                "hub.methods", "raw.publish", "raw.subscribe", "raw.drop"]
WAIT_S = 4
# What an application that wants this subscribes to.
FILTERS = {"hub.c2d": ["devices/{}/messages/devicebound/#"], "hub.methods": ["$iothub/methods/POST/#"],
           "hub.twin": ["$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#"]}
case, conns = {}, {}


class Device(mqtt.Client):
    """A connection; what the network thread hears lies in `heard`."""

    def __init__(self, conn, to):
        if to["dialect"] != "azure-iothub":
            raise Unsupported(to["dialect"])
        self.conn, self.device = conn, to["identity"]["device_id"]
        self.heard, self.ended = queue.Queue(), threading.Event()
        super().__init__(
            mqtt.CallbackAPIVersion.VERSION2, self.device, to.get("clean", True),
            transport="websockets" if to["transport"] == "ws" else "tcp",
            reconnect_on_failure=to["retry"] == "library",
        )
        self.ws_set_options(path="/$iothub/websocket")
        name = f"{to['host']}/{self.device}/?api-version={to['identity']['api_version']}"
        self.username_pw_set(name, to["auth"].get("sas_token"))
        trust = ssl.create_default_context(cadata=to["tls"]["ca_pem"])
        if "x509" in to["auth"]:
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
                file.write(to["tls"]["client_cert_pem"] + to["tls"]["client_key_pem"])
                file.flush()
                trust.load_cert_chain(file.name)
        self.tls_set_context(trust)
        self.on_connect, self.on_disconnect, self.on_message = self.opened, self.closed, self.told
        self.on_subscribe = self.on_unsubscribe = lambda *_: self.heard.put("acknowledged")
        self.connect(to["addr"], to["port"], to.get("keepalive_s", 60))
        self.loop_start()
        reason = self.wait()
        if reason.is_failure:
            raise Failed("auth" if "uthor" in str(reason) else "refused", str(reason))
        for filter in sum((FILTERS.get(it, []) for it in case["requires"]), []):
            self.subscribe(filter.format(self.device), 1)
            self.wait()

    def wait(self):
        try:
            return self.heard.get(timeout=WAIT_S)
        except queue.Empty:
            raise TimeoutError(f"nothing within {WAIT_S} s") from None

    def opened(self, client, data, flags, reason, _):
        if not reason.is_failure:
            event("connected", self.conn, session_present=flags.session_present)
        self.heard.put(reason)

    def closed(self, client, data, flags, reason, _):
        event("disconnected", self.conn, by="peer" if reason.is_failure else "us", reason=str(reason))
        self.ended.set()

    def told(self, client, data, message):
        topic, body = message.topic, message.payload
        words = topic.split("/")
        if topic.startswith("$iothub/twin/res/"):
            self.heard.put((int(words[3]), body))
        elif topic.startswith("$iothub/twin/PATCH/"):
            event("desired", self.conn, version=int(topic.split("$version=")[1]), patch=json.loads(body))
        elif topic.startswith("$iothub/methods/POST/"):
            call = topic.split("$rid=")[1]
            event("method", self.conn, call=call, name=words[3], payload=json.loads(body or "null"))
        else:
            kind = "c2d" if "hub.c2d" in case["requires"] else "raw"
            event("message", self.conn, kind=kind, topic=topic,
                  payload_b64=base64.b64encode(body).decode())

    def tell(self, topic, body, qos=1, retain=False):
        self.publish(topic, body, qos, retain).wait_for_publish(WAIT_S)

    def ask_twin(self, topic, body):
        self.tell(f"$iothub/twin/{topic}/?$rid=1", body)
        status, body = self.wait()
        if status >= 300:
            raise Failed("refused", str(status))
        return body


def open_(args):
    conns[args["conn"]] = None
    conns[args["conn"]] = Device(args["conn"], args["endpoint"])


def close(args):
    device = conns.pop(args["conn"], None)
    if device:
        device.disconnect()
        device.ended.wait(WAIT_S)
        device.loop_stop()


def drop(args):
    conns[args["conn"]].socket().shutdown(socket.SHUT_RDWR)
    conns[args["conn"]].ended.wait(WAIT_S)


def body(args):
    return base64.b64decode(args["payload_b64"]) if "payload_b64" in args else args["payload"]


def telemetry(args):
    device = conns[args["conn"]]
    bag = "&".join(f"{quote(k, '')}={quote(v, '')}" for k, v in args["properties"].items())
    device.tell(f"devices/{device.device}/messages/events/{bag}", body(args), args["qos"])


def subscribe(args):
    conns[args["conn"]].subscribe(args["filter"], args["qos"])
    conns[args["conn"]].wait()


def unsubscribe(args):
    conns[args["conn"]].unsubscribe(args["filter"])
    conns[args["conn"]].wait()


def method_reply(args):
    topic = f"$iothub/methods/res/{args['status']}/?$rid={args['call']}"
    conns[args["conn"]].tell(topic, json.dumps(args["payload"]))


serve(CLIENT, CAPABILITIES, {
    "begin": case.update,
    "open": open_,
    "close": close,
    "drop": drop,
    "telemetry": telemetry,
    "publish": lambda it: conns[it["conn"]].tell(it["topic"], body(it), it["qos"], it["retain"]),
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
    "twin_get": lambda it: {"twin": json.loads(conns[it["conn"]].ask_twin("GET", ""))},
    "twin_report": lambda it: conns[it["conn"]].ask_twin(
        "PATCH/properties/reported", json.dumps(it["patch"])) and None,
    "method_reply": method_reply,
    "end": lambda _: [close({"conn": conn}) for conn in list(conns)] and None,
})
