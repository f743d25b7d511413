//! What a request says beside its body: in its query, and in its headers where the query says nothing.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;

use super::{BAD_REQUEST, Refused};
use crate::http::HttpRequest;

/// The parameters of a request.
pub(super) struct Parameters<'a> {
    request: &'a HttpRequest,
    /// Decoded, in their order.
    query: Vec<(&'a str, String)>,
}

impl<'a> Parameters<'a> {
    /// Reads the query.
    pub(super) fn of(request: &'a HttpRequest) -> Result<Self, Refused> {
        let mut query = Vec::new();
        for pair in request.query().unwrap_or_default().split('&').filter(|it| !it.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            query.push((name, decoded(name, value)?));
        }
        Ok(Self { request, query })
    }

    /// A parameter of the query.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query that has to be there and say something.
    pub(super) fn required(&self, name: &str, example: &str) -> Result<&str, Refused> {
        self.query(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            Refused::new(BAD_REQUEST, format!("the query has no `{name}`: add {name}={example}"))
        })
    }

    /// A header, as it is.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.request.header(name)
    }

    /// A header that is percent-encoded.
    pub(super) fn encoded(&self, name: &str) -> Result<Option<String>, Refused> {
        self.header(name).map(|value| decoded(name, value)).transpose()
    }

    /// A header in base64.
    pub(super) fn base64(&self, name: &str) -> Result<Option<Vec<u8>>, Refused> {
        let Some(value) = self.header(name) else { return Ok(None) };
        let bytes = STANDARD.decode(value).map_err(|_| {
            Refused::new(BAD_REQUEST, format!("`{name}` is `{value}`, expected base64"))
        })?;
        Ok(Some(bytes))
    }
}

/// A whole number from `least` to `most`, if there is a value.
pub(super) fn number(
    name: &str,
    value: Option<&str>,
    least: u32,
    most: u32,
) -> Result<Option<u32>, Refused> {
    let Some(value) = value else { return Ok(None) };
    let number = value.parse().ok().filter(|number| (least..=most).contains(number));
    number.map(Some).ok_or_else(|| {
        let why = format!("`{name}` is `{value}`, expected a number from {least} to {most}");
        Refused::new(BAD_REQUEST, why)
    })
}

fn decoded(name: &str, value: &str) -> Result<String, Refused> {
    let text = percent_decode_str(value).decode_utf8().map_err(|_| {
        let why = format!("`{name}` is `{value}`, expected percent-encoded UTF-8");
        Refused::new(BAD_REQUEST, why)
    })?;
    Ok(text.into_owned())
}
