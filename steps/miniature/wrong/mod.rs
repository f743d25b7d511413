//! The list of miniatures: each wrong one is one function, with one sentence on what it does wrong.

use super::habits::Habits;

/// A client, and what certification has to say of it.
#[derive(Debug)]
pub struct Miniature {
    /// Such as `publishes-at-qos-2`.
    pub name: &'static str,
    /// `iot-hub` or `dps`.
    pub cloud: &'static str,
    /// Exactly the clauses that it has to be caught by.
    pub clauses: &'static [&'static str],
    /// What it does wrong, in one sentence.
    pub says: &'static str,
    pub(super) habit: fn(&mut Habits),
}

/// The client without a bad habit.
pub const RIGHT: Miniature = Miniature {
    name: "right",
    cloud: "iot-hub",
    clauses: &[],
    says: "Does everything right, at DPS too.",
    habit: |_| {},
};

/// Those with one.
pub const WRONG: &[&[Miniature]] = &[];
