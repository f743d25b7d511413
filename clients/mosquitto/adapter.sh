#!/usr/bin/env bash
# mosquitto_pub and mosquitto_sub take orders. A connection is a mosquitto_sub that waits for messages to
# the device; telemetry is a mosquitto_pub, for which it makes room.
set -uo pipefail
work=$(mktemp -d)
mkfifo "$work/said" "$work/state" && exec 7<>"$work/state"
trap 'close; rm -rf "$work"' EXIT
wait_s=4
pid='' ears='' conn='' why=''
capabilities='["auth.sas_token", "auth.x509", "hub.d2c", "hub.c2d", "raw.publish"]'
version=$(mosquitto_sub --help 2>&1 | sed -n 's/^mosquitto_sub version \([^ ]*\).*/\1/p')

arg() { jq -r "$@" <<<"$line"; }
ok() { jq -cn --argjson id "$id" --argjson ok "${1:-{\}}" '{$id, $ok}'; }
unsupported() { jq -cn --argjson id "$id" --arg what "$1" '{$id, unsupported: {$what}}'; }
event() { jq -cn --arg event "$1" --arg conn "$conn" "{\$event, \$conn} + ${2:-{\}}"; }

# failed TEXT: an error whose kind is in what mosquitto said.
failed() {
    local kind=internal
    case $1 in
        *'not authorised'* | *'bad user name'*) kind=auth ;;
        *TLS* | *certificate* | *SSL*) kind=tls ;;
        *'Connection Refused:'*) kind=refused ;;
        *'Connection refused'* | *lost* | *reset*) kind=network ;;
        *timeout*) kind=timeout ;;
    esac
    jq -cn --argjson id "$id" --arg kind "$kind" --arg message "$1" '{$id, error: {$kind, $message}}'
}

# What mosquitto_sub says, as events; and for `connect`, `ready` or why it will not be.
hear() {
    local said up='' text=''
    while read -r said; do
        case $said in
            *'received CONNACK (0)'*) up=1 && event connected ;;
            *'received SUBACK'*) echo ready >&7 ;;
            '{'*) event message "$(jq -c '{kind: "c2d", topic, payload}' <<<"$said")" ;;
            Client*) ;;
            *) text="$text $said" ;;
        esac
    done
    if [ -n "$up" ]; then event disconnected; else echo "$text" >&7; fi
}

# Until it is subscribed; `why` tells what went wrong.
connect() {
    hear <"$work/said" &
    ears=$!
    stdbuf -oL mosquitto_sub -d "${options[@]}" -q 1 -F %j \
        -t "devices/$device/messages/devicebound/#" >"$work/said" 2>&1 &
    pid=$!
    read -r -t "$wait_s" -u 7 why || why=timeout
    [ "$why" = ready ] || { close && return 1; }
}

# SIGTERM makes it send DISCONNECT.
close() {
    [ -n "$pid" ] || return 0
    kill "$pid" 2>/dev/null
    wait "$pid" "$ears"
    pid=''
}

open() {
    [ "$(arg .args.endpoint.dialect)" = azure-iothub ] || { unsupported azure-dps && return; }
    conn=$(arg .args.conn)
    device=$(arg .args.endpoint.identity.device_id)
    arg .args.endpoint.tls.ca_pem >"$work/ca.pem"
    options=(-V mqttv311 -h "$(arg .args.endpoint.addr)" -p "$(arg .args.endpoint.port)"
        --cafile "$work/ca.pem" -i "$device" -k "$(arg '.args.endpoint.keepalive_s // 60')"
        -u "$(arg '.args.endpoint | "\(.host)/\(.identity.device_id)/?api-version=\(.identity.api_version)"')")
    case $(arg '.args.endpoint.auth | keys[0]') in
        sas_token) options+=(-P "$(arg .args.endpoint.auth.sas_token)") ;;
        x509)
            arg .args.endpoint.tls.client_cert_pem >"$work/cert.pem"
            arg .args.endpoint.tls.client_key_pem >"$work/key.pem"
            options+=(--cert "$work/cert.pem" --key "$work/key.pem")
            ;;
        *) unsupported auth.sas_key && return ;;
    esac
    if connect; then ok; else failed "$why"; fi
}

publish() {
    if [ "$(arg '.args | has("payload")')" = true ]; then
        arg -j .args.payload >"$work/body"
    else
        arg .args.payload_b64 | base64 -d >"$work/body"
    fi
    close
    if why=$(mosquitto_pub "${options[@]}" -q "$(arg .args.qos)" -t "$1" -f "$work/body" 2>&1); then
        if connect; then ok; else failed "$why"; fi
    else
        failed "$why"
    fi
}

while read -r line; do
    if ! { id=$(arg .id) && op=$(arg .op) && [ "$op" != null ]; } 2>/dev/null; then
        echo '{"id": null, "error": {"kind": "protocol", "message": "this is no request"}}'
        continue
    fi
    case $op in
        hello)
            ok "{\"protocol\": 1, \"capabilities\": $capabilities, \"reuse\": true, \"client\":
                {\"name\": \"mosquitto_pub and mosquitto_sub\", \"version\": \"$version\", \"language\": \"c\"}}"
            ;;
        begin)
            missing=$(arg --argjson can "$capabilities" '.args.requires - $can | join(", ")')
            if [ -z "$missing" ]; then ok; else unsupported "$missing"; fi
            ;;
        open) open ;;
        close | end) close && ok ;;
        telemetry)
            publish "devices/$device/messages/events/$(arg \
                '.args.properties | to_entries | map("\(.key | @uri)=\(.value | @uri)") | join("&")')"
            ;;
        publish) publish "$(arg .args.topic)" ;;
        bye) ok && break ;;
        *) unsupported "$op" ;;
    esac
done
