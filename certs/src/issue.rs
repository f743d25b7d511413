//! From a request to a signed certificate: what stands in it, and why.

use crate::key::{self, Holder};
use crate::{Algorithm, Error, Leaf, Result, Validity, san, v1};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PublicKeyData,
};
use sha2::{Digest, Sha256};

/// What a leaf is for; decides key usage and extended key usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A TLS server: extended key usage serverAuth.
    Server,
    /// A device, so a TLS client: extended key usage clientAuth.
    Device,
}

/// The outer form of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// X.509 v3 with the usual extensions.
    Plain,
    /// X.509 v3 with a meaningless extension of this many bytes, to make the chain long.
    Padded {
        /// Size of the extension's content in bytes.
        bytes: usize,
    },
    /// X.509 v1, so without any extension: what `openssl x509 -req` makes when no extension file
    /// is given, as many device tutorials do.
    V1,
}

/// Everything that a leaf is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafRequest {
    /// Server or device.
    pub purpose: Purpose,
    /// The subject's common name, 1 to 64 characters.
    pub common_name: String,
    /// Subject alternative names: DNS names, IP addresses, URIs, e-mail addresses.
    pub names: Vec<String>,
    /// The two dates.
    pub validity: Validity,
    /// The algorithm of the leaf's own key.
    pub algorithm: Algorithm,
    /// The outer form.
    pub shape: Shape,
}

impl LeafRequest {
    /// A server known by `names` (DNS names or IP addresses). The first that fits becomes the
    /// common name, too; clients ignore it, but people read it.
    pub fn server(names: &[&str], validity: Validity, algorithm: Algorithm) -> LeafRequest {
        let common_name = names.iter().find(|name| name.len() <= COMMON_NAME_MAX);
        LeafRequest {
            purpose: Purpose::Server,
            common_name: common_name.unwrap_or(&"server").to_string(),
            names: owned(names),
            validity,
            algorithm,
            shape: Shape::Plain,
        }
    }

    /// A device known by its common name.
    pub fn device(common_name: &str, validity: Validity, algorithm: Algorithm) -> LeafRequest {
        LeafRequest {
            purpose: Purpose::Device,
            common_name: common_name.to_owned(),
            names: Vec::new(),
            validity,
            algorithm,
            shape: Shape::Plain,
        }
    }

    /// Makes the leaf sign itself; its chain is itself. For registration by thumbprint.
    ///
    /// # Errors
    /// When a name or a date cannot stand in a certificate.
    pub fn self_signed(&self) -> Result<Leaf> {
        let key = self.make_key()?;
        let params = self.params(&key, &self.common_name)?;
        let issuer = Issuer::from_params(&params, &key);
        let der = sign(&params, self.shape, &key, &issuer)?;
        Ok(self.leaf(vec![der], &key))
    }

    /// Makes the leaf; `above` is the chain over it, its direct issuer first, without the root.
    pub(crate) fn signed_by(
        &self,
        issuer: &Issuer<'_, &KeyPair>,
        issuer_name: &str,
        above: &[Vec<u8>],
    ) -> Result<Leaf> {
        let key = self.make_key()?;
        let params = self.params(&key, issuer_name)?;
        let mut chain_der = vec![sign(&params, self.shape, &key, issuer)?];
        chain_der.extend_from_slice(above);
        Ok(self.leaf(chain_der, &key))
    }

    fn make_key(&self) -> Result<KeyPair> {
        let holder = match self.purpose {
            Purpose::Server => Holder::Server,
            Purpose::Device => Holder::Device,
        };
        key::make(self.algorithm, holder)
    }

    fn params(&self, key: &KeyPair, issuer_name: &str) -> Result<CertificateParams> {
        if self.purpose == Purpose::Server && self.names.is_empty() {
            return Err(Error::new(
                "a server certificate has no name",
                "at least one DNS name or IP address",
                "clients compare the host with these names only; name 'localhost' for a local one",
            ));
        }
        let mut params = base(&self.common_name, self.validity)?;
        params.subject_alt_names =
            self.names.iter().map(|name| san::parse(name)).collect::<Result<_>>()?;
        params.serial_number = Some(self.serial(issuer_name, key));
        params.use_authority_key_identifier_extension = true;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        if self.algorithm == Algorithm::Rsa2048 {
            // The RSA key exchange of TLS 1.2 encrypts with the certificate's key.
            params.key_usages.push(KeyUsagePurpose::KeyEncipherment);
        }
        params.extended_key_usages = vec![match self.purpose {
            Purpose::Server => ExtendedKeyUsagePurpose::ServerAuth,
            Purpose::Device => ExtendedKeyUsagePurpose::ClientAuth,
        }];
        if let Shape::Padded { bytes } = self.shape {
            let padding = CustomExtension::from_oid_content(EXAMPLE_OID, octet_string(bytes));
            params.custom_extensions.push(padding);
        }
        Ok(params)
    }

    fn serial(&self, issuer_name: &str, key: &KeyPair) -> rcgen::SerialNumber {
        let form = format!("{:?} {:?}", self.purpose, self.shape);
        let mut parts = vec![issuer_name, &self.common_name, &form];
        parts.extend(self.names.iter().map(String::as_str));
        serial(&parts, self.validity, key)
    }

    fn leaf(&self, chain_der: Vec<Vec<u8>>, key: &KeyPair) -> Leaf {
        Leaf { chain_der, key_der: key.serialize_der(), common_name: self.common_name.clone() }
    }
}

/// The parameters of a certificate that may sign others.
pub(crate) fn authority_params(
    name: &str,
    validity: Validity,
    key: &KeyPair,
    issuer_name: &str,
) -> Result<CertificateParams> {
    let mut params = base(name, validity)?;
    params.serial_number = Some(serial(&[issuer_name, name], validity, key));
    params.use_authority_key_identifier_extension = true;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

/// Signs a certificate over `key` and gives its DER.
pub(crate) fn sign(
    params: &CertificateParams,
    shape: Shape,
    key: &KeyPair,
    issuer: &Issuer<'_, &KeyPair>,
) -> Result<Vec<u8>> {
    let certificate = params.signed_by(key, issuer).map_err(|e| {
        Error::new(
            format!("the certificate could not be signed: {e}"),
            "names and dates that X.509 can hold",
            "try plainer names",
        )
    })?;
    match shape {
        Shape::V1 => v1::strip(certificate.der(), *issuer.key()),
        Shape::Plain | Shape::Padded { .. } => Ok(certificate.der().to_vec()),
    }
}

/// The upper bound of a common name in characters (RFC 5280 appendix A, ub-common-name).
const COMMON_NAME_MAX: usize = 64;

/// 2.999 is the arc that ITU-T X.660 gives to examples; nobody attaches a meaning to it.
const EXAMPLE_OID: &[u64] = &[2, 999, 1];

fn base(common_name: &str, validity: Validity) -> Result<CertificateParams> {
    let length = common_name.chars().count();
    if !(1..=COMMON_NAME_MAX).contains(&length) {
        return Err(Error::new(
            format!("the common name '{common_name}' has {length} characters"),
            format!("1 to {COMMON_NAME_MAX} characters"),
            "X.509 allows no more, so an identity with a certificate needs a short id",
        ));
    }
    let (not_before, not_after) = validity.dates()?;
    let mut params = CertificateParams::default();
    params.not_before = not_before;
    params.not_after = not_after;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    Ok(params)
}

/// A serial number from what makes the certificate itself, so it needs no counter to be kept and
/// no chance. The key is part of it: some clients refuse two certificates of one issuer that share
/// a serial number. 16 bytes, positive, never shorter.
fn serial(parts: &[&str], validity: Validity, key: &KeyPair) -> rcgen::SerialNumber {
    let spki = key.subject_public_key_info();
    let mut hash = Sha256::new();
    hash.update(validity.not_before_s.to_be_bytes());
    hash.update(validity.not_after_s.to_be_bytes());
    for part in parts.iter().map(|part| part.as_bytes()).chain([spki.as_slice()]) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = hash.finalize()[..16].to_vec();
    bytes[0] = bytes[0] & 0x7f | 0x40;
    rcgen::SerialNumber::from(bytes)
}

fn octet_string(bytes: usize) -> Vec<u8> {
    v1::element(0x04, &vec![0; bytes])
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
