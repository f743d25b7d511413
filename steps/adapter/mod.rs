//! Clients that take orders: the adapter protocol, the process that speaks it, and the check of both.
//!
//! An adapter is a small program around a client library. It reads requests from standard input and
//! answers on standard output, one JSON object a line; `clients/ADAPTERS.md` tells how to write one.

pub mod capability;
pub mod check;
pub mod drive;
mod process;
pub mod protocol;
pub mod schema;
mod session;
mod trouble;

#[cfg(test)]
mod tests;

pub use session::{Adapter, Options};
pub use trouble::{Kind, Trouble};
