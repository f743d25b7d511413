//! What an Event Grid namespace would have taken.

use cloud::{Action, Input, Step};
use wire::{Packet, Qos, Version};

/// What the cloud says itself, or else what the reason code is about; MQTT 3.1.1 has none, so there it is the packet.
pub(super) fn hint(step: &Step) -> Option<String> {
    let own = step.why.as_ref().map(ToString::to_string);
    let by_reason = || match (&step.input, reason(step)?) {
        (Input::Timeout, 0x87) => Some("send AUTH with a new token before the old one expires"),
        (_, reason) => by_reason(reason),
    };
    own.or_else(|| by_reason().or_else(|| by_packet(step)).map(str::to_owned))
}

/// The reason code of MQTT 5 that a client was told.
fn reason(step: &Step) -> Option<u8> {
    let told = step.effects.iter().flat_map(|effect| match &effect.action {
        Action::Send { packet: Packet::Connack(connack), .. } => vec![connack.code],
        Action::Send { packet: Packet::Disconnect(disconnect), .. } => vec![disconnect.reason],
        Action::Send { packet: Packet::Puback(ack), .. } => vec![ack.reason],
        Action::Send { packet: Packet::Suback(suback), .. } => suback.codes.clone(),
        _ => Vec::new(),
    });
    // 0x80 is what MQTT 3.1.1 says for all of them.
    told.into_iter().find(|code| *code > 0x80)
}

const fn by_reason(reason: u8) -> Option<&'static str> {
    Some(match reason {
        0x83 => "leave out what the broker does not take, such as user properties of SUBSCRIBE",
        0x84 => "speak MQTT 3.1.1 or 5",
        0x85 => "give a client identifier of 1 to 128 characters, or with MQTT 5 none",
        0x86 | 0x87 => {
            "the user name is the authentication name of a client that the namespace has and that is \
             Enabled, and its certificate has that name and is of one of the `caCertificates`"
        }
        0x8D => "send PINGREQ within the keep-alive",
        0x8E => "give each connection a client identifier of its own",
        0x8F => "a topic filter has at most 256 bytes and 15 segments, and `#` stands last",
        0x90 => "a topic has at most 256 bytes and 15 segments, and neither `+` nor `#`",
        0x94 => "topic aliases begin with 1 and end with CONNACK's Topic Alias Maximum",
        0x95 => "a packet has at most as many bytes as CONNACK's Maximum Packet Size",
        0x97 => "something is at its limit: wait, or ask for less",
        0x9A => "publish without RETAIN",
        0x9B => "publish at QoS 0 or 1",
        0x9E => "subscribe without `$share/`",
        0x9F => "connect again later",
        0xA1 => "subscribe without a subscription identifier",
        _ => return None,
    })
}

fn by_packet(step: &Step) -> Option<&'static str> {
    match &step.input {
        Input::Received { packet: Packet::Connect(connect), .. } => match connect.version() {
            Some(Version::V311 | Version::V5) => by_reason(0x87),
            _ => by_reason(0x84),
        },
        Input::Received { packet: Packet::Publish(publish), .. } => match publish.qos {
            Qos::ExactlyOnce => by_reason(0x9B),
            _ if publish.retain => by_reason(0x9A),
            _ => None,
        },
        Input::Received { .. } if step.device.is_none() => {
            Some("send CONNECT first, and wait for CONNACK")
        }
        Input::Timeout if step.device.is_some() => by_reason(0x8D),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use cloud::{ConnId, Effect, Rule, Time};
    use wire::{Ack, Connack, Connect, Disconnect, Publish, Suback};

    use super::*;

    const CONN: ConnId = ConnId(1);

    fn hinted(packet: Packet, answer: Option<Packet>) -> Option<String> {
        hinted_at(Input::Received { conn: CONN, packet }, answer)
    }

    fn hinted_at(input: Input, answer: Option<Packet>) -> Option<String> {
        let because = Rule::of("EG-V5-072");
        let effect = |packet| Effect { action: Action::Send { conn: CONN, packet }, because };
        hint(&Step {
            number: 1,
            at: Time::from_s(1),
            device: Some("d1".into()),
            input,
            judged: Vec::new(),
            effects: answer.map(effect).into_iter().collect(),
            struck: Vec::new(),
            why: None,
        })
    }

    #[test]
    fn a_reason_code_tells_what_would_have_been_taken() {
        let connack = |code| Packet::Connack(Connack { code, ..Connack::default() });
        let disconnect = |reason| Packet::Disconnect(Disconnect { reason, properties: Vec::new() });
        let puback = |reason| Packet::Puback(Ack { reason, ..Ack::of(1) });
        let suback = |codes: &[u8]| {
            Packet::Suback(Suback { packet_id: 1, properties: Vec::new(), codes: codes.to_vec() })
        };
        for (answer, says) in [
            (connack(0x87), "the user name is the authentication name"),
            (connack(0x84), "speak MQTT 3.1.1 or 5"),
            (disconnect(0x94), "topic aliases begin with 1"),
            (disconnect(0x8E), "give each connection a client identifier of its own"),
            (puback(0x9A), "publish without RETAIN"),
            (suback(&[1, 0x9E]), "subscribe without `$share/`"),
        ] {
            let found = hinted(Packet::Pingreq, Some(answer)).unwrap();
            assert!(found.starts_with(says), "{found}");
        }
        assert_eq!(hinted(Packet::Pingreq, Some(suback(&[0x80]))), None);
        let expired = hinted_at(Input::Timeout, Some(disconnect(0x87))).unwrap();
        assert!(expired.starts_with("send AUTH with a new token"), "{expired}");
    }

    #[test]
    fn without_a_reason_code_the_packet_tells() {
        let publish = |qos, retain| Packet::Publish(Publish { qos, retain, ..Publish::default() });
        let connect = |level| Packet::Connect(Box::new(Connect { level, ..Connect::default() }));
        for (packet, says) in [
            (publish(Qos::ExactlyOnce, true), Some("publish at QoS 0 or 1")),
            (publish(Qos::AtLeastOnce, true), Some("publish without RETAIN")),
            (publish(Qos::AtLeastOnce, false), None),
            (connect(4), Some("the user name is the authentication name")),
            (connect(3), Some("speak MQTT 3.1.1 or 5")),
        ] {
            let found = hinted(packet, None);
            assert_eq!(found.is_some(), says.is_some(), "{found:?}");
            assert!(found.is_none_or(|found| found.starts_with(says.unwrap())), "{says:?}");
        }
    }
}
