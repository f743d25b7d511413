//! Whole conversations with DPS: the effects, and the rules that they cite.
#![allow(unreachable_pub, reason = "a test crate")]

mod assign;
mod breaks;
#[path = "../common/mod.rs"]
mod common;
mod connect;
mod device;
mod faults;
mod poll;
mod reference;
mod register;
mod subscribe;
mod x509;
