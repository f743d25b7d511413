//! Clients that take cloud-to-device messages in another way than they should.

use crate::miniature::habits::Acknowledges;

miniatures! { "iot-hub":
    /// It acknowledges two messages at a time, the later one first.
    acknowledges_backwards(habits) ["HUB-OPEN-039"] {
        habits.acknowledges = Acknowledges::Backwards;
    }

    /// It acknowledges nothing.
    acknowledges_nothing(habits) ["HUB-SDK-010", "SKY-CLIENT-006"] {
        habits.acknowledges = Acknowledges::Never;
    }

    /// It takes a zero byte for the end, and does not hear a message that has one.
    stumbles_at_zero_bytes(habits) ["SKY-CLIENT-013"] {
        habits.hears = Some(|publish| !publish.payload.contains(&0));
    }

    /// It does not hear messages of more than 16 KB.
    hears_short_messages_alone(habits) ["SKY-CLIENT-013"] {
        habits.hears = Some(|publish| publish.payload.len() < 16_384);
    }

    /// It does not hear messages whose property bag starts with a question mark.
    stumbles_at_question_marks(habits) ["HUB-C2D-023"] {
        habits.hears = Some(|publish| !publish.topic.contains("/devicebound/?"));
    }

    /// It hears nothing in the first seconds of a connection, when its messages come.
    hears_late(habits) ["HUB-SDK-010", "SKY-CLIENT-006"] {
        habits.hears_late = true;
    }
}
