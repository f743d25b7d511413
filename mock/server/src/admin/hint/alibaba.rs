//! What an instance of Alibaba Cloud IoT Platform would have taken.

use cloud::{Input, Rule, Step};
use wire::{Packet, Qos};

/// What the platform says itself, or else what its documents ask of such a packet.
pub(super) fn hint(step: &Step, rule: Option<Rule>) -> Option<String> {
    let own = step.why.as_ref().map(ToString::to_string);
    let by_rule = || match rule?.id() {
        "ALI-OPEN-045" => {
            Some("let it in with `skyproof api EnableThing ProductKey=… DeviceName=…`")
        }
        "ALI-OPEN-050" => Some("one device has one connection: give each a DeviceName of its own"),
        "ALI-OPEN-052" => Some("connect again a minute later"),
        _ => None,
    };
    own.or_else(|| by_rule().or_else(|| by_packet(step)).map(str::to_owned))
}

fn by_packet(step: &Step) -> Option<&'static str> {
    match &step.input {
        Input::Received { packet: Packet::Connect(_), .. } => Some(
            "the client identifier is `clientId|securemode=2,signmethod=hmacsha256|`, the user name \
             `deviceName&productKey`, and the password signs both by the DeviceSecret",
        ),
        Input::Received { packet: Packet::Publish(publish), .. } => {
            let is_qos_2 = publish.qos == Qos::ExactlyOnce;
            Some(if is_qos_2 { "publish at QoS 0 or 1" } else { OWN_TOPICS })
        }
        Input::Received { packet: Packet::Subscribe(_), .. } => Some(OWN_TOPICS),
        Input::Received { .. } if step.device.is_none() => {
            Some("send CONNECT first, and wait for CONNACK")
        }
        Input::Timeout => Some("send PINGREQ within the keep-alive"),
        _ => None,
    }
}

const OWN_TOPICS: &str = "a device has the topics `/{productKey}/{deviceName}/user/…` that its product \
     declares, and those of the system that bear its names";
