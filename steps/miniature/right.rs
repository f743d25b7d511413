//! The right client: registers if it has to, then stays with its hub until it is told to end.

use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};
use wire::{Connack, Connect, Disconnect, Packet};

use super::{
    back_off::BackOff,
    conversation::Device,
    habits::Habits,
    link::{Link, Lost},
    provisioning,
    settings::{Proof, Settings, To},
    tell,
    token::{Token, now_s},
    who::Who,
};

/// How long a token is good, and after what part of that a new one is made.
const LIFE_S: u64 = 600;
const RENEWED_AT_S: u64 = LIFE_S * 85 / 100;
/// How long a handshake, or the answer to CONNECT, may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How a connection, or a life, came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// SIGTERM, or Ctrl-C.
    Told,
    /// The cloud said no to CONNECT, with this code.
    Refused(u8),
    Lost(Lost),
    /// The token is old: time for a new one.
    Renewal,
}

/// Lives until it is told to end.
pub(super) async fn live(settings: &Settings, habits: Habits) -> Result<(), String> {
    let mut order = Order::new()?;
    let hub = match &settings.to {
        To::Hub(who) => Some(who.clone()),
        To::Dps(who) => provisioning::register(settings, habits, who, &mut order).await,
        To::EventGrid(who) | To::Alibaba(who) => Some(who.clone()),
    };
    if let Some(who) = hub {
        stay(settings, habits, who, &mut order).await;
    }
    Ok(())
}

/// Connects again and again.
async fn stay(settings: &Settings, habits: Habits, who: Who, order: &mut Order) {
    let mut back_off = BackOff::new(habits.growth, &who.id);
    let mut device = Device::new(who.clone(), habits);
    let mut tokens = Tokens { kept: None, habits };
    loop {
        let password = tokens.next(settings, &who);
        let end = once(settings, habits, &who, &mut device, password, order).await;
        tell(&format!("{end:?}"));
        let stays_away = match &end {
            End::Told => return,
            End::Renewal => continue,
            End::Refused(_) => habits.stays_away_when_refused,
            End::Lost(_) => habits.stays_away_when_cut,
        };
        if stays_away {
            return order.given().await;
        }
        back_off.ended(device.lived());
        if order.pause(back_off.next()).await {
            return;
        }
    }
}

/// One connection from beginning to end.
async fn once(
    settings: &Settings,
    habits: Habits,
    who: &Who,
    device: &mut Device,
    password: Option<String>,
    order: &mut Order,
) -> End {
    let connect = device.connect(password);
    let (mut link, connack) = match connected(settings, &habits, who, connect, order).await {
        Ok(met) => met,
        Err(end) => return end,
    };
    let renewal_at = Instant::now() + Duration::from_secs(RENEWED_AT_S);
    device.begin(connack.session_present, Instant::now());
    loop {
        for mut packet in std::mem::take(&mut device.out) {
            if let Some(says) = habits.says.filter(|_| device.is_wrong()) {
                says(&mut packet, who);
            }
            if let Err(lost) = link.send(&packet).await {
                return End::Lost(lost);
            }
            device.said(Instant::now());
        }
        let renews = matches!(settings.proof, Proof::Key(_)) && !habits.keeps_its_token;
        let deadline = device.deadline().min(if renews { renewal_at } else { device.deadline() });
        let heard = tokio::select! {
            biased;
            () = order.given() => return leave(link, End::Told).await,
            heard = timeout_at(deadline, link.next()) => heard,
        };
        let now = Instant::now();
        match heard {
            Ok(Ok(packet)) => device.hear(&packet, now),
            Ok(Err(lost)) => return End::Lost(lost),
            Err(_) if renews && now >= renewal_at => return leave(link, End::Renewal).await,
            Err(_) => {}
        }
        if let Err(lost) = device.act(now) {
            return End::Lost(lost);
        }
    }
}

/// Says goodbye.
pub(super) async fn leave(mut link: Link, end: End) -> End {
    // Whoever has gone first needs no goodbye.
    if link.send(&Packet::Disconnect(Disconnect::default())).await.is_ok() {
        link.end().await;
    }
    end
}

/// Connects, and waits for a good CONNACK.
pub(super) async fn connected(
    settings: &Settings,
    habits: &Habits,
    who: &Who,
    connect: Connect,
    order: &mut Order,
) -> Result<(Link, Connack), End> {
    let mut packet = Packet::Connect(Box::new(connect));
    if let Some(says) = habits.says {
        says(&mut packet, who);
    }
    let meeting = async {
        let mut link = Link::open(settings, habits).await?;
        link.send(&packet).await?;
        let first = link.next().await?;
        Ok::<_, Lost>((link, first))
    };
    let met = tokio::select! {
        biased;
        () = order.given() => return Err(End::Told),
        met = timeout(PATIENCE, meeting) => met,
    };
    match met {
        Ok(Ok((link, Packet::Connack(connack)))) if connack.code == 0 => Ok((link, connack)),
        Ok(Ok((_, Packet::Connack(connack)))) => Err(End::Refused(connack.code)),
        Ok(Ok((_, packet))) => Err(End::Lost(format!("{} came before CONNACK", packet.name()))),
        Ok(Err(lost)) => Err(End::Lost(lost)),
        Err(_) => Err(End::Lost("CONNECT is not answered".to_owned())),
    }
}

/// The passwords of a device: a new one for each connection.
struct Tokens {
    kept: Option<String>,
    habits: Habits,
}

impl Tokens {
    fn next(&mut self, settings: &Settings, who: &Who) -> Option<String> {
        let Proof::Key(key) = &settings.proof else { return None };
        if let Some(kept) = self.kept.clone().filter(|_| self.habits.keeps_its_token) {
            return Some(kept);
        }
        let resource = format!("{}/{}", who.host, who.root());
        let token = Token { key: key.clone(), resource, expiry_s: now_s() + LIFE_S, policy: None };
        let text = self.habits.token.map_or_else(|| token.right(), |token_of| token_of(&token));
        self.kept = Some(text.clone());
        Some(text)
    }
}

/// The order to end.
pub(super) struct Order {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Order {
    #[cfg(unix)]
    fn new() -> Result<Self, String> {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = signal(SignalKind::terminate())
            .map_err(|error| format!("SIGTERM cannot be heard: {error}"))?;
        Ok(Self { terminate })
    }

    #[cfg(not(unix))]
    const fn new() -> Result<Self, String> {
        Ok(Self {})
    }

    /// Waits for it.
    pub(super) async fn given(&mut self) {
        #[cfg(unix)]
        self.terminate.recv().await;
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }

    /// Waits for so long, or until it is given: then true.
    pub(super) async fn pause(&mut self, time: Duration) -> bool {
        timeout(time, self.given()).await.is_ok()
    }
}
