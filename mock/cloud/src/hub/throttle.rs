//! What a hub takes in a second and in a day: HUB-OPEN-074, HUB-OPEN-075 and HUB-OPEN-076.

use wire::{Ack, Packet};

use super::{Session, open};
use crate::{
    cloud::Core,
    error_code::{IOT_HUB_QUOTA_EXCEEDED, THROTTLING_EXCEPTION},
    order::ServiceError,
    profile::HubProfile,
    rate::{Bucket, Rate},
    registry::{Hub, Meters},
    rule::Rule,
    ruling::{Broken, Ruling},
    time::Time,
    timer::Timer,
};

/// Methods are counted in steps of so many kilobytes.
const METHOD_STEP_KB: usize = 4;

/// Judges a CONNECT by how many there were.
pub(super) fn connect(core: &mut Core, host: &str, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    let fits = admit(core, host, 1, HubProfile::connects, |meters| &mut meters.connects);
    if fits { Ok(()) } else { ruling.uphold(open::RATES, false) }
}

/// Judges telemetry of so many bytes by the day's quota and by the rate. Above the rate its PUBACK, and
/// with it every later one, is put off; too far above it the connection ends.
pub(super) fn telemetry(
    core: &mut Core,
    session: &mut Session,
    bytes: usize,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let now = core.now;
    let Some(hub) = core.registry.hub_mut(&session.host) else { return Ok(()) };
    if is_spent(hub, now) {
        ruling.uphold(open::DAILY_QUOTA, false)?;
    }
    let backlog_ms = hub.profile.rate_limits.backlog_s.saturating_mul(1000);
    let rate = hub.profile.telemetry();
    let rate = ruling.value(open::RATES, rate, Rate::NONE);
    let wait_ms = hub.meters.telemetry.shape(now, 1, rate, backlog_ms);
    if wait_ms.is_none() {
        ruling.uphold(open::THROTTLED_TELEMETRY, false)?;
    }
    hub.meters.day.count(now, hub.profile.messages_of(bytes));
    let wait_ms = ruling.value(open::THROTTLED_TELEMETRY, wait_ms.unwrap_or(0), 0);
    session.acknowledged_from = session.acknowledged_from.max(now.plus_ms(wait_ms));
    Ok(())
}

/// A PUBACK that had been put off.
pub(super) fn acknowledge(session: &Session, packet_id: u16, ruling: &mut Ruling<'_>) {
    let ack = Packet::Puback(Ack::of(packet_id));
    ruling.send(session.conn, ack, open::PUBACK_AFTER_STORING);
}

/// Puts the PUBACK of a packet off, if its turn has not come.
pub(super) fn puts_off(core: &mut Core, session: &Session, packet_id: u16) -> bool {
    let waits = session.acknowledged_from > core.now;
    if waits {
        let timer = Timer::Puback { conn: session.conn, packet_id };
        core.timers.set(session.acknowledged_from, timer);
    }
    waits
}

/// Judges whether the day has any message left.
pub(super) fn quota(core: &Core, host: &str, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    let is_spent = core.registry.hub(host).is_some_and(|hub| is_spent(hub, core.now));
    if is_spent { ruling.uphold(open::DAILY_QUOTA, false) } else { Ok(()) }
}

/// Judges a cloud-to-device message of so many bytes, and counts it.
pub(super) fn c2d(
    core: &mut Core,
    host: &str,
    bytes: usize,
    ruling: &mut Ruling<'_>,
) -> Result<(), (Rule, ServiceError)> {
    if let Err(Broken(because)) = quota(core, host, ruling) {
        let message = "The daily quota of the hub is spent; it begins anew at 00:00 UTC.";
        return Err((because, ServiceError::new(IOT_HUB_QUOTA_EXCEEDED, message)));
    }
    if !admit(core, host, 1, HubProfile::c2d, |meters| &mut meters.c2d) {
        ruling.uphold(open::RATES, false).map_err(throttled)?;
    }
    let now = core.now;
    if let Some(hub) = core.registry.hub_mut(host) {
        hub.meters.day.count(now, hub.profile.messages_of(bytes));
    }
    Ok(())
}

/// Judges a method call of so many bytes.
pub(super) fn method(
    core: &mut Core,
    host: &str,
    bytes: usize,
    ruling: &mut Ruling<'_>,
) -> Result<(), (Rule, ServiceError)> {
    let kb = bytes.div_ceil(METHOD_STEP_KB * 1024).max(1) * METHOD_STEP_KB;
    let kb = u32::try_from(kb).unwrap_or(u32::MAX);
    if admit(core, host, kb, HubProfile::method_kb, |meters| &mut meters.method_kb) {
        return Ok(());
    }
    ruling.uphold(open::RATES, false).map_err(throttled)
}

fn throttled(Broken(because): Broken) -> (Rule, ServiceError) {
    let message = "The hub gets more of these than its edition allows; try again later.";
    (because, ServiceError::new(THROTTLING_EXCEPTION, message))
}

fn admit(
    core: &mut Core,
    host: &str,
    count: u32,
    rate: fn(&HubProfile) -> Rate,
    meter: fn(&mut Meters) -> &mut Bucket,
) -> bool {
    let now = core.now;
    core.registry.hub_mut(host).is_none_or(|hub| {
        let rate = rate(&hub.profile);
        meter(&mut hub.meters).admit(now, count, rate)
    })
}

fn is_spent(hub: &Hub, now: Time) -> bool {
    hub.profile.messages_a_day().is_some_and(|most| hub.meters.day.has_had(now, most))
}
