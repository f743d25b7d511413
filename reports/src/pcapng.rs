//! A scenario's conversation as a packet capture, for Wireshark and its kind.
//!
//! What was on the wire was TLS; here are the MQTT packets in it, as if they had gone over plain TCP to port
//! 1883, so that nobody needs keys. Headers are made up, addresses of clients and the times are not: a time
//! is what the scene's clock said. A clause that a packet broke, or because of which the cloud sent it, is a
//! comment on that packet; so is everything that was no packet, on the next one of its connection.

mod block;
mod tcp;

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use cloud::catalogue;

use self::{
    block::Blocks,
    tcp::{Flags, Stream},
};
use crate::{
    conversation::{By, Conversation, Said},
    event::Scenario,
    packet,
};

/// The name of a scenario's capture: `iot-hub-device-certify-connect-41-the-client-connects.pcapng`. What was
/// found besides has the place of the scenario where it was found, and a name of its own.
pub fn file_name(scenario: &Scenario) -> String {
    const NAME_CHARS: usize = 48;
    let path = scenario.path.strip_prefix("features/").unwrap_or(&scenario.path);
    let path = path.strip_suffix(".feature").unwrap_or(path);
    let name: String = slug(&scenario.name).chars().take(NAME_CHARS).collect();
    format!("{}-{}-{}.pcapng", slug(path), scenario.line, name.trim_end_matches('-'))
}

/// In small letters and digits, with a hyphen for everything between.
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// Writes the capture of this scenario.
///
/// # Errors
///
/// Those of the writer.
pub fn write(scenario: &Scenario, mut out: impl Write) -> io::Result<()> {
    out.write_all(&capture(scenario))?;
    out.flush()
}

fn capture(scenario: &Scenario) -> Vec<u8> {
    let conversation = &scenario.conversation;
    let mut drawing = Drawing::of(conversation);
    for said in &conversation.said {
        drawing.open_until(said.at_ms);
        drawing.say(said);
    }
    drawing.open_until(u64::MAX);
    drawing.close_all();
    let mut about = vec![
        format!("{} ({}:{})", scenario.name, scenario.path, scenario.line),
        format!("outcome: {}", scenario.outcome),
        format!("repeat: {}", scenario.repeat),
    ];
    about.extend(drawing.pending.into_values().flatten());
    drawing.blocks.finish(&about)
}

/// What has been drawn so far.
struct Drawing<'a> {
    conversation: &'a Conversation,
    blocks: Blocks,
    streams: BTreeMap<u64, Stream>,
    /// What was no packet and waits for the next one of its connection; 0 is any connection.
    pending: BTreeMap<u64, Vec<String>>,
}

impl<'a> Drawing<'a> {
    fn of(conversation: &'a Conversation) -> Self {
        let (blocks, streams, pending) = Default::default();
        Self { conversation, blocks, streams, pending }
    }

    /// Draws the handshakes of connections that were opened by then.
    fn open_until(&mut self, at_ms: u64) {
        for connection in &self.conversation.connections {
            if connection.opened_ms > at_ms || self.streams.contains_key(&connection.number) {
                continue;
            }
            let stream = Stream::of(connection);
            self.streams.insert(connection.number, stream);
            let [number, at] = [connection.number, connection.opened_ms];
            self.segment(number, at, By::Client, Flags::SYN, &[], &[]);
            self.segment(number, at, By::Cloud, Flags::SYN_ACK, &[], &[]);
            self.segment(number, at, By::Client, Flags::ACK, &[], &[]);
        }
    }

    fn say(&mut self, said: &Said) {
        let bytes = packet::bytes(&said.bytes).unwrap_or_default();
        if bytes.is_empty() || !self.streams.contains_key(&said.connection) {
            let waiting = self.pending.entry(said.connection).or_default();
            waiting.push(format!("before this: {}", said.text));
            waiting.extend(comments(said));
        } else {
            let mut comments_of_packet = self.take_pending(said.connection);
            comments_of_packet.extend(comments(said));
            let mut segments = bytes.chunks(tcp::SEGMENT_MAX_BYTES).peekable();
            while let Some(segment) = segments.next() {
                // Who reads finds a packet where it ends.
                let is_last = segments.peek().is_none();
                let comments = if is_last { comments_of_packet.as_slice() } else { &[] };
                self.segment(said.connection, said.at_ms, said.by, Flags::PUSH, segment, comments);
            }
        }
        if self.is_last_before_the_end(said) {
            self.close(said.connection, said.at_ms, said.by);
        }
    }

    fn is_last_before_the_end(&self, said: &Said) -> bool {
        let Conversation { connections, said: all, .. } = self.conversation;
        let connection = connections.iter().find(|it| it.number == said.connection);
        connection.and_then(|it| it.closed_ms).is_some_and(|at_ms| said.at_ms >= at_ms)
            && all
                .iter()
                .rfind(|it| it.connection == said.connection)
                .is_some_and(|last| std::ptr::eq(last, said))
    }

    fn close_all(&mut self) {
        for connection in &self.conversation.connections {
            if let Some(at_ms) = connection.closed_ms {
                self.close(connection.number, at_ms, By::Nobody);
            }
        }
    }

    /// Draws the end of a connection, once.
    fn close(&mut self, number: u64, at_ms: u64, by: By) {
        if !self.streams.get(&number).is_some_and(Stream::is_open) {
            return;
        }
        let comments = self.take_pending(number);
        let (first, second) =
            if by == By::Client { (By::Client, By::Cloud) } else { (By::Cloud, By::Client) };
        self.segment(number, at_ms, first, Flags::FIN, &[], &comments);
        self.segment(number, at_ms, second, Flags::FIN, &[], &[]);
        self.segment(number, at_ms, first, Flags::ACK, &[], &[]);
    }

    fn take_pending(&mut self, number: u64) -> Vec<String> {
        let mut comments = self.pending.remove(&0).unwrap_or_default();
        comments.extend(self.pending.remove(&number).unwrap_or_default());
        comments
    }

    fn segment(
        &mut self,
        number: u64,
        at_ms: u64,
        by: By,
        flags: Flags,
        payload: &[u8],
        comments: &[String],
    ) {
        let Some(stream) = self.streams.get_mut(&number) else { return };
        let packet = stream.segment(by, flags, payload);
        let at_us = self.conversation.began_ms.saturating_add(at_ms).saturating_mul(1000);
        self.blocks.packet(at_us, &packet, comments);
    }
}

/// What is worth a comment on this packet.
fn comments(said: &Said) -> Vec<String> {
    let mark = if said.offending { "OFFENDING, " } else { "" };
    let mut comments: Vec<String> =
        said.broke.iter().map(|id| format!("{mark}breaks {}", clause(id))).collect();
    if said.offending && comments.is_empty() {
        comments.push("OFFENDING".to_owned());
    }
    comments.extend(said.because.iter().map(|id| format!("because of {}", clause(id))));
    comments
}

/// `HUB-D2C-016: its sentence`
fn clause(id: &str) -> String {
    catalogue::find(id).map_or_else(|| id.to_owned(), |clause| format!("{id}: {}", clause.says))
}
