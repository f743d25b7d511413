//! Shared access signatures, as a miniature makes them.

use cloud::sas;

/// What a token is made of.
#[derive(Clone, Debug)]
pub struct Token {
    pub key: Vec<u8>,
    /// The resource, before it is encoded for a URL.
    pub resource: String,
    /// Seconds since 1970.
    pub expiry_s: u64,
    /// The name of the policy: `registration` at DPS.
    pub policy: Option<String>,
}

impl Token {
    /// As it should be.
    pub(super) fn right(&self) -> String {
        sas::sign(&self.key, &self.resource, self.expiry_s, self.policy.as_deref())
    }
}

/// Now, in seconds since 1970, on the machine's clock.
pub(super) fn now_s() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| since.as_secs())
}
