#!/usr/bin/env bash
# A device that is nothing but mosquitto_sub, in a loop: what `skyproof certify` is shown.
# A device has one connection at a hub, so that mosquitto_pub would end it: telemetry is not claimed. Reads
# the environment that `skyproof certify` gives; ends at SIGTERM.
set -euo pipefail

proof=(-P "${SKYPROOF_PASSWORD:-}")
if [ -n "${X509_CERT_FILE:-}" ]; then
    proof=(--cert "$X509_CERT_FILE" --key "$X509_KEY_FILE")
fi
trap 'kill "$pid" 2>/dev/null; exit 0' TERM
while true; do
    mosquitto_sub -V mqttv311 -h "$SKYPROOF_HOST" -p "$SKYPROOF_PORT" --cafile "$SKYPROOF_CA_FILE" \
        -i "$SKYPROOF_CLIENT_ID" -u "$SKYPROOF_USERNAME" "${proof[@]}" -k 60 -c -q 1 \
        -t "devices/$SKYPROOF_CLIENT_ID/messages/devicebound/#" &
    pid=$!
    wait "$pid" || true
    # It ends when it is refused, or does not trust the hub.
    sleep 1 &
    pid=$!
    wait "$pid"
done
