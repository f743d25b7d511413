"""provision.py tcp|websocket: the Azure SDK for Python registers at a DPS, by each kind of proof, and
connects to the hub that it is assigned to."""

import base64
import hashlib
import hmac
import sys
from pathlib import Path

from azure.iot.device import (
    X509,
    IoTHubDeviceClient,
    ProvisioningDeviceClient,
    exceptions,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "common"))
from journey import Mock, has, refused, same  # noqa: E402

transport = sys.argv[1]
mock = Mock()
dps = mock.facts["provisioning"][0]
options = {"server_verification_cert": mock.ca_pem, "websockets": transport == "websocket"}


def register(registration_id, proof):
    """Registers with a key or a certificate."""
    given = {
        "provisioning_host": dps["host"],
        "registration_id": registration_id,
        "id_scope": dps["id_scope"],
    }
    if isinstance(proof, X509):
        client = ProvisioningDeviceClient.create_from_x509_certificate(x509=proof, **given, **options)
    else:
        client = ProvisioningDeviceClient.create_from_symmetric_key(
            symmetric_key=proof, **given, **options
        )
    return client.register()


def connect(assigned, proof):
    """Connects to the assigned hub, whose name no DNS knows: by the mock's address as the gateway."""
    given = {
        "hostname": assigned.assigned_hub,
        "device_id": assigned.device_id,
        "gateway_hostname": mock.host,
    }
    if isinstance(proof, X509):
        client = IoTHubDeviceClient.create_from_x509_certificate(x509=proof, **given, **options)
    else:
        client = IoTHubDeviceClient.create_from_symmetric_key(
            symmetric_key=proof, **given, **options
        )
    client.connect()
    return client


def primary_key(entries, name, value):
    return next(it["primary_key"] for it in entries if it[name] == value)


def derived(group_key, registration_id):
    """A device's own key below the key of its group."""
    digest = hmac.new(base64.b64decode(group_key), registration_id.encode(), hashlib.sha256)
    return base64.b64encode(digest.digest()).decode()


key = primary_key(dps["enrollments"], "registration_id", "by-key")
group_key = primary_key(dps["groups"], "name", "group-by-key")
proofs = {
    "by-key": key,
    "of-group-by-key": derived(group_key, "of-group-by-key"),
    "by-certificate": X509(*mock.certificate("by-certificate")),
    "of-group-by-certificate": X509(*mock.certificate("of-group-by-certificate")),
}

with mock.step("a wrong key is refused"):
    # CONNECT passes: it is the registration that is answered with 401.
    try:
        register("by-key", derived(key, "another"))
        raise AssertionError("a wrong key was accepted")
    except exceptions.ClientError as error:
        has(str(error.__cause__), "status code 401")
    same(refused(mock.expect(kind="refusal")), "DPS-OPEN-001")

for registration_id, proof in proofs.items():
    with mock.step(f"{registration_id} is assigned to a hub"):
        result = register(registration_id, proof)
        assigned = result.registration_state
        same(result.status, "assigned")
        same((assigned.assigned_hub, assigned.device_id), (mock.hub["host"], registration_id))
        mock.expect(topic="$dps/registrations/res/202/#")
        mock.expect(topic="$dps/registrations/res/200/#")
        registered = [it["deviceId"] for it in mock.ask("GET", "devices")]
        assert registration_id in registered, f"the hub has {registered}"

    with mock.step(f"{registration_id} connects to its hub and sends"):
        client = connect(assigned, proof)
        client.send_message(f"from {registration_id}")
        mock.expect(device=registration_id, kind="telemetry", body=f"from {registration_id}")
        client.shutdown()
        mock.expect(device=registration_id, kind="close")

with mock.step("breaks no rule unexpectedly"):
    # The wrong key, and what the SDK does: it polls after 2 s whatever `retry-after` says, its token
    # has no `skn`, and it keeps its session.
    habits = ["DPS-POLL-009", "DPS-SAS-003", "DPS-SAS-006", "DPS-SESS-003"]
    same(mock.broken(), ["DPS-OPEN-001", *habits])
