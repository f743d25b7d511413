"""The Azure SDK for Python takes orders. It dials 8883 and 443 alone."""

import base64
import sys
import tempfile
import threading
from pathlib import Path

from azure.iot.device import (
    X509,
    IoTHubDeviceClient,
    Message,
    MethodResponse,
    ProvisioningDeviceClient,
    constant,
    exceptions,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "common"))
from adapter import Failed, Unsupported, event, kind_of, serve  # noqa: E402

CLIENT = {"name": "azure-iot-device", "version": constant.VERSION, "language": "python"}
CAPABILITIES = ["auth.sas_key", "auth.x509", "transport.ws", "hub.d2c", "hub.c2d", "hub.twin",
                "hub.methods", "dps.register"]
case, conns = {}, {}


class Device:
    """A client of the SDK; events come from its threads."""

    def __init__(self, conn, to):
        over_ws, tls = to["transport"] == "ws", to["tls"]
        if to["port"] != (443 if over_ws else 8883):
            raise Failed("usage", f"the SDK cannot be talked into port {to['port']}")
        options = {"server_verification_cert": tls["ca_pem"], "websockets": over_ws}
        if "keepalive_s" in to:
            options["keep_alive"] = to["keepalive_s"]
        who, proof = to["identity"], None
        if "x509" in to["auth"]:
            with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False) as file:
                file.write(tls["client_cert_pem"] + tls["client_key_pem"])
            proof = X509(file.name, file.name)
        elif "sas_key" not in to["auth"]:
            raise Unsupported("auth.sas_token")
        if to["dialect"] == "azure-dps":
            self.client = ProvisioningDeviceClient.create_from_symmetric_key(
                to["addr"], who["registration_id"], who["id_scope"], to["auth"]["sas_key"], **options)
            return
        options["connection_retry"] = options["auto_connect"] = to["retry"] == "library"
        if proof:
            self.client = IoTHubDeviceClient.create_from_x509_certificate(
                proof, to["host"], who["device_id"], gateway_hostname=to["addr"], **options)
        else:
            self.client = IoTHubDeviceClient.create_from_connection_string(
                f"HostName={to['host']};DeviceId={who['device_id']};GatewayHostName={to['addr']};"
                f"SharedAccessKey={to['auth']['sas_key']}", **options)
        self.conn, self.ended = conn, threading.Event()
        self.client.on_connection_state_change = self.changed
        try:
            self.client.connect()
        except exceptions.CredentialError as error:
            raise Failed("auth", str(error)) from error
        except exceptions.ConnectionFailedError as error:
            kind = kind_of(error)
            raise Failed("network" if kind == "internal" else kind, repr(error.__cause__)) from error
        self.listen()

    def listen(self):
        if "hub.c2d" in case["requires"]:
            self.client.on_message_received = lambda it: event(
                "message", self.conn, kind="c2d", payload_b64=base64.b64encode(it.data).decode(),
                properties=it.custom_properties)
        if "hub.twin" in case["requires"]:
            self.client.on_twin_desired_properties_patch_received = lambda it: event(
                "desired", self.conn, version=it["$version"], patch=it)
        if "hub.methods" in case["requires"]:
            self.client.on_method_request_received = lambda it: event(
                "method", self.conn, call=it.request_id, name=it.name, payload=it.payload)

    def changed(self):
        if self.client.connected:
            event("connected", self.conn)
        else:
            event("disconnected", self.conn)
            self.ended.set()


def open_(args):
    conns[args["conn"]] = Device(args["conn"], args["endpoint"])


def close(args):
    device = conns.pop(args["conn"], None)
    if isinstance(device and device.client, IoTHubDeviceClient):
        device.client.disconnect()
        # The SDK's thread that tells of it ends with `shutdown`.
        device.ended.wait(2)
        device.client.shutdown()


def telemetry(args):
    body = base64.b64decode(args["payload_b64"]) if "payload_b64" in args else args["payload"]
    message = Message(body)
    message.custom_properties.update(args["properties"])
    conns[args["conn"]].client.send_message(message)


def method_reply(args):
    response = MethodResponse(args["call"], args["status"], args["payload"])
    conns[args["conn"]].client.send_method_response(response)


def provision(args):
    state = conns[args["conn"]].client.register().registration_state
    return {"assigned_hub": state.assigned_hub, "device_id": state.device_id}


serve(CLIENT, CAPABILITIES, {
    "begin": case.update,
    "open": open_,
    "close": close,
    "telemetry": telemetry,
    "twin_get": lambda it: {"twin": conns[it["conn"]].client.get_twin()},
    "twin_report":
        lambda it: conns[it["conn"]].client.patch_twin_reported_properties(it["patch"]),
    "method_reply": method_reply,
    "provision": provision,
    "end": lambda _: [close({"conn": conn}) for conn in list(conns)] and None,
})
