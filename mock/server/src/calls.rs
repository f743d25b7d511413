//! Calls out: requests over HTTP that the cloud makes to somebody's endpoint.

use std::{
    error::Error,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::pin,
};

use bytes::Bytes;
use cloud::{CallFailure, CallFailureKind, HttpCall, HttpResponse};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{
    Request, Uri,
    client::conn::http1,
    header::{HOST, HeaderName, HeaderValue},
};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, lookup_host};

use crate::{
    Config,
    clock::within,
    desk::{frames_the_message, listed},
};

/// Makes a call, within the limits. Redirects are the caller's business.
pub(crate) async fn make(config: &Config, call: HttpCall) -> Result<HttpResponse, CallFailure> {
    let late =
        format!("{} did not answer within {} s", call.url, config.call_timeout.as_secs_f64());
    match within(config.call_timeout, exchange(config, call)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(failure(CallFailureKind::Timeout, late)),
    }
}

async fn exchange(config: &Config, call: HttpCall) -> Result<HttpResponse, CallFailure> {
    let url = call.url.clone();
    let (target, request) = written(call)?;
    let stream = connect(config, &url, &target).await?;
    let broken = |error: hyper::Error| {
        let why = format!(
            "what listens at {url} does not answer as HTTP does: {}; see that the port is that of \
             an HTTP server without TLS",
            told(&error)
        );
        failure(CallFailureKind::NotHttp, why)
    };
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let answer = async {
        let (head, body) = sender.send_request(request).await.map_err(broken)?.into_parts();
        let max_bytes = config.max_answer_bytes;
        let body = Limited::new(body, max_bytes).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                let why = format!("the answer of {url} is longer than {max_bytes} bytes");
                return failure(CallFailureKind::TooLarge, why);
            }
            let why = format!("the answer of {url} broke off: {error}");
            failure(CallFailureKind::NotHttp, why)
        })?;
        Ok(HttpResponse {
            status: head.status.as_u16(),
            headers: listed(&head.headers),
            body: body.to_bytes(),
        })
    };
    let mut answer = pin!(answer);
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        // What it read before it ended is still to be told.
        _ = connection => answer.await,
    }
}

/// Where a call goes.
#[derive(Debug)]
struct Target {
    /// Without the brackets of IPv6.
    host: String,
    port: u16,
}

/// The call as it is sent, and where to.
fn written(call: HttpCall) -> Result<(Target, Request<Full<Bytes>>), CallFailure> {
    let url = &call.url;
    let bad = |why: String| failure(CallFailureKind::BadUrl, why);
    let uri: Uri = url.parse().map_err(|error| bad(format!("`{url}` is no URL: {error}")))?;
    match uri.scheme_str() {
        Some("http") => {}
        Some("https") => {
            let why = format!(
                "`{url}` cannot be called: calls go by plain HTTP; give an http:// address"
            );
            return Err(bad(why));
        }
        _ => {
            return Err(bad(format!("`{url}` is no URL to call: expected http://host:port/path")));
        }
    }
    let Some(authority) = uri.authority() else {
        return Err(bad(format!("`{url}` names no host: expected http://host:port/path")));
    };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
    let target = Target { host, port: authority.port_u16().unwrap_or(80) };
    let sent_host = match authority.port() {
        Some(port) => format!("{}:{port}", authority.host()),
        None => authority.host().to_owned(),
    };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(call.method.as_str())
        .uri(path)
        .body(Full::new(call.body))
        .map_err(|error| bad(format!("`{} {url}` cannot be sent: {error}", call.method)))?;
    let headers = request.headers_mut();
    if let Ok(sent_host) = HeaderValue::from_str(&sent_host) {
        headers.insert(HOST, sent_host);
    }
    for (name, value) in &call.headers {
        let (Ok(parsed), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value))
        else {
            return Err(bad(format!("the header `{name}` of a call to {url} cannot be sent")));
        };
        if parsed == HOST {
            headers.insert(parsed, value);
        } else if !frames_the_message(&parsed) {
            headers.append(parsed, value);
        }
    }
    Ok((target, request))
}

async fn connect(config: &Config, url: &str, target: &Target) -> Result<TcpStream, CallFailure> {
    let refused = |why: String| failure(CallFailureKind::Refused, why);
    let addresses = match target.loopback() {
        Some(addresses) => addresses,
        None if config.calls_beyond_loopback => {
            let known = lookup_host((target.host.as_str(), target.port)).await;
            known
                .map_err(|error| refused(format!("there is no host for {url}: {error}")))?
                .collect()
        }
        None => {
            let why = format!(
                "{url} is not on this machine, and calls stay here; call 127.0.0.1 or localhost, \
                 or allow others (`skyproof up --call-out`)"
            );
            return Err(failure(CallFailureKind::NotAllowed, why));
        }
    };
    let mut reason = io::Error::other("it has no address");
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => reason = error,
        }
    }
    Err(refused(format!("nobody answers at {url}: {reason}; start the endpoint first")))
}

impl Target {
    /// The addresses of a host that is this machine, without asking anybody; `None` for other hosts.
    fn loopback(&self) -> Option<Vec<SocketAddr>> {
        let at = |address: IpAddr| SocketAddr::new(address, self.port);
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.to_canonical().is_loopback().then(|| vec![at(address)]),
            Err(_) => {
                let name = self.host.to_ascii_lowercase();
                let is_local = name == "localhost" || name.ends_with(".localhost");
                is_local
                    .then(|| vec![at(Ipv4Addr::LOCALHOST.into()), at(Ipv6Addr::LOCALHOST.into())])
            }
        }
    }
}

fn failure(kind: CallFailureKind, why: String) -> CallFailure {
    CallFailure { kind, why }
}

/// An error with its cause, which hyper leaves out.
fn told(error: &hyper::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    fn call(url: String) -> HttpCall {
        HttpCall {
            url,
            method: "POST".to_owned(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: Bytes::from_static(b"{}"),
        }
    }

    /// Takes one connection, reads a request with a body of two bytes, says this, and closes.
    async fn serve(listener: TcpListener, answer: &[u8]) -> String {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n{}") {
            assert_ne!(stream.read_buf(&mut request).await.expect("a request"), 0);
        }
        stream.write_all(answer).await.expect("to answer");
        String::from_utf8(request).expect("text")
    }

    #[tokio::test]
    async fn a_call_brings_what_the_endpoint_says() {
        let whole: &[u8] = b"HTTP/1.1 201 Created\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nok";
        let until_the_end: &[u8] = b"HTTP/1.1 200 OK\r\n\r\nrest";
        for (host, answer, outcome) in [
            ("127.0.0.1", whole, Ok((201, "ok"))),
            ("localhost", until_the_end, Ok((200, "rest"))),
            ("api.localhost", b"HTTP/1.1 204 No Content\r\n\r\n", Ok((204, ""))),
            ("127.0.0.1", b"220 mail.example ESMTP\r\n", Err(CallFailureKind::NotHttp)),
            ("127.0.0.1", b"", Err(CallFailureKind::NotHttp)),
            (
                "127.0.0.1",
                b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
                Err(CallFailureKind::NotHttp),
            ),
            (
                "127.0.0.1",
                b"HTTP/1.1 200 OK\r\n\r\nmore than the limit",
                Err(CallFailureKind::TooLarge),
            ),
        ] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            let config = Config { max_answer_bytes: 10, ..Config::default() };
            let made = make(&config, call(format!("http://{host}:{port}/a?b=1")));
            let (made, request) = futures::join!(made, serve(listener, answer));
            let begins = format!("POST /a?b=1 HTTP/1.1\r\nhost: {host}:{port}\r\n");
            assert!(request.starts_with(&begins), "{request}");
            assert!(request.contains("content-type: application/json\r\n"), "{request}");
            let found = made.as_ref().map(|response| {
                (response.status, std::str::from_utf8(&response.body).expect("text"))
            });
            assert_eq!(found.map_err(|failure| failure.kind), outcome, "{made:?}");
        }
    }

    #[tokio::test]
    async fn a_call_that_cannot_be_made_says_why() {
        use CallFailureKind::{BadUrl, NotAllowed, Refused};
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        for (url, kind, why) in [
            ("not a url", BadUrl, "`not a url` is no URL"),
            ("/path", BadUrl, "expected http://host:port/path"),
            ("ftp://localhost/", BadUrl, "expected http://host:port/path"),
            ("https://localhost/", BadUrl, "give an http:// address"),
            ("http://192.0.2.1/", NotAllowed, "--call-out"),
            ("http://hooks.example/", NotAllowed, "--call-out"),
            ("http://[2001:db8::1]:80/", NotAllowed, "--call-out"),
            (&format!("http://127.0.0.1:{port}/"), Refused, "start the endpoint first"),
        ] {
            let outcome = make(&Config::default(), call(url.to_owned())).await;
            let failure = outcome.expect_err("nobody is there");
            assert_eq!(failure.kind, kind, "{url}: {failure}");
            assert!(failure.why.contains(why), "{url}: {failure}");
        }
        let mut odd = call("http://127.0.0.1/".to_owned());
        odd.headers.push(("no name".to_owned(), String::new()));
        let failure = make(&Config::default(), odd).await.expect_err("a bad header");
        assert_eq!(
            failure.why,
            "the header `no name` of a call to http://127.0.0.1/ cannot be sent"
        );
    }

    #[tokio::test]
    async fn a_silent_endpoint_has_so_much_time() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let config = Config { call_timeout: Duration::from_millis(50), ..Config::default() };
        let url = format!("http://127.0.0.1:{port}/");
        let failure = make(&config, call(url.clone())).await.expect_err("nobody answers");
        assert_eq!(failure.kind, CallFailureKind::Timeout);
        assert_eq!(failure.why, format!("{url} did not answer within 0.05 s"));
    }
}
