//! A TCP stream that the quiescence barrier can look at while a connection task owns it.

use std::{
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use rustix::net::{RecvFlags, Shutdown};
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::TcpStream,
};

/// One end of a TCP connection.
#[derive(Clone, Debug)]
pub(crate) struct Socket(pub(crate) Arc<TcpStream>);

impl Socket {
    /// The first byte that the peer sent, left where it is; `None` at the end of the stream.
    pub(crate) async fn first_byte(&self) -> io::Result<Option<u8>> {
        let mut byte = [0];
        Ok((self.0.peek(&mut byte).await? == 1).then_some(byte[0]))
    }

    /// Waits until the peer has ended its stream, however much of it is unread.
    pub(crate) async fn ended(&self) {
        while let Ok(ready) = self.0.ready(Interest::READABLE).await
            && !ready.is_read_closed()
        {
            // Bytes, which stay where they are: only what comes after them is of interest.
            let unread = || Err::<(), _>(ErrorKind::WouldBlock.into());
            let _ = self.0.try_io(Interest::READABLE, unread);
        }
    }

    /// Makes the coming drop a TCP reset.
    pub(crate) fn reset_on_drop(&self) {
        // Fails only for a socket that is no more.
        let _ = self.0.set_zero_linger();
    }

    /// Sends FIN, then reads and forgets what is still on its way. Closing with bytes unread would
    /// reset the connection, and the peer would lose what was sent to it last.
    pub(crate) async fn finish(mut self) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut sink = [0; 256];
        if self.shutdown().await.is_ok() {
            while matches!(self.read(&mut sink).await, Ok(1..)) {}
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = buffer.initialize_unfilled();
        let length = loop {
            ready!(self.0.poll_read_ready(cx))?;
            let mut received = None;
            let result = self.0.try_io(Interest::READABLE, || {
                let (_, length) = rustix::net::recv(&*self.0, &mut *room, RecvFlags::empty())?;
                received = Some(length);
                // A short read emptied the socket: to say so here saves the call that would find out.
                if length > 0 && length < room.len() {
                    return Err(ErrorKind::WouldBlock.into());
                }
                Ok(())
            });
            match (received, result) {
                (Some(length), _) => break length,
                (None, Err(e)) if e.kind() == ErrorKind::WouldBlock => {}
                (None, Err(e)) if e.kind() == ErrorKind::Interrupted => {}
                (None, Err(e)) => return Poll::Ready(Err(e)),
                (None, Ok(())) => {}
            }
        };
        buffer.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_with(cx, |stream| stream.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match slices {
            // Mostly it is one TLS record, and the kernel has a shorter way for that.
            [slice] => self.poll_write(cx, slice),
            _ => self.poll_write_with(cx, |stream| stream.try_write_vectored(slices)),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(rustix::net::shutdown(&*self.0, Shutdown::Write).map_err(io::Error::from))
    }
}

impl Socket {
    fn poll_write_with(
        &self,
        cx: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.0.poll_write_ready(cx))?;
            match write(&self.0) {
                Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }
}
