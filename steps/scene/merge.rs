//! Declarations that come to one another, as seeds have them.

use serde_json::Value;

/// Objects are merged, lists of named objects by their names; everything else is replaced, as is a list by
/// an empty one.
pub(super) fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(more))
            if !more.is_empty() && more.iter().all(|it| name(it).is_some()) =>
        {
            for item in more {
                match into.iter_mut().find(|it| name(it) == name(&item)) {
                    Some(same) if has_lists(same) => merge(same, item),
                    Some(same) => *same = item,
                    None => into.push(item),
                }
            }
        }
        (into, more) => *into = more,
    }
}

/// By what an object of a list is known.
fn name(object: &Value) -> Option<&str> {
    const NAMES: [&str; 4] = ["name", "ProductKey", "DeviceName", "TopicShortName"];
    NAMES.iter().find_map(|name| object[*name].as_str())
}

/// Whether there are more objects below an object.
fn has_lists(object: &Value) -> bool {
    object["ProductKey"].is_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_declared_comes_to_what_is_there() {
        for (into, more, expected) in [
            (json!({"a": 1}), json!({"b": 2}), json!({"a": 1, "b": 2})),
            (json!({"a": {"b": 1}}), json!({"a": {"c": 2}}), json!({"a": {"b": 1, "c": 2}})),
            (json!({"a": [1, 2]}), json!({"a": [3]}), json!({"a": [3]})),
            (json!({"a": [{"name": "x"}]}), json!({"a": []}), json!({"a": []})),
            (json!({}), json!({"a": [{"name": "x"}]}), json!({"a": [{"name": "x"}]})),
            (
                json!({"a": [{"name": "x", "b": 1}, {"name": "y"}]}),
                json!({"a": [{"name": "x", "b": 2}, {"name": "z"}]}),
                json!({"a": [{"name": "x", "b": 2}, {"name": "y"}, {"name": "z"}]}),
            ),
        ] {
            let mut merged = into.clone();
            merge(&mut merged, more);
            assert_eq!(merged, expected, "{into}");
        }
    }
}
