//! The harness's own devices: a legal one (rumqttc) and a raw one that may say anything.

mod doors;
mod endpoint;
mod https;
#[cfg(feature = "legacy-tls")]
mod legacy;
mod legal;
mod old_tls;
mod plan;
mod raw;
mod silent;
mod tls;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::BytesMut;
use cloud::{Action, Cloud, ConnId, Input};
use server::Mock;
use wire::{Ack, Connack, Decoder, Packet, Publish, Qos};

pub(crate) use self::{
    doors::{Dead, Doors, reach},
    endpoint::Endpoint,
    https::ask,
    plan::{Link, Plan, Port, Proof, Signing, TlsOffer},
    raw::Cut,
    silent::Silent,
};
use self::{legal::Legal, raw::Raw};

/// Real time after which a wait that must end counts as hung. It catches hangs and decides nothing.
const HANG: Duration = Duration::from_secs(20);

/// Real time after which a cloud elsewhere that says nothing counts as one that has nothing to say, where
/// no echo can tell.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a device speaks.
enum Voice {
    Legal(Box<Legal>),
    Raw(Box<Raw>),
}

/// How a device knows that the cloud has dealt with what it said.
enum Witness {
    /// The trace of the mock in this process.
    Trace(Ledger),
    /// The answer to PINGREQ: a cloud deals with the packets of a connection in order.
    Echo(Box<Echo>),
}

/// Entries of the mock's trace against what went over the wire.
struct Ledger {
    mock: Arc<Mock>,
    /// Its connection in the mock's trace, which may not be there before it has said something.
    conn: Option<ConnId>,
    /// The last step before it dialled.
    before: u64,
    /// Packets that it sent, malformed ones included.
    sent: usize,
    /// Packets that it read off the wire.
    read: usize,
}

/// What is known of the order of packets on a connection.
struct Echo {
    /// PINGRESPs that the scenario has to come by itself.
    expected: usize,
    /// Whether a PINGREQ means something by now: CONNECT was accepted, and nobody has taken leave.
    answers: bool,
    /// Bytes of a packet that is half sent.
    half: BytesMut,
    /// Reads what is sent in bytes.
    decoder: Decoder,
}

impl Echo {
    fn new(plan: &Plan) -> Self {
        Self {
            expected: 0,
            answers: false,
            half: BytesMut::new(),
            decoder: Decoder::new(plan.version(), usize::MAX),
        }
    }

    /// Whether it can be had now.
    fn is_to_be_had(&self) -> bool {
        self.answers && self.half.is_empty()
    }

    /// Takes note of bytes that go out: the packets that they complete.
    fn note(&mut self, bytes: &[u8]) {
        self.half.extend_from_slice(bytes);
        loop {
            match self.decoder.decode(&mut self.half) {
                Ok(Some(packet)) => self.note_packet(&packet),
                Ok(None) => return,
                // The end of the connection.
                Err(_) => return self.half.clear(),
            }
        }
    }

    fn note_packet(&mut self, packet: &Packet) {
        match packet {
            Packet::Pingreq => self.expected += 1,
            Packet::Disconnect(_) => self.answers = false,
            _ => {}
        }
    }
}

/// The cloud that a device is to connect to.
#[derive(Clone)]
pub(crate) enum Peer {
    Inside(Arc<Mock>),
    Outside(Doors),
}

/// A device of the harness on one connection.
pub(crate) struct Device {
    voice: Voice,
    cut: Cut,
    /// Said, and kept back for one write with what is said next.
    held_back: Vec<Packet>,
    witness: Witness,
    /// Whether messages at QoS 1 are acknowledged when the scenario looks at them, as rumqttc does of its
    /// own accord.
    acknowledges: bool,
    /// Read and not yet looked at.
    inbox: VecDeque<Packet>,
    /// Whether its stream has ended.
    ended: bool,
    pub(crate) connack: Option<Connack>,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.witness {
            Witness::Trace(ledger) => write!(f, "Device on {:?}", ledger.conn),
            Witness::Echo(_) => f.write_str("Device elsewhere"),
        }
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
    pub(crate) async fn connect(peer: &Peer, plan: &Plan, cut: Cut) -> Result<Self, String> {
        let mut device = Self::open(peer, plan, cut).await?;
        if matches!(device.voice, Voice::Raw(_)) {
            device.handshake(plan).await?;
        }
        Ok(device)
    }

    /// Connects on the transport alone, without a CONNECT (raw devices only).
    pub(crate) async fn open(peer: &Peer, plan: &Plan, cut: Cut) -> Result<Self, String> {
        match peer {
            Peer::Inside(mock) => Self::open_inside(mock, plan, cut).await,
            Peer::Outside(doors) => {
                let raw = Raw::open(doors, plan, cut).await?;
                let echo = Witness::Echo(Box::new(Echo::new(plan)));
                Ok(Self::new(Voice::Raw(Box::new(raw)), plan, cut, echo))
            }
        }
    }

    /// Its connection in the mock's trace.
    pub(crate) const fn conn(&self) -> Option<ConnId> {
        match &self.witness {
            Witness::Trace(ledger) => ledger.conn,
            Witness::Echo(_) => None,
        }
    }

    const fn new(voice: Voice, plan: &Plan, cut: Cut, witness: Witness) -> Self {
        let is_raw = matches!(voice, Voice::Raw(_));
        Self {
            acknowledges: is_raw && !plan.raw && !plan.acknowledges_by_hand,
            voice,
            cut,
            held_back: Vec::new(),
            witness,
            inbox: VecDeque::new(),
            ended: false,
            connack: None,
        }
    }

    async fn open_inside(mock: &Arc<Mock>, plan: &Plan, cut: Cut) -> Result<Self, String> {
        let before = mock.with_cloud(|cloud| cloud.trace().last_number());
        let voice = if plan.is_legal() {
            Voice::Legal(Box::new(Legal::open(mock, plan).await?))
        } else {
            Voice::Raw(Box::new(Raw::open(&Doors::of(mock), plan, cut).await?))
        };
        let mut ledger = Ledger { mock: mock.clone(), conn: None, before, sent: 0, read: 0 };
        let mut voice = voice;
        let (mut ended, mut accepted) = (false, None);
        if let Voice::Legal(legal) = &mut voice {
            // The legal device sends CONNECT with its first breath.
            let answered = tokio::select! {
                biased;
                connack = unhurried(legal.connect()) => Some(connack?),
                unanswered = unanswered(mock, before) => { unanswered?; None }
            };
            ledger.sent = 1;
            if let Some(connack) = answered {
                ledger.read = usize::from(connack.is_some());
                ended = connack.as_ref().is_none_or(|connack| connack.code != 0);
                accepted = connack;
            }
        }
        if !plan.is_known_by_its_first_byte() {
            ledger.until_opened().await?;
        }
        let device = Self::new(voice, plan, cut, Witness::Trace(ledger));
        Ok(Self { ended, connack: accepted, ..device })
    }

    async fn handshake(&mut self, plan: &Plan) -> Result<(), String> {
        self.send(Packet::Connect(Box::new(plan.packet()))).await?;
        match self.meet().await? {
            Some(Met::Packet(Packet::Connack(connack))) => {
                if let Witness::Echo(echo) = &mut self.witness {
                    echo.answers = connack.code == 0;
                }
                self.connack = Some(connack);
            }
            Some(Met::Packet(other)) => self.inbox.push_front(other),
            Some(Met::End) | None => {}
        }
        Ok(())
    }

    /// Whether the last CONNECT was accepted.
    pub(crate) fn is_accepted(&self) -> bool {
        self.connack.as_ref().is_some_and(|connack| connack.code == 0)
    }

    /// Whether its packets have properties.
    pub(crate) const fn has_properties(&self) -> bool {
        matches!(&self.voice, Voice::Raw(raw) if raw.has_properties())
    }

    /// Sends a packet and waits until the cloud has dealt with it.
    pub(crate) async fn send(&mut self, packet: Packet) -> Result<(), String> {
        self.note(std::slice::from_ref(&packet));
        let sent = match &mut self.voice {
            Voice::Legal(legal) => legal.send(packet).await?,
            Voice::Raw(raw) => raw.send(&packet).await?,
        };
        self.has_said(sent);
        self.until_dealt_with().await
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
    pub(crate) async fn flush(&mut self) -> Result<(), String> {
        match std::mem::take(&mut self.held_back) {
            packets if packets.is_empty() => Ok(()),
            packets => self.send_together(&packets).await,
        }
    }

    /// Sends several packets in one write (raw devices only).
    pub(crate) async fn send_together(&mut self, packets: &[Packet]) -> Result<(), String> {
        self.note(packets);
        let Voice::Raw(raw) = &mut self.voice else {
            return Err("only a raw device sends packets together: tag the scenario @raw".into());
        };
        let sent = raw.send_together(packets).await?;
        self.has_said(sent);
        self.until_dealt_with().await
    }

    /// Sends bytes that are perhaps no packet (raw devices only).
    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), String> {
        let Voice::Raw(raw) = &mut self.voice else {
            return Err("only a raw device sends bytes: tag the scenario @raw".into());
        };
        raw.send_bytes(bytes).await?;
        self.note_bytes(bytes);
        self.has_said(1);
        self.until_dealt_with().await
    }

    /// Sends WebSocket frames as they are (raw devices only).
    pub(crate) async fn send_frames(&mut self, bytes: &[u8]) -> Result<(), String> {
        let Voice::Raw(raw) = &mut self.voice else {
            return Err("only a raw device sends frames: tag the scenario @raw".into());
        };
        raw.send_frames(bytes).await?;
        self.has_said(1);
        // What follows may be no frame of its own any more.
        if let Witness::Echo(echo) = &mut self.witness {
            echo.answers = false;
        }
        self.until_dealt_with().await
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
        raw.send_bytes(bytes).await?;
        self.note_bytes(bytes);
        Ok(())
    }

    /// The next thing on the wire; `None` when the cloud has sent nothing that was not read yet.
    pub(crate) async fn meet(&mut self) -> Result<Option<Met>, String> {
        match &self.witness {
            Witness::Trace(_) => self.meet_by_trace().await,
            Witness::Echo(_) => self.meet_by_echo().await,
        }
    }

    /// The next thing on the wire, which somebody else brings about and which may be on its way.
    pub(crate) async fn await_next(&mut self) -> Result<Option<Met>, String> {
        match self.meet().await? {
            None if matches!(self.witness, Witness::Echo(_)) => self.read_one().await?,
            Some(met) => return Ok(Some(met)),
            None => return Ok(None),
        }
        self.take_from_inbox().await
    }

    /// Whether silence can be told from slowness.
    pub(crate) fn can_tell_silence(&self) -> bool {
        self.ended
            || match &self.witness {
                Witness::Trace(_) => true,
                Witness::Echo(echo) => echo.is_to_be_had(),
            }
    }

    async fn meet_by_trace(&mut self) -> Result<Option<Met>, String> {
        if let Some(packet) = self.inbox.pop_front() {
            return Ok(Some(Met::Packet(packet)));
        }
        let Witness::Trace(ledger) = &mut self.witness else { return Ok(None) };
        ledger.mock.settle().await;
        let Some(conn) = ledger.conn else { return Ok(None) };
        let (sent, closed) = ledger.mock.with_cloud(|cloud| sent_to(cloud, conn));
        let is_due = ledger.read < sent;
        if self.ended || !(is_due || closed) {
            return Ok(self.ended.then_some(Met::End));
        }
        let met = match &mut self.voice {
            Voice::Legal(legal) => legal.next().await?,
            Voice::Raw(raw) => raw.next().await?,
        };
        match met {
            Met::Packet(packet) => {
                if is_due {
                    ledger.read += 1;
                    self.note_answers().await?;
                    self.acknowledge(&packet).await?;
                }
                Ok(Some(Met::Packet(packet)))
            }
            Met::End => {
                self.ended = true;
                Ok(Some(Met::End))
            }
        }
    }

    async fn meet_by_echo(&mut self) -> Result<Option<Met>, String> {
        if self.inbox.is_empty() && !self.ended {
            if self.can_tell_silence() {
                self.until_dealt_with().await?;
            } else {
                self.read_one().await?;
            }
        }
        self.take_from_inbox().await
    }

    /// What was read and not looked at; a message is acknowledged now, unless by hand.
    async fn take_from_inbox(&mut self) -> Result<Option<Met>, String> {
        let Some(packet) = self.inbox.pop_front() else {
            return Ok(self.ended.then_some(Met::End));
        };
        self.acknowledge(&packet).await?;
        Ok(Some(Met::Packet(packet)))
    }

    /// Acknowledges a message at QoS 1, unless that is left to somebody else.
    async fn acknowledge(&mut self, packet: &Packet) -> Result<(), String> {
        match packet {
            Packet::Publish(Publish { qos: Qos::AtLeastOnce, packet_id: Some(id), .. })
                if self.acknowledges && !self.ended =>
            {
                self.send(Packet::Puback(Ack::of(*id))).await
            }
            _ => Ok(()),
        }
    }

    /// Waits for one more packet, or the end; a cloud that is silent for too long counts as silent.
    async fn read_one(&mut self) -> Result<(), String> {
        let Voice::Raw(raw) = &mut self.voice else { return Ok(()) };
        if let Ok(met) = tokio::time::timeout(PATIENCE, raw.next()).await {
            match met? {
                Met::Packet(packet) => self.inbox.push_back(packet),
                Met::End => self.ended = true,
            }
        }
        Ok(())
    }

    /// Everything that lies on the wire now.
    pub(crate) async fn drain(&mut self) -> Result<(Vec<Packet>, bool), String> {
        let mut packets = Vec::new();
        loop {
            match self.meet().await? {
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

    /// Breaks the connection off without a DISCONNECT; false when nobody tells whether the cloud noticed.
    pub(crate) async fn vanish(self) -> Result<bool, String> {
        drop(self.voice);
        match self.witness {
            Witness::Trace(Ledger { mock, conn: Some(conn), .. }) => {
                until(&mock, "its end", |cloud| is_over(cloud, conn).then_some(())).await?;
                Ok(true)
            }
            Witness::Trace(_) => Ok(true),
            Witness::Echo(_) => Ok(false),
        }
    }

    /// Packets that the legal device answered by itself were sent too.
    async fn note_answers(&mut self) -> Result<(), String> {
        if let (Voice::Legal(legal), Witness::Trace(ledger)) = (&mut self.voice, &mut self.witness)
        {
            ledger.sent += legal.answered();
            return self.until_dealt_with().await;
        }
        Ok(())
    }

    const fn has_said(&mut self, packets: usize) {
        if let Witness::Trace(ledger) = &mut self.witness {
            ledger.sent += packets;
        }
    }

    fn note(&mut self, packets: &[Packet]) {
        if let Witness::Echo(echo) = &mut self.witness {
            packets.iter().for_each(|packet| echo.note_packet(packet));
        }
    }

    fn note_bytes(&mut self, bytes: &[u8]) {
        if let Witness::Echo(echo) = &mut self.witness {
            echo.note(bytes);
        }
    }

    /// By the trace: what was sent is in it, or the connection is over. By the echo: our PINGREQ, sent
    /// behind all that, is answered; what came before the answer is kept.
    async fn until_dealt_with(&mut self) -> Result<(), String> {
        let echo = match &mut self.witness {
            Witness::Trace(ledger) => return ledger.until_dealt_with().await,
            Witness::Echo(echo) if echo.is_to_be_had() && !self.ended => echo,
            Witness::Echo(_) => return Ok(()),
        };
        let Voice::Raw(raw) = &mut self.voice else { return Ok(()) };
        raw.send(&Packet::Pingreq).await?;
        loop {
            let Ok(met) = tokio::time::timeout(PATIENCE, raw.next()).await else {
                // It hangs; what the scenario expects of it will not come.
                echo.answers = false;
                return Ok(());
            };
            match met? {
                Met::Packet(Packet::Pingresp) if echo.expected == 0 => return Ok(()),
                Met::Packet(packet) => {
                    if packet == Packet::Pingresp {
                        echo.expected -= 1;
                    }
                    self.inbox.push_back(packet);
                }
                Met::End => {
                    self.ended = true;
                    return Ok(());
                }
            }
        }
    }
}

impl Ledger {
    /// Waits until its connection is in the trace; an error when it is turned away at the door.
    async fn until_opened(&mut self) -> Result<ConnId, String> {
        if let Some(conn) = self.conn {
            return Ok(conn);
        }
        let before = self.before;
        let met = until(&self.mock, "a connection", |cloud| {
            cloud.trace().since(before).find_map(|step| match &step.input {
                Input::Opened { conn, .. } => Some(Ok(*conn)),
                Input::Refused { door, why, .. } => {
                    Some(Err(format!("turned away at {door}: {why}")))
                }
                _ => None,
            })
        });
        Ok(*self.conn.insert(met.await??))
    }

    async fn until_dealt_with(&mut self) -> Result<(), String> {
        let conn = self.until_opened().await?;
        let sent = self.sent;
        until(&self.mock, "what was sent", |cloud| {
            (received_from(cloud, conn) >= sent || is_over(cloud, conn)).then_some(())
        })
        .await
    }
}

/// Sends a CONNECT in plaintext to the TLS port and tells how that ends: `closed`, or what came back.
pub(crate) async fn connect_without_tls(doors: &Doors, plan: &Plan) -> Result<String, String> {
    raw::connect_without_tls(doors, plan).await
}

/// Sends a CONNECT to the WebSocket's port without a request for one and tells what came back.
pub(crate) async fn connect_without_upgrade(doors: &Doors, plan: &Plan) -> Result<String, String> {
    raw::connect_without_upgrade(doors, plan).await
}

/// Connects up to the end of the TLS handshake, and hangs up.
pub(crate) async fn knock(doors: &Doors, plan: &Plan) -> Result<(), String> {
    raw::knock(doors, plan).await
}

/// Offers TLS 1.1 and nothing newer, and tells how that ends: `alert 70`, `closed`, or what came back.
pub(crate) async fn offer_tls_1_1(doors: &Doors, plan: &Plan) -> Result<String, String> {
    old_tls::offer_tls_1_1(doors, &plan.server_name).await
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

/// Takes a TLS handshake out of tokio's budget. All scenarios share one task, and a client's last word
/// before it hangs up, the alert, is tried once: with the budget spent it would be lost.
pub(super) fn unhurried<F: Future>(handshake: F) -> impl Future<Output = F::Output> {
    tokio::task::unconstrained(handshake)
}
