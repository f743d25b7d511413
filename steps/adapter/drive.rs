//! The application above an adapter: what `skyproof certify --adapter` starts as the client.
//!
//! A library that only takes orders does nothing by itself. This is the device program around it: it
//! connects, sends telemetry, reads its twin, reports changes and answers calls, as far as the adapter
//! declares that it can. What happens on the wire is the library's doing, and judged as any client's.

use std::{collections::BTreeMap, ffi::OsString, time::Duration};

use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::{
    Adapter, Kind, Options, Trouble,
    protocol::{
        Answer, Auth, Case, CaseClock, Endpoint, Event, Happened, Identity, MqttVersion, Op,
        Payload, Retry, TlsTerms, Transport,
    },
};

const CONN: &str = "c1";
/// How often it has something to say.
const TELEMETRY_EVERY: Duration = Duration::from_millis(500);
/// The longest pause between two attempts to connect.
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// What it does, where the adapter can.
const DOES: &[(&str, &str)] = &[
    ("telemetry", "hub.d2c"),
    ("c2d", "hub.c2d"),
    ("twin", "hub.twin"),
    ("methods", "hub.methods"),
    ("x509", "auth.x509"),
    ("websocket", "transport.ws"),
];

/// How it ended, when not by a signal.
#[derive(Debug, PartialEq, Eq)]
pub enum Drove {
    /// The adapter cannot do what the scenario needs; what that is.
    Declined(String),
    /// The device is registered, and nothing is left to do.
    Registered,
}

/// Starts the adapter and lets it be a device, by the variables that tell any client where to connect.
///
/// # Errors
/// Trouble with the adapter, or with the environment.
pub async fn drive(
    argv: Vec<OsString>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Drove, Trouble> {
    let mut adapter = Adapter::start(argv, Options::default()).await?;
    let needed = variable("SKYPROOF_CAPABILITY").unwrap_or_default();
    let is_of_dps = variable("IOTHUB_DEVICE_CONNECTION_STRING").is_none();
    let lacks = |adapter: &Adapter, capability: &str| !adapter.can(capability);
    let missing = needed.split(',').filter(|word| !word.is_empty()).find(|word| {
        let of = DOES.iter().find(|(does, _)| does == word).map(|(_, capability)| *capability);
        of.is_none_or(|capability| lacks(&adapter, capability))
    });
    if let Some(missing) = missing {
        return Ok(Drove::Declined(missing.to_owned()));
    }
    if is_of_dps && lacks(&adapter, "dps.register") {
        return Ok(Drove::Declined("dps.register".to_owned()));
    }
    let endpoint = endpoint(&adapter, &variable)
        .ok_or_else(|| Trouble::new(Kind::Died, "the environment names no cloud", ENVIRONMENT))?;
    adapter.begin(case(&adapter, &variable, is_of_dps)).await?;
    if is_of_dps {
        return register(&mut adapter, endpoint).await;
    }
    open(&mut adapter, endpoint).await?;
    if adapter.can("hub.twin") {
        // What the cloud refuses is the cloud's to tell.
        adapter.ask(Op::TwinGet { conn: CONN.to_owned() }).await?;
    }
    live(&mut adapter).await
}

const ENVIRONMENT: &str = "`skyproof exec` and `skyproof certify` set it";

/// Connects; what is refused for now is tried again, as an application does where its library does not.
async fn open(adapter: &mut Adapter, endpoint: Endpoint) -> Result<(), Trouble> {
    let mut pause = Duration::from_millis(200);
    loop {
        let answer = adapter.open(CONN, endpoint.clone()).await?;
        if !matches!(answer, Answer::Error(_)) || pause > PAUSE_MAX {
            return expect_ok(answer).map(drop);
        }
        let _ = timeout_at(Instant::now() + pause, adapter.event(|_| false)).await;
        pause *= 2;
    }
}

async fn register(adapter: &mut Adapter, endpoint: Endpoint) -> Result<Drove, Trouble> {
    open(adapter, endpoint).await?;
    adapter.ask(Op::Provision { conn: CONN.to_owned() }).await.and_then(expect_ok)?;
    Ok(Drove::Registered)
}

/// Sends telemetry again and again, and answers what comes in between.
async fn live(adapter: &mut Adapter) -> Result<Drove, Trouble> {
    let mut sent = 0_u64;
    loop {
        let next = Instant::now() + TELEMETRY_EVERY;
        while let Ok(heard) = timeout_at(next, adapter.event(|_| true)).await {
            if let Some(event) = heard? {
                react(adapter, event).await?;
            }
        }
        if adapter.can("hub.d2c") {
            let payload = Payload::Text(json!({ "n": sent }).to_string());
            let properties = BTreeMap::from([("n".to_owned(), sent.to_string())]);
            let conn = CONN.to_owned();
            adapter.ask(Op::Telemetry { conn, payload, properties, qos: 1 }).await?;
            sent += 1;
        }
    }
}

async fn react(adapter: &mut Adapter, event: Event) -> Result<(), Trouble> {
    let conn = CONN.to_owned();
    let op = match event.happened {
        Happened::Method { call, .. } => {
            let payload = json!({ "done": true });
            Op::MethodReply { conn, call, status: 200, payload }
        }
        Happened::Desired { version, .. } => {
            Op::TwinReport { conn, patch: json!({ "seen": version }) }
        }
        _ => return Ok(()),
    };
    adapter.ask(op).await.map(drop)
}

fn case(adapter: &Adapter, variable: &impl Fn(&str) -> Option<String>, is_of_dps: bool) -> Case {
    let requires = match is_of_dps {
        true => vec!["dps.register".to_owned()],
        false => DOES
            .iter()
            .map(|(_, capability)| (*capability).to_owned())
            .filter(|capability| capability.starts_with("hub.") && adapter.can(capability))
            .collect(),
    };
    Case {
        case: variable("SKYPROOF_CASE").unwrap_or_default(),
        seed: variable("SKYPROOF_SEED").and_then(|seed| seed.parse().ok()).unwrap_or_default(),
        requires,
        methods: vec!["reboot".to_owned()],
        clock: CaseClock::Wall,
    }
}

fn endpoint(adapter: &Adapter, variable: &impl Fn(&str) -> Option<String>) -> Option<Endpoint> {
    let string = variable("IOTHUB_DEVICE_CONNECTION_STRING");
    let field = |name: &str| {
        let fields = string.as_deref()?.split(';').filter_map(|field| field.split_once('='));
        fields.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    };
    let file = |name: &str| std::fs::read_to_string(variable(name)?).ok();
    let is_needed = |word: &str| {
        variable("SKYPROOF_CAPABILITY").is_some_and(|it| it.split(',').any(|one| one == word))
    };
    let (identity, host, key) = match &string {
        Some(_) => (
            Identity::Hub {
                device_id: field("DeviceId")?,
                module_id: field("ModuleId"),
                api_version: "2021-04-12".to_owned(),
            },
            field("HostName")?,
            field("SharedAccessKey"),
        ),
        None => (
            Identity::Dps {
                id_scope: variable("PROVISIONING_IDSCOPE")?,
                registration_id: variable("PROVISIONING_REGISTRATION_ID")?,
                api_version: "2019-03-31".to_owned(),
            },
            "global.azure-devices-provisioning.net".to_owned(),
            variable("PROVISIONING_SYMMETRIC_KEY"),
        ),
    };
    let auth = match key {
        Some(key) if adapter.can("auth.sas_key") => Auth::SasKey(key),
        Some(_) => Auth::SasToken(variable("SKYPROOF_PASSWORD")?),
        None => Auth::X509 {},
    };
    let is_websocket = is_needed("websocket");
    let port = if is_websocket { "SKYPROOF_WSS_PORT" } else { "SKYPROOF_PORT" };
    Some(Endpoint {
        host,
        addr: variable("SKYPROOF_HOST")?,
        port: variable(port)?.parse().ok()?,
        transport: if is_websocket { Transport::Ws } else { Transport::Tcp },
        mqtt: MqttVersion::V311,
        tls: TlsTerms {
            ca_pem: file("SKYPROOF_CA_FILE")?,
            client_cert_pem: file("X509_CERT_FILE"),
            client_key_pem: file("X509_KEY_FILE"),
        },
        identity,
        auth,
        keepalive_s: None,
        clean: None,
        will: None,
        retry: Retry::Library,
    })
}

fn expect_ok(answer: Answer) -> Result<Value, Trouble> {
    match answer {
        Answer::Ok(value) => Ok(value),
        other => Err(Trouble::new(
            Kind::Died,
            format!("the adapter answers {other}"),
            "`skyproof adapter check` tells more",
        )),
    }
}
