//! HUB-LOG: what the hub's monitoring shows of connections.

use super::{Session, open};
use crate::{
    error_code::Code,
    log::{ConnectionsRecord, Operation, Subject},
    rule::{Rule, rules},
    ruling::Ruling,
    time::Time,
};

rules! {
    CONNECTS_ARE_LOGGED = "HUB-LOG-001";
    DISCONNECTS_ARE_LOGGED = "HUB-LOG-002";
}

/// Writes the record of a connection that began.
pub(super) fn connected(now: Time, session: &Session, ruling: &mut Ruling<'_>) {
    write(now, session, Operation::Connect, None, CONNECTS_ARE_LOGGED, ruling);
}

/// Writes the record of a connection that ended, with the code that tells why.
pub(super) fn disconnected(
    now: Time,
    session: &Session,
    code: Option<Code>,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    write(now, session, Operation::Disconnect, code, because, ruling);
}

/// Writes an error record about a connection attempt.
pub(super) fn refused(
    now: Time,
    session: &Session,
    code: Code,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    write(now, session, Operation::Connect, Some(code), because, ruling);
}

fn write(
    now: Time,
    session: &Session,
    operation: Operation,
    code: Option<Code>,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let subject = Subject {
        hub: &session.host,
        id: &session.id,
        sdk_version: &session.sdk_version,
        auth_method: &session.auth_method,
        address: &session.address,
    };
    let mut record = ConnectionsRecord::new(now, operation, code, subject);
    if ruling.gives_wrong_value(open::CONNECTIONS_RECORD) {
        record.properties.clear();
    }
    ruling.log(record, because);
}
