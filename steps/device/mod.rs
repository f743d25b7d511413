//! The harness's own devices: a legal one (rumqttc) and a raw one that may say anything.

mod legal;
mod old_tls;
mod plan;
mod raw;
mod silent;
mod tls;

use std::{collections::VecDeque, time::Duration};

use cloud::{Action, Cloud, ConnId, Input};
use server::Mock;
use wire::{Connack, Packet};

use self::{legal::Legal, raw::Raw};
pub(crate) use self::{
    plan::{Link, Plan, Proof, TlsOffer},
    raw::Cut,
    silent::Silent,
};

/// Real time after which a wait that must end counts as hung. It catches hangs and decides nothing.
const HANG: Duration = Duration::from_secs(20);

/// How a device speaks.
enum Voice {
    Legal(Box<Legal>),
    Raw(Box<Raw>),
}

/// A device of the harness on one connection.
pub(crate) struct Device {
    voice: Voice,
    cut: Cut,
    /// Said, and kept back for one write with what is said next.
    held_back: Vec<Packet>,
    /// Its connection in the mock's trace.
    conn: Option<ConnId>,
    /// Packets that it sent, malformed ones included.
    sent: usize,
    /// Packets that it read off the wire.
    read: usize,
    /// Read and not yet looked at.
    inbox: VecDeque<Packet>,
    /// Whether its stream has ended.
    ended: bool,
    pub(crate) connack: Option<Connack>,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Device on {:?}", self.conn)
    }
}

/// What a device met on its connection.
#[derive(Debug)]
pub(crate) enum Met {
    Packet(Packet),
    End,
}

impl Device {
    /// Connects, sends CONNECT and waits for what the cloud makes of it.
    ///
    /// # Errors
    /// One phrase, when the connection could not even be made (TLS, WebSocket).
    pub(crate) async fn connect(mock: &Mock, plan: &Plan, cut: Cut) -> Result<Self, String> {
        let mut device = Self::open(mock, plan, cut).await?;
        device.handshake(mock, plan).await?;
        Ok(device)
    }

    /// Connects on the transport alone, without a CONNECT (raw devices only).
    pub(crate) async fn open(mock: &Mock, plan: &Plan, cut: Cut) -> Result<Self, String> {
        let before = mock.with_cloud(|cloud| cloud.trace().last_number());
        let voice = if plan.raw {
            Voice::Raw(Box::new(Raw::open(mock, plan, cut).await?))
        } else {
            Voice::Legal(Box::new(Legal::open(mock, plan).await?))
        };
        let mut device = Self {
            voice,
            cut,
            held_back: Vec::new(),
            conn: None,
            sent: 0,
            read: 0,
            inbox: VecDeque::new(),
            ended: false,
            connack: None,
        };
        if let Voice::Legal(legal) = &mut device.voice {
            // The legal device sends CONNECT with its first breath.
            let answered = tokio::select! {
                biased;
                connack = legal.connect() => Some(connack?),
                unanswered = unanswered(mock, before) => { unanswered?; None }
            };
            device.sent = 1;
            if let Some(connack) = answered {
                device.read = usize::from(connack.is_some());
                device.ended = connack.as_ref().is_none_or(|connack| connack.code != 0);
                device.connack = connack;
            }
        }
        device.conn = Some(until(mock, "a connection", |cloud| opened_since(cloud, before)).await?);
        Ok(device)
    }

    async fn handshake(&mut self, mock: &Mock, plan: &Plan) -> Result<(), String> {
        if matches!(self.voice, Voice::Legal(_)) {
            return Ok(());
        }
        self.send(mock, Packet::Connect(Box::new(plan.packet()))).await?;
        match self.meet(mock).await? {
            Some(Met::Packet(Packet::Connack(connack))) => self.connack = Some(connack),
            Some(Met::Packet(other)) => self.inbox.push_front(other),
            Some(Met::End) | None => {}
        }
        Ok(())
    }

    /// Whether the last CONNECT was accepted.
    pub(crate) fn is_accepted(&self) -> bool {
        self.connack.as_ref().is_some_and(|connack| connack.code == 0)
    }

    /// Sends a packet and waits until the cloud has dealt with it.
    pub(crate) async fn send(&mut self, mock: &Mock, packet: Packet) -> Result<(), String> {
        self.sent += match &mut self.voice {
            Voice::Legal(legal) => legal.send(packet).await?,
            Voice::Raw(raw) => raw.send(&packet).await?,
        };
        self.until_dealt_with(mock).await
    }

    /// Keeps a packet back for the next write, when that is how this device cuts.
    pub(crate) fn holds_back(&mut self, packet: &Packet) -> bool {
        let holds = self.cut == Cut::Together && matches!(self.voice, Voice::Raw(_));
        if holds {
            self.held_back.push(packet.clone());
        }
        holds
    }

    /// Sends what was kept back, in one write.
    pub(crate) async fn flush(&mut self, mock: &Mock) -> Result<(), String> {
        match std::mem::take(&mut self.held_back) {
            packets if packets.is_empty() => Ok(()),
            packets => self.send_together(mock, &packets).await,
        }
    }

    /// Sends several packets in one write (raw devices only).
    pub(crate) async fn send_together(
        &mut self,
        mock: &Mock,
        packets: &[Packet],
    ) -> Result<(), String> {
        let Voice::Raw(raw) = &mut self.voice else {
            return Err("only a raw device sends packets together: tag the scenario @raw".into());
        };
        self.sent += raw.send_together(packets).await?;
        self.until_dealt_with(mock).await
    }

    /// Sends bytes that are perhaps no packet (raw devices only).
    pub(crate) async fn send_bytes(&mut self, mock: &Mock, bytes: &[u8]) -> Result<(), String> {
        let Voice::Raw(raw) = &mut self.voice else {
            return Err("only a raw device sends bytes: tag the scenario @raw".into());
        };
        raw.send_bytes(bytes).await?;
        self.sent += 1;
        self.until_dealt_with(mock).await
    }

    /// Sends WebSocket frames as they are (raw devices only).
    pub(crate) async fn send_frames(&mut self, mock: &Mock, bytes: &[u8]) -> Result<(), String> {
        let Voice::Raw(raw) = &mut self.voice else {
            return Err("only a raw device sends frames: tag the scenario @raw".into());
        };
        raw.send_frames(bytes).await?;
        self.sent += 1;
        self.until_dealt_with(mock).await
    }

    /// The code with which the WebSocket was closed (raw devices only).
    pub(crate) const fn close_code(&self) -> Option<u16> {
        match &self.voice {
            Voice::Raw(raw) => raw.close_code(),
            Voice::Legal(_) => None,
        }
    }

    /// Sends the first bytes of a packet (raw devices only); nobody can deal with them yet.
    pub(crate) async fn send_beginning(&mut self, bytes: &[u8]) -> Result<(), String> {
        let Voice::Raw(raw) = &mut self.voice else {
            return Err("only a raw device sends half a packet: tag the scenario @raw".into());
        };
        raw.send_bytes(bytes).await
    }

    /// The next thing on the wire; `None` when the cloud has sent nothing that was not read yet.
    pub(crate) async fn meet(&mut self, mock: &Mock) -> Result<Option<Met>, String> {
        if let Some(packet) = self.inbox.pop_front() {
            return Ok(Some(Met::Packet(packet)));
        }
        mock.settle().await;
        let Some(conn) = self.conn else { return Ok(None) };
        let (sent, closed) = mock.with_cloud(|cloud| sent_to(cloud, conn));
        if self.read < sent && !self.ended {
            let met = match &mut self.voice {
                Voice::Legal(legal) => legal.next().await?,
                Voice::Raw(raw) => raw.next().await?,
            };
            match met {
                Met::Packet(packet) => {
                    self.read += 1;
                    self.note_answers(mock).await?;
                    return Ok(Some(Met::Packet(packet)));
                }
                Met::End => self.ended = true,
            }
            return Ok(Some(Met::End));
        }
        if closed && !self.ended {
            let met = match &mut self.voice {
                Voice::Legal(legal) => legal.next().await?,
                Voice::Raw(raw) => raw.next().await?,
            };
            match met {
                Met::End => self.ended = true,
                Met::Packet(packet) => return Ok(Some(Met::Packet(packet))),
            }
        }
        Ok(self.ended.then_some(Met::End))
    }

    /// Everything that lies on the wire now.
    pub(crate) async fn drain(&mut self, mock: &Mock) -> Result<(Vec<Packet>, bool), String> {
        let mut packets = Vec::new();
        loop {
            match self.meet(mock).await? {
                Some(Met::Packet(packet)) => packets.push(packet),
                Some(Met::End) => return Ok((packets, true)),
                None => return Ok((packets, false)),
            }
        }
    }

    /// Puts packets back that were looked at and are still to be expected.
    pub(crate) fn put_back(&mut self, packets: Vec<Packet>) {
        for packet in packets.into_iter().rev() {
            self.inbox.push_front(packet);
        }
    }

    /// Breaks the connection off without a DISCONNECT.
    pub(crate) async fn vanish(self, mock: &Mock) -> Result<(), String> {
        let conn = self.conn;
        drop(self.voice);
        match conn {
            Some(conn) => until(mock, "its end", |cloud| is_over(cloud, conn).then_some(())).await,
            None => Ok(()),
        }
    }

    /// Packets that the legal device answered by itself were sent too.
    async fn note_answers(&mut self, mock: &Mock) -> Result<(), String> {
        match &mut self.voice {
            Voice::Legal(legal) => {
                self.sent += legal.answered();
                self.until_dealt_with(mock).await
            }
            Voice::Raw(_) => Ok(()),
        }
    }

    /// The ledger: what was sent is in the trace, or the connection is over.
    async fn until_dealt_with(&self, mock: &Mock) -> Result<(), String> {
        let Some(conn) = self.conn else { return Ok(()) };
        let sent = self.sent;
        until(mock, "what was sent", |cloud| {
            (received_from(cloud, conn) >= sent || is_over(cloud, conn)).then_some(())
        })
        .await
    }
}

/// Sends a CONNECT in plaintext to the TLS port and tells how that ends: `closed`, or what came back.
pub(crate) async fn connect_without_tls(mock: &Mock, plan: &Plan) -> Result<String, String> {
    raw::connect_without_tls(mock, plan).await
}

/// Sends a CONNECT to the WebSocket's port without a request for one and tells what came back.
pub(crate) async fn connect_without_upgrade(mock: &Mock, plan: &Plan) -> Result<String, String> {
    raw::connect_without_upgrade(mock, plan).await
}

/// Offers TLS 1.1 and nothing newer, and tells how that ends: `alert 70`, `closed`, or what came back.
pub(crate) async fn offer_tls_1_1(mock: &Mock, plan: &Plan) -> Result<String, String> {
    old_tls::offer_tls_1_1(mock, &plan.server_name).await
}

/// Resolves when the cloud has dealt with the CONNECT and has nothing to say to it.
async fn unanswered(mock: &Mock, before: u64) -> Result<(), String> {
    let conn = until(mock, "a connection", |cloud| opened_since(cloud, before)).await?;
    let heard = |cloud: &Cloud| received_from(cloud, conn) > 0 || is_over(cloud, conn);
    until(mock, "CONNECT", |cloud| heard(cloud).then_some(())).await?;
    mock.settle().await;
    if mock.with_cloud(|cloud| sent_to(cloud, conn)) != (0, false) {
        std::future::pending::<()>().await;
    }
    Ok(())
}

/// Waits until the mock's trace shows something.
async fn until<T>(
    mock: &Mock,
    what: &str,
    look: impl FnMut(&Cloud) -> Option<T>,
) -> Result<T, String> {
    tokio::time::timeout(HANG, mock.wait(look))
        .await
        .map_err(|_| format!("hung: the mock never saw {what}"))
}

fn opened_since(cloud: &Cloud, number: u64) -> Option<ConnId> {
    cloud.trace().since(number).find_map(|step| match step.input {
        Input::Opened { conn, .. } => Some(conn),
        _ => None,
    })
}

fn received_from(cloud: &Cloud, conn: ConnId) -> usize {
    let is_packet = |input: &Input| {
        matches!(input, Input::Received { .. } | Input::Malformed { .. })
            && input.conn() == Some(conn)
    };
    cloud.trace().steps().filter(|step| is_packet(&step.input)).count()
}

/// How many packets the cloud sent to a connection, and whether it ended it.
fn sent_to(cloud: &Cloud, conn: ConnId) -> (usize, bool) {
    let mut sent = 0;
    let mut closed = false;
    for effect in cloud.trace().steps().flat_map(|step| &step.effects) {
        match &effect.action {
            Action::Send { conn: to, .. } if *to == conn && !closed => sent += 1,
            Action::Close { conn: of } | Action::Reset { conn: of } if *of == conn => closed = true,
            _ => {}
        }
    }
    (sent, closed)
}

fn is_over(cloud: &Cloud, conn: ConnId) -> bool {
    sent_to(cloud, conn).1
        || cloud
            .trace()
            .steps()
            .any(|step| matches!(step.input, Input::Closed { conn: closed, .. } if closed == conn))
}
