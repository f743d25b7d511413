//! One request to a mock's admin API. hyper's client connection is enough: one host, no TLS, no pool.

use std::{fmt::Write as _, io};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request, Response,
    body::Incoming,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;

use crate::device;

/// Why there is no response.
#[derive(Debug)]
pub enum NoResponse {
    /// Nobody listens there.
    Unreachable(io::Error),
    /// The request cannot be written down, or the connection broke off.
    Cut(String),
}

/// `GET` and the like below `/_skyproof/` at `host:port`.
///
/// # Errors
/// When no response came.
pub async fn send(
    authority: &str,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Result<Response<Incoming>, NoResponse> {
    let cut = |error: &dyn std::error::Error| NoResponse::Cut(error.to_string());
    let stream = device::reach(authority).await.map_err(NoResponse::Unreachable)?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| cut(&error))?;
    // Ends with the answer, which tells of any error, too.
    tokio::spawn(connection);
    let request = Request::builder()
        .method(method)
        .uri(format!("/_skyproof/{path}"))
        .header(HOST, authority)
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(body.map(|body| Bytes::from(body.to_string())).unwrap_or_default()))
        .map_err(|error| cut(&error))?;
    sender.send_request(request).await.map_err(|error| cut(&error))
}

/// `host:port` of `http://host:port/`.
pub fn authority(url: &str) -> Option<String> {
    let rest = url.strip_prefix("http://").unwrap_or(url);
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = authority.rsplit_once(':')?;
    let is_host = !host.is_empty() && !host.contains(['/', '?', '@', ' ']);
    (is_host && port.parse::<u16>().is_ok()).then(|| authority.to_owned())
}

/// Percent-encodes one segment of a path, or one value of a query.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for (url, found) in [
            ("http://127.0.0.1:8900", Some("127.0.0.1:8900")),
            ("http://127.0.0.1:8900/", Some("127.0.0.1:8900")),
            ("localhost:1", Some("localhost:1")),
            ("http://[::1]:8900", Some("[::1]:8900")),
            ("https://h:1", None),
            ("http://h", None),
            ("http://h:port", None),
            ("http://:1", None),
            ("", None),
        ] {
            assert_eq!(authority(url).as_deref(), found, "{url}");
        }
    }

    #[test]
    fn names_stay_one_segment() {
        assert_eq!(encoded("d1/m 1#?é"), "d1%2Fm%201%23%3F%C3%A9");
    }
}
