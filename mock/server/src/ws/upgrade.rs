//! The HTTP request that turns a connection into a WebSocket.

use std::{
    convert::Infallible,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use cloud::{ANY_PATH, Door, Transport};
use http_body_util::Full;
use hyper::{
    HeaderMap, Request, Response, StatusCode,
    body::Incoming,
    header::{
        CONNECTION, HeaderName, HeaderValue, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
        SEC_WEBSOCKET_VERSION,
    },
    server::conn::http1,
    service::service_fn,
    upgrade::OnUpgrade,
};
use hyper_util::rt::TokioIo;
use tungstenite::{Error, error::ProtocolError, handshake::server::create_response_with_body};

use crate::{
    connection::{Opened, Refusal},
    desk::Desk,
    stream::Stream,
};

/// Answers one HTTP request; a good one, for one of these paths, leaves a WebSocket. What asks for none
/// is handed to the desk, where there is one.
pub(crate) async fn upgrade(
    opened: Opened,
    paths: &'static [&'static str],
    desk: Option<&Desk<'_>>,
) -> Result<Opened, Refusal> {
    let sni = opened.sni;
    let refused_at = |door, why| Refusal::Refused { door, sni: sni.clone(), why };
    let refused = |why| refused_at(Door::WebSocket, why);
    let answered = Mutex::new(None);
    let service = service_fn(|request: Request<Incoming>| {
        let for_desk = desk.filter(|desk| desk.takes(&request));
        let (asked, verdict) = match for_desk {
            Some(desk) => (Asked::AtDesk(desk, request), Verdict::Answered),
            None => {
                let (response, verdict) = answer(request, paths);
                (Asked::Here(response), verdict)
            }
        };
        *answered.lock().unwrap_or_else(PoisonError::into_inner) = Some(verdict);
        async move {
            Ok::<_, Infallible>(match asked {
                Asked::AtDesk(desk, request) => desk.answer(request).await,
                Asked::Here(response) => response.map(|text| Full::new(Bytes::from(text))),
            })
        }
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
        (Some(Verdict::Accepted(transport, upgrade)), _) => (transport, upgrade),
        (Some(Verdict::Refused(door, why)), _) => return Err(refused_at(door, why)),
        (Some(Verdict::Answered), _) => return Err(Refusal::Answered),
        (None, Err(error)) => return Err(refused(format!("no HTTP request came: {error}"))),
        (None, Ok(())) => return Err(Refusal::Silent),
    };
    let broken = |_| refused("the connection broke during the upgrade".to_owned());
    let upgraded = upgraded.await.map_err(broken)?;
    let parts = upgraded
        .downcast::<TokioIo<Stream>>()
        .map_err(|_| refused("the connection was lost during the upgrade".to_owned()))?;
    let early = BytesMut::from(&parts.read_buf[..]);
    let stream = parts.io.into_inner();
    Ok(Opened { stream, sni, transport: asked, early })
}

/// The one subprotocol that is spoken, letter case aside.
const SUBPROTOCOL: &str = "mqtt";

/// The largest HTTP head.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Who answers a request.
enum Asked<'a> {
    Here(Response<String>),
    AtDesk(&'a Desk<'a>, Request<Incoming>),
}

/// What a request comes to.
enum Verdict {
    Accepted(Transport, OnUpgrade),
    Refused(Door, String),
    /// It is none for a WebSocket.
    Answered,
}

fn answer(mut request: Request<Incoming>, paths: &[&str]) -> (Response<String>, Verdict) {
    match judge(&request, paths) {
        Ok((subprotocol, response)) => {
            let path = request.uri().to_string();
            let transport = Transport::WebSocket { path, subprotocol };
            let upgrade = hyper::upgrade::on(&mut request);
            (response, Verdict::Accepted(transport, upgrade))
        }
        Err(Rejected { status, door, why }) => {
            let mut response = Response::new(format!("{why}\n"));
            *response.status_mut() = status;
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            if status == StatusCode::UPGRADE_REQUIRED {
                let version = HeaderValue::from_static("13");
                response.headers_mut().insert(SEC_WEBSOCKET_VERSION, version);
            }
            let line = format!("{} {}: {}", request.method(), request.uri(), status.as_u16());
            (response, Verdict::Refused(door, format!("{line}, {why}")))
        }
    }
}

/// Why a request does not become a WebSocket, for the client and for the trace.
struct Rejected {
    status: StatusCode,
    door: Door,
    why: String,
}

/// Judges the request: path first, then the upgrade, then the subprotocol. Gives the latter, in the
/// client's spelling, and what accepts the request.
fn judge<B>(request: &Request<B>, paths: &[&str]) -> Result<(String, Response<String>), Rejected> {
    let rejected = |status, door, why: &str| Err(Rejected { status, door, why: why.to_owned() });
    let headers = request.headers();
    let path = request.uri().path();
    if !paths.iter().any(|served| *served == path || *served == ANY_PATH) {
        let why = match paths.first() {
            Some(path) => format!("there is nothing here; MQTT is at {path}"),
            None => "there is nothing here; this host speaks no MQTT over WebSocket".to_owned(),
        };
        return rejected(StatusCode::NOT_FOUND, Door::Path, &why);
    }
    let mut response = match create_response_with_body(request, String::new) {
        Ok(response) => response,
        Err(error) => {
            let status = match &error {
                Error::Protocol(ProtocolError::MissingSecWebSocketVersionHeader) => {
                    StatusCode::UPGRADE_REQUIRED
                }
                _ => StatusCode::BAD_REQUEST,
            };
            return rejected(status, Door::WebSocket, &error.to_string());
        }
    };
    let key = headers.get(SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes).unwrap_or_default();
    if STANDARD.decode(key).map_or(0, |key| key.len()) != 16 {
        let why = "Sec-WebSocket-Key is not 16 bytes in base64";
        return rejected(StatusCode::BAD_REQUEST, Door::WebSocket, why);
    }
    let mut offered = entries(headers, &SEC_WEBSOCKET_PROTOCOL);
    let Some(subprotocol) = offered.find(|offered| offered.eq_ignore_ascii_case(SUBPROTOCOL))
    else {
        let why = "Sec-WebSocket-Protocol does not offer mqtt";
        return rejected(StatusCode::BAD_REQUEST, Door::Subprotocol, why);
    };
    // It came in a header, and is mqtt.
    if let Ok(echoed) = HeaderValue::from_str(subprotocol) {
        response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, echoed);
    }
    Ok((subprotocol.to_owned(), response))
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
