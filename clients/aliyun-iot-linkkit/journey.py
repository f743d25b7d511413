"""Alibaba Cloud's Link SDK for Python through everything that it does, on an instance of Alibaba Cloud IoT
Platform. The product's thing model is that of thing.json."""

import base64
import json
import sys
import threading
from pathlib import Path

from linkkit.linkkit import LinkKit

sys.path.insert(0, str(Path(__file__).parents[1] / "common"))
from journey import Inbox, Mock, has, refused, same  # noqa: E402

mock = Mock()
product = mock.instance["products"][0]
PRODUCT_KEY = product["product_key"]
REGION = mock.instance["region"]


def encoded(text):
    return base64.b64encode(text.encode()).decode()


class Device:
    """A device by the SDK. What its callbacks tell lies in boxes."""

    def __init__(self, name, secret=None, thing=False, kit=None, **mqtt):
        self.name = name
        secret = mock.thing(name)["device_secret"] if secret is None else secret
        self.kit = LinkKit(REGION, PRODUCT_KEY, name, secret, **(kit or {}))
        settings = {"port": mock.facts["mqtt_port"], "endpoint": mock.host, "cadata": mock.ca_pem}
        self.kit.config_mqtt(**settings | mqtt)
        if thing:
            same(self.kit.thing_setup(str(Path(__file__).parent / "thing.json")), 0)
        for box in (
            "connect",
            "disconnect",
            "publish_topic",
            "subscribe_topic",
            "topic_message",
            "topic_rrpc_message",
            "thing_enable",
            "thing_prop_post",
            "thing_event_post",
            "thing_prop_changed",
            "thing_call_service",
            "thing_shadow_get",
            "thing_device_info_update",
            "device_dynamic_register",
            "device_dynamic_register_nwl_reply",
        ):
            setattr(self, box, Inbox())
            setattr(self.kit, f"on_{box}", lambda *told, box=getattr(self, box): box.put(told))

    def up(self):
        """Connects, and is connected on both sides."""
        self.kit.connect_async()
        same(self.connect.take()[1], 0)
        mock.expect(kind="connect", device=self.name)
        return self

    def down(self):
        """Ends for good, on both sides."""
        self.kit.destruct()
        self.disconnect.take()
        mock.expect(kind="close", device=self.name)

    def message(self, topic):
        """The next message of a topic: the SDK tells some of them twice, by two callbacks."""
        while (told := self.topic_message.take())[0] != topic:
            pass
        return told[1:3]

    def topic(self, rest):
        return f"/{PRODUCT_KEY}/{self.name}/user/{rest}"


WHOM = {"ProductKey": PRODUCT_KEY, "DeviceName": "sensor"}

with mock.step("connects by a secret of its own, over TLS without any setting: ALI-SEC-008"):
    sensor = Device("sensor", thing=True).up()
    sensor.thing_enable.take()
    told = mock.expect(kind="connect", device="sensor")["text"]
    has(told, "securemode=2,signmethod=hmacsha1,ext=1,_ss=1,lan=Python,_v=1.2.13,timestamp=")
    has(mock.expect(kind="open")["input"]["text"], "TLS")
    same(mock.api("GetDeviceStatus", **WHOM)["Data"]["Status"], "ONLINE")

with mock.step("a message to the business server, acknowledged"):
    rc, mid = sensor.kit.publish_topic(sensor.topic("update"), '{"celsius": 21}')
    same(rc, 0)
    same(sensor.publish_topic.take()[0], mid)
    has(mock.expect(kind="event", body='{"celsius": 21}')["text"], sensor.topic("update"))

with mock.step("a message from the business server"):
    rc, mid = sensor.kit.subscribe_topic(sensor.topic("get"))
    same(rc, 0)
    same(sensor.subscribe_topic.take()[0], mid)
    mock.api(
        "Pub",
        ProductKey=PRODUCT_KEY,
        TopicFullName=sensor.topic("get"),
        MessageContent=encoded("hello"),
        Qos="1",
    )
    same(sensor.message(sensor.topic("get")), (b"hello", 1))
    # Its PUBACK.
    mock.expect(kind="packet", device="sensor")

with mock.step("ends"):
    sensor.down()
    same(mock.api("GetDeviceStatus", **WHOM)["Data"]["Status"], "OFFLINE")

# What follows goes without TLS: the SDK writes from one thread while another one reads, and what is sent
# the moment that something came breaks a TLS connection now and then.
PLAIN = {"secure": "", "port": mock.facts["tcp_port"]}

with mock.step("connects without TLS"):
    sensor = Device("sensor", thing=True, **PLAIN).up()
    sensor.thing_enable.take()
    has(mock.expect(kind="connect", device="sensor")["text"], "securemode=3")

with mock.step("a property, and the reply to it without any subscription"):
    rc, asked = sensor.kit.thing_post_property({"celsius": 21.5, "power": 1})
    same(rc, 0)
    request, code, data, said, _ = sensor.thing_prop_post.take()
    same((request, code, data, said), (asked, 200, {}, "success"))
    reported = mock.api("QueryDevicePropertyStatus", **WHOM)["Data"]["List"]["PropertyStatusInfo"]
    same({it["Identifier"]: it["Value"] for it in reported}, {"celsius": "21.5", "power": "1"})

with mock.step("a property that is none is told"):
    rc, asked = sensor.kit.thing_post_property({"celsius": 500})
    request, code, *_ = sensor.thing_prop_post.take()
    same((request, code != 200), (asked, True))

with mock.step("an event, and the reply to it"):
    rc, asked = sensor.kit.thing_trigger_event(("overheated", {"celsius": 90}))
    same(rc, 0)
    event, request, code, *_ = sensor.thing_event_post.take()
    same((event, request, code), ("overheated", asked, 200))

with mock.step("a property is set"):
    mock.api("SetDeviceProperty", Items='{"power": 0}', **WHOM)
    same(sensor.thing_prop_changed.take()[0], {"power": 0})
    replied = f"/sys/{PRODUCT_KEY}/sensor/thing/service/property/set_reply"
    mock.expect(kind="publish", device="sensor", topic=replied, body_json={"code": 200})

with mock.step("a service is called, and answers later"):
    mock.api("InvokeThingService", Identifier="reboot", Args='{"in_s": 5}', **WHOM)
    service, request, params, _ = sensor.thing_call_service.take()
    same((service, params), ("reboot", {"in_s": 5}))
    same(sensor.kit.thing_answer_service("reboot", request, 200, {"done": 1}), 0)
    replied = f"/sys/{PRODUCT_KEY}/sensor/thing/service/reboot_reply"
    answered = {"id": request, "code": 200, "data": {"done": 1}}
    mock.expect(kind="publish", device="sensor", topic=replied, body_json=answered)


def meanwhile(does):
    """Does this in a thread of its own; gives what it comes to, when asked."""
    came = Inbox()

    def run():
        try:
            came.put(does())
        except AssertionError as error:
            came.put(error)

    threading.Thread(target=run, daemon=True).start()
    return came


with mock.step("a synchronous service: the call is answered with what the device says"):
    came = meanwhile(
        lambda: mock.api("InvokeThingService", Identifier="measure", Args='{"times": 2}', **WHOM)
    )
    service, request, params, _ = sensor.thing_call_service.take()
    same((service, params), ("measure", {"times": 2}))
    same(sensor.kit.thing_answer_service("measure", request, 200, {"celsius": 20}), 0)
    same(json.loads(came.take()["Data"]["Result"]), {"celsius": 20})

with mock.step("RRPC on a topic of the server's choice"):
    rc, _ = sensor.kit.subscribe_rrpc_topic(sensor.topic("get"))
    same(rc, 0)
    mock.expect(kind="subscribe", device="sensor")
    came = meanwhile(
        lambda: mock.api(
            "RRpc",
            Topic=sensor.topic("get"),
            RequestBase64Byte=encoded("now?"),
            Timeout="8000",
            **WHOM,
        )
    )
    request, topic, payload, qos, _ = sensor.topic_rrpc_message.take()
    same((topic, payload, qos), (f"/ext/rrpc/{request}{sensor.topic('get')}", b"now?", 0))
    same(sensor.kit.thing_answer_rrpc(request, "yes")[0], 0)
    answer = came.take()
    same((answer["RrpcCode"], answer["PayloadBase64Byte"]), ("SUCCESS", encoded("yes")))

with mock.step("a shadow: reported, read, and wished for"):
    same(sensor.kit.thing_update_shadow({"color": "red"}, 1)[0], 0)
    same(sensor.thing_shadow_get.take()[0]["payload"]["status"], "success")
    same(sensor.kit.thing_get_shadow()[0], 0)
    shadow = sensor.thing_shadow_get.take()[0]
    same(shadow["payload"]["state"]["reported"], {"color": "red"})
    wish = {"method": "update", "state": {"desired": {"color": "green"}}, "version": 2}
    mock.api("UpdateDeviceShadow", ShadowMessage=json.dumps(wish), **WHOM)
    told = sensor.thing_shadow_get.take()[0]
    same((told["method"], told["payload"]["state"]["desired"]), ("control", {"color": "green"}))
    same(sensor.kit.local_get_latest_shadow().get_version(), 2)

with mock.step("tags, and the reply to them"):
    rc, asked = sensor.kit.thing_update_tags({"floor": "7"})
    same(rc, 0)
    request, code, *_ = sensor.thing_device_info_update.take()
    same((request, code), (asked, 200))

with mock.step("the time of the cloud, by a topic"):
    ntp = f"/ext/ntp/{PRODUCT_KEY}/sensor"
    same(sensor.kit.subscribe_topic(f"{ntp}/response")[0], 0)
    sensor.subscribe_topic.take()
    same(sensor.kit.publish_topic(f"{ntp}/request", '{"deviceSendTime": "1571724098000"}', 0)[0], 0)
    told = json.loads(sensor.message(f"{ntp}/response")[0])
    same(str(told["deviceSendTime"]), "1571724098000")
    same(int(told["serverSendTime"]) >= int(told["serverRecvTime"]) > 0, True)

with mock.step("a second connection of the same device ends the first, which comes back"):
    newer = Device("sensor", **PLAIN).up()
    sensor.disconnect.take()
    same(refused(mock.expect(kind="refusal", device="sensor")), "ALI-OPEN-050")
    # The first takes the place back after its pause, so that the newer has to give up for good.
    newer.kit.destruct()
    same(sensor.connect.take()[1], 0)
    sensor.thing_enable.take()
    same(sensor.kit.publish_topic(sensor.topic("update"), "again")[0], 0)
    mock.expect(kind="event", body="again")

with mock.step("a device that is disabled is put offline"):
    mock.api("DisableThing", **WHOM)
    sensor.disconnect.take()
    same(mock.api("GetDeviceStatus", **WHOM)["Data"]["Status"], "DISABLE")
    mock.api("EnableThing", **WHOM)
    same(sensor.connect.take()[1], 0)
    sensor.down()

with mock.step("a wrong secret is refused, of which the SDK tells nobody"):
    stranger = Device("valve", secret="wrong")
    stranger.kit.connect_async()
    same(refused(mock.expect(kind="refusal")), "ALI-OPEN-003")
    same(stranger.connect.empty(), True)
    stranger.kit.destruct()

with mock.step("MQTT 3.1"):
    pump = Device("pump", protocol="MQTTv31").up()
    has(mock.expect(kind="connect", device="pump")["text"], "CONNECT v3 ")
    pump.down()

with mock.step("a kept session gets what came meanwhile"):
    pump = Device("pump", clean_session=False, **PLAIN).up()
    same(pump.kit.subscribe_topic(pump.topic("get"))[0], 0)
    pump.subscribe_topic.take()
    pump.down()
    to_pump = {"ProductKey": PRODUCT_KEY, "TopicFullName": pump.topic("get"), "Qos": "1"}
    mock.api("Pub", MessageContent=encoded("kept"), **to_pump)
    pump = Device("pump", clean_session=False, **PLAIN).up()
    same(pump.message(pump.topic("get")), (b"kept", 1))
    pump.down()


def registering(name, way):
    kit = {"product_secret": product["product_secret"], "auth_type": way}
    return Device(name, secret="", kit=kit)


with mock.step("a device that is known gets its secret by its product's, and connects with it"):
    newcomer = registering("newcomer", "register")
    newcomer.kit.connect_async()
    rc, secret, _ = newcomer.device_dynamic_register.take()
    same((rc, secret), (0, mock.thing("newcomer")["device_secret"]))
    Device("newcomer", secret=secret).up().down()

with mock.step("a device that nobody knows gets a token, and connects with it"):
    stranger = registering("stranger", "regnwl")
    stranger.kit.connect_async()
    rc, client_id, username, token = stranger.device_dynamic_register_nwl_reply.take()
    same((rc, username), (0, f"stranger&{PRODUCT_KEY}"))
    kit = {"client_id": client_id, "username": username, "password": token}
    Device("stranger", secret="", kit=kit).up().down()

with mock.step("what it breaks is known"):
    # The secret that was wrong, and the connections without TLS, are the journey's doing.
    same(mock.broken(), ["ALI-OPEN-003", "ALI-SEC-012"])
