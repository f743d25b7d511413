//! What the cloud found wrong with a refused CONNECT, in words.

mod common;

use std::sync::Arc;

use certs::{Algorithm, Authorities, Role};
use cloud::{
    ConnId, Input, Peer, Registry, Transport,
    identity::Credentials,
    registry::{Hub, Provisioning},
};
use common::{BEGIN, HOST, Talk};
use wire::{Connect, Packet};

/// Connects with a certificate and no password; what was found wrong, if anything.
fn why(registry: Registry, host: &str, username: String, leaf: &certs::Leaf) -> Option<String> {
    let mut talk = Talk::with(registry, &[]);
    let conn = ConnId(1);
    let peer = Peer {
        address: "127.0.0.1:50001".to_owned(),
        sni: Some(host.to_owned()),
        transport: Transport::Tcp,
        tls_version: Some("TLSv1_3"),
        certificates: Arc::from(leaf.chain_der.clone()),
    };
    talk.tell(Input::Opened { conn, peer });
    let connect =
        Connect { client_id: "d1".to_owned(), username: Some(username), ..Connect::default() };
    talk.tell(Input::Received { conn, packet: Packet::Connect(Box::new(connect)) });
    let step = talk.cloud.trace().steps().next_back().expect("a step");
    step.why.as_deref().map(str::to_owned)
}

fn authorities() -> (i64, Authorities) {
    let now_s = i64::try_from(BEGIN.s()).expect("a date");
    (now_s, Authorities::new(now_s).expect("authorities"))
}

#[test]
fn which_fault_of_a_certificate_it_was() {
    let (now_s, authorities) = authorities();
    let root = authorities.get(Role::Root, Algorithm::EcdsaP256).der().to_vec();
    let mint = |recipe: &str| {
        let recipe = certs::find(recipe).expect("a recipe");
        certs::mint_for(recipe, &["d1"], now_s, &authorities).expect("a certificate")
    };
    let of_authority = Credentials::Authority;
    let of_other = Credentials::Thumbprints {
        primary: mint("device/right").thumbprint_sha1(),
        secondary: None,
    };
    let keys = Hub::new(HOST).default_keys(&"d1".parse().expect("an id"));
    for (recipe, credentials, says) in [
        ("device/right", &of_authority, None),
        (
            "device/expired",
            &of_authority,
            Some("the certificate, or one above it, expired at 2026-"),
        ),
        (
            "device/not-yet-valid",
            &of_authority,
            Some("the certificate, or one above it, is not valid before 2026-"),
        ),
        (
            "device/wrong-name",
            &of_authority,
            Some("the certificate has the common name `another-device`, expected `d1`"),
        ),
        (
            "device/unknown-authority",
            &of_authority,
            Some("nobody who is known here issued the certificate"),
        ),
        ("device/self-signed", &of_other, Some("the certificate has the thumbprint ")),
        ("device/self-signed", &keys, Some("`d1` is registered with keys: send a token")),
    ] {
        let mut hub = Hub::new(HOST);
        hub.authorities.push(root.clone());
        hub.put_identity("d1".parse().expect("an id"), credentials.clone());
        let mut registry = Registry::default();
        registry.put_hub(hub);
        let username = format!("{HOST}/d1/?api-version=2021-04-12");
        let found = why(registry, HOST, username, &mint(recipe));
        match says {
            None => assert_eq!(found, None, "{recipe}"),
            Some(says) => {
                let found = found.unwrap_or_default();
                assert!(found.starts_with(says), "{recipe}: {found}");
            }
        }
    }
}

#[test]
fn a_hub_without_an_authority_says_so() {
    let (now_s, authorities) = authorities();
    let recipe = certs::find("device/right").expect("a recipe");
    let leaf = certs::mint_for(recipe, &["d1"], now_s, &authorities).expect("a certificate");
    let mut hub = Hub::new(HOST);
    hub.put_identity("d1".parse().expect("an id"), Credentials::Authority);
    let mut registry = Registry::default();
    registry.put_hub(hub);
    let found = why(registry, HOST, format!("{HOST}/d1/?api-version=2021-04-12"), &leaf);
    let says = format!("the hub `{HOST}` has no authority: declare one");
    assert_eq!(found.as_deref(), Some(says.as_str()));
}

#[test]
fn an_unknown_hub_or_scope_is_told_the_known_ones() {
    let (now_s, authorities) = authorities();
    let recipe = certs::find("device/right").expect("a recipe");
    let leaf = certs::mint_for(recipe, &["d1"], now_s, &authorities).expect("a certificate");
    let mut registry = Registry::default();
    registry.put_hub(Hub::new(HOST));
    registry.put_hub(Hub::new("fabrikam.azure-devices.net"));
    for scope in ["0ne00000001", "0ne00000002"] {
        registry.put_provisioning(Provisioning::new(scope, &[HOST]));
    }
    let dps = "global.azure-devices-provisioning.net";
    for (dialled, username, says) in [
        (
            "localhost",
            "nowhere.azure-devices.net/d1/?api-version=2021-04-12",
            "there is no hub `nowhere.azure-devices.net`; this cloud has contoso.azure-devices.net, \
             fabrikam.azure-devices.net; `contoso.azure-devices.net` was asked instead",
        ),
        (
            dps,
            "0ne9/registrations/d1/api-version=2019-03-31",
            "there is no ID scope `0ne9`; this cloud has 0ne00000001, 0ne00000002",
        ),
    ] {
        let found = why(registry.clone(), dialled, username.to_owned(), &leaf);
        assert_eq!(found.as_deref(), Some(says), "{username}");
    }
    let found = why(Registry::default(), "localhost", "h.b/d1/?a=1".to_owned(), &leaf);
    assert_eq!(found.as_deref(), Some("there is no hub `h.b`; this cloud has no hub at all"));
}
