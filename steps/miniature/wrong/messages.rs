//! Clients that take cloud-to-device messages in another way than they should.

use crate::miniature::habits::Acknowledges;

miniatures! { "iot-hub":
    /// It acknowledges two messages at a time, the later one first.
    acknowledges_backwards(habits) ["HUB-OPEN-039"] {
        habits.acknowledges = Acknowledges::Backwards;
    }

    /// It acknowledges nothing.
    acknowledges_nothing(habits) ["HUB-C2D-026"] {
        habits.acknowledges = Acknowledges::Never;
    }

    /// It hears nothing in the first seconds of a connection, when its messages come.
    hears_late(habits) ["HUB-C2D-026"] {
        habits.hears_late = true;
    }
}
