//! The cloud as a value: `handle` takes what happened and returns what must now be done.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    breaks::{Break, Breaks, Uses},
    chance::Chance,
    dialect::{self, State},
    effect::{Action, Effect},
    faults::Faults,
    http::{CallId, HttpCall},
    input::{ConnId, Input, Peer},
    profile::ServerCertificate,
    registry::Registry,
    rule::Rule,
    ruling::Ruling,
    time::Time,
    timer::{Timer, Timers},
    trace::{Step, Trace},
};

/// What every handler works on.
#[derive(Debug)]
pub struct Core {
    pub now: Time,
    pub registry: Registry,
    pub(crate) connections: BTreeMap<ConnId, Connection>,
    pub(crate) timers: Timers,
    pub(crate) chance: Chance,
    pub(crate) faults: Faults,
    /// The number of the newest call to an endpoint.
    last_call: u64,
    pub(crate) waiting_calls: Vec<crate::hub::method::WaitingCall>,
    /// The certificate that every host shows, when an order said so.
    pub(crate) shown: Option<ServerCertificate>,
    /// The last moment that was put into words.
    worded: Option<(Time, Arc<str>)>,
}

/// One open connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) peer: Peer,
    pub(crate) state: State,
}

/// A mock cloud: one registry, any number of tenants and connections.
#[derive(Debug)]
pub struct Cloud {
    core: Core,
    breaks: Breaks,
    uses: Option<Uses>,
    trace: Trace,
}

impl Cloud {
    /// A cloud with these tenants. The same seed and inputs give the same trace, byte for byte.
    pub fn new(registry: Registry, seed: u64) -> Self {
        let core = Core {
            now: Time::default(),
            registry,
            connections: BTreeMap::new(),
            timers: Timers::default(),
            chance: Chance::new(seed),
            faults: Faults::default(),
            last_call: 0,
            waiting_calls: Vec::new(),
            shown: None,
            worded: None,
        };
        Self { core, breaks: Breaks::default(), uses: None, trace: Trace::default() }
    }

    /// Keeps only the newest steps, up to so many bytes.
    pub fn with_bounded_trace(mut self, max_bytes: usize) -> Self {
        self.trace = Trace::bounded(max_bytes);
        self
    }

    /// Gets these rules wrong on purpose.
    pub fn with_breaks(mut self, breaks: Breaks) -> Self {
        self.breaks = breaks;
        self
    }

    /// Puts down every chance to get a rule wrong, for [`Cloud::uses`].
    pub fn with_uses(mut self) -> Self {
        self.uses = Some(Uses::default());
        self
    }

    /// The chances to get a rule wrong that came so far; none unless [`Cloud::with_uses`] asked.
    pub fn uses(&self) -> impl Iterator<Item = Break> {
        self.uses.iter().flatten().copied()
    }

    /// Takes one input, after every timer that was due before it, and says what must be done.
    pub fn handle(&mut self, now: Time, input: Input) -> Vec<Effect> {
        let mut effects = self.advance_to(now);
        if !self.core.faults.has_begun() {
            self.decide(None, Input::Timeout, |core, _, ruling| core.begin_faults(ruling));
        }
        if input == Input::Timeout {
            return effects;
        }
        let ruled = self.rule_on(input);
        if effects.is_empty() {
            return ruled;
        }
        effects.extend(ruled);
        effects
    }

    /// Lets time pass, stopping at each timer on the way, in order.
    pub fn advance_to(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some((at, timer)) = self.core.timers.pop_due(now) {
            self.core.now = self.core.now.max(at);
            effects.extend(self.fire(timer));
        }
        self.core.now = self.core.now.max(now);
        effects
    }

    /// When the carrier must come back with [`Input::Timeout`], at the latest.
    pub fn next_timeout(&self) -> Option<Time> {
        self.core.timers.next()
    }

    /// Everything that happened.
    pub const fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Whether TLS 1.3 is offered to who dials this host, beside TLS 1.2.
    pub fn offers_tls_1_3(&mut self, sni: Option<&str>) -> bool {
        let mut ruling = Ruling::new(&self.breaks, self.uses.as_mut());
        dialect::offers_tls_1_3(&self.core, sni, &mut ruling)
    }

    /// Whether some tenant speaks a version of TLS before 1.2, so that it is worth a look at who asks.
    pub fn has_old_tls(&self) -> bool {
        dialect::has_old_tls(&self.core)
    }

    /// Whether this host speaks this version of TLS before 1.2: `TLSv1` or `TLSv1_1`.
    pub fn offers_old_tls(&mut self, sni: Option<&str>, version: &str) -> bool {
        let mut ruling = Ruling::new(&self.breaks, self.uses.as_mut());
        dialect::offers_old_tls(&self.core, sni, version, &mut ruling)
    }

    /// Whether MQTT without TLS is let in, and under which paths a WebSocket without TLS. Whom it is
    /// meant for, CONNECT tells. Hubs, DPS and namespaces take none, unless got wrong on purpose.
    pub fn takes_plaintext(&mut self) -> Option<&'static [&'static str]> {
        let mut ruling = Ruling::new(&self.breaks, self.uses.as_mut());
        dialect::takes_plaintext(&self.core, &mut ruling)
            .then(|| dialect::plain_websocket_paths(&self.core, &mut ruling))
    }

    /// Whether some tenant is reached on port 1883, so that somebody must listen there.
    pub fn is_on_1883(&self) -> bool {
        dialect::is_on_1883(&self.core)
    }

    /// Whether this host takes MQTT on port 443 that is in no WebSocket.
    pub fn takes_mqtt_on_443(&self, sni: Option<&str>) -> bool {
        dialect::takes_mqtt_on_443(&self.core, sni)
    }

    /// The paths under which this host serves MQTT over WebSocket, the one to recommend first.
    pub fn websocket_paths(&self, sni: Option<&str>) -> &'static [&'static str] {
        dialect::websocket_paths(&self.core, sni)
    }

    /// Whether this host takes requests over HTTPS that ask for no WebSocket.
    pub fn takes_requests(&self, sni: Option<&str>) -> bool {
        dialect::takes_requests(sni)
    }

    /// The certificate that is shown to who dials this host.
    pub fn server_certificate(&self, sni: Option<&str>) -> ServerCertificate {
        dialect::server_certificate(&self.core, sni)
    }

    /// The tenants as they are now.
    pub const fn registry(&self) -> &Registry {
        &self.core.registry
    }

    /// The tenants, to be arranged before the first input.
    pub const fn registry_mut(&mut self) -> &mut Registry {
        &mut self.core.registry
    }

    /// The moment of the last input.
    pub const fn now(&self) -> Time {
        self.core.now
    }

    /// The number of connections that are open.
    pub fn connection_count(&self) -> usize {
        self.core.connections.len()
    }

    fn rule_on(&mut self, input: Input) -> Vec<Effect> {
        let conn = input.conn();
        self.decide(conn, input, dialect::handle)
    }

    fn fire(&mut self, timer: Timer) -> Vec<Effect> {
        let conn = timer.conn();
        self.decide(conn, Input::Timeout, |core, _, ruling| dialect::fire(core, timer, ruling))
    }

    fn decide(
        &mut self,
        conn: Option<ConnId>,
        input: Input,
        act: impl FnOnce(&mut Core, &Input, &mut Ruling<'_>),
    ) -> Vec<Effect> {
        let mut ruling = Ruling::new(&self.breaks, self.uses.as_mut());
        let before = conn.and_then(|conn| self.core.who(conn));
        act(&mut self.core, &input, &mut ruling);
        // CONNECT is where a connection gets its name.
        let device = before.or_else(|| conn.and_then(|conn| self.core.who(conn)));
        let struck = self.core.spoil(&input, device.as_ref(), &mut ruling);
        let (judged, effects, why) = (ruling.judged, ruling.effects, ruling.why);
        let is_nothing = judged.is_empty() && effects.is_empty() && struck.is_empty();
        if input == Input::Timeout && is_nothing {
            return effects;
        }
        self.core.forget_closed(&effects);
        let at = self.core.now;
        // The copy has no room to spare, and it is the one that stays.
        let kept = effects.clone();
        self.trace.record(Step {
            number: 0,
            at,
            device,
            input,
            judged,
            effects: kept,
            struck,
            why,
        });
        effects
    }
}

impl Core {
    /// Asks somebody's endpoint because of a rule; [`Input::Called`] tells what comes of it.
    pub fn call(&mut self, call: HttpCall, because: Rule, ruling: &mut Ruling<'_>) -> CallId {
        self.last_call += 1;
        let id = CallId(self.last_call);
        ruling.act(Action::Call { id, call: Box::new(call) }, because);
        id
    }

    /// The device (or `device/module`, or registration id) behind a connection.
    pub(crate) fn who(&self, conn: ConnId) -> Option<Arc<str>> {
        self.connections.get(&conn)?.state.who()
    }

    /// This moment as the service writes it; messages of one moment share the text.
    pub(crate) fn now_in_words(&mut self) -> Arc<str> {
        match &self.worded {
            Some((at, words)) if *at == self.now => words.clone(),
            _ => {
                let words: Arc<str> = self.now.round_trip().into();
                self.worded = Some((self.now, words.clone()));
                words
            }
        }
    }

    fn forget_closed(&mut self, effects: &[Effect]) {
        for effect in effects {
            if let Action::Close { conn } | Action::Reset { conn } = effect.action {
                self.connections.remove(&conn);
                self.faults.forget(conn);
            }
        }
    }
}
