//! Why a cloud ends a connection, or turns a CONNECT away.

use crate::{
    rule::Rule,
    ruling::{Broken, Ruling},
};

/// Why a connection ends that the cloud ends, or an attempt to connect fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) because: Rule,
    /// As MQTT 5 says it.
    pub(crate) reason: u8,
}

impl Ending {
    /// The rule must hold, or the connection ends for this reason.
    pub(crate) fn unless(
        holds: bool,
        rule: Rule,
        reason: u8,
        ruling: &mut Ruling<'_>,
    ) -> Result<(), Self> {
        ruling.uphold(rule, holds).map_err(|Broken(because)| Self { because, reason })
    }

    /// The rule decides: it lets this through, or the connection ends for this reason, in words.
    pub(crate) fn judge(
        checked: Result<(), String>,
        rule: Rule,
        reason: u8,
        ruling: &mut Ruling<'_>,
    ) -> Result<(), Self> {
        match checked {
            Ok(()) => Self::unless_granted(rule, reason, ruling),
            Err(why) => {
                ruling.explain(why);
                Self::unless(false, rule, reason, ruling)
            }
        }
    }

    /// The rule lets this through, unless it is got wrong.
    pub(crate) fn unless_granted(
        rule: Rule,
        reason: u8,
        ruling: &mut Ruling<'_>,
    ) -> Result<(), Self> {
        ruling.grant(rule).map_err(|Broken(because)| Self { because, reason })
    }
}
