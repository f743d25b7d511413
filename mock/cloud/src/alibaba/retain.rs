//! ALI-RETAIN: nothing is retained of what devices publish.

use std::sync::Arc;

use broker::Message;
use wire::{Filter, Publish};

use super::{
    Session, deliver,
    end::{Ending, RETAIN_NOT_SUPPORTED},
    open,
};
use crate::{
    cloud::Core,
    profile::{AlibabaProfile, RetainFlag},
    rule::rules,
    ruling::Ruling,
};

rules! {
    NOTHING_IS_RETAINED = "ALI-RETAIN-001";
}

/// Judges the RETAIN flag of a publish.
pub(super) fn judge(
    session: &Session,
    publish: &Publish,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let refuses = match profile.retain {
        RetainFlag::Ignore => false,
        RetainFlag::RefuseV5 => session.is_v5(),
        RetainFlag::Refuse => true,
    };
    let passes = !(publish.retain && refuses);
    Ending::unless(passes, open::LEFT_OUT, RETAIN_NOT_SUPPORTED, ruling)
}

/// A publish with RETAIN has passed: it is one without.
pub(super) fn keep(core: &mut Core, session: &Session, message: &Message, ruling: &mut Ruling<'_>) {
    if !message.retain || ruling.value(NOTHING_IS_RETAINED, true, false) {
        return;
    }
    let now_ms = core.now.ms();
    if let Some(instance) = core.instance_mut(&session.instance) {
        let message = Arc::new(message.clone());
        let _ = instance.broker.retained.keep(&message, usize::MAX, usize::MAX, now_ms);
    }
}

/// Gives a device what is kept of devices' publishes to the filters that it has just subscribed to.
pub(super) fn give(
    core: &mut Core,
    session: &Session,
    filters: &[Filter],
    ruling: &mut Ruling<'_>,
) {
    let now_ms = core.now.ms();
    let Some(instance) = core.instance(&session.instance) else { return };
    let covered =
        filters.iter().flat_map(|it| instance.broker.retained.covered(&it.filter, now_ms));
    let of_devices = covered.filter(|message| message.publisher.is_some());
    let of_devices: Vec<Message> = of_devices.map(|message| (**message).clone()).collect();
    let whom = (&*session.product_key, &*session.name);
    for message in of_devices {
        deliver::push(core, &session.instance, whom, message, NOTHING_IS_RETAINED, ruling);
    }
}
