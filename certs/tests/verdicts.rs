//! A verifier that clients use judges every leaf: the right ones pass, and a wrong one fails for
//! the reason that its name gives, not for another.

use certs::{
    Algorithm, Authorities, DEVICE_NAMES, Kind, Leaf, RECIPES, Recipe, Role, SERVER_NAMES, mint,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::time::Duration;
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert};

const NOW_S: i64 = 1_800_000_000;

#[test]
fn every_leaf_gets_the_verdict_of_its_name() {
    let authorities = Authorities::new(NOW_S).expect("authorities");
    for recipe in RECIPES {
        if matches!(recipe.kind, Kind::Authority(_)) {
            continue;
        }
        let leaf = mint(recipe, NOW_S, &authorities).expect(recipe.name);
        assert_eq!(verdict(recipe, &leaf, &authorities), expected(recipe.name), "{}", recipe.name);
    }
}

#[test]
fn a_leaf_serves_its_own_purpose_only() {
    let authorities = Authorities::new(NOW_S).expect("authorities");
    for (name, usage) in
        [("server/right", KeyUsage::client_auth()), ("device/right", KeyUsage::server_auth())]
    {
        let recipe = certs::find(name).expect(name);
        let leaf = mint(recipe, NOW_S, &authorities).expect(name);
        let outcome = path(&leaf, usage, &authorities);
        assert!(
            matches!(outcome, Err(Error::RequiredEkuNotFoundContext(_))),
            "{name}: {outcome:?}"
        );
    }
}

/// What this recipe's name promises.
fn expected(name: &str) -> &'static str {
    match name.split_once('/').expect("a folder").1 {
        // The dates are judged before the issuer is looked for.
        "expired" | "self-signed-expired" => "expired",
        "not-yet-valid" => "not yet valid",
        "wrong-name" => "wrong name",
        "unknown-authority" | "self-signed" | "self-signed-rsa" => "unknown issuer",
        // webpki reads version 3 only, which is why these recipes exist.
        "x509-v1" | "self-signed-x509-v1" => "version",
        _ => "good",
    }
}

fn verdict(recipe: &Recipe, leaf: &Leaf, authorities: &Authorities) -> &'static str {
    let usage = match recipe.kind {
        Kind::Device => KeyUsage::client_auth(),
        _ => KeyUsage::server_auth(),
    };
    match path(leaf, usage, authorities) {
        Ok(()) if is_for_the_asked(recipe, leaf) => "good",
        Ok(()) => "wrong name",
        Err(Error::CertExpired { .. }) => "expired",
        Err(Error::CertNotValidYet { .. }) => "not yet valid",
        Err(Error::UnknownIssuer) => "unknown issuer",
        Err(Error::UnsupportedCertVersion) => "version",
        Err(other) => panic!("{}: {other:?}", recipe.name),
    }
}

fn path(leaf: &Leaf, usage: KeyUsage, authorities: &Authorities) -> Result<(), Error> {
    let chain: Vec<_> =
        leaf.chain_der.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let roots = [Algorithm::EcdsaP256, Algorithm::Rsa2048]
        .map(|algorithm| CertificateDer::from(authorities.get(Role::Root, algorithm).der()));
    let anchors: Vec<_> =
        roots.iter().map(|root| anchor_from_trusted_cert(root).expect("anchor")).collect();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(NOW_S.unsigned_abs()));
    EndEntityCert::try_from(&chain[0])?
        .verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &anchors,
            &chain[1..],
            now,
            usage,
            None,
            None,
        )
        .map(|_| ())
}

/// A server must be known by every asked name; a device by its common name.
fn is_for_the_asked(recipe: &Recipe, leaf: &Leaf) -> bool {
    if recipe.kind == Kind::Device {
        return leaf.common_name == DEVICE_NAMES[0];
    }
    let der = CertificateDer::from(leaf.der());
    let certificate = EndEntityCert::try_from(&der).expect(recipe.name);
    SERVER_NAMES.iter().all(|name| {
        let name = ServerName::try_from(*name).expect("a name");
        certificate.verify_is_valid_for_subject_name(&name).is_ok()
    })
}
