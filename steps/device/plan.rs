//! What a device is going to say when it connects.

use bytes::Bytes;
use wire::{Connect, Property, Version, Will};

/// What MQTT is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Link {
    /// Nothing: it is the stream itself.
    #[default]
    Tcp,
    /// With path and subprotocol.
    WebSocket { path: String, subprotocol: String },
}

/// The ports that clouds have, by the numbers that they have there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// 8883.
    Mqtt,
    /// 443.
    Wss,
    /// 1883.
    Tcp,
}

/// The versions of TLS that a device offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TlsOffer {
    #[default]
    All,
    /// 1.0, in a build with the feature `legacy-tls`.
    Only1_0,
    /// 1.1 and 1.0, likewise.
    UpTo1_1,
    Only1_2,
    Only1_3,
}

impl TlsOffer {
    /// Whether there is no version among them that rustls speaks.
    pub(crate) const fn is_old(self) -> bool {
        matches!(self, Self::Only1_0 | Self::UpTo1_1)
    }
}

/// A certificate chain with its key, for the TLS handshake.
#[derive(Clone, Debug)]
pub(crate) struct Proof {
    pub(crate) chain_der: Vec<Vec<u8>>,
    pub(crate) key_der: Vec<u8>,
}

/// What an Alibaba device signs with its secret.
#[derive(Clone, Debug)]
pub(crate) struct Signing {
    pub(crate) client_id: String,
    pub(crate) device_name: String,
    pub(crate) product_key: String,
    pub(crate) secret: String,
    /// Of the client identifier, in order.
    pub(crate) extensions: Vec<(String, String)>,
}

/// One connection, planned.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Whether the scenario asks for the raw device, which does nothing of its own accord.
    pub(crate) raw: bool,
    pub(crate) link: Link,
    /// Whether all that is in TLS.
    pub(crate) is_in_tls: bool,
    /// Another port than the usual one.
    pub(crate) port: Option<Port>,
    /// The host name of the TLS ClientHello.
    pub(crate) server_name: String,
    /// Whether that name alone tells the cloud which tenant is meant.
    pub(crate) is_found_by_name: bool,
    pub(crate) tls: TlsOffer,
    /// Whether the device looks at the server's certificate.
    pub(crate) verifies: bool,
    /// Authorities that the device trusts, in DER.
    pub(crate) roots_der: Vec<Vec<u8>>,
    pub(crate) certificate: Option<Proof>,
    pub(crate) protocol_name: String,
    pub(crate) level: u8,
    pub(crate) clean: bool,
    pub(crate) keep_alive_s: u16,
    /// MQTT 5 only.
    pub(crate) properties: Vec<Property>,
    pub(crate) client_id: String,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) will: Option<Will>,
    /// Of what client identifier and password are made, at Alibaba.
    pub(crate) signing: Option<Signing>,
    /// Whether the device leaves PUBACK to the scenario.
    pub(crate) acknowledges_by_hand: bool,
}

impl Plan {
    /// As a device connects that has nothing to prove.
    pub(crate) fn new(server_name: &str, client_id: &str, roots_der: Vec<Vec<u8>>) -> Self {
        Self {
            raw: false,
            link: Link::Tcp,
            is_in_tls: true,
            port: None,
            server_name: server_name.to_owned(),
            is_found_by_name: false,
            tls: TlsOffer::All,
            verifies: true,
            roots_der,
            certificate: None,
            protocol_name: "MQTT".to_owned(),
            level: 4,
            clean: false,
            keep_alive_s: 240,
            properties: Vec::new(),
            client_id: client_id.to_owned(),
            username: None,
            password: None,
            will: None,
            signing: None,
            acknowledges_by_hand: false,
        }
    }

    /// Whether rumqttc says it: it speaks MQTT 3.1.1 here, and nothing illegal; and it dials an address, so
    /// that its ClientHello names nobody.
    pub(crate) fn is_legal(&self) -> bool {
        let is_usual = self.is_in_tls && self.port.is_none() && !self.tls.is_old();
        let is_spoken = !matches!(self.version(), Some(Version::V31 | Version::V5));
        !self.raw && is_usual && !self.is_found_by_name && is_spoken
    }

    /// Whether the cloud knows what it has to do with when it has said something, and not before.
    pub(crate) fn is_known_by_its_first_byte(&self) -> bool {
        self.link == Link::Tcp && (!self.is_in_tls || self.port() == Port::Wss)
    }

    /// Where it knocks.
    pub(crate) const fn port(&self) -> Port {
        match (self.port, &self.link, self.is_in_tls) {
            (Some(port), ..) => port,
            (None, Link::WebSocket { .. }, _) => Port::Wss,
            (None, Link::Tcp, true) => Port::Mqtt,
            (None, Link::Tcp, false) => Port::Tcp,
        }
    }

    /// The version that the level names, if it names one.
    pub(crate) const fn version(&self) -> Option<Version> {
        Version::from_level(self.level)
    }

    /// Signs with these parameters from now on.
    pub(crate) fn sign(&mut self, signing: Signing) {
        self.client_id = signing.announced();
        self.password = Some(signing.password());
        self.signing = Some(signing);
    }

    /// The CONNECT packet.
    pub(crate) fn packet(&self) -> Connect {
        Connect {
            protocol_name: self.protocol_name.clone(),
            level: self.level,
            clean: self.clean,
            keep_alive_s: self.keep_alive_s,
            properties: self.properties.clone(),
            client_id: self.client_id.clone(),
            will: self.will.clone(),
            username: self.username.clone(),
            password: self.password.clone().map(Bytes::from),
        }
    }
}
