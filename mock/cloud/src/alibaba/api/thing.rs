//! What the business server reads of things, sets and calls.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use wire::Qos;

use super::{BAD_PARAMETER, Call, Outcome, Whom, done, json_of, refused, uphold};
use crate::{
    alibaba::{
        alink, down, open,
        rrpc::{self, Asked},
        thing::{CallType, DataType},
    },
    cloud::Core,
    ruling::Ruling,
};

/// At which a device is told what to do, so that it is not lost while the device is away.
const QOS: Qos = Qos::AtLeastOnce;

const NO_PROPERTY: &str = "iot.thing.PropertyNotExist";
const NO_SERVICE: &str = "iot.thing.ServiceNotExist";
const OLD_VERSION: &str = "iot.thing.DesiredVersionConflict";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Items {
    product_key: String,
    device_name: String,
    /// A JSON object in a text: `{"power": 1}`
    items: String,
    /// Of wishes, the versions that they replace: `{"power": 1}`
    versions: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Named {
    product_key: String,
    device_name: String,
    #[serde(default)]
    identifier: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Invocation {
    product_key: String,
    device_name: String,
    identifier: String,
    /// A JSON object in a text.
    args: Option<String>,
}

/// Sets properties: the device is told at once, and answers when it has done so.
pub(super) fn set_property(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let it: Items = call.parameters()?;
    call.knows(core, &it.product_key, &it.device_name)?;
    let items = json_of("Items", &it.items)?;
    has_properties(core, call, &it.product_key, &items, ruling)?;
    let (whom, items) = ((it.product_key.as_str(), it.device_name.as_str()), items.into());
    let method = "thing.service.property.set";
    let id =
        down::call(core, call.instance, whom, (method, &items), QOS, open::PROPERTY_SET, ruling);
    done(json!({"Data": {"MessageId": id}}))
}

/// What the device reported last.
pub(super) fn property_status(core: &mut Core, call: &Call<'_>) -> Outcome {
    let whom: Whom = call.parameters()?;
    call.knows(core, &whom.product_key, &whom.device_name)?;
    let device = call.instance_of(core)?.device(&whom.product_key, &whom.device_name);
    let reported = device.into_iter().flat_map(|it| &it.thing.properties);
    let list: Vec<Value> = reported
        .map(|(name, it)| {
            let value = shown(&it.value);
            let time = it.at.ms().to_string();
            json!({"Identifier": name, "Value": value, "Time": time})
        })
        .collect();
    done(json!({"Data": {"List": {"PropertyStatusInfo": list}}}))
}

/// Wishes that wait for the device to ask.
pub(super) fn desire(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let it: Items = call.parameters()?;
    call.knows(core, &it.product_key, &it.device_name)?;
    let items = json_of("Items", &it.items)?;
    has_properties(core, call, &it.product_key, &items, ruling)?;
    let old = it.versions.as_deref().map(|text| json_of("Versions", text)).transpose()?;
    let old = |name: &str| old.as_ref().and_then(|it| it.get(name)).and_then(Value::as_u64);
    let instance = call.instance_of(core)?;
    let message_id = instance.next_message_id();
    let Some(device) = instance.device_mut(&it.product_key, &it.device_name) else {
        return done(json!({}));
    };
    let mut versions = Map::new();
    for (name, value) in items {
        let version = device.thing.desire(&name, value, old(&name)).map_err(|newest| {
            refused(OLD_VERSION, format!("`{name}` has version {newest}: name that one, or none"))
        })?;
        versions.insert(name, version.into());
    }
    let versions = Value::from(versions).to_string();
    done(json!({"Data": {"MessageId": message_id, "Versions": versions}}))
}

/// What is wished for.
pub(super) fn desired(core: &mut Core, call: &Call<'_>) -> Outcome {
    let it: Named = call.parameters()?;
    call.knows(core, &it.product_key, &it.device_name)?;
    let device = call.instance_of(core)?.device(&it.product_key, &it.device_name);
    let wishes = device.into_iter().flat_map(|it| &it.thing.desired);
    let is_asked = |name: &String| it.identifier.is_empty() || it.identifier.contains(name);
    let list: Vec<Value> = wishes
        .filter(|(name, _)| is_asked(name))
        .map(|(name, wish)| {
            let value = wish.value.as_ref().map(shown);
            json!({"Identifier": name, "Value": value, "Version": wish.version})
        })
        .collect();
    done(json!({"Data": {"List": {"DesiredPropertyInfo": list}}}))
}

/// Calls a service. Of one that is synchronous the answer is waited for.
pub(super) fn invoke(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let it: Invocation = call.parameters()?;
    call.knows(core, &it.product_key, &it.device_name)?;
    let args: Value = match &it.args {
        Some(args) => json_of("Args", args)?.into(),
        None => json!({}),
    };
    let instance = call.instance_of(core)?;
    let model = instance.products.get(&it.product_key).and_then(|it| it.model.as_ref());
    let call_type = match model {
        // A product without a model has every service.
        None => CallType::Async,
        Some(model) => {
            let service = model.service(&it.identifier);
            let why = || format!("the thing model has no service `{}`", it.identifier);
            uphold(open::PROPERTY_SET, service.is_some(), NO_SERVICE, why, ruling)?;
            service.map(|it| it.call_type).unwrap_or_default()
        }
    };
    let whom = (it.product_key.as_str(), it.device_name.as_str());
    let method = format!("thing.service.{}", it.identifier);
    if call_type == CallType::Async {
        let because = open::PROPERTY_SET;
        let id = down::call(core, call.instance, whom, (&method, &args), QOS, because, ruling);
        return done(json!({"Data": {"MessageId": id}}));
    }
    let timeout_ms = instance.profile.service_timeout_ms;
    let path = format!("/sys/{}/{}/thing/service/{}", whom.0, whom.1, it.identifier);
    let payload = move |id: &str| alink::call(id, &method, &args).to_string().into();
    let asked = Asked { whom, topic: Some(path), timeout_ms, is_service: true };
    rrpc::ask(core, call, &asked, payload, ruling)
}

/// A product with a model has the properties of that one alone.
fn has_properties(
    core: &mut Core,
    call: &Call<'_>,
    product_key: &str,
    items: &Map<String, Value>,
    ruling: &mut Ruling<'_>,
) -> Result<(), super::Failure> {
    let instance = call.instance_of(core)?;
    let model = instance.products.get(product_key).and_then(|it| it.model.as_ref());
    let Some(model) = model else { return Ok(()) };
    for (name, value) in items {
        let property = model.property(name);
        let why = || format!("the thing model has no property `{name}`");
        uphold(open::PROPERTY_SET, property.is_some(), NO_PROPERTY, why, ruling)?;
        let Some(DataType { kind, .. }) = property.map(|it| &it.data_type) else { continue };
        let fits = property.is_some_and(|it| it.data_type.takes(value));
        let why = || format!("{value} is no value of `{name}`, which is {kind:?}");
        uphold(open::PROPERTY_SET, fits, BAD_PARAMETER, why, ruling)?;
    }
    Ok(())
}

/// Values are told as texts.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
