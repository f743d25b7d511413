//! What a CONNECT shows of a device: its client identifier, and a password that it signs.

use wire::{Connect, Version};

use super::{
    Session,
    end::{BAD_USER_NAME_OR_PASSWORD, CLIENT_IDENTIFIER_NOT_VALID, Ending},
    instance::Device,
    open,
    sign::{Announced, SignMethod, content},
};
use crate::{input::Peer, profile::AlibabaProfile, rule::Rule, ruling::Ruling};

/// The extensions that mean something to somebody who signs in or registers.
const KNOWN: [&str; 8] =
    ["securemode", "signmethod", "timestamp", "authType", "random", "instanceId", "_ss", "ext"];

/// Judges the form of a client identifier.
pub(super) fn judge_client_id(
    announced: &Announced,
    version: Version,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let reason = CLIENT_IDENTIFIER_NOT_VALID;
    let form = if !announced.is_well_formed {
        Err("the client identifier is no `clientId|key=value,…|`".to_owned())
    } else if announced.client_id.chars().count() > profile.client_id_chars {
        Err(format!("the clientId has more than {} characters", profile.client_id_chars))
    } else {
        Ok(())
    };
    Ending::judge(form, open::CLIENT_ID_FORM, reason, ruling)?;
    if announced.client_id.is_empty() {
        let assigned = match version {
            Version::V5 if profile.assigned_client_id => Ok(()),
            Version::V5 => Err("no client identifier is assigned here".to_owned()),
            _ => Err("before MQTT 5 no client identifier is assigned".to_owned()),
        };
        Ending::judge(assigned, open::ASSIGNED_CLIENT_ID, reason, ruling)?;
    }
    match announced.extensions.iter().all(|(key, _)| KNOWN.contains(&key.as_str())) {
        true => Ok(()),
        false => Ending::unless_granted(open::OTHER_EXTENSIONS, reason, ruling),
    }
}

/// Judges what the client identifier says of the transport.
pub(super) fn judge_secure_mode(
    peer: &Peer,
    announced: &Announced,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(mode) = announced.get("securemode") else { return Ok(()) };
    let reason = CLIENT_IDENTIFIER_NOT_VALID;
    let (rule, known) = match mode {
        "2" | "3" => (open::SECURE_MODES, Ok(())),
        "-1" => (open::OTHER_SECURE_MODES, Ok(())),
        "-2" if announced.is("authType", "connwl") => (open::OTHER_SECURE_MODES, Ok(())),
        "-2" => {
            let why = "securemode -2 signs in by a DeviceToken: authType is not `connwl`";
            (open::OTHER_SECURE_MODES, Err(why.to_owned()))
        }
        "8" => (open::SECURE_MODES, Err("securemode 8 is ID2, which this mock has not".to_owned())),
        _ => (open::SECURE_MODES, Err(format!("securemode is `{mode}`: expected 2, 3, -1 or -2"))),
    };
    Ending::judge(known, rule, reason, ruling)?;
    if (mode == "3") == peer.is_plain() {
        return Ok(());
    }
    let differs = match profile.securemode_must_match {
        true => Err(format!("securemode {mode} does not stand for {}", peer.carriage())),
        false => Ok(()),
    };
    Ending::judge(differs, open::SECURE_MODE_MAY_DIFFER, reason, ruling)
}

/// Judges the password of a device: a signature over what its CONNECT says, or its token.
pub(super) fn judge_password(
    device: &Device,
    session: &Session,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let announced = &session.announced;
    if announced.is("authType", "connwl") {
        return judge_token(device, announced, connect, ruling);
    }
    let client_id = ruling.value(
        open::SIGNED_CLIENT_ID,
        announced.client_id.as_str(),
        connect.client_id.as_str(),
    );
    let mut signed = vec![
        ("clientId", client_id),
        ("deviceName", device.name.as_str()),
        ("productKey", &*session.product_key),
    ];
    signed.extend(announced.get("timestamp").map(|timestamp| ("timestamp", timestamp)));
    Ending::unless_granted(open::ANY_TIMESTAMP, BAD_USER_NAME_OR_PASSWORD, ruling)?;
    let signature = Signature { secret: &device.secret, signed };
    signature.judge(announced, connect, open::PASSWORD_IS_A_SIGNATURE, ruling)
}

/// What a password has to be.
pub(super) struct Signature<'a> {
    pub(super) secret: &'a str,
    /// Names and values, in any order.
    pub(super) signed: Vec<(&'a str, &'a str)>,
}

impl Signature<'_> {
    /// Judges the password of a CONNECT.
    pub(super) fn judge(
        &self,
        announced: &Announced,
        connect: &Connect,
        rule: Rule,
        ruling: &mut Ruling<'_>,
    ) -> Result<(), Ending> {
        let reason = BAD_USER_NAME_OR_PASSWORD;
        let name = announced.get("signmethod");
        let method = SignMethod::of(name);
        let known = method.map(|_| ()).ok_or_else(|| {
            let methods = "`hmacmd5`, `hmacsha1` or `hmacsha256`";
            format!("signmethod is `{}`, not {methods}", name.unwrap_or_default())
        });
        Ending::judge(known, open::SIGN_METHODS, reason, ruling)?;
        let Some(method) = method else { return Ok(()) };
        let content = content(&self.signed);
        let expected = method.sign(self.secret, &content);
        let wrong = method.sign("", &content);
        let expected = ruling.value(open::CHECK_VECTORS, expected, wrong);
        let password = connect.password.as_deref().unwrap_or_default();
        let is_right = match ruling.value(open::EITHER_CASE, true, false) {
            true => password.eq_ignore_ascii_case(expected.as_bytes()),
            false => password == expected.as_bytes(),
        };
        let checked = match is_right {
            true => Ok(()),
            false => Err(format!("the password is not the {method:?} of `{content}`")),
        };
        Ending::judge(checked, rule, reason, ruling)
    }
}

/// A device that was registered without preparation shows what it was given then.
fn judge_token(
    device: &Device,
    announced: &Announced,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let password = connect.password.as_deref().unwrap_or_default();
    let checked = match &device.token {
        None => Err(format!("`{}` was never given a DeviceToken", device.name)),
        Some(token) if token.client_id != announced.client_id => {
            Err("the DeviceToken goes with another clientId".to_owned())
        }
        Some(token) if token.text.as_bytes() != password => {
            Err("the password is not the DeviceToken".to_owned())
        }
        Some(_) => Ok(()),
    };
    let rule = open::REGISTERS_WITHOUT_PREPARATION;
    Ending::judge(checked, rule, BAD_USER_NAME_OR_PASSWORD, ruling)
}
