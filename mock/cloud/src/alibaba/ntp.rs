//! The time of day, for devices without a clock (ALI-OPEN-115).

use serde_json::{Value, json};

use crate::time::Time;

/// The answer to a request, which has the device's own `deviceSendTime` as it came. Milliseconds since
/// 1970, as text; none to what is no such request.
pub(crate) fn answer(payload: &[u8], received: Time, sent: Time) -> Option<Value> {
    let request: Value = serde_json::from_slice(payload).ok()?;
    let device_send_time = request.get("deviceSendTime")?;
    Some(json!({
        "deviceSendTime": device_send_time,
        "serverRecvTime": received.ms().to_string(),
        "serverSendTime": sent.ms().to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_the_device_comes_back_as_it_was() {
        let (received, sent) = (Time::from_ms(1_571_724_098_110), Time::from_ms(1_571_724_098_115));
        for (payload, device_send_time) in [
            (r#"{"deviceSendTime":"1571724098000"}"#, Some(json!("1571724098000"))),
            (r#"{"deviceSendTime":1571724098000}"#, Some(json!(1_571_724_098_000_u64))),
            ("{}", None),
            ("now?", None),
        ] {
            let expected = device_send_time.map(|device_send_time| {
                json!({
                    "deviceSendTime": device_send_time,
                    "serverRecvTime": "1571724098110",
                    "serverSendTime": "1571724098115",
                })
            });
            assert_eq!(answer(payload.as_bytes(), received, sent), expected, "{payload}");
        }
    }
}
