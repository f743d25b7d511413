//! Asks a running mock's admin API. hyper's client connection is enough: one host, no TLS, no pool.

use std::{fmt::Write as _, io, time::Duration};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::{args::Target, locator, trouble::Trouble};

/// The admin API of one mock.
#[derive(Debug)]
pub(crate) struct AdminClient {
    /// `127.0.0.1:8900`
    authority: String,
}

impl AdminClient {
    /// The mock that is meant: the one given, the one that left word, or the usual place.
    pub(crate) fn new(target: &Target) -> Result<Self, Trouble> {
        let url = match &target.admin {
            Some(url) => url.clone(),
            None => locator::admin_url().unwrap_or_else(|| locator::DEFAULT_ADMIN.to_owned()),
        };
        let authority = authority(&url).ok_or_else(|| {
            Trouble::usage(format!("`{url}` is no address of an admin API"))
                .hint(format!("such as {}", locator::DEFAULT_ADMIN))
        })?;
        Ok(Self { authority })
    }

    /// Whether a mock answers there, soon.
    pub(crate) async fn is_mock(url: &str) -> bool {
        const PATIENCE: Duration = Duration::from_secs(1);
        let Some(authority) = authority(url) else { return false };
        let client = Self { authority };
        let health = tokio::time::timeout(PATIENCE, client.ask(Method::GET, "health", None)).await;
        health.is_ok_and(|health| health.is_ok_and(|health| health["status"].is_string()))
    }

    /// Where the admin API is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// `GET` and the like below `/_skyproof/`.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Trouble> {
        let response = self.send(method, path, body).await?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|error| self.cut(&error))?;
        let answer: Value = serde_json::from_slice(&body.to_bytes()).unwrap_or(Value::Null);
        if status.is_success() { Ok(answer) } else { Err(refused(status, &answer)) }
    }

    /// Lines of JSON, each handed over as it comes.
    pub(crate) async fn follow(
        &self,
        path: &str,
        mut hear: impl FnMut(Value) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let mut body = self.send(Method::GET, path, None).await?.into_body();
        let mut unread = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| self.cut(&error))?;
            unread.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
            while let Some(end) = unread.iter().position(|byte| *byte == b'\n') {
                let line = unread.split_to(end + 1);
                hear(serde_json::from_slice(&line).unwrap_or(Value::Null))?;
            }
        }
        Ok(())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response<Incoming>, Trouble> {
        let stream = TcpStream::connect(&self.authority).await.map_err(|e| self.unreachable(&e))?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| self.cut(&error))?;
        // Ends with the answer, which tells of any error, too.
        tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(format!("/_skyproof/{path}"))
            .header(HOST, &self.authority)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body.map(|body| Bytes::from(body.to_string())).unwrap_or_default()))
            .map_err(|error| Trouble::usage(format!("`{path}` cannot be asked for: {error}")))?;
        sender.send_request(request).await.map_err(|error| self.cut(&error))
    }

    fn unreachable(&self, error: &io::Error) -> Trouble {
        Trouble::harness(format!("no mock answers at http://{}: {error}", self.authority))
            .hint("start one with `skyproof up`, or name another with `--admin URL`")
    }

    fn cut(&self, error: &hyper::Error) -> Trouble {
        Trouble::harness(format!("http://{} broke off: {error}", self.authority))
            .hint("is it the admin API of a skyproof mock?")
    }
}

/// Percent-encodes one segment of a path, or one value of a query.
pub(crate) fn encoded(text: &str) -> String {
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

/// `host:port` of `http://host:port/`.
fn authority(url: &str) -> Option<String> {
    let rest = url.strip_prefix("http://").unwrap_or(url);
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = authority.rsplit_once(':')?;
    let is_host = !host.is_empty() && !host.contains(['/', '?', '@', ' ']);
    (is_host && port.parse::<u16>().is_ok()).then(|| authority.to_owned())
}

fn refused(status: StatusCode, answer: &Value) -> Trouble {
    let text = |name: &str| answer[name].as_str();
    let error = text("error").unwrap_or("the mock refuses");
    let code = answer["errorCode"].as_u64().map(|code| format!(" {code}")).unwrap_or_default();
    let trouble = Trouble::refused(format!("{error} ({}{code})", status.as_u16()));
    let expected = text("expected").map(|expected| format!("expected {expected}"));
    [expected, text("hint").map(str::to_owned)].into_iter().flatten().fold(trouble, Trouble::hint)
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
