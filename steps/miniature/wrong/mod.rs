//! The list of miniatures: each wrong one is one function, with one sentence on what it does wrong.

/// Wrong miniatures of one cloud. The sentence above each is what the list prints, and the clauses are
/// exactly those that it has to be caught by.
macro_rules! miniatures {
    ($cloud:literal: $(
        #[doc = $says:literal]
        $name:ident($habits:ident) [$($clause:literal),+] $(does $does:literal)? $body:block
    )+) => {
        /// The miniatures of this file.
        pub(super) const ALL: &[$crate::miniature::Miniature] = &[$(
            $crate::miniature::Miniature {
                name: stringify!($name),
                cloud: $cloud,
                clauses: &[$($clause),+],
                does: &[$($does)?],
                says: $says.trim_ascii(),
                habit: $name,
            },
        )+];
        $(#[doc = $says] fn $name($habits: &mut $crate::miniature::Habits) $body)+
    };
}

mod alibaba;
mod back_off;
mod certificate;
mod connect;
mod dps;
mod grid;
mod messages;
mod methods;
mod module;
mod registration;
mod subscriptions;
mod telemetry;
mod tls;
mod token;
mod twin;

use wire::{Connect, Packet, Publish};

pub(super) use self::registration::unsubscribe;
use super::habits::Habits;

/// A client, and what certification has to say of it.
#[derive(Debug)]
pub struct Miniature {
    /// Such as `publishes_at_qos_2`.
    pub name: &'static str,
    /// `iot-hub`, `dps`, `event-grid` or `alibaba`.
    pub cloud: &'static str,
    /// Exactly the clauses that it has to be caught by.
    pub clauses: &'static [&'static str],
    /// Capabilities without which nobody notices.
    pub does: &'static [&'static str],
    /// What it does wrong, in one sentence.
    pub says: &'static str,
    pub(super) habit: fn(&mut Habits),
}

/// The client without a bad habit.
pub const RIGHT: Miniature = Miniature {
    name: "right",
    cloud: "iot-hub",
    clauses: &[],
    does: &[],
    says: "It does everything right, at DPS too.",
    habit: |_| {},
};

/// Those with one.
pub const WRONG: &[&[Miniature]] = &[
    connect::ALL,
    token::ALL,
    tls::ALL,
    certificate::ALL,
    module::ALL,
    telemetry::ALL,
    subscriptions::ALL,
    messages::ALL,
    twin::ALL,
    methods::ALL,
    back_off::ALL,
    dps::ALL,
    registration::ALL,
    grid::ALL,
    alibaba::ALL,
];

fn connect(packet: &mut Packet) -> Option<&mut Connect> {
    match packet {
        Packet::Connect(connect) => Some(connect),
        _ => None,
    }
}

/// A publish whose topic contains this.
fn publish<'a>(packet: &'a mut Packet, part: &str) -> Option<&'a mut Publish> {
    match packet {
        Packet::Publish(publish) if publish.topic.contains(part) => Some(publish),
        _ => None,
    }
}

fn telemetry(packet: &mut Packet) -> Option<&mut Publish> {
    publish(packet, "/messages/events/")
}

/// Puts this in the place of a telemetry's property bag.
fn bag(packet: &mut Packet, bag: &str) {
    if let Some(publish) = telemetry(packet)
        && let Some((events, _)) = publish.topic.split_once("/events/")
    {
        publish.topic = format!("{events}/events/{bag}");
    }
}

/// Replaces a part of the topic of a publish, where it is there.
fn retopic(packet: &mut Packet, part: &str, by: &str) {
    if let Some(publish) = publish(packet, part) {
        publish.topic = publish.topic.replace(part, by);
    }
}
