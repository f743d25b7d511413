//! What the business server is told of devices that come and go (ALI-OPEN-117).

use serde_json::{Value, json};
use time::{UtcOffset, format_description::BorrowedFormatItem, macros::format_description};

use crate::time::Time;

/// A change of a device's status.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change<'a> {
    pub(crate) is_online: bool,
    pub(crate) product_key: &'a str,
    pub(crate) device_name: &'a str,
    pub(crate) iot_id: &'a str,
    /// The device's `address:port`.
    pub(crate) address: &'a str,
    pub(crate) at: Time,
    /// When the device was last heard from before.
    pub(crate) last: Time,
}

const LOCAL: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:3]");
const UTC: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Where the message is found on the server side; no device can subscribe to it.
pub(crate) fn topic(product_key: &str, device_name: &str) -> String {
    format!("/as/mqtt/status/{product_key}/{device_name}")
}

impl Change<'_> {
    /// The message, in the vendor's names.
    pub(crate) fn body(&self) -> Value {
        let client_ip = self.address.rsplit_once(':').map_or(self.address, |(host, _)| host);
        json!({
            "status": if self.is_online { "online" } else { "offline" },
            "iotId": self.iot_id,
            "productKey": self.product_key,
            "deviceName": self.device_name,
            "time": local(self.at),
            "utcTime": utc(self.at),
            "lastTime": local(self.last),
            "utcLastTime": utc(self.last),
            "clientIp": client_ip,
        })
    }
}

/// `2018-08-31 15:32:28.205`: China Standard Time, which the platform writes where it names no zone.
pub(crate) fn local(at: Time) -> String {
    let zone = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    // Only in the last hours of the year 9999 is there no such time.
    let there = at.civil().checked_to_offset(zone);
    there.and_then(|there| there.format(LOCAL).ok()).unwrap_or_default()
}

/// `2018-08-31T07:32:28.205Z`
pub(crate) fn utc(at: Time) -> String {
    at.civil().format(UTC).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_tells_both_times_in_both_zones() {
        let at = Time::parse("2018-08-31T07:32:28.205Z").unwrap();
        let last = Time::parse("2018-08-31T20:00:00Z").unwrap();
        let change = Change {
            is_online: true,
            product_key: "pk",
            device_name: "d1",
            iot_id: "4z819VQHk6VSLmmBJfrf00107e****",
            address: "127.0.0.1:5000",
            at,
            last,
        };
        let wanted = json!({
            "status": "online",
            "iotId": "4z819VQHk6VSLmmBJfrf00107e****",
            "productKey": "pk",
            "deviceName": "d1",
            "time": "2018-08-31 15:32:28.205",
            "utcTime": "2018-08-31T07:32:28.205Z",
            "lastTime": "2018-09-01 04:00:00.000",
            "utcLastTime": "2018-08-31T20:00:00.000Z",
            "clientIp": "127.0.0.1",
        });
        assert_eq!(change.body(), wanted);
        let offline = Change { is_online: false, address: "::1", ..change };
        assert_eq!(offline.body()["status"], "offline");
        assert_eq!(local(Time::from_ms(u64::MAX)), "", "there is no such hour");
    }
}
