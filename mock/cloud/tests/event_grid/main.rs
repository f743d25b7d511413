//! Event Grid namespaces.

mod access;
mod seed;
