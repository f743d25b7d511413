//! What the sentences of one scenario share.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex},
    task::Poll,
    time::Duration,
};

use cloud::{
    Action, Answer, Breaks, CloudEvent, HttpResponse, IdentityId, Order, Rule, Step, Uses,
    telemetry::Telemetry,
};
use futures::{FutureExt as _, future::BoxFuture};
use reports::{Judged, Outcome, Verdict};
use server::Mock;
use tokio::sync::mpsc;
use wire::Packet;

use crate::{
    client::{Spec, Subject},
    device::{Cut, Device, Doors, Endpoint, Link, Met, Peer, Plan, Port, Silent, TlsOffer},
    outside::Outside,
    scene::Scene,
};

/// A scenario's path and line.
pub(crate) type Place = (String, usize);

/// How a run treats every scene.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// Rules that the mock gets wrong on purpose.
    pub(crate) breaks: Breaks,
    /// How raw devices cut what they say.
    pub(crate) cut: Cut,
    /// The cloud, when it is not in this process.
    pub(crate) outside: Option<Arc<Outside>>,
    /// Who is certified, when somebody is.
    pub(crate) client: Option<Arc<Spec>>,
    /// Whoever wants to hear of scenarios as they come and go.
    pub(crate) listener: Option<mpsc::UnboundedSender<reports::Event>>,
    /// Where the features were read from, when not from the binary.
    pub(crate) features: Option<PathBuf>,
    /// Whether transcripts are kept of scenarios that passed.
    pub(crate) keeps_transcripts: bool,
    /// The traces of finished scenarios, a text for each step.
    pub(crate) transcripts: Mutex<BTreeMap<Place, Vec<String>>>,
    /// What the mocks of finished scenarios went through.
    pub(crate) witnesses: Mutex<BTreeMap<Place, Witness>>,
    /// What the clients of finished scenarios were seen to do.
    pub(crate) accounts: Mutex<BTreeMap<Place, Account>>,
}

impl Settings {
    /// For another run on the same terms: nothing of this one, and nobody who listens.
    pub(crate) fn again(&self) -> Self {
        Self {
            breaks: self.breaks.clone(),
            cut: self.cut,
            outside: self.outside.clone(),
            client: self.client.clone(),
            features: self.features.clone(),
            keeps_transcripts: self.keeps_transcripts,
            ..Self::default()
        }
    }

    /// Tells whoever listens while the run goes on.
    pub(crate) fn tell(&self, event: impl FnOnce() -> reports::Event) {
        if let Some(listener) = &self.listener {
            // Who has left misses nothing.
            let _ = listener.send(event());
        }
    }
}

/// What the client of one scenario was seen to do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    pub(crate) judged: Vec<Judged>,
    pub(crate) conversation: reports::Conversation,
    /// Of its process.
    pub(crate) trouble: Option<String>,
}

/// What the mock of one scenario went through, as far as the kill matrix asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witness {
    /// What could have been got wrong.
    pub(crate) uses: Uses,
    /// The rules that closed connections, by id.
    pub(crate) closed_by: BTreeSet<&'static str>,
}

/// One scenario's world.
#[derive(cucumber::World, Default)]
#[world(init = Self::default)]
pub(crate) struct World {
    pub(crate) settings: Arc<Settings>,
    /// The scenario's tags and its feature's, without `@`.
    pub(crate) tags: Vec<String>,
    /// The devices and modules that it brings along.
    pub(crate) names: Vec<String>,
    scene: Option<Scene>,
    pub(crate) devices: BTreeMap<String, Device>,
    /// Peers that connected and say nothing.
    pub(crate) silent: Vec<Silent>,
    /// Certificates that devices have, by device.
    pub(crate) certificates: BTreeMap<String, certs::Leaf>,
    /// What went wrong with a connection before MQTT, by device.
    pub(crate) door: BTreeMap<String, String>,
    /// The packet that a `Then` looked at last.
    pub(crate) packet: Option<Packet>,
    /// The message that a `Then` looked at last.
    pub(crate) message: Option<Arc<Telemetry>>,
    /// The event that a `Then` looked at last.
    pub(crate) event: Option<Arc<CloudEvent>>,
    /// The last answer of the service side.
    pub(crate) answer: Option<Answer>,
    /// The answer to the last request over HTTPS, if there is one yet.
    pub(crate) response: Option<HttpResponse>,
    /// The endpoint that the namespace asks who may connect.
    pub(crate) webhook: Option<Endpoint>,
    /// Orders that are not answered yet.
    pub(crate) pending: Option<BoxFuture<'static, Result<Answer, Failed>>>,
    /// Assertions made so far.
    pub(crate) assertions: usize,
    /// The client under test.
    pub(crate) client: Option<Subject>,
    /// How it spaced its attempts to connect.
    pub(crate) backoff: Option<reports::conversation::Backoff>,
    /// The clauses that a sentence found broken.
    pub(crate) found_broken: Vec<String>,
    /// Names of things seen earlier, such as an operation id.
    pub(crate) remembered: BTreeMap<String, String>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "World({:?})", self.tags)
    }
}

/// Why a step failed: expected against actual, and perhaps a hint.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Failed {
    pub(crate) expected: String,
    pub(crate) actual: String,
    pub(crate) hint: Option<String>,
    /// What the scenario comes to instead of what the kind of its sentence says: not run, where it cannot
    /// have here what it needs; unsupported; an error.
    #[serde(default)]
    pub(crate) instead: Option<Box<Outcome>>,
    /// The clauses that this is about, where they are fewer than the scenario's tags.
    #[serde(default)]
    pub(crate) clauses: Vec<String>,
}

/// What a sentence comes to.
pub(crate) type Said = Result<(), Failed>;

impl Failed {
    pub(crate) fn new(expected: impl fmt::Display, actual: impl fmt::Display) -> Self {
        Self {
            expected: expected.to_string(),
            actual: actual.to_string(),
            hint: None,
            instead: None,
            clauses: Vec::new(),
        }
    }

    /// The scenario comes to this, whatever the kind of the sentence.
    pub(crate) fn instead(outcome: Outcome) -> Self {
        let reason = outcome.reason().unwrap_or_default().to_owned();
        Self { instead: Some(Box::new(outcome)), ..Self::new("a scenario that can be run", reason) }
    }

    /// Trouble of the harness or of a process, which says nothing about anybody's conduct.
    pub(crate) fn error(expected: impl fmt::Display, actual: impl fmt::Display) -> Self {
        Self { instead: Some(Box::new(Verdict::Error.into())), ..Self::new(expected, actual) }
    }

    /// What was to be judged did not come about.
    pub(crate) fn inconclusive(expected: impl fmt::Display, actual: impl fmt::Display) -> Self {
        Self {
            instead: Some(Box::new(Verdict::Inconclusive.into())),
            ..Self::new(expected, actual)
        }
    }

    /// It is about these clauses alone.
    pub(crate) fn of(mut self, clauses: Vec<String>) -> Self {
        self.clauses = clauses;
        self
    }

    /// It breaks a recommendation, and no duty.
    pub(crate) fn warns(mut self) -> Self {
        self.instead = Some(Box::new(Verdict::Warn.into()));
        self
    }

    /// The scenario cannot be run here; the reason in a few words, such as `needs held time`.
    pub(crate) fn not_run(reason: impl fmt::Display) -> Self {
        Self::instead(Outcome::NotRun(reason.to_string()))
    }

    pub(crate) fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// Reads what [`fmt::Debug`] wrote: a step's error comes out of Cucumber as a panic's text.
    pub(crate) fn from_panic(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self::new("the step to go well", text))
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl From<String> for Failed {
    fn from(actual: String) -> Self {
        Self::new("the step to go well", actual)
    }
}

impl World {
    /// The scene, made on first mention.
    pub(crate) fn scene(&mut self) -> Result<&mut Scene, Failed> {
        if self.scene.is_none() {
            let (breaks, outside) = (self.settings.breaks.clone(), self.settings.outside.clone());
            self.scene = Some(match &self.settings.client {
                Some(client) => Scene::of_client(client.clone(), breaks),
                None => Scene::new(breaks, outside)?,
            });
        }
        self.scene.as_mut().ok_or_else(|| Failed::new("a scene", "none"))
    }

    /// The running mock, to which everything was said that devices have to say so far.
    pub(crate) async fn mock(&mut self) -> Result<Arc<Mock>, Failed> {
        let mock = self.scene()?.mock().await?;
        self.flush().await?;
        Ok(mock)
    }

    /// The cloud that devices are to connect to, to which everything was said so far.
    pub(crate) async fn peer(&mut self) -> Result<Peer, Failed> {
        let peer = self.scene()?.peer().await?;
        self.flush().await?;
        Ok(peer)
    }

    /// Where that cloud listens.
    pub(crate) async fn doors(&mut self) -> Result<Doors, Failed> {
        match self.peer().await? {
            Peer::Inside(mock) => Ok(Doors::of(&mock)),
            Peer::Outside(doors) if doors.tls => Ok(doors),
            Peer::Outside(_) => Err(Failed::not_run("needs TLS")),
        }
    }

    /// Lets devices say what they keep back.
    pub(crate) async fn flush(&mut self) -> Said {
        for device in self.devices.values_mut() {
            device.flush().await?;
        }
        Ok(())
    }

    /// The cloud, when it is not in this process.
    pub(crate) fn outside(&self) -> Option<Arc<Outside>> {
        self.settings.outside.clone()
    }

    /// Sees to it that the hub has an identity with its default keys.
    pub(crate) async fn arrange(&mut self, id: IdentityId, enabled: bool) -> Said {
        if let Some(outside) = self.outside() {
            outside.arrange(&id, enabled).await?;
            return if outside.has_fresh_devices() {
                Ok(())
            } else {
                self.forget_session(&id).await
            };
        }
        self.scene()?.hub_mut()?.put_default_identity(id).enabled = enabled;
        Ok(())
    }

    /// Leaves nothing of the sessions in which a device was used before.
    async fn forget_session(&mut self, id: &IdentityId) -> Said {
        let plan = Plan { raw: true, clean: true, ..self.scene()?.hub_plan(id, None) };
        let mut device = Device::connect(&self.peer().await?, &plan, Cut::Packets).await?;
        device.send(Packet::Disconnect(wire::Disconnect::default())).await?;
        device.drain().await?;
        Ok(())
    }

    /// Lets time pass.
    pub(crate) async fn advance(&mut self, by: Duration) -> Said {
        if self.outside().is_some() {
            return Err(Failed::not_run("needs held time"));
        }
        self.mock().await?.advance(by).await;
        Ok(())
    }

    /// Gives an order to the service side; the answer may need another step to come about.
    pub(crate) async fn ask(&mut self, order: Order) -> Said {
        (self.answer, self.pending) = (None, None);
        if let Some(outside) = self.outside() {
            self.flush().await?;
            return self.ask_outside(outside, order).await;
        }
        let mock = self.mock().await?;
        let asked = mock.clone();
        // All scenarios share one task, whose budget of ready answers is soon spent.
        let mut pending =
            tokio::task::unconstrained(async move { Ok(asked.order(order).await) }).boxed();
        match futures::poll!(&mut pending) {
            Poll::Ready(answer) => self.answer = Some(answer?),
            Poll::Pending => self.pending = Some(pending),
        }
        if mock.is_held() {
            mock.settle().await;
        }
        Ok(())
    }

    /// Of a method call the answer is the device's, who has to get it first.
    async fn ask_outside(&mut self, outside: Arc<Outside>, order: Order) -> Said {
        if matches!(order, Order::InvokeMethod { .. }) && outside.has_service() {
            let asked = tokio::spawn(async move { outside.order(&order).await });
            let answer = async move {
                asked.await.unwrap_or_else(|error| Err(Failed::from(error.to_string())))
            };
            self.pending = Some(answer.boxed());
        } else {
            self.answer = Some(outside.order(&order).await?);
        }
        Ok(())
    }

    /// The answer of the service side; waits for one that is on its way.
    pub(crate) async fn answer(&mut self) -> Result<Answer, Failed> {
        self.flush().await?;
        if let Some(mut pending) = self.pending.take() {
            if self.outside().is_some() {
                let answer = tokio::time::timeout(ANSWER, &mut pending).await;
                self.answer = Some(answer.map_err(|_| open_call())??);
            } else {
                self.mock().await?.settle().await;
                match futures::poll!(&mut pending) {
                    Poll::Ready(answer) => self.answer = Some(answer?),
                    Poll::Pending => return Err(open_call()),
                }
            }
        }
        self.answer.clone().ok_or_else(|| Failed::new("an answer of the hub", "nothing was asked"))
    }

    /// Everything that lies on the wire to a device, and whether the connection has ended.
    pub(crate) async fn drain(&mut self, name: &str) -> Result<(Vec<Packet>, bool), Failed> {
        self.peer().await?;
        Ok(self.device(name)?.drain().await?)
    }

    /// As [`World::drain`], when it counts that there is nothing.
    pub(crate) async fn drain_silence(
        &mut self,
        name: &str,
    ) -> Result<(Vec<Packet>, bool), Failed> {
        if self.outside().is_some() && self.pending.is_some() {
            return Err(Failed::not_run("needs to know that a call was dealt with"));
        }
        self.peer().await?;
        let device = self.device(name)?;
        if !device.can_tell_silence() {
            return Err(Failed::not_run("needs to tell silence from slowness"));
        }
        Ok(device.drain().await?)
    }

    /// The mock, if it was started.
    pub(crate) fn running(&self) -> Option<Arc<Mock>> {
        self.scene.as_ref()?.running().cloned()
    }

    /// Takes the mock out, to be shut down.
    pub(crate) fn take_mock(&mut self) -> Option<Arc<Mock>> {
        self.scene.as_mut()?.take_mock()
    }

    /// Whether the scenario asks for the raw device.
    pub(crate) fn is_raw(&self) -> bool {
        self.tags.iter().any(|tag| tag == "raw")
    }

    /// Whether the scenario is tagged with this clause.
    pub(crate) fn names(&self, rule: Rule) -> bool {
        self.tags.iter().any(|tag| tag == rule.id())
    }

    /// Connects a device by a plan. A refusal at the TLS or WebSocket door is remembered, not an error.
    pub(crate) async fn connect(&mut self, name: &str, mut plan: Plan) -> Said {
        plan.raw |= self.is_raw();
        let peer = self.peer().await?;
        needs_no_tls(&peer, &plan)?;
        self.door.remove(name);
        let replaced = self.devices.remove(name);
        match Device::connect(&peer, &plan, self.settings.cut).await {
            Ok(device) => {
                // A second connection of the same name keeps the first one alive under another name.
                if let Some(replaced) = replaced {
                    self.devices.insert(format!("{name}, before"), replaced);
                }
                self.devices.insert(name.to_owned(), device);
            }
            Err(why) => {
                if let Some(replaced) = replaced {
                    self.devices.insert(name.to_owned(), replaced);
                }
                self.door.insert(name.to_owned(), why);
            }
        }
        Ok(())
    }

    /// A device that has a connection.
    pub(crate) fn device(&mut self, name: &str) -> Result<&mut Device, Failed> {
        if let Some(why) = self.door.get(name) {
            return Err(Failed::new(format!("`{name}` to have a connection"), why));
        }
        self.devices.get_mut(name).ok_or_else(|| {
            Failed::new(format!("`{name}` to have a connection"), "it never connected")
        })
    }

    /// Sends a packet from a device.
    pub(crate) async fn send(&mut self, name: &str, packet: Packet) -> Said {
        // Between devices the order of what is said counts.
        for (other, device) in &mut self.devices {
            if other != name {
                device.flush().await?;
            }
        }
        let device = self.device(name)?;
        if device.holds_back(&packet) {
            return Ok(());
        }
        Ok(device.send(packet).await?)
    }

    /// The next packet that a device gets; nothing or the end of the connection is a failure.
    pub(crate) async fn next_packet(
        &mut self,
        name: &str,
        expected: &str,
    ) -> Result<Packet, Failed> {
        self.peer().await?;
        let is_under_way = self.outside().is_some() && self.pending.is_some();
        let device = self.device(name)?;
        let met = if is_under_way { device.await_next().await? } else { device.meet().await? };
        match met {
            Some(Met::Packet(packet)) => {
                self.packet = Some(packet.clone());
                Ok(packet)
            }
            Some(Met::End) => {
                Err(Failed::new(expected, "the connection ended").hint(self.last_reason()))
            }
            None => Err(Failed::new(expected, "nothing was sent")),
        }
    }

    /// Why the mock closed the last connection, in one line.
    pub(crate) fn last_reason(&self) -> String {
        self.with_steps(|steps| {
            steps
                .iter()
                .rev()
                .flat_map(|step| step.effects.iter().rev())
                .find(|effect| matches!(effect.action, Action::Close { .. }))
                .map_or_else(|| "no rule closed it".to_owned(), |effect| effect.because.to_string())
        })
    }

    /// Looks at all steps of the trace so far.
    pub(crate) fn with_steps<T>(&self, f: impl FnOnce(&[&Step]) -> T) -> T {
        match self.running() {
            Some(mock) => mock.with_cloud(|cloud| {
                let steps: Vec<&Step> = cloud.trace().steps().collect();
                f(&steps)
            }),
            None => f(&[]),
        }
    }

    /// What the mock went through so far.
    pub(crate) fn witness(&self) -> Witness {
        let Some(mock) = self.running() else { return Witness::default() };
        mock.with_cloud(|cloud| {
            let effects = cloud.trace().steps().flat_map(|step| &step.effects);
            let closes = effects.filter(|effect| matches!(effect.action, Action::Close { .. }));
            Witness {
                uses: cloud.uses().collect(),
                closed_by: closes.map(|effect| effect.because.id()).collect(),
            }
        })
    }

    /// Every telemetry message so far, in order.
    pub(crate) async fn telemetry(&mut self) -> Result<Vec<Arc<Telemetry>>, Failed> {
        if let Some(outside) = self.outside() {
            self.flush().await?;
            return outside.telemetry(&self.names).await;
        }
        self.mock().await?.settle().await;
        Ok(self.with_steps(|steps| {
            steps
                .iter()
                .flat_map(|step| &step.effects)
                .filter_map(|effect| match &effect.action {
                    Action::Telemetry(telemetry) => Some(telemetry.clone()),
                    _ => None,
                })
                .collect()
        }))
    }

    /// Counts an assertion and passes or fails it.
    pub(crate) fn check(&mut self, holds: bool, failed: impl FnOnce() -> Failed) -> Said {
        self.assertions += 1;
        if holds { Ok(()) } else { Err(failed()) }
    }

    /// Counts an assertion that two things are the same.
    pub(crate) fn check_same<T: PartialEq + fmt::Debug>(
        &mut self,
        what: &str,
        expected: T,
        actual: T,
    ) -> Said {
        self.assertions += 1;
        if expected == actual {
            Ok(())
        } else {
            Err(Failed::new(format!("{what} {expected:?}"), format!("{actual:?}")))
        }
    }
}

/// Real time after which an answer of a service side elsewhere is not waited for any more.
const ANSWER: Duration = Duration::from_secs(20);

fn open_call() -> Failed {
    Failed::new("an answer of the hub", "the call is still open")
}

/// A cloud without TLS is no place for who wants some of its own.
fn needs_no_tls(peer: &Peer, plan: &Plan) -> Said {
    match peer {
        Peer::Outside(doors) if doors.wss.is_none() && plan.link != Link::Tcp => {
            Err(Failed::not_run("needs WebSocket"))
        }
        Peer::Outside(doors) if doors.tcp.is_none() && plan.port() == Port::Tcp => {
            Err(Failed::not_run("needs port 1883"))
        }
        Peer::Outside(doors) if !doors.tls => match plan {
            Plan { certificate: None, tls: TlsOffer::All, roots_der, .. }
                if roots_der.is_empty() =>
            {
                Ok(())
            }
            _ => Err(Failed::not_run("needs TLS")),
        },
        _ => Ok(()),
    }
}
