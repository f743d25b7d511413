//! ALI-PROTO: the versions of MQTT, and where they are spoken.

use wire::{Connect, Version};

use super::{
    Instance,
    end::{Ending, UNSUPPORTED_PROTOCOL_VERSION},
    instance::Edition,
    open,
};
use crate::{
    profile::Mqtt5Ticket,
    rule::{Rule, rules},
    ruling::Ruling,
};

rules! {
    MQTT_3_1 = "ALI-PROTO-001";
    MQTT_3_1_1 = "ALI-PROTO-002";
    MQTT_5 = "ALI-PROTO-003";
    MQTT_5_ON_ENTERPRISE = "ALI-PROTO-004";
    NO_MQTT_5_ELSEWHERE = "ALI-PROTO-005";
}

/// By what a CONNECT of this version is accepted.
pub(super) const fn accepted(version: Version) -> Rule {
    match version {
        Version::V31 => MQTT_3_1,
        Version::V311 => MQTT_3_1_1,
        Version::V5 => MQTT_5,
    }
}

/// Judges the version of a CONNECT, on the instance that it is for.
pub(super) fn judge(
    instance: Option<&Instance>,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<Version, Ending> {
    let version = connect.version();
    let rule = open::RETURN_CODES;
    Ending::unless(version.is_some(), rule, UNSUPPORTED_PROTOCOL_VERSION, ruling)?;
    let version = version.unwrap_or(Version::V311);
    Ending::unless_granted(accepted(version), UNSUPPORTED_PROTOCOL_VERSION, ruling)?;
    if let (Version::V5, Some(instance)) = (version, instance) {
        let has_it = instance.edition == Edition::Enterprise;
        let rule = NO_MQTT_5_ELSEWHERE;
        Ending::unless(has_it, rule, UNSUPPORTED_PROTOCOL_VERSION, ruling)?;
        let ticket = match instance.profile.mqtt_5_ticket {
            Mqtt5Ticket::NotNeeded | Mqtt5Ticket::Held => Ok(()),
            Mqtt5Ticket::Missing => Err("the instance has no ticket for MQTT 5".to_owned()),
        };
        Ending::judge(ticket, open::TICKET, UNSUPPORTED_PROTOCOL_VERSION, ruling)?;
        Ending::unless_granted(MQTT_5_ON_ENTERPRISE, UNSUPPORTED_PROTOCOL_VERSION, ruling)?;
    }
    Ok(version)
}
