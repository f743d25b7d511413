//! What a broker does with messages: one to many, many to one, and one subscription among very many.
//!
//! The generator never has more under way than what every server keeps by default: a semaphore counts
//! what may still be sent, and each delivery gives back what it took.

use std::{io, sync::Arc};

use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::Semaphore,
    task::JoinSet,
};
use wire::{Filter, Packet, Publish, Qos, Subscribe};

use crate::{
    fleet::{Fleet, Line, encoded},
    peer::Server,
    work::{BODY, Cost, Meter, all},
};

/// The sessions that the subscriptions of [`matching`] are spread over.
pub(crate) const SHARDS: usize = 100;

/// Messages that may be under way to one session. As many again may have arrived while their
/// acknowledgements have not, and mosquitto sends 20 until it begins to queue.
const WINDOW: usize = 10;

/// Filters of one SUBSCRIBE.
const FILTERS: usize = 100;

/// One publisher sends to a topic that all others have subscribed to. Gives what a delivery costs, at QoS
/// 0 and at QoS 1.
pub(crate) async fn fan_out(
    fleet: &Fleet,
    server: &Server,
    subscribers: usize,
    deliveries: usize,
) -> io::Result<[Cost; 2]> {
    const WARM_UP: usize = 4;
    let messages = deliveries.div_ceil(subscribers);
    let mut lines = fleet.connect_all(0..subscribers + 1, server.port).await?;
    let mut publisher = lines.pop().ok_or_else(nobody)?;
    let mut costs = Vec::new();
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
        let topic = format!("news/{}", qos.level());
        for line in &mut lines {
            subscribe(line, std::slice::from_ref(&topic), qos).await?;
        }
        let message = message(&topic, qos);
        (publisher, lines) = spread(publisher, lines, &message, qos, WARM_UP).await?;
        let meter = Meter::start(server)?;
        (publisher, lines) = spread(publisher, lines, &message, qos, messages).await?;
        costs.push(meter.stop(server, messages * subscribers)?);
    }
    costs.try_into().map_err(|_| nobody())
}

async fn spread(
    mut publisher: Line,
    lines: Vec<Line>,
    message: &Bytes,
    qos: Qos,
    messages: usize,
) -> io::Result<(Line, Vec<Line>)> {
    let each = u32::try_from(lines.len()).map_err(io::Error::other)?;
    let room = Arc::new(Semaphore::new(lines.len() * WINDOW));
    let listeners: JoinSet<_> = lines
        .into_iter()
        .map(|line| listen(line, message.clone(), qos, messages, room.clone()))
        .collect();
    let send = async {
        for _ in 0..messages {
            room.acquire_many(each).await.map_err(io::Error::other)?.forget();
            say(&mut publisher, message, qos).await?;
        }
        Ok::<_, io::Error>(())
    };
    let ((), lines) = tokio::try_join!(send, all(listeners))?;
    Ok((publisher, lines))
}

/// Many publishers send at QoS 1 to one topic, which one session has subscribed to at QoS 1. Gives what a
/// message costs.
pub(crate) async fn fan_in(
    fleet: &Fleet,
    server: &Server,
    publishers: usize,
    messages: usize,
) -> io::Result<Cost> {
    const TOPIC: &str = "all/to/one";
    let qos = Qos::AtLeastOnce;
    let rounds = messages.div_ceil(publishers);
    let mut lines = fleet.connect_all(0..publishers + 1, server.port).await?;
    let mut subscriber = lines.pop().ok_or_else(nobody)?;
    subscribe(&mut subscriber, &[TOPIC.to_owned()], qos).await?;
    let message = message(TOPIC, qos);
    (subscriber, lines) = gather(subscriber, lines, &message, qos, 1).await?;
    let meter = Meter::start(server)?;
    gather(subscriber, lines, &message, qos, rounds).await?;
    meter.stop(server, rounds * publishers)
}

async fn gather(
    subscriber: Line,
    lines: Vec<Line>,
    message: &Bytes,
    qos: Qos,
    rounds: usize,
) -> io::Result<(Line, Vec<Line>)> {
    let room = Arc::new(Semaphore::new(WINDOW));
    let messages = rounds * lines.len();
    let publishers: JoinSet<_> = lines
        .into_iter()
        .map(|mut line| {
            let (message, room) = (message.clone(), room.clone());
            async move {
                for _ in 0..rounds {
                    room.acquire().await.map_err(io::Error::other)?.forget();
                    say(&mut line, &message, qos).await?;
                }
                Ok(line)
            }
        })
        .collect();
    let hear = listen(subscriber, message.clone(), qos, messages, room);
    tokio::try_join!(hear, all(publishers))
}

/// One publisher sends at QoS 0 to topics of which each meets one of many subscriptions, all with a
/// wildcard. Gives what a message costs.
pub(crate) async fn matching(
    fleet: &Fleet,
    server: &Server,
    subscriptions: usize,
    messages: usize,
) -> io::Result<Cost> {
    const TOPICS_PER_SHARD: usize = 10;
    let qos = Qos::AtMostOnce;
    let mut lines = fleet.connect_all(0..SHARDS + 1, server.port).await?;
    let mut publisher = lines.pop().ok_or_else(nobody)?;
    let per_shard = subscriptions.div_ceil(SHARDS);
    for (shard, line) in lines.iter_mut().enumerate() {
        let filters: Vec<String> = (0..per_shard).map(|number| topic(shard, number, "+")).collect();
        for filters in filters.chunks(FILTERS) {
            subscribe(line, filters, qos).await?;
        }
    }
    // Every session gets as many, and the topics lie far apart.
    let stride = (per_shard / TOPICS_PER_SHARD).max(1);
    let turns = (0..TOPICS_PER_SHARD).flat_map(|turn| {
        (0..SHARDS)
            .map(move |shard| message(&topic(shard, turn * stride % per_shard, "state"), qos))
    });
    let turns: Vec<Bytes> = turns.collect();
    let rounds = messages.div_ceil(turns.len());
    lines = deal(&mut publisher, lines, &turns, 1).await?;
    let meter = Meter::start(server)?;
    deal(&mut publisher, lines, &turns, rounds).await?;
    meter.stop(server, rounds * turns.len())
}

/// Sends each message so often; each session gets as many as the others.
async fn deal(
    publisher: &mut Line,
    lines: Vec<Line>,
    turns: &[Bytes],
    rounds: usize,
) -> io::Result<Vec<Line>> {
    let room = Arc::new(Semaphore::new(WINDOW));
    let each = rounds * turns.len() / lines.len();
    let listeners: JoinSet<_> = lines
        .into_iter()
        .zip(turns)
        .map(|(line, first)| listen(line, first.clone(), Qos::AtMostOnce, each, room.clone()))
        .collect();
    let send = async {
        for message in std::iter::repeat_n(turns, rounds).flatten() {
            room.acquire().await.map_err(io::Error::other)?.forget();
            say(publisher, message, Qos::AtMostOnce).await?;
        }
        Ok::<_, io::Error>(())
    };
    tokio::try_join!(send, all(listeners)).map(|((), lines)| lines)
}

/// As long for every number, so that all messages are as long.
fn topic(shard: usize, number: usize, last: &str) -> String {
    format!("sites/{shard:03}/machines/{number:05}/{last}")
}

/// Sends a message, and waits for its acknowledgement at QoS 1.
async fn say(line: &mut Line, message: &[u8], qos: Qos) -> io::Result<()> {
    line.write_all(message).await?;
    line.flush().await?;
    if qos == Qos::AtMostOnce {
        return Ok(());
    }
    let mut ack = [0; 4];
    line.read_exact(&mut ack).await?;
    match ack {
        [0x40, 2, 0, 1] => Ok(()),
        other => Err(io::Error::other(format!("PUBACK was {other:02x?}"))),
    }
}

/// Takes so many messages that are as long as this one, and acknowledges those at QoS 1.
async fn listen(
    mut line: Line,
    like: Bytes,
    qos: Qos,
    messages: usize,
    room: Arc<Semaphore>,
) -> io::Result<Line> {
    let mut heard = vec![0; like.len()];
    for _ in 0..messages {
        line.read_exact(&mut heard).await?;
        if heard[0] != like[0] || !heard.ends_with(&BODY) {
            return Err(io::Error::other("a message was not the one that was sent"));
        }
        if qos == Qos::AtLeastOnce {
            let at = heard.len() - BODY.len() - 2;
            line.write_all(&[0x40, 2, heard[at], heard[at + 1]]).await?;
            line.flush().await?;
        }
        room.add_permits(1);
    }
    Ok(line)
}

async fn subscribe(line: &mut Line, filters: &[String], qos: Qos) -> io::Result<()> {
    let filters: Vec<Filter> = filters
        .iter()
        .map(|filter| Filter { filter: filter.clone(), qos, ..Filter::default() })
        .collect();
    let mut suback = vec![0; 4 + filters.len()];
    let subscribe = Packet::Subscribe(Subscribe { packet_id: 1, filters, ..Subscribe::default() });
    line.write_all(&encoded(&subscribe)).await?;
    line.read_exact(&mut suback).await?;
    match suback.split_at(4) {
        ([0x90, _, 0, 1], codes) if codes.iter().all(|code| *code == qos.level()) => Ok(()),
        _ => Err(io::Error::other(format!("SUBACK was {suback:02x?}"))),
    }
}

fn message(topic: &str, qos: Qos) -> Bytes {
    encoded(&Packet::Publish(Publish {
        qos,
        topic: topic.to_owned(),
        packet_id: (qos != Qos::AtMostOnce).then_some(1),
        payload: Bytes::from_static(&BODY),
        ..Publish::default()
    }))
}

fn nobody() -> io::Error {
    io::Error::other("there is nobody to send")
}
