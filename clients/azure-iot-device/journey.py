"""journey.py tcp|websocket DEVICE: the Azure SDK for Python as a device of a hub."""

import sys
from pathlib import Path
from pkgutil import walk_packages

import azure.iot.device
from azure.iot.device import X509, IoTHubDeviceClient, Message, MethodResponse, exceptions

sys.path.insert(0, str(Path(__file__).parents[1] / "common"))
from journey import Inbox, Mock, has, refused, same  # noqa: E402

transport, ID = sys.argv[1:]
mock = Mock()
facts = mock.device(ID)
options = {"server_verification_cert": mock.ca_pem, "websockets": transport == "websocket"}


def modules_of(package):
    return walk_packages(package.__path__, f"{package.__name__}.")


def by_connection_string(text, **more):
    return IoTHubDeviceClient.create_from_connection_string(text, **options, **more)


def by_certificate(**more):
    # The hub keeps its name; the gateway is where the mock listens.
    return IoTHubDeviceClient.create_from_x509_certificate(
        x509=X509(*mock.certificate(ID)),
        hostname=mock.hub["host"],
        device_id=ID,
        gateway_hostname=mock.host,
        **options,
        **more,
    )


has_key = facts["authentication"] == "sas"
string = facts["gateway_connection_string"]

if has_key:
    with mock.step("a wrong key is refused"):
        key = facts["primary_key"]
        stranger = by_connection_string(string.replace(key, key[::-1].lstrip("=") + "="))
        try:
            stranger.connect()
            raise AssertionError("a wrong key was accepted")
        except exceptions.CredentialError:
            pass
        same(refused(mock.expect(kind="refusal")), "HUB-OPEN-002")
        stranger.shutdown()

    with mock.step("renews its token by a new connection"):
        # It does so 120 s before the token ends: at once.
        client = by_connection_string(string, sastoken_ttl=121)
        client.connect()
        mock.expect(device=ID, kind="connect", count=2)
        client.send_message("renewed")
        mock.expect(device=ID, kind="telemetry", body="renewed")
        client.shutdown()

with mock.step("HUB-KEEPALIVE-008 a keep-alive that it picks"):
    picked = {"keep_alive": 30}
    client = by_connection_string(string, **picked) if has_key else by_certificate(**picked)
    client.connect()
    has(mock.expect(device=ID, kind="connect")["input"]["text"], " keep-alive=30 ")
    client.shutdown()

with mock.step(f"connects over {transport} by {facts['authentication']}"):
    client = by_connection_string(string) if has_key else by_certificate()
    client.connect()
    connect = mock.expect(device=ID, kind="connect")["input"]["text"]
    has(connect, "DeviceClientType=azure-iot-device-iothub-py%2F2.14.0")
    opened = mock.expect(kind="open")["input"]["text"]

if transport == "tcp":
    with mock.step("HUB-SDK-020 no parameter means MQTT over TLS"):
        has(opened, "over TLS")
else:
    with mock.step("HUB-SDK-021 websockets=True means MQTT over WebSocket"):
        has(opened, "over WebSocket")

with mock.step("HUB-SDK-005 CleanSession 0"):
    has(connect, " clean=0 ")

with mock.step("HUB-KEEPALIVE-006 keep-alive 60 s"):
    has(connect, " keep-alive=60 ")

with mock.step("HUB-CONN-005 an api-version, though an older one"):
    has(connect, "/?api-version=2019-10-01&")

with mock.step("HUB-SDK-022 has no AMQP"):
    same([it.name for it in modules_of(azure.iot.device) if "amqp" in it.name.lower()], [])

with mock.step("HUB-SDK-006 sends telemetry with properties, at QoS 1"):
    message = Message('{"celsius": 21.5}', content_encoding="utf-8", content_type="application/json")
    message.message_id, message.correlation_id = "m-1", "c 1"
    message.custom_properties = {"room": "living room", "empty": "", "path": "a/b?c=d&e"}
    client.send_message(message)
    properties = {
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "message-id": "m-1",
        "correlation-id": "c 1",
        **message.custom_properties,
    }
    sent = mock.expect(device=ID, kind="telemetry", body=message.data, properties=properties)
    has(sent["input"]["text"], " PUBLISH q1 ")

with mock.step("HUB-SDK-006 receives a cloud-to-device message, at QoS 1"):
    messages = Inbox()
    client.on_message_received = messages.put
    subscribed = mock.expect(device=ID, kind="subscribe")
    has(subscribed["input"]["text"], f"[devices/{ID}/messages/devicebound/# q1]")
    properties = {"room": "living room", "empty": "", "flag": None, "path": "a/b?c=d&e"}
    order = {"device": ID, "body": "open", "properties": properties, "ack": "full"}
    sent = mock.ask("POST", "c2d", {**order, "messageId": "m 2", "contentType": "text/plain"})
    message = messages.take()
    same((message.data, message.custom_properties), (b"open", properties))
    same((message.message_id, message.content_type), (sent["messageId"], "text/plain"))
    mock.expect(device=ID, kind="feedback")

with mock.step("reads its twin"):
    twin = client.get_twin()
    same(twin["desired"], {"interval_s": 30, "$version": 1})
    mock.expect(device=ID, topic="$iothub/twin/res/200/#")

with mock.step("reports to its twin"):
    client.patch_twin_reported_properties({"celsius": 21.5, "door": {"open": True}})
    mock.expect(device=ID, topic="$iothub/twin/res/204/#")
    reported = mock.ask("GET", f"twins/{ID}")["properties"]["reported"]
    same((reported["celsius"], reported["door"]), (21.5, {"open": True}))
    same(client.get_twin()["reported"]["celsius"], 21.5)

with mock.step("hears of desired properties"):
    patches = Inbox()
    client.on_twin_desired_properties_patch_received = patches.put
    patch = {"interval_s": 5, "mode": {"eco": True}}
    mock.ask("PATCH", f"twins/{ID}", {"properties": {"desired": patch}})
    same(patches.take(), {**patch, "$version": 2})
    mock.expect(topic="$iothub/twin/PATCH/properties/desired/#", body_json=patch)

with mock.step("answers a method"):
    requests = Inbox()

    def answer(request):
        requests.put((request.name, request.payload))
        response = MethodResponse.create_from_method_request(request, 201, {"in_s": 3})
        client.send_method_response(response)

    client.on_method_request_received = answer
    call = {"device": ID, "methodName": "reboot", "payload": {"hard": True}}
    same(mock.ask("POST", "method", call), {"status": 201, "payload": {"in_s": 3}})
    same(requests.take(), ("reboot", {"hard": True}))
    mock.expect(device=ID, topic="$iothub/methods/res/201/#")

with mock.step("comes back after a cut, with what it had subscribed to"):
    mock.ask("DELETE", f"devices/{ID}/connection")
    mock.ask("POST", "c2d", {"device": ID, "body": "still there?"})
    same(messages.take().data, b"still there?")
    connect = mock.expect(device=ID, kind="connect")
    has(connect["text"], "session-present=1")
    client.send_message("still here")
    mock.expect(device=ID, kind="telemetry", body="still here")

with mock.step("says goodbye"):
    client.shutdown()
    mock.expect(device=ID, kind="close")

with mock.step("breaks no rule unexpectedly"):
    same(mock.broken(), ["HUB-OPEN-002"] if has_key else [])
