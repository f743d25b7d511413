//! What a device asks of the platform, by publishing to a topic of the system.

use broker::Message;
use serde_json::{Value, json};

use super::{
    Session,
    alink::{self, Code, Request},
    down::{self, To},
    feature::Feature,
    log::{self, BizCode, Why},
    ntp, open, rrpc, shadow,
    thing::Terms,
    topic,
};
use crate::{cloud::Core, profile::AlibabaProfile, rate::Rate, ruling::Ruling};

const NO_ALINK: Why = Why(6207, "the payload is no Alink request", open::ERROR_CODES);
const SHADOW_TOO_FAST: Why = Why(429, "too many requests in a second", open::SHADOW);

/// What a value is that the thing model does not know, where that is got wrong.
const UNKNOWN_PROPERTY: Code = Code(5092, "property not found");

/// A message of a device has passed: the feature behind its topic deals with it.
pub(super) fn published(
    core: &mut Core,
    session: &Session,
    message: &Message,
    ruling: &mut Ruling<'_>,
) {
    let Some(feature) = Feature::of(&message.topic, &session.product_key, &session.name) else {
        return;
    };
    match feature {
        Feature::RrpcResponse(id) | Feature::ExtRrpc(id, _) => {
            let (instance, key) = (session.instance.clone(), session.key.clone());
            return rrpc::answered(core, &instance, &key, id, message, ruling);
        }
        _ => {}
    }
    if ruling.grant(topic::FEATURES_HAVE_THEIR_OWN).is_err() {
        return;
    }
    match feature {
        Feature::Alink(path) => asked(core, session, path, &message.payload, ruling),
        Feature::Ntp => {
            let Some(answer) = ntp::answer(&message.payload, core.now, core.now) else { return };
            let topic = format!("/ext/ntp/{}/response", session.key);
            down::send(core, &session.instance, to(session, topic), &answer, open::NTP, ruling);
        }
        Feature::Shadow => shadow_asked(core, session, &message.payload, ruling),
        Feature::OtaInform => {
            if ruling.grant(open::SYSTEM_TOPICS).is_ok() {
                informed(core, session, &message.payload);
            }
        }
        Feature::OtaRequest => upgrade_asked(core, session, ruling),
        // What comes of it is told to the business server, as every message is.
        Feature::AlinkReply(_) | Feature::OtaProgress => {}
        Feature::RrpcResponse(_) | Feature::ExtRrpc(..) => {}
    }
}

/// What a shadow may hold here.
pub(super) const fn shadow_limits(profile: &AlibabaProfile) -> shadow::Limits {
    shadow::Limits {
        bytes: profile.shadow_bytes,
        levels: profile.shadow_levels,
        attributes: profile.shadow_properties,
    }
}

/// A request in Alink.
fn asked(core: &mut Core, session: &Session, path: &str, payload: &[u8], ruling: &mut Ruling<'_>) {
    let Some(request) = Request::parse(payload) else {
        let (instance, key) = (&session.instance, &session.key);
        return log::failed(core, instance, key, (BizCode::ThingModel, path), NO_ALINK, ruling);
    };
    let Some(outcome) = carry_out(core, session, path, &request, ruling) else { return };
    let (code, data, because) = match outcome {
        Ok(data) => (alink::SUCCESS, data, open::PROPERTY_REPORT),
        Err(code) => {
            let code = ruling.value(open::ERROR_CODES, code, alink::SUCCESS);
            (code, json!({}), open::ERROR_CODES)
        }
    };
    let is_wanted = request.wants_reply;
    if !ruling.value(open::REPLIES_ARE_OPTIONAL, is_wanted, !is_wanted) {
        return;
    }
    let is_full = core.instance(&session.instance).is_none_or(|it| it.profile.full_replies);
    let reply = request.reply(&alink::method(path), code, data);
    let reply = if is_full { reply } else { short(&reply) };
    let topic = format!("/sys/{}/{path}_reply", session.key);
    down::send(core, &session.instance, to(session, topic), &reply, because, ruling);
}

/// Does what a request says; nothing where the platform has no such method.
fn carry_out(
    core: &mut Core,
    session: &Session,
    path: &str,
    request: &Request,
    ruling: &mut Ruling<'_>,
) -> Option<Result<Value, Code>> {
    let now = core.now;
    let properties_max = core.instance(&session.instance)?.profile.properties_per_post;
    let product = core.instance_mut(&session.instance)?.products.get_mut(&*session.product_key)?;
    let model = product.model.as_ref();
    let thing = &mut product.devices.get_mut(&*session.name)?.thing;
    let params = &request.params;
    Some(match path {
        "thing/event/property/post" => {
            let properties_max = ruling.value(open::ERROR_CODES, properties_max, usize::MAX);
            let terms = Terms { model, properties_max, now };
            let taken = thing.post(params, terms);
            let given = params.as_object().map_or(0, serde_json::Map::len);
            let ignored = taken.as_ref().is_ok_and(|taken| taken.len() < given);
            if ignored && ruling.gives_wrong_value(open::UNKNOWN_PROPERTIES) {
                return Some(Err(UNKNOWN_PROPERTY));
            }
            taken.map(|_| json!({}))
        }
        "thing/property/desired/get" => thing.desired(params),
        "thing/property/desired/delete" => thing.forget_desired(params).map(|()| json!({})),
        "thing/deviceinfo/update" => thing.tag(params).map(|()| json!({})),
        "thing/deviceinfo/delete" => thing.untag(params).map(|()| json!({})),
        // Events, and reports of several things or moments at once, are handed on as they are.
        _ if path.starts_with("thing/event/") && path.ends_with("/post") => Ok(json!({})),
        _ => return None,
    })
}

/// The reply of older platforms.
fn short(reply: &Value) -> Value {
    json!({"code": reply["code"], "data": reply["data"], "id": reply["id"]})
}

fn shadow_asked(core: &mut Core, session: &Session, payload: &[u8], ruling: &mut Ruling<'_>) {
    let now = core.now;
    let Some(instance) = core.instance_mut(&session.instance) else { return };
    let limits = shadow_limits(&instance.profile);
    let rate = Rate::per_s(instance.profile.shadow_requests_per_s);
    let Some(device) = instance.device_mut(&session.product_key, &session.name) else { return };
    let fits = device.shadow_requests.admit(now, 1, rate);
    if ruling.uphold(open::SHADOW, fits).is_err() {
        let (instance, key) = (&session.instance, &session.key);
        let what = (BizCode::DeviceShadow, "update");
        return log::failed(core, instance, key, what, SHADOW_TOO_FAST, ruling);
    }
    let outcome = device.shadow.ask(payload, limits, now);
    let reply = shadow::reply(&outcome, &device.shadow, now);
    let topic = format!("/shadow/get/{}", session.key);
    down::send(core, &session.instance, to(session, topic), &reply, open::SHADOW, ruling);
}

/// `{"params": {"version", "module"}}`
fn informed(core: &mut Core, session: &Session, payload: &[u8]) {
    let Some(request) = Request::parse(payload) else { return };
    let text = |name: &str| request.params.get(name).and_then(Value::as_str).map(str::to_owned);
    let Some(version) = text("version") else { return };
    let module = text("module").unwrap_or_else(|| "default".to_owned());
    let Some(instance) = core.instance_mut(&session.instance) else { return };
    if let Some(device) = instance.device_mut(&session.product_key, &session.name) {
        device.thing.firmware.insert(module, version);
    }
}

/// The device is told again what it was told when the upgrade was ordered.
fn upgrade_asked(core: &mut Core, session: &Session, ruling: &mut Ruling<'_>) {
    let instance = core.instance(&session.instance);
    let device = instance.and_then(|it| it.device(&session.product_key, &session.name));
    let Some(notice) = device.and_then(|it| it.upgrade.clone()) else { return };
    let topic = format!("/ota/device/upgrade/{}", session.key);
    down::send(core, &session.instance, to(session, topic), &notice, open::SYSTEM_TOPICS, ruling);
}

fn to(session: &Session, topic: String) -> To<'_> {
    To { product_key: &session.product_key, device_name: &session.name, topic }
}
