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
     DisableThing, ResetThing, GetDeviceStatus, QueryDevice, QueryDeviceDetail, QueryDeviceTopics, \
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
        "QueryDevice" => device::list(core, &call),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Action, Cloud, Input, Order, Registry, Time,
        alibaba::instance::{Edition, Product},
    };

    fn cloud() -> Cloud {
        let mut product = Product::new("pk", "secret");
        product.put_device("lamp", "secret");
        let mut instance = Instance::new("iot-1", "cn-shanghai", Edition::Enterprise);
        instance.products.insert("pk".to_owned(), product);
        let mut registry = Registry::default();
        registry.put_instance(instance);
        Cloud::new(registry, 7)
    }

    fn ask(cloud: &mut Cloud, verb: Verb, operation: &str, body: Value) -> Answer {
        let (tenant, path) = ("iot-1".to_owned(), operation.to_owned());
        let order = Box::new(Order::Resource { tenant, verb, path, body });
        let effects = cloud.handle(Time::from_s(60), Input::Order { id: OrderId(1), order });
        let answer = effects.into_iter().find_map(|effect| match effect.action {
            Action::Answer { answer, .. } => Some(answer),
            _ => None,
        });
        answer.expect("each order is answered")
    }

    /// The code and the words of a refusal.
    fn refusal(answer: Answer) -> (String, String) {
        match answer {
            Ok(answer) => {
                let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
                (text("Code"), text("ErrorMessage"))
            }
            Err(error) => (error.name, error.message),
        }
    }

    #[test]
    fn what_is_wrong_with_a_call_is_told_with_what_was_expected() {
        let lamp = |more: Value| {
            let mut body = json!({"ProductKey": "pk", "DeviceName": "lamp"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let publish = |topic: &str, qos: Value, content: &str| {
            json!({
                "ProductKey": "pk", "TopicFullName": topic, "Qos": qos, "MessageContent": content,
            })
        };
        let good = "/pk/lamp/user/get";
        for (operation, body, code, words) in [
            ("Pop", json!({}), "InvalidAction.NotFound", "no operation `Pop`; known are Pub,"),
            ("Pub", json!({}), "InvalidParameter", "of Pub: missing field `ProductKey`"),
            ("Pub", json!({"Qso": 1}), "InvalidParameter", "unknown field `Qso`, expected one of"),
            ("Pub", publish(good, json!("x"), ""), "InvalidParameter", "`x` is no whole number"),
            ("Pub", publish(good, json!(-1), ""), "InvalidParameter", "-1 is no whole number"),
            (
                "Pub",
                publish(good, json!(2), ""),
                "iot.messagebroker.IllegalQos",
                "QoS 2: expected 0",
            ),
            ("Pub", publish(good, json!(0), "%"), BAD_PARAMETER, "`aGVsbG8=` is `hello`"),
            (
                "Pub",
                publish("a", json!(0), ""),
                "iot.messagebroker.InvalidFormattedTopicName",
                "expected one that begins with /",
            ),
            (
                "Pub",
                publish("/other/lamp/user/get", json!(0), ""),
                "iot.messagebroker.InvalidFormattedTopicName",
                "no topic of the product `pk`",
            ),
            ("Pub", publish("/pk/bell/user/get", json!(0), ""), NO_DEVICE, "no device `bell`"),
            ("GetDeviceStatus", lamp(json!({"ProductKey": "x"})), NO_PRODUCT, "no product `x`"),
            ("GetDeviceStatus", lamp(json!({"DeviceName": "x"})), NO_DEVICE, "no device `x`"),
            ("RegisterDevice", lamp(json!({})), "iot.device.AlreadyExistedDeviceName", "already"),
            ("RegisterDevice", lamp(json!({"DeviceName": "x"})), BAD_PARAMETER, "4 to 32 letters"),
            ("SetDeviceProperty", lamp(json!({"Items": "[]"})), BAD_PARAMETER, r#"{"power": 1}"#),
            (
                "PubBroadcast",
                publish(good, json!(0), ""),
                "InvalidParameter",
                "unknown field `Qos`",
            ),
            ("RRpc", lamp(json!({"RequestBase64Byte": "%"})), BAD_PARAMETER, "is no base64"),
        ] {
            let (told, why) = refusal(ask(&mut cloud(), Verb::Post, operation, body.clone()));
            assert_eq!(told, code, "{operation} {body}: {why}");
            assert!(why.contains(words), "{operation} {body}: {why}");
        }
        let (told, why) = refusal(ask(&mut cloud(), Verb::Get, "Pub", json!({})));
        assert_eq!(
            (&*told, &*why),
            ("UnsupportedHTTPMethod", "GET: operations such as Pub are there for POST",)
        );
    }

    #[test]
    fn devices_are_made_shown_and_deleted() {
        let mut cloud = cloud();
        let bell = json!({"ProductKey": "pk", "DeviceName": "bell", "IotInstanceId": "iot-1"});
        let mut ask = |operation: &str, body: &Value| {
            ask(&mut cloud, Verb::Post, operation, body.clone()).unwrap_or_default()
        };
        let made = ask("RegisterDevice", &bell);
        assert_eq!(made["Data"]["DeviceSecret"].as_str().map(str::len), Some(32), "{made}");
        assert_eq!(ask("GetDeviceStatus", &bell)["Data"]["Status"], "UNACTIVE");
        assert_eq!(ask("DisableThing", &bell)["Success"], true);
        let detail = ask("QueryDeviceDetail", &bell);
        assert_eq!(detail["Data"]["Status"], "DISABLE");
        assert_eq!(detail["Data"]["DeviceSecret"], made["Data"]["DeviceSecret"]);
        assert_eq!(ask("QueryDevice", &json!({"ProductKey": "pk"}))["Total"], 2);
        assert_eq!(ask("DeleteDevice", &bell)["Success"], true);
        assert_eq!(ask("GetDeviceStatus", &bell)["Code"], NO_DEVICE);
    }

    #[test]
    fn wishes_are_versioned_in_the_api_too() {
        let mut cloud = cloud();
        let lamp = |items: &str, versions: &str| {
            json!({
                "ProductKey": "pk", "DeviceName": "lamp", "Items": items, "Versions": versions,
            })
        };
        let mut desire = |items: &str, versions: &str| {
            let body = lamp(items, versions);
            ask(&mut cloud, Verb::Post, "SetDeviceDesiredProperty", body).unwrap_or_default()
        };
        assert_eq!(desire(r#"{"power": 1}"#, "{}")["Data"]["Versions"], r#"{"power":1}"#);
        let old = desire(r#"{"power": 0}"#, r#"{"power": 7}"#);
        assert_eq!(old["ErrorMessage"], "`power` has version 1: name that one, or none");
        let body = json!({"ProductKey": "pk", "DeviceName": "lamp", "Identifier": ["power"]});
        let told = ask(&mut cloud, Verb::Post, "QueryDeviceDesiredProperty", body).unwrap();
        let wish = json!({"Identifier": "power", "Value": "1", "Version": 1});
        assert_eq!(told["Data"]["List"]["DesiredPropertyInfo"], json!([wish]));
    }
}
