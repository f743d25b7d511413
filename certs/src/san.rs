//! Subject alternative names from plain text.

use crate::{Error, Result};
use rcgen::SanType;
use std::net::IpAddr;

/// Reads one name: an IP address, a URI (has `://` or starts with `urn:`), an e-mail address
/// (has `@`), else a DNS name, which may begin with `*.`.
pub(crate) fn parse(name: &str) -> Result<SanType> {
    if let Ok(ip) = name.parse::<IpAddr>() {
        return Ok(SanType::IpAddress(ip));
    }
    let make: fn(rcgen::string::Ia5String) -> SanType =
        if name.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(refused(name));
        } else if name.contains("://") || name.starts_with("urn:") {
            SanType::URI
        } else if name.contains('@') {
            SanType::Rfc822Name
        } else if is_dns_name(name) {
            SanType::DnsName
        } else {
            return Err(refused(name));
        };
    name.try_into().map(make).map_err(|_| refused(name))
}

fn is_dns_name(name: &str) -> bool {
    let labels = name.strip_prefix("*.").unwrap_or(name);
    name.len() <= 253
        && labels.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

fn refused(name: &str) -> Error {
    let hint = if name.starts_with('[') {
        "write an IPv6 address without brackets"
    } else if name.chars().any(char::is_whitespace) {
        "leave out the blanks"
    } else if name.contains(':') {
        "leave out the port"
    } else if name.ends_with('.') {
        "leave out the dot at the end"
    } else if !name.is_ascii() {
        "write an international name in its xn-- form"
    } else {
        "use letters, digits, '-', '_' and '.', with at most 63 characters between dots"
    };
    Error::new(
        format!("'{name}' cannot be a subject alternative name"),
        "a DNS name, an IP address, a URI or an e-mail address",
        hint,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        let kind = |name: &str| match parse(name) {
            Ok(SanType::IpAddress(_)) => "ip",
            Ok(SanType::DnsName(_)) => "dns",
            Ok(SanType::URI(_)) => "uri",
            Ok(SanType::Rfc822Name(_)) => "mail",
            Ok(_) => "other",
            Err(_) => "refused",
        };
        let long_label = "a".repeat(64);
        for (name, expected) in [
            ("localhost", "dns"),
            ("hub-1.azure-devices.net", "dns"),
            ("*.azure-devices.net", "dns"),
            ("127.0.0.1", "ip"),
            ("::1", "ip"),
            ("urn:device:1", "uri"),
            ("https://example.com/device", "uri"),
            ("device@example.com", "mail"),
            ("", "refused"),
            ("*", "refused"),
            ("a..b", "refused"),
            ("hub.example.", "refused"),
            ("[::1]", "refused"),
            ("localhost:8883", "refused"),
            ("two words", "refused"),
            ("https://two words", "refused"),
            ("device\u{7f}@example.com", "refused"),
            ("hüb.example", "refused"),
            ("dév@example.com", "refused"),
            (long_label.as_str(), "refused"),
        ] {
            assert_eq!(kind(name), expected, "{name}");
        }
    }
}
