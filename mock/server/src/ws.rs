//! WebSocket (RFC 6455), as much of it as carries MQTT: the upgrade, and frames.

mod frames;
mod upgrade;

pub(crate) use frames::{Frames, Interruption, put_frame};
pub(crate) use upgrade::upgrade;
