//! What goes wrong with a request, as JSON: `{"error", "expected", "hint"}`.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cloud::order::ServiceError;
use serde_json::{Map, Value, json};

/// Why a request was not answered as it wished.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    members: Map<String, Value>,
}

impl Problem {
    /// One sentence about what went wrong, without a full stop.
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        let mut members = Map::new();
        members.insert("error".to_owned(), Value::String(error.into()));
        Self { status, members }
    }

    pub(super) fn bad_request(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// What would have been right.
    pub(super) fn expected(self, expected: impl Into<String>) -> Self {
        self.with("expected", Value::String(expected.into()))
    }

    /// What to do about it.
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        self.with("hint", Value::String(hint.into()))
    }

    /// One more member.
    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }
}

/// The service's own errors keep their number and name.
impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let status =
            StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::new(status, error.message)
            .with("errorCode", json!(error.error_code))
            .with("name", json!(error.name))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(Value::Object(self.members))).into_response()
    }
}
