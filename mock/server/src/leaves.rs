//! Where server certificates come from. The mock mints none itself.

use std::net::IpAddr;

use cloud::{Time, profile::ServerCertificate};

/// The algorithm of a server key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    EcdsaP256,
    Rsa2048,
}

/// A server certificate chain with its key.
#[derive(Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The leaf first, then each issuer above it, without the root. DER.
    pub chain_der: Vec<Vec<u8>>,
    /// The private key of the leaf, PKCS#8 DER.
    pub key_der: Vec<u8>,
}

/// Makes server certificates. Asked once per name, flaw, algorithm and day of the mock's time; what it
/// gives is kept.
pub trait Leaves: Send + Sync + 'static {
    /// A certificate for this host name. Without one the client named no host: then the leaf must
    /// serve clients that dialled `local`, the address on which they were accepted. `shown` tells
    /// whether it is to be right, or wrong in which way.
    ///
    /// # Errors
    /// Why there is none, in plain words. The handshake is refused and the trace tells the reason.
    fn leaf(
        &self,
        name: Option<&str>,
        local: IpAddr,
        algorithm: KeyKind,
        now: Time,
        shown: ServerCertificate,
    ) -> Result<Leaf, String>;
}
