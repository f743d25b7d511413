"""A device that is nothing but paho-mqtt: what `skyproof certify` is shown. Reads the environment that
`skyproof certify` gives; ends at SIGTERM.
"""

import json
import os
import signal
import threading

import paho.mqtt.client as mqtt

done = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: done.set())

device = os.environ["SKYPROOF_CLIENT_ID"]
bag = "%24.ct=application%2Fjson&%24.ce=utf-8"
client = mqtt.Client(
    mqtt.CallbackAPIVersion.VERSION2, client_id=device, clean_session=False, protocol=mqtt.MQTTv311
)
client.username_pw_set(os.environ["SKYPROOF_USERNAME"], os.environ.get("SKYPROOF_PASSWORD"))
client.tls_set(
    os.environ["SKYPROOF_CA_FILE"],
    certfile=os.environ.get("X509_CERT_FILE"),
    keyfile=os.environ.get("X509_KEY_FILE"),
)
client.reconnect_delay_set(min_delay=1, max_delay=30)


def on_connect(client, _userdata, _flags, reason, _properties):
    if not reason.is_failure:
        client.subscribe([
            (f"devices/{device}/messages/devicebound/#", 1),
            ("$iothub/twin/res/#", 0),
            ("$iothub/twin/PATCH/properties/desired/#", 0),
            ("$iothub/methods/POST/#", 0),
        ])


def on_subscribe(client, *_):
    client.publish("$iothub/twin/GET/?$rid=get")


def on_message(client, _userdata, message):
    if message.topic.startswith("$iothub/methods/POST/"):
        rid = message.topic.split("$rid=")[1]
        client.publish(f"$iothub/methods/res/200/?$rid={rid}", '{"done":true}')
    elif message.topic.startswith("$iothub/twin/PATCH/properties/desired/"):
        seen = json.dumps({"seen": json.loads(message.payload)["$version"]})
        client.publish("$iothub/twin/PATCH/properties/reported/?$rid=seen", seen)


client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.connect_async(os.environ["SKYPROOF_HOST"], int(os.environ["SKYPROOF_PORT"]), keepalive=60)
client.loop_start()

sent = 0
while not done.wait(0.5):
    if client.is_connected():
        client.publish(f"devices/{device}/messages/events/{bag}&n={sent}", f'{{"n": {sent}}}', qos=1)
        sent += 1
client.disconnect()
client.loop_stop()
