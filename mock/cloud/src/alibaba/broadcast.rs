//! Broadcasts that were kept for those who subscribe later (ALI-OPEN-081).

use wire::Filter;

use super::{Session, deliver, open};
use crate::{cloud::Core, ruling::Ruling};

/// Where broadcasts go that somebody subscribed to: `/broadcast/{ProductKey}/…`.
pub(super) const ROOT: &str = "/broadcast/";

/// Gives an MQTT 5 device the kept broadcasts that it has just subscribed to.
pub(super) fn give_retained(
    core: &mut Core,
    session: &Session,
    filters: &[Filter],
    ruling: &mut Ruling<'_>,
) {
    if !session.is_v5() {
        return;
    }
    let now_ms = core.now.ms();
    for filter in filters.iter().filter(|filter| filter.filter.starts_with(ROOT)) {
        let Some(instance) = core.instance(&session.instance) else { return };
        let has_it = |kept: &broker::Session| kept.subscribes(&filter.filter);
        if !instance.broker.session(&session.key).is_some_and(has_it) {
            continue;
        }
        let covered = instance.broker.retained.covered(&filter.filter, now_ms);
        let covered: Vec<_> = covered.map(|message| (**message).clone()).collect();
        for message in covered {
            let whom = (&*session.product_key, &*session.name);
            let because = open::RETAINED_BROADCASTS;
            deliver::push(core, &session.instance, whom, message, because, ruling);
        }
    }
}
