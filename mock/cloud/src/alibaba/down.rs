//! What the platform sends to a device of its own accord.

use broker::Message;
use serde_json::Value;
use wire::Qos;

use super::{alink, deliver, instance::session_name, open};
use crate::{cloud::Core, profile::ImplicitSubscriptions, rule::Rule, ruling::Ruling};

/// Where something goes.
pub(super) struct To<'a> {
    pub(super) product_key: &'a str,
    pub(super) device_name: &'a str,
    pub(super) topic: String,
}

/// Sends JSON on a topic of the system, at QoS 0.
pub(super) fn send(
    core: &mut Core,
    instance: &str,
    to: To<'_>,
    body: &Value,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let message = Message::new(&to.topic, body.to_string());
    push(core, instance, (to.product_key, to.device_name), message, because, ruling);
}

/// Asks a device for something in Alink; the answer is the id of the call. The topic is that
/// of the method: `thing.service.reboot` goes to `/sys/{productKey}/{deviceName}/thing/service/reboot`.
pub(super) fn call(
    core: &mut Core,
    instance: &str,
    (product_key, device_name): (&str, &str),
    (method, params): (&str, &Value),
    qos: Qos,
    because: Rule,
    ruling: &mut Ruling<'_>,
) -> String {
    let made = core.registry.instances.get_mut(instance).map(|it| it.next_message_id());
    let id = made.unwrap_or_default();
    let path = method.replace('.', "/");
    let topic = format!("/sys/{product_key}/{device_name}/{path}");
    let body = alink::call(&id, method, params).to_string();
    let message = Message::new(&topic, body).at(qos);
    push(core, instance, (product_key, device_name), message, because, ruling);
    id
}

/// Brings a message to a device that has subscribed to its topic, or has the platform do that for it
/// (ALI-OPEN-054).
fn push(
    core: &mut Core,
    instance: &str,
    whom: (&str, &str),
    message: Message,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let Some(it) = core.instance(instance) else { return };
    let session = session_name(whom.0, whom.1);
    let targets = it.broker.targets(&message, broker::Copies::One);
    let has_subscribed = targets.iter().any(|target| target.session == session);
    let announced = it.live.get(&session).is_some_and(|link| link.is_subscribed_by_the_cloud);
    let is_subscribed = match it.profile.implicit_subscriptions {
        ImplicitSubscriptions::Announced => announced,
        ImplicitSubscriptions::Always => true,
        ImplicitSubscriptions::Never => false,
    };
    let is_subscribed = if has_subscribed {
        true
    } else {
        ruling.value(open::IMPLICIT_SUBSCRIPTIONS, is_subscribed, !is_subscribed)
    };
    if is_subscribed {
        deliver::push(core, instance, whom, message, because, ruling);
    }
}

/// What the vendor's API calls a device beside its two names.
pub(super) fn iot_id(product_key: &str, device_name: &str) -> String {
    format!("{product_key}.{device_name}")
}
