//! Clients that deal with their twin in another way than they should.

use wire::{Packet, Publish};

use super::{publish, retopic};

const REPORT: &str = "$iothub/twin/PATCH/properties/reported/";

miniatures! { "iot-hub":
    /// It asks for its twin before it has subscribed to the answers.
    asks_before_subscribing(habits) ["HUB-TWIN-001"] {
        habits.asks_before_subscribing = true;
    }

    /// It asks for its twin with a body.
    asks_with_a_body(habits) ["HUB-TWIN-002"] {
        habits.says = Some(|packet, _| {
            if let Some(publish) = publish(packet, "$iothub/twin/GET/") {
                publish.payload = "{}".into();
            }
        });
    }

    /// It leaves out a slash in the topic of its read.
    asks_on_another_topic(habits) ["HUB-LIMIT-005", "HUB-SUB-002", "HUB-TWIN-002"] {
        habits.says = Some(|packet, _| retopic(packet, "$iothub/twin/GET/?", "$iothub/twin/GET?"));
    }

    /// It asks for its twin without a request id.
    asks_without_a_rid(habits) ["HUB-LIMIT-005", "HUB-SUB-002", "HUB-TWIN-002"] {
        habits.says = Some(|packet, _| cut(packet, "$iothub/twin/GET/"));
    }

    /// The request id of its read is empty.
    asks_with_an_empty_rid(habits) ["HUB-TWIN-003"] {
        habits.says = Some(|packet, _| {
            if let Some(publish) = publish(packet, "$iothub/twin/GET/") {
                publish.topic = "$iothub/twin/GET/?$rid=".to_owned();
            }
        });
    }

    /// It reports properties before it has subscribed to the answers.
    reports_before_subscribing(habits) ["HUB-TWIN-016"] {
        habits.says_first = Some(|_| {
            vec![Packet::Publish(Publish {
                topic: format!("{REPORT}?$rid=first"),
                payload: "{\"begun\":true}".into(),
                ..Publish::default()
            })]
        });
    }

    /// It reports on the topic of desired properties.
    reports_as_desired(habits) ["HUB-LIMIT-005", "HUB-SUB-002", "HUB-TWIN-014", "HUB-TWIN-017"] {
        habits.says = Some(|packet, _| {
            retopic(packet, "/PATCH/properties/reported/", "/PATCH/properties/desired/");
        });
    }

    /// It reports without a request id.
    reports_without_a_rid(habits) ["HUB-LIMIT-005", "HUB-SUB-002", "HUB-TWIN-014", "HUB-TWIN-017"] {
        habits.says = Some(|packet, _| cut(packet, REPORT));
    }

    /// The request id of its report is empty.
    reports_with_an_empty_rid(habits) ["HUB-TWIN-018"] {
        habits.says = Some(|packet, _| {
            if let Some(publish) = publish(packet, REPORT) {
                publish.topic = format!("{REPORT}?$rid=");
            }
        });
    }

    /// It reports a list.
    reports_a_list(habits) ["HUB-TWIN-022"] {
        habits.says = Some(|packet, _| rebody(packet, "[1, 2]"));
    }

    /// It reports what is no JSON.
    reports_no_json(habits) ["HUB-TWIN-022"] {
        habits.says = Some(|packet, _| rebody(packet, "seen=1"));
    }

    /// It reads its twin once, and never again after a reconnect.
    reads_its_twin_once(habits) ["HUB-TWIN-039"] {
        habits.reads_twin_once = true;
    }

    /// It takes a change notice as the next one though others were lost before it.
    ignores_gaps(habits) ["SKY-CLIENT-008"] {
        habits.ignores_gaps = true;
    }

    /// It never asks again when the hub has no time for it.
    gives_up_its_twin(habits) ["SKY-CLIENT-010"] {
        habits.gives_up = true;
    }
}

/// Cuts everything from the question mark on.
fn cut(packet: &mut Packet, part: &str) {
    if let Some(publish) = publish(packet, part)
        && let Some((topic, _)) = publish.topic.split_once('?')
    {
        publish.topic = topic.to_owned();
    }
}

fn rebody(packet: &mut Packet, body: &'static str) {
    if let Some(publish) = publish(packet, REPORT) {
        publish.payload = body.into();
    }
}
