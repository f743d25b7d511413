//! Clients that come back in another way than they should, or not at all.

use crate::miniature::back_off::Growth;

miniatures! { "iot-hub":
    /// It connects again at once, however often that fails.
    comes_back_at_once(habits) ["SKY-CLIENT-002"] {
        habits.growth = Growth::None;
    }

    /// It waits for the same time before each attempt.
    comes_back_as_regularly(habits) ["SKY-CLIENT-002"] {
        habits.growth = Growth::Constant;
    }

    /// It waits longer each time, by the same time.
    comes_back_linearly(habits) ["SKY-CLIENT-002"] {
        habits.growth = Growth::Linear;
    }

    /// It waits twice as long each time, as every other device does.
    comes_back_without_jitter(habits) ["SKY-CLIENT-002"] {
        habits.growth = Growth::Exponential;
    }

    /// It does not come back when its connection is lost.
    stays_away_when_cut(habits) ["HUB-ERR-002", "SKY-CLIENT-001"] {
        habits.stays_away_when_cut = true;
    }

    /// It does not come back when it was refused once.
    stays_away_when_refused(habits) ["SKY-CLIENT-016"] {
        habits.stays_away_when_refused = true;
    }

    /// It does not notice that nothing answers any more.
    bears_silence(habits) ["HUB-KEEPALIVE-001", "HUB-KEEPALIVE-011", "SKY-CLIENT-003", "SKY-CLIENT-005"] {
        habits.bears_silence = true;
    }
}
