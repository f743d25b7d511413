//! Keeps web pages out: a browser on this machine must not be talked into driving the mock.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, StatusCode,
        header::{HOST, HeaderName, ORIGIN},
    },
    middleware::Next,
    response::Response,
};

use super::{Shared, problem::Problem};

/// Refuses requests that a page of another site sent.
pub(super) async fn guard(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    judge(request.headers(), shared.config.allows_remote)?;
    Ok(next.run(request).await)
}

fn judge(headers: &HeaderMap, allows_remote: bool) -> Result<(), Problem> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(HOST).unwrap_or_default();
    if !allows_remote && !is_local(host) {
        return Err(Problem::new(StatusCode::FORBIDDEN, format!("`{host}` is not this machine"))
            .expected("a Host header that names localhost or a loopback address"));
    }
    match text(ORIGIN) {
        Some(origin) if origin.split_once("://").is_none_or(|(_, origin)| origin != host) => {
            Err(Problem::new(StatusCode::FORBIDDEN, format!("pages of `{origin}` may not do this"))
                .expected("a request from a program, or from a page of the mock itself"))
        }
        _ => Ok(()),
    }
}

/// A name that no resolver can point elsewhere.
fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_pages_stay_out() {
        for (host, origin, allows_remote, passes) in [
            ("127.0.0.1:8900", None, false, true),
            ("localhost:8900", None, false, true),
            ("LOCALHOST", None, false, true),
            ("[::1]:8900", None, false, true),
            ("127.7.0.9", None, false, true),
            ("", None, false, false),
            ("rebound.example:8900", None, false, false),
            ("192.168.1.7:8900", None, false, false),
            ("192.168.1.7:8900", None, true, true),
            ("127.0.0.1:8900", Some("http://127.0.0.1:8900"), false, true),
            ("127.0.0.1:8900", Some("http://evil.example"), false, false),
            ("127.0.0.1:8900", Some("null"), false, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(judge(&headers, allows_remote).is_ok(), passes, "{host} {origin:?}");
        }
    }
}
