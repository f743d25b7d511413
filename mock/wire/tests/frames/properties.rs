use super::{Framed, NEW, V5};

pub(super) const ROWS: &[Framed] = &[
    (
        "connect with every property",
        NEW,
        0x10,
        b"\0\x04MQTT\x05\x02\0\x3C\x23\x11\0\0\0\x0A\x21\0\x01\x27\0\0\x10\0\x22\0\x05\x19\x01\x17\0\
          \x26\0\x01k\0\x01v\x15\0\x01m\x16\0\x01d\0\0",
        Ok(
            "CONNECT v5 clean=1 keep-alive=60 id=\"\" {session-expiry-interval=10, \
             receive-maximum=1, maximum-packet-size=4096, topic-alias-maximum=5, \
             request-response-information=1, request-problem-information=0, \
             user-property=k:v, authentication-method=m, authentication-data=(1 B)}",
        ),
    ),
    (
        "will with every property",
        NEW,
        0x10,
        b"\0\x04MQTT\x05\x06\0\x3C\0\0\x01d\x1F\x18\0\0\0\x0A\x01\x01\x02\0\0\0\x14\x03\0\x01t\x08\0\x01r\
          \x09\0\x01c\x26\0\x01k\0\x01v\0\x01w\0\0",
        Ok(
            "CONNECT v5 clean=1 keep-alive=60 id=d will=(q0 r0 w (0 B) {will-delay-interval=10, \
             payload-format-indicator=1, message-expiry-interval=20, content-type=t, \
             response-topic=r, correlation-data=(1 B: c), user-property=k:v})",
        ),
    ),
    (
        "connack with every property",
        V5,
        0x20,
        b"\0\0\x3C\x11\0\0\0\x0A\x21\0\x10\x24\x01\x25\0\x27\0\x04\0\0\x12\0\x01i\x22\0\x0A\x1F\0\x01r\
          \x26\0\x01k\0\x01v\x28\x01\x29\0\x2A\0\x13\0\x1E\x1A\0\x01p\x1C\0\x01s\x15\0\x01m\x16\0\x01d",
        Ok(
            "CONNACK session-present=0 code=0 {session-expiry-interval=10, receive-maximum=16, \
             maximum-qos=1, retain-available=0, maximum-packet-size=262144, \
             assigned-client-identifier=i, topic-alias-maximum=10, reason-string=r, \
             user-property=k:v, wildcard-subscription-available=1, \
             subscription-identifier-available=0, shared-subscription-available=0, \
             server-keep-alive=30, response-information=p, server-reference=s, \
             authentication-method=m, authentication-data=(1 B)}",
        ),
    ),
    (
        "publish with every property, two subscription identifiers",
        V5,
        0x30,
        b"\0\x01a\x23\x01\0\x02\0\0\0\0\x23\0\x01\x08\0\x01r\x09\0\x02\xFF\0\x26\0\x01k\0\x01v\x0B\x01\
          \x0B\x80\x01\x03\0\x01t",
        Ok(
            "PUBLISH q0 r0 d0 a (0 B) {payload-format-indicator=0, message-expiry-interval=0, \
             topic-alias=1, response-topic=r, correlation-data=(2 B: 0xFF00), user-property=k:v, \
             subscription-identifier=1, subscription-identifier=128, content-type=t}",
        ),
    ),
    (
        "disconnect with every property",
        V5,
        0xE0,
        b"\0\x14\x11\0\0\0\0\x1F\0\x01r\x26\0\x01k\0\x01v\x1C\0\x01s",
        Ok(
            "DISCONNECT {session-expiry-interval=0, reason-string=r, user-property=k:v, \
             server-reference=s}",
        ),
    ),
    ("property that is unknown", V5, 0x30, b"\0\x01a\x02\x7F\0", Err("MQTT5 §2.2.2.2")),
    ("property 0", V5, 0x30, b"\0\x01a\x02\0\0", Err("MQTT5 §2.2.2.2")),
    ("property of another packet", V5, 0x30, b"\0\x01a\x03\x21\0\x01", Err("MQTT5 §2.2.2.2")),
    (
        "will delay among connect's own",
        NEW,
        0x10,
        b"\0\x04MQTT\x05\x02\0\x3C\x05\x18\0\0\0\x01\0\0",
        Err("MQTT5 §2.2.2.2"),
    ),
    ("reason string in unsubscribe", V5, 0xA2, b"\0\x01\x04\x1F\0\x01r\0\x01a", Err("MQTT5 §2.2.2.2")),
    ("property id in two bytes", V5, 0x30, b"\0\x01a\x03\x81\0\0", Err("MQTT-1.5.5-1")),
    ("property length in two bytes", V5, 0x30, b"\0\x01a\x80\0", Err("MQTT-1.5.5-1")),
    ("property length in five bytes", V5, 0x30, b"\0\x01a\x80\x80\x80\x80\0", Err("MQTT5 §1.5.5")),
    ("property value cut short", V5, 0x30, b"\0\x01a\x03\x02\0\0xxxx", Err("MQTT5 §2.2.2.1")),
    ("property text cut short", V5, 0x30, b"\0\x01a\x03\x03\0\x04text", Err("MQTT5 §2.2.2.1")),
    ("property text with U+0000", V5, 0x30, b"\0\x01a\x04\x03\0\x01\0", Err("MQTT-1.5.4-2")),
    ("user property not UTF-8", V5, 0x30, b"\0\x01a\x06\x26\0\0\0\x01\xFF", Err("MQTT-1.5.4-1")),
    ("content type twice", V5, 0x30, b"\0\x01a\x06\x03\0\0\x03\0\0", Err("MQTT5 §3.3.2.3.9")),
    ("topic alias twice", V5, 0x30, b"\0\x01a\x06\x23\0\x01\x23\0\x01", Err("MQTT5 §3.3.2.3.4")),
    ("topic alias 0", V5, 0x30, b"\0\x01a\x03\x23\0\0", Err("MQTT-3.3.2-8")),
    ("payload format indicator 2", V5, 0x30, b"\0\x01a\x02\x01\x02", Err("MQTT5 §3.3.2.3.2")),
    ("subscription identifier 0", V5, 0x82, b"\0\x01\x02\x0B\0\0\x01a\0", Err("MQTT5 §3.8.2.1.2")),
    (
        "subscription identifier twice in subscribe",
        V5,
        0x82,
        b"\0\x01\x04\x0B\x01\x0B\x02\0\x01a\0",
        Err("MQTT5 §3.8.2.1.2"),
    ),
    ("response topic with a wildcard", V5, 0x30, b"\0\x01a\x04\x08\0\x01#", Err("MQTT-3.3.2-14")),
    ("response topic that is empty", V5, 0x30, b"\0\x01a\x03\x08\0\0", Err("MQTT-4.7.3-1")),
    (
        "receive maximum 0",
        NEW,
        0x10,
        b"\0\x04MQTT\x05\x02\0\x3C\x03\x21\0\0\0\0",
        Err("MQTT5 §3.1.2.11.3"),
    ),
    (
        "maximum packet size 0",
        NEW,
        0x10,
        b"\0\x04MQTT\x05\x02\0\x3C\x05\x27\0\0\0\0\0\0",
        Err("MQTT5 §3.1.2.11.4"),
    ),
    (
        "request problem information 2",
        NEW,
        0x10,
        b"\0\x04MQTT\x05\x02\0\x3C\x02\x17\x02\0\0",
        Err("MQTT5 §3.1.2.11.7"),
    ),
    (
        "session expiry twice",
        NEW,
        0x10,
        b"\0\x04MQTT\x05\x02\0\x3C\x0A\x11\0\0\0\0\x11\0\0\0\0\0\0",
        Err("MQTT5 §3.1.2.11.2"),
    ),
    (
        "authentication data without a method",
        NEW,
        0x10,
        b"\0\x04MQTT\x05\x02\0\x3C\x03\x16\0\0\0\0",
        Err("MQTT5 §3.1.2.11.10"),
    ),
    ("maximum qos 2", V5, 0x20, b"\0\0\x02\x24\x02", Err("MQTT5 §3.2.2.3.4")),
    ("retain available 2", V5, 0x20, b"\0\0\x02\x25\x02", Err("MQTT5 §3.2.2.3.5")),
    ("server keep alive twice", V5, 0x20, b"\0\0\x06\x13\0\x01\x13\0\x01", Err("MQTT5 §3.2.2.3.14")),
    ("will delay in connack", V5, 0x20, b"\0\0\x05\x18\0\0\0\0", Err("MQTT5 §2.2.2.2")),
    ("reason string twice", V5, 0x40, b"\0\x01\0\x06\x1F\0\0\x1F\0\0", Err("MQTT5 §3.4.2.2.2")),
    ("authentication method twice", V5, 0xF0, b"\x18\x06\x15\0\0\x15\0\0", Err("MQTT5 §3.15.2.2.2")),

    (
        "will that expires at once",
        NEW,
        0x10,
        b"\0\x04MQTT\x05\x06\0\x3C\0\0\x01d\x05\x02\0\0\0\0\0\x01w\0\0",
        Ok(
            "CONNECT v5 clean=1 keep-alive=60 id=d will=(q0 r0 w (0 B) {message-expiry-interval=0})",
        ),
    ),
    ("connack with maximum packet size 0", V5, 0x20, b"\0\0\x05\x27\0\0\0\0", Err("MQTT5 §3.2.2.3.6")),
];
