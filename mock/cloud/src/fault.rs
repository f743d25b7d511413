//! Faults: deliberate wrongness as data, between what the cloud decided and what is carried out.

mod kind;

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use wire::topic;

pub use self::kind::{Kind, SHAPES, Shape};
use crate::{effect::Effect, identity::IdentityId, input::ConnId};

/// What to spoil, how, and when. Without a device, packet or topic it matches every packet that the
/// cloud sends. Several faults are tried in the order of their adding; the first that strikes does it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Host name of a hub, or ID scope of a DPS instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// `device`, `device/module`, or the registration id at DPS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// An MQTT packet by its name, such as `PUBACK`; `TELEMETRY` for storing a message; `CLOCK` for no
    /// packet at all: then it strikes each connection that lives when it begins, once.
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

/// What a fault struck: the evidence in the trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Struck {
    /// The fault, in words.
    pub by: String,
    pub victim: Victim,
}

/// To whom something belongs that a fault may strike, as far as anybody knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whose {
    /// The hub's host name, or the ID scope.
    pub(crate) tenant: Option<String>,
    pub(crate) device: Option<Arc<str>>,
}

/// What was decided, or arrived, before a fault struck it.
#[derive(Clone, Debug, PartialEq)]
pub enum Victim {
    Effect(Effect),
    Packet {
        conn: ConnId,
        packet: wire::Packet,
    },
    /// A connection that did nothing just then.
    Connection(ConnId),
}

const fn always() -> f64 {
    1.0
}

impl Fault {
    /// A fault that matches every packet that the cloud sends and always strikes.
    pub const fn new(kind: Kind) -> Self {
        Self {
            tenant: None,
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

    /// The same fault at one tenant: a hub by its host name, a DPS instance by its ID scope.
    pub fn at(mut self, tenant: &str) -> Self {
        self.tenant = Some(tenant.to_owned());
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

    /// The same fault, so many seconds after its adding.
    pub const fn from_s(mut self, from_s: u64) -> Self {
        self.from_s = Some(from_s);
        self
    }

    /// The same fault, until so many seconds after its adding.
    pub const fn until_s(mut self, until_s: u64) -> Self {
        self.until_s = Some(until_s);
        self
    }

    /// Whether it strikes when it begins, and not at a packet.
    pub(crate) fn goes_by_the_clock(&self) -> bool {
        match &self.packet {
            Some(packet) => packet.eq_ignore_ascii_case(CLOCK),
            None => self.topic.is_none() && self.kind.comes_by_itself(),
        }
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
        self.check_clock()?;
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

    fn check_clock(&self) -> Result<(), BadFault> {
        if !self.goes_by_the_clock() {
            return Ok(());
        }
        if !self.kind.is_of_a_connection() {
            let kind = self.kind;
            return Err(BadFault(format!(
                "packet: `{kind}` needs a packet to strike, and `{CLOCK}` is none: expected one of \
                 {}",
                TO_DEVICE[..TO_DEVICE.len() - 1].join(", ")
            )));
        }
        if self.direction == Direction::FromDevice && self.kind != Kind::HalfOpen {
            return Err(BadFault(format!(
                "direction: `{}` by the clock strikes no packet; leave the direction out",
                self.kind
            )));
        }
        match self.until_s {
            None => Ok(()),
            Some(found) => Err(BadFault(format!(
                "until_s: found {found}, expected nothing: `{}` by the clock strikes once, at its \
                 beginning",
                self.kind
            ))),
        }
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
        whose: &Whose,
        packet: &str,
        topics: &[&str],
    ) -> bool {
        let named = match &self.packet {
            Some(name) => name.eq_ignore_ascii_case(packet),
            None => packet != TELEMETRY,
        };
        !self.goes_by_the_clock()
            && self.direction == direction
            && named
            && self.is_of(whose)
            && self
                .topic
                .as_ref()
                .is_none_or(|filter| topics.iter().any(|topic| topic::matches(filter, topic)))
    }

    /// Whether it is about what belongs to these.
    pub(crate) fn is_of(&self, whose: &Whose) -> bool {
        let is_there = |wanted: &String| {
            whose.tenant.as_ref().is_some_and(|tenant| tenant.eq_ignore_ascii_case(wanted))
        };
        self.tenant.as_ref().is_none_or(is_there)
            && (self.device.is_none() || self.device.as_deref() == whose.device.as_deref())
    }
}

/// The name under which a fault strikes the storing of a message.
pub(crate) const TELEMETRY: &str = "TELEMETRY";

/// The name for no packet at all.
const CLOCK: &str = "CLOCK";

const TO_DEVICE: &[&str] =
    &["CONNACK", "PUBLISH", "PUBACK", "PUBREC", "SUBACK", "UNSUBACK", "PINGRESP", TELEMETRY, CLOCK];

const FROM_DEVICE: &[&str] =
    &["CONNECT", "PUBLISH", "PUBACK", "SUBSCRIBE", "UNSUBSCRIBE", "PINGREQ", "DISCONNECT", CLOCK];

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
            kind if self.goes_by_the_clock() => write!(f, "{kind} by the clock")?,
            Kind::Drop => write!(f, "drop {packet}")?,
            Kind::DelayS(s) => write!(f, "delay {packet} by {s} s")?,
            Kind::Duplicate => write!(f, "duplicate {packet}")?,
            Kind::Close => write!(f, "close instead of {packet}")?,
            Kind::Reset => write!(f, "reset instead of {packet}")?,
            Kind::Freeze => write!(f, "freeze instead of {packet}")?,
            Kind::HalfOpen => write!(f, "half-open from {packet} on")?,
            Kind::Takeover | Kind::TokenExpiry | Kind::MaintenanceS(_) => {
                write!(f, "{} instead of {packet}", self.kind)?;
            }
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
            (Some(device), _) if self.goes_by_the_clock() => write!(f, " of {device}")?,
            (Some(device), true) => write!(f, " from {device}")?,
            (Some(device), false) => write!(f, " to {device}")?,
            (None, true) if self.direction == Direction::FromDevice => {
                f.write_str(" from every device")?;
            }
            (None, _) => {}
        }
        if let Some(tenant) = &self.tenant {
            write!(f, " at {tenant}")?;
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
        if let Some(from_s) = self.from_s.filter(|&from_s| from_s > 0) {
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
            Victim::Connection(conn) => write!(f, "{}: {conn}", self.by),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "expected one of drop, delay-s=<seconds>, duplicate, \
        reorder=<packets, 2 to 100>, wrong-rid, wrong-version=<difference, not 0>, \
        status=<status, 400 to 599>, connack=<return code, 1 to 255>, close, reset, freeze, \
        half-open, takeover, token-expiry, maintenance-s=<seconds of outage>";

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
            (r#"{"do":"takeover=1"}"#, "`takeover` takes no number"),
            (
                r#"{"do":"maintenance-s"}"#,
                "`maintenance-s` needs its number: write `maintenance-s=<seconds of outage>`",
            ),
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
            (
                r#"{"do":"drop","devise":"d1"}"#,
                "unknown field `devise`, expected one of `tenant`, `device`",
            ),
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
                 UNSUBACK, PINGRESP, TELEMETRY, CLOCK",
            ),
            (
                drop().on("CONNACK").arriving(),
                "packet: found `CONNACK`, expected one of CONNECT, PUBLISH, PUBACK, SUBSCRIBE, \
                 UNSUBSCRIBE, PINGREQ, DISCONNECT, CLOCK",
            ),
            (
                drop().on("clock"),
                "packet: `drop` needs a packet to strike, and `CLOCK` is none: expected one of \
                 CONNACK, PUBLISH, ",
            ),
            (
                Fault::new(Kind::Reset).on("CLOCK").arriving(),
                "direction: `reset` by the clock strikes no packet; leave the direction out",
            ),
            (
                Fault::new(Kind::Takeover).until_s(5),
                "until_s: found 5, expected nothing: `takeover` by the clock strikes once, at its \
                 beginning",
            ),
            (
                Fault::new(Kind::Reset).on("CLOCK").on_topic("a/#"),
                "topic: only a PUBLISH has one; leave the topic out",
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
        let elsewhere = || drop().at("fabrikam.azure-devices.net");
        for (fault, direction, device, packet, topics, covers) in [
            (drop(), ToDevice, Some("d1"), "PUBACK", &[][..], true),
            (drop(), ToDevice, None, "CONNACK", &[], true),
            (drop(), FromDevice, Some("d1"), "PUBLISH", &[twin], false),
            (drop(), ToDevice, Some("d1"), "TELEMETRY", &[], false),
            (drop().on("telemetry"), ToDevice, Some("d1"), "TELEMETRY", &[], true),
            (drop().of("d1"), ToDevice, Some("d1"), "PUBACK", &[], true),
            (drop().at("Contoso.azure-devices.net"), ToDevice, None, "PUBACK", &[], true),
            (elsewhere().of("d1"), ToDevice, Some("d1"), "PUBACK", &[], false),
            (drop().of("d1"), ToDevice, Some("d1/m1"), "PUBACK", &[], false),
            (drop().of("d1"), ToDevice, None, "CONNACK", &[], false),
            (drop().on("PUBACK"), ToDevice, Some("d1"), "PUBLISH", &[twin], false),
            (drop().on_topic("$iothub/twin/res/#"), ToDevice, None, "PUBLISH", &[twin], true),
            (drop().on_topic("$iothub/methods/#"), ToDevice, None, "PUBLISH", &[twin], false),
            (drop().on_topic("#"), ToDevice, None, "PUBACK", &[], false),
            (drop().arriving(), FromDevice, Some("d1"), "PINGREQ", &[], true),
            (Fault::new(Kind::Takeover), ToDevice, Some("d1"), "PUBACK", &[], false),
            (Fault::new(Kind::Takeover).on("PUBACK"), ToDevice, Some("d1"), "PUBACK", &[], true),
        ] {
            let whose = Whose {
                tenant: Some("contoso.azure-devices.net".to_owned()),
                device: device.map(Into::into),
            };
            assert_eq!(
                fault.covers(direction, &whose, packet, topics),
                covers,
                "{fault}: {packet}"
            );
        }
    }

    #[test]
    fn a_fault_reads_as_a_sentence() {
        for (fault, says) in [
            (Fault::new(Kind::Drop), "drop every packet"),
            (
                Fault::new(Kind::Drop).on("PUBACK").of("d1").at("h.example").times(1),
                "drop PUBACK to d1 at h.example, once",
            ),
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
            (
                Fault::new(Kind::Reset).on("clock").of("d1").from_s(2),
                "reset by the clock of d1, from 2 s",
            ),
            (Fault::new(Kind::MaintenanceS(30)), "maintenance-s=30 by the clock"),
            (Fault::new(Kind::Takeover).on("PUBACK"), "takeover instead of PUBACK"),
            (
                Fault::new(Kind::HalfOpen).on("PUBLISH").arriving().of("d1"),
                "half-open from PUBLISH on from d1",
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
