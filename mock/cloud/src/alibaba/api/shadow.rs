//! GetDeviceShadow and UpdateDeviceShadow.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, Outcome, Whom, done, flag, refused_by};
use crate::{
    alibaba::{down, open, requests, shadow::Refusal},
    cloud::Core,
    ruling::Ruling,
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Update {
    product_key: String,
    device_name: String,
    /// `{"method": "update", "state": {"desired": {..}}, "version": n}`
    shadow_message: String,
    /// Whether the device is told what has changed, and no more.
    #[serde(default, deserialize_with = "flag")]
    delta_update: bool,
}

/// The whole shadow, as JSON in a text.
pub(super) fn get(core: &mut Core, call: &Call<'_>) -> Outcome {
    let whom: Whom = call.parameters()?;
    call.knows(core, &whom.product_key, &whom.device_name)?;
    let device = call.instance_of(core)?.device(&whom.product_key, &whom.device_name);
    let document = device.map(|it| it.shadow.document()).unwrap_or_default();
    done(json!({ "ShadowMessage": document.to_string() }))
}

/// Wishes; the device is told when it is there.
pub(super) fn update(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let it: Update = call.parameters()?;
    call.knows(core, &it.product_key, &it.device_name)?;
    let now = core.now;
    let instance = call.instance_of(core)?;
    let limits = requests::shadow_limits(&instance.profile);
    let Some(device) = instance.device_mut(&it.product_key, &it.device_name) else {
        return done(json!({}));
    };
    if let Err(refusal) = device.shadow.desire(&it.shadow_message, limits, now) {
        let (number, message) = refusal.code();
        let why = format!("{number}: {message}");
        return Err(refused_by(code(refusal), why, open::SHADOW));
    }
    let mut control = device.shadow.control(now);
    if it.delta_update {
        let message: Value = serde_json::from_str(&it.shadow_message).unwrap_or_default();
        control["payload"]["state"] = json!({ "desired": message["state"]["desired"] });
    }
    let topic = format!("/shadow/get/{}/{}", it.product_key, it.device_name);
    let to = down::To { product_key: &it.product_key, device_name: &it.device_name, topic };
    down::send(core, call.instance, to, &control, open::SHADOW, ruling);
    done(json!({}))
}

const fn code(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Conflict => "iot.shadow.VersionConflict",
        Refusal::TooMany => "iot.shadow.TooManyAttributes",
        _ => "iot.shadow.InvalidShadowMessage",
    }
}
