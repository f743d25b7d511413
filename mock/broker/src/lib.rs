//! The parts of an MQTT broker as plain values: no I/O, no clock, no randomness, and no vendor's rule.
//!
//! Read it in this order: a [`Message`] is matched by the [`Trie`] of subscriptions; each [`Session`] that
//! has one keeps it in its queue until its window lets it out and its client acknowledges it. [`Broker`]
//! holds them together, with the [`Retained`] messages. [`Aliases`], those [`Given`] and [`Will`] belong to
//! a connection.
//!
//! Moments are milliseconds on a timeline of the caller's. Whoever uses these parts decides what is
//! allowed, what is sent because of which rule, and when time has come: nothing here refuses anything
//! but what has no room.
//!
//! ```
//! use broker::{Broker, Copies, Message, Options, Window};
//! use wire::Qos;
//!
//! let mut broker = Broker::default();
//! broker.begin("watcher", "alice");
//! broker.subscribe("watcher", "meters/+/kwh", Options { qos: Qos::AtLeastOnce, ..Options::default() });
//! let message = Message::new("meters/7/kwh", "12").at(Qos::AtLeastOnce);
//! for target in broker.targets(&message, Copies::One) {
//!     let session = broker.session_mut(&target.session).expect("it has subscribed");
//!     session.offer(message.clone().into(), &target);
//!     let delivery = session.next(0, Window::default()).expect("nothing is under way yet");
//!     assert_eq!((delivery.packet_id, delivery.qos), (Some(1), Qos::AtLeastOnce));
//! }
//! ```

mod alias;
mod broker;
mod message;
mod retained;
mod session;
mod trie;
mod will;

pub use alias::{AliasFault, Aliases, Given};
pub use broker::{Broker, Copies, Target, shared};
pub use message::Message;
pub use retained::{Full, Retained};
pub use session::{Delivery, Options, Room, Session, Turn, Window};
pub use trie::Trie;
pub use will::Will;
