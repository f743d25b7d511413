//! A run in which everything happens that can happen.

use cloud::Time;
use reports::{
    Conversation, Event, Failure, Outcome, Report, Scenario, TranscriptLine,
    Verdict::{Error, Fail, Inconclusive, Pass, Warn},
};

/// What a report writes about these events.
pub(crate) fn told(
    events: &[Event],
    report: impl for<'a> FnOnce(&'a mut Vec<u8>) -> Box<dyn Report + 'a>,
) -> String {
    let mut out = Vec::new();
    let mut report = report(&mut out);
    for event in events {
        report.tell(event).expect("a vector takes all");
    }
    drop(report);
    String::from_utf8(out).expect("reports are text")
}

/// Every outcome once, and a pair of scenarios named alike.
pub(crate) fn every_outcome() -> Vec<Event> {
    run([
        Scenario {
            failure: Some(Failure {
                requirement: "HUB-D2C-016: A publish at QoS 2 makes the hub close the connection."
                    .into(),
                expected: "the connection is closed".into(),
                actual: "PUBREC id=1\nthe connection is still open".into(),
                hint: Some("skyproof explain HUB-D2C-016".into()),
                step: "Then the connection is closed".into(),
            }),
            transcript: transcript(20, &[3, 18]),
            ..scenario(41, "A publish at QoS 2 closes the connection", Fail.into())
        },
        scenario(12, "A publish at QoS 1 is acknowledged", Pass.into()),
        Scenario {
            failure: Some(Failure {
                requirement: "HUB-TWIN-039: The device reads its twin after each reconnect.".into(),
                expected: "PUBLISH $iothub/twin/GET/?$rid={rid}".into(),
                actual: "nothing".into(),
                hint: None,
                step: "Then the device reads its twin".into(),
            }),
            transcript: transcript(2, &[]),
            ..twin(9, "The twin is read <again> & again", Warn.into())
        },
        Scenario {
            failure: Some(Failure {
                requirement: "the scenario's precondition".into(),
                expected: "CONNACK code=0".into(),
                actual: "CONNACK code=5".into(),
                hint: None,
                step: "Given a connected device".into(),
            }),
            ..twin(30, "A patch | a version", Inconclusive.into())
        },
        Scenario {
            failure: Some(Failure {
                requirement: "the adapter answers `twin_get`".into(),
                expected: "an answer".into(),
                actual: "exit status 139".into(),
                hint: Some("its last words are in the log".into()),
                step: "When the device asks for its twin".into(),
            }),
            ..twin(31, "A patch | a version", Error.into())
        },
        twin(50, "A module's twin", Outcome::Unsupported("declares no `hub.modules`".into())),
        twin(60, "A twin on a basic hub", Outcome::NotApplicable),
        twin(70, "The order of members", Outcome::Informational),
        Scenario {
            cloud: "dps".into(),
            feature: "Polling".into(),
            path: "features/dps/cloud/poll.feature".into(),
            ..scenario(5, "A poll comes too late", Outcome::NotRun("needs held time".into()))
        },
        Scenario {
            attempts: 3,
            ..twin(80, "A patch that is too long", Outcome::KnownFailing("issue 7".into()))
        },
        Scenario { attempts: 2, ..twin(90, "A patch in time", Pass.into()) },
    ])
}

/// A run of these scenarios.
pub(crate) fn run<const N: usize>(scenarios: [Scenario; N]) -> Vec<Event> {
    let mut events = vec![Event::RunStarted {
        suite: "test".into(),
        version: "0.1.0".into(),
        at: Time::from_ms(1_763_648_544_123),
        scenarios: N,
        client: None,
    }];
    events.extend(scenarios.map(|scenario| Event::ScenarioFinished(Box::new(scenario))));
    events.push(Event::RunFinished { real_ms: 1204 });
    events
}

/// A scenario of the hub's telemetry, without a transcript.
pub(crate) fn scenario(line: usize, name: &str, outcome: Outcome) -> Scenario {
    Scenario {
        cloud: "iot-hub".into(),
        feature: "Telemetry".into(),
        path: "features/iot-hub/cloud/d2c.feature".into(),
        line,
        name: name.into(),
        tags: vec!["HUB-D2C-016".into(), "must".into()],
        outcome,
        failure: None,
        transcript: Vec::new(),
        judged: Vec::new(),
        steps: Vec::new(),
        conversation: Conversation::default(),
        trouble: None,
        attempts: 1,
        repeat: format!("skyproof test --tags @HUB-D2C-016 --seed {line}"),
        real_ms: 7,
    }
}

fn twin(line: usize, name: &str, outcome: Outcome) -> Scenario {
    Scenario {
        feature: "Twins".into(),
        path: "features/iot-hub/cloud/twin.feature".into(),
        ..scenario(line, name, outcome)
    }
}

/// So many steps, of which the ones with these numbers offend.
fn transcript(steps: usize, offending: &[usize]) -> Vec<TranscriptLine> {
    (1..=steps)
        .map(|n| TranscriptLine {
            text: format!(
                "14:22:{n:02} #1 < PINGREQ [d1]\n    held   HUB-KEEPALIVE-001: A sentence."
            ),
            offending: offending.contains(&n),
        })
        .collect()
}
