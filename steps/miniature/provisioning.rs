//! How a miniature gets its hub from DPS.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};
use wire::{Ack, Connect, Filter, Packet, Publish, Qos, Subscribe};

use super::{
    back_off::BackOff,
    conversation::query,
    habits::{Habits, Polls},
    right::{End, Order, PATIENCE, connected, leave},
    settings::{Proof, Settings},
    tell,
    token::{Token, now_s},
    who::Who,
    wrong,
};

const ANSWERS: &str = "$dps/registrations/res/#";
/// How long a token is good.
const LIFE_S: u64 = 3600;
/// Longer than any registration takes, so that there is nothing to ping for.
const KEEP_ALIVE_S: u16 = 240;
/// The wait where no answer tells of one, and what clocks may differ by.
const USUAL_WAIT: Duration = Duration::from_secs(2);
const MARGIN: Duration = Duration::from_millis(50);

/// Registers until there is a hub; `None` when the order to end came first, after a final no too.
pub(super) async fn register(
    settings: &Settings,
    habits: Habits,
    who: &Who,
    order: &mut Order,
) -> Option<Who> {
    let mut back_off = BackOff::new(habits.growth, &who.id);
    loop {
        match once(settings, habits, who, order).await {
            Ok(hub) => return Some(hub),
            Err(Over::Ended(End::Told)) => return None,
            Err(Over::Final(status)) => {
                tell(&format!("DPS answers {status}: that is final"));
                order.given().await;
                return None;
            }
            Err(Over::Ended(end)) => {
                tell(&format!("{end:?}"));
                let stays_away = match end {
                    End::Refused(_) => habits.stays_away_when_refused,
                    _ => habits.stays_away_when_cut,
                };
                if stays_away {
                    order.given().await;
                    return None;
                }
            }
        }
        if order.pause(back_off.next()).await {
            return None;
        }
    }
}

/// Why a connection brought no hub.
enum Over {
    Ended(End),
    Final(u16),
}

/// What is asked on one connection.
struct Registration {
    habits: Habits,
    who: Who,
    /// What DPS answers to; a number.
    rid: u64,
    operation_id: Option<String>,
    polls: u32,
    /// When to ask, and whether to ask at all; otherwise when the answer is due.
    ask_at: Option<Instant>,
    due: Instant,
    out: Vec<Packet>,
}

async fn once(
    settings: &Settings,
    habits: Habits,
    who: &Who,
    order: &mut Order,
) -> Result<Who, Over> {
    let connect = connect(settings, &habits, who);
    let met = connected(settings, &habits, who, connect, order).await;
    let (mut link, _) = met.map_err(Over::Ended)?;
    let mut registration = Registration::new(habits, who.clone(), Instant::now());
    loop {
        for mut packet in std::mem::take(&mut registration.out) {
            if let Some(says) = habits.says {
                says(&mut packet, who);
            }
            link.send(&packet).await.map_err(|lost| Over::Ended(End::Lost(lost)))?;
        }
        let deadline = registration.ask_at.unwrap_or(registration.due);
        let heard = tokio::select! {
            biased;
            () = order.given() => return Err(Over::Ended(leave(link, End::Told).await)),
            heard = timeout_at(deadline, link.next()) => heard,
        };
        let now = Instant::now();
        match heard {
            Ok(Ok(packet)) => match registration.hear(&packet, now) {
                Some(Ok(hub)) if habits.polls != Polls::OnAndOn => {
                    leave(link, End::Renewal).await;
                    return Ok(hub);
                }
                Some(Err(status)) => {
                    leave(link, End::Renewal).await;
                    return Err(Over::Final(status));
                }
                _ => {}
            },
            Ok(Err(lost)) => return Err(Over::Ended(End::Lost(lost))),
            Err(_) if registration.ask_at.is_some() => registration.ask(now),
            Err(_) => {
                let lost = "a request is not answered".to_owned();
                return Err(Over::Ended(End::Lost(lost)));
            }
        }
    }
}

fn connect(settings: &Settings, habits: &Habits, who: &Who) -> Connect {
    let resource = format!("{}/registrations/{}", who.host, who.id);
    let password = match &settings.proof {
        Proof::Certificate { .. } | Proof::Signature => None,
        Proof::Key(key) => {
            let token = Token {
                key: key.clone(),
                resource: resource.clone(),
                expiry_s: now_s() + LIFE_S,
                policy: Some("registration".to_owned()),
            };
            Some(habits.token.map_or_else(|| token.right(), |token_of| token_of(&token)))
        }
    };
    Connect {
        clean: true,
        keep_alive_s: KEEP_ALIVE_S,
        client_id: who.id.clone(),
        username: Some(format!("{resource}/api-version=2019-03-31")),
        password: password.map(Into::into),
        ..Connect::default()
    }
}

impl Registration {
    fn new(habits: Habits, who: Who, now: Instant) -> Self {
        let mut registration = Self {
            habits,
            who,
            rid: 0,
            operation_id: None,
            polls: 0,
            ask_at: None,
            due: now + PATIENCE,
            out: Vec::new(),
        };
        if habits.registers_before_subscribing {
            registration.ask(now);
        }
        let filter =
            Filter { filter: ANSWERS.to_owned(), qos: Qos::AtLeastOnce, ..Filter::default() };
        let subscribe = Subscribe { packet_id: 1, filters: vec![filter], ..Subscribe::default() };
        registration.out.push(Packet::Subscribe(subscribe));
        registration
    }

    /// Asks what is to be asked: to be registered, or what became of it.
    fn ask(&mut self, now: Instant) {
        self.rid += 1;
        let rid = self.rid;
        let (topic, body) = match &self.operation_id {
            None => (
                format!("$dps/registrations/PUT/iotdps-register/?$rid={rid}"),
                json!({"registrationId": self.who.id}).to_string(),
            ),
            Some(operation) => (
                format!(
                    "$dps/registrations/GET/iotdps-get-operationstatus/\
                     ?$rid={rid}&operationId={operation}"
                ),
                String::new(),
            ),
        };
        self.out.push(Packet::Publish(Publish {
            qos: Qos::AtLeastOnce,
            topic,
            packet_id: Some(u16::try_from(rid + 1).unwrap_or(u16::MAX)),
            payload: body.into(),
            ..Publish::default()
        }));
        (self.ask_at, self.due) = (None, now + PATIENCE);
    }

    /// The hub, the status that is final, or nothing yet.
    fn hear(&mut self, packet: &Packet, now: Instant) -> Option<Result<Who, u16>> {
        match packet {
            Packet::Suback(_) => {
                if let Some(adds) = self.habits.adds {
                    self.out.extend(adds(&self.who));
                }
                if self.rid == 0 {
                    self.ask(now);
                }
                None
            }
            Packet::Publish(publish) => {
                if let Some(id) = publish.packet_id {
                    self.out.push(Packet::Puback(Ack::of(id)));
                }
                self.hear_answer(publish, now)
            }
            _ => None,
        }
    }

    fn hear_answer(&mut self, publish: &Publish, now: Instant) -> Option<Result<Who, u16>> {
        let status = publish.topic.strip_prefix("$dps/registrations/res/")?;
        let status: u16 = status.split('/').next()?.parse().ok()?;
        let body: Value = serde_json::from_slice(&publish.payload).unwrap_or_default();
        if query(&publish.topic, "$rid")? != self.rid.to_string() {
            return None;
        }
        let told = query(&publish.topic, "retry-after").and_then(|s| s.parse().ok());
        let wait = told.map_or(USUAL_WAIT, |s: u64| Duration::from_secs(s) + MARGIN);
        match status {
            200 => {
                if self.habits.polls == Polls::OnAndOn {
                    self.ask_at = Some(now + wait);
                    return None;
                }
                let state = &body["registrationState"];
                let hub = state["assignedHub"].as_str();
                let id = state["deviceId"].as_str().unwrap_or(&self.who.id);
                hub.map(|host| {
                    Ok(Who { host: host.to_owned(), id: id.to_owned(), ..Who::default() })
                })
                .or(Some(Err(status)))
            }
            202 => {
                let operation = body["operationId"].as_str().map(str::to_owned);
                self.operation_id = operation.or(self.operation_id.take());
                self.polls += 1;
                if self.habits.polls == Polls::Unsubscribed && self.polls == 1 {
                    self.out.push(wrong::unsubscribe());
                }
                let asks = match self.habits.polls {
                    Polls::Never => None,
                    Polls::Once if self.polls > 1 => None,
                    Polls::AtOnce => Some(now),
                    _ => Some(now + wait),
                };
                self.wait(asks, now);
                None
            }
            429 | 500.. => {
                let asks = match (self.habits.nags, self.habits.gives_up) {
                    (true, _) => Some(now),
                    (_, true) => None,
                    _ => Some(now + wait),
                };
                self.wait(asks, now);
                None
            }
            _ if self.habits.never_takes_no => {
                self.wait(Some(now + USUAL_WAIT), now);
                None
            }
            _ => Some(Err(status)),
        }
    }

    /// Asks then, or never again.
    fn wait(&mut self, asks: Option<Instant>, now: Instant) {
        self.ask_at = asks;
        if asks.is_none() {
            // Whoever has given up expects nothing any more.
            self.due = now + PATIENCE * 1000;
        }
    }
}
