//! Loopback addresses on which a mock can have the real ports for itself.

use std::net::{IpAddr, Ipv4Addr};

/// Some addresses of 127.0.0.0/8, others for each process, so that mocks do not meet. Only Linux
/// answers on all of them.
pub(crate) fn candidates() -> impl Iterator<Item = IpAddr> {
    const TRIES: u32 = if cfg!(target_os = "linux") { 16 } else { 0 };
    let pid = std::process::id();
    (0..TRIES).map(move |attempt| address(pid.wrapping_add(attempt.wrapping_mul(7919))))
}

/// Spreads numbers over 127.1.1.1 to 127.254.254.254.
fn address(number: u32) -> IpAddr {
    let octet = |n: u32| (n % 254 + 1) as u8;
    IpAddr::V4(Ipv4Addr::new(127, octet(number / (254 * 254)), octet(number / 254), octet(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_differ_give_addresses_that_differ() {
        let addresses: std::collections::BTreeSet<IpAddr> = (0..100_000).map(address).collect();
        assert_eq!(addresses.len(), 100_000);
        assert!(addresses.iter().all(IpAddr::is_loopback));
    }
}
