//! Certificates for the mock's listeners, minted below a local authority for each name that is dialled.

use std::net::IpAddr;

use cloud::{Time, profile::ServerCertificate};
use server::{KeyKind, Leaf, Leaves};

/// A day of slack on either side, so that clocks may differ.
const DAY_S: i64 = 86_400;
/// A host that nobody dials.
const WRONG_NAME: &str = "wrong-name.invalid";
/// More than a TLS record holds, so that the handshake's message is cut.
const LARGE_BYTES: usize = 20_000;
/// What the vendors' server certificates last.
const LEAF_DAYS: i64 = 365;

/// The roots that clients of this mock have to trust: one for each algorithm.
pub struct LocalAuthority {
    ecdsa: certs::Authority,
    rsa: certs::Authority,
    /// Names that every leaf carries beside the one that was asked for.
    names: Vec<String>,
}

impl LocalAuthority {
    /// Roots that serve these names beside the dialled one.
    pub fn new(ecdsa: certs::Authority, rsa: certs::Authority, names: Vec<String>) -> Self {
        Self { ecdsa, rsa, names }
    }

    /// Both roots as one PEM text: what a client's CA file must hold.
    pub fn certificates_pem(&self) -> String {
        format!("{}{}", self.ecdsa.certificate_pem(), self.rsa.certificate_pem())
    }
}

impl Leaves for LocalAuthority {
    fn leaf(
        &self,
        name: Option<&str>,
        local: IpAddr,
        algorithm: KeyKind,
        now: Time,
        shown: ServerCertificate,
    ) -> Result<Leaf, String> {
        let now_s = i64::try_from(now.s()).unwrap_or(i64::MAX / 2);
        let (authority, algorithm) = match algorithm {
            KeyKind::EcdsaP256 => (&self.ecdsa, certs::Algorithm::EcdsaP256),
            KeyKind::Rsa2048 => (&self.rsa, certs::Algorithm::Rsa2048),
        };
        let local = local.to_string();
        let mut names: Vec<&str> = name.into_iter().collect();
        for other in
            ["localhost", local.as_str()].into_iter().chain(self.names.iter().map(String::as_str))
        {
            if !names.iter().any(|known| known.eq_ignore_ascii_case(other)) {
                names.push(other);
            }
        }
        let mut validity =
            certs::Validity { not_before_s: now_s - DAY_S, not_after_s: now_s + LEAF_DAYS * DAY_S };
        match shown {
            ServerCertificate::WrongName => names = vec![WRONG_NAME],
            ServerCertificate::Expired => {
                validity = certs::Validity {
                    not_before_s: now_s - LEAF_DAYS * DAY_S,
                    not_after_s: now_s - DAY_S,
                };
            }
            ServerCertificate::NotYetValid => {
                validity.not_before_s = now_s + DAY_S;
            }
            _ => {}
        }
        let leaf = match shown {
            ServerCertificate::UnknownAuthority => {
                certs::Authority::unknown("Nobody's Root", validity, algorithm)
                    .and_then(|stranger| stranger.server_leaf(&names, validity, algorithm))
            }
            ServerCertificate::SelfSigned => {
                certs::LeafRequest::server(&names, validity, algorithm).self_signed()
            }
            ServerCertificate::Large => authority.issue(&certs::LeafRequest {
                shape: certs::Shape::Padded { bytes: LARGE_BYTES },
                ..certs::LeafRequest::server(&names, validity, algorithm)
            }),
            _ => authority.server_leaf(&names, validity, algorithm),
        }
        .map_err(|error| error.to_string())?;
        Ok(Leaf { chain_der: leaf.chain_der, key_der: leaf.key_der })
    }
}
