//! HUB-MODULE: modules of a device.

use super::Session;
use crate::{rule::rules, ruling::Ruling};

rules! {
    MODULES_CONNECT_LIKE_DEVICES = "HUB-MODULE-001";
    CLIENT_ID_NAMES_BOTH = "HUB-MODULE-002";
    USERNAME_NAMES_BOTH = "HUB-MODULE-003";
    TOKEN_IS_THE_MODULES_OWN = "HUB-MODULE-004";
    TELEMETRY_TOPIC = "HUB-MODULE-005";
    WILL_TOPIC = "HUB-MODULE-006";
    FILTER = "HUB-MODULE-007";
    TWIN_TOPICS_ARE_THE_DEVICES = "HUB-MODULE-008";
    TWIN_ANSWERS_ARE_THE_DEVICES = "HUB-MODULE-009";
}

/// A publish that goes nowhere: a module that means its telemetry hears what is wrong.
pub(super) fn note_stray_topic(session: &Session, topic: &str, ruling: &mut Ruling<'_>) {
    if session.id.module.is_some() && topic.starts_with("devices/") {
        ruling.note(TELEMETRY_TOPIC, false);
    }
}

/// A filter that is not granted: likewise.
pub(super) fn note_stray_filter(session: &Session, filter: &str, ruling: &mut Ruling<'_>) {
    if session.id.module.is_some() && filter.starts_with("devices/") {
        ruling.note(FILTER, false);
    }
}
