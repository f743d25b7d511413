//! Plain requests over HTTPS: one a connection, handed to the cloud, and answered when it says what.

use std::{error::Error, net::SocketAddr};

use bytes::Bytes;
use cloud::{HttpRequest, HttpResponse};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{
    HeaderMap, Request, Response, StatusCode,
    body::Body,
    header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING, UPGRADE},
};

use crate::{clock::within, engine::Engine, line::Line};

/// Where a request over HTTPS goes, on a connection to a host that takes some.
pub(crate) struct Desk<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) line: &'a Line,
    pub(crate) peer: SocketAddr,
    pub(crate) sni: Option<String>,
}

impl Desk<'_> {
    /// Whether the request is for this desk: one that asks for no WebSocket.
    pub(crate) fn takes<B>(&self, request: &Request<B>) -> bool {
        let upgrades = request.headers().get_all(UPGRADE).into_iter();
        let protocols = upgrades.filter_map(|line| line.to_str().ok()).flat_map(|l| l.split(','));
        !protocols.map(str::trim).any(|protocol| protocol.eq_ignore_ascii_case("websocket"))
    }

    /// Reads the request to its end and waits for the cloud's answer, each within its limit.
    pub(crate) async fn answer<B>(&self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send,
    {
        let limit = self.engine.config.handshake_timeout;
        let response = match within(limit, self.read(request)).await {
            Ok(Ok(request)) => {
                // Nothing more is read, so what still comes must not hold time up.
                self.line.set_listening(false);
                self.engine.request(request).await
            }
            Ok(Err(refusal)) => refusal,
            Err(_) => {
                let limit_s = limit.as_secs_f64();
                let why = format!("the request was not finished within {limit_s} s\n");
                HttpResponse::text(REQUEST_TIMEOUT, &why)
            }
        };
        written(response)
    }

    async fn read<B>(&self, request: Request<B>) -> Result<HttpRequest, HttpResponse>
    where
        B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send,
    {
        let (head, body) = request.into_parts();
        let max_bytes = self.engine.config.max_packet_bytes;
        let body = match Limited::new(body, max_bytes).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                let why = format!("the body is longer than {max_bytes} bytes, the most of any\n");
                return Err(HttpResponse::text(CONTENT_TOO_LARGE, &why));
            }
            Err(error) => {
                let why = format!("the body did not come whole: {error}\n");
                return Err(HttpResponse::text(BAD_REQUEST, &why));
            }
        };
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        Ok(HttpRequest {
            address: self.peer.to_string(),
            sni: self.sni.clone(),
            method: head.method.to_string(),
            target: target.to_owned(),
            headers: listed(&head.headers),
            body,
        })
    }
}

const BAD_REQUEST: u16 = 400;
const REQUEST_TIMEOUT: u16 = 408;
const CONTENT_TOO_LARGE: u16 = 413;

/// Headers as values, in their order. Bytes that are no text are replaced.
pub(crate) fn listed(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}

/// Whether the carrier writes this header itself.
pub(crate) fn frames_the_message(name: &HeaderName) -> bool {
    [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(name)
}

/// What the cloud answered, as far as HTTP can say it, and the last of its connection.
fn written(answer: HttpResponse) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value))
            && !frames_the_message(&name)
        {
            response.headers_mut().append(name, value);
        }
    }
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_written_as_far_as_http_can_say_it() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let answer = HttpResponse {
            status: 202,
            headers: vec![
                header("x-a", "1"),
                header("x-a", "2"),
                header("content-length", "77"),
                header("no name", "x"),
                header("x-b", "no\nvalue"),
            ],
            body: Bytes::from_static(b"hi"),
        };
        let response = written(answer);
        assert_eq!(response.status(), 202);
        let headers = listed(response.headers());
        assert_eq!(
            headers,
            [header("x-a", "1"), header("x-a", "2"), header("connection", "close")]
        );
        let odd = HttpResponse { status: 7, ..HttpResponse::default() };
        assert_eq!(written(odd).status(), 500);
    }
}
