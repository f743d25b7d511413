//! The mock as a whole: started, looked at, ordered about, stopped.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use cloud::{Answer, Cloud, Order, Time};
use tokio::sync::Mutex;

use crate::{
    Clock, Config, Failure, Leaves, StartError, Steps, Stopped, accept, clock::Timeline,
    connection::Port, engine::Engine, quiet, tls::Tls,
};

/// A mock cloud on real sockets. Dropping it stops it; [`Mock::shutdown`] also waits for the end.
pub struct Mock {
    pub(crate) engine: Arc<Engine>,
    mqtt: SocketAddr,
    wss: SocketAddr,
    tcp: Option<SocketAddr>,
    /// Held by whoever moves the time.
    advancing: Mutex<()>,
}

impl Mock {
    /// Binds all listeners, or none, and serves them on the current tokio runtime.
    ///
    /// # Errors
    /// When a port cannot be listened on, or the clock's factor is not above 0.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start(
        cloud: Cloud,
        clock: Clock,
        leaves: Arc<dyn Leaves>,
        config: Config,
    ) -> Result<Self, StartError> {
        let timeline = Arc::new(Timeline::start(clock).ok_or(StartError::Clock)?);
        let tls = Tls::new(leaves, timeline.clone())
            .map_err(|error| StartError::Tls { reason: error.to_string() })?;
        let (mqtt, mqtt_address) = accept::listen(config.bind, config.mqtt_port)?;
        let (wss, wss_address) = accept::listen(config.bind, config.wss_port)?;
        let tcp = match cloud.is_on_1883() {
            true => Some(accept::listen(config.bind, config.tcp_port)?),
            false => None,
        };
        let tcp_address = tcp.as_ref().map(|(_, address)| *address);
        let tls = Arc::new(tls);
        let engine = Engine::new(cloud, timeline, config);
        // What the cloud is to do from its beginning, begins now and not with the first device.
        engine.timeout();
        let tcp = tcp.map(|(listener, _)| (listener, Port::Mqtt));
        for (listener, port) in [(mqtt, Port::Mqtt), (wss, Port::WebSocket)].into_iter().chain(tcp)
        {
            engine.add_listener(listener.clone());
            let (for_task, tls) = (engine.clone(), tls.clone());
            engine.spawn(move || accept::accept(for_task, tls, listener, port));
        }
        if !engine.timeline.is_held() {
            let for_task = engine.clone();
            engine.spawn(move || for_task.keep_time());
        }
        Ok(Self {
            engine,
            mqtt: mqtt_address,
            wss: wss_address,
            tcp: tcp_address,
            advancing: Mutex::new(()),
        })
    }

    /// Where MQTT over TLS is served.
    pub const fn mqtt_address(&self) -> SocketAddr {
        self.mqtt
    }

    /// Where MQTT over WebSocket over TLS is served.
    pub const fn wss_address(&self) -> SocketAddr {
        self.wss
    }

    /// Where MQTT is served with TLS and without, if the cloud has somebody who is reached there.
    pub const fn tcp_address(&self) -> Option<SocketAddr> {
        self.tcp
    }

    /// The mock's time.
    pub fn now(&self) -> Time {
        self.engine.timeline.now()
    }

    /// Whether time moves by [`Mock::advance`] alone.
    pub fn is_held(&self) -> bool {
        self.engine.timeline.is_held()
    }

    /// Lets time pass: waits until everything sent was handled, then stops at each deadline on the way,
    /// in order, and waits again. Whole milliseconds count.
    ///
    /// # Panics
    /// When the clock is not held.
    pub async fn advance(&self, by: Duration) {
        self.assert_held();
        let _advancing = self.advancing.lock().await;
        let by_ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        let goal = self.now().plus_ms(by_ms);
        self.settle().await;
        while let Some(due) = self.with_cloud(Cloud::next_timeout)
            && due <= goal
            && !self.engine.is_stopped()
        {
            self.engine.timeline.move_to(due);
            self.engine.timeout();
            self.settle().await;
        }
        self.engine.timeline.move_to(goal);
        self.engine.timeout();
        self.settle().await;
    }

    /// Lets so much time have passed at once, with everything that was due meanwhile. The clock runs on
    /// from there.
    ///
    /// # Panics
    /// When the clock is not a scaled one.
    pub fn jump(&self, by: Duration) {
        let by_ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        assert!(self.engine.timeline.jump(by_ms), "only a scaled clock can jump");
        self.engine.timeout();
    }

    /// Waits until `look` finds something, at most until this moment of the mock's time. It looks now,
    /// after each new step, and at the end; `None` when there was nothing, or the mock stopped.
    pub async fn wait_until<T>(
        &self,
        deadline: Time,
        mut look: impl FnMut(&Cloud) -> Option<T>,
    ) -> Option<T> {
        tokio::select! {
            found = self.try_wait(&mut look) => return found.ok(),
            () = self.reach(deadline) => {}
        }
        self.with_cloud(look)
    }

    /// Waits until the mock's time has come to this moment.
    pub async fn reach(&self, moment: Time) {
        while self.now() < moment {
            self.engine.timeline.sleep_until(moment).await;
        }
    }

    /// Waits until everything that was sent to the mock has been handled and answered, as far as
    /// clients read. Returns at once when the mock has stopped.
    ///
    /// # Panics
    /// When the clock is not held: time that passes by itself brings work without end.
    pub async fn settle(&self) {
        self.assert_held();
        quiet::settle(&self.engine).await;
    }

    /// Gives an order, as the service side or the operator does, and waits for the answer. Some come
    /// only when a device answers or time passes. A mock that has stopped answers 503.
    pub async fn order(&self, order: Order) -> Answer {
        self.engine.order(order).await
    }

    /// Looks at the cloud: its trace, its registry. Nothing moves meanwhile, so be short.
    pub fn with_cloud<T>(&self, look: impl FnOnce(&Cloud) -> T) -> T {
        self.engine.look(look)
    }

    /// Waits until `look` finds something. It looks now and after each new step.
    ///
    /// # Panics
    /// When the mock stops before that; see [`Mock::try_wait`].
    pub async fn wait<T>(&self, look: impl FnMut(&Cloud) -> Option<T>) -> T {
        match self.try_wait(look).await {
            Ok(found) => found,
            Err(stopped) => panic!("nothing more will happen: {stopped}"),
        }
    }

    /// Waits until `look` finds something. It looks now and after each new step.
    ///
    /// # Errors
    /// When the mock stops before that.
    pub async fn try_wait<T>(
        &self,
        mut look: impl FnMut(&Cloud) -> Option<T>,
    ) -> Result<T, Stopped> {
        let mut news = self.engine.news();
        loop {
            news.mark_unchanged();
            let is_stopped = self.engine.is_stopped();
            if let Some(found) = self.engine.look(&mut look) {
                return Ok(found);
            }
            if is_stopped || news.changed().await.is_err() {
                return Err(self.engine.stopped_because());
            }
        }
    }

    /// The steps that come from now on.
    pub fn subscribe(&self) -> Steps {
        self.subscribe_after(self.with_cloud(|cloud| cloud.trace().last_number()))
    }

    /// The steps with a number above `number`, as far as they are remembered, and those that come.
    pub fn subscribe_after(&self, number: u64) -> Steps {
        Steps::after(self.engine.clone(), number)
    }

    /// The messages of panics in the mock. There should never be one.
    pub fn panics(&self) -> Vec<String> {
        let failures = self.failures().into_iter();
        failures
            .filter_map(|failure| match failure {
                Failure::Panic(message) => Some(message),
                Failure::Listener { .. } => None,
            })
            .collect()
    }

    /// Everything that broke the mock.
    pub fn failures(&self) -> Vec<Failure> {
        self.engine.failures()
    }

    /// Waits until the mock has stopped, by a failure or an order to stop.
    pub async fn stopped(&self) -> Stopped {
        // The sender lives as long as the engine does.
        let _ = self.engine.stopping().wait_for(|is_stopped| *is_stopped).await;
        self.engine.stopped_because()
    }

    /// Closes the listeners and all connections, in order, and waits until every task has ended.
    pub async fn shutdown(self) {
        self.engine.stop();
        self.engine.tasks.gone().await;
    }

    fn assert_held(&self) {
        assert!(self.is_held(), "only a held clock can be advanced or settled");
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.engine.stop();
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock")
            .field("mqtt", &self.mqtt)
            .field("wss", &self.wss)
            .field("tcp", &self.tcp)
            .finish_non_exhaustive()
    }
}
