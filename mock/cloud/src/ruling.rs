//! A ruling: what the cloud decided about one input, in order. No effect leaves without a rule.

use std::sync::Arc;

use wire::{Ack, Packet, Publish, Qos};

use crate::{
    breaks::{Breaks, Uses, Way},
    cloud_event::CloudEvent,
    effect::{Action, Effect},
    feedback::Feedback,
    http::{HttpResponse, RequestId},
    input::ConnId,
    log::LogRecord,
    order::{Answer, OrderId},
    rule::Rule,
    telemetry::Telemetry,
};

/// One rule was looked at, and it held or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub rule: Rule,
    pub holds: bool,
}

/// A rule that had to hold did not; the dialect answers for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken(pub Rule);

/// What the cloud decides about one input, while it decides.
#[derive(Debug)]
pub struct Ruling<'a> {
    breaks: &'a Breaks,
    /// Where each chance to get a rule wrong is put down, when somebody wants to know.
    uses: Option<&'a mut Uses>,
    /// What was refused although it should have been granted: that has its effects.
    denied: Vec<Rule>,
    pub(crate) judged: Vec<Judgement>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) why: Option<Box<str>>,
}

impl<'a> Ruling<'a> {
    pub(crate) const fn new(breaks: &'a Breaks, uses: Option<&'a mut Uses>) -> Self {
        Self {
            breaks,
            uses,
            denied: Vec::new(),
            judged: Vec::new(),
            effects: Vec::new(),
            why: None,
        }
    }

    /// The rule must hold: when it does not, the handler stops here and the dialect answers.
    pub fn uphold(&mut self, rule: Rule, holds: bool) -> Result<(), Broken> {
        let holds = holds || self.gets_wrong(rule, Way::Inverted);
        self.judged.push(Judgement { rule, holds });
        if holds { Ok(()) } else { Err(Broken(rule)) }
    }

    /// The rule lets this through: it holds, unless it is broken on purpose, and then this is refused.
    pub fn grant(&mut self, rule: Rule) -> Result<(), Broken> {
        let holds = !self.gets_wrong(rule, Way::Inverted);
        self.judged.push(Judgement { rule, holds });
        if holds {
            return Ok(());
        }
        self.denied.push(rule);
        Err(Broken(rule))
    }

    /// Judges and goes on: a recommendation, or a duty of the device.
    pub fn note(&mut self, rule: Rule, holds: bool) {
        let holds = holds != self.gets_wrong(rule, Way::Inverted);
        self.judged.push(Judgement { rule, holds });
    }

    /// The value that the rule gives; `wrong` when the rule is broken on purpose.
    pub fn value<T>(&mut self, rule: Rule, right: T, wrong: T) -> T {
        if self.gives_wrong_value(rule) { wrong } else { right }
    }

    /// Sends a packet because of a rule.
    pub fn send(&mut self, conn: ConnId, packet: Packet, because: Rule) {
        self.act(Action::Send { conn, packet }, because);
    }

    /// Answers a QoS 1 publish by PUBACK because of a rule; any other has no such answer.
    pub fn acknowledge(&mut self, conn: ConnId, publish: &Publish, reason: u8, because: Rule) {
        if let (Qos::AtLeastOnce, Some(packet_id)) = (publish.qos, publish.packet_id) {
            let ack = Ack { packet_id, reason, properties: Vec::new() };
            self.send(conn, Packet::Puback(ack), because);
        }
    }

    /// Ends a connection because of a rule.
    pub fn close(&mut self, conn: ConnId, because: Rule) {
        self.act(Action::Close { conn }, because);
    }

    /// Hands a message to the service side because of a rule.
    pub fn store(&mut self, telemetry: Telemetry, because: Rule) {
        self.act(Action::Telemetry(Arc::new(telemetry)), because);
    }

    /// Hands an event to whoever takes the cloud's events because of a rule.
    pub fn event(&mut self, event: CloudEvent, because: Rule) {
        self.act(Action::Event(Arc::new(event)), because);
    }

    /// Hands a feedback record to the service side because of a rule.
    pub fn give_feedback(&mut self, feedback: Feedback, because: Rule) {
        self.act(Action::Feedback(Box::new(feedback)), because);
    }

    /// Writes a record into the cloud's log because of a rule.
    pub fn log(&mut self, record: impl Into<LogRecord>, because: Rule) {
        self.act(Action::Log(Box::new(record.into())), because);
    }

    /// Answers an order because of a rule.
    pub fn answer(&mut self, id: OrderId, answer: Answer, because: Rule) {
        self.act(Action::Answer { id, answer }, because);
    }

    /// Answers a request over HTTPS because of a rule.
    pub fn respond(&mut self, id: RequestId, response: HttpResponse, because: Rule) {
        self.act(Action::Respond { id, response }, because);
    }

    /// Says what is wrong with what is turned away, where the rule alone leaves that open. The first
    /// word counts.
    pub(crate) fn explain(&mut self, why: String) {
        self.why.get_or_insert_with(|| why.into());
    }

    /// Whether the value that the rule gives has to be wrong, where [`Ruling::value`] is too narrow.
    pub fn gives_wrong_value(&mut self, rule: Rule) -> bool {
        self.gets_wrong(rule, Way::Value)
    }

    /// Any effect because of a rule, also one without a verb of its own.
    pub(crate) fn act(&mut self, action: Action, because: Rule) {
        if self.denied.contains(&because) || !self.gets_wrong(because, Way::Vanished) {
            self.effects.push(Effect { action, because });
        }
    }

    /// A chance to get a rule wrong in this way: put down, and taken when that is wanted.
    fn gets_wrong(&mut self, rule: Rule, way: Way) -> bool {
        if let Some(uses) = &mut self.uses {
            uses.insert(way.of(rule));
        }
        self.breaks.contains(&way.of(rule))
    }
}
