//! The HTTP request that turns a TLS connection into a WebSocket.

use std::{
    convert::Infallible,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::BytesMut;
use cloud::{Door, Transport};
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode, Version,
    body::Incoming,
    header::{
        CONNECTION, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
        SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
    },
    server::conn::http1,
    service::service_fn,
    upgrade::OnUpgrade,
};
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};

use crate::{
    connection::{Opened, Refusal},
    tls::TlsStream,
};

/// Answers one HTTP request; a good one leaves a WebSocket.
pub(crate) async fn upgrade(opened: Opened) -> Result<Opened, Refusal> {
    let sni = opened.sni;
    let refused = |why| Refusal::Refused { door: Door::WebSocket, sni: sni.clone(), why };
    let answered = Mutex::new(None);
    let service = service_fn(|request: Request<Incoming>| {
        let (response, verdict) = answer(request);
        *answered.lock().unwrap_or_else(PoisonError::into_inner) = Some(verdict);
        async { Ok::<_, Infallible>(response) }
    });
    let served = http1::Builder::new()
        .auto_date_header(false)
        .header_read_timeout(None)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(opened.stream), service)
        .with_upgrades()
        .await;
    let verdict = answered.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (asked, upgraded) = match (verdict, served) {
        (Some(Ok(accepted)), _) => accepted,
        (Some(Err(why)), _) => return Err(refused(why)),
        (None, Err(error)) => return Err(refused(format!("no HTTP request came: {error}"))),
        (None, Ok(())) => return Err(Refusal::Silent),
    };
    let broken = |_| refused("the connection broke during the upgrade".to_owned());
    let upgraded = upgraded.await.map_err(broken)?;
    let parts = upgraded
        .downcast::<TokioIo<Box<TlsStream>>>()
        .map_err(|_| refused("the connection was lost during the upgrade".to_owned()))?;
    let early = BytesMut::from(&parts.read_buf[..]);
    let stream = parts.io.into_inner();
    Ok(Opened { stream, sni, transport: asked, early })
}

/// The path of the hubs, and of DPS.
const PATHS: [&str; 2] = ["/$iothub/websocket", "/"];

/// The one subprotocol that is spoken, letter case aside.
const SUBPROTOCOL: &str = "mqtt";

/// The largest HTTP head.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// RFC 6455 section 1.3.
const ACCEPT_GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

type Verdict = Result<(Transport, OnUpgrade), String>;

fn answer(mut request: Request<Incoming>) -> (Response<String>, Verdict) {
    match judge(&request) {
        Ok(accepted) => {
            let transport = Transport::WebSocket {
                path: request.uri().to_string(),
                subprotocol: accepted.subprotocol.clone(),
            };
            let upgrade = hyper::upgrade::on(&mut request);
            (accepted.response(), Ok((transport, upgrade)))
        }
        Err((status, why)) => {
            let mut response = Response::new(format!("{why}\n"));
            *response.status_mut() = status;
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            if status == StatusCode::UPGRADE_REQUIRED {
                let version = HeaderValue::from_static("13");
                response.headers_mut().insert(SEC_WEBSOCKET_VERSION, version);
            }
            let line = format!("{} {}: {}", request.method(), request.uri(), status.as_u16());
            (response, Err(format!("{line}, {why}")))
        }
    }
}

struct Accepted {
    key: String,
    /// In the client's spelling.
    subprotocol: String,
}

impl Accepted {
    fn response(&self) -> Response<String> {
        let hash = Sha1::digest(format!("{}{ACCEPT_GUID}", self.key));
        let mut response = Response::new(String::new());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let mut put = |name: HeaderName, value: &str| {
            // All three are made of visible ASCII.
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        };
        put(CONNECTION, "Upgrade");
        put(UPGRADE, "websocket");
        put(SEC_WEBSOCKET_ACCEPT, &STANDARD.encode(hash));
        put(SEC_WEBSOCKET_PROTOCOL, &self.subprotocol);
        response
    }
}

/// Judges the request: path first, then the upgrade, then the subprotocol.
fn judge<B>(request: &Request<B>) -> Result<Accepted, (StatusCode, String)> {
    let bad = |why: &str| Err((StatusCode::BAD_REQUEST, why.to_owned()));
    let headers = request.headers();
    if !PATHS.contains(&request.uri().path()) {
        let why = format!("there is nothing here; MQTT is at {}", PATHS[0]);
        return Err((StatusCode::NOT_FOUND, why));
    }
    if request.method() != Method::GET || request.version() != Version::HTTP_11 {
        return bad("a WebSocket begins with GET and HTTP/1.1");
    }
    if !lists(headers, &UPGRADE, "websocket") || !lists(headers, &CONNECTION, "upgrade") {
        return bad("the request asks for no upgrade to websocket");
    }
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err((StatusCode::UPGRADE_REQUIRED, "Sec-WebSocket-Version is not 13".to_owned()));
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).and_then(|key| key.to_str().ok()).unwrap_or_default();
    if STANDARD.decode(key).map_or(0, |key| key.len()) != 16 {
        return bad("Sec-WebSocket-Key is not 16 bytes in base64");
    }
    let offered = entries(headers, &SEC_WEBSOCKET_PROTOCOL)
        .find(|offered| offered.eq_ignore_ascii_case(SUBPROTOCOL));
    match offered {
        Some(offered) => Ok(Accepted { key: key.to_owned(), subprotocol: offered.to_owned() }),
        None => bad("Sec-WebSocket-Protocol does not offer mqtt"),
    }
}

fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    entries(headers, name).any(|entry| entry.eq_ignore_ascii_case(wanted))
}

/// The entries of a header that is a list, over all its lines.
fn entries<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
}
