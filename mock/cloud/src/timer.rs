//! Deadlines of a cloud: each names what is waiting. No timer ticks.

use std::{collections::BTreeSet, sync::Arc};

use crate::{alibaba, event_grid, identity::IdentityId, input::ConnId, order::OrderId, time::Time};

/// What waits for a deadline. A timer that fires looks again whether its matter still stands, so that
/// nobody has to cancel one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// A connection that has sent no CONNECT yet.
    Connect(ConnId),
    /// A connection that must be heard from.
    KeepAlive(ConnId),
    /// The token of a live connection.
    TokenExpiry(ConnId),
    /// The lock on a cloud-to-device message.
    C2dLock { hub: String, device: String, sequence_number: u64 },
    /// The lifetime of a cloud-to-device message.
    C2dExpiry { hub: String, device: String, sequence_number: u64 },
    /// A method call that waits for the device's answer.
    MethodAnswer { conn: ConnId, rid: String },
    /// A method call that waits for the device to come online.
    MethodConnect(OrderId),
    /// A PUBACK that was put off, since the hub got too much telemetry.
    Puback { conn: ConnId, packet_id: u16 },
    /// The hub is to look who is connected.
    Snapshot { hub: String },
    /// A session of Clean Session 0 whose connection is gone.
    SessionExpiry { hub: String, id: IdentityId },
    /// What an Event Grid namespace waits for.
    EventGrid { host: Arc<str>, due: event_grid::Due },
    /// What an Alibaba instance waits for.
    Alibaba { instance: Arc<str>, due: alibaba::Due },
    /// An effect that a fault holds back, by its number.
    Delayed(u64),
    /// A fault by the clock that has yet to begin, by its number.
    Fault(u64),
}

impl Timer {
    /// Something that a namespace waits for.
    pub(crate) fn event_grid(host: &Arc<str>, due: event_grid::Due) -> Self {
        Self::EventGrid { host: host.clone(), due }
    }

    /// The connection it is about.
    pub const fn conn(&self) -> Option<ConnId> {
        match self {
            Self::Connect(conn)
            | Self::KeepAlive(conn)
            | Self::TokenExpiry(conn)
            | Self::Puback { conn, .. }
            | Self::MethodAnswer { conn, .. } => Some(*conn),
            _ => None,
        }
    }
}

/// Deadlines in order of time, then of setting.
#[derive(Clone, Debug, Default)]
pub struct Timers {
    due: BTreeSet<(Time, u64, Timer)>,
    set: u64,
}

impl Timers {
    /// Asks to be woken at this moment.
    pub fn set(&mut self, at: Time, timer: Timer) {
        self.set += 1;
        self.due.insert((at, self.set, timer));
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<Time> {
        self.due.first().map(|(at, _, _)| *at)
    }

    /// Takes the earliest deadline that is not after `now`.
    pub fn pop_due(&mut self, now: Time) -> Option<(Time, Timer)> {
        if self.next()? > now {
            return None;
        }
        self.due.pop_first().map(|(at, _, timer)| (at, timer))
    }
}
