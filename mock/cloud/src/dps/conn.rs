//! DPS-CONN: who may connect, with which CONNECT.

use wire::{Connack, Connect, Packet};

use super::{
    Session,
    attest::{Proof, attest},
    open, sas, sess, tls,
    username::{LONGEST, LONGEST_COMMON_NAME, Username, is_registration_id},
    ws, x509,
};
use crate::{
    cloud::Core,
    input::{ConnId, Peer, Transport},
    profile::{ConnectRefusal, DpsProfile, SasRefusedAt},
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
    sas::Token,
};

rules! {
    MQTT_3_1_1_ON_8883 = "DPS-CONN-001";
    SDK_OR_NOT_IS_ALL_THE_SAME = "DPS-CONN-002";
    PLAIN_MQTT_IS_ENOUGH = "DPS-CONN-003";
    CLIENT_ID_IS_THE_REGISTRATION_ID = "DPS-CONN-004";
    USERNAME_FORM = "DPS-CONN-005";
    SCOPE_IS_THE_INSTANCES = "DPS-CONN-006";
    REGISTRATION_ID_IS_THE_DEVICES = "DPS-CONN-007";
}

/// A CONNECT that is turned away: the return code, and why.
pub(super) struct Refusal {
    code: u8,
    because: Rule,
}

impl From<Broken> for Refusal {
    fn from(Broken(because): Broken) -> Self {
        Self { code: 5, because }
    }
}

/// Judges a CONNECT: protocol, names, form of the proof. What the proof is worth is judged at
/// register, unless the profile says otherwise.
pub(super) fn admit(
    core: &Core,
    conn: ConnId,
    peer: &Peer,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<Session, Refusal> {
    judge_protocol(peer, connect, ruling)?;
    sess::admit(connect, ruling)?;
    if connect.will.is_some() {
        ruling.grant(open::FOLLOWS_THE_HUB)?;
    }
    let username = match Username::parse(connect.username.as_deref().unwrap_or_default()) {
        Some(username) => username,
        None => {
            ruling.uphold(USERNAME_FORM, false)?;
            // Only where the rule is not enforced.
            Username::unsaid(first_scope(core), &connect.client_id)
        }
    };
    let proof = proof(peer, connect);
    note_names(core, &username, connect, proof.as_ref(), ruling);

    let (scope, mut refused_because) = judge_scope(core, &username, ruling)?;
    let profile = core.dps_profile(&scope);
    let longest = match proof {
        Some(Proof::Certificate(_)) => LONGEST_COMMON_NAME,
        Some(Proof::Token(_)) | None => LONGEST,
    };
    let named = username.registration_id.as_str();
    ruling.uphold(open::REGISTRATION_ID, is_registration_id(named, longest))?;
    if connect.client_id != named {
        let same = connect.client_id.eq_ignore_ascii_case(named);
        ruling.uphold(open::CLIENT_ID_IS_THE_REGISTRATION_ID, same)?;
        ruling.grant(open::REGISTRATION_ID)?;
    }
    grant_form(&username, &profile, ruling)?;

    let mut name = named.to_owned();
    match &proof {
        Some(Proof::Token(text)) => sas::admit(text, &username.scope, named, ruling)?,
        Some(Proof::Certificate(chain)) => {
            let admitted = x509::admit(chain, named, profile.cn_mismatch, ruling)?;
            refused_because = refused_because.or(admitted.refused_because);
            name = admitted.registration_id;
        }
        None => ruling.uphold(sas::PASSWORD_IS_A_TOKEN, false)?,
    }
    let proof = proof.unwrap_or_else(|| Proof::Token(String::new()));
    let session = Session {
        name: name.into(),
        conn,
        scope,
        refused_because,
        api_version: username.api_version().to_owned(),
        proof,
        is_attested: false,
        keep_alive_s: connect.keep_alive_s,
        heard_at: core.now,
        answers: None,
        last_packet_id: 0,
        watch: None,
        is_polling: false,
        error: None,
    };
    if matches!(session.proof, Proof::Token(_)) && profile.sas_refused_at == SasRefusedAt::Connect {
        attest(core, &session, ruling).map_err(|refused| Broken(refused.because))?;
    }
    Ok(session)
}

/// Answers a CONNECT that was turned away.
pub(super) fn refuse(conn: ConnId, refusal: &Refusal, ruling: &mut Ruling<'_>) {
    let Refusal { code, because } = *refusal;
    if ruling.value(open::REFUSED_BY_CONNACK, true, false) {
        let connack = Connack { session_present: false, code, properties: Vec::new() };
        ruling.send(conn, Packet::Connack(connack), because);
    }
    ruling.close(conn, because);
}

fn judge_protocol(peer: &Peer, connect: &Connect, ruling: &mut Ruling<'_>) -> Result<(), Refusal> {
    tls::note_version(peer, ruling);
    if connect.level != 4 || connect.protocol_name != "MQTT" {
        ruling
            .uphold(MQTT_3_1_1_ON_8883, false)
            .map_err(|Broken(because)| Refusal { code: 1, because })?;
    }
    match &peer.transport {
        Transport::Tcp => ruling.grant(MQTT_3_1_1_ON_8883)?,
        Transport::WebSocket { path, subprotocol } => ws::admit(path, subprotocol, ruling)?,
    }
    Ok(())
}

/// A password goes before a certificate.
fn proof(peer: &Peer, connect: &Connect) -> Option<Proof> {
    match connect.password.as_deref() {
        Some(password) if !password.is_empty() => {
            Some(Proof::Token(String::from_utf8_lossy(password).into_owned()))
        }
        _ if !peer.certificates.is_empty() => Some(Proof::Certificate(peer.certificates.clone())),
        _ => None,
    }
}

fn note_names(
    core: &Core,
    username: &Username,
    connect: &Connect,
    proof: Option<&Proof>,
    ruling: &mut Ruling<'_>,
) {
    let named = username.registration_id.as_str();
    ruling.note(USERNAME_FORM, !username.has_question_mark && username.has_known_api_version());
    ruling.note(CLIENT_ID_IS_THE_REGISTRATION_ID, connect.client_id.eq_ignore_ascii_case(named));
    ruling.note(SCOPE_IS_THE_INSTANCES, core.registry.provisioning.contains_key(&username.scope));
    if let Some(own) = proof.and_then(own_registration_id) {
        ruling.note(REGISTRATION_ID_IS_THE_DEVICES, own.eq_ignore_ascii_case(named));
    }
}

/// Who the proof says that the device is.
fn own_registration_id(proof: &Proof) -> Option<String> {
    match proof {
        Proof::Token(text) => {
            let resource = Token::parse(text).ok()?.resource();
            resource.rsplit_once('/').map(|(_, id)| id.to_owned())
        }
        Proof::Certificate(chain) => crate::x509::common_name(chain),
    }
}

/// The scope that counts, and the rule by which the register publish will be refused, where the
/// profile waits until then.
fn judge_scope(
    core: &Core,
    username: &Username,
    ruling: &mut Ruling<'_>,
) -> Result<(String, Option<Rule>), Broken> {
    let first = first_scope(core);
    if core.registry.provisioning.contains_key(&username.scope) {
        let own = username.scope.as_str();
        let scope = ruling.value(open::SCOPE_SELECTS_THE_INSTANCE, own, first);
        return Ok((scope.to_owned(), None));
    }
    let (asked, known) = (&username.scope, core.registry.scope_names());
    ruling.explain(format!("there is no ID scope `{asked}`; this cloud has {known}"));
    match core.dps_profile(&username.scope).unknown_scope {
        ConnectRefusal::Connack5 => {
            ruling.uphold(open::UNKNOWN_SCOPE_IS_REFUSED, false)?;
            Ok((first.to_owned(), None))
        }
        ConnectRefusal::Res401 => Ok((first.to_owned(), Some(open::UNKNOWN_SCOPE_IS_REFUSED))),
    }
}

/// The scope of the first instance; without any there is nobody to register with.
fn first_scope(core: &Core) -> &str {
    core.registry.provisioning.keys().next().map(String::as_str).unwrap_or_default()
}

fn grant_form(
    username: &Username,
    profile: &DpsProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    if username.has_a_tail() {
        if profile.strict_api_version {
            ruling.uphold(open::USERNAME_TAIL, username.has_known_api_version())?;
        } else {
            ruling.grant(open::USERNAME_TAIL)?;
        }
    }
    match username.argument("ClientVersion") {
        Some(_) => ruling.grant(SDK_OR_NOT_IS_ALL_THE_SAME),
        None => ruling.grant(PLAIN_MQTT_IS_ENOUGH),
    }
}

impl Core {
    /// The switches of a DPS instance; for a scope that there is not, those of the first instance.
    pub(super) fn dps_profile(&self, scope: &str) -> DpsProfile {
        let instances = &self.registry.provisioning;
        instances
            .get(scope)
            .or_else(|| instances.values().next())
            .map(|instance| instance.profile.clone())
            .unwrap_or_default()
    }
}
