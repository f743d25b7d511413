//! Bytes to packets to the cloud, and the cloud's packets to bytes, for one open connection.

use std::{
    future::poll_fn,
    io::{self, ErrorKind},
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, BytesMut};
use cloud::Ending;
use tokio::io::{AsyncBufRead, AsyncWrite};

use crate::{
    ear::{Ear, Heard},
    engine::Engine,
    line::{Fate, Line},
    stream::Stream,
};

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The client's stream ended, broke, or holds what cannot be understood.
    Over(Ending),
    /// The cloud closed it.
    Closed,
    /// The cloud wants a TCP reset.
    Reset,
    /// The client left too much unread.
    Overflow,
    /// Nothing is to move any more.
    Frozen,
    /// The mock is shut down.
    Quit,
}

/// The conversation on one connection.
pub(crate) struct Pump<'a> {
    engine: &'a Engine,
    line: &'a Line,
    stream: &'a mut Stream,
    ear: Ear,
    /// What is being written.
    output: BytesMut,
    is_flushed: bool,
    fate: Fate,
    /// The client no longer takes anything; what it sent before can still be read.
    is_deaf: bool,
}

impl<'a> Pump<'a> {
    pub(crate) fn new(
        engine: &'a Engine,
        line: &'a Line,
        stream: &'a mut Stream,
        ear: Ear,
    ) -> Self {
        Self {
            engine,
            line,
            stream,
            ear,
            output: BytesMut::new(),
            is_flushed: true,
            fate: Fate::Open,
            is_deaf: false,
        }
    }

    /// Talks until one side has had enough.
    pub(crate) async fn run(&mut self) -> End {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// What is to be written before the stream is closed.
    pub(crate) fn farewell(mut self) -> BytesMut {
        let mut queued = BytesMut::new();
        self.line.take(&mut queued);
        self.output.extend_from_slice(&queued);
        self.ear.put_farewell(&mut self.output);
        if self.is_deaf {
            self.output.clear();
        }
        self.output
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        loop {
            let tries_to_read = self.wants_to_read();
            let read = if tries_to_read { self.read(cx) } else { Read::Blocked };
            self.fate = self.line.take(&mut self.output);
            match self.fate {
                Fate::Open | Fate::Close => {}
                Fate::Reset => return Poll::Ready(End::Reset),
                Fate::Overflow => return Poll::Ready(End::Overflow),
                Fate::Freeze => return Poll::Ready(End::Frozen),
                Fate::Quit => return Poll::Ready(End::Quit),
            }
            let is_written = self.write(cx).is_ready();
            match read {
                _ if self.fate == Fate::Close => return Poll::Ready(End::Closed),
                Read::Over(ending) => return Poll::Ready(End::Over(ending)),
                _ if self.is_deaf && self.ear.is_closed() => {
                    return Poll::Ready(End::Over(Ending::Reset));
                }
                Read::More => continue,
                Read::Blocked if self.wants_to_read() && !tries_to_read => continue,
                Read::Blocked => {}
            }
            self.line.set_listening(self.wants_to_read());
            if self.line.pause(cx, self.fate, is_written) {
                return Poll::Pending;
            }
        }
    }

    /// Who does not read what was sent is not listened to, until the answers are off.
    fn wants_to_read(&self) -> bool {
        self.fate == Fate::Open && !self.ear.is_closed() && self.output.len() < ENOUGH_UNWRITTEN
    }

    /// Reads what is there, so that all of it is answered by one write.
    fn read(&mut self, cx: &mut Context<'_>) -> Read {
        let mut heard = Heard::default();
        self.ear.hear_early(&mut self.output, &mut heard);
        let mut read = Read::More;
        for _ in 0..RECORDS_AT_ONCE {
            if let Some(ending) = heard.over {
                read = Read::Over(ending);
                break;
            }
            match self.read_record(cx, &mut heard) {
                Poll::Ready(Ok(true)) => {}
                Poll::Ready(Ok(false)) => heard.over = Some(Ending::Eof),
                Poll::Ready(Err(_)) => heard.over = Some(Ending::Reset),
                Poll::Pending => {
                    read = Read::Blocked;
                    break;
                }
            }
        }
        if let Some(version) = self.ear.new_version() {
            self.line.set_version(version);
        }
        if !heard.packets.is_empty() || heard.malformed.is_some() {
            self.engine.received(self.line, heard.packets, heard.malformed);
        }
        read
    }

    /// Reads one record's worth; false at the end of the stream.
    fn read_record(&mut self, cx: &mut Context<'_>, heard: &mut Heard) -> Poll<io::Result<bool>> {
        let mut stream = Pin::new(&mut *self.stream);
        let record = match ready!(stream.as_mut().poll_fill_buf(cx)) {
            Ok(record) => record,
            // FIN without close_notify: many clients do that.
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => return Poll::Ready(Ok(false)),
            Err(e) => return Poll::Ready(Err(e)),
        };
        let length = record.len();
        self.ear.hear(record, &mut self.output, heard);
        stream.consume(length);
        Poll::Ready(Ok(length > 0))
    }

    /// Writes until nothing is left, or the socket is full.
    fn write(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while !self.is_deaf && !self.output.is_empty() {
            match ready!(Pin::new(&mut *self.stream).poll_write(cx, &self.output)) {
                Ok(length) => self.output.advance(length),
                Err(_) => self.is_deaf = true,
            }
            self.is_flushed = false;
        }
        if !self.is_deaf && !self.is_flushed {
            match ready!(Pin::new(&mut *self.stream).poll_flush(cx)) {
                Ok(()) => self.is_flushed = true,
                Err(_) => self.is_deaf = true,
            }
        }
        if self.is_deaf || self.output.capacity() > IDLE_OUTPUT_BYTES {
            self.output = BytesMut::new();
        }
        Poll::Ready(())
    }
}

/// What reading came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    /// There may be more.
    More,
    /// All that is there was read.
    Blocked,
    /// No more will come.
    Over(Ending),
}

/// How many TLS records are read before they are answered.
const RECORDS_AT_ONCE: usize = 32;

/// Above this many unwritten bytes nothing more is read.
const ENOUGH_UNWRITTEN: usize = 256 * 1024;

/// What an idle connection may keep for its next answer.
const IDLE_OUTPUT_BYTES: usize = 128;
