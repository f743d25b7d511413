//! Azure DPS as it answers MQTT. One file for each family of clauses; the ids name the files.

use std::sync::Arc;

use wire::{Connect, Malformed, Packet};

use crate::{
    cloud::Core,
    input::{ConnId, Door, Peer},
    rule::RuleFile,
    ruling::Ruling,
};

/// Every file of DPS rules.
pub const RULE_FILES: &[RuleFile] = &[];

/// One live connection to DPS.
#[derive(Debug)]
pub(crate) struct Session {
    /// The registration id, shared with the trace.
    pub(crate) name: Arc<str>,
}

/// What came of a registration.
#[derive(Clone, Debug, PartialEq)]
pub struct Registration {
    pub assigned_hub: String,
    pub device_id: String,
}

/// Whether a CONNECT is meant for DPS and not for a hub.
pub(crate) fn is_meant(_core: &Core, _conn: ConnId, _connect: &Connect) -> bool {
    false
}

/// A connection to a DPS host name was made.
pub(crate) fn opened(_core: &mut Core, _conn: ConnId, _peer: &Peer, _ruling: &mut Ruling<'_>) {}

/// A client was turned away before MQTT began.
pub(crate) fn refused(_door: Door, _ruling: &mut Ruling<'_>) {}

/// CONNECT.
pub(crate) fn connect(
    _core: &mut Core,
    _conn: ConnId,
    _connect: &Connect,
    _ruling: &mut Ruling<'_>,
) {
}

/// A packet on a live session.
pub(crate) fn received(
    _core: &mut Core,
    _session: Box<Session>,
    _packet: &Packet,
    _ruling: &mut Ruling<'_>,
) {
}

/// Bytes on a live session that are no packet.
pub(crate) fn malformed(
    _core: &mut Core,
    _session: Box<Session>,
    _why: &Malformed,
    _ruling: &mut Ruling<'_>,
) {
}

/// The client's end of a live session is gone.
pub(crate) fn closed(_core: &mut Core, _session: Box<Session>, _ruling: &mut Ruling<'_>) {}

/// The keep-alive timer ran out.
pub(crate) fn keep_alive_due(_core: &mut Core, _session: Box<Session>, _ruling: &mut Ruling<'_>) {}
