#!/usr/bin/env bash
# mosquitto_pub and mosquitto_sub as devices of an instance of Alibaba Cloud IoT Platform, by the password that
# `skyproof up` made. SKYPROOF is the binary, SKYPROOF_FACTS a file with what `skyproof up --json` told.
# shellcheck source=../common/journey.sh
. "$(dirname "$0")/../common/journey.sh"

key=$(fact .instances[0].products[0].product_key)

# speaks DEVICE: the options of its connection, over TLS.
speaks() {
    local device
    device=$(fact --arg name "$1" '.instances[0].products[0].devices[] | select(.device_name == $name)')
    options=(-h "$(fact .host)" -p "$(fact .mqtt_port)" --cafile "$(fact .ca_file)" -k 60
        -i "$(jq -r .client_id <<<"$device")" -u "$(jq -r .username <<<"$device")"
        -P "$(jq -r .password <<<"$device")")
}

# event TOPIC BODY: waits for what the business server is told.
event() {
    expect "$(jq -nc '{kind: "event", topic: $ARGS.positional[0], body: $ARGS.positional[1]}' --args "$@")"
}

api() {
    "$SKYPROOF" api "$@" >"$work/answer"
}

# In each version of MQTT.
tells() {
    speaks sensor
    for version in 31 311 5; do
        mosquitto_pub -V $version -d "${options[@]}" -q 1 -t "/$key/sensor/user/update" -m "by $version" \
            >"$work/pub" 2>&1
        has 'received CONNACK (0)' "$work/pub"
        has 'received PUBACK (Mid: 1, RC:0)' "$work/pub"
        event "/$key/sensor/user/update" "by $version"
    done
}

hears() {
    speaks pump
    stdbuf -oL mosquitto_sub "${options[@]}" -q 1 -W $((2 * wait_s)) -C 2 -t "/$key/pump/user/get" \
        -F '%q|%t|%p' >"$work/sub" 2>&1 &
    local heard=$!
    expect '{"device": "pump", "kind": "subscribe"}'
    api GetDeviceStatus "ProductKey=$key" DeviceName=pump
    has '"ONLINE"' "$work/answer"
    for qos in 0 1; do
        api Pub "ProductKey=$key" "TopicFullName=/$key/pump/user/get" MessageContent=aGVsbG8= Qos=$qos
    done
    wait $heard
    has "0|/$key/pump/user/get|hello" "$work/sub"
    has "1|/$key/pump/user/get|hello" "$work/sub"
}

is_refused() {
    local code=0
    api Pub "ProductKey=$key" "TopicFullName=/sys/$key/pump/x" MessageContent=aGVsbG8= || code=$?
    test $code = 1
    has '"Success": false' "$work/answer"
    speaks pump
    mosquitto_pub "${options[@]}" -u nobody -m x -t x >"$work/pub" 2>&1 || code=$?
    has 'bad user name or password' "$work/pub"
}

step 'mosquitto_pub tells the business server something, in each version of MQTT' tells
step 'mosquitto_sub hears what the business server sends by skyproof api' hears
step 'what is wrong is refused' is_refused
