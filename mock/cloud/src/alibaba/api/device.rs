//! Devices: made, shown, stopped and taken away.

use serde::Deserialize;
use serde_json::{Value, json};
use wire::Qos;

use super::{BAD_PARAMETER, Call, Failure, Outcome, Reply, Whom, done, refused};
use crate::{
    alibaba::{
        down::{self, To},
        end::{self, Ending, NOT_AUTHORIZED},
        feature,
        instance::{DEVICE_NAME, Device, is_device_name, session_name},
        open, presence, topic,
    },
    cloud::Core,
    ruling::Ruling,
    time::Time,
};

const EXISTS: &str = "iot.device.AlreadyExistedDeviceName";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Register {
    product_key: String,
    /// The platform makes one up where it is left out.
    device_name: Option<String>,
    nickname: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct OfProduct {
    product_key: String,
}

/// A notice of firmware, and for whom.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Upgrade {
    product_key: String,
    device_name: String,
    dest_version: String,
    firmware_url: String,
    #[serde(default, deserialize_with = "super::number")]
    firmware_size: Option<u64>,
    firmware_sign: Option<String>,
    /// `MD5` or `SHA256`
    sign_method: Option<String>,
    module_name: Option<String>,
}

pub(super) fn register(core: &mut Core, call: &Call<'_>) -> Outcome {
    let it: Register = call.parameters()?;
    let made_up = (core.chance.hex(20), core.chance.hex(32));
    let instance = call.instance_of(core)?;
    let key = it.product_key.as_str();
    let Some(product) = instance.products.get_mut(key) else {
        return Err(refused(super::NO_PRODUCT, format!("there is no product `{key}`")));
    };
    let (name, secret) = (it.device_name.unwrap_or(made_up.0), made_up.1);
    if !is_device_name(&name) {
        let why = format!("`{name}` is no name of a device: expected {DEVICE_NAME}");
        return Err(refused(BAD_PARAMETER, why));
    }
    if product.devices.contains_key(&name) {
        return Err(refused(EXISTS, format!("`{key}` has a device `{name}` already")));
    }
    let device = product.put_device(&name, &secret);
    device.nickname = it.nickname.unwrap_or_default();
    let iot_id = down::iot_id(key, &name);
    done(json!({
        "Data": {
            "ProductKey": key,
            "DeviceName": name,
            "DeviceSecret": secret,
            "IotId": iot_id,
            "Nickname": device.nickname,
        },
    }))
}

/// The device is told, put offline and forgotten.
pub(super) fn delete(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let whom = known(core, call)?;
    notify(core, call, &whom, "thing.delete", Qos::AtMostOnce, ruling);
    put_offline(core, call, &whom, ruling);
    let instance = call.instance_of(core)?;
    instance.broker.end(&session_name(&whom.product_key, &whom.device_name));
    if let Some(product) = instance.products.get_mut(&whom.product_key) {
        product.devices.remove(&whom.device_name);
    }
    done(json!({}))
}

/// The device is told, and put offline; it cannot connect until it is enabled.
pub(super) fn disable(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let whom = known(core, call)?;
    change(core, call, &whom, |device| device.is_enabled = false)?;
    notify(core, call, &whom, "thing.disable", Qos::AtMostOnce, ruling);
    put_offline(core, call, &whom, ruling);
    done(json!({}))
}

/// The device is told when it is back.
pub(super) fn enable(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let whom = known(core, call)?;
    change(core, call, &whom, |device| device.is_enabled = true)?;
    notify(core, call, &whom, "thing.enable", Qos::AtLeastOnce, ruling);
    done(json!({}))
}

/// The device is as one that never connected, so that it may register again (ALI-OPEN-066).
pub(super) fn reset(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let whom = known(core, call)?;
    put_offline(core, call, &whom, ruling);
    change(core, call, &whom, |device| {
        device.is_active = false;
        device.token = None;
    })?;
    done(json!({}))
}

pub(super) fn status(core: &mut Core, call: &Call<'_>) -> Outcome {
    let whom = known(core, call)?;
    let instance = call.instance_of(core)?;
    let status = instance.status(&whom.product_key, &whom.device_name);
    let device = instance.device(&whom.product_key, &whom.device_name);
    let since_ms = device.and_then(|it| it.online_at_ms.max(it.offline_at_ms)).unwrap_or(0);
    done(json!({"Data": {"Status": status, "Timestamp": since_ms}}))
}

/// All devices of a product, on one page.
pub(super) fn list(core: &mut Core, call: &Call<'_>) -> Outcome {
    let OfProduct { product_key: key } = call.parameters()?;
    let instance = call.instance_of(core)?;
    let Some(product) = instance.products.get(&key) else {
        return Err(refused(super::NO_PRODUCT, format!("there is no product `{key}`")));
    };
    let shown = |device: &Device| {
        json!({
            "ProductKey": key,
            "DeviceName": device.name,
            "DeviceSecret": device.secret,
            "DeviceStatus": instance.status(&key, &device.name),
            "IotId": down::iot_id(&key, &device.name),
            "Nickname": device.nickname,
        })
    };
    let devices: Vec<Value> = product.devices.values().map(shown).collect();
    let total = devices.len();
    done(json!({"Total": total, "PageCount": 1, "Page": 1, "Data": {"DeviceInfo": devices}}))
}

pub(super) fn detail(core: &mut Core, call: &Call<'_>) -> Outcome {
    let whom = known(core, call)?;
    let instance = call.instance_of(core)?;
    let status = instance.status(&whom.product_key, &whom.device_name);
    let product = instance.products.get(&whom.product_key);
    let Some((product, device)) =
        product.and_then(|it| Some((it, it.devices.get(&whom.device_name)?)))
    else {
        return done(json!({}));
    };
    let online = device.online_at_ms.map(Time::from_ms);
    let default_module = device.thing.firmware.get("default");
    done(json!({
        "Data": {
            "ProductKey": product.key,
            "ProductName": product.name,
            "DeviceName": device.name,
            "DeviceSecret": device.secret,
            "Nickname": device.nickname,
            "IotId": down::iot_id(&product.key, &device.name),
            "Status": status,
            "Region": instance.region,
            "FirmwareVersion": default_module,
            "GmtOnline": online.map(presence::local),
            "UtcOnline": online.map(presence::utc),
        },
    }))
}

/// What the console shows of a device's topics: the platform's own, and those of its product's classes.
/// No page names an operation for it; the name is the mock's.
pub(super) fn topics(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let whom = known(core, call)?;
    let instance = call.instance_of(core)?;
    let system = feature::system_topics(&whom.product_key, &whom.device_name);
    let mut topics: Vec<Value> = system
        .into_iter()
        .map(|(topic, operation)| json!({"TopicFullName": topic, "Operation": operation}))
        .collect();
    if ruling.gives_wrong_value(topic::SYSTEM_TOPICS_ARE_LISTED) {
        topics.clear();
    }
    let classes = instance.products.get(&whom.product_key).map(|it| it.topic_classes.iter());
    topics.extend(classes.into_iter().flatten().map(|class| {
        let name = &class.topic_short_name;
        let topic = format!("/{}/{}/user/{name}", whom.product_key, whom.device_name);
        json!({"TopicFullName": topic, "Operation": class.operation})
    }));
    // Which of them the device has subscribed to, now or on an earlier connection (ALI-OPEN-053).
    let kept = instance.broker.session(&session_name(&whom.product_key, &whom.device_name));
    let filters = kept.into_iter().flat_map(|kept| kept.subscriptions());
    let mut subscribed: Vec<&str> = filters.map(|(filter, _)| filter).collect();
    if ruling.gives_wrong_value(open::SUBSCRIPTIONS_ARE_PERMANENT) {
        subscribed.clear();
    }
    let members = json!({"Data": {"TopicInfo": topics, "SubscribedTopics": subscribed}});
    Ok(Reply::Done(members, topic::SYSTEM_TOPICS_ARE_LISTED))
}

/// Tells a device of newer firmware. The vendor has several operations that lead to it; this one names
/// all that the notice has.
pub(super) fn upgrade(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let it: Upgrade = call.parameters()?;
    call.knows(core, &it.product_key, &it.device_name)?;
    let id = call.instance_of(core)?.next_message_id();
    let sign_method = it.sign_method.as_deref().unwrap_or("MD5");
    let mut data = json!({
        "size": it.firmware_size.unwrap_or(0),
        "version": it.dest_version,
        "url": it.firmware_url,
        "signMethod": sign_method,
        "sign": it.firmware_sign,
        "module": it.module_name.as_deref().unwrap_or("default"),
    });
    if sign_method.eq_ignore_ascii_case("md5") {
        data["md5"] = json!(it.firmware_sign);
    }
    let notice = json!({"code": "1000", "data": data, "id": id, "message": "success"});
    let instance = call.instance_of(core)?;
    if let Some(device) = instance.device_mut(&it.product_key, &it.device_name) {
        device.upgrade = Some(notice.clone());
    }
    let topic = format!("/ota/device/upgrade/{}/{}", it.product_key, it.device_name);
    let to = To { product_key: &it.product_key, device_name: &it.device_name, topic };
    down::send(core, call.instance, to, &notice, open::SYSTEM_TOPICS, ruling);
    done(json!({"Data": {"JobId": id}}))
}

fn known(core: &mut Core, call: &Call<'_>) -> Result<Whom, Failure> {
    let whom: Whom = call.parameters()?;
    call.knows(core, &whom.product_key, &whom.device_name)?;
    Ok(whom)
}

fn change(
    core: &mut Core,
    call: &Call<'_>,
    whom: &Whom,
    change: impl FnOnce(&mut Device),
) -> Result<(), Failure> {
    let instance = call.instance_of(core)?;
    if let Some(device) = instance.device_mut(&whom.product_key, &whom.device_name) {
        change(device);
    }
    Ok(())
}

fn notify(
    core: &mut Core,
    call: &Call<'_>,
    whom: &Whom,
    method: &str,
    qos: Qos,
    ruling: &mut Ruling<'_>,
) {
    if ruling.grant(open::NOTICES).is_err() {
        return;
    }
    down::call(core, call.instance, whom.names(), (method, &json!({})), qos, open::NOTICES, ruling);
}

fn put_offline(core: &mut Core, call: &Call<'_>, whom: &Whom, ruling: &mut Ruling<'_>) {
    let session = session_name(&whom.product_key, &whom.device_name);
    let live = core.instance(call.instance).and_then(|it| it.live.get(&session));
    if let Some(conn) = live.map(|link| link.conn) {
        let ending = Ending { because: open::DISABLED_DEVICE, reason: NOT_AUTHORIZED };
        end::end_other(core, conn, &ending, ruling);
    }
}
