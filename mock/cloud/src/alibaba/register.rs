//! Dynamic registration: a device that knows its product's secret alone is given its own.

use bytes::Bytes;
use serde_json::json;
use wire::{Connect, Packet, Publish, Qos};

use super::{
    Due, Session, connack,
    credentials::Signature,
    end::{self, BAD_USER_NAME_OR_PASSWORD, CLIENT_IDENTIFIER_NOT_VALID, Ending, SUCCESS},
    instance::{DEVICE_NAME, Product, Token, is_device_name},
    open, pkt,
    sign::Announced,
};
use crate::{
    cloud::Core,
    dialect::State,
    input::{ConnId, Peer},
    rule::Rule,
    ruling::Ruling,
    timer::Timer,
};

/// The one region where devices register without preparation.
const REGION: &str = "cn-shanghai";

/// How a device registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Registration {
    /// It is known by name, and is given its secret.
    Prepared,
    /// Nobody has heard of it, and it is given a token.
    Unprepared,
}

impl Registration {
    /// What a CONNECT asks for, if anything.
    pub(super) fn of(announced: &Announced) -> Option<Self> {
        match announced.get("authType") {
            Some("register") => Some(Self::Prepared),
            Some("regnwl") => Some(Self::Unprepared),
            _ => None,
        }
    }

    const fn topic(self) -> &'static str {
        match self {
            Self::Prepared => "/ext/register",
            Self::Unprepared => "/ext/regnwl",
        }
    }

    const fn rule(self) -> Rule {
        match self {
            Self::Prepared => open::REGISTERED,
            Self::Unprepared => open::REGISTERS_WITHOUT_PREPARATION,
        }
    }
}

/// Judges a CONNECT that registers: what it says, the secret of its product, and whether it may.
pub(super) fn judge(
    core: &Core,
    peer: &Peer,
    connect: &Connect,
    session: &Session,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let is_carried = match peer.is_plain() {
        true => Err("registration asks for TLS".to_owned()),
        false => Ok(()),
    };
    let reason = CLIENT_IDENTIFIER_NOT_VALID;
    Ending::judge(is_carried, open::REGISTERS_OVER_TLS, reason, ruling)?;
    let complete = missing(&session.announced).map_or(Ok(()), Err);
    Ending::judge(complete, open::REGISTRATION_CODES, reason, ruling)?;
    let announced = &session.announced;
    let product = core.instance(&session.instance).and_then(|instance| {
        let is_its_own = announced.get("instanceId").is_none_or(|id| id == instance.id);
        instance.products.get(&*session.product_key).filter(|_| is_its_own)
    });
    let refused = |why: String, ruling: &mut Ruling<'_>| {
        ruling.explain(why);
        let rule = open::REGISTERS_BY_PRODUCT_SECRET;
        Ending::unless(false, rule, BAD_USER_NAME_OR_PASSWORD, ruling)
    };
    let Some(product) = product else {
        return refused(format!("there is no product `{}`", session.product_key), ruling);
    };
    if !product.registers_dynamically {
        let why = format!("`{}` has no dynamic registration: DynamicRegister", product.key);
        return refused(why, ruling);
    }
    let signed = vec![
        ("deviceName", &*session.name),
        ("productKey", &*session.product_key),
        ("random", announced.get("random").unwrap_or_default()),
    ];
    let signature = Signature { secret: &product.secret, signed };
    signature.judge(announced, connect, open::REGISTERS_BY_PRODUCT_SECRET, ruling)?;
    match session.registers {
        Some(Registration::Unprepared) => {
            let region = core.instance(&session.instance).map(|it| it.region.as_str());
            let there = match region {
                _ if !is_device_name(&session.name) => {
                    Err(format!("`{}` is no name of a device: {DEVICE_NAME}", session.name))
                }
                Some(REGION) => Ok(()),
                _ => Err(format!("without preparation devices register in {REGION} alone")),
            };
            let rule = open::REGISTERS_WITHOUT_PREPARATION;
            Ending::judge(there, rule, BAD_USER_NAME_OR_PASSWORD, ruling)?;
        }
        _ if !product.devices.contains_key(&*session.name) => {
            return refused(
                format!("the product `{}` has no device `{}`", product.key, session.name),
                ruling,
            );
        }
        _ => {}
    }
    judge_device(product, session, ruling)
}

/// Accepts a CONNECT that registers, says what the device is from now on, and waits for it to go.
pub(super) fn accept(
    core: &mut Core,
    session: Box<Session>,
    registration: Registration,
    ruling: &mut Ruling<'_>,
) {
    connack::accept(core, &session, false, session.keep_alive_s, ruling);
    let body = given(core, &session, registration, ruling).to_string();
    let publish = Publish {
        qos: Qos::AtMostOnce,
        topic: registration.topic().to_owned(),
        payload: Bytes::from(body),
        ..Publish::default()
    };
    ruling.send(session.conn, Packet::Publish(publish), registration.rule());
    if let Some(instance) = core.instance(&session.instance) {
        let due = Due::Registration { conn: session.conn };
        let timer = Timer::Alibaba { instance: session.instance.clone(), due };
        core.timers.set(core.now.plus_s(instance.profile.registration_timeout_s), timer);
    }
    core.give_back(session.conn, State::Alibaba(session));
}

/// A packet of a device that registers: it may ping, and go.
pub(super) fn received(
    core: &mut Core,
    session: Box<Session>,
    packet: &Packet,
    ruling: &mut Ruling<'_>,
) {
    match packet {
        Packet::Disconnect(_) => return end::disconnect(core, session, ruling),
        Packet::Pingreq => ruling.send(session.conn, Packet::Pingresp, pkt::PINGRESP),
        _ => {}
    }
    core.give_back(session.conn, State::Alibaba(session));
}

/// The time of a registration is over: the device should have gone.
pub(super) fn overdue(core: &mut Core, conn: ConnId, ruling: &mut Ruling<'_>) {
    match core.take(conn) {
        State::Alibaba(session) if session.registers.is_some() => {
            match Ending::unless(false, open::REGISTRATION_ENDS, SUCCESS, ruling) {
                Err(ending) => end::end(core, session, &ending, ruling),
                Ok(()) => core.give_back(conn, State::Alibaba(session)),
            }
        }
        other => core.give_back(conn, other),
    }
}

/// What a CONNECT that registers does not say, or says wrongly.
fn missing(announced: &Announced) -> Option<String> {
    let has_instance = announced.get("instanceId").is_some();
    match announced.get("securemode") {
        _ if announced.get("random").is_none() => Some("there is no `random` to sign".to_owned()),
        _ if announced.get("signmethod").is_none() => Some("there is no `signmethod`".to_owned()),
        Some("2") => None,
        Some("-2") if has_instance => None,
        Some("-2") => Some("securemode -2 asks for an `instanceId`".to_owned()),
        mode => {
            let mode = mode.unwrap_or_default();
            Some(format!("securemode is `{mode}`: expected 2, or -2 and an `instanceId`"))
        }
    }
}

/// A device that has been active keeps what it has (ALI-OPEN-066).
fn judge_device(
    product: &Product,
    session: &Session,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(device) = product.devices.get(&*session.name) else { return Ok(()) };
    let is_new = match device.is_active {
        true => Err(format!("`{}` has been active: it has to be reset first", device.name)),
        false => Ok(()),
    };
    Ending::judge(is_new, open::REGISTERS_AGAIN, BAD_USER_NAME_OR_PASSWORD, ruling)?;
    Ending::unless(device.is_enabled, open::DISABLED_DEVICE, end::NOT_AUTHORIZED, ruling)
}

/// What a device is given: its secret, which is another each time but the first, or a token.
fn given(
    core: &mut Core,
    session: &Session,
    registration: Registration,
    ruling: &mut Ruling<'_>,
) -> serde_json::Value {
    let made_up = core.chance.hex(32);
    let client_id = core.chance.hex(20);
    let (key, name) = (&*session.product_key, &*session.name);
    let instance = core.instance_mut(&session.instance);
    let Some(product) = instance.and_then(|it| it.products.get_mut(key)) else {
        return serde_json::Value::Null;
    };
    if !product.devices.contains_key(name) {
        product.put_device(name, &made_up);
    }
    let device = product.devices.entry(name.to_owned()).or_default();
    let is_again = std::mem::replace(&mut device.has_registered, true);
    match registration {
        Registration::Prepared => {
            if is_again && ruling.value(open::REGISTERS_AGAIN, true, false) {
                device.secret = made_up;
            }
            let secret = ruling.value(open::REGISTERED, device.secret.as_str(), "");
            json!({"productKey": key, "deviceName": name, "deviceSecret": secret})
        }
        Registration::Unprepared => {
            device.token = Some(Token { client_id: client_id.clone(), text: made_up.clone() });
            json!({
                "clientId": client_id,
                "productKey": key,
                "deviceName": name,
                "deviceToken": made_up,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_registration_lacks_is_named() {
        for (extensions, expected) in [
            ("securemode=2,random=1,signmethod=hmacsha1", None),
            ("securemode=-2,instanceId=i,random=1,signmethod=hmacsha1", None),
            ("securemode=2,signmethod=hmacsha1", Some("there is no `random` to sign")),
            ("securemode=2,random=1", Some("there is no `signmethod`")),
            (
                "securemode=-2,random=1,signmethod=hmacsha1",
                Some("securemode -2 asks for an `instanceId`"),
            ),
            (
                "securemode=3,random=1,signmethod=hmacsha1",
                Some("securemode is `3`: expected 2, or -2 and an `instanceId`"),
            ),
        ] {
            let announced = Announced::of(&format!("a|authType=register,{extensions}|"));
            assert_eq!(missing(&announced).as_deref(), expected, "{extensions}");
            assert_eq!(Registration::of(&announced), Some(Registration::Prepared));
        }
    }
}
