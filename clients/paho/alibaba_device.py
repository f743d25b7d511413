"""A device of an Alibaba instance that is nothing but paho-mqtt over MQTT 3.1.1: what `skyproof certify alibaba` is
shown. Reads the environment that `skyproof certify` gives; ends at SIGTERM.
"""

import json
import os
import signal
import threading

import paho.mqtt.client as mqtt

done = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: done.set())

me = f"{os.environ['ALI_PRODUCT_KEY']}/{os.environ['ALI_DEVICE_NAME']}"
client = mqtt.Client(
    mqtt.CallbackAPIVersion.VERSION2,
    client_id=os.environ["SKYPROOF_CLIENT_ID"],
    clean_session=False,
)
client.username_pw_set(os.environ["SKYPROOF_USERNAME"], os.environ["SKYPROOF_PASSWORD"])
client.tls_set(os.environ["SKYPROOF_CA_FILE"])
client.reconnect_delay_set(min_delay=1, max_delay=30)


def on_connect(client, _userdata, _flags, reason, _properties):
    if not reason.is_failure:
        filters = [
            f"/{me}/user/get",
            f"/sys/{me}/thing/event/property/post_reply",
            f"/sys/{me}/thing/service/property/set",
            f"/sys/{me}/rrpc/request/+",
        ]
        client.subscribe([(it, 1) for it in filters])


def on_message(client, _userdata, message):
    if "/rrpc/request/" in message.topic:
        client.publish(message.topic.replace("/rrpc/request/", "/rrpc/response/"), '{"done":true}')
    elif message.topic.endswith("/property/set"):
        asked = json.loads(message.payload)
        answer = {"id": asked["id"], "code": 200, "data": {}}
        client.publish(f"{message.topic}_reply", json.dumps(answer), qos=1)


client.on_connect = on_connect
client.on_message = on_message
client.connect_async(os.environ["SKYPROOF_HOST"], int(os.environ["SKYPROOF_PORT"]), keepalive=60)
client.loop_start()

sent = 0
while not done.wait(0.5):
    if client.is_connected():
        sent += 1
        client.publish(f"/{me}/user/update", json.dumps({"n": sent}), qos=1)
        post = {"id": str(sent), "version": "1.0", "params": {"celsius": 21.5}}
        post["method"] = "thing.event.property.post"
        client.publish(f"/sys/{me}/thing/event/property/post", json.dumps(post), qos=1)
client.disconnect()
client.loop_stop()
