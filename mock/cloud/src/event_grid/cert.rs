//! EG-CERT: what certification asks of a client beyond the protocol.

use crate::{rule::rules, ruling::Ruling, x509};

rules! {
    SAMPLES_ARE_FOR_TESTS = "EG-CERT-002";
}

/// As the vendor's samples call the authority that they make.
const SAMPLE_AUTHORITY: &str = "MqttAppSamplesCA";

/// Notes whether a client shows a certificate that was made as in the vendor's samples.
pub(super) fn note(chain: &[Vec<u8>], ruling: &mut Ruling<'_>) {
    let issuer = x509::issuer_common_name(chain).unwrap_or_default();
    ruling.note(SAMPLES_ARE_FOR_TESTS, !issuer.contains(SAMPLE_AUTHORITY));
}
