//! The legal device: rumqttc, an independent MQTT 3.1.1 client, polled by hand.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use rumqttc::{
    AsyncClient, ConnectionError, Event, EventLoop, Incoming, LastWill, MqttOptions, Outgoing,
    TlsConfiguration, Transport,
};
use server::Mock;
use wire::{Ack, Connack, Packet, Publish, Qos, Suback, Unsuback};

use super::{HANG, Link, Met, Plan, tls};

/// An MQTT client that says nothing illegal.
pub(super) struct Legal {
    client: AsyncClient,
    events: EventLoop,
    /// Packets that came while something else was waited for.
    inbox: VecDeque<Packet>,
    /// PUBACKs that rumqttc sent by itself since they were last asked for.
    answered: usize,
}

impl Legal {
    pub(super) async fn open(mock: &Mock, plan: &Plan) -> Result<Self, String> {
        let config = tls::config(&plan.roots_der, mock.now(), plan)?;
        let config = TlsConfiguration::Rustls(Arc::new(config));
        let (host, port, transport) = match &plan.link {
            Link::Tcp => {
                let address = mock.mqtt_address();
                (address.ip().to_string(), address.port(), Transport::tls_with_config(config))
            }
            Link::WebSocket { path, .. } => {
                let address = mock.wss_address();
                let url = format!("wss://{address}{path}");
                (url, address.port(), Transport::wss_with_config(config))
            }
        };
        let mut options = MqttOptions::new(plan.client_id.clone(), host, port);
        options
            .set_transport(transport)
            .set_clean_session(plan.clean)
            .set_keep_alive(Duration::from_secs(plan.keep_alive_s.into()))
            .set_manual_acks(plan.acknowledges_by_hand)
            .set_max_packet_size(1 << 20, 1 << 20);
        if let Some(username) = &plan.username {
            options.set_credentials(username.clone(), plan.password.clone().unwrap_or_default());
        }
        if let Some(will) = &plan.will {
            let qos = quality(will.qos);
            let last = LastWill::new(will.topic.clone(), will.payload.to_vec(), qos, will.retain);
            options.set_last_will(last);
        }
        let (client, events) = AsyncClient::new(options, 64);
        Ok(Self { client, events, inbox: VecDeque::new(), answered: 0 })
    }

    /// Sends CONNECT; `None` when the connection ended without an answer.
    pub(super) async fn connect(&mut self) -> Result<Option<Connack>, String> {
        match self.poll().await? {
            Ok(Event::Incoming(Incoming::ConnAck(ack))) => Ok(Some(Connack {
                session_present: ack.session_present,
                code: 0,
                properties: Vec::new(),
            })),
            Ok(other) => Err(format!("rumqttc began with {other:?}")),
            Err(ConnectionError::ConnectionRefused(code)) => Ok(Some(Connack {
                session_present: false,
                code: number(code),
                properties: Vec::new(),
            })),
            Err(ConnectionError::Tls(error)) => Err(format!("the TLS handshake failed: {error}")),
            Err(_) => Ok(None),
        }
    }

    /// Sends a packet that rumqttc can say; returns 1 for the ledger.
    pub(super) async fn send(&mut self, packet: Packet) -> Result<usize, String> {
        let name = packet.name();
        let asked = match packet {
            Packet::Publish(publish) => self.client.try_publish(
                publish.topic,
                quality(publish.qos),
                publish.retain,
                publish.payload.to_vec(),
            ),
            Packet::Subscribe(subscribe) => {
                let filters: Vec<_> = subscribe
                    .filters
                    .into_iter()
                    .map(|filter| rumqttc::SubscribeFilter::new(filter.filter, quality(filter.qos)))
                    .collect();
                self.client.try_subscribe_many(filters)
            }
            Packet::Unsubscribe(unsubscribe) => {
                let filter = unsubscribe.filters.into_iter().next().unwrap_or_default();
                self.client.try_unsubscribe(filter)
            }
            Packet::Puback(ack) => {
                let mut publish = rumqttc::Publish::new("", rumqttc::QoS::AtLeastOnce, Vec::new());
                publish.pkid = ack.packet_id;
                self.client.try_ack(&publish)
            }
            Packet::Disconnect(_) => self.client.try_disconnect(),
            _ => return Err(format!("rumqttc sends no {name} on demand: tag the scenario @raw")),
        };
        asked.map_err(|error| format!("rumqttc refuses the {name}: {error}"))?;
        loop {
            match self.poll().await? {
                // Counted when the message was read.
                Ok(Event::Outgoing(Outgoing::PubAck(_))) if name != "PUBACK" => {}
                Ok(Event::Outgoing(Outgoing::PingReq)) => self.answered += 1,
                Ok(Event::Outgoing(_)) | Err(_) => return Ok(1),
                Ok(Event::Incoming(incoming)) => self.hear(incoming),
            }
        }
    }

    /// The next packet, or the end of the stream.
    pub(super) async fn next(&mut self) -> Result<Met, String> {
        loop {
            if let Some(packet) = self.inbox.pop_front() {
                return Ok(Met::Packet(packet));
            }
            match self.poll().await? {
                Ok(Event::Incoming(incoming)) => self.hear(incoming),
                Ok(Event::Outgoing(_)) => {}
                Err(_) => return Ok(Met::End),
            }
        }
    }

    /// Keeps a packet. rumqttc acknowledges in the same breath in which it reads.
    fn hear(&mut self, incoming: Incoming) {
        if let Incoming::Publish(publish) = &incoming
            && publish.qos == rumqttc::QoS::AtLeastOnce
            && !self.events.mqtt_options.manual_acks()
        {
            self.answered += 1;
        }
        self.inbox.extend(translated(incoming));
    }

    /// How many packets rumqttc sent by itself since the last question.
    pub(super) fn answered(&mut self) -> usize {
        std::mem::take(&mut self.answered)
    }

    async fn poll(&mut self) -> Result<Result<Event, ConnectionError>, String> {
        tokio::time::timeout(HANG, self.events.poll())
            .await
            .map_err(|_| "hung: rumqttc saw nothing where something was due".to_owned())
    }
}

const fn quality(qos: Qos) -> rumqttc::QoS {
    match qos {
        Qos::AtMostOnce => rumqttc::QoS::AtMostOnce,
        Qos::AtLeastOnce => rumqttc::QoS::AtLeastOnce,
        Qos::ExactlyOnce => rumqttc::QoS::ExactlyOnce,
    }
}

const fn level(qos: rumqttc::QoS) -> Qos {
    match qos {
        rumqttc::QoS::AtMostOnce => Qos::AtMostOnce,
        rumqttc::QoS::AtLeastOnce => Qos::AtLeastOnce,
        rumqttc::QoS::ExactlyOnce => Qos::ExactlyOnce,
    }
}

fn translated(incoming: Incoming) -> Option<Packet> {
    Some(match incoming {
        Incoming::Publish(publish) => Packet::Publish(Publish {
            dup: publish.dup,
            qos: level(publish.qos),
            retain: publish.retain,
            topic: publish.topic,
            packet_id: (publish.pkid != 0).then_some(publish.pkid),
            properties: Vec::new(),
            payload: publish.payload,
        }),
        Incoming::PubAck(ack) => Packet::Puback(Ack::of(ack.pkid)),
        Incoming::PubRec(ack) => Packet::Pubrec(Ack::of(ack.pkid)),
        Incoming::PubComp(ack) => Packet::Pubcomp(Ack::of(ack.pkid)),
        Incoming::SubAck(ack) => Packet::Suback(Suback {
            packet_id: ack.pkid,
            properties: Vec::new(),
            codes: ack
                .return_codes
                .into_iter()
                .map(|code| match code {
                    rumqttc::SubscribeReasonCode::Success(qos) => qos as u8,
                    rumqttc::SubscribeReasonCode::Failure => 0x80,
                })
                .collect(),
        }),
        Incoming::UnsubAck(ack) => {
            Packet::Unsuback(Unsuback { packet_id: ack.pkid, ..Unsuback::default() })
        }
        Incoming::PingResp => Packet::Pingresp,
        Incoming::Disconnect => Packet::Disconnect(wire::Disconnect::default()),
        _ => return None,
    })
}

const fn number(code: rumqttc::ConnectReturnCode) -> u8 {
    match code {
        rumqttc::ConnectReturnCode::Success => 0,
        rumqttc::ConnectReturnCode::RefusedProtocolVersion => 1,
        rumqttc::ConnectReturnCode::BadClientId => 2,
        rumqttc::ConnectReturnCode::ServiceUnavailable => 3,
        rumqttc::ConnectReturnCode::BadUserNamePassword => 4,
        rumqttc::ConnectReturnCode::NotAuthorized => 5,
    }
}
