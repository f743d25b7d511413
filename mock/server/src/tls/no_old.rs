//! Stands where TLS 1.0 and 1.1 would be: this build does not have the feature `legacy-tls`.

use std::sync::Arc;

use cloud::profile::ServerCertificate;

use crate::{
    Leaves,
    clock::Timeline,
    connection::{Opened, Refusal},
    socket::Socket,
};

/// Nobody says it here.
pub(crate) struct Hello {
    pub(crate) version: &'static str,
    pub(crate) sni: Option<String>,
}

pub(crate) struct OldTls;

pub(crate) async fn hello(_: &Socket) -> Option<Hello> {
    None
}

impl OldTls {
    pub(crate) fn new(_: Arc<dyn Leaves>, _: Arc<Timeline>) -> Self {
        Self
    }

    pub(crate) async fn accept(
        &self,
        _: Socket,
        _: Hello,
        _: ServerCertificate,
    ) -> Result<Opened, Refusal> {
        Err(Refusal::Silent)
    }
}
