//! Whose voice a miniature speaks with.

/// A device or module of a hub, a registration of a DPS instance, or a client of an Event Grid namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The full host name of the hub or the namespace, or the ID scope.
    pub host: String,
    /// The device id, the registration id, or the authentication name.
    pub id: String,
    pub module: Option<String>,
}

impl Who {
    /// Whether it is a client of an Event Grid namespace.
    pub(super) fn is_of_event_grid(&self) -> bool {
        self.host.ends_with(".eventgrid.azure.net")
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
