//! What DPS keeps of a registration, between the register publish and the device's next visit.

use serde_json::{Map, Value, json};

use crate::time::Time;

/// What came of a device's registrations. The newest operation is the one that polls ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Registration {
    /// As the device spelled it.
    pub registration_id: String,
    pub operation_id: String,
    /// Earlier operations that a device may still ask for, the oldest first.
    pub earlier_operations: Vec<String>,
    /// Polls since the newest operation began that were answered.
    pub polls: u32,
    pub created_at: Time,
    pub updated_at: Time,
    /// Base64 text.
    pub etag: String,
    /// The newest assignment that succeeded.
    pub assignment: Option<Assignment>,
    /// Why the newest operation failed, if it did.
    pub failure: Option<Failure>,
}

/// A device's place on a hub.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The hub's host name.
    pub hub: String,
    pub device_id: String,
    pub substatus: Substatus,
    /// The hub of the first assignment.
    pub initial_hub: String,
    pub attested_by: AttestedBy,
    /// What a custom allocation returned for the device.
    pub payload: Option<Value>,
    /// Of the identity on the hub.
    pub generation_id: String,
}

/// How the device proved itself, and in which group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestedBy {
    pub kind: AttestationKind,
    /// `None` for an individual enrollment.
    pub group: Option<String>,
}

/// The kinds of proof that results tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttestationKind {
    SymmetricKey,
    X509,
}

/// What an assignment did to the device's data (DPS-OPEN-023).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Substatus {
    InitialAssignment,
    DeviceDataMigrated,
    DeviceDataReset,
    ReprovisionedToInitialAssignment,
}

/// Why there is no assignment: shown in the result, not as an error topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub error_code: u32,
    pub error_message: String,
}

impl Substatus {
    /// As the service spells it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InitialAssignment => "initialAssignment",
            Self::DeviceDataMigrated => "deviceDataMigrated",
            Self::DeviceDataReset => "deviceDataReset",
            Self::ReprovisionedToInitialAssignment => "reprovisionedToInitialAssignment",
        }
    }
}

impl AttestedBy {
    /// `{}` or `{"enrollmentGroupId":…}`.
    fn to_json(&self) -> Value {
        match &self.group {
            Some(group) => json!({"enrollmentGroupId": group}),
            None => json!({}),
        }
    }
}

impl Registration {
    /// How many operations are remembered beside the newest.
    const EARLIER_MAX: usize = 8;

    /// Whether this is an operation of the device, the newest or an earlier one: those share its end.
    pub fn has_operation(&self, id: &str) -> bool {
        self.operation_id == id || self.earlier_operations.iter().any(|earlier| earlier == id)
    }

    /// The operations that the next one will find before it.
    pub(super) fn into_earlier_operations(mut self) -> Vec<String> {
        self.earlier_operations.push(self.operation_id);
        let surplus = self.earlier_operations.len().saturating_sub(Self::EARLIER_MAX);
        self.earlier_operations.split_off(surplus)
    }

    /// `assigned` or `failed`.
    pub const fn status(&self) -> &'static str {
        if self.failure.is_none() { "assigned" } else { "failed" }
    }

    /// The `registrationState` of the result, member for member as DPS orders them.
    pub fn state(&self, with_extra_members: bool) -> Value {
        let mut state = Map::new();
        let mut put = |name: &str, value: Value| state.insert(name.to_owned(), value);
        let assignment = self.assignment.as_ref().filter(|_| self.failure.is_none());
        if let Some(Assignment { attested_by, .. }) = assignment {
            match attested_by.kind {
                AttestationKind::X509 => {
                    put("x509", attested_by.to_json());
                }
                AttestationKind::SymmetricKey if with_extra_members => {
                    put("symmetricKey", attested_by.to_json());
                }
                AttestationKind::SymmetricKey => {}
            }
        }
        put("registrationId", json!(self.registration_id));
        put("createdDateTimeUtc", json!(self.created_at.round_trip()));
        if let Some(assignment) = assignment {
            put("assignedHub", json!(assignment.hub));
            put("deviceId", json!(assignment.device_id));
        }
        put("status", json!(self.status()));
        if let Some(assignment) = assignment {
            put("substatus", json!(assignment.substatus.word()));
            if with_extra_members {
                put("generationId", json!(assignment.generation_id));
            }
        }
        if let Some(failure) = &self.failure {
            put("errorCode", json!(failure.error_code));
            put("errorMessage", json!(failure.error_message));
        }
        put("lastUpdatedDateTimeUtc", json!(self.updated_at.round_trip()));
        put("etag", json!(self.etag));
        if let Some(payload) = assignment.and_then(|assignment| assignment.payload.clone()) {
            put("payload", payload);
        }
        Value::Object(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration(kind: AttestationKind, group: Option<&str>) -> Registration {
        let assignment = Assignment {
            hub: "h.azure-devices.net".to_owned(),
            device_id: "d1".to_owned(),
            substatus: Substatus::InitialAssignment,
            initial_hub: "h.azure-devices.net".to_owned(),
            attested_by: AttestedBy { kind, group: group.map(str::to_owned) },
            payload: None,
            generation_id: "638000000000000000".to_owned(),
        };
        Registration {
            registration_id: "r1".to_owned(),
            operation_id: "5.a.b".to_owned(),
            earlier_operations: Vec::new(),
            polls: 0,
            created_at: Time::from_s(0),
            updated_at: Time::from_s(1),
            etag: "IjEi".to_owned(),
            assignment: Some(assignment),
            failure: None,
        }
    }

    #[test]
    fn the_members_of_a_state_and_their_order() {
        let mut failed = registration(AttestationKind::X509, None);
        let error_message = "Custom allocation failed with status code: 400".to_owned();
        failed.failure = Some(Failure { error_code: 400_207, error_message });
        let mut answered = registration(AttestationKind::SymmetricKey, None);
        answered.assignment.as_mut().expect("it was assigned").payload = Some(json!({"a": 1}));

        let created = r#""createdDateTimeUtc":"1970-01-01T00:00:00.0000000Z""#;
        let updated = r#""lastUpdatedDateTimeUtc":"1970-01-01T00:00:01.0000000Z","etag":"IjEi""#;
        let place = r#""assignedHub":"h.azure-devices.net","deviceId":"d1""#;
        let assigned = format!(
            r#""registrationId":"r1",{created},{place},"status":"assigned","substatus":"initialAssignment","#
        );
        for (registration, extra, expected) in [
            (
                registration(AttestationKind::SymmetricKey, Some("g")),
                false,
                format!("{{{assigned}{updated}}}"),
            ),
            (
                registration(AttestationKind::SymmetricKey, Some("g")),
                true,
                format!(
                    r#"{{"symmetricKey":{{"enrollmentGroupId":"g"}},{assigned}"generationId":"638000000000000000",{updated}}}"#
                ),
            ),
            (
                registration(AttestationKind::X509, None),
                false,
                format!(r#"{{"x509":{{}},{assigned}{updated}}}"#),
            ),
            (
                registration(AttestationKind::X509, Some("g")),
                false,
                format!(r#"{{"x509":{{"enrollmentGroupId":"g"}},{assigned}{updated}}}"#),
            ),
            (answered, false, format!(r#"{{{assigned}{updated},"payload":{{"a":1}}}}"#)),
            (
                failed,
                false,
                format!(
                    r#"{{"registrationId":"r1",{created},"status":"failed","errorCode":400207,"errorMessage":"Custom allocation failed with status code: 400",{updated}}}"#
                ),
            ),
        ] {
            assert_eq!(registration.state(extra).to_string(), expected);
        }
    }
}
