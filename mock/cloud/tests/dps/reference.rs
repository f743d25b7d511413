//! The reference exchange, packet by packet, and the way on to the hub.

use serde_json::json;
use wire::{Connack, Connect, Packet, Qos};

use crate::{
    common::{HOST, lines, sent},
    device::{ANSWERS, Device, KEY, answer},
};

#[test]
fn a_device_registers_polls_and_is_assigned() {
    let mut device = Device::new();
    let connected = device.connect(device.packet("r1", KEY));
    let connack = Connack { session_present: false, code: 0, properties: Vec::new() };
    assert_eq!(sent(&connected, device.conn), [Packet::Connack(connack)]);

    let subscribed = device.subscribe(ANSWERS, Qos::AtLeastOnce);
    assert_eq!(lines(&subscribed), ["#1001 > SUBACK id=1 [1] (DPS-SUB-004)"]);

    let registered = device.register(r#"{"registrationId":"r1"}"#);
    let puback = &sent(&registered, device.conn)[0];
    assert!(matches!(puback, Packet::Puback(ack) if ack.packet_id == 7), "{puback}");
    let assigning = answer(&registered);
    assert_eq!(assigning.topic, "$dps/registrations/res/202/?$rid=a1&retry-after=3");
    assert_eq!((assigning.because, assigning.qos), ("DPS-REG-005", Qos::AtLeastOnce));
    let operation_id = assigning.body["operationId"].as_str().expect("an operation").to_owned();
    assert_eq!(
        assigning.text,
        format!(r#"{{"operationId":"{operation_id}","status":"assigning"}}"#)
    );
    let parts: Vec<usize> = operation_id.split('.').map(str::len).collect();
    assert_eq!((parts, operation_id.starts_with("5.")), (vec![1, 16, 36], true));

    device.wait_s(3);
    let again = answer(&device.poll(&operation_id));
    assert_eq!(again.topic, "$dps/registrations/res/202/?$rid=b2&retry-after=3");
    assert_eq!(again.because, "DPS-OPEN-021");
    assert_eq!(
        again.text,
        format!(
            r#"{{"operationId":"{operation_id}","status":"assigning","registrationState":{{"registrationId":"r1","status":"assigning"}}}}"#
        )
    );

    device.wait_s(3);
    let assigned = answer(&device.poll(&operation_id));
    assert_eq!(assigned.topic, "$dps/registrations/res/200/?$rid=b2");
    assert_eq!(assigned.because, "DPS-POLL-006");
    let etag = assigned.body["registrationState"]["etag"].as_str().expect("an etag");
    let at = "2026-11-20T00:00:00.0000000Z";
    let state = json!({
        "registrationId": "r1",
        "createdDateTimeUtc": at,
        "assignedHub": HOST,
        "deviceId": "r1",
        "status": "assigned",
        "substatus": "initialAssignment",
        "lastUpdatedDateTimeUtc": at,
        "etag": etag,
    });
    let whole =
        json!({"operationId": operation_id, "status": "assigned", "registrationState": state});
    assert_eq!(assigned.text, whole.to_string(), "members in this order, and no others");

    assert_eq!(lines(&device.disconnect()), ["#1001 is closed (DPS-OPEN-042)"]);
    for id in ["001", "002", "003", "004", "005", "008", "009", "010"] {
        assert_eq!(device.judged(&format!("DPS-POLL-{id}")), Some(true), "{id}");
    }
    for id in ["DPS-SAS-003", "DPS-SAS-004", "DPS-SAS-005", "DPS-SAS-006", "DPS-REG-001"] {
        assert_eq!(device.judged(id), Some(true), "{id}");
    }
}

#[test]
fn the_assigned_device_connects_to_its_hub() {
    let mut device = Device::new();
    device.arrive("r1", KEY);
    let assigned = device.provision("")["registrationState"].clone();
    assert_eq!((&assigned["assignedHub"], &assigned["deviceId"]), (&json!(HOST), &json!("r1")));

    let (conn, effects) = device.talk.connect_with(hub_connect("r1", KEY));
    let connack = Connack { session_present: false, code: 0, properties: Vec::new() };
    assert_eq!(sent(&effects, conn), [Packet::Connack(connack)]);
    let (conn, effects) = device.talk.connect_with(hub_connect("r1", b"another key"));
    let connack = Connack { session_present: false, code: 5, properties: Vec::new() };
    assert_eq!(sent(&effects, conn), [Packet::Connack(connack)]);
}

/// A CONNECT to the hub that is signed with this key.
pub fn hub_connect(id: &str, key: &[u8]) -> Connect {
    let expiry_s = crate::common::BEGIN.s() + 86_400;
    let token = cloud::sas::sign(key, &format!("{HOST}/devices/{id}"), expiry_s, None);
    Connect {
        client_id: id.to_owned(),
        username: Some(format!("{HOST}/{id}/?api-version=2021-04-12")),
        password: Some(token.into()),
        ..Connect::default()
    }
}
