//! HUB-OPEN-081: telemetry that asks for a fault, as the end-to-end suites of the vendor's SDKs send it.
//!
//! What such a message does over MQTT is known from those suites alone. The one for Java says that it is
//! never acknowledged, so that the SDK sends it again and loses its connection three or four times; the
//! one for C# says that the connection ends before the PUBACK. As PUBACK means that a message is stored
//! (HUB-OPEN-086), a message that brings about a fault is not telemetry either. The one for C says that
//! over MQTT every fault is a lost connection, and that the hub takes the device back afterwards. The
//! one for C# draws a device that is in trouble from the delay until the duration is over; suites that
//! give no duration lose one connection alone.

use wire::{Packet, Publish};

use super::{Session, bag::Properties, open};
use crate::{
    cloud::Core,
    fault::{Fault, Kind, Victim},
    profile::FaultMessages,
    ruling::Ruling,
};

const TYPE: &str = "AzIoTHub_FaultOperationType";
const CLOSE_REASON: &str = "AzIoTHub_FaultOperationCloseReason";
const DELAY: &str = "AzIoTHub_FaultOperationDelayInSecs";
const DURATION: &str = "AzIoTHub_FaultOperationDurationInSecs";

/// What a type means over MQTT.
struct Trouble {
    /// How the connection ends after the delay …
    ends: Kind,
    /// … and what the device meets until the duration is over: at which packet, and what happens to it.
    meets: (&'static str, Kind),
}

const KILLED: Trouble = Trouble { ends: Kind::Reset, meets: ("CONNECT", Kind::Reset) };
const SHUT_DOWN: Trouble = Trouble { ends: Kind::Close, meets: ("CONNECT", Kind::Close) };
const THROTTLED: Trouble = Trouble { ends: Kind::Close, meets: ("CONNECT", Kind::Connack(3)) };
const QUOTA_SPENT: Trouble = Trouble { ends: Kind::Close, meets: ("TELEMETRY", Kind::Close) };
const UNAUTHORIZED: Trouble = Trouble { ends: Kind::Close, meets: ("CONNECT", Kind::Connack(5)) };

/// Every type that a suite names. Those about AMQP have nothing to end here: they are telemetry.
const TYPES: &[(&str, Option<&Trouble>)] = &[
    ("KillTcp", Some(&KILLED)),
    ("ShutDownMqtt", Some(&SHUT_DOWN)),
    ("InvokeThrottling", Some(&THROTTLED)),
    ("InvokeMaxMessageQuota", Some(&QUOTA_SPENT)),
    ("InvokeAuthError", Some(&UNAUTHORIZED)),
    ("ShutDownAmqp", None),
    ("KillAmqpConnection", None),
    ("KillAmqpSession", None),
    ("KillAmqpCBSLinkReq", None),
    ("KillAmqpCBSLinkResp", None),
    ("KillAmqpD2CLink", None),
    ("KillAmqpC2DLink", None),
    ("KillAmqpTwinLinkReq", None),
    ("KillAmqpTwinLinkResp", None),
    ("KillAmqpMethodReqLink", None),
    ("KillAmqpMethodRespLink", None),
];

/// Brings about the fault that a message asks for, if it asks for one: then it is nothing else.
pub(super) fn bring_about(
    core: &mut Core,
    session: &Session,
    publish: &Publish,
    properties: &Properties,
    ruling: &mut Ruling<'_>,
) -> bool {
    let Some(asked) = properties.application(TYPE) else { return false };
    let chosen = core.profile(&session.host).fault_messages;
    let known = TYPES.iter().find(|(name, _)| *name == asked).and_then(|(_, trouble)| *trouble);
    let meant = known.filter(|_| chosen != FaultMessages::Ordinary);
    let wrong = if meant.is_some() { None } else { Some(&KILLED) };
    let Some(trouble) = ruling.value(open::FAULT_MESSAGES, meant, wrong) else { return false };

    let reason = properties.application(CLOSE_REASON).unwrap_or_default();
    let packet = Packet::Publish(publish.clone());
    let victim = Victim::Packet { conn: session.conn, packet };
    core.faults.note(&format!("{asked} is asked for, with the reason `{reason}`"), victim);
    let delay_s = seconds(properties.application(DELAY));
    let duration_s = match chosen {
        FaultMessages::Once => 0,
        _ => seconds(properties.application(DURATION)),
    };
    let end = Fault::new(trouble.ends).on("CLOCK").of(&session.name).at(&session.host);
    core.add_fault(end.from_s(delay_s));
    if duration_s > 0 {
        let (packet, kind) = trouble.meets;
        let meets = Fault::new(kind).on(packet).of(&session.name).at(&session.host);
        let meets = if packet == "CONNECT" { meets.arriving() } else { meets };
        core.add_fault(meets.from_s(delay_s).until_s(delay_s.saturating_add(duration_s)));
    }
    true
}

/// Whole seconds, rounded up, as .NET writes a number of them; what cannot be read is none.
fn seconds(text: Option<&str>) -> u64 {
    let seconds = text.and_then(|text| text.trim().parse::<f64>().ok()).unwrap_or(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a negative number becomes 0, and a huge one the largest"
    )]
    let seconds = seconds.ceil() as u64;
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_as_the_suites_write_them() {
        for (text, expected) in [
            (None, 0),
            (Some("5"), 5),
            (Some(" 1 "), 1),
            (Some("2.5"), 3),
            (Some("-1"), 0),
            (Some("NaN"), 0),
            (Some("soon"), 0),
            (Some("1e300"), u64::MAX),
        ] {
            assert_eq!(seconds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_a_type_brings_about_is_a_good_fault() {
        for (name, trouble) in TYPES {
            let Some(Trouble { ends, meets: (packet, kind) }) = trouble else { continue };
            assert_eq!(Fault::new(*ends).on("CLOCK").from_s(1).check(), Ok(()), "{name}");
            let meets = Fault::new(*kind).on(packet);
            let meets = if *packet == "CONNECT" { meets.arriving() } else { meets };
            assert_eq!(meets.until_s(6).check(), Ok(()), "{name}");
        }
    }
}
