//! PEM, DER and PKCS#12 say the same; each is read back by another library.

use certs::{Authorities, RECIPES, find, mint, mint_for};
use p12_keystore::{KeyStore, KeyStoreEntry, Pkcs12ImportPolicy};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};

const NOW_S: i64 = 1_800_000_000;

#[test]
fn pem_holds_the_same_der() {
    let authorities = Authorities::new(NOW_S).expect("authorities");
    for recipe in RECIPES {
        let leaf = mint(recipe, NOW_S, &authorities).expect(recipe.name);
        let chain: Vec<_> = CertificateDer::pem_slice_iter(leaf.chain_pem().as_bytes())
            .map(|der| der.expect(recipe.name).to_vec())
            .collect();
        let key = PrivatePkcs8KeyDer::from_pem_slice(leaf.key_pem().as_bytes()).expect(recipe.name);
        assert_eq!(chain, leaf.chain_der, "{}", recipe.name);
        assert_eq!(key.secret_pkcs8_der(), leaf.key_der, "{}", recipe.name);
        assert!(leaf.chain_pem().starts_with(&leaf.certificate_pem()), "{}", recipe.name);
    }
}

#[test]
fn p12_reads_back() {
    let authorities = Authorities::new(NOW_S).expect("authorities");
    for (name, password) in [
        ("device/right", "secret"),
        ("device/through-intermediate-rsa", "pässwörd"),
        ("server/through-intermediate", ""),
        ("device/self-signed-x509-v1", "secret"),
    ] {
        let leaf = mint(find(name).expect(name), NOW_S, &authorities).expect(name);
        let p12 = leaf.p12(password).expect(name);
        let store = KeyStore::from_pkcs12(&p12, password, Pkcs12ImportPolicy::Strict).expect(name);
        let (alias, chain) = store.private_key_chain().expect(name);
        let read: Vec<_> = chain.certs().iter().map(|c| c.as_der().to_vec()).collect();
        assert_eq!(alias, leaf.common_name, "{name}");
        assert_eq!(read, leaf.chain_der, "{name}");
        assert_eq!(chain.key().as_der(), leaf.key_der, "{name}");
        let wrong = KeyStore::from_pkcs12(&p12, "wrong", Pkcs12ImportPolicy::Strict);
        assert!(wrong.is_err(), "{name} opens with another password");
    }
}

#[test]
fn a_trust_store_holds_the_certificate_and_no_key() {
    let authorities = Authorities::new(NOW_S).expect("authorities");
    let root = &authorities.ecdsa.root;
    let p12 = root.trust_p12("changeit").expect("written");
    let store = KeyStore::from_pkcs12(&p12, "changeit", Pkcs12ImportPolicy::Strict).expect("read");
    assert_eq!(store.entries_len(), 1);
    match store.entry(root.name()) {
        Some(KeyStoreEntry::Certificate(certificate)) => {
            assert_eq!(certificate.as_der(), root.der())
        }
        other => panic!("not a trusted certificate: {other:?}"),
    }
}

#[test]
fn what_p12_cannot_hold_is_refused_or_renamed() {
    let authorities = Authorities::new(NOW_S).expect("authorities");
    let recipe = find("device/right").expect("recipe");
    let leaf = mint_for(recipe, &["device-🦀"], NOW_S, &authorities).expect("leaf");
    assert!(leaf.p12("🔑").expect_err("password").what.contains("password"));
    let p12 = leaf.p12("secret").expect("written");
    let store = KeyStore::from_pkcs12(&p12, "secret", Pkcs12ImportPolicy::Strict).expect("read");
    assert_eq!(store.private_key_chain().expect("chain").0, "certificate");
}
