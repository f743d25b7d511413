//! Identities and hubs that are made when they first connect.

mod common;

use cloud::{Effect, Registry, effect::Action, registry::Hub, sas};
use common::*;
use wire::{Connect, Packet};

fn auto_create() -> Registry {
    Registry { auto_create: true, ..registry() }
}

/// A CONNECT of a device that nobody declared, with a token of no key that anybody knows.
fn stranger(host: &str, expiry_s: u64) -> Connect {
    let token = sas::sign(b"any", &format!("{host}/devices/new"), expiry_s, None);
    Connect {
        client_id: "new".to_owned(),
        username: Some(format!("{host}/new/?api-version=2021-04-12")),
        password: Some(token.into()),
        ..Connect::default()
    }
}

fn connack(effects: &[Effect]) -> Option<(u8, &'static str)> {
    effects.iter().find_map(|effect| match &effect.action {
        Action::Send { packet: Packet::Connack(connack), .. } => {
            Some((connack.code, effect.because.id()))
        }
        _ => None,
    })
}

#[test]
fn a_hub_made_on_sight_does_not_become_the_default() {
    for host in ["aaa.azure-devices.net", "zzz.azure-devices.net"] {
        let mut talk = Talk::with(auto_create(), &[]);
        let conn = talk.open_to(host);
        let connect = Box::new(stranger(host, u64::MAX));
        let effects = talk.say(conn, Packet::Connect(connect));
        assert_eq!(connack(&effects).map(|(code, _)| code), Some(0), "{host}");
        assert!(talk.cloud.registry().hub(host).is_some(), "{host}");
        let default = talk.cloud.registry().default_hub().map(|hub| hub.host.as_str());
        assert_eq!(default, Some(HOST), "{host}");
    }
}

#[test]
fn the_default_is_the_hub_that_was_put_first() {
    let mut registry = Registry::default();
    assert_eq!(registry.default_hub(), None);
    for host in ["b.azure-devices.net", "c.azure-devices.net", "a.azure-devices.net"] {
        registry.put_hub(Hub::new(host));
    }
    let default = registry.default_hub().map(|hub| hub.host.as_str());
    assert_eq!(default, Some("b.azure-devices.net"));
}

#[test]
fn any_key_will_do_but_an_expired_token_will_not() {
    let now_s = BEGIN.s();
    for (expiry_s, code) in [
        (0, 5),
        (now_s - 301, 5),
        (now_s - 300, 0),
        (now_s, 0),
        (now_s + 3600, 0),
        (u64::MAX / 1000, 0),
        (u64::MAX / 1000 + 1, 0),
        (u64::MAX, 0),
    ] {
        let mut talk = Talk::with(auto_create(), &[]);
        let (conn, effects) = talk.connect_with(stranger(HOST, expiry_s));
        let refused = (code != 0).then_some("HUB-OPEN-002");
        let found = connack(&effects).expect("a CONNACK");
        assert_eq!(found.0, code, "{expiry_s}");
        assert!(refused.is_none_or(|rule| found.1 == rule), "{expiry_s}: {found:?}");
        assert_eq!(is_closed(&effects, conn), code != 0, "{expiry_s}");
    }
}

#[test]
fn a_declared_device_may_have_a_token_without_end() {
    for expiry_s in [u64::MAX / 1000, u64::MAX / 1000 + 1, u64::MAX - 300, u64::MAX] {
        let mut talk = Talk::new();
        let hub = talk.cloud.registry().hub(HOST).expect("the hub");
        let cloud::identity::Credentials::Keys { primary, .. } =
            hub.default_keys(&"d1".parse().expect("a legal id"))
        else {
            panic!("default keys are keys");
        };
        let token = sas::sign(&primary, &format!("{HOST}/devices/d1"), expiry_s, None);
        let connect = Connect { password: Some(token.into()), ..talk.connect_packet("d1") };
        let (conn, effects) = talk.connect_with(connect);
        assert_eq!(connack(&effects).map(|(code, _)| code), Some(0), "{expiry_s}");
        talk.say(conn, Packet::Pingreq);
        assert!(!is_closed(&talk.wait_s(60), conn), "{expiry_s}");
    }
}
