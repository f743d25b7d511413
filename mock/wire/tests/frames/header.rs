use super::{NEW, Raw, V5, V311};

pub(super) const ROWS: &[Raw] = &[
    ("pingreq of non-minimal length at 3.1.1", V311, b"\xC0\x80\0", Ok("PINGREQ")),
    (
        "connect 3.1.1 of non-minimal length",
        NEW,
        b"\x10\x8E\0\0\x04MQTT\x04\x02\0\x3C\0\x02d1",
        Ok("CONNECT v4 clean=1 keep-alive=60 id=d1"),
    ),
    ("pingreq of non-minimal length at 5", V5, b"\xC0\x80\0", Err("MQTT-1.5.5-1")),
    (
        "connect 5 of non-minimal length",
        NEW,
        b"\x10\x8F\0\0\x04MQTT\x05\x02\0\x3C\0\0\x02d1",
        Err("MQTT-1.5.5-1"),
    ),
    ("length in five bytes", V311, b"\x30\xFF\xFF\xFF\xFF\x7F", Err("MQTT3.1.1 §2.2.3")),
    ("length in five bytes at 5", V5, b"\x30\xFF\xFF\xFF\xFF\x7F", Err("MQTT5 §1.5.5")),
    (
        "length in five bytes, the last ones empty",
        V311,
        b"\xC0\x80\x80\x80\x80\0",
        Err("MQTT3.1.1 §2.2.3"),
    ),
    ("type 0", V311, b"\0\0", Err("MQTT3.1.1 §2.2.1")),
    ("type 0 at 5", V5, b"\0\0", Err("MQTT5 §2.1.2")),
    ("type 15 at 3.1.1", V311, b"\xF0\0", Err("MQTT3.1.1 §2.2.1")),
    ("type 15 before connect", NEW, b"\xF0\0", Err("MQTT3.1.1 §2.2.1")),
    ("an HTTP request", NEW, b"GET / HTTP/1.1\r\n", Err("MQTT-2.2.2-1")),
    ("a TLS client hello", NEW, b"\x16\x03\x01\x02\0", Err("MQTT-3.1.4-1")),
];
