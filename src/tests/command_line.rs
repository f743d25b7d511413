//! The built binary, from the outside: what it prints, what it answers, how it ends.

mod adapter;
mod admin_api;
mod bad_input;
mod catalogue;
mod certificates;
mod certify;
mod device;
mod documents;
mod driving;
mod exec;
mod miniature;
mod outside;
mod reports;
mod sandbox;
mod tokens;
mod up;
mod warp;
