"""A device as an application of the Azure SDK for Python has it: what `skyproof certify` is shown.

Reads the environment that the vendor's samples read; ends at SIGTERM.
"""

import os
import signal
import threading

from azure.iot.device import IoTHubDeviceClient, Message, MethodResponse

done = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: done.set())

with open(os.environ["SKYPROOF_CA_FILE"]) as ca:
    client = IoTHubDeviceClient.create_from_connection_string(
        os.environ["IOTHUB_DEVICE_CONNECTION_STRING"], server_verification_cert=ca.read()
    )


def answer(request):
    client.send_method_response(MethodResponse.create_from_method_request(request, 200, {"done": True}))


def report(patch):
    client.patch_twin_reported_properties({"seen": patch["$version"]})


# The first connection is the application's to try again; later ones are the SDK's.
ready = False
while not ready and not done.is_set():
    try:
        client.connect()
        client.on_message_received = lambda message: None
        client.on_method_request_received = answer
        client.on_twin_desired_properties_patch_received = report
        client.get_twin()
        ready = True
    except Exception as error:
        print(f"not connected: {error!r}")
        done.wait(1)

sent = 0
while not done.wait(0.5):
    message = Message(f'{{"n": {sent}}}', content_encoding="utf-8", content_type="application/json")
    message.custom_properties["n"] = str(sent)
    try:
        client.send_message(message)
        sent += 1
    except Exception as error:  # The SDK connects again by itself.
        print(f"not sent: {error!r}")
client.shutdown()
