//! Clients by the certificate of their handshake.

use core::net::IpAddr;

use wire::Connect;

use super::{Ending, Identity, NOT_AUTHORIZED, Proof};
use crate::{
    cloud::Core,
    event_grid::{
        cert, conn,
        model::{Client, NameSource, ValidationScheme},
        namespace::Namespace,
        open,
    },
    input::Peer,
    profile::SubjectName,
    ruling::Ruling,
    time::Time,
    x509::{self, Names},
};

/// Finds the client resource of the name that is presented, and whether the certificate proves it.
pub(super) fn prove(
    core: &Core,
    namespace: &Namespace,
    peer: &Peer,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<Proof, Ending> {
    let names = x509::names(&peer.certificates);
    let name = presented(namespace, &names, connect, ruling)?;
    let found = namespace.client_named(&name).filter(|client| {
        client.authentication_name() == name || ruling.value(open::NAMES_IN_ANY_CASE, true, false)
    });
    if connect.username.is_some() {
        ruling.note(conn::USERNAME_IS_THE_NAME, found.is_some());
    }
    if found.is_none() {
        ruling.explain(format!("no client of the namespace has the authentication name `{name}`"));
    }
    Ending::unless(found.is_some(), conn::NAME_IS_A_CLIENTS, NOT_AUTHORIZED, ruling)?;
    let Some(client) = found else { return Ok(Proof::of_certificate(Identity::named(&name))) };
    Ending::unless(client.is_enabled(), open::DISABLED_CLIENT, NOT_AUTHORIZED, ruling)?;
    if peer.certificates.is_empty() {
        let password = match &connect.password {
            Some(_) => "a password counts in a namespace with webhookAuthentication only",
            None => "a client signs in by its certificate, a token, or what a webhook knows",
        };
        ruling.explain(format!("no client certificate was presented: {password}"));
        Ending::unless(false, open::WAYS_TO_SIGN_IN, NOT_AUTHORIZED, ruling)?;
        return Ok(Proof::of_certificate(Identity::from(client)));
    }
    cert::note(&peer.certificates, ruling);
    judge(namespace, client, &peer.certificates, &names, core.now, ruling)?;
    Ending::unless_granted(open::WAYS_TO_SIGN_IN, NOT_AUTHORIZED, ruling)?;
    Ok(Proof::of_certificate(Identity::from(client)))
}

/// The name that a CONNECT presents: its user name, or what the certificate says where the namespace looks.
fn presented(
    namespace: &Namespace,
    names: &Names,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<String, Ending> {
    let authentication = &namespace.configuration.client_authentication;
    let mut sources = authentication.alternative_authentication_name_sources.clone();
    if sources.is_empty() {
        let is_given = connect.username.is_some();
        Ending::unless(is_given, conn::USERNAME_IS_GIVEN, NOT_AUTHORIZED, ruling)?;
    }
    if let Some(name) = &connect.username {
        return Ok(name.clone());
    }
    Ending::unless_granted(conn::USERNAME_MAY_BE_LEFT_OUT, NOT_AUTHORIZED, ruling)?;
    if ruling.gives_wrong_value(open::NAME_SOURCES) {
        sources.reverse();
    }
    let subject_name = namespace.profile.subject_name;
    let found = sources
        .iter()
        .find_map(|source| field(names, source.scheme(), subject_name).into_iter().next());
    let none = || format!("the certificate has a name in none of {sources:?}");
    let checked = found.as_ref().map(|_| ()).ok_or_else(none);
    Ending::judge(checked, open::NAME_SOURCES, NOT_AUTHORIZED, ruling)?;
    Ok(found.unwrap_or_else(|| connect.client_id.clone()))
}

/// Judges whether a chain proves a client.
fn judge(
    namespace: &Namespace,
    client: &Client,
    chain: &[Vec<u8>],
    names: &Names,
    now: Time,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let name = client.authentication_name();
    let authentication = &client.client_certificate_authentication;
    let scheme = authentication.validation_scheme;
    let scheme = ruling.value(open::VALIDATION_SCHEMES, scheme, ValidationScheme::default());
    let leaf = chain.first().map(Vec::as_slice).unwrap_or_default();
    if scheme == ValidationScheme::ThumbprintMatch {
        let prints = x509::thumbprints(leaf);
        let is_known = authentication
            .allowed_thumbprints
            .iter()
            .any(|known| prints.iter().any(|print| print.eq_ignore_ascii_case(known)));
        let [sha1, _] = &prints;
        let unknown = || format!("`{name}` does not allow the certificate of thumbprint {sha1}");
        let checked = is_known.then_some(()).ok_or_else(unknown);
        return Ending::judge(checked, open::THUMBPRINTS, NOT_AUTHORIZED, ruling);
    }
    // Who signed the leaf itself has to be known: what the client sends above it does not count.
    let issued = x509::is_issued_below(&[leaf.to_vec()], &namespace.authorities(), now);
    Ending::judge(issued, open::SIGNED_BY_A_KNOWN_AUTHORITY, NOT_AUTHORIZED, ruling)?;
    let found = field(names, scheme, namespace.profile.subject_name);
    let found = ruling.value(open::COMPARED_FIELDS, found, Vec::new());
    let is_there = found.iter().any(|found| is_same(found, name));
    if !is_there {
        let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
        ruling.explain(format!(
            "{scheme:?} looks at a field of the certificate that has {found}, expected `{name}`"
        ));
    }
    Ending::unless(is_there, conn::CERTIFICATE_HAS_THE_NAME, NOT_AUTHORIZED, ruling)
}

/// What a certificate says in the field that a scheme looks at.
fn field(names: &Names, scheme: ValidationScheme, subject_name: SubjectName) -> Vec<String> {
    match scheme {
        ValidationScheme::SubjectMatchesAuthenticationName => {
            let (common_name, whole) = (names.common_name.clone(), names.subject.clone());
            match subject_name {
                SubjectName::CommonName => common_name.into_iter().collect(),
                SubjectName::DistinguishedName => whole.into_iter().collect(),
                SubjectName::Either => common_name.into_iter().chain(whole).collect(),
            }
        }
        ValidationScheme::DnsMatchesAuthenticationName => names.dns.clone(),
        ValidationScheme::UriMatchesAuthenticationName => names.uri.clone(),
        ValidationScheme::IpMatchesAuthenticationName => {
            names.ip.iter().map(IpAddr::to_string).collect()
        }
        ValidationScheme::EmailMatchesAuthenticationName => names.email.clone(),
        ValidationScheme::ThumbprintMatch => Vec::new(),
    }
}

/// Addresses have several spellings, and letter case does not count.
fn is_same(found: &str, name: &str) -> bool {
    match (found.parse::<IpAddr>(), name.parse::<IpAddr>()) {
        (Ok(found), Ok(name)) => found == name,
        _ => found.to_lowercase() == name.to_lowercase(),
    }
}

impl NameSource {
    /// The scheme that looks at the same field.
    const fn scheme(self) -> ValidationScheme {
        match self {
            Self::ClientCertificateSubject => ValidationScheme::SubjectMatchesAuthenticationName,
            Self::ClientCertificateDns => ValidationScheme::DnsMatchesAuthenticationName,
            Self::ClientCertificateUri => ValidationScheme::UriMatchesAuthenticationName,
            Self::ClientCertificateIp => ValidationScheme::IpMatchesAuthenticationName,
            Self::ClientCertificateEmail => ValidationScheme::EmailMatchesAuthenticationName,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_any_case_and_addresses_in_any_spelling() {
        for (found, name, expected) in [
            ("d1", "D1", true),
            ("d1", "d2", false),
            ("2001:db8::1", "2001:0DB8:0:0::1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "192.0.2.1.example", false),
        ] {
            assert_eq!(is_same(found, name), expected, "{found} and {name}");
        }
    }

    #[test]
    fn each_scheme_looks_at_a_field_of_its_own() {
        let names = Names {
            common_name: Some("cn".to_owned()),
            subject: Some("CN=cn, O=Contoso".to_owned()),
            dns: vec!["a.example".to_owned(), "b.example".to_owned()],
            uri: vec!["urn:a".to_owned()],
            ip: vec![IpAddr::from([192, 0, 2, 1])],
            email: vec!["a@b.example".to_owned()],
        };
        use ValidationScheme::*;
        for (scheme, expected) in [
            (SubjectMatchesAuthenticationName, &["cn"][..]),
            (DnsMatchesAuthenticationName, &["a.example", "b.example"]),
            (UriMatchesAuthenticationName, &["urn:a"]),
            (IpMatchesAuthenticationName, &["192.0.2.1"]),
            (EmailMatchesAuthenticationName, &["a@b.example"]),
            (ThumbprintMatch, &[]),
        ] {
            assert_eq!(field(&names, scheme, SubjectName::CommonName), expected, "{scheme:?}");
        }
        let subject = |name| field(&names, SubjectMatchesAuthenticationName, name);
        assert_eq!(subject(SubjectName::DistinguishedName), ["CN=cn, O=Contoso"]);
        assert_eq!(subject(SubjectName::Either), ["cn", "CN=cn, O=Contoso"]);
    }
}
