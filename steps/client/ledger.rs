//! What a trace says of a client's conduct, clause by clause.

use std::collections::BTreeMap;

use cloud::{Action, Input, Rule, Step, clause};
use reports::{Found, Judged, judged::Level};
use wire::Packet;

/// Each clause that binds a device and was judged in these steps, and each rule by which the cloud had to
/// refuse something, with the worst that was found. What the scenario arranged to be refused is named by
/// its tags, and left out.
pub(crate) fn of(steps: &[&Step], tags: &[String]) -> Vec<Judged> {
    let mut found: BTreeMap<&'static str, (Rule, Found)> = BTreeMap::new();
    let mut put = |rule: Rule, it: Found| {
        let entry = found.entry(rule.id()).or_insert((rule, it));
        entry.1 = entry.1.max(it);
    };
    for step in steps {
        for judgement in &step.judged {
            if judgement.rule.clause().binds != clause::Binds::Cloud {
                put(judgement.rule, if judgement.holds { Found::Kept } else { Found::Broken });
            }
        }
        // What an order or a fault brought about is nobody's conduct.
        if matches!(step.input, Input::Order { .. }) || !step.struck.is_empty() {
            continue;
        }
        for effect in &step.effects {
            let is_arranged = tags.iter().any(|tag| tag == effect.because.id())
                || effect.because.id().starts_with("SKY-")
                || cloud::is_goodbye(effect.because);
            if refuses(&effect.action) && !is_arranged {
                put(effect.because, Found::Broken);
            }
        }
    }
    found.into_values().map(|(rule, found)| told(rule, found)).collect()
}

/// One clause as reports tell it.
pub(crate) fn told(rule: Rule, found: Found) -> Judged {
    let clause = rule.clause();
    Judged {
        clause: clause.id.to_owned(),
        says: clause.says.to_owned(),
        level: match clause.level {
            clause::Level::Must => Level::Must,
            clause::Level::Should => Level::Should,
            clause::Level::May => Level::May,
            clause::Level::Choice => Level::Choice,
        },
        found,
    }
}

fn refuses(action: &Action) -> bool {
    match action {
        Action::Close { .. } => true,
        Action::Send { packet: Packet::Connack(connack), .. } => connack.code != 0,
        _ => false,
    }
}
