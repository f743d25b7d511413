//! A device as a thing: what its product's model defines, what it has reported, and what it is wished to
//! become (ALI-OPEN-110 to -114).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::alink::{self, Code, PARAMETER_ERROR, TOO_MANY_PROPERTIES};
use crate::time::Time;

/// What the things of a product can do, in the names of the vendor's thing specification language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ThingModel {
    pub properties: Vec<Property>,
    pub events: Vec<Event>,
    pub services: Vec<Service>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Property {
    pub identifier: String,
    #[serde(default)]
    pub access_mode: AccessMode,
    pub data_type: DataType,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessMode {
    #[serde(rename = "r")]
    Read,
    #[default]
    #[serde(rename = "rw")]
    ReadWrite,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataType {
    #[serde(rename = "type")]
    pub kind: Kind,
    /// `{"min": "0", "max": "100"}` of a number, `{"length": "2048"}` of a text, the names of an enum's values.
    #[serde(default)]
    pub specs: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Int,
    Float,
    Double,
    Text,
    Date,
    Bool,
    Enum,
    Struct,
    Array,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    pub identifier: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Service {
    pub identifier: String,
    #[serde(default)]
    pub call_type: CallType,
}

/// Whether the caller of a service waits for the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallType {
    #[default]
    Async,
    Sync,
}

impl ThingModel {
    pub fn property(&self, identifier: &str) -> Option<&Property> {
        self.properties.iter().find(|it| it.identifier == identifier)
    }

    pub fn service(&self, identifier: &str) -> Option<&Service> {
        self.services.iter().find(|it| it.identifier == identifier)
    }
}

impl DataType {
    /// Whether a value is one of this type.
    pub fn takes(&self, value: &Value) -> bool {
        let bound = |name: &str| number_of(self.specs.get(name)?);
        let is_within = |number: f64| {
            bound("min").is_none_or(|min| number >= min)
                && bound("max").is_none_or(|max| number <= max)
        };
        match self.kind {
            Kind::Int => value.as_i64().is_some() && value.as_f64().is_some_and(is_within),
            Kind::Float | Kind::Double => value.as_f64().is_some_and(is_within),
            Kind::Text => value.as_str().is_some_and(|text| {
                bound("length").is_none_or(|most| {
                    u32::try_from(text.len()).is_ok_and(|bytes| f64::from(bytes) <= most)
                })
            }),
            // Milliseconds since 1970, as text.
            Kind::Date => value.as_str().is_some_and(|text| text.parse::<u64>().is_ok()),
            Kind::Bool => matches!(value.as_u64(), Some(0 | 1)),
            Kind::Enum => value.as_i64().is_some_and(|number| {
                self.specs.as_object().is_none_or(|names| names.contains_key(&number.to_string()))
            }),
            Kind::Struct => value.is_object(),
            Kind::Array => value.is_array(),
        }
    }
}

/// Bounds are numbers, or texts of them as the vendor's console writes them.
fn number_of(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// What is known of one thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Thing {
    pub(crate) properties: BTreeMap<String, Reported>,
    pub(crate) desired: BTreeMap<String, Desired>,
    /// Attributes that the device has given itself.
    pub(crate) tags: BTreeMap<String, String>,
    /// What each module of the device runs.
    pub(crate) firmware: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reported {
    pub(crate) value: Value,
    pub(crate) at: Time,
}

/// A wish, which a newer one replaces.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Desired {
    /// None once the device has deleted it.
    pub(crate) value: Option<Value>,
    /// Grows with each wish for this property.
    pub(crate) version: u64,
}

/// What a report is held against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    /// A product without one takes any property.
    pub(crate) model: Option<&'a ThingModel>,
    pub(crate) properties_max: usize,
    pub(crate) now: Time,
}

impl Thing {
    /// `thing/event/property/post`: keeps what the model knows, and says what that was. The rest is
    /// ignored, be it everything.
    ///
    /// # Errors
    /// When there are too many, or one does not fit its type; nothing is kept then.
    pub(crate) fn post(
        &mut self,
        params: &Value,
        terms: Terms<'_>,
    ) -> Result<Map<String, Value>, Code> {
        let params = params.as_object().ok_or(PARAMETER_ERROR)?;
        if params.len() > terms.properties_max {
            return Err(TOO_MANY_PROPERTIES);
        }
        let mut taken = Map::new();
        for (name, value) in params {
            let (value, at) = alink::timed(value, terms.now);
            if let Some(model) = terms.model {
                let Some(property) = model.property(name) else { continue };
                if !property.data_type.takes(&value) {
                    return Err(PARAMETER_ERROR);
                }
            }
            taken.insert(name.clone(), json!({"value": value, "time": at.ms()}));
        }
        for (name, item) in &taken {
            let (value, at) = alink::timed(item, terms.now);
            self.properties.insert(name.clone(), Reported { value, at });
        }
        Ok(taken)
    }

    /// `thing/property/desired/get`: the wishes for these properties, each with its version.
    ///
    /// # Errors
    /// When that is no list of names.
    pub(crate) fn desired(&self, params: &Value) -> Result<Value, Code> {
        let names = params.as_array().ok_or(PARAMETER_ERROR)?;
        let mut data = Map::new();
        for name in names {
            let name = name.as_str().ok_or(PARAMETER_ERROR)?;
            if let Some(Desired { value: Some(value), version }) = self.desired.get(name) {
                data.insert(name.to_owned(), json!({"value": value, "version": version}));
            }
        }
        Ok(data.into())
    }

    /// `thing/property/desired/delete`: forgets these wishes, or all where none is named. One that names
    /// a version goes only at that version.
    ///
    /// # Errors
    /// When that is no object.
    pub(crate) fn forget_desired(&mut self, params: &Value) -> Result<(), Code> {
        let params = params.as_object().ok_or(PARAMETER_ERROR)?;
        for (name, wish) in &mut self.desired {
            let wanted = params.get(name);
            let version = wanted.and_then(|it| it.get("version")).and_then(Value::as_u64);
            let is_meant = params.is_empty() || wanted.is_some();
            if is_meant && version.is_none_or(|version| version == wish.version) {
                wish.value = None;
            }
        }
        Ok(())
    }

    /// Wishes for a property. The answer is the wish's version.
    ///
    /// # Errors
    /// With the version that the property has, when another one is named.
    pub(crate) fn desire(
        &mut self,
        name: &str,
        value: Value,
        version: Option<u64>,
    ) -> Result<u64, u64> {
        let newest = self.desired.get(name).map_or(0, |wish| wish.version);
        if version.is_some_and(|version| version != newest) {
            return Err(newest);
        }
        let wish = Desired { value: Some(value), version: newest + 1 };
        self.desired.insert(name.to_owned(), wish);
        Ok(newest + 1)
    }

    /// `thing/deviceinfo/update`: `[{"attrKey", "attrValue"}]`
    ///
    /// # Errors
    /// When that is no such list; nothing is kept then.
    pub(crate) fn tag(&mut self, params: &Value) -> Result<(), Code> {
        let tag = |tag: &Value| {
            let text = |name: &str| tag.get(name)?.as_str().map(str::to_owned);
            Some((text("attrKey")?, text("attrValue")?))
        };
        let tags = params.as_array().ok_or(PARAMETER_ERROR)?.iter().map(tag);
        let tags: Option<Vec<(String, String)>> = tags.collect();
        self.tags.extend(tags.ok_or(PARAMETER_ERROR)?);
        Ok(())
    }

    /// `thing/deviceinfo/delete`: `[{"attrKey"}]`
    ///
    /// # Errors
    /// When that is no such list; nothing is deleted then.
    pub(crate) fn untag(&mut self, params: &Value) -> Result<(), Code> {
        let keys = params.as_array().ok_or(PARAMETER_ERROR)?.iter();
        let keys: Option<Vec<&str>> = keys.map(|tag| tag.get("attrKey")?.as_str()).collect();
        for key in keys.ok_or(PARAMETER_ERROR)? {
            self.tags.remove(key);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> ThingModel {
        let model = json!({
            "properties": [
                {"identifier": "power", "dataType": {"type": "bool"}},
                {"identifier": "t", "accessMode": "r",
                 "dataType": {"type": "int", "specs": {"min": "-40", "max": "80"}}},
            ],
            "services": [{"identifier": "reboot", "callType": "sync"}, {"identifier": "blink"}],
            "events": [{"identifier": "alarm"}],
        });
        serde_json::from_value(model).unwrap()
    }

    fn terms(model: Option<&ThingModel>) -> Terms<'_> {
        Terms { model, properties_max: 200, now: Time::from_ms(7) }
    }

    #[test]
    fn a_value_fits_its_type() {
        for (kind, specs, value, fits) in [
            ("int", json!({}), json!(1), true),
            ("int", json!({}), json!(1.5), false),
            ("int", json!({"min": "0", "max": "9"}), json!(10), false),
            ("int", json!({"min": 0, "max": 9}), json!(9), true),
            ("float", json!({"max": "1.5"}), json!(1.5), true),
            ("double", json!({}), json!("1.5"), false),
            ("text", json!({"length": "3"}), json!("abc"), true),
            ("text", json!({"length": "3"}), json!("abcd"), false),
            ("date", json!({}), json!("1571724098000"), true),
            ("date", json!({}), json!("today"), false),
            ("bool", json!({}), json!(1), true),
            ("bool", json!({}), json!(2), false),
            ("enum", json!({"0": "off"}), json!(0), true),
            ("enum", json!({"0": "off"}), json!(1), false),
            ("struct", json!([]), json!({}), true),
            ("struct", json!([]), json!([]), false),
            ("array", json!({}), json!([]), true),
        ] {
            let data_type = json!({"type": kind, "specs": specs});
            let data_type: DataType = serde_json::from_value(data_type).unwrap();
            assert_eq!(data_type.takes(&value), fits, "{kind} {specs} {value}");
        }
    }

    #[test]
    fn a_report_is_taken_whole_or_not_at_all_and_the_unknown_is_ignored() {
        let model = model();
        let many = |n: usize| (0..n).map(|i| (format!("p{i}"), json!(i))).collect::<Map<_, _>>();
        for (params, outcome) in [
            (json!({"power": 1, "t": {"value": 3, "time": 5}}), Ok(vec!["power", "t"])),
            (json!({"power": 1, "x": 1}), Ok(vec!["power"])),
            (json!({"x": 1}), Ok(vec![])),
            (json!({}), Ok(vec![])),
            (many(200).into(), Ok(vec![])),
            (many(201).into(), Err(TOO_MANY_PROPERTIES)),
            (json!({"power": 1, "t": 100}), Err(PARAMETER_ERROR)),
            (json!([]), Err(PARAMETER_ERROR)),
            (Value::Null, Err(PARAMETER_ERROR)),
        ] {
            let mut thing = Thing::default();
            let taken = thing.post(&params, terms(Some(&model)));
            let names = taken.map(|it| it.keys().cloned().collect::<Vec<_>>());
            assert_eq!(names.as_ref().map(Vec::len), outcome.as_ref().map(Vec::len), "{params}");
            let kept: Vec<&str> = thing.properties.keys().map(String::as_str).collect();
            assert_eq!(kept, outcome.unwrap_or_default(), "{params}");
        }
        let mut thing = Thing::default();
        assert!(thing.post(&json!({"t": {"value": 3, "time": 5}}), terms(None)).is_ok());
        assert_eq!(thing.properties["t"], Reported { value: json!(3), at: Time::from_ms(5) });
    }

    #[test]
    fn wishes_are_versioned_told_and_deleted() {
        let mut thing = Thing::default();
        assert_eq!(thing.desire("power", json!(1), None), Ok(1));
        assert_eq!(thing.desire("power", json!(0), Some(1)), Ok(2));
        assert_eq!(thing.desire("power", json!(1), Some(1)), Err(2));
        let told = thing.desired(&json!(["power", "t"]));
        assert_eq!(told, Ok(json!({"power": {"value": 0, "version": 2}})));
        assert_eq!(thing.desired(&json!({})), Err(PARAMETER_ERROR));
        for (params, is_gone) in [
            (json!({"power": {"version": 1}}), false),
            (json!({"t": {}}), false),
            (json!({"power": {}}), true),
            (json!({"power": {"version": 2}}), true),
            (json!({}), true),
        ] {
            let mut thing = thing.clone();
            assert_eq!(thing.forget_desired(&params), Ok(()));
            let told = thing.desired(&json!(["power"]));
            assert_eq!(told == Ok(json!({})), is_gone, "{params}");
        }
    }

    #[test]
    fn tags_are_set_and_removed() {
        let mut thing = Thing::default();
        let tag = json!([{"attrKey": "a", "attrValue": "1"}, {"attrKey": "b", "attrValue": "2"}]);
        assert_eq!(thing.tag(&tag), Ok(()));
        assert_eq!(thing.tag(&json!([{"attrKey": "c"}])), Err(PARAMETER_ERROR));
        assert_eq!(thing.untag(&json!([{"attrKey": "a"}])), Ok(()));
        assert_eq!(thing.untag(&json!({})), Err(PARAMETER_ERROR));
        assert_eq!(thing.tags.keys().collect::<Vec<_>>(), ["b"]);
    }
}
