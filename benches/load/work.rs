//! What the generator does to a server, and what it reads off meanwhile.

use std::{
    collections::VecDeque,
    io,
    ops::Range,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf},
    task::{JoinSet, yield_now},
    time::timeout,
};
use wire::{Decoder, Filter, Packet, Publish, Qos, Subscribe, Version};

use crate::{
    fleet::{Device, Fleet, Line, encoded},
    peer::{Peer, Server, Workshop},
};

/// The longest that any one piece of work may take.
const LIMIT: Duration = Duration::from_secs(90);

/// Each message's body.
pub(crate) const BODY: [u8; 256] = [b'x'; 256];

/// Gives up on work that takes too long.
pub(crate) async fn bounded<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let late = |_| {
        let why = format!("not done after {} s", LIMIT.as_secs());
        io::Error::new(io::ErrorKind::TimedOut, why)
    };
    timeout(LIMIT, work).await.map_err(late)?
}

/// Telemetry at QoS 1: each client sends `per_record` messages in one TLS record and waits for their
/// acknowledgements. Gives the server's CPU per message and the messages per second of real time.
pub(crate) async fn telemetry(
    fleet: &Fleet,
    server: &Server,
    clients: usize,
    per_record: u16,
    messages: usize,
) -> io::Result<Cost> {
    let lines = fleet.connect_all(0..clients, server.port).await?;
    let talks = lines.into_iter().zip(&fleet.devices[..]);
    let talks = talks.map(|(line, device)| Talk::new(line, device, per_record)).collect();
    let round = clients * usize::from(per_record);
    let talks = exchange(talks, 2000_usize.div_ceil(round)).await?;
    let rounds = messages.div_ceil(round);
    let meter = Meter::start(server)?;
    exchange(talks, rounds).await?;
    meter.stop(server, rounds * round)
}

/// What each message, or each delivery of one, costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Microseconds of the server's CPU.
    pub(crate) cpu_us: f64,
    pub(crate) per_real_s: f64,
}

/// What a server has used when something began.
pub(crate) struct Meter {
    begin: Instant,
    cpu_s: f64,
}

impl Meter {
    pub(crate) fn start(server: &Server) -> io::Result<Self> {
        Ok(Self { begin: Instant::now(), cpu_s: server.cpu_s()? })
    }

    /// Shares what was used since among so many.
    pub(crate) fn stop(self, server: &Server, count: usize) -> io::Result<Cost> {
        let (real_s, cpu_s) = (self.begin.elapsed().as_secs_f64(), server.cpu_s()? - self.cpu_s);
        Ok(Cost { cpu_us: cpu_s * 1e6 / count as f64, per_real_s: count as f64 / real_s })
    }
}

/// One client that sends the same messages again and again.
struct Talk {
    line: Line,
    messages: Bytes,
    /// What acknowledges all of them.
    acks: Bytes,
}

impl Talk {
    fn new(line: Line, device: &Device, per_record: u16) -> Self {
        let (mut messages, mut acks) = (BytesMut::new(), BytesMut::new());
        for packet_id in 1..=per_record {
            messages.extend_from_slice(&message(device, packet_id));
            acks.extend_from_slice(&[0x40, 2, (packet_id >> 8) as u8, packet_id as u8]);
        }
        Self { line, messages: messages.freeze(), acks: acks.freeze() }
    }

    async fn talk(mut self, rounds: usize) -> io::Result<Self> {
        let mut answer = vec![0; self.acks.len()];
        for _ in 0..rounds {
            self.line.write_all(&self.messages).await?;
            self.line.read_exact(&mut answer).await?;
            if answer != self.acks {
                return Err(io::Error::other("an answer was not the acknowledgement"));
            }
        }
        Ok(self)
    }
}

async fn exchange(talks: Vec<Talk>, rounds: usize) -> io::Result<Vec<Talk>> {
    let tasks: JoinSet<_> = talks.into_iter().map(|talk| talk.talk(rounds)).collect();
    all(tasks).await
}

/// Acknowledgements of single messages that are sent at a steady rate, whether the server keeps up or
/// not. Gives microseconds from the moment when a message was due.
pub(crate) async fn latency(
    fleet: &Fleet,
    server: &Server,
    clients: usize,
    per_s: usize,
    lasts: Duration,
) -> io::Result<Latency> {
    let (mut writers, mut readers) = (Vec::new(), JoinSet::new());
    let gap = Duration::from_secs(1) / u32::try_from(per_s).unwrap_or(u32::MAX);
    let messages = (lasts.as_secs_f64() / gap.as_secs_f64()) as usize / clients * clients;
    let lines = fleet.connect_all(0..clients, server.port).await?;
    for (line, device) in lines.into_iter().zip(&fleet.devices[..]) {
        let (reader, writer) = tokio::io::split(line);
        let due = Due::default();
        readers.spawn(hear(reader, due.clone(), messages / clients));
        writers.push((writer, message(device, 1), due));
    }
    let begin = Instant::now();
    for number in 0..messages {
        let at = begin + gap * u32::try_from(number).unwrap_or(u32::MAX);
        while Instant::now() < at {
            yield_now().await;
        }
        let (writer, message, due) = &mut writers[number % clients];
        due.lock().unwrap_or_else(PoisonError::into_inner).push_back(at);
        writer.write_all(message).await?;
        writer.flush().await?;
    }
    let mut all_us = all(readers).await?.concat();
    all_us.sort_by(f64::total_cmp);
    let at = |share: f64| all_us[((all_us.len() - 1) as f64 * share) as usize];
    Ok(Latency { p50_us: at(0.5), p99_us: at(0.99) })
}

/// How long acknowledgements take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Latency {
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
}

/// When the messages of one client that are not acknowledged were due.
type Due = Arc<Mutex<VecDeque<Instant>>>;

async fn hear(mut reader: ReadHalf<Line>, due: Due, acks: usize) -> io::Result<Vec<f64>> {
    let mut heard_us = Vec::with_capacity(acks);
    let mut ack = [0; 4];
    while heard_us.len() < acks {
        reader.read_exact(&mut ack).await?;
        let due = due.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let due = due.filter(|_| ack == [0x40, 2, 0, 1]);
        let due = due.ok_or_else(|| io::Error::other("an answer was not the acknowledgement"))?;
        heard_us.push(due.elapsed().as_secs_f64() * 1e6);
    }
    Ok(heard_us)
}

/// Connects and disconnects devices, a few at a time. Gives the server's CPU for each in milliseconds:
/// TCP, a full handshake with TLS 1.3, CONNECT, CONNACK, DISCONNECT.
pub(crate) async fn storm(fleet: &Fleet, server: &Server, connects: usize) -> io::Result<f64> {
    const AT_ONCE: usize = 8;
    const WARM_UP: usize = 32;
    come_and_go(fleet, server.port, AT_ONCE, WARM_UP).await?;
    let cpu_before_s = server.cpu_s()?;
    come_and_go(fleet, server.port, AT_ONCE, connects).await?;
    Ok((server.cpu_s()? - cpu_before_s) * 1e3 / connects as f64)
}

async fn come_and_go(fleet: &Fleet, port: u16, at_once: usize, connects: usize) -> io::Result<()> {
    let next = Arc::new(AtomicUsize::new(0));
    let tasks: JoinSet<_> = (0..at_once)
        .map(|_| {
            let (fleet, next) = (fleet.clone(), next.clone());
            async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= connects {
                        return Ok(());
                    }
                    let mut line = fleet.connect(number % fleet.devices.len(), port).await?;
                    line.write_all(&encoded(&Packet::Disconnect(Default::default()))).await?;
                    line.shutdown().await?;
                    // Until the server has closed as well, so that its part of the end counts too.
                    let _ = line.read(&mut [0; 64]).await;
                }
            }
        })
        .collect();
    all(tasks).await.map(drop)
}

/// All devices connect in the same moment. Gives the seconds until the last CONNACK.
pub(crate) async fn burst(fleet: &Fleet, server: &Server, connects: usize) -> io::Result<f64> {
    fleet.connect(0, server.port).await?;
    let begin = Instant::now();
    let port = server.port;
    let tasks: JoinSet<_> = (0..connects)
        .map(|number| {
            let fleet = fleet.clone();
            async move { fleet.connect(number, port).await }
        })
        .collect();
    all(tasks).await?;
    Ok(begin.elapsed().as_secs_f64())
}

/// Devices connect and stay. Gives the KiB of memory that the server holds for each.
pub(crate) async fn idle(
    fleet: &Fleet,
    server: &Server,
    connects: usize,
    does: Idle,
) -> io::Result<f64> {
    const FIRST: usize = 16;
    let mut lines = come(fleet, server.port, 0..FIRST, does).await?;
    let before_kib = server.resident_kib()?;
    lines.extend(come(fleet, server.port, FIRST..FIRST + connects, does).await?);
    Ok((server.resident_kib()? - before_kib) / connects as f64)
}

async fn come(
    fleet: &Fleet,
    port: u16,
    numbers: Range<usize>,
    does: Idle,
) -> io::Result<Vec<Line>> {
    let mut lines = fleet.connect_all(numbers.clone(), port).await?;
    if does == Idle::SubscribesAndReadsItsTwin {
        for (line, number) in lines.iter_mut().zip(numbers) {
            settle_in(line, &fleet.devices[number]).await?;
        }
    }
    Ok(lines)
}

/// What a device does before it falls silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idle {
    Nothing,
    SubscribesAndReadsItsTwin,
}

async fn settle_in(line: &mut Line, device: &Device) -> io::Result<()> {
    let filters = [
        format!("devices/{}/messages/devicebound/#", device.id),
        "$iothub/twin/res/#".to_owned(),
        "$iothub/twin/PATCH/properties/desired/#".to_owned(),
        "$iothub/methods/POST/#".to_owned(),
    ];
    let filters = filters
        .map(|filter| Filter { filter, qos: Qos::AtLeastOnce, ..Filter::default() })
        .to_vec();
    let subscribe = Packet::Subscribe(Subscribe { packet_id: 1, filters, ..Subscribe::default() });
    let read = Packet::Publish(Publish {
        topic: "$iothub/twin/GET/?$rid=1".to_owned(),
        ..Publish::default()
    });
    line.write_all(&[encoded(&subscribe), encoded(&read)].concat()).await?;
    let mut decoder = Decoder::new(Some(Version::V311), 64 * 1024);
    let (mut input, mut packets) = (BytesMut::new(), Vec::new());
    while packets.len() < 2 {
        match decoder.decode(&mut input).map_err(|why| io::Error::other(why.to_string()))? {
            Some(packet) => packets.push(packet),
            None if line.read_buf(&mut input).await? == 0 => {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            None => {}
        }
    }
    match &packets[..] {
        [Packet::Suback(suback), Packet::Publish(twin)]
            if suback.codes.iter().all(|code| *code < 0x80)
                && twin.topic.starts_with("$iothub/twin/res/200/") =>
        {
            Ok(())
        }
        other => Err(io::Error::other(format!("the device could not settle in: {other:?}"))),
    }
}

/// Starts a server. Gives the milliseconds from there to the first CONNACK over TLS.
pub(crate) async fn start(workshop: &Workshop, fleet: &Fleet, peer: Peer) -> io::Result<f64> {
    let begin = Instant::now();
    let mut server = workshop.start(peer)?;
    let tcp = server.wait_until_it_listens()?;
    tcp.set_nonblocking(true)?;
    fleet.greet(0, tokio::net::TcpStream::from_std(tcp)?).await?;
    Ok(begin.elapsed().as_secs_f64() * 1e3)
}

fn message(device: &Device, packet_id: u16) -> Bytes {
    encoded(&Packet::Publish(Publish {
        qos: Qos::AtLeastOnce,
        topic: format!("devices/{}/messages/events/", device.id),
        packet_id: Some(packet_id),
        payload: Bytes::from_static(&BODY),
        ..Publish::default()
    }))
}

/// Waits for all tasks; the first error ends them.
pub(crate) async fn all<T: 'static>(mut tasks: JoinSet<io::Result<T>>) -> io::Result<Vec<T>> {
    let mut done = Vec::with_capacity(tasks.len());
    while let Some(ended) = tasks.join_next().await {
        done.push(ended.map_err(io::Error::other)??);
    }
    Ok(done)
}
