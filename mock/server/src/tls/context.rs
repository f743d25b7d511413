//! What TLS presents to the clients of one host.

use std::{
    fmt,
    net::IpAddr,
    sync::{Arc, OnceLock},
};

use cloud::{Time, profile::ServerCertificate};
use rustls::{
    ServerConfig, SignatureScheme,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::{ClientHello, NoServerSessionStorage, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};

use crate::{KeyKind, Leaves, clock::Timeline, tls::possession::Possession};

/// Which versions of TLS a host speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Policy {
    Tls12Only,
    Tls12And13,
}

/// The settings of a policy, which lack only a certificate.
pub(crate) fn template(
    provider: &Arc<CryptoProvider>,
    timeline: &Arc<Timeline>,
    policy: Policy,
) -> Result<ServerConfig, rustls::Error> {
    let versions: &[_] = match policy {
        Policy::Tls12Only => &[&TLS12],
        Policy::Tls12And13 => &[&TLS12, &TLS13],
    };
    let mut config = ServerConfig::builder_with_details(provider.clone(), timeline.clone())
        .with_protocol_versions(versions)?
        .with_client_cert_verifier(Arc::new(Possession::new(provider)))
        .with_cert_resolver(Arc::new(NoCertificate));
    // Every connection shows its certificates afresh, on whatever day the mock's clock shows.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// What the clients of one host meet.
#[derive(Debug)]
pub(crate) struct Context {
    config: Arc<ServerConfig>,
    certificates: Arc<Certificates>,
}

impl Context {
    pub(crate) fn new(
        template: &ServerConfig,
        provider: Arc<CryptoProvider>,
        leaves: Arc<dyn Leaves>,
        sni: Option<&str>,
        local: IpAddr,
        now: Time,
        shown: ServerCertificate,
    ) -> Arc<Self> {
        let certificates = Arc::new(Certificates {
            provider,
            leaves,
            name: sni.map(str::to_owned),
            local,
            now,
            shown,
            ecdsa: OnceLock::new(),
            rsa: OnceLock::new(),
        });
        let mut config = template.clone();
        config.cert_resolver = certificates.clone();
        Arc::new(Self { config: Arc::new(config), certificates })
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        self.config.clone()
    }

    /// Whether its certificates were made on this day: those of last year may have expired.
    pub(crate) fn is_of_today(&self, now: Time) -> bool {
        const DAY_S: u64 = 24 * 60 * 60;
        self.certificates.now.s() / DAY_S == now.s() / DAY_S
    }

    /// Why there is no certificate for some client.
    pub(crate) fn trouble(&self) -> Option<String> {
        let Certificates { ecdsa, rsa, .. } = &*self.certificates;
        [ecdsa, rsa].into_iter().find_map(|minted| minted.get()?.as_ref().err().cloned())
    }
}

/// The certificates of one host, minted when the first client needs them.
struct Certificates {
    provider: Arc<CryptoProvider>,
    leaves: Arc<dyn Leaves>,
    name: Option<String>,
    local: IpAddr,
    now: Time,
    shown: ServerCertificate,
    ecdsa: OnceLock<Minted>,
    rsa: OnceLock<Minted>,
}

type Minted = Result<Arc<CertifiedKey>, String>;

impl Certificates {
    fn mint(&self, kind: KeyKind) -> Minted {
        let host = self.name.clone().unwrap_or_else(|| self.local.to_string());
        let failed = |why| format!("no server certificate for {host}: {why}");
        let leaf = self
            .leaves
            .leaf(self.name.as_deref(), self.local, kind, self.now, self.shown)
            .map_err(failed)?;
        let chain = leaf.chain_der.into_iter().map(CertificateDer::from).collect();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(leaf.key_der));
        CertifiedKey::from_der(chain, key, &self.provider)
            .map(Arc::new)
            .map_err(|error| failed(error.to_string()))
    }
}

impl ResolvesServerCert for Certificates {
    /// ECDSA for whoever can verify it, since it is cheap to sign; RSA for the others. For TLS 1.2 the
    /// offered schemes are already those that a common cipher suite can use.
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let schemes = hello.signature_schemes();
        let minted = if schemes.contains(&SignatureScheme::ECDSA_NISTP256_SHA256) {
            self.ecdsa.get_or_init(|| self.mint(KeyKind::EcdsaP256))
        } else {
            self.rsa.get_or_init(|| self.mint(KeyKind::Rsa2048))
        };
        minted.as_ref().ok().cloned()
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Stands in a template.
#[derive(Debug)]
struct NoCertificate;

impl ResolvesServerCert for NoCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        None
    }
}
