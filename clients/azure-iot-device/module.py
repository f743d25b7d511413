"""module.py tcp|websocket: the Azure SDK for Python as a module of a device."""

import sys
from pathlib import Path

from azure.iot.device import IoTHubModuleClient, MethodResponse

sys.path.insert(0, str(Path(__file__).parents[1] / "common"))
from journey import Inbox, Mock, has, same  # noqa: E402

ID, TWIN = "sensor/filter", "twins/sensor%2Ffilter"
mock = Mock()

with mock.step("HUB-MODULE-002 connects as device/module"):
    client = IoTHubModuleClient.create_from_connection_string(
        mock.device(ID)["gateway_connection_string"],
        server_verification_cert=mock.ca_pem,
        websockets=sys.argv[1] == "websocket",
    )
    client.connect()
    connect = mock.expect(device=ID, kind="connect")["input"]["text"]
    has(connect, f" clean=0 keep-alive=60 id={ID} user={mock.hub['host']}/{ID}/?api-version=")

with mock.step("HUB-MODULE-005 sends telemetry to a topic of its own"):
    client.send_message("21.5")
    topic = "devices/sensor/modules/filter/messages/events/#"
    mock.expect(device=ID, kind="telemetry", body="21.5", topic=topic)

with mock.step("HUB-MODULE-008 reads its twin, and reports to it"):
    same(client.get_twin()["desired"], {"interval_s": 30, "$version": 1})
    client.patch_twin_reported_properties({"celsius": 21.5})
    same(mock.ask("GET", TWIN)["properties"]["reported"]["celsius"], 21.5)

with mock.step("HUB-MODULE-009 hears of desired properties"):
    patches = Inbox()
    client.on_twin_desired_properties_patch_received = patches.put
    mock.ask("PATCH", TWIN, {"properties": {"desired": {"interval_s": 5}}})
    same(patches.take(), {"interval_s": 5, "$version": 2})

with mock.step("answers a method"):

    def answer(request):
        response = MethodResponse.create_from_method_request(request, 201, request.payload)
        client.send_method_response(response)

    client.on_method_request_received = answer
    call = {"device": ID, "methodName": "reset", "payload": {"hard": True}}
    same(mock.ask("POST", "method", call), {"status": 201, "payload": {"hard": True}})

with mock.step("says goodbye"):
    client.shutdown()
    mock.expect(device=ID, kind="close")

with mock.step("breaks no rule unexpectedly"):
    same(mock.broken(), [])
