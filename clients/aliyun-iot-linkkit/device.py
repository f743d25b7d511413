"""A device of an Alibaba instance by the vendor's Link SDK for Python, as it comes: what `skyproof certify alibaba` is
shown. Reads the environment that `skyproof certify` gives; ends at SIGTERM.
"""

import os
import signal
import threading
from pathlib import Path

from linkkit.linkkit import LinkKit

done = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: done.set())

pk, name = os.environ["ALI_PRODUCT_KEY"], os.environ["ALI_DEVICE_NAME"]
kit = LinkKit(os.environ["ALI_REGION_ID"], pk, name, os.environ["ALI_DEVICE_SECRET"])
kit.config_mqtt(
    endpoint=os.environ["SKYPROOF_HOST"],
    port=int(os.environ["SKYPROOF_PORT"]),
    cadata=Path(os.environ["SKYPROOF_CA_FILE"]).read_text(),
)
ready = threading.Event()


def on_connect(_session, code, _data):
    if code == 0:
        kit.subscribe_topic(f"/{pk}/{name}/user/get")
        ready.set()


kit.on_connect = on_connect
kit.on_disconnect = lambda code, data: ready.clear()
kit.connect_async()

while not done.wait(0.5):
    if ready.is_set():
        kit.publish_topic(f"/{pk}/{name}/user/update", '{"celsius": 21.5}', 1)
kit.destruct()
