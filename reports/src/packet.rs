//! As much of an MQTT 3.1.1 packet as reports show: its size, and the topics that it names.

/// The bytes that a line of hex stands for; none when it is no such line.
pub(crate) fn bytes(hex: &str) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) || !hex.is_ascii() {
        return None;
    }
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = hex.as_bytes().chunks_exact(2);
    pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// What a packet does with topics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Topics {
    Publish { topic: String, qos: u8 },
    Subscribe(Vec<(String, u8)>),
    Unsubscribe(Vec<String>),
}

/// The topics of PUBLISH, SUBSCRIBE and UNSUBSCRIBE; none of other packets and of what is cut short.
pub(crate) fn topics(packet: &[u8]) -> Option<Topics> {
    const PUBLISH: u8 = 3;
    const SUBSCRIBE: u8 = 8;
    const UNSUBSCRIBE: u8 = 10;
    let first = *packet.first()?;
    let length = packet.get(1..)?.iter().take(4).position(|byte| byte & 0x80 == 0)? + 1;
    let mut body = packet.get(1 + length..)?;
    match first >> 4 {
        PUBLISH => Some(Topics::Publish { topic: text(&mut body)?, qos: first >> 1 & 3 }),
        SUBSCRIBE => {
            let mut filters = Vec::new();
            body = body.get(2..)?;
            while !body.is_empty() {
                let filter = text(&mut body)?;
                let (qos, rest) = body.split_first()?;
                filters.push((filter, *qos));
                body = rest;
            }
            Some(Topics::Subscribe(filters))
        }
        UNSUBSCRIBE => {
            let mut filters = Vec::new();
            body = body.get(2..)?;
            while !body.is_empty() {
                filters.push(text(&mut body)?);
            }
            Some(Topics::Unsubscribe(filters))
        }
        _ => None,
    }
}

fn text(body: &mut &[u8]) -> Option<String> {
    let (length, rest) = body.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let text = String::from_utf8_lossy(rest.get(..length)?).into_owned();
    *body = &rest[length..];
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex() {
        for (hex, read) in [
            ("", Some(vec![])),
            ("c000", Some(vec![0xc0, 0])),
            ("C00F", Some(vec![0xc0, 0x0f])),
            ("c", None),
            ("zz", None),
            ("é", None),
        ] {
            assert_eq!(bytes(hex), read, "{hex}");
        }
    }

    #[test]
    fn topics_of_packets() {
        let publish = |topic: &str, qos| Topics::Publish { topic: topic.into(), qos };
        for (packet, told) in [
            (&b"\x32\x06\0\x01a\0\x01!"[..], Some(publish("a", 1))),
            (b"\x30\x03\0\x01a", Some(publish("a", 0))),
            (
                b"\x82\x0b\0\x01\0\x01#\x01\0\x02$a\0",
                Some(Topics::Subscribe(vec![("#".into(), 1), ("$a".into(), 0)])),
            ),
            (b"\xa2\x05\0\x01\0\x01#", Some(Topics::Unsubscribe(vec!["#".into()]))),
            (b"\xc0\0", None),
            (b"\x30", None),
            (b"\x30\xff\xff\xff\xff\xff", None),
            (b"\x30\x05\0\x09ab", None),
            (b"\x82\x05\0\x01\0\x01#", None),
            (b"", None),
        ] {
            assert_eq!(topics(packet), told, "{packet:?}");
        }
    }
}
