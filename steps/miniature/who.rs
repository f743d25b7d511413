//! Whose voice a miniature speaks with.

use std::time::Duration;

use super::alibaba::Product;

/// A device or module of a hub, a registration of a DPS instance, a client of an Event Grid namespace, or a
/// device of an Alibaba instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The full host name of the hub or the namespace, or the ID scope.
    pub host: String,
    /// The device id, the registration id, or the authentication name.
    pub id: String,
    pub module: Option<String>,
    /// Of a device of an Alibaba instance.
    pub product: Option<Product>,
}

impl Who {
    /// Whether it is a client of an Event Grid namespace.
    pub(super) fn is_of_event_grid(&self) -> bool {
        self.host.ends_with(".eventgrid.azure.net")
    }

    /// Whether it speaks to hubs, at once or after DPS.
    pub(super) fn is_of_hubs(&self) -> bool {
        !self.is_of_event_grid() && self.product.is_none()
    }

    /// Alibaba takes none below 30 s.
    pub(super) const fn keep_alive(&self) -> Duration {
        Duration::from_secs(if self.product.is_some() { 30 } else { 20 })
    }

    /// More than so many unacknowledged messages are not sent: Alibaba takes 10 a second.
    pub(super) const fn window(&self) -> usize {
        if self.product.is_some() { 8 } else { 16 }
    }

    /// `devices/{id}` or `devices/{id}/modules/{module}`.
    pub(super) fn root(&self) -> String {
        match &self.module {
            None => format!("devices/{}", self.id),
            Some(module) => format!("devices/{}/modules/{module}", self.id),
        }
    }

    /// What a client id at the hub reads.
    pub(super) fn client_id(&self) -> String {
        match &self.module {
            None => self.id.clone(),
            Some(module) => format!("{}/{module}", self.id),
        }
    }

    /// The topic of telemetry, up to its property bag.
    pub(super) fn events(&self) -> String {
        format!("{}/messages/events/", self.root())
    }
}
