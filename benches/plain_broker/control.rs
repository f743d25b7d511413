//! The negative control: the suite against a cloud that has no dialect. What passes there proves nothing of
//! a hub or of DPS, and has to say why it may.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use reports::{Outcome, Verdict};
use skyproof::{
    outside,
    suite::{Elsewhere, Options, Suite},
};

use super::Broker;

const REWRITE: &str = "SKYPROOF_REWRITE";

const HEADING: &str = "\
# What each scenario comes to when the cloud is rumqttd, a plain MQTT broker, over plain TCP. Those that need
# more than a wire (held time, the trace, tenants, a service side, TLS) are not run, and not listed.
#
#   fails      a Then noticed that this is none of the clouds
#   stumbles   a Given or a When did not come about, because the broker turned the device away
#   passes     this much is true of every broker; it says why that is no weakness of the scenario
#   varies     now it fails and now it passes, as the broker happens to do; written by hand, with the reason
#
# `SKYPROOF_REWRITE=1 cargo test --test plain_broker` writes it anew; a reason is written by hand.
";

#[test]
fn a_plain_broker_is_no_cloud() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("features/plain-broker.txt");
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let list = list(&run(), &reasons(&kept), &varying(&kept));
    if std::env::var_os(REWRITE).is_some() {
        fs::write(&path, &list).expect("the list can be written");
    }
    let unexplained: Vec<_> = list.lines().filter(|line| line.ends_with("| ?")).collect();
    assert!(unexplained.is_empty(), "pass on a plain broker, and why? {unexplained:#?}");
    if std::env::var_os(REWRITE).is_none() {
        let (new, gone) = (beyond(&list, &kept), beyond(&kept, &list));
        assert!(
            new.is_empty() && gone.is_empty(),
            "features/plain-broker.txt is not what happens.\nhappens: {new:#?}\nlisted: {gone:#?}\n\
             hint: {REWRITE}=1 cargo test --test plain_broker"
        );
    }
}

/// The lines of a list that another has not. A scenario that does not pass may wait for the next writing
/// unless everything has to be exact, as it has every night: what passes may never.
fn beyond<'a>(list: &'a str, other: &str) -> Vec<&'a str> {
    let is_exact = std::env::var_os("SKYPROOF_EXACT").is_some();
    let counts = |line: &&str| is_exact || line.starts_with("passes");
    list.lines().filter(counts).filter(|line| !other.lines().any(|it| it == *line)).collect()
}

/// Outcomes by path and name; the rows of an outline share one.
type Outcomes = BTreeMap<(String, String), Vec<Verdict>>;

fn run() -> Outcomes {
    let start = || {
        let broker = Broker::start();
        let Broker { address, address_of_5, .. } = broker;
        Ok(outside::Running { address, address_of_5, keep: Box::new(broker) })
    };
    let options = Options {
        cloud: Some(Elsewhere::Plain(outside::Broker::new(start))),
        features: Some(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("features")),
        ..Options::default()
    };
    let suite = Suite::new(&options).unwrap_or_else(|trouble| panic!("{trouble}"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut quiet = reports::JsonLines::new(std::io::sink());
    let finished = runtime.block_on(suite.run(&mut quiet)).expect("a sink takes everything");
    let mut outcomes = Outcomes::new();
    for scenario in finished {
        if let Outcome::Judged(verdict) = scenario.outcome {
            outcomes.entry((scenario.path, scenario.name)).or_default().push(verdict);
        }
    }
    outcomes
}

fn list(
    outcomes: &Outcomes,
    reasons: &BTreeMap<String, String>,
    varying: &BTreeSet<String>,
) -> String {
    let mut list = HEADING.to_owned();
    for ((path, name), verdicts) in outcomes {
        let place = format!("{path} | {name}");
        if let Some(reason) = reasons.get(&place).filter(|_| varying.contains(&place)) {
            list.push_str(&format!("varies | {place} | {reason}\n"));
            continue;
        }
        let passed = verdicts.iter().filter(|verdict| **verdict <= Verdict::Warn).count();
        let what = match passed {
            0 if verdicts.contains(&Verdict::Fail) => "fails".to_owned(),
            0 => "stumbles".to_owned(),
            all if all == verdicts.len() => "passes".to_owned(),
            some => format!("passes {some} of {}", verdicts.len()),
        };
        list.push_str(&format!("{what} | {place}"));
        if passed > 0 {
            list.push_str(" | ");
            list.push_str(reasons.get(&place).map_or("?", String::as_str));
        }
        list.push('\n');
    }
    list
}

/// Why scenarios may pass, by path and name.
fn reasons(list: &str) -> BTreeMap<String, String> {
    list.lines()
        .filter_map(|line| match line.split(" | ").collect::<Vec<_>>()[..] {
            [_, path, name, reason] => Some((format!("{path} | {name}"), reason.to_owned())),
            _ => None,
        })
        .collect()
}

/// What comes to this now and to that then, by path and name.
fn varying(list: &str) -> BTreeSet<String> {
    list.lines()
        .filter_map(|line| match line.split(" | ").collect::<Vec<_>>()[..] {
            ["varies", path, name, _] => Some(format!("{path} | {name}")),
            _ => None,
        })
        .collect()
}
