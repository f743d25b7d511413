//! The quiescence barrier: everything that was sent has been handled.
//!
//! Nothing is left to do when no task of the mock is awake and no socket holds bytes, an end of stream
//! or a connection that will be read. Time may then move, and nobody can tell how fast the machine is.

use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::{net::TcpListener, task::yield_now};

use crate::{engine::Engine, line::Line};

/// Waits until everything that was sent to the mock has been handled, or the mock has stopped.
pub(crate) async fn settle(engine: &Engine) {
    while !engine.is_stopped() {
        engine.tasks.asleep().await;
        let Some(before) = engine.tasks.sleep_number() else { continue };
        if is_input_left(engine) {
            // The runtime has yet to see it.
            yield_now().await;
            continue;
        }
        // A task that woke and slept in between may have left work behind for another look.
        if engine.tasks.sleep_number() == Some(before) {
            return;
        }
    }
}

fn is_input_left(engine: &Engine) -> bool {
    let (listeners, lines) = engine.listening();
    let mut sockets = sockets(&listeners, &lines);
    // When poll itself fails, nothing can be said, so the answer is the careful one.
    !matches!(poll(&mut sockets, Some(&Timespec::default())), Ok(0))
}

fn sockets<'a>(listeners: &'a [Arc<TcpListener>], lines: &'a [Arc<Line>]) -> Vec<PollFd<'a>> {
    let accepting = listeners.iter().map(|listener| PollFd::new(&**listener, PollFlags::IN));
    let reading = lines.iter().map(|line| PollFd::new(&*line.socket.0, PollFlags::IN));
    accepting.chain(reading).collect()
}
