//! The bad habits that a miniature may have. Without any it is the right client.

use wire::{Packet, Publish, Version};

use super::{back_off::Growth, tls::Overlooks, token::Token, who::Who};

/// Each field is one habit; the zero value of each is the right way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Habits {
    /// Turns packets into wrong ones on their way out: each CONNECT, and at a hub what is said on the
    /// first connection. Whoever does again what the hub has closed a connection for does a second thing
    /// wrong.
    pub says: Option<fn(&mut Packet, &Who)>,
    /// Says this on the first connection before anything else.
    pub says_first: Option<fn(&Who) -> Vec<Packet>>,
    /// Says this in addition on the first connection, when everything else is in place.
    pub adds: Option<fn(&Who) -> Vec<Packet>>,
    /// Does on each connection what it should do on none.
    pub never_learns: bool,
    /// Makes its tokens another way.
    pub token: Option<fn(&Token) -> String>,
    /// Makes one token at the beginning and shows it for ever.
    pub keeps_its_token: bool,
    /// Speaks another version of MQTT.
    pub version: Option<Version>,
    /// Says MQTT on the bare TCP connection.
    pub without_tls: bool,
    /// Takes servers' certificates that it should refuse.
    pub overlooks: Overlooks,
    /// Speaks TLS 1.3 and nothing older.
    pub tls_1_3_alone: bool,
    /// Refuses certificates that are longer than usual.
    pub refuses_long_certificates: bool,
    /// Shows no certificate though it has one.
    pub hides_certificate: bool,

    /// Waits in another way between its attempts to connect.
    pub growth: Growth,
    /// Does not connect again once a connection is lost.
    pub stays_away_when_cut: bool,
    /// Does not connect again once the hub has refused it.
    pub stays_away_when_refused: bool,
    /// Never sends PINGREQ.
    pub never_pings: bool,
    /// Does not mind that nothing answers any more.
    pub bears_silence: bool,

    /// Sends telemetry at other times: so many milliseconds apart.
    pub every_ms: Option<u64>,
    /// Does not hear what comes in the first seconds of a connection.
    pub hears_late: bool,
    /// Does not hear messages that this says no to.
    pub hears: Option<fn(&Publish) -> bool>,
    /// Acknowledges messages in another way.
    pub acknowledges: Acknowledges,
    /// Deals in another way with messages that were not acknowledged when the connection was lost.
    pub resends: Resends,
    /// Subscribes on the first connection alone, and relies on the hub for the rest.
    pub subscribes_once: bool,

    /// Asks for its twin before it has subscribed to the answers.
    pub asks_before_subscribing: bool,
    /// Reads its twin once and not after a reconnect.
    pub reads_twin_once: bool,
    /// Takes a change notice as the next one whatever its version.
    pub ignores_gaps: bool,
    /// Asks DPS again at once when it is throttled.
    pub nags: bool,
    /// Never asks again when it is throttled.
    pub gives_up: bool,
    /// Does not answer calls.
    pub answers_no_calls: bool,

    /// Registers before it has subscribed to the answers.
    pub registers_before_subscribing: bool,
    /// How it goes about polling.
    pub polls: Polls,
    /// Asks again after an answer that is final.
    pub never_takes_no: bool,
}

/// How messages are acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Acknowledges {
    #[default]
    InOrder,
    /// Two at a time, the later one first.
    Backwards,
    Never,
}

/// What becomes of unacknowledged messages on the next connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resends {
    #[default]
    AsDuplicates,
    /// As if they had never been sent.
    Unmarked,
    Never,
}

/// How a client polls DPS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Polls {
    #[default]
    WhenToldTo,
    AtOnce,
    Never,
    /// The first answer is the last.
    Once,
    /// After the end, too.
    OnAndOn,
    /// Without the subscription to the answers.
    Unsubscribed,
}
