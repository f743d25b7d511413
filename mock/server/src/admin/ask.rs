//! What requests bring: query parameters and JSON bodies, with errors that say what was expected.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::problem::Problem;

/// Requests of more bytes are refused.
pub(super) const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The parameters after `?`.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => Err(Problem::bad_request(rejection.body_text())),
        }
    }
}

/// A JSON object as the body; an empty body is an empty object.
pub(super) struct Told(pub(super) Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Told {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let problem = Problem::new(rejection.status(), rejection.body_text());
            match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => {
                    problem.expected(format!("a body of at most {BODY_BYTES_MAX} bytes"))
                }
                _ => problem,
            }
        })?;
        if bytes.is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(other) => Err(Problem::bad_request("the body is no JSON object")
                .expected(format!("an object, found {}", kind_of(&other)))),
            Err(error) => Err(Problem::bad_request(format!("the body is no JSON: {error}"))
                .expected("a JSON object")),
        }
    }
}

impl Told {
    /// Takes a text out of the body.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(Problem::bad_request(format!("`{name}` is unusable"))
                .expected(format!("a text, found {}", kind_of(&other)))),
        }
    }

    /// Reads all that is left of the body; `expected` shows what it may hold.
    pub(super) fn rest<T: DeserializeOwned>(self, expected: &str) -> Result<T, Problem> {
        serde_json::from_value(Value::Object(self.0)).map_err(|error| {
            Problem::bad_request(format!("the body is unusable: {error}")).expected(expected)
        })
    }
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
