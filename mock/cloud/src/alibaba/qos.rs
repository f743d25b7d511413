//! ALI-QOS: QoS 0 and 1, as the publisher chooses.

use wire::{Publish, Qos};

use super::{
    end::{Ending, QOS_NOT_SUPPORTED},
    open,
};
use crate::{
    profile::{AlibabaProfile, Qos2},
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
};

rules! {
    QOS_0 = "ALI-QOS-001";
    QOS_1 = "ALI-QOS-002";
    NO_QOS_2 = "ALI-QOS-003";
    SUBSCRIBED_QOS_IS_NOTHING = "ALI-QOS-004";
    PUBLISHED_QOS_IS_ALL = "ALI-QOS-005";
}

/// By what a message of this QoS is taken and delivered.
pub(super) const fn of(qos: Qos) -> Rule {
    match qos {
        Qos::AtMostOnce => QOS_0,
        Qos::AtLeastOnce | Qos::ExactlyOnce => QOS_1,
    }
}

/// What becomes of a publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    Passes,
    /// Nobody hears of it.
    Dropped,
}

/// Judges the QoS of a publish: there is no QoS 2.
pub(super) fn judge(
    publish: &Publish,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<Passage, Ending> {
    let Err(Broken(_)) = ruling.uphold(NO_QOS_2, publish.qos != Qos::ExactlyOnce) else {
        return Ok(Passage::Passes);
    };
    let closes = profile.qos_2 == Qos2::Close;
    if ruling.value(open::LEFT_OUT, closes, !closes) {
        return Err(Ending { because: open::LEFT_OUT, reason: QOS_NOT_SUPPORTED });
    }
    Ok(Passage::Dropped)
}

/// The other one of the two that there are.
pub(super) const fn other(qos: Qos) -> Qos {
    match qos {
        Qos::AtMostOnce => Qos::AtLeastOnce,
        Qos::AtLeastOnce | Qos::ExactlyOnce => Qos::AtMostOnce,
    }
}
