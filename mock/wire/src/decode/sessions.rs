//! CONNACK, DISCONNECT and AUTH.

use crate::clause;
use crate::decode::properties::{self, Place};
use crate::reader::Reader;
use crate::show::Code;
use crate::{Auth, Connack, Disconnect, Malformed, Property, Version, frame, reason};

pub(super) fn connack(reader: &mut Reader<'_>) -> Result<Connack, Malformed> {
    let flags = reader.u8("connect acknowledge flags")?;
    let code = reader.u8("return code")?;
    // MQTT 3.1 uses none of these bits.
    let v31 = reader.version == Version::V31;
    if flags & 0xFE != 0 && !v31 {
        let says = format!("reserved acknowledge flags {flags:#04x}");
        return Err(reader.fault(clause::CONNACK_FLAGS, says));
    }
    if !reason::allowed(frame::CONNACK, code, reader.version) {
        return Err(reader.fault(clause::CONNACK_CODE, format!("code {} is reserved", Code(code))));
    }
    let session_present = flags & 1 != 0;
    if session_present && code != 0 && !v31 {
        let says = format!("session present with code {}", Code(code));
        return Err(reader.fault(clause::CONNACK_SESSION_PRESENT, says));
    }
    let properties =
        if reader.is_v5() { properties::read(Place::Connack, reader)? } else { Vec::new() };
    Ok(Connack { session_present, code, properties })
}

pub(super) fn disconnect(reader: &mut Reader<'_>) -> Result<Disconnect, Malformed> {
    if !reader.is_v5() || reader.is_empty() {
        return Ok(Disconnect::default());
    }
    let reason = reader.u8("reason code")?;
    if !reason::allowed(frame::DISCONNECT, reason, reader.version) {
        let says = format!("reason code {}", Code(reason));
        return Err(reader.fault(clause::DISCONNECT_CODE, says));
    }
    let properties =
        if reader.is_empty() { Vec::new() } else { properties::read(Place::Disconnect, reader)? };
    Ok(Disconnect { reason, properties })
}

/// Nothing at all stands for success without properties; a reason code alone is no legal form.
pub(super) fn auth(reader: &mut Reader<'_>) -> Result<Auth, Malformed> {
    if reader.is_empty() {
        return Ok(Auth::default());
    }
    let reason = reader.u8("reason code")?;
    if !reason::allowed(frame::AUTH, reason, reader.version) {
        return Err(reader.fault(clause::AUTH_CODE, format!("reason code {}", Code(reason))));
    }
    let properties = properties::read(Place::Auth, reader)?;
    let bare_success = reason == 0 && properties.is_empty();
    let method = properties.iter().any(|p| matches!(p, Property::AuthenticationMethod(_)));
    if !method && !bare_success {
        let says = "no authentication method".to_owned();
        return Err(reader.fault(clause::AUTH_WITHOUT_METHOD, says));
    }
    Ok(Auth { reason, properties })
}
