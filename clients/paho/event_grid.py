"""event_grid.py tcp|websocket: paho-mqtt as MQTT 5 clients of a namespace. The mock's clock is held."""

import sys
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

sys.path.insert(0, str(Path(__file__).parents[1] / "common"))
from journey import Inbox, Mock, has, refused, same  # noqa: E402

transport = sys.argv[1]
mock = Mock()


def properties(packet, **values):
    """Properties of a packet, by their names."""
    made = Properties(packet)
    for name, value in values.items():
        setattr(made, name, value)
    return made


class Client(mqtt.Client):
    """A connection of this client, in the session of its own name or of another one. What comes lies in
    `inbox`, answers in boxes of their own, and in `ended` the reason why the connection is over."""

    def __init__(self, name, session=None, will=None, clean=True, **connect):
        super().__init__(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=name if session is None else session,
            protocol=mqtt.MQTTv5,
            transport={"tcp": "tcp", "websocket": "websockets"}[transport],
            reconnect_on_failure=False,
        )
        self.inbox, self.connacks, self.subacks = Inbox(), Inbox(), Inbox()
        self.pubacks, self.ended = Inbox(), Inbox()
        self.username_pw_set(name)
        certificate, key = mock.certificate(name)
        self.tls_set(ca_certs=mock.facts["ca_file"], certfile=certificate, keyfile=key)
        self.ws_set_options(path="/mqtt")
        if will:
            self.will_set(*will)
        self.on_connect = lambda client, data, flags, reason, told: self.connacks.put(
            (reason.value, flags.session_present, told)
        )
        self.on_subscribe = lambda client, data, mid, reasons, told: self.subacks.put(reasons)
        self.on_publish = lambda client, data, mid, reason, told: self.pubacks.put(reason.value)
        self.on_message = lambda client, data, message: self.inbox.put(message)
        self.on_disconnect = lambda client, data, flags, reason, told: self.ended.put(reason.value)
        port = mock.facts["mqtt_port" if transport == "tcp" else "wss_port"]
        asked = properties(PacketTypes.CONNECT, **connect)
        self.connect(mock.host, port, 600, clean_start=clean, properties=asked)
        self.loop_start()
        self.code, self.resumed, self.told = self.connacks.take()

    def listen(self, topic_filter, **values):
        """Subscribes at QoS 1; gives the reason code."""
        self.subscribe(topic_filter, 1, properties=properties(PacketTypes.SUBSCRIBE, **values))
        return self.subacks.take()[0].value

    def tell(self, topic, body, **values):
        """Publishes at QoS 1; gives the reason code of the PUBACK."""
        self.publish(topic, body, 1, properties=properties(PacketTypes.PUBLISH, **values))
        return self.pubacks.take()

    def close(self, reason=0):
        self.disconnect(ReasonCode(PacketTypes.DISCONNECT, identifier=reason))
        self.ended.take()
        self.loop_stop()


with mock.step(f"connects over {transport}, and is told the limits"):
    machine, console = Client("machine-1"), Client("console")
    same((machine.code, console.code), (0, 0))
    told = console.told
    same((told.MaximumQoS, told.MaximumPacketSize, told.TopicAliasMaximum), (1, 512 * 1024, 10))
    same((told.SharedSubscriptionAvailable, told.SubscriptionIdentifierAvailable), (0, 0))
    has(mock.expect(kind="open")["input"]["text"], {"tcp": "TLS", "websocket": "WebSocket"}[transport])

with mock.step("telemetry with all the properties that a message may have"):
    same(console.listen("machines/+/telemetry"), 1)
    sent = {"ContentType": "application/json", "PayloadFormatIndicator": 1}
    sent |= {"UserProperty": [("room", "7"), ("room", "8")]}
    same(machine.tell("machines/machine-1/telemetry", '{"celsius": 21}', **sent), 0)
    message = console.inbox.take()
    same((message.topic, message.payload), ("machines/machine-1/telemetry", b'{"celsius": 21}'))
    same({name: getattr(message.properties, name) for name in sent}, sent)

with mock.step("an order with response topic and correlation data, and its answer"):
    same(machine.listen("machines/machine-1/orders/#"), 1)
    same(console.listen("machines/+/answers/#"), 1)
    answers = "machines/machine-1/answers/unlock"
    order = {"ResponseTopic": answers, "CorrelationData": b"\x00\x07"}
    same(console.tell("machines/machine-1/orders/unlock", "now", **order), 0)
    asked = machine.inbox.take().properties
    same((asked.ResponseTopic, asked.CorrelationData), (answers, b"\x00\x07"))
    same(machine.tell(asked.ResponseTopic, "done", CorrelationData=asked.CorrelationData), 0)
    answer = console.inbox.take()
    same((answer.payload, answer.properties.CorrelationData), (b"done", b"\x00\x07"))

with mock.step("a notice to all"):
    other = Client("machine-2")
    same([it.listen("notices/#") for it in (machine, other)], [1, 1])
    same(console.tell("notices/weather", "storm"), 0)
    same([it.inbox.take().payload for it in (machine, other)], [b"storm", b"storm"])
    other.close()

with mock.step("a will after its delay, although the client said that it leaves"):
    same(console.listen("machines/+/lost"), 1)
    delay = properties(PacketTypes.WILLMESSAGE, WillDelayInterval=30)
    will = ("machines/machine-2/lost", b"gone", 1, False, delay)
    Client("machine-2", will=will, SessionExpiryInterval=60).close(reason=4)
    mock.pass_s(29)
    assert console.inbox.empty(), "the will came before its time"
    mock.pass_s(1)
    same(console.inbox.take().payload, b"gone")

with mock.step("no will, when the client is back in time"):
    Client("machine-2", will=will, SessionExpiryInterval=60).close(reason=4)
    mock.pass_s(29)
    other = Client("machine-2", clean=False)
    same(other.resumed, True)
    other.close()
    mock.pass_s(60)
    same(console.tell("machines/machine-2/lost", "the next one"), 0)
    same(console.inbox.take().payload, b"the next one")

with mock.step("what waits in a session, unless it expires before"):
    kept = {"clean": False, "SessionExpiryInterval": 3600}
    other = Client("machine-2", **kept)
    same((other.resumed, other.listen("machines/machine-2/orders/#")), (False, 1))
    other.close()
    for body, life in [("kept", {}), ("late", {"MessageExpiryInterval": 10})]:
        same(console.tell("machines/machine-2/orders/a", body, **life), 0)
    same(console.tell("machines/machine-2/orders/b", "soon", MessageExpiryInterval=100), 0)
    mock.pass_s(11)
    other = Client("machine-2", **kept)
    same(other.resumed, True)
    same(other.inbox.take().payload, b"kept")
    message = other.inbox.take()
    same((message.payload, message.properties.MessageExpiryInterval), (b"soon", 89))
    other.close()

with mock.step("a session is gone when its interval is over"):
    Client("machine-2", SessionExpiryInterval=60).close()
    mock.pass_s(60)
    other = Client("machine-2", clean=False)
    same(other.resumed, False)
    other.close()

with mock.step("a session without a name gets one"):
    other = Client("machine-2", session="")
    has(mock.expect(kind="connect")["text"], other.told.AssignedClientIdentifier)
    other.close()

with mock.step("ten topics have aliases"):
    same(console.listen("machines/machine-1/a/#"), 1)
    for alias in range(1, 11):
        same(machine.tell(f"machines/machine-1/a/{alias}", "x", TopicAlias=alias), 0)
    same([console.inbox.take().topic[-1] for _ in range(10)], list("1234567890"))
    machine.tell("", "y", TopicAlias=7)
    same(console.inbox.take().topic, "machines/machine-1/a/7")

with mock.step("what a client may not do is acknowledged with its reason"):
    same(machine.tell("machines/machine-2/telemetry", "x"), 0x87)
    same(refused(mock.expect(kind="refusal")), "EG-OPEN-071")
for topic_filter, values, code, rule in [
    ("machines/machine-2/telemetry", {}, 0x87, "EG-OPEN-073"),
    ("$share/all/notices/#", {}, 0x9E, "EG-V5-100"),
    ("notices/#", {"UserProperty": ("a", "b")}, 0x83, "EG-V5-109"),
]:
    with mock.step(f"a subscription is refused with 0x{code:02X}: {rule}"):
        same(machine.listen(topic_filter, **values), code)
        same(refused(mock.expect(kind="refusal")), rule)
machine.close()


def publishes(topic, body="x", qos=1, **values):
    def act(client):
        client.publish(topic, body, qos, properties=properties(PacketTypes.PUBLISH, **values))

    return act


OWN = "machines/machine-1/telemetry"
for what, act, code, rule in [
    ("a publish at QoS 2", publishes(OWN, qos=2), 0x9B, "EG-V5-101"),
    ("an eleventh alias", publishes(OWN, TopicAlias=11), 0x94, "EG-V5-104"),
    ("a packet that is too large", publishes(OWN, bytes(550_000)), 0x95, "EG-V5-102"),
    ("a topic of others at QoS 0", publishes("machines/x", qos=0), 0x87, "EG-OPEN-071"),
    (
        "a subscription identifier",
        lambda client: client.subscribe(
            "notices/#", properties=properties(PacketTypes.SUBSCRIBE, SubscriptionIdentifier=1)
        ),
        0xA1,
        "EG-V5-103",
    ),
    ("a newer connection", lambda client: Client("machine-1").close(), 0x8E, "EG-OPEN-070"),
]:
    with mock.step(f"{what} ends a connection with 0x{code:02X}"):
        machine = Client("machine-1")
        act(machine)
        same(machine.ended.take(), code)
        same(refused(mock.expect(kind="refusal")), rule)
        machine.loop_stop()

with mock.step("a session too many is refused with 0x97"):
    two = [Client("machine-1", session=name) for name in ("one", "two")]
    same(Client("machine-1", session="three").code, 0x97)
    same(refused(mock.expect(kind="refusal")), "EG-MSESS-003")

with mock.step("the session of another client is refused with 0x87"):
    same(Client("machine-2", session="one").code, 0x87)
    same(refused(mock.expect(kind="refusal")), "EG-SESSION-001")
    for client in (*two, console):
        client.close()
