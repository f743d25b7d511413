//! Seeds as users write them: what they make, and what is said about a wrong one.

mod common;

use base64::{Engine, engine::general_purpose::STANDARD};
use certs::{Algorithm, Authority, Validity};
use cloud::{
    IdentityId, Registry,
    fault::SHAPES,
    identity::Credentials,
    registry::{Allocation, Attestation, Reprovision},
    seed::{Seed, SeedError},
};
use common::HOST;
use serde_json::json;

fn registry(toml: &str) -> Result<Registry, SeedError> {
    toml::from_str::<Seed>(toml).expect("it reads as a seed").registry()
}

fn authority() -> Authority {
    let validity = Validity { not_before_s: 0, not_after_s: 4_000_000_000 };
    Authority::new("Contoso CA", validity, Algorithm::EcdsaP256).expect("an authority")
}

#[test]
fn a_seed_makes_its_registry() {
    let pem = authority().certificate_pem();
    let der = STANDARD.encode(authority().der());
    let toml = format!(
        r#"
        auto_create = true

        [[hub]]
        host = "contoso.azure-devices.net"

        [[hub]]
        host = "Fabrikam.azure-devices.net"
        default = true
        profile = {{ tier = "basic", c2d_ttl_s = 60 }}

        [[hub.policy]]
        name = "device"
        primary_key = "AAECAwQFBgcICQoLDA0ODw=="

        [[hub.policy]]
        name = "gateway"
        device_connect = true

        [[hub.authority]]
        certificate = """
{pem}"""

        [[hub.authority]]
        certificate = "{der}"

        [[hub.device]]
        id = "d1"

        [[hub.device]]
        id = "d2"
        enabled = false
        primary_key = "AAECAwQFBgcICQoLDA0ODw=="
        desired = {{ interval_s = 5, nested = {{ list = [1, "two"] }} }}
        reported = {{ firmware = "1.0" }}
        tags = {{ floor = 3 }}

        [[hub.device]]
        id = "thumb"
        primary_thumbprint = "{sha1}"
        secondary_thumbprint = "{sha256}"

        [[hub.device]]
        id = "signed"
        x509 = "authority"

        [[hub.module]]
        id = "d1/m1"

        [[dps]]
        id_scope = "0ne00000001"
        profile = {{ retry_after_s = 7 }}

        [[dps]]
        id_scope = "0ne00000002"
        linked_hubs = ["fabrikam.azure-devices.net"]

        [[dps.enrollment]]
        registration_id = "Reg-1"

        [[dps.enrollment]]
        registration_id = "reg-2"
        certificate = "{der}"
        device_id = "d2"
        hub = "FABRIKAM.azure-devices.net"
        enabled = false
        allocation = "static"
        reprovision = "never"
        desired = {{ a = 1 }}

        [[dps.enrollment]]
        registration_id = "reg-3"
        tpm = true

        [[dps.group]]
        name = "sensors"
        primary_key = "AAECAwQFBgcICQoLDA0ODw=="
        allocation = {{ custom = {{ hub = "fabrikam.azure-devices.net" }} }}
        "#,
        sha1 = "aB".repeat(20),
        sha256 = ["01"; 32].join(":"),
    );
    let registry = registry(&toml).expect("a good seed");

    assert!(registry.auto_create);
    let hub = registry.default_hub().expect("the default hub");
    assert_eq!(hub.host, "Fabrikam.azure-devices.net");
    assert_eq!(hub.profile.c2d_ttl_s, 60);
    assert_eq!(hub.authorities.len(), 2);
    let key: Vec<u8> = (0..16).collect();
    let policy = |name: &str| hub.policies.iter().find(|it| it.name == name).expect("a policy");
    assert_eq!((&policy("device").primary, policy("device").device_connect), (&key, true));
    assert!(policy("gateway").device_connect);
    assert_eq!(hub.policies.len(), 6);

    let identity = |id: &str| &hub.identities[&id.parse::<IdentityId>().expect("an id")];
    assert_eq!(identity("d1").credentials, hub.default_keys(&IdentityId::device("d1")));
    let Credentials::Keys { secondary, .. } = hub.default_keys(&IdentityId::device("d2")) else {
        panic!("default keys are keys");
    };
    let credentials = Credentials::Keys { primary: key.clone(), secondary };
    assert_eq!(identity("d2").credentials, credentials);
    assert!(!identity("d2").enabled);
    let twin = &identity("d2").twin;
    let desired = json!({"interval_s": 5, "nested": {"list": [1, "two"]}});
    assert_eq!(json!(twin.desired.properties), desired);
    assert_eq!(json!(twin.reported.properties), json!({"firmware": "1.0"}));
    assert_eq!(json!(twin.tags), json!({"floor": 3}));
    assert_eq!(
        identity("thumb").credentials,
        Credentials::Thumbprints { primary: "AB".repeat(20), secondary: Some("01".repeat(32)) },
    );
    assert_eq!(identity("signed").credentials, Credentials::Authority);
    assert_eq!(identity("d1/m1").id, IdentityId::module("d1", "m1"));

    let all = &registry.provisioning["0ne00000001"];
    assert_eq!(all.linked_hubs, ["contoso.azure-devices.net", "Fabrikam.azure-devices.net"]);
    assert_eq!(all.profile.retry_after_s, 7);
    let dps = &registry.provisioning["0ne00000002"];
    assert_eq!(dps.linked_hubs, ["Fabrikam.azure-devices.net"]);
    assert_eq!(dps.enrollments["reg-1"].registration_id, "Reg-1");
    assert!(matches!(dps.enrollments["reg-1"].attestation, Attestation::Keys { .. }));
    let second = &dps.enrollments["reg-2"];
    assert!(matches!(second.attestation, Attestation::Certificate(_)));
    assert_eq!(second.device_id.as_deref(), Some("d2"));
    assert_eq!(second.hub.as_deref(), Some("Fabrikam.azure-devices.net"));
    assert_eq!((second.enabled, second.reprovision), (false, Reprovision::Never));
    assert_eq!(second.allocation, Allocation::Static);
    assert_eq!(json!(second.desired), json!({"a": 1}));
    assert_eq!(dps.enrollments["reg-3"].attestation, Attestation::Tpm);
    let Attestation::Keys { primary, .. } = &dps.groups["sensors"].attestation else {
        panic!("the group has keys");
    };
    assert_eq!(primary, &key);
    let Allocation::Custom(webhook) = &dps.groups["sensors"].allocation else {
        panic!("the group has a webhook");
    };
    assert_eq!(webhook.hub.as_deref(), Some("Fabrikam.azure-devices.net"));
}

#[test]
fn the_same_seed_makes_the_same_keys_again() {
    let toml = format!("[[hub]]\nhost = \"{HOST}\"\n[[hub.device]]\nid = \"d1\"\n");
    assert_eq!(registry(&toml), registry(&toml));
    let made = registry(&toml).expect("a good seed");
    assert_eq!(made, common_hub_with_d1());
}

fn common_hub_with_d1() -> Registry {
    let mut hub = cloud::registry::Hub::new(HOST);
    hub.put_default_identity(IdentityId::device("d1"));
    let mut registry = Registry::default();
    registry.put_hub(hub);
    registry
}

#[test]
fn every_identity_has_its_connection_string() {
    let toml = format!(
        "[[hub]]\nhost = \"{HOST}\"\n\
         [[hub.device]]\nid = \"d1\"\nprimary_key = \"AAECAwQFBgcICQoLDA0ODw==\"\n\
         [[hub.device]]\nid = \"d2\"\nx509 = \"authority\"\n\
         [[hub.module]]\nid = \"d1/m1\"\nprimary_key = \"AAECAwQFBgcICQoLDA0ODw==\"\n"
    );
    let registry = registry(&toml).expect("a good seed");
    let strings: Vec<String> = registry.connection_strings().map(|(_, text)| text).collect();
    let key = "SharedAccessKey=AAECAwQFBgcICQoLDA0ODw==";
    assert_eq!(
        strings,
        [
            format!("HostName={HOST};DeviceId=d1;{key}"),
            format!("HostName={HOST};DeviceId=d1;ModuleId=m1;{key}"),
            format!("HostName={HOST};DeviceId=d2;x509=true"),
        ],
    );
}

#[test]
fn a_seed_survives_being_written_and_read() {
    let toml = "[[hub]]\nhost = \"a.b\"\n[[hub.device]]\nid = \"d1\"\nenabled = false\n\
                tags = { floor = 3 }\n[[dps]]\nid_scope = \"0ne1\"\n[[dps.group]]\nname = \"g\"\n";
    let seed: Seed = toml::from_str(toml).expect("a seed");
    let json = serde_json::to_string(&seed).expect("it is written");
    assert_eq!(serde_json::from_str::<Seed>(&json).expect("its own text"), seed);
}

const HUB: &str = "[[hub]]\nhost = \"a.example\"\n";
const DPS: &str = "[[hub]]\nhost = \"a.example\"\n[[dps]]\nid_scope = \"0ne1\"\n";

#[test]
fn a_seed_may_declare_every_fault() {
    let both = SHAPES.iter().map(|shape| {
        let name = shape.name;
        match (name, shape.number) {
            (_, None) => format!("[[fault]]\ndo = \"{name}\"\n"),
            ("status", Some(_)) => "[[fault]]\ndo = { status = 503 }\n".to_owned(),
            (_, Some(_)) => format!("[[fault]]\ndo = {{ {name} = 2 }}\n"),
        }
    });
    let faults = registry(&both.collect::<String>()).expect("a registry").faults;
    let kinds = faults.iter().map(|fault| fault.kind.to_string());
    let names: Vec<String> =
        kinds.map(|kind| kind.split('=').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(names, SHAPES.iter().map(|shape| shape.name).collect::<Vec<_>>());
}

#[test]
fn a_wrong_value_is_told_with_its_place() {
    let key_error = "expected base64 of 16 to 64 bytes (leave it out for a key that is derived \
                     from the names)";
    let private_key =
        format!("[[hub.authority]]\ncertificate = \"\"\"\n{}\"\"\"\n", authority().key_pem());
    let two = authority().certificate_pem().repeat(2);
    let two = format!("[[hub.authority]]\ncertificate = \"\"\"\n{two}\"\"\"\n");
    for (before, toml, says) in [
        (
            "",
            "[[hub]]\nhost = \"contoso\"",
            "hub[0].host: found `contoso`, expected a full host \
            name without port (such as `contoso.azure-devices.net`)",
        ),
        ("", "[[hub]]\nhost = \"a.b:8883\"", "hub[0].host: found `a.b:8883`"),
        ("", "[[hub]]\nhost = \"a.b\"\n[[hub]]\nhost = \"A.b\"", "hub[1].host: found `A.b` again"),
        (
            "",
            "[[hub]]\nhost = \"a.b\"\ndefault = true\n[[hub]]\nhost = \"a.c\"\ndefault = true",
            "hub[1].default: found a second default hub, expected at most one (`a.b` is the \
             default already)",
        ),
        (
            HUB,
            "profile = { disabled_connack = 4 }",
            "hub[0].profile.disabled_connack: found 4, \
            expected 3 or 5 (leave it out for the default)",
        ),
        (
            HUB,
            "profile = { c2d_ttl_s = 59 }",
            "hub[0].profile.c2d_ttl_s: found 59, expected 60 to 172800",
        ),
        (
            HUB,
            "profile = { edition = \"s1\", units = 0 }",
            "hub[0].profile.units: found 0, expected 1 to 200",
        ),
        (
            HUB,
            "profile = { rate_limits = { backlog_s = 3601 } }",
            "hub[0].profile.rate_limits.backlog_s: found 3601, expected 0 to 3600",
        ),
        (
            HUB,
            "profile = { connection_state_period_s = 86401 }",
            "hub[0].profile.connection_state_period_s: found 86401, expected 0 to 86400",
        ),
        (
            HUB,
            "profile = { retain_property = \"keep\" }",
            "hub[0].profile.retain_property: found \
            `keep`, expected `mqtt-retain` or `x-opt-retain`",
        ),
        (HUB, "[[hub.policy]]\nname = \"a b\"", "hub[0].policy[0].name: found `a b`"),
        (
            "",
            "[[fault]]\ndo = \"drop\"\n[[fault]]\ndo = \"drop\"\npacket = \"PUBAK\"",
            "fault[1]: found `drop PUBAK`, expected a fault that can strike (packet: found `PUBAK`, \
             expected one of CONNACK, ",
        ),
        (
            "",
            "[[fault]]\ndo = \"takeover\"\nuntil_s = 5",
            "fault[0]: found `takeover by the clock, until 5 s`, expected a fault that can strike \
             (until_s: found 5, ",
        ),
        (
            HUB,
            "[[hub.policy]]\nname = \"p\"\n[[hub.policy]]\nname = \"p\"",
            "hub[0].policy[1].name: found `p` again, expected a name of its own \
             (hub[0].policy[0] has it already)",
        ),
        (
            HUB,
            "[[hub.authority]]\ncertificate = \"%%\"",
            "hub[0].authority[0].certificate: found a \
            text that is neither PEM nor base64, expected one certificate in PEM, or its DER in \
            base64",
        ),
        (
            HUB,
            "[[hub.authority]]\ncertificate = \"AAAA\"",
            "hub[0].authority[0].certificate: found 3 bytes that are no certificate",
        ),
        (HUB, &private_key, "hub[0].authority[0].certificate: found a private key"),
        (HUB, &two, "hub[0].authority[0].certificate: found 2 certificates"),
        (
            HUB,
            "[[hub.device]]\nid = \"d 1\"",
            "hub[0].device[0].id: found `d 1`, expected 1 to 128 \
            ASCII letters, digits or - . + % _ # * ? ! ( ) , : = @ $ ' (a module is written \
            `device/module`)",
        ),
        (
            HUB,
            "[[hub.device]]\nid = \"d\"\n[[hub.device]]\nid = \"d\"",
            "hub[0].device[1].id: found `d` again, expected a name of its own (hub[0].device[0] \
             has it already)",
        ),
        (
            HUB,
            "[[hub.device]]\nid = \"d/m\"",
            "hub[0].device[0].id: found the module `d/m`, \
            expected a device (declare it below [[hub.module]])",
        ),
        (HUB, "[[hub.module]]\nid = \"d\"", "hub[0].module[0].id: found the device `d`"),
        (
            HUB,
            "[[hub.module]]\nid = \"d/m\"",
            "hub[0].module[0].id: found a module of `d`, \
            expected a module of a declared device (declare the device below [[hub.device]] with \
            id = \"d\")",
        ),
        (
            HUB,
            "[[hub.device]]\nid = \"d\"\nprimary_key = \"no base64!\"",
            &format!(
                "hub[0].device[0].primary_key: found 10 characters that are no base64, {key_error}"
            ),
        ),
        (
            HUB,
            "[[hub.device]]\nid = \"d\"\nsecondary_key = \"AAAA\"",
            &format!("hub[0].device[0].secondary_key: found base64 of 3 bytes, {key_error}"),
        ),
        (
            HUB,
            "[[hub.device]]\nid = \"d\"\nprimary_key = \"AAAA\"\nx509 = \"authority\"",
            "hub[0].device[0]: found keys and x509, expected one of keys, thumbprints, x509 (an \
             identity proves itself in one way)",
        ),
        (
            HUB,
            "[[hub.device]]\nid = \"d\"\nprimary_thumbprint = \"0123\"",
            "hub[0].device[0].primary_thumbprint: found 4 hex digits, expected 40 hex digits \
             (SHA-1) or 64 (SHA-256)",
        ),
        (
            HUB,
            "[[hub.device]]\nid = \"d\"\nprimary_thumbprint = \"no hex\"",
            "hub[0].device[0].primary_thumbprint: found `no hex`",
        ),
        (
            HUB,
            "[[hub.device]]\nid = \"d\"\nsecondary_thumbprint = \"0123\"",
            "hub[0].device[0].primary_thumbprint: found nothing beside secondary_thumbprint",
        ),
        (
            HUB,
            "[[hub.device]]\nid = \"d\"\ndesired = { \"a.b\" = 1 }",
            "hub[0].device[0].desired: \
            found the name `a.b` has a control character, '.', '$' or a space",
        ),
        (
            HUB,
            "[[hub.device]]\nid = \"d\"\nreported = { at = 2026-11-20 }",
            "hub[0].device[0].reported: found the name `$__toml_private_datetime` has",
        ),
        (
            "",
            "[[dps]]\nid_scope = \"a/b\"",
            "dps[0].id_scope: found `a/b`, expected 1 to 64 ASCII \
            letters and digits (such as `0ne00000001`)",
        ),
        (
            "",
            "[[dps]]\nid_scope = \"a\"\n[[dps]]\nid_scope = \"a\"",
            "dps[1].id_scope: found `a` again",
        ),
        (
            HUB,
            "[[dps]]\nid_scope = \"a\"\nlinked_hubs = [\"a.example\", \"b.example\"]",
            "dps[0].linked_hubs[1]: found `b.example`, expected a declared hub (known are \
             a.example)",
        ),
        (
            DPS,
            "profile = { sas_error_code = 5 }",
            "dps[0].profile.sas_error_code: found 5, expected 401002 or 401000",
        ),
        (
            DPS,
            "[[dps.enrollment]]\nregistration_id = \"a.\"",
            "dps[0].enrollment[0].registration_id: found `a.`, expected 1 to 128 ASCII letters, \
             digits or - . _ : (the last one must be a letter, a digit or a dash)",
        ),
        (
            DPS,
            "[[dps.enrollment]]\nregistration_id = \"A\"\n[[dps.enrollment]]\n\
            registration_id = \"a\"",
            "dps[0].enrollment[1].registration_id: found `a` again",
        ),
        (
            DPS,
            "[[dps.enrollment]]\nregistration_id = \"a\"\ntpm = true\nprimary_key = \"AAAA\"",
            "dps[0].enrollment[0]: found keys and tpm, expected one of keys, certificate, tpm",
        ),
        (
            DPS,
            "[[dps.enrollment]]\nregistration_id = \"a\"\ndevice_id = \"d/m\"",
            "dps[0].enrollment[0].device_id: found the module `d/m`, expected a device id",
        ),
        (
            DPS,
            "[[dps.enrollment]]\nregistration_id = \"a\"\nhub = \"b.example\"",
            "dps[0].enrollment[0].hub: found `b.example`, expected a linked hub (known are \
             a.example)",
        ),
        (
            DPS,
            "[[dps.group]]\nname = \"g\"\nallocation = { custom = { hub = \"b.example\" } }",
            "dps[0].group[0].allocation.custom.hub: found `b.example`, expected a linked hub",
        ),
        (
            DPS,
            "[[dps.group]]\nname = \"g\"\nprimary_key = \"\"",
            "dps[0].group[0].primary_key: found base64 of 0 bytes",
        ),
    ] {
        let toml = format!("{before}{toml}");
        let error = registry(&toml).expect_err(&toml).to_string();
        assert!(error.starts_with(says), "{toml}\n{error}\n{says}");
    }
}

#[test]
fn a_date_in_a_twin_has_its_hint() {
    let toml = format!("{HUB}[[hub.device]]\nid = \"d\"\ntags = {{ on = {{ day = 2026-11-20 }} }}");
    assert_eq!(registry(&toml).expect_err("a date").hint, "write a date in quotes");
}

#[test]
fn an_unknown_member_is_told_with_the_known_ones() {
    for (toml, says) in [
        ("hubs = []", "unknown field `hubs`, expected one of `auto_create`, `hub`, `dps`"),
        ("[[hub]]\nname = \"a\"", "unknown field `name`, expected one of `host`, `default`"),
        ("[[hub]]\n", "missing field `host`"),
        (
            "[[hub]]\nhost = \"a.b\"\nprofile = { teir = \"basic\" }",
            "unknown field `teir`, expected one of `tier`",
        ),
        (
            "[[hub]]\nhost = \"a.b\"\n[[hub.device]]\nid = \"d\"\nkey = \"x\"",
            "unknown field `key`, expected one of `id`, `enabled`, `primary_key`",
        ),
        (
            "[[hub]]\nhost = \"a.b\"\n[[hub.device]]\nid = \"d\"\nx509 = \"ca\"",
            "unknown variant `ca`, expected `authority`",
        ),
        (
            "[[dps]]\nid_scope = \"a\"\n[[dps.group]]\nname = \"g\"\ntpm = true",
            "unknown field `tpm`, expected one of `name`",
        ),
    ] {
        let error = toml::from_str::<Seed>(toml).expect_err(toml);
        assert!(error.message().starts_with(says), "{toml}\n{error}");
    }
}
