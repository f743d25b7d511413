//! Requests that a fault refuses in the place of DPS.

use cloud::{
    Order,
    fault::{Fault, Kind},
};

use crate::device::{Device, KEY, SCOPE, answer};

const REGISTER: &str = "$dps/registrations/PUT/#";
const POLL: &str = "$dps/registrations/GET/#";

#[test]
fn a_throttled_register_begins_nothing() {
    let mut device = Device::new();
    let fault = Fault::new(Kind::Status(429)).of("r1").on_topic(REGISTER).times(1);
    device.talk.order(Order::AddFault(fault));
    device.arrive("r1", KEY);
    let refused = answer(&device.register(""));
    assert_eq!(refused.topic, "$dps/registrations/res/429/?$rid=a1&retry-after=3");
    assert_eq!(refused.body["errorCode"], 429_001);
    assert_eq!(refused.because, "DPS-OPEN-039");
    assert!(device.talk.cloud.registry().provisioning[SCOPE].registrations.is_empty());
    assert_eq!(device.provision("")["status"], "assigned");
}

#[test]
fn a_failed_poll_leaves_the_operation() {
    let mut device = Device::new();
    let fault = Fault::new(Kind::Status(500)).on_topic(POLL).times(1);
    device.talk.order(Order::AddFault(fault));
    device.arrive("r1", KEY);
    let accepted = answer(&device.register("")).body;
    let operation_id = accepted["operationId"].as_str().expect("an operation").to_owned();
    let refused = answer(&device.poll(&operation_id));
    assert_eq!(refused.topic, "$dps/registrations/res/500/?$rid=b2&retry-after=3");
    assert_eq!(refused.body["errorCode"], 500_001);
    assert!(refused.body.get("operationId").is_none());
    let statuses: Vec<_> =
        [(); 2].map(|()| answer(&device.poll(&operation_id)).body["status"].clone()).to_vec();
    assert_eq!(statuses, ["assigning", "assigned"], "the refused poll did not count");
}

#[test]
fn a_final_status_has_no_retry_after() {
    let mut device = Device::new();
    device.talk.order(Order::AddFault(Fault::new(Kind::Status(404)).times(1)));
    device.arrive("r1", KEY);
    let refused = answer(&device.register(""));
    assert_eq!(refused.topic, "$dps/registrations/res/404/?$rid=a1");
}

#[test]
fn what_a_device_makes_of_an_error_is_noted() {
    for (status, wait_s, its_own, judged) in [
        (429, 3, true, (Some(true), Some(true))),
        (429, 2, true, (Some(false), Some(true))),
        (500, 3, false, (Some(true), Some(false))),
        (404, 60, true, (Some(false), None)),
    ] {
        let mut device = Device::new();
        let fault = Fault::new(Kind::Status(status)).on_topic(POLL).times(1);
        device.talk.order(Order::AddFault(fault));
        device.arrive("r1", KEY);
        let accepted = answer(&device.register("")).body;
        let operation_id = accepted["operationId"].as_str().expect("an operation");
        device.poll(operation_id);
        device.wait_s(wait_s);
        device.poll(if its_own { operation_id } else { "5.another" });
        let seen = (device.judged("DPS-OPEN-038"), device.judged("DPS-OPEN-027"));
        assert_eq!(seen, judged, "{status} after {wait_s} s");
    }
}

#[test]
fn leaving_is_the_right_answer_to_a_final_error() {
    let mut device = Device::new();
    device.arrive("r1", b"wrong");
    device.register("");
    assert_eq!(device.judged("DPS-OPEN-038"), None);
    device.disconnect();
    assert_eq!(device.judged("DPS-OPEN-038"), Some(true));
}
