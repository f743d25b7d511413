//! How one JSON object changes another: members replace or add, null removes, the rest stays.

use serde_json::Value;

use super::Members;

/// What `patch` makes of `old`. Arrays and plain values are replaced whole.
pub fn merged(old: &Members, patch: &Members) -> Members {
    let mut new = old.clone();
    merge(&mut new, patch);
    new
}

/// Whether `patch` changes anything when presence counts and values do not: setting a member to the
/// value that it has is a change, removing one that is not there is none.
pub fn touches(old: &Members, patch: &Members) -> bool {
    patch.iter().any(|(name, value)| match (value, old.get(name)) {
        (Value::Null, present) => present.is_some(),
        (Value::Object(inner), Some(Value::Object(before))) => {
            inner.is_empty() || touches(before, inner)
        }
        _ => true,
    })
}

/// The patch that makes `new` of `old`: every new member, and null for each that went.
pub fn replacement(old: &Members, new: &Members) -> Members {
    let mut patch = Members::new();
    for (name, value) in new {
        let value = match (value, old.get(name)) {
            (Value::Object(inner), Some(Value::Object(before))) => {
                Value::Object(replacement(before, inner))
            }
            _ => value.clone(),
        };
        patch.insert(name.clone(), value);
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        patch.insert(name.clone(), Value::Null);
    }
    patch
}

/// Without the members that are null, at any depth of objects.
pub fn without_nulls(members: &Members) -> Members {
    members
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let value = match value {
                Value::Object(inner) => Value::Object(without_nulls(inner)),
                _ => value.clone(),
            };
            (name.clone(), value)
        })
        .collect()
}

fn merge(target: &mut Members, patch: &Members) {
    for (name, value) in patch {
        match (value, target.get_mut(name)) {
            (Value::Null, _) => {
                target.shift_remove(name);
            }
            (Value::Object(inner), Some(Value::Object(before))) => merge(before, inner),
            (Value::Object(inner), _) => {
                target.insert(name.clone(), Value::Object(without_nulls(inner)));
            }
            _ => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(value: &Value) -> Members {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_patch_sets_adds_and_removes() {
        for (old, patch, new) in [
            (json!({}), json!({}), json!({})),
            (json!({"a": 1}), json!({}), json!({"a": 1})),
            (json!({"a": 1}), json!({"b": 2}), json!({"a": 1, "b": 2})),
            (json!({"a": 1, "b": 2}), json!({"a": 3}), json!({"a": 3, "b": 2})),
            (json!({"a": 1, "b": 2}), json!({"a": null}), json!({"b": 2})),
            (json!({"a": 1}), json!({"z": null}), json!({"a": 1})),
            (json!({"a": {"b": 1, "c": 2}}), json!({"a": {"b": null}}), json!({"a": {"c": 2}})),
            (json!({"a": {"b": 1}}), json!({"a": {"b": null}}), json!({"a": {}})),
            (json!({"a": {"b": 1}}), json!({"a": {}}), json!({"a": {"b": 1}})),
            (json!({"a": {"b": 1}}), json!({"a": 1}), json!({"a": 1})),
            (json!({"a": 1}), json!({"a": {"b": 1}}), json!({"a": {"b": 1}})),
            (json!({}), json!({"a": {"b": null}}), json!({"a": {}})),
            (json!({}), json!({"a": {"b": {"c": null}}}), json!({"a": {"b": {}}})),
            (json!({"a": [1, 2]}), json!({"a": [3]}), json!({"a": [3]})),
            (json!({}), json!({"a": [{"b": null}]}), json!({"a": [{"b": null}]})),
        ] {
            let seen = merged(&members(&old), &members(&patch));
            assert_eq!(Value::Object(seen), new, "{old} patched by {patch}");
        }
    }

    #[test]
    fn members_keep_their_order() {
        let old = members(&json!({"a": 1, "b": 2, "c": 3}));
        let new = merged(&old, &members(&json!({"a": null, "d": 4, "b": 5})));
        assert_eq!(new.keys().collect::<Vec<_>>(), ["b", "c", "d"]);
    }

    #[test]
    fn presence_counts_and_values_do_not() {
        for (old, patch, expected) in [
            (json!({"a": 1}), json!({}), false),
            (json!({"a": 1}), json!({"a": 1}), true),
            (json!({"a": 1}), json!({"a": null}), true),
            (json!({"a": 1}), json!({"z": null}), false),
            (json!({"a": 1}), json!({"z": null, "a": 1}), true),
            (json!({"a": {"b": 1}}), json!({"a": {"z": null}}), false),
            (json!({"a": {"b": 1}}), json!({"a": {}}), true),
            (json!({}), json!({"a": {"z": null}}), true),
        ] {
            let seen = touches(&members(&old), &members(&patch));
            assert_eq!(seen, expected, "{old} patched by {patch}");
        }
    }

    #[test]
    fn a_replacement_names_what_went() {
        for (old, new, patch) in [
            (json!({}), json!({}), json!({})),
            (json!({"a": 1}), json!({"a": 1}), json!({"a": 1})),
            (json!({"a": 1}), json!({"b": 2}), json!({"b": 2, "a": null})),
            (
                json!({"a": {"b": 1, "c": 2}}),
                json!({"a": {"b": 1}}),
                json!({"a": {"b": 1, "c": null}}),
            ),
            (json!({"a": {"b": 1}}), json!({"a": 1}), json!({"a": 1})),
        ] {
            let seen = replacement(&members(&old), &members(&new));
            assert_eq!(Value::Object(seen.clone()), patch, "{old} replaced by {new}");
            assert_eq!(Value::Object(merged(&members(&old), &seen)), new, "{seen:?} makes {new}");
        }
    }
}
