//! What adapters can declare, and the operation by which each capability shows.

/// A capability with its name in `hello`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability {
    pub name: &'static str,
    pub says: &'static str,
    /// Operations that an adapter without it answers with `unsupported`.
    pub ops: &'static [&'static str],
}

/// All of version 1. Others may be declared; this harness does not ask for them.
pub const CAPABILITIES: &[Capability] = &[
    it("hub.d2c", "sends telemetry to a hub", &["telemetry"]),
    it("hub.c2d", "tells the cloud-to-device messages that reach the application", &[]),
    it(
        "hub.c2d_settle",
        "completes, rejects or abandons such a message when told to",
        &["c2d_settle"],
    ),
    it(
        "hub.twin",
        "reads and reports its twin, and tells desired properties",
        &["twin_get", "twin_report"],
    ),
    it("hub.methods", "tells method calls, and answers them as told", &["method_reply"]),
    it("dps.register", "registers at a DPS instance", &["provision"]),
    it("raw.publish", "publishes to any topic", &["publish"]),
    it("raw.subscribe", "subscribes to any topic filter", &["subscribe", "unsubscribe"]),
    it("raw.drop", "cuts its socket without a word", &["drop"]),
    it("auth.sas_key", "signs its own tokens with a key", &[]),
    it("auth.sas_token", "takes a token that was made for it", &[]),
    it("auth.x509", "proves itself by a certificate", &[]),
    it("auth.rotate", "goes on with other credentials", &["rotate"]),
    it("transport.ws", "speaks MQTT over WebSocket", &[]),
    it("clock", "moves its own clock as told", &["clock_advance", "next_timer"]),
];

const fn it(name: &'static str, says: &'static str, ops: &'static [&'static str]) -> Capability {
    Capability { name, says, ops }
}

/// The capability that an operation needs, if it is an optional one.
pub fn behind(op: &str) -> Option<&'static Capability> {
    CAPABILITIES.iter().find(|capability| capability.ops.contains(&op))
}
