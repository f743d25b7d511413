"""A client of an Event Grid namespace that is nothing but paho-mqtt over MQTT 5: what `skyproof certify event-grid`
is shown. Reads the environment that `skyproof certify` gives; ends at SIGTERM.
"""

import os
import signal
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

done = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: done.set())

me = os.environ["MQTT_CLIENT_ID"]
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=me, protocol=mqtt.MQTTv5)
client.username_pw_set(os.environ["MQTT_USERNAME"])
client.tls_set(
    os.environ["MQTT_CA_FILE"],
    certfile=os.environ["MQTT_CERT_FILE"],
    keyfile=os.environ["MQTT_KEY_FILE"],
)
client.reconnect_delay_set(min_delay=1, max_delay=30)


def on_connect(client, _userdata, flags, reason, _properties):
    if not reason.is_failure and not flags.session_present:
        client.subscribe([(f"clients/{me}/commands/#", 1), ("alerts/#", 1)])


def on_message(client, _userdata, message):
    topic = getattr(message.properties, "ResponseTopic", None)
    if topic:
        answer = Properties(PacketTypes.PUBLISH)
        data = getattr(message.properties, "CorrelationData", None)
        if data is not None:
            answer.CorrelationData = data
        client.publish(topic, '{"done":true}', qos=1, properties=answer)


client.on_connect = on_connect
client.on_message = on_message
session = Properties(PacketTypes.CONNECT)
session.SessionExpiryInterval = 600
client.connect_async(
    os.environ["MQTT_HOST_NAME"],
    int(os.environ["MQTT_TCP_PORT"]),
    keepalive=60,
    clean_start=False,
    properties=session,
)
client.loop_start()

sent = 0
while not done.wait(0.5):
    if client.is_connected():
        telemetry = Properties(PacketTypes.PUBLISH)
        telemetry.ContentType = "application/json"
        telemetry.MessageExpiryInterval = 60
        client.publish(
            f"clients/{me}/telemetry", f'{{"n": {sent}}}', qos=1, properties=telemetry
        )
        sent += 1
client.disconnect()
client.loop_stop()
