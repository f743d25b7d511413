//! Authorities are kept on disk: what was written must sign as before, what is broken must say so.

use certs::{Algorithm, Authorities, Authority, Family, Validity, find, mint};
use x509_parser::prelude::*;

const NOW_S: i64 = 1_800_000_000;
const YEAR: Validity = Validity { not_before_s: NOW_S, not_after_s: NOW_S + 31_536_000 };
const BOTH: [Algorithm; 2] = [Algorithm::EcdsaP256, Algorithm::Rsa2048];

#[test]
fn an_authority_reads_back_and_signs_as_before() {
    for algorithm in BOTH {
        let root = Authority::new("Root", YEAR, algorithm).expect("root");
        let first = root.intermediate("First", YEAR).expect("first");
        let second = first.intermediate("Second", YEAR).expect("second");
        for saved in [&root, &first, &second] {
            let loaded = Authority::from_pem(&saved.chain_pem(), &saved.key_pem()).expect("loaded");
            assert_eq!(loaded.der(), saved.der());
            assert_eq!(loaded.certificate_pem(), saved.certificate_pem());
            assert_eq!((loaded.name(), loaded.algorithm()), (saved.name(), algorithm));
            assert_eq!((loaded.is_root(), loaded.bundle()), (saved.is_root(), saved.bundle()));
            let leaf = loaded.device_leaf("device-1", YEAR).expect("leaf");
            verify(leaf.der(), saved.der());
        }
    }
}

#[test]
fn a_chain_lists_the_nearest_issuer_first_and_leaves_the_root_out() {
    let root = Authority::new("Root", YEAR, Algorithm::EcdsaP256).expect("root");
    let first = root.intermediate("First", YEAR).expect("first");
    let second = first.intermediate("Second", YEAR).expect("second");
    let leaf = second.server_leaf(&["localhost"], YEAR, Algorithm::EcdsaP256).expect("leaf");
    assert_eq!(leaf.chain_der[1..], [second.der().to_vec(), first.der().to_vec()]);
    // The same when the file that was loaded has the root at its end, as many tools write it.
    let text = second.chain_pem() + &root.certificate_pem();
    let loaded = Authority::from_pem(&text, &second.key_pem()).expect("loaded");
    assert_eq!(loaded.bundle(), second.bundle());
}

#[test]
fn the_leafs_algorithm_is_its_own() {
    let root = Authority::new("Root", YEAR, Algorithm::EcdsaP256).expect("root");
    let leaf = root.server_leaf(&["localhost"], YEAR, Algorithm::Rsa2048).expect("leaf");
    verify(leaf.der(), root.der());
}

#[test]
fn authorities_grow_around_a_kept_root() {
    let made = Authorities::new(NOW_S).expect("authorities");
    let kept = Authority::from_pem(&made.ecdsa.root.certificate_pem(), &made.ecdsa.root.key_pem());
    let authorities = Authorities {
        ecdsa: Family::around(kept.expect("kept"), NOW_S).expect("family"),
        rsa: made.rsa,
    };
    let recipe = find("device/through-intermediate").expect("recipe");
    let leaf = mint(recipe, NOW_S, &authorities).expect("leaf");
    verify(&leaf.chain_der[1], made.ecdsa.root.der());
}

#[test]
fn an_unknown_root_has_another_key_even_with_rsa() {
    for algorithm in BOTH {
        let trusted = Authority::new("Root", YEAR, algorithm).expect("trusted");
        let unknown = Authority::unknown("Root", YEAR, algorithm).expect("unknown");
        assert_ne!(trusted.key_pem(), unknown.key_pem());
    }
}

#[test]
fn what_is_broken_is_named() {
    let root = Authority::new("Root", YEAR, Algorithm::EcdsaP256).expect("root");
    let other = Authority::new("Other", YEAR, Algorithm::Rsa2048).expect("other");
    let leaf = root.device_leaf("device-1", YEAR).expect("leaf");
    let not_der = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let not_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let (certificate, key) = (root.certificate_pem(), root.key_pem());
    let unordered = certificate.clone() + &other.certificate_pem();
    for (certificate, key, what, hint) in [
        ("", key.as_str(), "no certificate", "DER"),
        (key.as_str(), certificate.as_str(), "no certificate", "swapped"),
        (not_der, &key, "holds no certificate", "certificate_pem"),
        (&certificate, "", "no private key", "DER"),
        (&certificate, not_key, "cannot be used", "genpkey"),
        (&certificate, &other.key_pem(), "does not belong", "together"),
        (&unordered, &key, "'Other' follows 'Root' but did not issue it", "order"),
        (&leaf.certificate_pem(), &leaf.key_pem(), "not an authority's", "not that of"),
    ] {
        let error = Authority::from_pem(certificate, key).expect_err(what);
        assert!(error.what.contains(what), "{what}: {error}");
        assert!(error.hint.contains(hint), "{hint}: {error}");
    }
}

#[test]
fn names_and_dates_are_checked() {
    let backwards = Validity { not_before_s: 1, not_after_s: 0 };
    let milliseconds = Validity { not_before_s: 0, not_after_s: NOW_S * 1000 };
    let long = "r".repeat(65);
    for (name, validity, what) in [
        ("", YEAR, "0 characters"),
        (long.as_str(), YEAR, "65 characters"),
        ("Root", backwards, "is after"),
        ("Root", milliseconds, "not_after_s"),
    ] {
        let error = Authority::new(name, validity, Algorithm::EcdsaP256).expect_err(what);
        assert!(error.what.contains(what), "{what}: {error}");
    }
}

#[test]
fn debug_output_hides_keys() {
    let root = Authority::new("Root", YEAR, Algorithm::EcdsaP256).expect("root");
    let text = format!("{root:?} {:?}", root.bundle());
    assert!(text.contains("Root") && !text.contains("key"), "{text}");
}

fn verify(lower: &[u8], upper: &[u8]) {
    let (_, lower) = X509Certificate::from_der(lower).expect("lower");
    let (_, upper) = X509Certificate::from_der(upper).expect("upper");
    assert_eq!(lower.issuer().as_raw(), upper.subject().as_raw());
    lower.verify_signature(Some(upper.public_key())).expect("signature");
}
