//! Samples to medians, medians to ratios, ratios beside their goals.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::peer::Peer;

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Figure {
    Telemetry,
    TelemetryPerS,
    Coalesced,
    AckP50,
    AckP99,
    Storm,
    Burst,
    Idle,
    IdleDevice,
    Start,
    FanOutQos0,
    FanOutQos0PerS,
    FanOutQos1,
    FanOutQos1PerS,
    FanIn,
    FanInPerS,
    Matching,
}

/// What is hoped for.
enum Goal {
    /// Of mosquitto's figure in the same run.
    Ratio(f64),
    /// In the figure's own unit.
    AtMost(f64),
    None,
}

impl Figure {
    const ALL: [Self; 17] = [
        Self::Telemetry,
        Self::TelemetryPerS,
        Self::Coalesced,
        Self::AckP50,
        Self::AckP99,
        Self::Storm,
        Self::Burst,
        Self::Idle,
        Self::IdleDevice,
        Self::Start,
        Self::FanOutQos0,
        Self::FanOutQos0PerS,
        Self::FanOutQos1,
        Self::FanOutQos1PerS,
        Self::FanIn,
        Self::FanInPerS,
        Self::Matching,
    ];

    const fn title(self) -> &'static str {
        match self {
            Self::Telemetry => "telemetry QoS 1 256 B, one packet a record: CPU us a message",
            Self::TelemetryPerS => "  the same: messages a second of real time",
            Self::Coalesced => "  16 packets a record: CPU us a message",
            Self::AckP50 => "ack at 10,000 messages/s offered: p50 us",
            Self::AckP99 => "  the same: p99 us",
            Self::Storm => "connect and leave, TLS 1.3 P-256: CPU ms each",
            Self::Burst => "all devices connect at once: s to the last CONNACK",
            Self::Idle => "idle connection: RSS KiB each",
            Self::IdleDevice => "idle device, subscribed, twin read: RSS KiB each",
            Self::Start => "exec to first CONNACK over TLS: ms",
            Self::FanOutQos0 => "one publisher, many subscribers, QoS 0: CPU us a delivery",
            Self::FanOutQos1 => "  at QoS 1: CPU us a delivery",
            Self::FanOutQos0PerS | Self::FanOutQos1PerS => {
                "  the same: deliveries a second of real time"
            }
            Self::FanIn => "many publishers, one subscriber, QoS 1: CPU us a message",
            Self::FanInPerS => "  the same: messages a second of real time",
            Self::Matching => "one of many subscriptions matches, QoS 0: CPU us a message",
        }
    }

    /// From the project's list of goals.
    const fn goal(self) -> Goal {
        match self {
            Self::Telemetry => Goal::Ratio(0.7),
            Self::Coalesced => Goal::Ratio(0.25),
            Self::AckP50 => Goal::Ratio(1.0),
            Self::AckP99 => Goal::Ratio(2.0),
            Self::Storm => Goal::Ratio(0.6),
            Self::Burst => Goal::Ratio(0.1),
            Self::IdleDevice => Goal::Ratio(1.2),
            Self::Start => Goal::AtMost(10.0),
            Self::TelemetryPerS
            | Self::Idle
            | Self::FanOutQos0
            | Self::FanOutQos0PerS
            | Self::FanOutQos1
            | Self::FanOutQos1PerS
            | Self::FanIn
            | Self::FanInPerS
            | Self::Matching => Goal::None,
        }
    }

    /// What it is compared with: a plain broker has no twin to read.
    const fn base(self) -> Self {
        match self {
            Self::IdleDevice => Self::Idle,
            other => other,
        }
    }
}

/// Everything that was measured.
#[derive(Debug, Default)]
pub(crate) struct Samples(BTreeMap<(Figure, Peer), Vec<f64>>);

impl Samples {
    pub(crate) fn add(&mut self, figure: Figure, peer: Peer, value: f64) {
        self.0.entry((figure, peer)).or_default().push(value);
    }

    /// Medians with their ratios to mosquitto, the range of skyproof's ratios, the goal, the verdict.
    pub(crate) fn table(&self) -> String {
        let mut text = format!(
            "{:<62}{:>10}{:>16}{:>16}{:>16}  {:<14}{:<10}\n",
            "", "mosquitto", "rumqttd", "sink", "skyproof", "(range)", "goal"
        );
        for figure in Figure::ALL {
            if Peer::ALL.into_iter().all(|peer| self.median(figure, peer).is_none()) {
                continue;
            }
            let base = self.median(figure.base(), Peer::Mosquitto);
            let _ = writeln!(
                text,
                "{:<62}{:>10}{:>16}{:>16}{:>16}  {:<14}{}",
                figure.title(),
                cell(self.median(figure, Peer::Mosquitto), None),
                cell(self.median(figure, Peer::Rumqttd), base),
                cell(self.median(figure, Peer::Sink), base),
                cell(self.median(figure, Peer::Skyproof), base),
                self.range(figure, base),
                self.verdict(figure, base),
            );
        }
        text
    }

    fn median(&self, figure: Figure, peer: Peer) -> Option<f64> {
        self.0.get(&(figure, peer)).and_then(|values| median(values))
    }

    /// How far skyproof's single repetitions lie apart, as ratios.
    fn range(&self, figure: Figure, base: Option<f64>) -> String {
        let values = self.0.get(&(figure, Peer::Skyproof)).filter(|values| values.len() > 1);
        let (Some(values), Some(base)) = (values, base) else { return String::new() };
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(0.0, f64::max);
        format!("x{:.2}..{:.2}", low / base, high / base)
    }

    fn verdict(&self, figure: Figure, base: Option<f64>) -> String {
        let Some(value) = self.median(figure, Peer::Skyproof) else { return String::new() };
        let (goal, met) = match (figure.goal(), base) {
            (Goal::None, _) => return String::new(),
            (Goal::AtMost(most), _) => (format!("<= {most}"), Some(value <= most)),
            (Goal::Ratio(most), base) => {
                (format!("<= x{most}"), base.map(|base| value / base <= most))
            }
        };
        match met {
            Some(true) => format!("{goal:<9} met"),
            Some(false) => format!("{goal:<9} MISSED"),
            None => goal,
        }
    }
}

/// The value in the middle, or between the two there.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted.get((sorted.len().max(1) - 1) / 2)?, sorted.get(sorted.len() / 2)?);
    Some((low + high) / 2.0)
}

fn cell(value: Option<f64>, base: Option<f64>) -> String {
    let Some(value) = value else { return "-".to_owned() };
    let digits = match value {
        value if value >= 100.0 => 0,
        value if value >= 10.0 => 1,
        _ => 2,
    };
    match base {
        Some(base) if base > 0.0 => format!("{value:.digits$} (x{:.2})", value / base),
        _ => format!("{value:.digits$}"),
    }
}
