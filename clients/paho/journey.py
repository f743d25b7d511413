"""paho-mqtt as a device that knows no SDK: every topic of the hub by hand."""

import json
import sys
import threading
from pathlib import Path

import paho.mqtt.client as mqtt

sys.path.insert(0, str(Path(__file__).parents[1] / "common"))
from journey import WAIT_S, Inbox, Mock, has, refused, same  # noqa: E402

ID = "sensor"
EVENTS = f"devices/{ID}/messages/events"
C2D = f"devices/{ID}/messages/devicebound/#"
TWIN = ["$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#"]
METHODS = "$iothub/methods/POST/#"

mock = Mock()


class Device(mqtt.Client):
    """A connection with this password; what the hub sends lies in `inbox`, answers to SUBSCRIBE and
    DISCONNECT in boxes of their own."""

    def __init__(self, password):
        super().__init__(
            mqtt.CallbackAPIVersion.VERSION2, client_id=ID, reconnect_on_failure=False
        )
        self.inbox, self.connacks, self.subacks = Inbox(), Inbox(), Inbox()
        self.ended = threading.Event()
        self.username_pw_set(mock.device(ID)["username"], password)
        self.tls_set(ca_certs=mock.facts["ca_file"])
        self.on_connect = lambda client, data, flags, reason, _: self.connacks.put(reason)
        self.on_subscribe = lambda client, data, mid, reasons, _: self.subacks.put(reasons)
        self.on_message = lambda client, data, message: self.inbox.put(message)
        self.on_disconnect = lambda *_: self.ended.set()
        self.connect(mock.host, mock.facts["mqtt_port"])
        self.loop_start()

    def listen(self, *filters):
        """Subscribes at QoS 1; gives the granted levels."""
        self.subscribe([(it, 1) for it in filters])
        return [reason.value for reason in self.subacks.take()]

    def tell(self, topic, body="", qos=1):
        """Publishes, and waits for the PUBACK."""
        info = self.publish(topic, body, qos)
        info.wait_for_publish(WAIT_S)
        assert info.is_published(), f"no PUBACK for {topic}"

    def close(self):
        self.disconnect()
        assert self.ended.wait(WAIT_S)
        self.loop_stop()


password = mock.device(ID)["password"]

with mock.step("a token that was tampered with is refused with CONNACK 5"):
    stranger = Device(password.replace("se=", "se=1"))
    same(str(stranger.connacks.take()), "Not authorized")
    entry = mock.expect(kind="refusal")
    has(entry["refusal"]["what"], "code 5")
    same(refused(entry), "HUB-OPEN-002")
    stranger.loop_stop()

with mock.step("connects with a SAS token"):
    device = Device(password)
    same(str(device.connacks.take()), "Success")
    mock.expect(device=ID, kind="connect")

with mock.step("telemetry with properties"):
    device.tell(f"{EVENTS}/%24.ct=application%2Fjson&%24.mid=m1&room=living%20room&flag", "[1]")
    properties = {"content-type": "application/json", "message-id": "m1"}
    properties |= {"room": "living room", "flag": None}
    mock.expect(device=ID, kind="telemetry", body="[1]", properties=properties)

with mock.step("subscribes, QoS 1 granted"):
    same(device.listen(C2D, METHODS, *TWIN), [1, 1, 1, 1])
    mock.expect(device=ID, kind="subscribe")

with mock.step("a cloud-to-device message"):
    c2d = {"device": ID, "body": "open", "properties": {"a": "b c", "empty": "", "none": None}}
    mock.ask("POST", "c2d", {**c2d, "ack": "full"})
    message = device.inbox.take()
    same((message.payload, message.qos), (b"open", 1))
    has(message.topic, f"&%24.to=%2Fdevices%2F{ID}%2Fmessages%2FdeviceBound&iothub-ack=full")
    has(message.topic, "&a=b%20c&empty=&none")
    mock.expect(device=ID, kind="feedback")

with mock.step("reads its twin"):
    device.tell("$iothub/twin/GET/?$rid=1")
    message = device.inbox.take()
    same(message.topic, "$iothub/twin/res/200/?$rid=1")
    same(json.loads(message.payload)["desired"]["interval_s"], 30)
    mock.expect(device=ID, topic="$iothub/twin/res/200/#")

with mock.step("reports to its twin"):
    device.tell("$iothub/twin/PATCH/properties/reported/?$rid=2", '{"celsius": 21}')
    has(device.inbox.take().topic, "$iothub/twin/res/204/?$rid=2&$version=")
    same(mock.ask("GET", f"twins/{ID}")["properties"]["reported"]["celsius"], 21)

with mock.step("hears of desired properties"):
    mock.ask("PATCH", f"twins/{ID}", {"properties": {"desired": {"interval_s": 5}}})
    message = device.inbox.take()
    notice = json.loads(message.payload)
    same(notice["interval_s"], 5)
    same(message.topic, f"$iothub/twin/PATCH/properties/desired/?$version={notice['$version']}")
    mock.expect(topic="$iothub/twin/PATCH/properties/desired/#", body_json={"interval_s": 5})

with mock.step("answers a method"):

    def answer(client, data, message):
        rid = message.topic.split("$rid=")[1]
        assert message.topic == f"$iothub/methods/POST/reboot/?$rid={rid}", message.topic
        client.publish(f"$iothub/methods/res/201/?$rid={rid}", b'{"in_s": 3}')

    device.message_callback_add(METHODS, answer)
    call = {"device": ID, "methodName": "reboot", "payload": {"hard": True}}
    same(mock.ask("POST", "method", call), {"status": 201, "payload": {"in_s": 3}})
    mock.expect(topic="$iothub/methods/POST/reboot/#", body_json={"hard": True})
    mock.expect(device=ID, topic="$iothub/methods/res/201/#")

with mock.step("a second connection takes over"):
    second = Device(password)
    same(str(second.connacks.take()), "Success")
    assert device.ended.wait(WAIT_S), "the first connection was not closed"
    same(refused(mock.expect(device=ID, kind="refusal")), "HUB-CONN-011")
    has(json.dumps(mock.expect(device=ID, kind="log")), "400027")
    second.tell(f"{EVENTS}/", "after")
    mock.expect(device=ID, kind="telemetry", body="after")
    device.loop_stop()

with mock.step("says goodbye"):
    second.close()
    mock.expect(device=ID, kind="close")
