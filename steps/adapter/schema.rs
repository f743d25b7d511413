//! The JSON Schemas of the protocol, for adapters in any language and for `--strict`.

use jsonschema::Validator;
use serde_json::Value;

/// One for each kind of line, with its file name.
pub const SCHEMAS: [(&str, &str); 3] = [
    ("request.schema.json", include_str!("schema/request.schema.json")),
    ("answer.schema.json", include_str!("schema/answer.schema.json")),
    ("event.schema.json", include_str!("schema/event.schema.json")),
];

/// The schemas, ready to be used.
#[derive(Debug)]
pub struct Schemas {
    request: Validator,
    answer: Validator,
    event: Validator,
}

impl Schemas {
    /// # Panics
    /// Never: a test compiles each.
    pub fn new() -> Self {
        let [request, answer, event] = SCHEMAS.map(|(name, text)| {
            let schema: Value = serde_json::from_str(text).expect(name);
            jsonschema::draft202012::new(&schema).expect(name)
        });
        Self { request, answer, event }
    }

    /// Checks a request of the harness.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn check_request(&self, request: &Value) -> Result<(), String> {
        check(&self.request, "request.schema.json", request)
    }

    /// Checks a line of an adapter.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn check_line(&self, line: &str) -> Result<(), String> {
        let value: Value = serde_json::from_str(line).map_err(|_| "it is not JSON".to_owned())?;
        match value.get("event") {
            Some(_) => check(&self.event, "event.schema.json", &value),
            None => check(&self.answer, "answer.schema.json", &value),
        }
    }
}

impl Default for Schemas {
    fn default() -> Self {
        Self::new()
    }
}

fn check(validator: &Validator, name: &str, value: &Value) -> Result<(), String> {
    validator.validate(value).map_err(|error| {
        let at = error.instance_path().to_string();
        let at = if at.is_empty() { String::new() } else { format!(" at {at}") };
        format!("{name} does not allow it{at}: {error}")
    })
}
