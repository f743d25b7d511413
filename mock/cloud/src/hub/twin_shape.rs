//! The outermost members of what the service side sends to change a twin.

use serde_json::Value;

use super::twin_service::How;

/// What a document has to look like.
pub(super) const EXPECTED: &str = r#"{"properties":{"desired":{…}},"tags":{…}}"#;

/// Members of a whole twin that say nothing when they come back.
const OF_A_TWIN: &[&str] = &[
    "authenticationType",
    "capabilities",
    "cloudToDeviceMessageCount",
    "configurations",
    "connectionState",
    "deviceEtag",
    "deviceId",
    "deviceScope",
    "etag",
    "lastActivityTime",
    "modelId",
    "moduleId",
    "parentScopes",
    "status",
    "statusReason",
    "statusUpdateTime",
    "version",
    "x509Thumbprint",
];

/// Sections of properties, which a hasty hand puts outside `properties`.
const SECTIONS: &[&str] = &["desired", "reported"];

/// Whether the members stand where a twin has them. A patch has to name something that it changes; a
/// replacement may leave out everything, and so removes it.
pub(super) fn is_right(document: &Value, how: How) -> bool {
    let Some(members) = document.as_object() else { return false };
    match how {
        How::Replace => !members.keys().any(|name| SECTIONS.contains(&name.as_str())),
        How::Merge => {
            let changes =
                members.contains_key("tags") || document.pointer("/properties/desired").is_some();
            let is_known = |name: &String| {
                ["properties", "tags"].contains(&name.as_str())
                    || OF_A_TWIN.contains(&name.as_str())
                    || name.starts_with('$')
            };
            changes && members.keys().all(is_known) && has_only_sections(members.get("properties"))
        }
    }
}

fn has_only_sections(properties: Option<&Value>) -> bool {
    match properties {
        None => true,
        Some(Value::Object(members)) => {
            members.keys().all(|name| SECTIONS.contains(&name.as_str()) || name.starts_with('$'))
        }
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_stand_where_a_twin_has_them() {
        for (document, patches, replaces) in [
            (json!({"tags": {}}), true, true),
            (json!({"tags": null}), true, true),
            (json!({"properties": {"desired": {}}}), true, true),
            (json!({"properties": {"desired": null}}), true, true),
            (json!({"properties": {"desired": {}, "reported": {}}}), true, true),
            (json!({"deviceId": "d", "version": 3, "$metadata": {}, "tags": {}}), true, true),
            (json!({}), false, true),
            (json!({"version": 3}), false, true),
            (json!({"desired": {"a": 1}}), false, false),
            (json!({"reported": {"a": 1}}), false, false),
            (json!({"tags": {}, "desired": {}}), false, false),
            (json!({"tags": {}, "tag": {}}), false, true),
            (json!({"properties": {}}), false, true),
            (json!({"properties": {"reported": {}}}), false, true),
            (json!({"tags": {}, "properties": {"desierd": {}}}), false, true),
            (json!({"tags": {}, "properties": 1}), false, true),
            (json!([]), false, false),
            (json!(null), false, false),
        ] {
            assert_eq!(is_right(&document, How::Merge), patches, "patch {document}");
            assert_eq!(is_right(&document, How::Replace), replaces, "replace {document}");
        }
    }
}
