//! Clients that answer direct methods in another way than they should.

use super::{publish, retopic};

const ANSWER: &str = "$iothub/methods/res/";

miniatures! { "iot-hub":
    /// It answers with a request id of its own.
    answers_with_another_rid(habits) ["HUB-METHOD-006"] {
        habits.says = Some(|packet, _| {
            if let Some(publish) = publish(packet, ANSWER) {
                publish.topic = format!("{ANSWER}200/?$rid=none");
            }
        });
    }

    /// It answers with a status in words.
    answers_in_words(habits) ["HUB-METHOD-007"] {
        habits.says = Some(|packet, _| retopic(packet, "/res/200/", "/res/ok/"));
    }

    /// It answers with text that is no JSON.
    answers_with_text(habits) ["HUB-METHOD-005"] {
        habits.says = Some(|packet, _| {
            if let Some(publish) = publish(packet, ANSWER) {
                publish.payload = "done".into();
            }
        });
    }

    /// It answers on the topic of calls.
    answers_on_another_topic(habits) ["HUB-LIMIT-005", "HUB-METHOD-004", "HUB-SUB-002"] {
        habits.says = Some(|packet, _| retopic(packet, ANSWER, "$iothub/methods/RES/"));
    }

    /// It never answers.
    answers_no_calls(habits) ["SKY-CLIENT-014"] {
        habits.answers_no_calls = true;
    }
}
