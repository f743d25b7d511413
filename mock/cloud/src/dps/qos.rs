//! DPS-QOS: what is granted, at which QoS answers come, and what becomes of QoS 2.

use wire::{Ack, Packet, Publish, Qos};

use super::{Session, limit, open};
use crate::{
    rule::rules,
    ruling::{Broken, Ruling},
};

rules! {
    QOS_2_IS_GRANTED_AS_1 = "DPS-QOS-001";
    THEN_DELIVERED_AT_QOS_1 = "DPS-QOS-002";
}

/// The subscription to the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subscription {
    pub(super) asked: Qos,
    pub(super) granted: Qos,
}

/// Grants at most QoS 1.
pub(super) fn grant(asked: Qos, ruling: &mut Ruling<'_>) -> Subscription {
    let granted = ruling.value(QOS_2_IS_GRANTED_AS_1, asked.min(Qos::AtLeastOnce), asked);
    Subscription { asked, granted }
}

/// The QoS of an answer.
pub(super) fn of_answer(subscription: Subscription, ruling: &mut Ruling<'_>) -> Qos {
    let right = subscription.granted.min(Qos::AtLeastOnce);
    let wrong = match right {
        Qos::AtMostOnce => Qos::AtLeastOnce,
        Qos::AtLeastOnce | Qos::ExactlyOnce => Qos::AtMostOnce,
    };
    match subscription.asked {
        Qos::ExactlyOnce => ruling.value(THEN_DELIVERED_AT_QOS_1, right, wrong),
        Qos::AtMostOnce | Qos::AtLeastOnce => {
            ruling.value(open::DELIVERED_AS_GRANTED, right, wrong)
        }
    }
}

/// Judges the flags of a publish: QoS 2 ends the connection, RETAIN means nothing.
pub(super) fn judge(
    session: &Session,
    publish: &Publish,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    ruling.note(limit::NOT_ALL_OF_MQTT, publish.qos != Qos::ExactlyOnce);
    if publish.qos == Qos::ExactlyOnce {
        if ruling.value(limit::NOT_ALL_OF_MQTT, false, true) {
            let ack = Ack::of(publish.packet_id.unwrap_or_default());
            // It leaves only when DPS-LIMIT-002 is broken on purpose, and needs a rule all the same.
            ruling.send(session.conn, Packet::Pubrec(ack), open::FOLLOWS_THE_HUB);
        }
        ruling.uphold(open::FOLLOWS_THE_HUB, false)?;
    }
    if publish.retain {
        ruling.grant(open::FOLLOWS_THE_HUB)?;
    }
    Ok(())
}

/// PUBACK for QoS 1, before anything that the publish brings about.
pub(super) fn acknowledge(session: &Session, publish: &Publish, ruling: &mut Ruling<'_>) {
    if publish.qos != Qos::AtMostOnce {
        let ack = Ack::of(publish.packet_id.unwrap_or_default());
        ruling.send(session.conn, Packet::Puback(ack), open::PUBACK_COMES_FIRST);
    }
}
