//! Each capability, done once and looked at from both sides: on the wire, and in what the adapter tells.

use std::collections::BTreeMap;

use cloud::{
    Action, Effect, IdentityId, Input, Order, Step, Transport,
    order::{C2dOrder, MethodOrder},
};
use serde_json::{Value, json};
use wire::Packet;

use super::{
    CONN, Check, Probe, case,
    place::{Proof, admits, packet, slug},
    wrong,
};
use crate::{
    adapter::protocol::{Assigned, Case, Endpoint, Happened, Op, Payload, Settlement},
    scene::HUB,
};

impl Check {
    /// Whether the adapter does what this capability says.
    pub(super) async fn shows(&mut self, capability: &str, proof: Proof) -> Probe {
        let outcome = match capability {
            "hub.d2c" => self.telemetry(proof).await,
            "hub.c2d" => self.c2d(proof, None).await,
            "hub.c2d_settle" => self.c2d(proof, Some(Settlement::Complete)).await,
            "hub.twin" => self.twin(proof).await,
            "hub.methods" => self.method(proof).await,
            "dps.register" => self.register(proof).await,
            "raw.publish" => self.publish(proof).await,
            "raw.subscribe" => self.subscribe(proof).await,
            "raw.drop" => self.cut(proof).await,
            "auth.sas_key" => self.opens(&[capability], Proof::Key).await.map(drop),
            "auth.sas_token" => self.opens(&[capability], Proof::Token).await.map(drop),
            "auth.x509" => self.opens(&[capability], Proof::Certificate).await.map(drop),
            "auth.rotate" => self.rotate(proof).await,
            "transport.ws" => self.websocket(proof).await,
            "clock" => self.clock(proof).await,
            _ => Ok(()),
        };
        // A case that failed is ended as well as it can be.
        let ended = self.end().await;
        outcome.and(ended)
    }

    /// Begins a case and opens a connection, which the hub admits; gives the mark before it.
    async fn opens(&mut self, requires: &[&str], proof: Proof) -> Probe<u64> {
        let endpoint = self.place.hub(proof);
        self.opens_at(requires, endpoint).await
    }

    async fn opens_at(&mut self, requires: &[&str], endpoint: Endpoint) -> Probe<u64> {
        let mark = self.place.mark();
        self.begin(requires).await?;
        self.open(endpoint).await?;
        self.on_the_wire(mark, "a connection that is admitted", |step| admits(step).then_some(()))
            .await?;
        Ok(mark)
    }

    /// Waits until the mock has seen it.
    async fn on_the_wire<T>(
        &self,
        mark: u64,
        what: &str,
        look: impl FnMut(&Step) -> Option<T>,
    ) -> Probe<T> {
        self.place.sees(mark, look).await.ok_or_else(|| {
            wrong(
                format!("{what} on the wire"),
                "the adapter says ok, and the mock saw nothing of it",
                "answer ok once it is done, and not before",
            )
        })
    }

    /// Gives an order of the service side.
    async fn order(&self, order: Order) -> Probe<Value> {
        let what = format!("{order}");
        self.place.mock.order(order).await.map_err(|error| {
            wrong(format!("the hub to do this: {what}"), error.message, "is it still connected?")
        })
    }

    fn identity(&self, proof: Proof) -> IdentityId {
        match self.place.hub(proof).identity {
            crate::adapter::protocol::Identity::Hub { device_id, .. } => {
                IdentityId::device(&device_id)
            }
            crate::adapter::protocol::Identity::Dps { registration_id, .. } => {
                IdentityId::device(&registration_id)
            }
        }
    }

    async fn telemetry(&mut self, proof: Proof) -> Probe {
        let mark = self.opens(&["hub.d2c"], proof).await?;
        let (body, value) = (slug(), slug());
        self.ok(Op::Telemetry {
            conn: CONN.to_owned(),
            payload: Payload::of(body.as_bytes()),
            properties: BTreeMap::from([("room".to_owned(), value.clone())]),
            qos: 1,
        })
        .await?;
        let room = self.on_the_wire(mark, "the message", |step| {
            telemetry(step, &body).map(|it| it.property("room").flatten().map(str::to_owned))
        });
        let room = room.await?;
        if room.as_deref() == Some(&value) {
            return Ok(());
        }
        Err(wrong(
            format!("the message with its property room={value}"),
            format!("room is {}", room.as_deref().unwrap_or("missing")),
            "properties are part of the topic: name=value, percent-encoded, joined by &",
        ))
    }

    async fn publish(&mut self, proof: Proof) -> Probe {
        let mark = self.opens(&["raw.publish"], proof).await?;
        let body = slug();
        self.ok(Op::Publish {
            conn: CONN.to_owned(),
            topic: format!("devices/{}/messages/events/", self.identity(proof)),
            payload: Payload::of(body.as_bytes()),
            qos: 1,
            retain: false,
        })
        .await?;
        self.on_the_wire(mark, "the message", |step| telemetry(step, &body).map(drop)).await
    }

    async fn c2d(&mut self, proof: Proof, settle: Option<Settlement>) -> Probe {
        let requires = match settle {
            Some(_) => &["hub.c2d", "hub.c2d_settle"][..],
            None => &["hub.c2d"],
        };
        let mark = self.opens(requires, proof).await?;
        let told = self.message(proof, "c2d").await?;
        if let Some(outcome) = settle {
            let Happened::Message { message: Some(message), .. } = told else {
                return Err(wrong(
                    "an event `message` that has a `message` to settle it by",
                    "it has none",
                    "such as the packet identifier",
                ));
            };
            self.ok(Op::C2dSettle { conn: CONN.to_owned(), message, outcome }).await?;
        }
        self.on_the_wire(mark, "the PUBACK of the message", |step| {
            packet(step).filter(|it| matches!(it, Packet::Puback(_))).map(drop)
        })
        .await
    }

    /// Sends a message to the device, and waits for it to be told.
    async fn message(&mut self, proof: Proof, as_kind: &str) -> Probe<Happened> {
        let body = slug();
        let device = self.identity(proof).to_string();
        let message = C2dOrder { body: body.clone(), ..C2dOrder::default() };
        self.order(Order::SendC2d { hub: HUB.to_owned(), device, message }).await?;
        let is_it = |happened: &Happened| match happened {
            Happened::Message { kind, payload, .. } => {
                kind == as_kind && payload.bytes().as_deref() == Some(body.as_bytes())
            }
            _ => false,
        };
        self.told("message", is_it).await
    }

    async fn subscribe(&mut self, proof: Proof) -> Probe {
        let mark = self.opens(&["raw.subscribe"], proof).await?;
        let filter = format!("devices/{}/messages/devicebound/#", self.identity(proof));
        let (conn, qos) = (CONN.to_owned(), 1);
        self.ok(Op::Subscribe { conn, filter: filter.clone(), qos }).await?;
        self.on_the_wire(mark, "a SUBSCRIBE", |step| {
            packet(step).filter(|it| matches!(it, Packet::Subscribe(_))).map(drop)
        })
        .await?;
        self.message(proof, "raw").await?;
        self.ok(Op::Unsubscribe { conn: CONN.to_owned(), filter }).await?;
        self.on_the_wire(mark, "an UNSUBSCRIBE", |step| {
            packet(step).filter(|it| matches!(it, Packet::Unsubscribe(_))).map(drop)
        })
        .await
    }

    async fn twin(&mut self, proof: Proof) -> Probe {
        let mark = self.opens(&["hub.twin"], proof).await?;
        let (hub, identity) = (HUB.to_owned(), self.identity(proof));
        let (desired, reported) = (slug(), slug());
        let patch = json!({"properties": {"desired": {"probe": desired}}});
        self.order(Order::PatchTwin { hub: hub.clone(), identity: identity.clone(), patch })
            .await?;
        let is_it = |happened: &Happened| match happened {
            Happened::Desired { patch, .. } => patch["probe"] == json!(desired),
            _ => false,
        };
        self.told("desired", is_it).await?;
        let told = self.ok(Op::TwinGet { conn: CONN.to_owned() }).await?;
        if told["twin"]["desired"]["probe"] != json!(desired) {
            return Err(wrong(
                format!("twin.desired.probe = {desired:?}"),
                told.to_string(),
                "answer {\"twin\": {\"desired\": …, \"reported\": …}}, as the hub sent it",
            ));
        }
        self.on_the_wire(mark, "a request for the twin", |step| {
            packet(step).filter(|it| is_publish(it, "$iothub/twin/GET/")).map(drop)
        })
        .await?;
        let patch = json!({"probe": reported});
        self.ok(Op::TwinReport { conn: CONN.to_owned(), patch }).await?;
        let twin = self.order(Order::GetTwin { hub, identity }).await?;
        let probe = &twin["properties"]["reported"]["probe"];
        if *probe == json!(reported) {
            return Ok(());
        }
        Err(wrong(
            format!("the hub to have reported.probe = {reported:?}"),
            format!("it has {probe}"),
            "answer `twin_report` once the hub has answered 204",
        ))
    }

    async fn method(&mut self, proof: Proof) -> Probe {
        let (name, asked, given) = (slug(), slug(), slug());
        let mark = self.place.mark();
        let requires = case(&["hub.methods"]);
        self.begin_with(Case { methods: vec![name.clone()], ..requires }).await?;
        self.open(self.place.hub(proof)).await?;
        self.on_the_wire(mark, "a connection that is admitted", |step| admits(step).then_some(()))
            .await?;
        let call = MethodOrder {
            response_timeout_in_seconds: 10,
            ..MethodOrder::new(&name, Some(json!({"asked": asked})))
        };
        let (hub, identity) = (HUB.to_owned(), self.identity(proof));
        let mock = self.place.mock.clone();
        let order = Order::InvokeMethod { hub, identity, call };
        let invoked = tokio::spawn(async move { mock.order(order).await });
        let is_it = |happened: &Happened| match happened {
            Happened::Method { name: told, payload, .. } => {
                *told == name && payload["asked"] == json!(asked)
            }
            _ => false,
        };
        let Happened::Method { call, .. } = self.told("method", is_it).await? else {
            return Ok(());
        };
        let payload = json!({"given": given});
        self.ok(Op::MethodReply { conn: CONN.to_owned(), call, status: 207, payload }).await?;
        let answer = match invoked.await {
            Ok(Ok(answer)) => answer.to_string(),
            Ok(Err(error)) => error.message,
            Err(error) => error.to_string(),
        };
        if answer.contains("207") && answer.contains(&given) {
            return Ok(());
        }
        Err(wrong(
            format!("the caller to get status 207 and given = {given:?}"),
            answer,
            "answer with the status and the payload of `method_reply`",
        ))
    }

    async fn register(&mut self, proof: Proof) -> Probe {
        let mark = self.place.mark();
        self.begin(&["dps.register"]).await?;
        self.open(self.place.dps(proof)).await?;
        let told = self.ok(Op::Provision { conn: CONN.to_owned() }).await?;
        self.on_the_wire(mark, "a registration", |step| {
            packet(step).filter(|it| is_publish(it, "$dps/registrations/PUT/")).map(drop)
        })
        .await?;
        let right =
            Assigned { assigned_hub: HUB.to_owned(), device_id: self.place.enrolled.clone() };
        if serde_json::from_value::<Assigned>(told.clone()).ok() == Some(right.clone()) {
            return Ok(());
        }
        Err(wrong(
            json!(right).to_string(),
            told.to_string(),
            "answer `provision` once DPS says that the device is assigned",
        ))
    }

    async fn cut(&mut self, proof: Proof) -> Probe {
        let mark = self.opens(&["raw.drop"], proof).await?;
        self.ok(Op::Drop { conn: CONN.to_owned() }).await?;
        let closed =
            self.on_the_wire(mark, "the end of the connection", |step| match &step.input {
                Input::Received { packet: Packet::Disconnect(_), .. } => Some(false),
                Input::Closed { .. } => Some(true),
                _ => None,
            });
        if closed.await? {
            return Ok(());
        }
        Err(wrong("no DISCONNECT", "one was sent", "`drop` cuts the socket below the library"))
    }

    async fn rotate(&mut self, proof: Proof) -> Probe {
        self.opens(&["auth.rotate"], proof).await?;
        let mark = self.place.mark();
        let auth = self.place.auth(proof, "secondary");
        self.ok(Op::Rotate { conn: CONN.to_owned(), auth }).await?;
        self.on_the_wire(mark, "another connection", |step| admits(step).then_some(())).await
    }

    async fn websocket(&mut self, proof: Proof) -> Probe {
        let endpoint = self.place.websocket(self.place.hub(proof));
        let mark = self.opens_at(&["transport.ws"], endpoint).await?;
        self.on_the_wire(mark, "a WebSocket", |step| match &step.input {
            Input::Opened { peer, .. } => {
                matches!(peer.transport, Transport::WebSocket { .. }).then_some(())
            }
            _ => None,
        })
        .await
    }

    async fn clock(&mut self, proof: Proof) -> Probe {
        let endpoint = Endpoint { keepalive_s: Some(60), ..self.place.hub(proof) };
        let mark = self.opens_at(&["clock"], endpoint).await?;
        self.ok(Op::NextTimer {}).await?;
        self.ok(Op::ClockAdvance { ms: 61_000 }).await?;
        self.on_the_wire(mark, "a PINGREQ after 60 s", |step| {
            packet(step).filter(|it| matches!(it, Packet::Pingreq)).map(drop)
        })
        .await
    }
}

/// The message with this body that the hub took in this step.
fn telemetry<'a>(step: &'a Step, body: &str) -> Option<&'a cloud::telemetry::Telemetry> {
    step.effects.iter().find_map(|Effect { action, .. }| match action {
        Action::Telemetry(telemetry) if telemetry.body == body.as_bytes() => {
            Some(telemetry.as_ref())
        }
        _ => None,
    })
}

fn is_publish(packet: &Packet, to: &str) -> bool {
    matches!(packet, Packet::Publish(publish) if publish.topic.starts_with(to))
}
