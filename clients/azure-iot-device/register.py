"""A registration as an application of the Azure SDK for Python has it: what `skyproof certify dps` is shown.

Reads the environment that the vendor's samples read; ends at SIGTERM.
"""

import os
import signal
import threading

from azure.iot.device import X509, ProvisioningDeviceClient

done = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: done.set())

with open(os.environ["SKYPROOF_CA_FILE"]) as ca:
    given = {
        "provisioning_host": os.environ["PROVISIONING_HOST"],
        "id_scope": os.environ["PROVISIONING_IDSCOPE"],
        "registration_id": os.environ["PROVISIONING_REGISTRATION_ID"],
        "server_verification_cert": ca.read(),
    }

registered = False
while not registered and not done.is_set():
    # The SDK's client is good for one registration: an application makes another for another try.
    if key := os.environ.get("PROVISIONING_SYMMETRIC_KEY"):
        client = ProvisioningDeviceClient.create_from_symmetric_key(symmetric_key=key, **given)
    else:
        proof = X509(os.environ["X509_CERT_FILE"], os.environ["X509_KEY_FILE"])
        client = ProvisioningDeviceClient.create_from_x509_certificate(x509=proof, **given)
    try:
        registered = client.register().status == "assigned"
    except Exception as error:
        print(f"not registered: {error!r}")
        # What is wrong with the request itself stays wrong.
        status = str(error.__cause__).rsplit(" ", 1)[-1]
        if status.isdigit() and int(status) < 429:
            break
        done.wait(2)
done.wait()
