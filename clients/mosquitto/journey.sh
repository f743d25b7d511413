#!/usr/bin/env bash
# mosquitto_pub and mosquitto_sub as devices of the mock. SKYPROOF is the binary, SKYPROOF_FACTS a file
# with what `skyproof up --json` told.
# shellcheck source=../common/journey.sh
. "$(dirname "$0")/../common/journey.sh"

# speaks DEVICE: the options that a device with this id needs; with a key, its token is the password.
speaks() {
    # shellcheck disable=SC2016 # jq's own variable
    local of='.hubs[0].devices[] | select(.id == $id)'
    options=(-V mqttv311 -h "$(fact .host)" -p "$(fact .mqtt_port)" --cafile "$(fact .ca_file)"
        -i "$1" -u "$(fact --arg id "$1" "$of.username")")
    password=$(fact --arg id "$1" "$of.password" || true)
}
events=devices/sensor/messages/events

publishes() {
    mosquitto_pub -d "${options[@]}" -P "$password" -q 1 -m '{"celsius": 21.5}' \
        -t "$events/%24.ct=application%2Fjson&%24.ce=utf-8&room=living%20room&empty=" >"$work/pub"
    has 'received CONNACK (0)' "$work/pub"
    has 'received PUBACK (Mid: 1' "$work/pub"
    expect '{"device": "sensor", "kind": "telemetry", "body_json": {"celsius": 21.5}, "properties":
        {"content-type": "application/json", "content-encoding": "utf-8", "room": "living room",
         "empty": ""}}'
    "$SKYPROOF" telemetry --device sensor >"$work/telemetry"
    has 'room=living room' "$work/telemetry"
}

receives() {
    mosquitto_sub "${options[@]}" -P "$password" -q 1 -C 1 -W "$wait_s" -F '%q %t %p' \
        -t 'devices/sensor/messages/devicebound/#' >"$work/sub" &
    expect '{"device": "sensor", "kind": "subscribe"}'
    "$SKYPROOF" c2d sensor 'open the window' --ack full -p 'room=living room' -p empty= -p flag
    wait $!
    has '1 devices/sensor/messages/devicebound/%24.mid=' "$work/sub"
    has '&%24.to=%2Fdevices%2Fsensor%2Fmessages%2FdeviceBound&iothub-ack=full' "$work/sub"
    has '&room=living%20room&empty=&flag' "$work/sub"
    has ' open the window' "$work/sub"
    # The PUBACK completed it.
    expect '{"device": "sensor", "kind": "feedback"}'
}

is_refused() {
    local code=0
    mosquitto_pub "${options[@]}" -P "${password/se=/se=1}" -q 1 -m x -t "$events/" \
        >"$work/pub" 2>&1 || code=$?
    test $code = 5
    has 'Connection Refused: not authorised.' "$work/pub"
    expect '{"kind": "refusal"}' >"$work/entry"
    has 'CONNECT is refused with code 5' "$work/entry"
    has HUB-OPEN-002 <(jq -r .refusal.rule "$work/entry")
}

is_cut() {
    mosquitto_pub -d "${options[@]}" -P "$password" -q 2 -m x -t "$events/" >"$work/pub" 2>&1 &
    expect '{"device": "sensor", "kind": "refusal"}' >"$work/entry"
    has HUB-D2C-016 <(jq -r .refusal.rule "$work/entry")
    kill $! 2>/dev/null || true
    wait $! || true
    has 'sending PUBLISH (d0, q2' "$work/pub"
    ! grep -F 'received PUBREC' "$work/pub"
}

publishes_by_certificate() {
    mosquitto_pub -d "${options[@]}" --cert "$SKYPROOF_CERTS/$1.pem" --key "$SKYPROOF_CERTS/$1.key.pem" \
        -q 1 -m by-certificate -t "devices/$1/messages/events/" >"$work/pub"
    has 'received PUBACK (Mid: 1' "$work/pub"
    expect "{\"device\": \"$1\", \"kind\": \"telemetry\", \"body\": \"by-certificate\"}"
}

speaks sensor
step 'mosquitto_pub sends telemetry with properties by a SAS token' publishes
step 'mosquitto_sub receives what skyproof c2d sends, and completes it' receives
step 'a token that was tampered with is refused with CONNACK 5' is_refused
step 'a publish at QoS 2 is cut' is_cut
for device in x509-authority x509-thumbprint; do
    speaks "$device"
    step "mosquitto_pub sends telemetry as $device" publishes_by_certificate "$device"
done
