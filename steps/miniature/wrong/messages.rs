//! Clients that take cloud-to-device messages in another way than they should.

use crate::miniature::habits::Acknowledges;

miniatures! { "iot-hub":
    /// It acknowledges two messages at a time, the later one first.
    acknowledges_backwards(habits) ["HUB-OPEN-039"] {
        habits.acknowledges = Acknowledges::Backwards;
    }

    /// It acknowledges nothing.
    acknowledges_nothing(habits) ["SKY-CLIENT-006"] {
        habits.acknowledges = Acknowledges::Never;
    }

    /// It does not hear messages that are no text.
    hears_text_alone(habits) ["SKY-CLIENT-013"] {
        habits.hears = Some(|publish| std::str::from_utf8(&publish.payload).is_ok());
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
    hears_late(habits) ["SKY-CLIENT-006"] {
        habits.hears_late = true;
    }
}
