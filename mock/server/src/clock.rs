//! The one place that knows real time: the mock's timeline, and the guards against silent peers.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant, SystemTime},
};

use cloud::Time;
use rustls::pki_types::UnixTime;

/// How the mock's time passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clock {
    /// It starts here and moves by [`crate::Mock::advance`] alone.
    Held(Time),
    /// It is the machine's.
    Wall,
    /// It starts at the machine's and runs `factor` times as fast.
    Scaled { factor: f64 },
}

impl Clock {
    /// Time moves by [`crate::Mock::advance`] alone.
    pub const fn held(start: Time) -> Self {
        Self::Held(start)
    }

    /// The machine's time.
    pub const fn wall() -> Self {
        Self::Wall
    }

    /// `factor` times as fast as the machine's time.
    pub const fn scaled(factor: f64) -> Self {
        Self::Scaled { factor }
    }
}

/// A clock that runs. It never goes back.
#[derive(Debug)]
pub(crate) enum Timeline {
    Held(AtomicU64),
    Wall { latest_ms: AtomicU64 },
    Scaled { start: Time, since: Instant, factor: f64, jumped_ms: AtomicU64 },
}

impl Timeline {
    /// Starts the clock; `None` for a factor that is no speed.
    pub(crate) fn start(clock: Clock) -> Option<Self> {
        Some(match clock {
            Clock::Held(start) => Self::Held(AtomicU64::new(start.ms())),
            Clock::Wall => Self::Wall { latest_ms: AtomicU64::new(0) },
            Clock::Scaled { factor } if factor.is_finite() && factor > 0.0 => {
                let start = Time::from_ms(wall_ms());
                Self::Scaled { start, since: real_now(), factor, jumped_ms: AtomicU64::new(0) }
            }
            Clock::Scaled { .. } => return None,
        })
    }

    pub(crate) fn now(&self) -> Time {
        Time::from_ms(match self {
            Self::Held(now_ms) => now_ms.load(Ordering::Acquire),
            Self::Wall { latest_ms } => {
                let now_ms = wall_ms();
                latest_ms.fetch_max(now_ms, Ordering::AcqRel).max(now_ms)
            }
            Self::Scaled { start, since, factor, jumped_ms } => {
                let real = real_now().duration_since(*since);
                let jumped_ms = jumped_ms.load(Ordering::Acquire);
                start.plus_ms((real.as_secs_f64() * 1000.0 * factor) as u64 + jumped_ms).ms()
            }
        })
    }

    pub(crate) const fn is_held(&self) -> bool {
        matches!(self, Self::Held(_))
    }

    /// Moves a held clock forward; a running one goes its own way.
    pub(crate) fn move_to(&self, time: Time) {
        if let Self::Held(now_ms) = self {
            now_ms.fetch_max(time.ms(), Ordering::AcqRel);
        }
    }

    /// Lets so much time have passed on a scaled clock; others cannot jump.
    pub(crate) fn jump(&self, by_ms: u64) -> bool {
        let Self::Scaled { jumped_ms, .. } = self else { return false };
        jumped_ms.fetch_add(by_ms, Ordering::AcqRel);
        true
    }

    /// Sleeps until about this moment; a held clock never gets there by itself. May return early.
    pub(crate) async fn sleep_until(&self, at: Time) {
        /// tokio's timer ends somewhere; whoever wakes early looks again.
        const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
        let left_ms = at.since_ms(self.now()) as f64;
        let real_ms = match self {
            Self::Held(_) => return std::future::pending().await,
            Self::Wall { .. } => left_ms,
            Self::Scaled { factor, .. } => left_ms / factor,
        };
        real_sleep(Duration::from_secs_f64((real_ms / 1000.0).min(LONGEST.as_secs_f64()))).await;
    }
}

impl rustls::time_provider::TimeProvider for Timeline {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_millis(self.now().ms())))
    }
}

/// Gives a peer so much real time, whatever the mock's clock says.
#[expect(clippy::disallowed_methods, reason = "a silent peer is silent in real time")]
pub(crate) fn within<F: Future>(limit: Duration, act: F) -> tokio::time::Timeout<F> {
    tokio::time::timeout(limit, act)
}

/// Waits in real time, where the machine must recover before another try makes sense.
#[expect(clippy::disallowed_methods, reason = "the machine recovers in real time")]
pub(crate) async fn real_sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}

#[expect(clippy::disallowed_methods, reason = "the wall clock is read here and nowhere else")]
fn wall_ms() -> u64 {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "the scaled clock is measured here")]
fn real_now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_clock_moves_only_when_told_and_never_back() {
        let timeline = Timeline::start(Clock::held(Time::from_s(100))).expect("a clock");
        timeline.move_to(Time::from_s(200));
        timeline.move_to(Time::from_s(150));
        assert_eq!(timeline.now(), Time::from_s(200));
    }

    #[test]
    fn a_scaled_clock_jumps_and_others_do_not() {
        let timeline = Timeline::start(Clock::scaled(1.0)).expect("a clock");
        let before = timeline.now();
        assert!(timeline.jump(3_600_000));
        assert!(timeline.now() >= before.plus_ms(3_600_000));
        for clock in [Clock::held(Time::from_s(100)), Clock::wall()] {
            assert!(!Timeline::start(clock).expect("a clock").jump(1));
        }
    }

    #[test]
    fn a_factor_that_is_no_speed_is_refused() {
        for (factor, runs) in [(60.0, true), (0.5, true), (0.0, false), (-1.0, false)] {
            assert_eq!(Timeline::start(Clock::scaled(factor)).is_some(), runs, "{factor}");
        }
        assert!(Timeline::start(Clock::scaled(f64::NAN)).is_none());
    }
}
