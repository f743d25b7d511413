"""gmqtt, asynchronous and with a codec of its own, as a device that knows no SDK. It offers MQTT 5 first."""

import asyncio
import json
import ssl
import sys
from pathlib import Path

import gmqtt

sys.path.insert(0, str(Path(__file__).parents[1] / "common"))
from journey import WAIT_S, Mock, has, refused, same  # noqa: E402

ID = "sensor"
EVENTS = f"devices/{ID}/messages/events/"
C2D = f"devices/{ID}/messages/devicebound/#"
TWIN = ["$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#"]
METHODS = "$iothub/methods/POST/#"

mock = Mock()
trust = ssl.create_default_context(cafile=mock.facts["ca_file"])


class Device(gmqtt.Client):
    """A client with this id; what the cloud sends lies in `inbox`, what it grants in `subacks`."""

    def __init__(self, client_id, facts, clean_session=False):
        super().__init__(client_id, clean_session=clean_session)
        self.set_auth_credentials(facts["username"], facts["password"])
        self.inbox, self.subacks = asyncio.Queue(), asyncio.Queue()
        # It comes back at once.
        self.set_config({"reconnect_delay": 0})
        self.on_message = lambda client, topic, payload, qos, properties: self.inbox.put_nowait(
            (topic, payload.decode(), qos)
        )
        self.on_subscribe = lambda client, mid, qos, properties: self.subacks.put_nowait(qos)

    async def arrive(self):
        port = mock.facts["mqtt_port"]
        await asyncio.wait_for(self.connect(mock.host, port, ssl=trust), WAIT_S)

    async def listen(self, *filters):
        """Subscribes at QoS 1 to all in one packet; gives the granted levels."""
        self.subscribe([gmqtt.Subscription(it, qos=1) for it in filters])
        return list(await asyncio.wait_for(self.subacks.get(), WAIT_S))

    async def take(self):
        return await asyncio.wait_for(self.inbox.get(), WAIT_S)


async def seen(**criteria):
    """Waits for something in the journal, while the client goes on."""
    return await asyncio.to_thread(mock.expect, **criteria)


async def ask(*request):
    return await asyncio.to_thread(mock.ask, *request)


async def main():
    own = mock.device(ID)

    with mock.step("a token that was tampered with is refused with CONNACK 5"):
        stranger = Device(ID, {**own, "password": own["password"].replace("se=", "se=1")})
        try:
            await stranger.arrive()
            raise AssertionError("a wrong token was accepted")
        except gmqtt.mqtt.handler.MQTTConnectError as error:
            same(error._code, 5)
        same(refused(await seen(kind="refusal", count=2)), "HUB-OPEN-002")

    with mock.step("connects with a SAS token, after its MQTT 5 was refused"):
        device = Device(ID, own)
        await device.arrive()
        same(refused(await seen(device=ID, kind="refusal")), "HUB-LIMIT-004")
        has((await seen(device=ID, kind="connect", count=2))["input"]["text"], "CONNECT v4 clean=0")

    with mock.step("telemetry with properties"):
        bag = "%24.ct=application%2Fjson&%24.mid=m1&room=living%20room&empty="
        device.publish(f"{EVENTS}{bag}", "[1]", qos=1)
        properties = {"content-type": "application/json", "message-id": "m1"}
        properties |= {"room": "living room", "empty": ""}
        await seen(device=ID, kind="telemetry", body="[1]", properties=properties)

    with mock.step("subscribes to all in one packet, QoS 1 granted"):
        same(await device.listen(C2D, METHODS, *TWIN), [1, 1, 1, 1])
        await seen(device=ID, kind="subscribe")

    with mock.step("a cloud-to-device message"):
        c2d = {"device": ID, "body": "open", "properties": {"a": "b c", "empty": "", "none": None}}
        await ask("POST", "c2d", {**c2d, "ack": "full"})
        topic, body, qos = await device.take()
        same((body, qos), ("open", 1))
        has(topic, f"&%24.to=%2Fdevices%2F{ID}%2Fmessages%2FdeviceBound&iothub-ack=full")
        has(topic, "&a=b%20c&empty=&none")
        await seen(device=ID, kind="feedback")

    with mock.step("reads its twin"):
        device.publish("$iothub/twin/GET/?$rid=1", "")
        topic, body, _ = await device.take()
        same(topic, "$iothub/twin/res/200/?$rid=1")
        same(json.loads(body)["desired"]["interval_s"], 30)

    with mock.step("reports to its twin"):
        device.publish("$iothub/twin/PATCH/properties/reported/?$rid=2", {"celsius": 21}, qos=1)
        has((await device.take())[0], "$iothub/twin/res/204/?$rid=2&$version=")
        same((await ask("GET", f"twins/{ID}"))["properties"]["reported"]["celsius"], 21)

    with mock.step("hears of desired properties"):
        await ask("PATCH", f"twins/{ID}", {"properties": {"desired": {"interval_s": 5}}})
        topic, body, _ = await device.take()
        notice = json.loads(body)
        same(notice["interval_s"], 5)
        same(topic, f"$iothub/twin/PATCH/properties/desired/?$version={notice['$version']}")

    with mock.step("answers a method"):
        call = {"device": ID, "methodName": "reboot", "payload": {"hard": True}}
        answered = asyncio.create_task(ask("POST", "method", call))
        topic, body, _ = await device.take()
        has(topic, "$iothub/methods/POST/reboot/?$rid=")
        same(json.loads(body), {"hard": True})
        device.publish(f"$iothub/methods/res/201/?{topic.split('?')[1]}", {"in_s": 3})
        same(await answered, {"status": 201, "payload": {"in_s": 3}})

    with mock.step("comes back after a cut, with what it had subscribed to"):
        await ask("DELETE", f"devices/{ID}/connection")
        has((await seen(device=ID, kind="connect"))["text"], "session-present=1")
        await ask("POST", "c2d", {"device": ID, "body": "still there?"})
        same((await device.take())[1], "still there?")
        device.publish("$iothub/twin/GET/?$rid=3", "")
        same((await device.take())[0], "$iothub/twin/res/200/?$rid=3")

    with mock.step("says goodbye"):
        await device.disconnect()
        await seen(device=ID, kind="close")

    with mock.step("registers at the DPS, and polls until it is assigned to a hub"):
        dps = mock.facts["provisioning"][0]
        enrollment = next(it for it in dps["enrollments"] if it["registration_id"] == "by-key")
        client = Device("by-key", enrollment, clean_session=True)
        await client.arrive()
        same(await client.listen("$dps/registrations/res/#"), [1])
        requested = "PUT/iotdps-register/?$rid=0", {"registrationId": "by-key"}
        for rid in range(1, WAIT_S):
            client.publish(f"$dps/registrations/{requested[0]}", requested[1], qos=1)
            topic, body, _ = await client.take()
            if not topic.startswith("$dps/registrations/res/202/"):
                break
            # What a device owes to the DPS: it lets this time pass before it asks again.
            await asyncio.sleep(int(topic.split("&retry-after=")[1]))
            operation = json.loads(body)["operationId"]
            query = f"?$rid={rid}&operationId={operation}"
            requested = f"GET/iotdps-get-operationstatus/{query}", ""
        has(topic, "$dps/registrations/res/200/?$rid=")
        assigned = json.loads(body)["registrationState"]
        same((assigned["assignedHub"], assigned["deviceId"]), (mock.hub["host"], "by-key"))
        await client.disconnect()

    with mock.step("breaks no rule unexpectedly"):
        # The wrong token, and what the client does: it offers MQTT 5 first, and once that is refused,
        # it asks for its old session, even at a DPS and with clean_session=True.
        habits = ["DPS-CONN-001", "DPS-SESS-003", "HUB-LIMIT-004", "HUB-TLS-007"]
        same(mock.broken(), sorted(["HUB-OPEN-002", *habits]))


asyncio.run(main())
