//! What a miniature says on a connection to its hub, and how it takes what it hears. No sockets here.

use std::{collections::VecDeque, time::Duration};

use serde_json::{Value, json};
use tokio::time::Instant;
use wire::{Ack, Connect, Filter, Packet, Publish, Qos, Subscribe};

use super::{
    alibaba, grid,
    habits::{Acknowledges, Habits, Resends},
    twin::Twin,
    who::Who,
};

/// A device over all its connections.
pub(super) struct Device {
    who: Who,
    habits: Habits,
    twin: Twin,
    /// Sent at QoS 1 and not acknowledged, oldest first.
    open: VecDeque<Publish>,
    last_id: u16,
    sent: u64,
    connections: u32,
    /// Whether its filters were granted on some connection.
    is_subscribed: bool,
    now: Now,
    /// What is to be sent, in order.
    pub(super) out: Vec<Packet>,
}

/// The state of the connection that is.
struct Now {
    began: Instant,
    telemetry_at: Option<Instant>,
    last_said: Instant,
    last_heard: Instant,
    /// When an answer that has to come has to be here: PINGRESP, SUBACK, PUBACK.
    pings_due: Option<Instant>,
    suback_due: Option<Instant>,
    puback_due: Option<Instant>,
    /// Kept back by those who acknowledge backwards.
    unacknowledged: Option<u16>,
}

const EVERY_MS: u64 = 500;
/// How long those who hear late are deaf.
const LATE: Duration = Duration::from_secs(2);
/// The method that is there; any other is answered with 404.
const METHOD: &str = "reboot";

impl Device {
    pub(super) fn new(who: Who, habits: Habits) -> Self {
        let now = Now::new(Instant::now());
        Self {
            who,
            habits,
            twin: Twin::default(),
            open: VecDeque::new(),
            last_id: 0,
            sent: 0,
            connections: 0,
            is_subscribed: false,
            now,
            out: Vec::new(),
        }
    }

    /// The CONNECT of a new connection.
    pub(super) fn connect(&self, password: Option<String>) -> Connect {
        let keep_alive_s = u16::try_from(self.who.keep_alive().as_secs()).unwrap_or(u16::MAX);
        if let Some(product) = &self.who.product {
            return Connect { keep_alive_s, ..alibaba::connect(&self.who, product) };
        }
        if self.who.is_of_event_grid() {
            return Connect { keep_alive_s, ..grid::connect(&self.who) };
        }
        let Who { host, .. } = &self.who;
        let id = self.who.client_id();
        Connect {
            clean: false,
            keep_alive_s,
            username: Some(format!("{host}/{id}/?api-version=2021-04-12")),
            client_id: id,
            password: password.map(Into::into),
            ..Connect::default()
        }
    }

    /// CONNACK came: begins to speak.
    pub(super) fn begin(&mut self, session_present: bool, now: Instant) {
        self.now = Now::new(now);
        self.connections += 1;
        self.twin.forget();
        if let Some(says_first) = self.habits.says_first.filter(|_| self.is_wrong()) {
            self.out.extend(says_first(&self.who));
        }
        self.resend();
        if self.habits.asks_before_subscribing && !self.is_subscribed {
            let read = self.twin.read(now);
            self.out.push(read);
        }
        let is_resumed = self.is_subscribed && (session_present || self.habits.subscribes_once);
        if is_resumed {
            self.in_place(now);
        } else {
            self.now.suback_due = Some(now + self.half());
            let packet_id = self.next_id();
            let filters = filters(&self.who);
            self.out.push(Packet::Subscribe(Subscribe {
                packet_id,
                filters,
                ..Subscribe::default()
            }));
        }
    }

    /// When something is to be done though nothing is heard.
    pub(super) fn deadline(&self) -> Instant {
        let at = &self.now;
        let ping_at = (at.last_said.min(at.last_heard)) + self.half();
        let ping_at = (at.pings_due.is_none() && !self.habits.never_pings).then_some(ping_at);
        let may_send = self.open.len() < self.who.window();
        let answers = [at.pings_due, at.suback_due, at.puback_due];
        let answers = answers.into_iter().flatten().filter(|_| !self.habits.bears_silence);
        let more = [ping_at, self.twin.again_at, at.telemetry_at.filter(|_| may_send)];
        answers
            .chain(more.into_iter().flatten())
            .min()
            .unwrap_or(at.began + self.who.keep_alive() * 1000)
    }

    /// Does what is due.
    ///
    /// # Errors
    /// When an answer is due that has not come.
    pub(super) fn act(&mut self, now: Instant) -> Result<(), String> {
        let due = [
            ("PINGREQ", self.now.pings_due),
            ("SUBSCRIBE", self.now.suback_due),
            ("PUBLISH", self.now.puback_due),
        ];
        for (what, due) in due {
            if due.is_some_and(|due| due <= now) && !self.habits.bears_silence {
                return Err(format!("{what} is not answered"));
            }
        }
        if self.twin.again_at.is_some_and(|at| at <= now) {
            let request = self.twin.again(now);
            self.out.push(request);
        }
        if self.now.telemetry_at.is_some_and(|at| at <= now) && self.open.len() < self.who.window()
        {
            self.now.telemetry_at =
                Some(now + Duration::from_millis(self.habits.every_ms.unwrap_or(EVERY_MS)));
            self.send_telemetry(now);
        }
        let quiet_since = self.now.last_said.min(self.now.last_heard);
        if self.now.pings_due.is_none()
            && quiet_since + self.half() <= now
            && !self.habits.never_pings
        {
            self.now.pings_due = Some(now + self.half());
            self.out.push(Packet::Pingreq);
        }
        Ok(())
    }

    /// How long the hub has kept the last connection; nothing when that was told before.
    pub(super) fn lived(&mut self) -> Duration {
        let began = self.now.began;
        std::mem::replace(&mut self.now.last_heard, began).saturating_duration_since(began)
    }

    /// How long it is quiet, and how long an answer may take.
    fn half(&self) -> Duration {
        self.who.keep_alive() / 2
    }

    /// Whether what it says is wrong yet.
    pub(super) const fn is_wrong(&self) -> bool {
        self.connections <= 1 || self.habits.never_learns
    }

    /// Something was sent.
    pub(super) const fn said(&mut self, now: Instant) {
        self.now.last_said = now;
    }

    /// A packet came.
    pub(super) fn hear(&mut self, packet: &Packet, now: Instant) {
        self.now.last_heard = now;
        match packet {
            Packet::Pingresp => self.now.pings_due = None,
            Packet::Suback(_) => {
                self.now.suback_due = None;
                self.is_subscribed = true;
                self.in_place(now);
            }
            Packet::Puback(ack) => {
                self.open.retain(|publish| publish.packet_id != Some(ack.packet_id));
                self.now.puback_due = (!self.open.is_empty()).then_some(now + self.half());
            }
            Packet::Publish(publish) => self.take(publish, now),
            _ => {}
        }
    }

    /// Everything that was asked for is there.
    fn in_place(&mut self, now: Instant) {
        let has_twin = self.who.is_of_hubs();
        if has_twin && !(self.habits.reads_twin_once && self.twin.was_read()) {
            let read = self.twin.read(now);
            self.out.push(read);
        }
        if let Some(adds) = self.habits.adds.filter(|_| self.is_wrong()) {
            self.out.extend(adds(&self.who));
        }
        self.now.telemetry_at = Some(now);
    }

    fn take(&mut self, publish: &Publish, now: Instant) {
        let is_deaf = self.habits.hears_late && now < self.now.began + LATE;
        if is_deaf || self.habits.hears.is_some_and(|hears| !hears(publish)) {
            return;
        }
        if self.who.product.is_some() {
            self.out.extend(alibaba::answer(publish).filter(|_| !self.habits.answers_no_calls));
        } else if self.who.is_of_event_grid() {
            self.out.extend(grid::answer(publish).filter(|_| !self.habits.answers_no_calls));
        } else if publish.topic.starts_with("$iothub/twin/") {
            let next = self.twin.hear(publish, now, &self.habits);
            self.out.extend(next);
        } else if let Some(call) = publish.topic.strip_prefix("$iothub/methods/POST/")
            && !self.habits.answers_no_calls
        {
            self.out.extend(answer(call, &publish.payload));
        }
        if let Some(id) = publish.packet_id {
            self.acknowledge(id);
        }
    }

    fn acknowledge(&mut self, id: u16) {
        let ack = |id| Packet::Puback(Ack::of(id));
        match self.habits.acknowledges {
            Acknowledges::InOrder => self.out.push(ack(id)),
            Acknowledges::Never => {}
            Acknowledges::Backwards => match self.now.unacknowledged.take() {
                None => self.now.unacknowledged = Some(id),
                Some(earlier) => self.out.extend([ack(id), ack(earlier)]),
            },
        }
    }

    fn send_telemetry(&mut self, now: Instant) {
        self.sent += 1;
        let telemetry = if self.who.product.is_some() {
            alibaba::telemetry(&self.who, self.sent)
        } else if self.who.is_of_event_grid() {
            grid::telemetry(&self.who, self.sent)
        } else {
            let bag = format!("$.ct=application%2Fjson&$.ce=utf-8&n={}", self.sent);
            Publish {
                topic: format!("{}{bag}", self.who.events()),
                payload: json!({"n": self.sent, "celsius": 21.5}).to_string().into(),
                ..Publish::default()
            }
        };
        let packet_id = Some(self.next_id());
        let publish = Publish { qos: Qos::AtLeastOnce, packet_id, ..telemetry };
        self.open.push_back(publish.clone());
        self.now.puback_due.get_or_insert(now + self.half());
        self.out.push(Packet::Publish(publish));
    }

    fn resend(&mut self) {
        if self.habits.resends == Resends::Never {
            self.open.clear();
        }
        for publish in &mut self.open {
            publish.dup = self.habits.resends == Resends::AsDuplicates;
            self.out.push(Packet::Publish(publish.clone()));
        }
        self.now.puback_due = (!self.open.is_empty()).then_some(self.now.began + self.half());
    }

    /// One that is not under way.
    fn next_id(&mut self) -> u16 {
        loop {
            self.last_id = self.last_id.checked_add(1).unwrap_or(1);
            if self.open.iter().all(|publish| publish.packet_id != Some(self.last_id)) {
                return self.last_id;
            }
        }
    }
}

impl Now {
    const fn new(now: Instant) -> Self {
        Self {
            began: now,
            telemetry_at: None,
            last_said: now,
            last_heard: now,
            pings_due: None,
            suback_due: None,
            puback_due: None,
            unacknowledged: None,
        }
    }
}

/// Everything that the hub has to say to this device or module, five filters at most, or the namespace or the
/// instance to this client.
fn filters(who: &Who) -> Vec<Filter> {
    if who.product.is_some() {
        return alibaba::filters(who);
    }
    if who.is_of_event_grid() {
        return grid::filters(who);
    }
    let own = match &who.module {
        None => format!("{}/messages/devicebound/#", who.root()),
        Some(_) => format!("{}/#", who.root()),
    };
    let twin = ["$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#"];
    [own.as_str(), "$iothub/methods/POST/#"]
        .into_iter()
        .chain(twin)
        .map(|filter| Filter {
            filter: filter.to_owned(),
            qos: Qos::AtLeastOnce,
            ..Filter::default()
        })
        .collect()
}

/// The answer to a call of `{name}/?$rid={rid}`.
fn answer(call: &str, body: &[u8]) -> Option<Packet> {
    let (name, rid) = (call.split('/').next()?, query(call, "$rid")?);
    let (status, payload) = match name == METHOD {
        true => (200, json!({"heard": serde_json::from_slice::<Value>(body).ok()})),
        false => (404, json!({"unknown": name})),
    };
    let topic = format!("$iothub/methods/res/{status}/?$rid={rid}");
    Some(Packet::Publish(Publish {
        topic,
        payload: payload.to_string().into(),
        ..Publish::default()
    }))
}

/// A value behind the `?` of a topic, as it stands there.
pub(super) fn query<'a>(topic: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = topic.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
