"""alibaba.py tcp|websocket: paho-mqtt as devices of an instance of Alibaba Cloud IoT Platform, in each version of
MQTT and with each way to sign."""

import base64
import hashlib
import hmac
import sys
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

sys.path.insert(0, str(Path(__file__).parents[1] / "common"))
from journey import Inbox, Mock, has, refused, same  # noqa: E402

transport = sys.argv[1]
mock = Mock()
PRODUCT_KEY = mock.instance["products"][0]["product_key"]


class Device(mqtt.Client):
    """A connection of a device. What comes lies in `inbox`, answers in boxes of their own."""

    def __init__(self, name, version=mqtt.MQTTv311, clean=True, password=None, **announced):
        extensions = {"securemode": 2, "signmethod": "hmacsha256", **announced}
        listed = ",".join(f"{key}={value}" for key, value in extensions.items() if value is not None)
        made = {"client_id": f"{name}|{listed}|", "protocol": version}
        made |= {} if version == mqtt.MQTTv5 else {"clean_session": clean}
        carrier = {"tcp": "tcp", "websocket": "websockets"}[transport]
        super().__init__(
            mqtt.CallbackAPIVersion.VERSION2, transport=carrier, reconnect_on_failure=False, **made
        )
        self.name = name
        self.inbox, self.connacks, self.subacks = Inbox(), Inbox(), Inbox()
        self.pubacks, self.ended = Inbox(), Inbox()
        self.username_pw_set(f"{name}&{PRODUCT_KEY}", password or signature(name, extensions))
        self.tls_set(ca_certs=mock.facts["ca_file"])
        self.ws_set_options(path="/mqtt")
        self.on_connect = lambda client, data, flags, reason, told: self.connacks.put((reason, told))
        self.on_subscribe = lambda client, data, mid, reasons, told: self.subacks.put(reasons)
        self.on_publish = lambda client, data, mid, reason, told: self.pubacks.put(reason)
        self.on_message = lambda client, data, message: self.inbox.put(message)
        self.on_disconnect = lambda client, data, flags, reason, told: self.ended.put(reason)
        port = mock.facts["mqtt_port" if transport == "tcp" else "wss_port"]
        self.connect(mock.host, port, 60, **({"clean_start": clean} if version == mqtt.MQTTv5 else {}))
        self.loop_start()
        self.code, self.told = self.connacks.take()

    def topic(self, rest):
        return f"/{PRODUCT_KEY}/{self.name}/user/{rest}"

    def listen(self, rest, qos=1):
        self.subscribe(self.topic(rest), qos)
        return self.subacks.take()[0].value

    def tell(self, rest, body, **values):
        """Publishes at QoS 1, with these properties; gives the reason code of the PUBACK."""
        properties = None
        if values:
            properties = Properties(PacketTypes.PUBLISH)
            for name, value in values.items():
                setattr(properties, name, value)
        self.publish(self.topic(rest), body, 1, properties=properties)
        return self.pubacks.take().value

    def close(self):
        self.disconnect()
        self.ended.take()
        self.loop_stop()


def signature(name, extensions):
    """As the vendor's page has it: by names in their order, without what is left out."""
    signed = {"clientId": name, "deviceName": name, "productKey": PRODUCT_KEY}
    signed |= {key: extensions[key] for key in ["timestamp"] if key in extensions}
    content = "".join(f"{key}{value}" for key, value in sorted(signed.items()))
    way = (extensions["signmethod"] or "hmacmd5").removeprefix("hmac")
    secret = mock.thing(name)["device_secret"].encode()
    return hmac.new(secret, content.encode(), getattr(hashlib, way)).hexdigest()


def tells(device, body, qos=1):
    """The business server sends this."""
    mock.api(
        "Pub",
        ProductKey=PRODUCT_KEY,
        TopicFullName=device.topic("get"),
        MessageContent=base64.b64encode(body).decode(),
        Qos=str(qos),
    )


VERSIONS = {"3.1": mqtt.MQTTv31, "3.1.1": mqtt.MQTTv311, "5": mqtt.MQTTv5}
for called, version in VERSIONS.items():
    with mock.step(f"MQTT {called}: a message to the business server, and one from it"):
        device = Device("sensor", version)
        same(device.code.value, 0)
        same(device.tell("update", "21"), 0)
        mock.expect(kind="event", topic=device.topic("update"), body="21")
        # The QoS of the publisher counts, whatever the subscriber asks for.
        same(device.listen("get", qos=0), 0)
        for qos in (0, 1):
            tells(device, b"hello", qos)
            message = device.inbox.take()
            same((message.topic, message.payload, message.qos), (device.topic("get"), b"hello", qos))
        device.close()

for name, announced in {
    "MD5 by default": {"signmethod": None},
    "MD5": {"signmethod": "hmacmd5"},
    "SHA-1, with a timestamp": {"signmethod": "hmacsha1", "timestamp": 2524608000000},
    "SHA-256, with what nobody knows": {"_v": "paho", "os": "none"},
}.items():
    with mock.step(f"signs with {name}"):
        device = Device("pump", **announced)
        same(device.code.value, 0)
        device.close()

with mock.step("user properties and an alias for a topic"):
    device = Device("sensor", mqtt.MQTTv5)
    same(device.told.TopicAliasMaximum > 0, True)
    same(device.tell("update", "1", TopicAlias=1, UserProperty=("room", "7")), 0)
    mock.expect(kind="event", topic=device.topic("update"), body="1")
    properties = Properties(PacketTypes.PUBLISH)
    properties.TopicAlias = 1
    device.publish("", "2", 1, properties=properties)
    has(mock.expect(kind="event", body="2")["text"], device.topic("update"))

with mock.step("a newer connection ends the older one, which is told why"):
    newer = Device("sensor", mqtt.MQTTv5)
    same(device.ended.take().value, 0x8E)
    newer.close()

for called, version in VERSIONS.items():
    with mock.step(f"a wrong secret is refused, MQTT {called}"):
        # paho tells what older versions call code 4 as the same reason.
        same(Device("valve", version, password="0" * 64).code.value, 0x86)
        entry = mock.expect(kind="refusal")
        same(refused(entry), "ALI-OPEN-003")
        has(entry["refusal"]["hint"], "clientIdvalvedeviceNamevalveproductKey" + PRODUCT_KEY)
