//! What the business server asks of an instance: operations of the vendor's API, by their names and in
//! the names of their parameters.

mod device;
mod message;
mod shadow;
mod thing;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{instance::Instance, rrpc};
use crate::{
    cloud::Core,
    order::{Answer, OrderId, ServiceError, Verb},
    orders::{ORDERS_ARE_ANSWERED, REFUSED_ORDERS_CHANGE_NOTHING},
    rule::Rule,
    ruling::{Broken, Ruling},
};

/// Every operation that there is, for an error.
const OPERATIONS: &str = "Pub, PubBroadcast, RRpc, RegisterDevice, DeleteDevice, EnableThing, \
     DisableThing, ResetThing, GetDeviceStatus, QueryDeviceDetail, QueryDeviceTopics, \
     SetDeviceProperty, QueryDevicePropertyStatus, SetDeviceDesiredProperty, \
     QueryDeviceDesiredProperty, InvokeThingService, GetDeviceShadow, UpdateDeviceShadow and \
     PushOTAUpgrade";

/// Parameters that every operation has, and which mean nothing to a mock that is one instance.
const COMMON: [&str; 4] = ["Action", "IotInstanceId", "RegionId", "Version"];

/// One call of an operation.
pub(super) struct Call<'a> {
    pub(super) order: OrderId,
    /// The instance's id.
    pub(super) instance: &'a str,
    pub(super) request_id: String,
    operation: &'a str,
    body: &'a Value,
}

/// What an operation comes to.
pub(super) type Outcome = Result<Reply, Failure>;

pub(super) enum Reply {
    /// These members beside `RequestId` and `Success`.
    Done(Value, Rule),
    /// Somebody has to be heard first.
    Later,
}

/// Why an operation is refused.
pub(super) struct Failure {
    error: Error,
    because: Rule,
}

enum Error {
    /// The vendor's code, and what is wrong.
    Refused(&'static str, String),
    /// The call itself is wrong.
    Malformed(ServiceError),
}

const NO_PRODUCT: &str = "iot.prod.NotExistedProduct";
const NO_DEVICE: &str = "iot.device.NotExistedDevice";
const BAD_PARAMETER: &str = "iot.common.InvalidParameter";

/// Carries out an operation; it is answered, now or later.
pub(crate) fn ordered(
    core: &mut Core,
    order: OrderId,
    (instance, verb, operation): (&str, Verb, &str),
    body: &Value,
    ruling: &mut Ruling<'_>,
) {
    let operation = operation.trim_matches('/');
    let request_id = core.chance.guid().to_uppercase();
    let call = Call { order, instance, request_id, operation, body };
    let outcome = match operation {
        _ if verb != Verb::Post => Err(call.no_such_verb(verb)),
        "Pub" => message::publish(core, &call, ruling),
        "PubBroadcast" => message::broadcast(core, &call, ruling),
        "RRpc" => rrpc::call(core, &call, ruling),
        "RegisterDevice" => device::register(core, &call),
        "DeleteDevice" => device::delete(core, &call, ruling),
        "EnableThing" => device::enable(core, &call, ruling),
        "DisableThing" => device::disable(core, &call, ruling),
        "ResetThing" => device::reset(core, &call, ruling),
        "GetDeviceStatus" => device::status(core, &call),
        "QueryDeviceDetail" => device::detail(core, &call),
        "QueryDeviceTopics" => device::topics(core, &call, ruling),
        "PushOTAUpgrade" => device::upgrade(core, &call, ruling),
        "SetDeviceProperty" => thing::set_property(core, &call, ruling),
        "QueryDevicePropertyStatus" => thing::property_status(core, &call),
        "SetDeviceDesiredProperty" => thing::desire(core, &call, ruling),
        "QueryDeviceDesiredProperty" => thing::desired(core, &call),
        "InvokeThingService" => thing::invoke(core, &call, ruling),
        "GetDeviceShadow" => shadow::get(core, &call),
        "UpdateDeviceShadow" => shadow::update(core, &call, ruling),
        _ => Err(call.no_such_operation()),
    };
    match outcome {
        Ok(Reply::Later) => {}
        Ok(Reply::Done(members, because)) => {
            ruling.answer(order, success(&call.request_id, members), because);
        }
        Err(Failure { error: Error::Refused(code, message), because }) => {
            ruling.answer(order, failure(&call.request_id, code, &message), because);
        }
        Err(Failure { error: Error::Malformed(error), because }) => {
            ruling.answer(order, Err(error), because);
        }
    }
}

/// The vendor's answer to a call that was served.
pub(super) fn success(request_id: &str, members: Value) -> Answer {
    let mut answer = Map::new();
    answer.insert("RequestId".to_owned(), json!(request_id));
    answer.insert("Success".to_owned(), json!(true));
    answer.extend(members.as_object().cloned().unwrap_or_default());
    Ok(answer.into())
}

/// The vendor's answer to a call that was refused.
pub(super) fn failure(request_id: &str, code: &str, message: &str) -> Answer {
    Ok(json!({
        "RequestId": request_id,
        "Success": false,
        "Code": code,
        "ErrorMessage": message,
    }))
}

impl Call<'_> {
    /// The parameters of the operation.
    pub(super) fn parameters<P: DeserializeOwned>(&self) -> Result<P, Failure> {
        let mut members = self.body.as_object().cloned().unwrap_or_default();
        members.retain(|name, _| !COMMON.contains(&name.as_str()));
        serde_json::from_value(members.into()).map_err(|error| {
            let message = format!("the parameters of {}: {error}", self.operation);
            malformed(ServiceError::of_resource(400, "InvalidParameter", message))
        })
    }

    fn no_such_verb(&self, verb: Verb) -> Failure {
        let message = format!("{verb}: operations such as {} are there for POST", self.operation);
        malformed(ServiceError::of_resource(405, "UnsupportedHTTPMethod", message))
    }

    fn no_such_operation(&self) -> Failure {
        let operation = self.operation;
        let message = format!("there is no operation `{operation}`; known are {OPERATIONS}");
        malformed(ServiceError::of_resource(404, "InvalidAction.NotFound", message))
    }

    /// The instance, which must be there.
    pub(super) fn instance_of<'c>(&self, core: &'c mut Core) -> Result<&'c mut Instance, Failure> {
        let name = self.instance;
        let known: Vec<String> = core.registry.instances.keys().map(ToString::to_string).collect();
        core.registry.instances.get_mut(name).ok_or_else(|| {
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let message = format!("there is no instance `{name}`; this cloud has {known}");
            malformed(ServiceError::of_resource(404, "InvalidInstanceId.NotFound", message))
        })
    }

    /// Checks that the instance has this device.
    pub(super) fn knows(
        &self,
        core: &mut Core,
        product_key: &str,
        device_name: &str,
    ) -> Result<(), Failure> {
        let instance = self.instance_of(core)?;
        let Some(product) = instance.products.get(product_key) else {
            return Err(refused(NO_PRODUCT, format!("there is no product `{product_key}`")));
        };
        if product.devices.contains_key(device_name) {
            return Ok(());
        }
        Err(refused(NO_DEVICE, format!("`{product_key}` has no device `{device_name}`")))
    }
}

/// Which device an operation is about.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Whom {
    product_key: String,
    device_name: String,
}

impl Whom {
    fn names(&self) -> (&str, &str) {
        (&self.product_key, &self.device_name)
    }
}

fn done(members: Value) -> Outcome {
    Ok(Reply::Done(members, ORDERS_ARE_ANSWERED))
}

fn refused(code: &'static str, message: String) -> Failure {
    refused_by(code, message, REFUSED_ORDERS_CHANGE_NOTHING)
}

const fn refused_by(code: &'static str, message: String, because: Rule) -> Failure {
    Failure { error: Error::Refused(code, message), because }
}

fn malformed(error: ServiceError) -> Failure {
    Failure { error: Error::Malformed(error), because: REFUSED_ORDERS_CHANGE_NOTHING }
}

/// A rule that must hold, or the call is refused with this code.
pub(super) fn uphold(
    rule: Rule,
    holds: bool,
    code: &'static str,
    message: impl FnOnce() -> String,
    ruling: &mut Ruling<'_>,
) -> Result<(), Failure> {
    ruling.uphold(rule, holds).map_err(|Broken(because)| refused_by(code, message(), because))
}

/// Bytes as parameters carry them.
pub(super) fn decoded(name: &str, base64: &str) -> Result<Bytes, Failure> {
    STANDARD.decode(base64).map(Bytes::from).map_err(|error| {
        refused(BAD_PARAMETER, format!("`{name}` is no base64: {error}; `aGVsbG8=` is `hello`"))
    })
}

/// JSON in a text, as parameters carry it.
fn json_of(name: &str, text: &str) -> Result<Map<String, Value>, Failure> {
    serde_json::from_str(text).map_err(|error| {
        let like = r#"{"power": 1}"#;
        refused(
            BAD_PARAMETER,
            format!("`{name}` is no JSON object: {error}; expected such as {like}"),
        )
    })
}

/// A number, or the text of one: the vendor's own clients send all parameters as text.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Number(number) if number.is_u64() => Ok(number.as_u64()),
        Value::String(text) => text
            .parse()
            .map(Some)
            .map_err(|_| serde::de::Error::custom(format!("`{text}` is no whole number"))),
        other => Err(serde::de::Error::custom(format!("{other} is no whole number"))),
    }
}

/// The same of true and false.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Bool(flag) => Ok(flag),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        other => Err(serde::de::Error::custom(format!("{other} is neither true nor false"))),
    }
}
