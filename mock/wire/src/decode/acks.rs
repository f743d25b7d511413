//! PUBACK, PUBREC, PUBREL and PUBCOMP.

use crate::clause::{self, Clause};
use crate::decode::properties::{self, Place};
use crate::reader::Reader;
use crate::show::Code;
use crate::{Ack, Malformed, frame, reason};

pub(super) fn read(kind: u8, reader: &mut Reader<'_>) -> Result<Ack, Malformed> {
    let zero_id =
        if kind == frame::PUBCOMP { clause::PUBCOMP_PACKET_ID } else { clause::ACK_PACKET_ID };
    let packet_id = reader.packet_id(zero_id)?;
    if !reader.is_v5() || reader.is_empty() {
        return Ok(Ack::of(packet_id));
    }
    let (place, codes) = v5(kind);
    let reason = reader.u8("reason code")?;
    if !reason::allowed(kind, reason, reader.version) {
        return Err(reader.fault(codes, format!("reason code {}", Code(reason))));
    }
    let properties = if reader.is_empty() { Vec::new() } else { properties::read(place, reader)? };
    Ok(Ack { packet_id, reason, properties })
}

const fn v5(kind: u8) -> (Place, Clause) {
    match kind {
        frame::PUBACK => (Place::Puback, clause::PUBACK_CODE),
        frame::PUBREC => (Place::Pubrec, clause::PUBREC_CODE),
        frame::PUBREL => (Place::Pubrel, clause::PUBREL_CODE),
        _ => (Place::Pubcomp, clause::PUBCOMP_CODE),
    }
}
