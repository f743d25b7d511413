//! Faults: deliberate wrongness as data, between what the cloud decided and what is carried out.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use wire::topic;

use crate::{effect::Effect, identity::IdentityId, input::ConnId};

/// What to spoil, how, and when. Without a device, packet or topic it matches every packet that the
/// cloud sends. Several faults are tried in the order of their adding; the first that strikes does it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `device`, `device/module`, or the registration id at DPS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// An MQTT packet by its name, such as `PUBACK`; `TELEMETRY` for storing a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packet: Option<String>,
    /// An MQTT topic filter, for PUBLISH. For `status` it may cover the request or its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    #[serde(default, skip_serializing_if = "Direction::is_default")]
    pub direction: Direction,
    #[serde(rename = "do")]
    pub kind: Kind,
    /// How many matches it lets pass first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u32>,
    /// How many times it strikes; without a number, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// From 0 to 1.
    #[serde(default = "always")]
    pub probability: f64,
    /// Seconds from its adding to its beginning, on the scene's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_s: Option<u64>,
    /// Seconds from its adding to its end, on the scene's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_s: Option<u64>,
}

/// Which packets a fault looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// What the cloud sends, or stores.
    #[default]
    ToDevice,
    /// What the device sends, before the cloud sees it.
    FromDevice,
}

/// The ways to spoil a packet. Written `drop`, or with their number `delay-s=5` or `{ delay-s = 5 }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It does not happen.
    Drop,
    /// It happens so many seconds later; what follows does not wait for it.
    DelayS(u32),
    /// It happens twice. A second PUBLISH at QoS 1 has DUP set.
    Duplicate,
    /// The connection is closed instead.
    Close,
    /// The connection is reset instead.
    Reset,
    /// The connection stays open and nothing moves any more, in either direction.
    Freeze,
    /// CONNECT is answered with this return code and a close, and goes no further.
    Connack(u8),
    /// A twin or DPS request is answered with this status, such as 429 or 500. A twin request goes no
    /// further.
    Status(u16),
    /// The `$rid` of a topic becomes another one.
    WrongRid,
    /// Each `$version` of a twin, in topic and body, is off by so much.
    WrongVersion(i32),
    /// So many packets to one connection go out in the reverse order.
    Reorder(u8),
}

/// What a fault struck: the evidence in the trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Struck {
    /// The fault, in words.
    pub by: String,
    pub victim: Victim,
}

/// What was decided, or arrived, before a fault struck it.
#[derive(Clone, Debug, PartialEq)]
pub enum Victim {
    Effect(Effect),
    Packet { conn: ConnId, packet: wire::Packet },
}

const fn always() -> f64 {
    1.0
}

impl Fault {
    /// A fault that matches every packet that the cloud sends and always strikes.
    pub const fn new(kind: Kind) -> Self {
        Self {
            device: None,
            packet: None,
            topic: None,
            direction: Direction::ToDevice,
            kind,
            after: None,
            times: None,
            probability: 1.0,
            from_s: None,
            until_s: None,
        }
    }

    /// The same fault for one device, `device` or `device/module`.
    pub fn of(mut self, device: &str) -> Self {
        self.device = Some(device.to_owned());
        self
    }

    /// The same fault for packets of one name.
    pub fn on(mut self, packet: &str) -> Self {
        self.packet = Some(packet.to_owned());
        self
    }

    /// The same fault for publishes to the topics of a filter.
    pub fn on_topic(mut self, filter: &str) -> Self {
        self.topic = Some(filter.to_owned());
        self
    }

    /// The same fault for what devices send.
    pub const fn arriving(mut self) -> Self {
        self.direction = Direction::FromDevice;
        self
    }

    /// The same fault, striking so many times.
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Tells what makes it unusable, if anything does.
    pub fn check(&self) -> Result<(), BadFault> {
        self.kind.check()?;
        if let Some(device) = &self.device {
            device.parse::<IdentityId>().map_err(|bad| BadFault(format!("device: {bad}")))?;
        }
        self.check_packet()?;
        if self.direction == Direction::FromDevice && !self.kind.strikes_what_arrives() {
            return Err(BadFault(format!(
                "direction: `{}` bends what the cloud answers; leave the direction out",
                self.kind
            )));
        }
        if self.times == Some(0) {
            return Err(BadFault("times: 0 never strikes: expected 1 or more".to_owned()));
        }
        if !(0.0..=1.0).contains(&self.probability) {
            let found = self.probability;
            return Err(BadFault(format!("probability: found {found}, expected 0 to 1")));
        }
        if let (from_s, Some(until_s)) = (self.from_s.unwrap_or(0), self.until_s)
            && until_s <= from_s
        {
            return Err(BadFault(format!(
                "until_s: found {until_s}, expected more than from_s, which is {from_s}"
            )));
        }
        Ok(())
    }

    fn check_packet(&self) -> Result<(), BadFault> {
        let known: &[&str] = match (self.kind, self.direction) {
            (Kind::Connack(_), _) => &["CONNACK", "CONNECT"],
            (Kind::Status(_) | Kind::WrongRid | Kind::WrongVersion(_), _) => &["PUBLISH"],
            (_, Direction::FromDevice) => FROM_DEVICE,
            (_, Direction::ToDevice) => TO_DEVICE,
        };
        if let Some(packet) = &self.packet
            && !known.iter().any(|name| name.eq_ignore_ascii_case(packet))
        {
            return Err(BadFault(format!(
                "packet: found `{packet}`, expected one of {}",
                known.join(", ")
            )));
        }
        let Some(filter) = &self.topic else { return Ok(()) };
        if !topic::valid_filter(filter) {
            return Err(BadFault(format!("topic: `{filter}` is no MQTT topic filter")));
        }
        let publishes =
            self.packet.as_ref().is_none_or(|name| name.eq_ignore_ascii_case("PUBLISH"));
        if publishes && !matches!(self.kind, Kind::Connack(_)) {
            Ok(())
        } else {
            Err(BadFault("topic: only a PUBLISH has one; leave the topic out".to_owned()))
        }
    }

    /// Whether it is about such a packet. `topics` are those that a publish may be known by.
    pub(crate) fn covers(
        &self,
        direction: Direction,
        device: Option<&str>,
        packet: &str,
        topics: &[&str],
    ) -> bool {
        let named = match &self.packet {
            Some(name) => name.eq_ignore_ascii_case(packet),
            None => packet != TELEMETRY,
        };
        self.direction == direction
            && named
            && self.is_of(device)
            && self
                .topic
                .as_ref()
                .is_none_or(|filter| topics.iter().any(|topic| topic::matches(filter, topic)))
    }

    /// Whether it is about this device.
    pub(crate) fn is_of(&self, device: Option<&str>) -> bool {
        self.device.is_none() || self.device.as_deref() == device
    }
}

/// The name under which a fault strikes the storing of a message.
pub(crate) const TELEMETRY: &str = "TELEMETRY";

const TO_DEVICE: &[&str] =
    &["CONNACK", "PUBLISH", "PUBACK", "PUBREC", "SUBACK", "UNSUBACK", "PINGRESP", TELEMETRY];

const FROM_DEVICE: &[&str] =
    &["CONNECT", "PUBLISH", "PUBACK", "SUBSCRIBE", "UNSUBSCRIBE", "PINGREQ", "DISCONNECT"];

/// Each kind's name, and what its number means where it takes one.
const KINDS: &[(&str, Option<&str>)] = &[
    ("drop", None),
    ("delay-s", Some("seconds")),
    ("duplicate", None),
    ("close", None),
    ("reset", None),
    ("freeze", None),
    ("connack", Some("return code, 1 to 255")),
    ("status", Some("status, 400 to 599")),
    ("wrong-rid", None),
    ("wrong-version", Some("difference, not 0")),
    ("reorder", Some("packets, 2 to 100")),
];

impl Kind {
    const fn strikes_what_arrives(self) -> bool {
        matches!(
            self,
            Self::Drop
                | Self::DelayS(_)
                | Self::Duplicate
                | Self::Close
                | Self::Reset
                | Self::Freeze
                | Self::Connack(_)
        )
    }

    fn check(self) -> Result<(), BadFault> {
        match self {
            Self::Connack(0) | Self::WrongVersion(0) | Self::Reorder(0 | 1 | 101..) => {}
            Self::Status(status) if !(400..=599).contains(&status) => {}
            _ => return Ok(()),
        }
        let text = self.to_string();
        let (name, number) = text.split_once('=').unwrap_or((&text, ""));
        Err(unusable(name, number))
    }

    fn of(name: &str, number: Option<&str>) -> Result<Self, BadFault> {
        let Some((name, meaning)) = KINDS.iter().find(|(known, _)| *known == name) else {
            let known: Vec<String> =
                KINDS.iter().map(|(name, meaning)| shape(name, *meaning)).collect();
            return Err(BadFault(format!(
                "`{name}` is no fault: expected one of {}",
                known.join(", ")
            )));
        };
        let number = match (meaning, number) {
            (None, None) => "",
            (Some(_), Some(number)) => number,
            (Some(_), None) => {
                let shape = shape(name, *meaning);
                return Err(BadFault(format!("`{name}` needs its number: write `{shape}`")));
            }
            (None, Some(_)) => return Err(BadFault(format!("`{name}` takes no number"))),
        };
        let beyond = || unusable(name, number);
        let kind = match *name {
            "drop" => Self::Drop,
            "delay-s" => Self::DelayS(number.parse().map_err(|_| beyond())?),
            "duplicate" => Self::Duplicate,
            "close" => Self::Close,
            "reset" => Self::Reset,
            "freeze" => Self::Freeze,
            "connack" => Self::Connack(number.parse().map_err(|_| beyond())?),
            "status" => Self::Status(number.parse().map_err(|_| beyond())?),
            "wrong-rid" => Self::WrongRid,
            "wrong-version" => Self::WrongVersion(number.parse().map_err(|_| beyond())?),
            _ => Self::Reorder(number.parse().map_err(|_| beyond())?),
        };
        kind.check().map(|()| kind)
    }
}

fn shape(name: &str, number: Option<&str>) -> String {
    number.map_or_else(|| name.to_owned(), |number| format!("{name}=<{number}>"))
}

fn unusable(name: &str, number: &str) -> BadFault {
    let meaning = KINDS.iter().find(|(known, _)| *known == name).and_then(|(_, meaning)| *meaning);
    BadFault(format!("`{name}={number}`: expected `{}`", shape(name, meaning)))
}

/// `drop`, `delay-s=5`.
impl FromStr for Kind {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, BadFault> {
        match text.split_once('=') {
            Some((name, number)) => Self::of(name.trim(), Some(number.trim())),
            None => Self::of(text, None),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drop => f.write_str("drop"),
            Self::DelayS(s) => write!(f, "delay-s={s}"),
            Self::Duplicate => f.write_str("duplicate"),
            Self::Close => f.write_str("close"),
            Self::Reset => f.write_str("reset"),
            Self::Freeze => f.write_str("freeze"),
            Self::Connack(code) => write!(f, "connack={code}"),
            Self::Status(status) => write!(f, "status={status}"),
            Self::WrongRid => f.write_str("wrong-rid"),
            Self::WrongVersion(by) => write!(f, "wrong-version={by}"),
            Self::Reorder(count) => write!(f, "reorder={count}"),
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EitherForm;
        impl<'de> de::Visitor<'de> for EitherForm {
            type Value = Kind;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a fault such as \"drop\", \"delay-s=5\" or { delay-s = 5 }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Kind, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_map<M: de::MapAccess<'de>>(self, mut map: M) -> Result<Kind, M::Error> {
                let Some((name, number)) = map.next_entry::<String, i64>()? else {
                    return Err(de::Error::invalid_length(0, &self));
                };
                if map.next_key::<String>()?.is_some() {
                    return Err(de::Error::custom("a fault does one thing: add another fault"));
                }
                Kind::of(&name, Some(&number.to_string())).map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(EitherForm)
    }
}

impl Direction {
    const fn is_default(&self) -> bool {
        matches!(self, Self::ToDevice)
    }
}

/// What makes a fault unusable: the field, what was found and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFault(String);

impl fmt::Display for BadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadFault {}

/// `drop PUBACK to d1, once`
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let packet = self.packet.as_deref().map(str::to_ascii_uppercase);
        let packet = packet.as_deref().unwrap_or("every packet");
        match self.kind {
            Kind::Drop => write!(f, "drop {packet}")?,
            Kind::DelayS(s) => write!(f, "delay {packet} by {s} s")?,
            Kind::Duplicate => write!(f, "duplicate {packet}")?,
            Kind::Close => write!(f, "close instead of {packet}")?,
            Kind::Reset => write!(f, "reset instead of {packet}")?,
            Kind::Freeze => write!(f, "freeze instead of {packet}")?,
            Kind::Connack(code) => write!(f, "refuse CONNECT with code {code}")?,
            Kind::Status(status) => write!(f, "refuse requests with status {status}")?,
            Kind::WrongRid => f.write_str("send a wrong $rid")?,
            Kind::WrongVersion(by) => write!(f, "send a $version off by {by}")?,
            Kind::Reorder(count) => write!(f, "turn {count} of {packet} around")?,
        }
        if let Some(topic) = &self.topic {
            write!(f, " on {topic}")?;
        }
        match (&self.device, self.names_the_sender()) {
            (Some(device), true) => write!(f, " from {device}")?,
            (Some(device), false) => write!(f, " to {device}")?,
            (None, true) if self.direction == Direction::FromDevice => {
                f.write_str(" from every device")?;
            }
            (None, _) => {}
        }
        if let Some(after) = self.after.filter(|&after| after > 0) {
            write!(f, ", after {after}")?;
        }
        match self.times {
            Some(1) => f.write_str(", once")?,
            Some(times) => write!(f, ", {times} times")?,
            None => {}
        }
        if self.probability < 1.0 {
            write!(f, ", with probability {}", self.probability)?;
        }
        if let Some(from_s) = self.from_s {
            write!(f, ", from {from_s} s")?;
        }
        match self.until_s {
            Some(until_s) => write!(f, ", until {until_s} s"),
            None => Ok(()),
        }
    }
}

impl Fault {
    /// Whether "from" is the word for its device.
    fn names_the_sender(&self) -> bool {
        let telemetry = self.packet.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(TELEMETRY));
        self.direction == Direction::FromDevice
            || telemetry
            || matches!(self.kind, Kind::Connack(_) | Kind::Status(_))
    }
}

impl fmt::Display for Struck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.victim {
            Victim::Effect(effect) => write!(f, "{}: {effect}", self.by),
            Victim::Packet { conn, packet } => write!(f, "{}: {conn} < {packet}", self.by),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_in_both_forms() {
        for (json, kind) in [
            (r#""drop""#, Kind::Drop),
            (r#""delay-s=5""#, Kind::DelayS(5)),
            (r#"{"delay-s":5}"#, Kind::DelayS(5)),
            (r#""duplicate""#, Kind::Duplicate),
            (r#""close""#, Kind::Close),
            (r#""reset""#, Kind::Reset),
            (r#""freeze""#, Kind::Freeze),
            (r#"{"connack":3}"#, Kind::Connack(3)),
            (r#"{"status":429}"#, Kind::Status(429)),
            (r#""wrong-rid""#, Kind::WrongRid),
            (r#"{"wrong-version":-1}"#, Kind::WrongVersion(-1)),
            (r#""reorder = 3""#, Kind::Reorder(3)),
        ] {
            let read: Kind = serde_json::from_str(json).expect(json);
            assert_eq!(read, kind, "{json}");
            let written = serde_json::to_string(&kind).expect("a kind");
            assert_eq!(serde_json::from_str::<Kind>(&written).expect("its own"), kind, "{written}");
        }
    }

    const ALL: &str = "expected one of drop, delay-s=<seconds>, duplicate, close, reset, freeze, \
        connack=<return code, 1 to 255>, status=<status, 400 to 599>, wrong-rid, \
        wrong-version=<difference, not 0>, reorder=<packets, 2 to 100>";

    #[test]
    fn an_unreadable_fault_says_what_was_expected() {
        let unknown = format!("`dorp` is no fault: {ALL}");
        for (json, says) in [
            (r#"{"do":"dorp"}"#, unknown.as_str()),
            (r#"{"do":"dorp=1"}"#, &unknown),
            (r#"{"do":"dorp=x"}"#, &unknown),
            (r#"{"do":{"dorp":1}}"#, &unknown),
            (r#"{"do":"delay-s"}"#, "`delay-s` needs its number: write `delay-s=<seconds>`"),
            (r#"{"do":"delay-s=soon"}"#, "`delay-s=soon`: expected `delay-s=<seconds>`"),
            (r#"{"do":"delay-s=-1"}"#, "`delay-s=-1`: expected `delay-s=<seconds>`"),
            (r#"{"do":{"drop":1}}"#, "`drop` takes no number"),
            (r#"{"do":"connack=0"}"#, "`connack=0`: expected `connack=<return code, 1 to 255>`"),
            (
                r#"{"do":"connack=256"}"#,
                "`connack=256`: expected `connack=<return code, 1 to 255>`",
            ),
            (r#"{"do":"status=200"}"#, "`status=200`: expected `status=<status, 400 to 599>`"),
            (r#"{"do":"reorder=1"}"#, "`reorder=1`: expected `reorder=<packets, 2 to 100>`"),
            (
                r#"{"do":"wrong-version=0"}"#,
                "`wrong-version=0`: expected `wrong-version=<difference, not 0>`",
            ),
            (r#"{"do":{"drop":1,"close":1}}"#, "a fault does one thing: add another fault"),
            (
                r#"{"do":3}"#,
                "invalid type: integer `3`, expected a fault such as \"drop\", \"delay-s=5\" or \
                 { delay-s = 5 }",
            ),
            (r#"{"do":"drop","devise":"d1"}"#, "unknown field `devise`, expected one of `device`"),
            (r#"{"packet":"PUBACK"}"#, "missing field `do`"),
            (
                r#"{"do":"drop","direction":"up"}"#,
                "unknown variant `up`, expected `to-device` or `from-device`",
            ),
        ] {
            let error = serde_json::from_str::<Fault>(json).expect_err(json).to_string();
            assert!(error.starts_with(says), "{json}: {error}");
        }
    }

    #[test]
    fn an_unusable_fault_says_which_part() {
        let drop = || Fault::new(Kind::Drop);
        for (fault, says) in [
            (drop().of("d 1"), "device: `d 1` is no device id"),
            (
                drop().on("PUBAK"),
                "packet: found `PUBAK`, expected one of CONNACK, PUBLISH, PUBACK, PUBREC, SUBACK, \
                 UNSUBACK, PINGRESP, TELEMETRY",
            ),
            (
                drop().on("CONNACK").arriving(),
                "packet: found `CONNACK`, expected one of CONNECT, PUBLISH, PUBACK, SUBSCRIBE, \
                 UNSUBSCRIBE, PINGREQ, DISCONNECT",
            ),
            (
                Fault::new(Kind::Status(429)).on("PUBACK"),
                "packet: found `PUBACK`, expected one of PUBLISH",
            ),
            (drop().on_topic("a/#/b"), "topic: `a/#/b` is no MQTT topic filter"),
            (
                drop().on("PUBACK").on_topic("a/#"),
                "topic: only a PUBLISH has one; leave the topic out",
            ),
            (
                Fault::new(Kind::Reorder(2)).arriving(),
                "direction: `reorder=2` bends what the cloud answers; leave the direction out",
            ),
            (drop().times(0), "times: 0 never strikes: expected 1 or more"),
            (Fault { probability: 1.5, ..drop() }, "probability: found 1.5, expected 0 to 1"),
            (
                Fault { from_s: Some(10), until_s: Some(10), ..drop() },
                "until_s: found 10, expected more than from_s, which is 10",
            ),
            (Fault::new(Kind::Status(200)), "`status=200`: expected `status=<status, 400 to 599>`"),
        ] {
            let error = fault.check().expect_err(says).to_string();
            assert!(error.starts_with(says), "{error}");
        }
        assert_eq!(drop().of("d1/m1").on("puback").times(1).check(), Ok(()));
    }

    #[test]
    fn a_fault_covers_what_it_names() {
        use Direction::{FromDevice, ToDevice};
        let drop = || Fault::new(Kind::Drop);
        let twin = "$iothub/twin/res/200/?$rid=1";
        for (fault, direction, device, packet, topics, covers) in [
            (drop(), ToDevice, Some("d1"), "PUBACK", &[][..], true),
            (drop(), ToDevice, None, "CONNACK", &[], true),
            (drop(), FromDevice, Some("d1"), "PUBLISH", &[twin], false),
            (drop(), ToDevice, Some("d1"), "TELEMETRY", &[], false),
            (drop().on("telemetry"), ToDevice, Some("d1"), "TELEMETRY", &[], true),
            (drop().of("d1"), ToDevice, Some("d1"), "PUBACK", &[], true),
            (drop().of("d1"), ToDevice, Some("d1/m1"), "PUBACK", &[], false),
            (drop().of("d1"), ToDevice, None, "CONNACK", &[], false),
            (drop().on("PUBACK"), ToDevice, Some("d1"), "PUBLISH", &[twin], false),
            (drop().on_topic("$iothub/twin/res/#"), ToDevice, None, "PUBLISH", &[twin], true),
            (drop().on_topic("$iothub/methods/#"), ToDevice, None, "PUBLISH", &[twin], false),
            (drop().on_topic("#"), ToDevice, None, "PUBACK", &[], false),
            (drop().arriving(), FromDevice, Some("d1"), "PINGREQ", &[], true),
        ] {
            assert_eq!(
                fault.covers(direction, device, packet, topics),
                covers,
                "{fault}: {packet}"
            );
        }
    }

    #[test]
    fn a_fault_reads_as_a_sentence() {
        for (fault, says) in [
            (Fault::new(Kind::Drop), "drop every packet"),
            (Fault::new(Kind::Drop).on("puback").of("d1").times(1), "drop PUBACK to d1, once"),
            (
                Fault { after: Some(2), ..Fault::new(Kind::DelayS(5)).on("PUBACK").times(3) },
                "delay PUBACK by 5 s, after 2, 3 times",
            ),
            (
                Fault::new(Kind::Close).on("TELEMETRY").of("d1"),
                "close instead of TELEMETRY from d1",
            ),
            (
                Fault::new(Kind::Reset).on("PUBLISH").arriving(),
                "reset instead of PUBLISH from every device",
            ),
            (Fault::new(Kind::Connack(3)).of("d1"), "refuse CONNECT with code 3 from d1"),
            (
                Fault::new(Kind::Status(429)).of("d1").on_topic("$iothub/twin/PATCH/#"),
                "refuse requests with status 429 on $iothub/twin/PATCH/# from d1",
            ),
            (
                Fault {
                    probability: 0.25,
                    from_s: Some(10),
                    until_s: Some(20),
                    ..Fault::new(Kind::WrongRid)
                },
                "send a wrong $rid, with probability 0.25, from 10 s, until 20 s",
            ),
            (Fault::new(Kind::Reorder(2)).on("PUBACK"), "turn 2 of PUBACK around"),
        ] {
            assert_eq!(fault.to_string(), says);
        }
    }
}
