//! The run log of the platform: what became of what a device did, with the code that tells why not.

use std::fmt;

use serde::Serialize;

use super::Session;
use crate::{cloud::Core, rule::Rule, ruling::Ruling, time::Time};

/// It went well.
const SUCCESS: u16 = 200;

/// One record of the run log, in the names that the vendor dumps it with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRecord {
    /// In ISO 8601.
    pub utc_time: String,
    pub instance_id: String,
    pub product_key: String,
    pub device_name: String,
    /// What stands in front of the first bar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    pub biz_code: BizCode,
    /// `online` and `offline`; a topic; an operation of the API.
    pub operation: String,
    pub status: bool,
    pub code: u16,
    /// Why it did not go well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What else there is to say, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// What part of the platform a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum BizCode {
    /// Coming and going.
    #[serde(rename = "device")]
    Device,
    #[serde(rename = "uplink")]
    Uplink,
    #[serde(rename = "downlink")]
    Downlink,
    #[serde(rename = "subscribe")]
    Subscribe,
    #[serde(rename = "unsubscribe")]
    Unsubscribe,
    ThingModel,
    DeviceShadow,
    ApiService,
}

impl RunRecord {
    /// That something went well with the device `{pk}/{dn}` of an instance.
    pub(super) fn new(
        now: Time,
        instance_id: &str,
        (product_key, device_name): (&str, &str),
        biz_code: BizCode,
        operation: &str,
    ) -> Self {
        Self {
            utc_time: now.to_string(),
            instance_id: instance_id.to_owned(),
            product_key: product_key.to_owned(),
            device_name: device_name.to_owned(),
            client_id: None,
            biz_code,
            operation: operation.to_owned(),
            status: true,
            code: SUCCESS,
            reason: None,
            content: None,
        }
    }

    /// That something went well with a connected device.
    pub(super) fn of(now: Time, session: &Session, biz_code: BizCode, operation: &str) -> Self {
        let device = (&*session.product_key, &*session.name);
        let record = Self::new(now, &session.instance, device, biz_code, operation);
        Self { client_id: Some(session.announced.client_id.clone()), ..record }
    }

    /// That it did not go well, with the code for why.
    pub(super) fn failed(self, code: u16, reason: &str) -> Self {
        Self { status: false, code, reason: Some(reason.to_owned()), ..self }
    }
}

/// Why something did not go well: code and words, and whose rule wants that in the log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Why(pub(super) u16, pub(super) &'static str, pub(super) Rule);

/// Writes that something did not go well with a device, by its session's name: `{pk}/{dn}`.
pub(super) fn failed(
    core: &Core,
    instance: &str,
    session: &str,
    (biz_code, operation): (BizCode, &str),
    why: Why,
    ruling: &mut Ruling<'_>,
) {
    let device = session.split_once('/').unwrap_or(("", session));
    let record = RunRecord::new(core.now, instance, device, biz_code, operation);
    let Why(code, reason, because) = why;
    ruling.log(record.failed(code, reason), because);
}

impl fmt::Display for RunRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}: {}", self.operation, self.device_name, self.code)?;
        match &self.reason {
            Some(reason) => write!(f, " {reason}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::log::LogRecord;

    #[test]
    fn a_record_has_the_names_of_the_vendor_and_reads_as_a_line() {
        let device = ("pk", "lamp");
        let record = RunRecord::new(Time::from_s(0), "iot-1", device, BizCode::Device, "offline");
        let record = LogRecord::from(record.failed(400, "another connection"));
        assert_eq!(record.to_string(), "offline of lamp: 400 another connection");
        assert_eq!(record.headline(), "400");
        assert!(record.is_about("lamp") && !record.is_about("pump"));
        let expected = json!({
            "utcTime": "1970-01-01T00:00:00.0000000Z",
            "instanceId": "iot-1",
            "productKey": "pk",
            "deviceName": "lamp",
            "bizCode": "device",
            "operation": "offline",
            "status": false,
            "code": 400,
            "reason": "another connection",
        });
        assert_eq!(json!(record), expected);
    }
}
