//! How much may come and go in how long: nothing is limited where no throughput units are bought.

use std::{collections::BTreeMap, sync::Arc};

use super::open;
use crate::{
    profile::EventGridProfile,
    rate::{Bucket, Rate},
    ruling::Ruling,
    time::Time,
};

/// What has come and gone of late.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rates {
    inward: Traffic,
    outward: Traffic,
    /// SUBSCRIBEs and UNSUBSCRIBEs.
    changes: Bucket,
    sessions: BTreeMap<Arc<str>, OfSession>,
}

/// Messages and their bytes in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Traffic {
    messages: Bucket,
    bytes: Bucket,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct OfSession {
    inward: Traffic,
    outward: Traffic,
    changes: Bucket,
}

/// What traffic is held to.
#[derive(Clone, Copy)]
struct Limits {
    messages: Rate,
    bytes: Rate,
}

impl Rates {
    /// Whether a session may publish a message of so many bytes now.
    pub(super) fn admits(
        &mut self,
        session: &Arc<str>,
        bytes: usize,
        profile: &EventGridProfile,
        now: Time,
        ruling: &mut Ruling<'_>,
    ) -> bool {
        if profile.throughput_units.is_none() {
            return true;
        }
        let of_session =
            Limits { messages: profile.session_messages(), bytes: profile.session_bytes() };
        let of_session = ruling.value(open::INBOUND_RATE, of_session, Limits::NONE);
        let of_namespace = of_namespace(profile, ruling);
        let messages = count(bytes, profile, ruling);
        let session = self.sessions.entry(session.clone()).or_default();
        let wait_ms = taken(
            [(&mut session.inward, of_session), (&mut self.inward, of_namespace)],
            messages,
            bytes,
            now,
        );
        wait_ms == 0
    }

    /// How many milliseconds a message of so many bytes has to wait until it may go to a session; it
    /// counts when there are none.
    pub(super) fn wait_ms(
        &mut self,
        session: &Arc<str>,
        bytes: usize,
        profile: &EventGridProfile,
        now: Time,
        ruling: &mut Ruling<'_>,
    ) -> u64 {
        if profile.throughput_units.is_none() {
            return 0;
        }
        let of_session = Limits {
            messages: profile.session_deliveries(),
            bytes: profile.session_delivered_bytes(),
        };
        let of_session = ruling.value(open::OUTBOUND_RATE, of_session, Limits::NONE);
        let of_namespace = of_namespace(profile, ruling);
        let messages = count(bytes, profile, ruling);
        let session = self.sessions.entry(session.clone()).or_default();
        taken(
            [(&mut session.outward, of_session), (&mut self.outward, of_namespace)],
            messages,
            bytes,
            now,
        )
    }

    /// Whether a session may change its subscriptions now.
    pub(super) fn admits_change(
        &mut self,
        session: &Arc<str>,
        profile: &EventGridProfile,
        now: Time,
        ruling: &mut Ruling<'_>,
    ) -> bool {
        if profile.throughput_units.is_none() {
            return true;
        }
        let rule = open::SUBSCRIPTION_LIMITS;
        let of_session = ruling.value(rule, profile.session_subscribes(), Rate::NONE);
        let of_namespace = ruling.value(rule, profile.namespace_subscribes(), Rate::NONE);
        let session = self.sessions.entry(session.clone()).or_default();
        session.changes.admit(now, 1, of_session) && self.changes.admit(now, 1, of_namespace)
    }
}

impl Limits {
    const NONE: Self = Self { messages: Rate::NONE, bytes: Rate::NONE };
}

fn of_namespace(profile: &EventGridProfile, ruling: &mut Ruling<'_>) -> Limits {
    let limits =
        Limits { messages: profile.namespace_messages(), bytes: profile.namespace_bytes() };
    ruling.value(open::NAMESPACE_RATES, limits, Limits::NONE)
}

/// As how many messages one of so many bytes counts.
fn count(bytes: usize, profile: &EventGridProfile, ruling: &mut Ruling<'_>) -> u32 {
    let kib = u32::try_from(bytes.div_ceil(1024).max(1)).unwrap_or(u32::MAX);
    let in_kib =
        ruling.value(open::HOW_MESSAGES_COUNT, profile.counts_in_kib, !profile.counts_in_kib);
    if in_kib { kib } else { 1 }
}

/// Takes a message out of all buckets, or out of none. Gives the wait for the slowest of them.
fn taken(all: [(&mut Traffic, Limits); 2], messages: u32, bytes: usize, now: Time) -> u64 {
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    let mut after = all.each_ref().map(|(traffic, _)| **traffic);
    let mut wait_ms = 0;
    for (traffic, (_, limits)) in after.iter_mut().zip(&all) {
        for (bucket, count, rate) in [
            (&mut traffic.messages, messages, limits.messages),
            (&mut traffic.bytes, bytes, limits.bytes),
        ] {
            // What is more than a bucket holds would never pass: a full one is enough for it.
            let count = if rate.most == 0 { count } else { count.min(rate.most) };
            wait_ms = wait_ms.max(bucket.shape(now, count, rate, u64::MAX).unwrap_or(u64::MAX));
        }
    }
    if wait_ms == 0 {
        for ((traffic, _), after) in all.into_iter().zip(after) {
            *traffic = after;
        }
    }
    wait_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_taken_out_of_all_buckets_or_out_of_none() {
        let [mut slow, mut fast] = [Traffic::default(); 2];
        let limits =
            |messages, bytes| Limits { messages: Rate::per_s(messages), bytes: Rate::per_s(bytes) };
        for (now_ms, bytes, expected) in
            [(0, 10, 0), (0, 10, 0), (0, 10, 500), (0, 90, 500), (500, 10, 0), (500, 500, 500)]
        {
            let all = [(&mut slow, limits(2, 100)), (&mut fast, limits(1000, 1000))];
            let now = Time::from_ms(now_ms);
            assert_eq!(taken(all, 1, bytes, now), expected, "{bytes} bytes at {now_ms} ms");
        }
    }
}
