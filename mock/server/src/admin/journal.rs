//! The trace as the journal tells it: each step as one JSON object, and by kinds that can be asked for.

use cloud::{Action, ConnId, Door, Effect, Input, Judgement, Order, Rule, Step, log::LogRecord};
use serde_json::{Map, Value, json};
use wire::{Connect, Disconnect, Packet};

use super::{body, hint::hint, problem::Problem};

/// What a step can be asked for by; a step is of several kinds.
pub const KINDS: &[&str] = &[
    "open",
    "connect",
    "subscribe",
    "publish",
    "packet",
    "telemetry",
    "event",
    "refusal",
    "close",
    "log",
    "feedback",
    "order",
    "timer",
    "violation",
    "fault",
    "request",
    "call",
];

/// Something that the cloud turned away, or a connection that it ended by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule behind it; none for what never came as far as a rule.
    pub rule: Option<Rule>,
    /// What happened, in a few words.
    pub what: String,
    /// What would have been right, or what to do.
    pub hint: Option<String>,
}

/// The kinds of a step.
pub fn kinds(step: &Step) -> Vec<&'static str> {
    let does = |is: fn(&Action) -> bool| step.effects.iter().any(|effect| is(&effect.action));
    let is_publish = |packet: &Packet| matches!(packet, Packet::Publish(_));
    let input = &step.input;
    let got =
        |is: fn(&Packet) -> bool| matches!(input, Input::Received { packet, .. } if is(packet));
    let all = [
        matches!(input, Input::Opened { .. }),
        got(|packet| matches!(packet, Packet::Connect(_))),
        got(|packet| matches!(packet, Packet::Subscribe(_) | Packet::Unsubscribe(_))),
        got(|packet| matches!(packet, Packet::Publish(_)))
            || step.effects.iter().any(
                |effect| matches!(&effect.action, Action::Send { packet, .. } if is_publish(packet)),
            ),
        matches!(input, Input::Received { .. } | Input::Malformed { .. }),
        does(|action| matches!(action, Action::Telemetry(_))),
        does(|action| matches!(action, Action::Event(_))),
        reason(step).is_some(),
        matches!(input, Input::Closed { .. })
            || does(|action| matches!(action, Action::Close { .. } | Action::Reset { .. })),
        does(|action| matches!(action, Action::Log(_))),
        does(|action| matches!(action, Action::Feedback(_))),
        matches!(input, Input::Order { .. }),
        matches!(input, Input::Timeout),
        step.judged.iter().any(|judgement| !judgement.holds),
        !step.struck.is_empty(),
        matches!(input, Input::Request { .. }),
        matches!(input, Input::Called { .. }) || does(|action| matches!(action, Action::Call { .. })),
    ];
    KINDS.iter().zip(all).filter_map(|(kind, is)| is.then_some(*kind)).collect()
}

/// What the step turned away, if anything.
pub fn refusal(step: &Step) -> Option<Refusal> {
    let (rule, what) = reason(step)?;
    Some(Refusal { rule, what, hint: hint(step, rule) })
}

/// One step: `{"number", "at", "device", "conn", "kinds", "text", "input", "judged", "effects"}`, with
/// `"refusal"` when something was turned away and `"faults"` when some struck. `text` is the whole step
/// in readable lines.
pub fn entry(step: &Step) -> Value {
    let mut entry = json!({
        "number": step.number,
        "at": step.at.round_trip(),
        "device": step.device.as_deref(),
        "conn": step.input.conn().map(|conn| conn.0),
        "kinds": kinds(step),
        "text": step.to_string(),
        "input": input(&step.input),
        "judged": step.judged.iter().map(judgement).collect::<Vec<_>>(),
        "effects": step.effects.iter().map(effect).collect::<Vec<_>>(),
    });
    let Some(members) = entry.as_object_mut() else { return entry };
    if !step.struck.is_empty() {
        let struck =
            step.struck.iter().map(|struck| json!({"by": struck.by, "text": struck.to_string()}));
        members.insert("faults".to_owned(), struck.collect());
    }
    if let Some(refusal) = refusal(step) {
        let rule = refusal.rule.map(Rule::clause);
        let refusal = json!({
            "rule": rule.map(|clause| clause.id),
            "says": rule.map(|clause| clause.says),
            "what": refusal.what,
            "hint": refusal.hint,
        });
        members.insert("refusal".to_owned(), refusal);
    }
    entry
}

/// The log records of a step.
pub(super) fn records(step: &Step) -> Vec<Value> {
    let record = |effect: &Effect| match &effect.action {
        Action::Log(record) => Some(json!(record)),
        _ => None,
    };
    step.effects.iter().filter_map(record).collect()
}

/// Whether the step concerns this device (or `device/module`): by its connection, by the name that a
/// CONNECT claims, which may be refused, by an order, or by a message.
pub(super) fn is_about(step: &Step, device: &str) -> bool {
    let is_named = match &step.input {
        Input::Received { packet: Packet::Connect(connect), .. } => {
            connect.client_id == device || claimed_at_alibaba(connect) == Some(device)
        }
        Input::Order { order, .. } => subject(order).as_deref() == Some(device),
        _ => false,
    };
    is_named
        || step.device.as_deref() == Some(device)
        || step.effects.iter().any(|effect| match &effect.action {
            Action::Telemetry(telemetry) => telemetry.from.to_string() == device,
            Action::Feedback(feedback) => feedback.device_id == device,
            Action::Log(record) => match &**record {
                // The others are written about whose step it is.
                LogRecord::Connections(_) => false,
                record @ LogRecord::Run(_) => record.is_about(device),
            },
            _ => false,
        })
}

/// The DeviceName of a user name that has a ProductKey.
fn claimed_at_alibaba(connect: &Connect) -> Option<&str> {
    connect.username.as_deref()?.rsplit_once('&').map(|(device_name, _)| device_name)
}

/// The device or module that an order is about, if it is about one.
fn subject(order: &Order) -> Option<String> {
    match order {
        Order::SendC2d { device, .. } | Order::PurgeQueue { device, .. } => Some(device.clone()),
        Order::InvokeMethod { identity, .. }
        | Order::GetTwin { identity, .. }
        | Order::PatchTwin { identity, .. }
        | Order::ReplaceTwin { identity, .. }
        | Order::SetEnabled { identity, .. }
        | Order::DeleteIdentity { identity, .. }
        | Order::CutConnection { identity, .. } => Some(identity.to_string()),
        Order::PutIdentity { identity, .. } => Some(identity.id().to_owned()),
        Order::AddFault(fault) => fault.device.clone(),
        // Alibaba's operations name theirs so.
        Order::Resource { body, .. } => body["DeviceName"].as_str().map(str::to_owned),
        Order::TakeFeedback { .. }
        | Order::ListIdentities { .. }
        | Order::ListTenants
        | Order::ListFaults
        | Order::ClearFaults
        | Order::ShowCertificate(_)
        | Order::Reset(_) => None,
    }
}

/// Refuses a kind that no step is of.
pub(super) fn check_kind(kind: &str) -> Result<(), Problem> {
    if KINDS.contains(&kind) {
        return Ok(());
    }
    Err(Problem::bad_request(format!("no step is of kind `{kind}`"))
        .expected(format!("one of {}", KINDS.join(", "))))
}

/// The first effect that turns something away, with its rule.
fn reason(step: &Step) -> Option<(Option<Rule>, String)> {
    if let Input::Refused { door, why, .. } = &step.input {
        return Some((rule_at(step, *door), format!("at {door}: {why}")));
    }
    step.effects
        .iter()
        .find_map(|effect| turned_away(step, effect).map(|what| (Some(effect.because), what)))
        .or_else(|| unanswered(step))
}

/// A request to DPS whose answer nobody hears, since the device did not subscribe to it or gave it no
/// request id: the rule that it forgot.
fn unanswered(step: &Step) -> Option<(Option<Rule>, String)> {
    const DUTIES: [&str; 4] = ["DPS-REG-001", "DPS-POLL-003", "DPS-REG-002", "DPS-POLL-004"];
    let Input::Received { packet: Packet::Publish(_), .. } = &step.input else { return None };
    let is_answer =
        |effect: &Effect| matches!(&effect.action, Action::Send { packet: Packet::Publish(_), .. });
    if step.effects.iter().any(is_answer) {
        return None;
    }
    let forgotten = DUTIES.iter().find_map(|duty| {
        step.judged.iter().find(|judged| judged.rule.id() == *duty && !judged.holds)
    })?;
    Some((Some(forgotten.rule), "the request is not answered".to_owned()))
}

/// The rule behind a refusal before MQTT. Whoever named no host is told the hub's rules, if those say
/// anything about this door.
fn rule_at(step: &Step, door: Door) -> Option<Rule> {
    const PLAINTEXT: [&str; 2] = ["HUB-TLS-004", "DPS-TLS-004"];
    let names_a_host = matches!(&step.input, Input::Refused { sni: Some(_), .. });
    let counts = |judged: &&Judgement| names_a_host || judged.rule.id().starts_with("HUB-");
    let judged: Vec<&Judgement> = step.judged.iter().filter(counts).collect();
    let closes = |judged: &&&Judgement| PLAINTEXT.contains(&judged.rule.id());
    judged
        .iter()
        .find(|judged| door == Door::Plaintext && closes(judged))
        .or_else(|| judged.iter().find(|judged| !judged.holds))
        .or_else(|| judged.first())
        .map(|judged| judged.rule)
}

fn turned_away(step: &Step, Effect { action, because }: &Effect) -> Option<String> {
    match action {
        Action::Send { packet: Packet::Connack(connack), .. } if connack.code != 0 => {
            Some(match connack.code {
                reason @ 0x80.. => format!("CONNECT is refused with reason 0x{reason:02X}"),
                code => format!("CONNECT is refused with code {code}"),
            })
        }
        Action::Send { packet: Packet::Suback(suback), .. } => {
            let place = suback.codes.iter().position(|code| *code >= 0x80)?;
            Some(format!("filter {} of SUBSCRIBE is refused", place + 1))
        }
        Action::Send { packet: Packet::Publish(publish), .. } => {
            let status = error_status(&publish.topic)?;
            Some(format!("the request is answered with status {status}"))
        }
        Action::Send { packet: Packet::Puback(ack) | Packet::Pubrec(ack), .. } => {
            let reason = ack.reason;
            (reason >= 0x80).then(|| format!("PUBLISH is refused with reason 0x{reason:02X}"))
        }
        Action::Send { conn, packet: Packet::Disconnect(Disconnect { reason, .. }) } => {
            let which = which(step, *conn);
            (*reason >= 0x80).then(|| format!("{which} is ended with reason 0x{reason:02X}"))
        }
        Action::Respond { response, .. } => {
            let status = response.status;
            (status >= 400).then(|| format!("the request is answered with status {status}"))
        }
        Action::Close { conn } if !cloud::is_goodbye(*because) => {
            Some(format!("{} is closed", which(step, *conn)))
        }
        Action::Reset { .. } => Some("the connection is reset".to_owned()),
        _ => None,
    }
}

fn which(step: &Step, conn: ConnId) -> &'static str {
    let is_its_own = step.input.conn().is_none_or(|own| own == conn);
    if is_its_own { "the connection" } else { "an older connection" }
}

/// Whether a request was understood and answered with an error.
pub(super) fn is_answered_with_error(step: &Step) -> bool {
    step.effects.iter().any(|effect| match &effect.action {
        Action::Send { packet: Packet::Publish(publish), .. } => {
            error_status(&publish.topic).is_some()
        }
        _ => false,
    })
}

/// The status in `$iothub/twin/res/{status}/…` or `$dps/registrations/res/{status}/…`, from 400 up.
fn error_status(topic: &str) -> Option<u16> {
    let rest = topic
        .strip_prefix("$iothub/twin/res/")
        .or_else(|| topic.strip_prefix("$dps/registrations/res/"))?;
    rest.split('/').next()?.parse().ok().filter(|status| *status >= 400)
}

fn input(input: &Input) -> Value {
    let kind = match input {
        Input::Opened { .. } => "opened",
        Input::Received { .. } => "received",
        Input::Malformed { .. } => "malformed",
        Input::Closed { .. } => "closed",
        Input::Refused { .. } => "refused",
        Input::Timeout => "timeout",
        Input::Order { .. } => "order",
        Input::Request { .. } => "request",
        Input::Called { .. } => "called",
    };
    let mut members = Map::new();
    members.insert("kind".to_owned(), json!(kind));
    members.insert("text".to_owned(), json!(input.to_string()));
    match input {
        Input::Received { packet: received, .. } => packet(&mut members, received),
        Input::Opened { peer, .. } => {
            members.insert("address".to_owned(), json!(peer.address));
            members.insert("tls".to_owned(), json!(peer.tls_version));
        }
        Input::Request { request, .. } => {
            members.insert("method".to_owned(), json!(request.method));
            members.insert("target".to_owned(), json!(request.target));
            body::headers(&mut members, &request.headers);
            body::put(&mut members, &request.body);
        }
        Input::Called { id, outcome } => {
            members.insert("call".to_owned(), json!(id.0));
            if let Ok(response) = outcome {
                body::response(&mut members, response);
            }
        }
        _ => {}
    }
    Value::Object(members)
}

fn packet(members: &mut Map<String, Value>, packet: &Packet) {
    members.insert("packet".to_owned(), json!(packet.name()));
    if let Packet::Publish(publish) = packet {
        members.insert("topic".to_owned(), json!(publish.topic));
        members.insert("qos".to_owned(), json!(publish.qos.level()));
        members.insert("retain".to_owned(), json!(publish.retain));
        members.insert("dup".to_owned(), json!(publish.dup));
        body::put(members, &publish.payload);
    }
}

fn judgement(Judgement { rule, holds }: &Judgement) -> Value {
    json!({"rule": rule.id(), "says": rule.clause().says, "holds": holds})
}

fn effect(Effect { action, because }: &Effect) -> Value {
    let kind = match action {
        Action::Send { .. } => "send",
        Action::Close { .. } => "close",
        Action::Reset { .. } => "reset",
        Action::Freeze { .. } => "freeze",
        Action::Telemetry(_) => "telemetry",
        Action::Event(_) => "event",
        Action::Feedback(_) => "feedback",
        Action::Log(_) => "log",
        Action::Answer { .. } => "answer",
        Action::Respond { .. } => "respond",
        Action::Call { .. } => "call",
    };
    let mut members = Map::new();
    members.insert("kind".to_owned(), json!(kind));
    members.insert("because".to_owned(), json!(because.id()));
    members.insert("conn".to_owned(), json!(action.conn().map(|conn| conn.0)));
    members.insert("text".to_owned(), json!(action.to_string()));
    match action {
        Action::Send { packet: sent, .. } => packet(&mut members, sent),
        Action::Telemetry(telemetry) => {
            members.insert("telemetry".to_owned(), body::telemetry(telemetry));
        }
        Action::Event(event) => {
            members.insert("event".to_owned(), event.to_json());
        }
        Action::Respond { response, .. } => body::response(&mut members, response),
        Action::Call { id, call } => {
            members.insert("call".to_owned(), json!(id.0));
            members.insert("method".to_owned(), json!(call.method));
            members.insert("url".to_owned(), json!(call.url));
            body::headers(&mut members, &call.headers);
            body::put(&mut members, &call.body);
        }
        Action::Feedback(feedback) => {
            members.insert("feedback".to_owned(), json!(feedback));
        }
        Action::Log(record) => {
            members.insert("log".to_owned(), json!(record));
        }
        _ => {}
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use cloud::{Time, fault::Fault, identity::IdentityId, seed::IdentitySeed};

    use super::*;

    #[test]
    fn a_step_is_about_whom_it_names() {
        let (hub, identity) = (String::new(), IdentityId::device("d1"));
        let seed: IdentitySeed = serde_json::from_value(json!({"id": "d1"})).unwrap();
        let connect = Connect { client_id: "d1".to_owned(), ..Connect::default() };
        let of_product = Connect {
            client_id: "any|securemode=2|".to_owned(),
            username: Some("d1&pk".to_owned()),
            ..Connect::default()
        };
        let order = |order| Input::Order { id: cloud::OrderId(1), order: Box::new(order) };
        for (input, is_named) in [
            (Input::Received { conn: ConnId(1), packet: Packet::Connect(Box::new(connect)) }, true),
            (
                Input::Received { conn: ConnId(1), packet: Packet::Connect(Box::new(of_product)) },
                true,
            ),
            (Input::Received { conn: ConnId(1), packet: Packet::Pingreq }, false),
            (
                order(Order::PatchTwin {
                    hub: hub.clone(),
                    identity: identity.clone(),
                    patch: json!({}),
                }),
                true,
            ),
            (
                order(Order::InvokeMethod {
                    hub: hub.clone(),
                    identity: identity.clone(),
                    call: cloud::order::MethodOrder::new("m", None),
                }),
                true,
            ),
            (order(Order::SetEnabled { hub: hub.clone(), identity, enabled: false }), true),
            (order(Order::PutIdentity { hub: hub.clone(), identity: Box::new(seed) }), true),
            (order(Order::PurgeQueue { hub, device: "d1".to_owned() }), true),
            (order(Order::AddFault(Fault::new(cloud::fault::Kind::Drop).of("d1"))), true),
            (order(Order::ListTenants), false),
        ] {
            let step = Step {
                number: 1,
                at: Time::default(),
                device: None,
                input,
                judged: Vec::new(),
                effects: Vec::new(),
                struck: Vec::new(),
                why: None,
            };
            assert_eq!(is_about(&step, "d1"), is_named, "{step}");
            assert!(!is_about(&step, "d2"), "{step}");
        }
    }

    #[test]
    fn who_is_turned_away_at_the_door_hears_the_rules_of_the_host_that_he_named() {
        const DPS: &str = "global.azure-devices-provisioning.net";
        for (door, sni, rule) in [
            (Door::Plaintext, None, Some("HUB-TLS-004")),
            (Door::Plaintext, Some("h.azure-devices.net"), Some("HUB-TLS-004")),
            (Door::Plaintext, Some(DPS), Some("DPS-TLS-004")),
            (Door::Tls, None, Some("HUB-TLS-001")),
            (Door::Tls, Some("h.azure-devices.net"), Some("HUB-TLS-001")),
            (Door::Tls, Some(DPS), Some("DPS-TLS-001")),
            (Door::TlsVersion, Some(DPS), Some("DPS-TLS-003")),
            (Door::Distrust, Some("h.azure-devices.net"), Some("HUB-TLS-005")),
            (Door::Path, None, Some("HUB-OPEN-069")),
            (Door::Path, Some("h.azure-devices.net"), Some("HUB-OPEN-069")),
            (Door::Subprotocol, None, Some("HUB-OPEN-070")),
            (Door::Subprotocol, Some(DPS), Some("DPS-WS-002")),
            (Door::WebSocket, None, Some("HUB-OPEN-069")),
            (Door::WebSocket, Some(DPS), Some("DPS-WS-003")),
            (Door::Full, None, None),
        ] {
            let mut registry = cloud::Registry::default();
            registry.put_hub(cloud::registry::Hub::new("h.azure-devices.net"));
            let instance = cloud::registry::Provisioning::new("0ne00000001", &[]);
            registry.put_provisioning(instance);
            let mut cloud = cloud::Cloud::new(registry, 1);
            let (address, why) = ("127.0.0.1:1".to_owned(), "a test".to_owned());
            let sni = sni.map(str::to_owned);
            let refused = Input::Refused { address, sni: sni.clone(), door, why };
            cloud.handle(Time::from_s(1), refused);
            let step = cloud.trace().steps().next_back().unwrap();
            let found = refusal(step).unwrap().rule.map(Rule::id);
            assert_eq!(found, rule, "{door} {sni:?}");
        }
    }

    #[test]
    fn what_mqtt_5_and_http_refuse_is_a_refusal() {
        let conn = ConnId(2);
        let send = |packet| Action::Send { conn, packet };
        let ack = |reason| wire::Ack { reason, ..wire::Ack::of(1) };
        let bye = |reason| Packet::Disconnect(Disconnect { reason, ..Disconnect::default() });
        let respond = |status| Action::Respond {
            id: cloud::RequestId(1),
            response: cloud::HttpResponse::text(status, ""),
        };
        for (action, input_conn, what) in [
            (send(Packet::Puback(ack(0x87))), 2, Some("PUBLISH is refused with reason 0x87")),
            (send(Packet::Puback(ack(0x10))), 2, None),
            (send(bye(0x8D)), 2, Some("the connection is ended with reason 0x8D")),
            (send(bye(0x8E)), 3, Some("an older connection is ended with reason 0x8E")),
            (send(bye(0)), 2, None),
            (respond(404), 2, Some("the request is answered with status 404")),
            (respond(202), 2, None),
        ] {
            let step = Step {
                number: 1,
                at: Time::default(),
                device: None,
                input: Input::Received { conn: ConnId(input_conn), packet: Packet::Pingreq },
                judged: Vec::new(),
                effects: vec![Effect { action, because: Rule::of("SKY-HTTP-001") }],
                struck: Vec::new(),
                why: None,
            };
            assert_eq!(refusal(&step).map(|refusal| refusal.what).as_deref(), what);
        }
    }

    #[test]
    fn an_answer_from_400_up_is_an_error() {
        for (topic, status) in [
            ("$iothub/twin/res/200/?$rid=1", None),
            ("$iothub/twin/res/429/?$rid=1", Some(429)),
            ("$dps/registrations/res/401/?$rid=1", Some(401)),
            ("$iothub/methods/POST/400/?$rid=1", None),
            ("devices/d/messages/devicebound/x/res/500/", None),
        ] {
            assert_eq!(error_status(topic), status, "{topic}");
        }
    }
}
