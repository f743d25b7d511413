//! Event Grid namespaces.

mod seed;
