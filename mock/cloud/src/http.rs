//! HTTP as values: requests that come to a cloud, and calls that a cloud makes to somebody's endpoint.

use std::fmt;

use bytes::Bytes;

use crate::{rule::rules, ruling::Ruling};

rules! {
    NOBODY_TAKES_IT = "SKY-HTTP-001";
}

/// One request, numbered by the carrier and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// One call, numbered by the cloud and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// A request over HTTPS that asks for no WebSocket, with all of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// The client's end, as in `127.0.0.1:51234`.
    pub address: String,
    /// The host name of the TLS ClientHello, in lower case.
    pub sni: Option<String>,
    /// `POST`
    pub method: String,
    /// Path and query, as they were sent.
    pub target: String,
    /// In their order; names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

/// The answer to a request, or to a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpResponse {
    pub status: u16,
    /// In their order; names in lower case. The carrier adds what frames the body.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

/// What a cloud asks of somebody's endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpCall {
    /// Absolute: `http://127.0.0.1:8080/authorize?x=1`
    pub url: String,
    pub method: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallFailure {
    pub kind: CallFailureKind,
    /// In plain words, with a hint.
    pub why: String,
}

/// The ways in which a call can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallFailureKind {
    /// The URL, the method or a header cannot be sent.
    BadUrl,
    /// The endpoint is on another machine, and nobody said that it may be called.
    NotAllowed,
    /// Nobody listens there, or there is no such host.
    Refused,
    /// The answer did not come in time.
    Timeout,
    /// What answers speaks no HTTP, or broke off.
    NotHttp,
    /// The answer is longer than what the carrier takes.
    TooLarge,
}

impl HttpRequest {
    /// The first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// What follows the first `?` of the target.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}

impl HttpResponse {
    /// An answer of plain text.
    pub fn text(status: u16, text: &str) -> Self {
        let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
        Self { status, headers, body: Bytes::copy_from_slice(text.as_bytes()) }
    }

    /// The first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

/// Headers stay unsaid: they carry tokens.
impl fmt::Display for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({} B)", self.method, self.target, self.body.len())?;
        self.sni.iter().try_for_each(|sni| write!(f, " to {sni}"))
    }
}

impl fmt::Display for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} B)", self.status, self.body.len())
    }
}

impl fmt::Display for HttpCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({} B)", self.method, self.url, self.body.len())
    }
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

/// Answers a request that is for nobody.
pub(crate) fn nobody_takes(id: RequestId, request: &HttpRequest, ruling: &mut Ruling<'_>) {
    let why = format!("there is nothing at {}\n", request.path());
    ruling.respond(id, HttpResponse::text(404, &why), NOBODY_TAKES_IT);
}

fn first<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_path_and_maybe_a_query() {
        for (target, path, query) in [
            ("/", "/", None),
            ("/a/b", "/a/b", None),
            ("/a?", "/a", Some("")),
            ("/a?b=1&c=?", "/a", Some("b=1&c=?")),
        ] {
            let request = HttpRequest {
                address: "127.0.0.1:1".to_owned(),
                sni: Some("h".to_owned()),
                method: "POST".to_owned(),
                target: target.to_owned(),
                headers: vec![("authorization".to_owned(), "Bearer secret".to_owned())],
                body: Bytes::from_static(b"xyz"),
            };
            assert_eq!((request.path(), request.query()), (path, query), "{target}");
            assert_eq!(request.header("authorization"), Some("Bearer secret"));
            assert_eq!(request.to_string(), format!("POST {target} (3 B) to h"));
        }
    }
}
