//! How the client tries again and again.

use std::time::Duration;

use cloud::{Action, Input, Step};
use cucumber::then;
use reports::conversation::BackoffClass;

use crate::{
    client::backoff,
    world::{Failed, Said, World},
};

/// AWS IoT Device Advisor's classes, from best to worst; only the first is beyond reproach.
#[then(expr = "over {int} attempts within {int} s the client backs off exponentially with jitter")]
async fn backs_off(world: &mut World, attempts: usize, s: u64) -> Said {
    let mut gaps = Gaps::default();
    let enough = world
        .see(Duration::from_secs(s), &mut |step| {
            gaps.hear(step);
            (gaps.ms.len() + 1 >= attempts).then_some(())
        })
        .await?;
    let seen = gaps.ms.len() + 1;
    world.check(enough.is_some(), || {
        Failed::new(format!("{attempts} attempts to connect within {s} s"), format!("{seen}"))
            .hint("a device that gives up stays lost until somebody comes by")
    })?;
    let slack_ms = world.spec()?.jitter_ms();
    let backoff = backoff::classify(&gaps.ms, slack_ms)
        .ok_or_else(|| Failed::error("enough attempts to classify", format!("{:?}", gaps.ms)))?;
    world.backoff = Some(backoff.clone());
    let told = format!(
        "{} (gaps of {} ms)",
        name(backoff.class),
        gaps.ms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    );
    let holds = backoff.class == BackoffClass::ExponentialWithJitter;
    world.check(holds, || {
        Failed::new("exponential back-off with jitter", told)
            .hint("devices that all try at the same moments keep a hub down that has just come up")
    })
}

const fn name(class: BackoffClass) -> &'static str {
    match class {
        BackoffClass::ExponentialWithJitter => "exponential with jitter",
        BackoffClass::Exponential => "exponential without jitter",
        BackoffClass::Linear => "linear",
        BackoffClass::Constant => "constant",
    }
}

/// The time from the end of each attempt to the beginning of the next.
#[derive(Default)]
struct Gaps {
    ended_ms: Option<u64>,
    ms: Vec<u64>,
}

impl Gaps {
    fn hear(&mut self, step: &Step) {
        if let Input::Opened { .. } = step.input
            && let Some(ended_ms) = self.ended_ms.take()
        {
            self.ms.push(step.at.ms().saturating_sub(ended_ms));
        }
        let ends = matches!(step.input, Input::Closed { .. } | Input::Refused { .. })
            || step
                .effects
                .iter()
                .any(|effect| matches!(effect.action, Action::Close { .. } | Action::Reset { .. }));
        if ends {
            self.ended_ms.get_or_insert(step.at.ms());
        }
    }
}
