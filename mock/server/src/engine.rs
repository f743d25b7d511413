//! The cloud behind its lock: inputs go in, effects are carried to where they belong.
//!
//! Effects are put into outboxes while the lock is held, so that their order is the cloud's.

use std::{
    collections::{BTreeMap, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use cloud::{
    Action, Answer, CallId, Cloud, ConnId, Door, Ending, HttpCall, HttpRequest, HttpResponse,
    Input, Order, OrderId, Peer, RequestId, Time, error_code, order::ServiceError,
    profile::ServerCertificate,
};
use tokio::{
    net::TcpListener,
    sync::{Notify, oneshot, watch},
};
use wire::{Malformed, Packet};

use crate::{
    Config, Failure, Stopped, calls,
    clock::{Timeline, within},
    failure::message_of,
    line::{Fate, Line},
    socket::Socket,
    tracked::Tasks,
};

/// What all tasks of one mock share.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) config: Config,
    pub(crate) timeline: Arc<Timeline>,
    pub(crate) tasks: Arc<Tasks>,
    /// Itself, for the tasks that its effects need.
    me: Weak<Self>,
    state: Mutex<State>,
    /// The number of the newest step; whoever waits for something listens here.
    newest: watch::Sender<u64>,
    stopped: watch::Sender<bool>,
    /// The cloud's next deadline came nearer.
    nearer: Notify,
}

#[derive(Debug)]
struct State {
    cloud: Cloud,
    lines: HashMap<ConnId, Arc<Line>>,
    listeners: Vec<Arc<TcpListener>>,
    asked: BTreeMap<OrderId, oneshot::Sender<Answer>>,
    requested: BTreeMap<RequestId, oneshot::Sender<HttpResponse>>,
    conns: u64,
    orders: u64,
    requests: u64,
    /// What the timer task sleeps for.
    armed: Option<Time>,
    failures: Vec<Failure>,
    stopped: bool,
}

impl Engine {
    pub(crate) fn new(cloud: Cloud, timeline: Arc<Timeline>, config: Config) -> Arc<Self> {
        let tasks = Tasks::new(timeline.is_held());
        let newest = watch::Sender::new(cloud.trace().last_number());
        let state = State {
            cloud,
            lines: HashMap::new(),
            listeners: Vec::new(),
            asked: BTreeMap::new(),
            requested: BTreeMap::new(),
            conns: 0,
            orders: 0,
            requests: 0,
            armed: None,
            failures: Vec::new(),
            stopped: false,
        };
        Arc::new_cyclic(|me| Self {
            config,
            timeline,
            tasks,
            me: me.clone(),
            state: Mutex::new(state),
            newest,
            stopped: watch::Sender::new(false),
            nearer: Notify::new(),
        })
    }

    /// Spawns a task whose panics break the mock, not the process.
    pub(crate) fn spawn<F: Future<Output = ()> + Send>(
        self: &Arc<Self>,
        make: impl FnOnce() -> F + Send + 'static,
    ) {
        let engine = self.clone();
        self.tasks.spawn(make, move |message| engine.fail(Failure::Panic(message)));
    }

    // Connections.

    /// Gives a new connection its number; `None` when there is no room, or no mock any more.
    pub(crate) fn admit(&self, socket: Socket) -> Admission {
        let mut state = self.state();
        if state.stopped {
            return Admission::Stopped;
        }
        if state.lines.len() >= self.config.max_connections {
            return Admission::Full(socket);
        }
        state.conns += 1;
        let conn = ConnId(state.conns);
        let line = Arc::new(Line::new(conn, socket, self.config.max_outbox_bytes));
        state.lines.insert(conn, line.clone());
        Admission::Line(line)
    }

    /// A connection's task has ended.
    pub(crate) fn forget(&self, line: &Line) {
        self.state().lines.remove(&line.conn);
    }

    pub(crate) fn opened(&self, line: &Line, peer: Peer) {
        self.enter(Input::Opened { conn: line.conn, peer });
    }

    /// Hands over what one reading brought, until the cloud ends the connection.
    pub(crate) fn received(&self, line: &Line, packets: Vec<Packet>, malformed: Option<Malformed>) {
        let conn = line.conn;
        let mut state = self.state();
        for packet in packets {
            if line.fate() != Fate::Open {
                break;
            }
            self.rule(&mut state, Input::Received { conn, packet });
        }
        if let Some(why) = malformed
            && line.fate() == Fate::Open
        {
            self.rule(&mut state, Input::Malformed { conn, why });
        }
        self.leave(state);
    }

    /// The client's end is gone; no news to a cloud that ended the connection itself.
    pub(crate) fn closed(&self, line: &Line, ending: Ending) {
        let mut state = self.state();
        if matches!(line.fate(), Fate::Open | Fate::Overflow) {
            line.decide(Fate::Close);
            self.rule(&mut state, Input::Closed { conn: line.conn, ending });
        }
        self.leave(state);
    }

    pub(crate) fn refused(&self, address: String, sni: Option<String>, door: Door, why: String) {
        self.enter(Input::Refused { address, sni, door, why });
    }

    // Orders and looks.

    /// Asks the cloud; the answer may come at once or much later.
    pub(crate) async fn order(&self, order: Order) -> Answer {
        match self.ask(order).await {
            Ok(answer) => answer,
            Err(_) => Err(unavailable(&self.stopped_because())),
        }
    }

    /// The answer's other end is dropped when none can come.
    fn ask(&self, order: Order) -> oneshot::Receiver<Answer> {
        let (asker, answer) = oneshot::channel();
        let mut state = self.state();
        if !state.stopped {
            state.orders += 1;
            let id = OrderId(state.orders);
            state.asked.insert(id, asker);
            self.rule(&mut state, Input::Order { id, order: order.into() });
        }
        self.leave(state);
        answer
    }

    /// Hands a request over HTTPS to the cloud; the answer may come at once or later, within a limit.
    pub(crate) async fn request(&self, request: HttpRequest) -> HttpResponse {
        let limit = self.config.answer_timeout;
        let (_asked, answer) = self.ask_over_http(request);
        match within(limit, answer).await {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => HttpResponse::text(503, &format!("{}\n", self.stopped_because())),
            Err(_) => {
                let why = format!("the cloud did not answer within {} s\n", limit.as_secs_f64());
                HttpResponse::text(504, &why)
            }
        }
    }

    fn ask_over_http(
        &self,
        request: HttpRequest,
    ) -> (Requested<'_>, oneshot::Receiver<HttpResponse>) {
        let (asker, answer) = oneshot::channel();
        let mut state = self.state();
        state.requests += 1;
        let id = RequestId(state.requests);
        if !state.stopped {
            state.requested.insert(id, asker);
            self.rule(&mut state, Input::Request { id, request: Box::new(request) });
        }
        self.leave(state);
        (Requested { engine: self, id }, answer)
    }

    pub(crate) fn look<T>(&self, look: impl FnOnce(&Cloud) -> T) -> T {
        look(&self.state().cloud)
    }

    /// Whether TLS 1.3 is offered to who dials this host, beside TLS 1.2, and the certificate to show.
    pub(crate) fn tls_wishes(&self, sni: Option<&str>) -> (bool, ServerCertificate) {
        let mut state = self.state();
        (state.cloud.offers_tls_1_3(sni), state.cloud.server_certificate(sni))
    }

    /// Whether anybody speaks older TLS than the usual.
    pub(crate) fn has_old_tls(&self) -> bool {
        self.state().cloud.has_old_tls()
    }

    /// The certificate to show in old TLS, when this host speaks this version of it.
    pub(crate) fn old_tls_wishes(
        &self,
        sni: Option<&str>,
        version: &str,
    ) -> Option<ServerCertificate> {
        let cloud = &mut self.state().cloud;
        cloud.offers_old_tls(sni, version).then(|| cloud.server_certificate(sni))
    }

    /// Whether who speaks no TLS is let in.
    pub(crate) fn takes_plaintext(&self) -> bool {
        self.state().cloud.takes_plaintext().is_some()
    }

    /// What a host takes on the port of HTTPS, or what comes there without TLS.
    pub(crate) fn http_wishes(&self, sni: Option<&str>, is_tls: bool) -> HttpWishes {
        let cloud = &mut self.state().cloud;
        if is_tls {
            return HttpWishes {
                paths: cloud.websocket_paths(sni),
                takes_requests: cloud.takes_requests(sni),
                takes_mqtt: cloud.takes_mqtt_on_443(sni),
            };
        }
        let paths = cloud.takes_plaintext().unwrap_or_default();
        HttpWishes { paths, takes_requests: false, takes_mqtt: true }
    }

    /// Tells when a step was made or the mock stopped.
    pub(crate) fn news(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    // Time.

    pub(crate) fn timeout(&self) {
        self.enter(Input::Timeout);
    }

    /// Wakes the cloud at its deadlines, when time passes by itself.
    pub(crate) async fn keep_time(self: Arc<Self>) {
        let mut stopped = self.stopped.subscribe();
        while !*stopped.borrow_and_update() {
            let next = self.arm();
            if next.is_some_and(|at| at <= self.timeline.now()) {
                self.timeout();
                continue;
            }
            let due = async {
                match next {
                    Some(at) => self.timeline.sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => {}
                () = self.nearer.notified() => {}
                _ = stopped.changed() => {}
            }
        }
    }

    fn arm(&self) -> Option<Time> {
        let mut state = self.state();
        state.armed = state.cloud.next_timeout();
        state.armed
    }

    // Quiescence.

    /// The sockets whose unread bytes are still to be handled.
    pub(crate) fn listening(&self) -> (Vec<Arc<TcpListener>>, Vec<Arc<Line>>) {
        let state = self.state();
        let lines = state.lines.values().filter(|line| line.is_listening()).cloned().collect();
        (state.listeners.clone(), lines)
    }

    pub(crate) fn add_listener(&self, listener: Arc<TcpListener>) {
        self.state().listeners.push(listener);
    }

    // The end.

    /// Ends everything: listeners close, connections are closed in order, orders get an error.
    pub(crate) fn stop(&self) {
        self.end(&mut self.state(), Fate::Quit);
        self.newest.send_modify(|_| {});
    }

    /// The mock is broken: everything ends at once, and the reason is kept.
    pub(crate) fn fail(&self, failure: Failure) {
        let mut state = self.state();
        state.failures.push(failure);
        self.end(&mut state, Fate::Reset);
        drop(state);
        self.newest.send_modify(|_| {});
    }

    pub(crate) fn failures(&self) -> Vec<Failure> {
        self.state().failures.clone()
    }

    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopped.subscribe()
    }

    pub(crate) fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    pub(crate) fn stopped_because(&self) -> Stopped {
        Stopped { failures: self.failures() }
    }

    fn end(&self, state: &mut State, fate: Fate) {
        state.stopped = true;
        state.asked.clear();
        state.requested.clear();
        state.listeners.clear();
        state.lines.values().for_each(|line| line.decide(fate));
        self.stopped.send_replace(true);
    }

    // The lock.

    fn enter(&self, input: Input) {
        let mut state = self.state();
        self.rule(&mut state, input);
        self.leave(state);
    }

    /// Lets the cloud rule on one input, and carries the effects.
    fn rule(&self, state: &mut State, input: Input) {
        if state.stopped {
            return;
        }
        let now = self.timeline.now();
        self.guarded(state, |state| {
            let effects = state.cloud.handle(now, input);
            effects.into_iter().for_each(|effect| self.carry(state, effect.action));
        });
    }

    fn carry(&self, state: &mut State, action: Action) {
        match action {
            Action::Send { conn, packet } => {
                if let Some(line) = state.lines.get(&conn) {
                    line.send(&packet);
                }
            }
            Action::Close { conn } => state.decide(conn, Fate::Close),
            Action::Reset { conn } => state.decide(conn, Fate::Reset),
            Action::Freeze { conn } => state.decide(conn, Fate::Freeze),
            Action::Answer { id, answer } => {
                if let Some(asker) = state.asked.remove(&id) {
                    // An asker who no longer waits needs no answer.
                    let _ = asker.send(answer);
                }
            }
            Action::Respond { id, response } => {
                if let Some(asker) = state.requested.remove(&id) {
                    let _ = asker.send(response);
                }
            }
            Action::Call { id, call } => self.call(id, *call),
            // The trace has them; whoever waits is woken.
            Action::Telemetry(_) | Action::Event(_) | Action::Feedback(_) | Action::Log(_) => {}
        }
    }

    /// Makes a call for the cloud. Held time waits for what comes of it.
    fn call(&self, id: CallId, call: HttpCall) {
        let Some(engine) = self.me.upgrade() else { return };
        let for_task = engine.clone();
        engine.spawn(move || async move {
            let _awake = for_task.tasks.stay_awake();
            let mut stopping = for_task.stopping();
            tokio::select! {
                biased;
                _ = stopping.wait_for(|is_stopping| *is_stopping) => {}
                outcome = calls::make(&for_task.config, call) => {
                    for_task.enter(Input::Called { id, outcome });
                }
            }
        });
    }

    /// A panic in the cloud breaks the mock, not the task or the caller that brought the input.
    fn guarded(&self, state: &mut State, act: impl FnOnce(&mut State)) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| act(state))) {
            state.failures.push(Failure::Panic(message_of(&*payload)));
            self.end(state, Fate::Reset);
        }
    }

    /// Gives the lock back and wakes whom the news concerns.
    fn leave(&self, state: MutexGuard<'_, State>) {
        let newest = state.cloud.trace().last_number();
        let is_nearer = match (state.cloud.next_timeout(), state.armed) {
            (Some(next), Some(armed)) => next < armed,
            (next, None) => next.is_some(),
            (None, Some(_)) => false,
        };
        let stopped = state.stopped;
        drop(state);
        if is_nearer && !self.timeline.is_held() {
            self.nearer.notify_one();
        }
        // Whoever begins to listen later looks first, and sees what has happened by now.
        if self.newest.receiver_count() == 0 {
            return;
        }
        self.newest.send_if_modified(|known| {
            let is_news = newest > *known;
            *known = newest.max(*known);
            is_news || stopped
        });
    }

    /// A panic under the lock is kept as a failure, so the lock itself need not remember it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is served on the port of HTTPS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HttpWishes {
    /// Under which MQTT over WebSocket is served.
    pub(crate) paths: &'static [&'static str],
    /// Also such as ask for no WebSocket.
    pub(crate) takes_requests: bool,
    /// Also MQTT that is in no WebSocket.
    pub(crate) takes_mqtt: bool,
}

/// What became of a connection that was accepted.
pub(crate) enum Admission {
    Line(Arc<Line>),
    Full(Socket),
    Stopped,
}

impl State {
    fn decide(&self, conn: ConnId, fate: Fate) {
        if let Some(line) = self.lines.get(&conn) {
            line.decide(fate);
        }
    }
}

/// A request that waits for its answer; dropped, it waits no longer.
struct Requested<'a> {
    engine: &'a Engine,
    id: RequestId,
}

impl Drop for Requested<'_> {
    fn drop(&mut self) {
        self.engine.state().requested.remove(&self.id);
    }
}

fn unavailable(stopped: &Stopped) -> ServiceError {
    ServiceError::new(error_code::SERVICE_UNAVAILABLE, stopped.to_string())
}

#[cfg(test)]
mod tests {
    use cloud::Registry;

    use super::*;
    use crate::Clock;

    #[tokio::test]
    async fn a_panic_under_the_lock_stops_the_mock_and_answers_who_asked() {
        let engine = held();
        let (asker, answer) = oneshot::channel();
        let mut news = engine.news();
        {
            let mut state = engine.state();
            state.asked.insert(OrderId(1), asker);
            engine.guarded(&mut state, |_| panic!("a rule broke"));
            engine.leave(state);
        }
        assert_eq!(engine.failures(), [Failure::Panic("a rule broke".to_owned())]);
        assert!(engine.is_stopped());
        assert!(answer.await.is_err());
        assert!(news.has_changed().expect("the engine lives"));
        let late = engine.order(Order::ListTenants).await.expect_err("the mock broke");
        assert_eq!((late.status, late.message.contains("a rule broke")), (503, true));
        news.mark_unchanged();
        engine.timeout();
        assert_eq!(engine.look(|cloud| cloud.trace().last_number()), 0);
    }

    fn held() -> Arc<Engine> {
        let timeline = Timeline::start(Clock::held(Time::default())).expect("a clock");
        let cloud = Cloud::new(Registry::default(), 1);
        Engine::new(cloud, Arc::new(timeline), Config::default())
    }

    fn request() -> HttpRequest {
        HttpRequest {
            address: "127.0.0.1:1".to_owned(),
            sni: None,
            method: "GET".to_owned(),
            target: "/".to_owned(),
            headers: Vec::new(),
            body: bytes::Bytes::new(),
        }
    }

    /// The cloud may answer a request with any later input.
    #[tokio::test]
    async fn a_request_waits_for_its_answer() {
        let engine = held();
        let waiting = |id| {
            let (asker, answer) = oneshot::channel();
            engine.state().requested.insert(RequestId(id), asker);
            (Requested { engine: &engine, id: RequestId(id) }, answer)
        };
        let (_first, mut first) = waiting(1);
        let (second, mut second_answer) = waiting(2);
        let response = HttpResponse::text(202, "later");
        let respond = |id| Action::Respond { id: RequestId(id), response: response.clone() };
        assert!(first.try_recv().is_err());
        engine.carry(&mut engine.state(), respond(1));
        assert_eq!(first.await, Ok(response.clone()));
        drop(second);
        engine.carry(&mut engine.state(), respond(2));
        assert!(second_answer.try_recv().is_err());
        assert!(engine.state().requested.is_empty());
        engine.stop();
        let late = engine.request(request()).await;
        assert_eq!((late.status, &late.body[..]), (503, &b"the mock has stopped\n"[..]));
    }

    /// A held clock stands still until a call has come to something.
    #[tokio::test]
    async fn a_call_is_made_and_held_time_waits_for_it() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let engine = held();
        let endpoint = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", endpoint.local_addr().expect("an address"));
        let (method, headers) = ("GET".to_owned(), Vec::new());
        let call = Box::new(HttpCall { url, method, headers, body: bytes::Bytes::new() });
        engine.carry(&mut engine.state(), Action::Call { id: CallId(7), call });
        let (mut stream, _) = endpoint.accept().await.expect("a call");
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            stream.read_buf(&mut request).await.expect("a request");
        }
        let mut quiet = std::pin::pin!(crate::quiet::settle(&engine));
        for _ in 0..100 {
            assert!(futures::poll!(quiet.as_mut()).is_pending());
            tokio::task::yield_now().await;
        }
        assert_eq!(engine.look(|cloud| cloud.trace().last_number()), 0);
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.expect("to answer");
        quiet.await;
        let outcome = engine.look(|cloud| cloud.trace().steps().last().map(|it| it.input.clone()));
        let Some(Input::Called { id: CallId(7), outcome: Ok(response) }) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(response.status, 204);
    }
}
