//! The clouds as values: timed inputs go in, effects come out, and no effect is without a rule.
//!
//! No I/O, no clock and no randomness live here: the same inputs give the same trace, byte for byte.

pub mod alibaba;
pub mod breaks;
pub mod catalogue;
pub mod chance;
pub mod clause;
mod cloud;
pub mod cloud_event;
mod dialect;
pub mod dps;
pub mod effect;
mod ending;
pub mod error_code;
pub mod event_grid;
pub mod fault;
mod faults;
pub mod feedback;
pub mod http;
pub mod hub;
pub mod identity;
pub mod input;
pub mod log;
pub mod order;
mod orders;
pub mod profile;
pub mod queue;
pub mod rate;
pub mod registry;
pub mod rule;
pub mod ruling;
pub mod sas;
pub mod seed;
pub mod session;
pub mod telemetry;
mod tenant;
mod time;
pub mod timer;
pub mod trace;
pub mod twin;
mod x509;

pub use breaks::{Break, Breaks, Uses, Way};
pub use clause::{Binds, Clause, Confidence, Level, Standing};
pub use cloud::{Cloud, Core};
pub use cloud_event::{CloudEvent, EventData};
pub use effect::{Action, Effect};
pub use http::{
    CallFailure, CallFailureKind, CallId, HttpCall, HttpRequest, HttpResponse, RequestId,
};
pub use identity::IdentityId;
pub use input::{ANY_PATH, ConnId, Door, Ending, Input, Peer, Transport};
pub use order::{Answer, Order, OrderId};
pub use registry::Registry;
pub use rule::{Rule, RuleFile};
pub use ruling::Judgement;
pub use time::Time;
pub use trace::{Step, Trace};

/// The files of what no vendor documents.
const OWN_RULE_FILES: &[RuleFile] = &[orders::RULES, faults::RULES, http::RULES, tenant::RULES];

/// Every file of rules that is in code, for `skyproof explain` and the tidy tests.
pub fn rule_files() -> impl Iterator<Item = &'static RuleFile> {
    hub::RULE_FILES
        .iter()
        .chain(dps::RULE_FILES)
        .chain(event_grid::RULE_FILES)
        .chain(alibaba::RULE_FILES)
        .chain(OWN_RULE_FILES)
}

/// Whether a connection that was closed because of this rule ended as its client asked by DISCONNECT: the
/// one close that is nobody's fault.
pub fn is_goodbye(rule: Rule) -> bool {
    [hub::GOODBYE, dps::GOODBYE, event_grid::GOODBYE, alibaba::GOODBYE].contains(&rule)
}

/// Every rule that is in code.
pub fn rules() -> impl Iterator<Item = Rule> {
    rule_files().flat_map(|file| file.rules.iter().copied())
}
