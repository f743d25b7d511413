#!/usr/bin/env bash
# mosquitto_pub, mosquitto_sub and mosquitto_rr as MQTT 5 clients of a namespace. SKYPROOF is the binary,
# SKYPROOF_FACTS a file with what `skyproof up --json` told; the clock is held.
# shellcheck source=../common/journey.sh
. "$(dirname "$0")/../common/journey.sh"

# speaks CLIENT [SESSION]: the options of a session of this client, by default the one of its own name.
speaks() {
    options=(-V 5 -h "$(fact .host)" -p "$(fact .mqtt_port)" --cafile "$(fact .ca_file)"
        --cert "$SKYPROOF_CERTS/$1.pem" --key "$SKYPROOF_CERTS/$1.key.pem" -u "$1" -i "${2:-$1}" -k 600)
}

# publishes CLIENT OPTION…: by a connection of its own, in a session of its own.
publishes() {
    speaks "$1" "$1-out"
    mosquitto_pub -d "${options[@]}" -q 1 "${@:2}" >"$work/pub" 2>&1
}

# hears NAME CLIENT OPTION…: starts a mosquitto_sub whose output is $work/NAME, and waits until it listens.
hears() {
    speaks "$2"
    stdbuf -oL mosquitto_sub "${options[@]}" -q 1 -W $((2 * wait_s)) "${@:3}" >"$work/$1" 2>&1 &
    expect "{\"device\": \"$2\", \"kind\": \"subscribe\"}" >/dev/null
    since=$(admin GET health | jq .steps)
}

# refused RULE: waits for the next refusal, which is by this rule.
refused() {
    expect '{"kind": "refusal"}' >"$work/entry"
    since=$(jq .number "$work/entry")
    jq -r .refusal.rule "$work/entry" >"$work/rule"
    has "$1" "$work/rule"
}

pass() {
    "$SKYPROOF" advance "$1" >/dev/null
}

tells() {
    hears sub console -C 2 -t 'machines/+/telemetry' -F '%q|%t|%C|%F|%P|%p'
    for machine in machine-1 machine-2; do
        publishes $machine -t machines/$machine/telemetry -m '{"celsius": 21.5}' \
            -D publish content-type application/json -D publish payload-format-indicator 1 \
            -D publish user-property room 7
        has 'received CONNACK (0)' "$work/pub"
        has 'received PUBACK (Mid: 1, RC:0)' "$work/pub"
    done
    wait $!
    has '1|machines/machine-1/telemetry|application/json|1|room:7|{"celsius": 21.5}' "$work/sub"
    has '1|machines/machine-2/telemetry|application/json|1|room:7|{"celsius": 21.5}' "$work/sub"
}

step 'mosquitto_sub hears the telemetry of many machines, with its properties' tells

commands() {
    hears sub machine-1 -C 1 -t 'machines/machine-1/orders/#' -F '%t|%R|%D|%p'
    local ordered=$!
    speaks console
    stdbuf -oL mosquitto_rr "${options[@]}" -q 1 -W $((2 * wait_s)) -t machines/machine-1/orders/unlock \
        -e machines/machine-1/answers/unlock -D publish correlation-data order-7 -m now -F '%D|%p' \
        >"$work/rr" 2>&1 &
    local asked=$!
    wait $ordered
    has 'machines/machine-1/orders/unlock|machines/machine-1/answers/unlock|order-7|now' "$work/sub"
    publishes machine-1 -t "$(cut -d '|' -f 2 "$work/sub")" -m done \
        -D publish correlation-data "$(cut -d '|' -f 3 "$work/sub")"
    wait $asked
    has 'order-7|done' "$work/rr"
}

broadcasts() {
    hears one machine-1 -C 1 -t 'notices/#'
    local one=$!
    hears two machine-2 -C 1 -t 'notices/#'
    publishes console -t notices/weather -m storm
    wait $one $!
    has storm "$work/one"
    has storm "$work/two"
}

is_told_of_a_loss() {
    hears sub console -C 1 -t machines/machine-1/lost -F '%q|%C|%P|%p'
    local told=$!
    hears lost machine-1 -t notices/none -x 60 --will-topic machines/machine-1/lost --will-qos 1 \
        --will-payload gone -D will will-delay-interval 30 -D will content-type text/plain \
        -D will user-property why power
    kill -KILL $! && wait $! || true
    expect '{"device": "machine-1", "kind": "close"}'
    pass 29s
    ! grep . "$work/sub"
    pass 1s
    wait $told
    has '1|text/plain|why:power|gone' "$work/sub"
}

resumes() {
    hears sub machine-1 -c -x 3600 -t 'machines/machine-1/orders/#'
    kill $! && wait $! || true
    expect '{"device": "machine-1", "kind": "close"}'
    publishes console -t machines/machine-1/orders/a -m kept
    publishes console -t machines/machine-1/orders/b -m late -D publish message-expiry-interval 10
    publishes console -t machines/machine-1/orders/c -m soon -D publish message-expiry-interval 100
    pass 11s
    hears sub machine-1 -c -x 3600 -C 2 -t 'machines/machine-1/orders/#' -F '%E|%p'
    wait $!
    has '|kept' "$work/sub"
    has '89|soon' "$work/sub"
    ! grep late "$work/sub"
}

forgets() {
    speaks machine-1
    pass 1h
    mosquitto_sub -d "${options[@]}" -c -x 3600 -E -t notices/all >"$work/sub"
    expect '{"device": "machine-1", "kind": "connect"}' >"$work/entry"
    has 'session-present=0' "$work/entry"
}

refuses_topics() {
    publishes machine-1 -t machines/machine-2/telemetry -m x
    has 'received PUBACK (Mid: 1, RC:135)' "$work/pub"
    refused EG-OPEN-071
    speaks machine-1
    mosquitto_sub -d "${options[@]}" -t machines/machine-2/telemetry >"$work/sub" 2>&1
    has 'Subscribed (mid: 1): 135' "$work/sub"
    refused EG-OPEN-073
    mosquitto_sub -d "${options[@]}" -t "\$share/all/notices/#" >"$work/sub" 2>&1
    has 'Subscribed (mid: 1): 158' "$work/sub"
    refused EG-V5-100
    mosquitto_sub -d "${options[@]}" -t notices/# -D subscribe subscription-identifier 1 >"$work/sub" 2>&1
    has 'Received DISCONNECT (161)' "$work/sub"
    refused EG-V5-103
}

says_what_it_takes() {
    speaks machine-1
    ! mosquitto_pub "${options[@]}" -q 2 -t machines/machine-1/telemetry -m x >"$work/pub" 2>&1
    has 'Message QoS not supported on broker' "$work/pub"
    ! head -c 600000 /dev/zero |
        mosquitto_pub -d "${options[@]}" -q 1 -t machines/machine-1/telemetry -s >"$work/pub" 2>&1
    ! grep 'sending PUBLISH' "$work/pub"
}

numbers_topics() {
    publishes machine-1 -t machines/machine-1/telemetry -m x --repeat 2 -D publish topic-alias 10
    has "PUBLISH (d0, q1, r0, m2, '(null)'" "$work/pub"
    has 'received PUBACK (Mid: 2, RC:0)' "$work/pub"
    ! publishes machine-1 -t machines/machine-1/telemetry -m x -D publish topic-alias 11
    has 'Received DISCONNECT (148)' "$work/pub"
    refused EG-V5-104
}

takes_over() {
    hears sub machine-1 -d -t notices/#
    speaks machine-1
    mosquitto_sub "${options[@]}" -E -t notices/#
    refused EG-OPEN-070
    kill $! && wait $! || true
    has 'Received DISCONNECT (142)' "$work/sub"
}

# turned_away CODE CLIENT SESSION OPTION…
turned_away() {
    local code=0
    speaks "$2" "$3"
    mosquitto_sub "${options[@]}" -E -t notices/# "${@:4}" >"$work/sub" 2>&1 || code=$?
    test $code = "$1" || { echo "ended with $code:" && cat "$work/sub" && return 1; }
}

keeps_to_its_sessions() {
    for session in one two; do
        turned_away 0 machine-2 $session -c -x 60
    done
    turned_away 151 machine-2 three
    refused EG-MSESS-003
    turned_away 135 machine-1 one
    refused EG-SESSION-001
    pass 60s
    turned_away 0 machine-2 three
}

knows_its_own() {
    turned_away 135 machine-1 machine-1 -u machine-2
    refused EG-CONN-016
}

step 'mosquitto_rr gives an order and gets the answer to it' commands
step 'a notice reaches all that have subscribed' broadcasts
step 'a will is published after its delay' is_told_of_a_loss
step 'a session is resumed, with what waited in it and has not expired' resumes
step 'a session is gone when its interval is over' forgets
step 'topics of others, shared subscriptions and subscription identifiers are refused' refuses_topics
step 'mosquitto_pub heeds what CONNACK says of QoS and size' says_what_it_takes
step 'ten topics have aliases, and the eleventh has none' numbers_topics
step 'a newer connection takes the session over' takes_over
step 'a client has two sessions, and no one else has them' keeps_to_its_sessions
step 'a certificate is no proof of another name' knows_its_own
