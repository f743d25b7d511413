//! Every recipe is minted, parsed by another library and compared with what the recipe says.

use certs::{
    Algorithm, Authorities, Authority, DEVICE_NAMES, Kind, Leaf, LeafRequest, Purpose, RECIPES,
    Recipe, Role, SERVER_NAMES, Shape, Signer, Subject, Validity, find, mint, mint_for,
};
use std::collections::BTreeSet;
use std::net::IpAddr;
use x509_parser::prelude::*;
use x509_parser::public_key::PublicKey;

/// 2027-01-15T08:00:00Z; any moment would do.
const NOW_S: i64 = 1_800_000_000;
const DECADE: Validity = Validity { not_before_s: NOW_S, not_after_s: NOW_S + 315_360_000 };

#[test]
fn every_recipe_makes_what_it_says() {
    let authorities = Authorities::new(NOW_S).expect("authorities");
    for recipe in RECIPES {
        let leaf = mint(recipe, NOW_S, &authorities).expect(recipe.name);
        let certificate = parse(leaf.der(), recipe.name);
        check_subject(recipe, &leaf, &certificate);
        check_dates(recipe, &certificate);
        check_form(recipe, &certificate);
        check_key(recipe, &certificate);
        check_chain(recipe, &leaf, &authorities);
        if recipe.shape != Shape::V1 {
            check_usage(recipe, &certificate);
            check_names(recipe, &certificate);
        }
    }
}

#[test]
fn every_recipe_has_a_name_and_a_sentence_of_its_own() {
    let names: BTreeSet<_> = RECIPES.iter().map(|recipe| recipe.name).collect();
    let sentences: BTreeSet<_> = RECIPES.iter().map(|recipe| recipe.says).collect();
    assert_eq!((names.len(), sentences.len()), (RECIPES.len(), RECIPES.len()));
    for recipe in RECIPES {
        let folder = match recipe.kind {
            Kind::Authority(_) => "authority/",
            Kind::Server => "server/",
            Kind::Device => "device/",
        };
        assert!(recipe.name.starts_with(folder), "{}", recipe.name);
        assert!(recipe.says.ends_with('.'), "{}: {}", recipe.name, recipe.says);
    }
}

/// A fixture that is wrong in two ways lets a client pass by seeing the other one.
#[test]
fn a_wrong_recipe_is_wrong_in_one_way_only() {
    for recipe in RECIPES.iter().filter(|recipe| !matches!(recipe.kind, Kind::Authority(_))) {
        let faults = [
            matches!(recipe.subject, Subject::Always(_)),
            !recipe.validity.at(NOW_S).contains(NOW_S),
            recipe.issuer == Signer::Authority(Role::UnknownRoot),
        ];
        let count = faults.iter().filter(|fault| **fault).count();
        assert!(count <= 1, "{} has {count} faults", recipe.name);
    }
}

#[test]
fn the_callers_names_are_used() {
    let authorities = Authorities::new(NOW_S).expect("authorities");
    for (name, names, common_name, expected) in [
        (
            "server/right",
            vec!["hub.example", "127.0.0.2"],
            "hub.example",
            vec!["hub.example", "127.0.0.2"],
        ),
        (
            "server/wrong-name",
            vec!["hub.example"],
            "another-server.invalid",
            vec!["another-server.invalid"],
        ),
        ("device/right", vec!["thermostat"], "thermostat", vec![]),
        (
            "device/right",
            vec!["Thermostat 7 ü", "t7.example"],
            "Thermostat 7 ü",
            vec!["t7.example"],
        ),
        ("device/wrong-name", vec!["thermostat", "t7.example"], "another-device", vec![]),
    ] {
        let recipe = find(name).expect(name);
        let leaf = mint_for(recipe, &names, NOW_S, &authorities).expect(name);
        let certificate = parse(leaf.der(), name);
        assert_eq!(leaf.common_name, common_name, "{name}");
        assert_eq!(common_name_of(&certificate), common_name, "{name}");
        assert_eq!(alternative_names(&certificate), expected, "{name}");
    }
}

#[test]
fn names_that_cannot_stand_in_a_certificate_are_refused() {
    let authorities = Authorities::new(NOW_S).expect("authorities");
    let long = "d".repeat(65);
    for (name, names, what) in [
        ("server/right", vec![], "no name"),
        ("server/right", vec!["localhost:8883"], "alternative name"),
        ("device/right", vec![], "no name"),
        ("device/right", vec![""], "0 characters"),
        ("device/right", vec![long.as_str()], "65 characters"),
    ] {
        let recipe = find(name).expect(name);
        let error = mint_for(recipe, &names, NOW_S, &authorities).expect_err(name);
        assert!(error.what.contains(what), "{name} {names:?}: {error}");
    }
}

#[test]
fn an_unknown_recipe_lists_all_and_names_the_nearest() {
    for (asked, nearest) in [
        ("device/expird", "device/expired"),
        ("sever/right", "server/right"),
        ("authority/rot", "authority/root"),
    ] {
        let error = find(asked).expect_err(asked);
        assert!(error.what.contains(asked), "{error}");
        assert!(error.hint.contains(&format!("'{nearest}'")), "{error}");
        assert!(RECIPES.iter().all(|recipe| error.expected.contains(recipe.name)), "{error}");
    }
}

/// RSA keys are fixed and PKCS#1 v1.5 signatures have no chance in them, so whole certificates
/// repeat; that shows that serial numbers and dates hold no clock and no chance either.
#[test]
fn an_rsa_chain_repeats_byte_for_byte() {
    let chain = || {
        let authorities = Authorities::new(NOW_S).expect("authorities");
        mint(find("server/through-intermediate-rsa")?, NOW_S, &authorities)
    };
    let (first, second) = (chain().expect("first"), chain().expect("second"));
    assert_eq!(first.chain_der, second.chain_der);
}

#[test]
fn serial_numbers_differ_when_certificates_do() {
    let authorities = Authorities::new(NOW_S).expect("authorities");
    let mut seen = BTreeSet::new();
    for recipe in RECIPES {
        let leaf = mint(recipe, NOW_S, &authorities).expect(recipe.name);
        let certificate = parse(leaf.der(), recipe.name);
        assert_eq!(certificate.raw_serial().len(), 16, "{}", recipe.name);
        assert!(seen.insert(certificate.raw_serial().to_vec()), "{}", recipe.name);
    }
}

/// RSA, so that the key cannot be what tells them apart.
#[test]
fn each_part_of_a_request_changes_the_serial_number() {
    let root = Authority::new("Root", DECADE, Algorithm::Rsa2048).expect("root");
    let other = Authority::new("Other", DECADE, Algorithm::Rsa2048).expect("other");
    let (later, longer) = (
        Validity { not_before_s: NOW_S + 1, ..DECADE },
        Validity { not_after_s: DECADE.not_after_s + 1, ..DECADE },
    );
    let server =
        |names: &[&str], validity| LeafRequest::server(names, validity, Algorithm::Rsa2048);
    let first = server(&["a.example"], DECADE);
    let mut seen = BTreeSet::new();
    for (authority, request) in [
        (&root, first.clone()),
        (&other, first.clone()),
        (&root, server(&["b.example"], DECADE)),
        (&root, server(&["a.example", "b.example"], DECADE)),
        (&root, server(&["a.example"], later)),
        (&root, server(&["a.example"], longer)),
        (&root, LeafRequest { shape: Shape::V1, ..first.clone() }),
        (&root, LeafRequest { purpose: Purpose::Device, ..first.clone() }),
        (&root, LeafRequest { algorithm: Algorithm::EcdsaP256, ..first.clone() }),
    ] {
        let leaf = authority.issue(&request).expect("leaf");
        let serial = parse(leaf.der(), "leaf").raw_serial().to_vec();
        assert!(seen.insert(serial), "{request:?}");
    }
}

fn parse<'a>(der: &'a [u8], name: &str) -> X509Certificate<'a> {
    let (rest, certificate) = X509Certificate::from_der(der).expect(name);
    assert!(rest.is_empty(), "{name}: bytes after the certificate");
    certificate
}

fn common_name_of<'a>(certificate: &'a X509Certificate<'_>) -> &'a str {
    let mut names = certificate.subject().iter_common_name();
    let name = names.next().expect("a common name").as_str().expect("text");
    assert!(names.next().is_none(), "two common names");
    name
}

fn check_subject(recipe: &Recipe, leaf: &Leaf, certificate: &X509Certificate<'_>) {
    let expected = match (recipe.subject, recipe.kind) {
        (Subject::Always(name), _) => name,
        (Subject::Asked, Kind::Device) => DEVICE_NAMES[0],
        (Subject::Asked, _) => SERVER_NAMES[0],
    };
    assert_eq!(common_name_of(certificate), expected, "{}", recipe.name);
    assert_eq!(leaf.common_name, expected, "{}", recipe.name);
}

fn check_dates(recipe: &Recipe, certificate: &X509Certificate<'_>) {
    let (is, expected) = (certificate.validity(), recipe.validity.at(NOW_S));
    assert_eq!(is.not_before.timestamp(), expected.not_before_s, "{}", recipe.name);
    assert_eq!(is.not_after.timestamp(), expected.not_after_s, "{}", recipe.name);
    let outdated = ["expired", "not-yet-valid"].iter().any(|word| recipe.name.contains(word));
    assert_eq!(expected.contains(NOW_S), !outdated, "{}", recipe.name);
}

fn check_form(recipe: &Recipe, certificate: &X509Certificate<'_>) {
    let v1 = recipe.shape == Shape::V1;
    let version = if v1 { X509Version::V1 } else { X509Version::V3 };
    assert_eq!(certificate.version(), version, "{}", recipe.name);
    assert_eq!(certificate.extensions().is_empty(), v1, "{}", recipe.name);
}

fn check_key(recipe: &Recipe, certificate: &X509Certificate<'_>) {
    let key = certificate.public_key().parsed().expect(recipe.name);
    let matches = match recipe.algorithm {
        Algorithm::EcdsaP256 => matches!(key, PublicKey::EC(point) if point.key_size() == 256),
        Algorithm::Rsa2048 => matches!(key, PublicKey::RSA(rsa) if rsa.key_size() == 2048),
    };
    assert!(matches, "{}", recipe.name);
}

/// Each certificate is signed by the next; the last by the root, which is not in the chain.
fn check_chain(recipe: &Recipe, leaf: &Leaf, authorities: &Authorities) {
    let get = |role| authorities.get(role, recipe.algorithm);
    let (length, top) = match recipe.issuer {
        Signer::Itself => (1, None),
        Signer::Authority(Role::Intermediate) => (2, Some(get(Role::Root))),
        Signer::Authority(role) => (1, Some(get(role))),
    };
    assert_eq!(leaf.chain_der.len(), length, "{}", recipe.name);
    let mut above: Vec<&[u8]> = leaf.chain_der[1..].iter().map(Vec::as_slice).collect();
    above.push(top.map_or(leaf.der(), Authority::der));
    for (lower, upper) in leaf.chain_der.iter().zip(above) {
        let (lower, upper) = (parse(lower, recipe.name), parse(upper, recipe.name));
        assert_eq!(lower.issuer().as_raw(), upper.subject().as_raw(), "{}", recipe.name);
        lower.verify_signature(Some(upper.public_key())).expect(recipe.name);
        if recipe.shape != Shape::V1 {
            let own = subject_key_id(&upper).expect(recipe.name);
            assert_eq!(authority_key_id(&lower), Some(own), "{}", recipe.name);
        }
    }
    let bytes: usize = leaf.chain_der.iter().map(Vec::len).sum();
    assert_eq!(bytes > 16_384, recipe.name.contains("oversized"), "{}: {bytes} bytes", recipe.name);
}

fn check_usage(recipe: &Recipe, certificate: &X509Certificate<'_>) {
    let name = recipe.name;
    let usage = certificate.key_usage().expect(name).expect(name).value;
    let extended = certificate.extended_key_usage().expect(name).map(|e| e.value);
    let constraints = certificate.basic_constraints().expect(name).expect(name);
    let is_authority = matches!(recipe.kind, Kind::Authority(_));
    assert!(constraints.critical, "{name}");
    assert_eq!(constraints.value.ca, is_authority, "{name}");
    assert_eq!(usage.key_cert_sign() && usage.crl_sign(), is_authority, "{name}");
    assert_eq!(usage.digital_signature(), !is_authority, "{name}");
    let rsa_leaf = !is_authority && recipe.algorithm == Algorithm::Rsa2048;
    assert_eq!(usage.key_encipherment(), rsa_leaf, "{name}");
    let purposes = extended.map(|e| (e.server_auth, e.client_auth, e.any));
    let expected = match recipe.kind {
        Kind::Authority(_) => None,
        Kind::Server => Some((true, false, false)),
        Kind::Device => Some((false, true, false)),
    };
    assert_eq!(purposes, expected, "{name}");
}

fn check_names(recipe: &Recipe, certificate: &X509Certificate<'_>) {
    let expected: &[&str] = match (recipe.kind, &recipe.subject) {
        (Kind::Server, Subject::Asked) => SERVER_NAMES,
        (Kind::Server, Subject::Always(name)) => &[*name],
        _ => &[],
    };
    assert_eq!(alternative_names(certificate), expected, "{}", recipe.name);
}

fn alternative_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Some(names) = certificate.subject_alternative_name().expect("at most one") else {
        return Vec::new();
    };
    let text = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => (*name).to_owned(),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let v6 = <[u8; 16]>::try_from(*bytes).map(IpAddr::from);
            v4.or(v6).expect("4 or 16 bytes").to_string()
        }
        other => panic!("unexpected name {other:?}"),
    };
    names.value.general_names.iter().map(text).collect()
}

fn authority_key_id(certificate: &X509Certificate<'_>) -> Option<Vec<u8>> {
    certificate.iter_extensions().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(id) => Some(id.key_identifier.as_ref()?.0.to_vec()),
        _ => None,
    })
}

fn subject_key_id(certificate: &X509Certificate<'_>) -> Option<Vec<u8>> {
    certificate.iter_extensions().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0.to_vec()),
        _ => None,
    })
}
