//! Commands that drive a running mock: a request each, and its answer printed.

mod api;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use hyper::Method;
use serde_json::{Map, Value, json};
use skyproof::admin::encoded;

use crate::{
    admin_client::AdminClient,
    args::{self, Drive, HubTarget, Target},
    locator, out,
    trouble::Trouble,
};

/// Does what was asked.
pub(crate) async fn run(asked: Drive) -> Result<ExitCode, Trouble> {
    match asked {
        Drive::C2d(asked) => c2d(asked).await,
        Drive::Method(asked) => method(asked).await,
        Drive::Twin(asked) => twin(asked).await,
        Drive::Telemetry(asked) => telemetry(asked).await,
        Drive::Logs(asked) => logs(asked).await,
        Drive::Device(asked) => device(asked).await,
        Drive::Api(asked) => api::run(asked).await,
        Drive::Fault(args::Fault::Add { fault, target }) => {
            let fault = json(&fault, "the fault")?;
            let answer =
                AdminClient::new(&target)?.ask(Method::POST, "faults", Some(&fault)).await?;
            print(&answer)
        }
        Drive::Fault(args::Fault::List { json, target }) => faults(json, &target).await,
        Drive::Fault(args::Fault::Clear(target)) => {
            print(&AdminClient::new(&target)?.ask(Method::DELETE, "faults", None).await?)
        }
        Drive::Advance(asked) => {
            let by = json!({"by_s": asked.by.as_secs_f64()});
            let client = AdminClient::new(&asked.target)?;
            print(&client.ask(Method::POST, "advance", Some(&by)).await?)
        }
        Drive::Reset(target) => {
            print(&AdminClient::new(&target)?.ask(Method::POST, "reset", None).await?)
        }
        Drive::Ready(asked) => ready(asked).await,
    }
}

async fn c2d(asked: args::C2d) -> Result<ExitCode, Trouble> {
    let properties: Map<String, Value> = asked
        .properties
        .iter()
        .map(|property| match property.split_once('=') {
            Some((name, value)) => (name.to_owned(), json!(value)),
            None => (property.clone(), Value::Null),
        })
        .collect();
    let message = json!({
        "hub": asked.at.hub,
        "device": asked.device,
        "body": asked.body,
        "properties": properties,
        "ack": asked.ack,
        "messageId": asked.message_id,
    });
    let client = AdminClient::new(&asked.at.target)?;
    print(&client.ask(Method::POST, "c2d", Some(&message)).await?)
}

async fn method(asked: args::Method) -> Result<ExitCode, Trouble> {
    let payload = asked.payload.as_deref().map(|text| json(text, "the payload")).transpose()?;
    let call = json!({
        "hub": asked.at.hub,
        "device": asked.device,
        "methodName": asked.name,
        "payload": payload,
        "responseTimeoutInSeconds": asked.timeout.as_secs(),
        "connectTimeoutInSeconds": asked.connect_timeout.as_secs(),
    });
    let client = AdminClient::new(&asked.at.target)?;
    print(&client.ask(Method::POST, "method", Some(&call)).await?)
}

async fn twin(asked: args::Twin) -> Result<ExitCode, Trouble> {
    let path = of_hub(&format!("twins/{}", encoded(&asked.device)), &asked.at);
    let (method, body) = match (asked.patch, asked.replace) {
        (Some(patch), _) => (Method::PATCH, Some(json(&patch, "the patch")?)),
        (None, Some(twin)) => (Method::PUT, Some(json(&twin, "the twin")?)),
        (None, None) => (Method::GET, None),
    };
    print(&AdminClient::new(&asked.at.target)?.ask(method, &path, body.as_ref()).await?)
}

/// From the first step that is remembered, however many there are, and on with what comes.
const ALL: &str = "since=0&limit=4294967295";

async fn telemetry(asked: args::Telemetry) -> Result<ExitCode, Trouble> {
    let client = AdminClient::new(&asked.target)?;
    let device = asked.device.map(|device| format!("&device={}", encoded(&device)));
    let path = format!("journal?kind=telemetry&{ALL}{}", device.unwrap_or_default());
    let is_of_hub = |telemetry: &Value| match (&asked.hub, telemetry["hub"].as_str()) {
        (Some(asked), Some(hub)) => hub.eq_ignore_ascii_case(asked),
        (asked, _) => asked.is_none(),
    };
    let tell = |entry: &Value| {
        let effects = entry["effects"].as_array().map(Vec::as_slice).unwrap_or_default();
        effects
            .iter()
            .map(|effect| &effect["telemetry"])
            .filter(|telemetry| telemetry.is_object() && is_of_hub(telemetry))
            .try_for_each(|telemetry| match asked.json {
                true => out::line(telemetry),
                false => out::line(telemetry_line(telemetry)),
            })
    };
    if asked.follow {
        client.follow(&format!("{path}&follow=true"), |entry| tell(&entry)).await?;
    } else {
        let entries = client.ask(Method::GET, &path, None).await?;
        entries.as_array().map(Vec::as_slice).unwrap_or_default().iter().try_for_each(tell)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn logs(asked: args::Logs) -> Result<ExitCode, Trouble> {
    let client = AdminClient::new(&asked.target)?;
    let device = asked.device.map(|device| format!("&device={}", encoded(&device)));
    let path = format!("logs?{ALL}{}", device.unwrap_or_default());
    if asked.follow {
        client.follow(&format!("{path}&follow=true"), |record| out::line(&record)).await?;
    } else {
        let records = client.ask(Method::GET, &path, None).await?;
        records.as_array().into_iter().flatten().try_for_each(out::line)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn device(asked: args::Device) -> Result<ExitCode, Trouble> {
    let (at, method, path, body) = match asked {
        args::Device::Add { id, key, thumbprint, x509, at } => {
            let mut device = Map::new();
            let mut put = |name: &str, value: Option<String>| {
                value.map(|value| device.insert(name.to_owned(), Value::String(value)))
            };
            put("id", Some(id));
            put("hub", at.hub.clone());
            put("primary_key", key);
            put("primary_thumbprint", thumbprint);
            put("x509", x509.then(|| "authority".to_owned()));
            return add(&at, &Value::Object(device)).await;
        }
        args::Device::List { json, at } => return list(json, &at).await,
        args::Device::Enable { id, at } => {
            let path = of_hub(&format!("devices/{}", encoded(&id)), &at);
            (at, Method::PATCH, path, Some(json!({"enabled": true})))
        }
        args::Device::Disable { id, at } => {
            let path = of_hub(&format!("devices/{}", encoded(&id)), &at);
            (at, Method::PATCH, path, Some(json!({"enabled": false})))
        }
        args::Device::Remove { id, at } => {
            let path = of_hub(&format!("devices/{}", encoded(&id)), &at);
            (at, Method::DELETE, path, None)
        }
        args::Device::Cut { id, at } => {
            let path = of_hub(&format!("devices/{}/connection", encoded(&id)), &at);
            (at, Method::DELETE, path, None)
        }
    };
    print(&AdminClient::new(&at.target)?.ask(method, &path, body.as_ref()).await?)
}

/// The answer, and with it what the device is to be given.
async fn add(at: &HubTarget, device: &Value) -> Result<ExitCode, Trouble> {
    let client = AdminClient::new(&at.target)?;
    let mut answer = client.ask(Method::POST, "devices", Some(device)).await?;
    let tenants = client.ask(Method::GET, "tenants", None).await?;
    let hubs = tenants["hubs"].as_array().map(Vec::as_slice).unwrap_or_default();
    let host = hubs.iter().find_map(|hub| {
        let host = hub["host"].as_str()?;
        let is_meant = match &at.hub {
            Some(asked) => host.eq_ignore_ascii_case(asked),
            None => hub["default"] == true,
        };
        is_meant.then_some(host)
    });
    if let Some(string) = host.and_then(|host| connection_string(host, &answer)) {
        if let Some(gateway) = locator::gateway(&client.url()) {
            answer["gatewayConnectionString"] =
                format!("{string};GatewayHostName={gateway}").into();
        }
        answer["connectionString"] = string.into();
    }
    print(&answer)
}

/// As the vendor's SDKs take it, made of what the mock shows of a device.
fn connection_string(host: &str, device: &Value) -> Option<String> {
    let id = device["deviceId"].as_str()?;
    let module = device["moduleId"].as_str().map(|id| format!(";ModuleId={id}"));
    let secret = match device["authentication"]["symmetricKey"]["primaryKey"].as_str() {
        Some(key) => format!("SharedAccessKey={key}"),
        None => "x509=true".to_owned(),
    };
    Some(format!("HostName={host};DeviceId={id}{};{secret}", module.unwrap_or_default()))
}

async fn list(as_json: bool, at: &HubTarget) -> Result<ExitCode, Trouble> {
    let client = AdminClient::new(&at.target)?;
    let devices = client.ask(Method::GET, &of_hub("devices", at), None).await?;
    if as_json {
        return print(&devices);
    }
    for device in devices.as_array().map(Vec::as_slice).unwrap_or_default() {
        let text = |name: &str| device[name].as_str().unwrap_or("-");
        let module = device["moduleId"].as_str().map(|id| format!("/{id}")).unwrap_or_default();
        let kind = device["authentication"]["type"].as_str().unwrap_or("-");
        out::line(format!(
            "{}{module}  {}  {}  {kind}",
            text("deviceId"),
            text("status"),
            text("connectionState").to_lowercase()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn faults(as_json: bool, target: &Target) -> Result<ExitCode, Trouble> {
    let faults = AdminClient::new(target)?.ask(Method::GET, "faults", None).await?;
    if as_json {
        return print(&faults);
    }
    for fault in faults.as_array().into_iter().flatten() {
        let words = out::tame(fault["fault"].as_str().unwrap_or_default());
        let strikes = match fault["strikes"].as_u64().unwrap_or_default() {
            0 => "has not struck".to_owned(),
            1 => "struck once".to_owned(),
            strikes => format!("struck {strikes} times"),
        };
        out::line(format!("{words}  {strikes}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn ready(asked: args::Ready) -> Result<ExitCode, Trouble> {
    const PAUSE: Duration = Duration::from_millis(20);
    let until = Instant::now() + asked.wait;
    loop {
        // Each time anew: the mock may only now leave word of its place.
        let answer = match AdminClient::new(&asked.target) {
            Ok(client) => client.ask(Method::GET, "ready", None).await,
            Err(trouble) => return Err(trouble),
        };
        match answer {
            Ok(_) => {
                out::line("ready")?;
                return Ok(ExitCode::SUCCESS);
            }
            Err(trouble) if Instant::now() >= until => return Err(trouble),
            // Another process is on its way, of which nothing can be heard but by asking again.
            Err(_) => {
                let interrupted = tokio::time::timeout(PAUSE, tokio::signal::ctrl_c()).await;
                if interrupted.is_ok() {
                    return Err(Trouble::harness("interrupted before the mock was ready"));
                }
            }
        }
    }
}

fn of_hub(path: &str, at: &HubTarget) -> String {
    match &at.hub {
        Some(hub) => format!("{path}?hub={}", encoded(hub)),
        None => path.to_owned(),
    }
}

fn json(text: &str, what: &str) -> Result<Value, Trouble> {
    serde_json::from_str(text)
        .map_err(|error| Trouble::usage(format!("{what} is no JSON: {error}")).hint(QUOTES))
}

const QUOTES: &str = "texts are in double quotes, and the whole in single ones: '{\"a\": \"b\"}'";

fn print(answer: &Value) -> Result<ExitCode, Trouble> {
    out::line(format!("{answer:#}"))?;
    Ok(ExitCode::SUCCESS)
}

/// `2026-… device-1 7 hello {a=b}`
fn telemetry_line(telemetry: &Value) -> String {
    let text = |name: &str| telemetry[name].as_str().unwrap_or_default();
    let mut properties = Vec::new();
    for members in ["system_properties", "properties"] {
        for (name, value) in telemetry[members].as_object().into_iter().flatten() {
            properties.push(match value.as_str() {
                Some(value) => format!("{name}={value}"),
                None => name.clone(),
            });
        }
    }
    let body = match telemetry["body"].as_str() {
        Some(body) => out::excerpt(body.as_bytes()),
        None => format!("base64 {}", text("body_base64")),
    };
    let properties = match properties.is_empty() {
        true => String::new(),
        false => format!(" {{{}}}", out::tame(&properties.join(", "))),
    };
    let (at, device, number) = (text("enqueued_at"), text("device"), &telemetry["sequence_number"]);
    format!("{at}  {device}  {number}  {body}{properties}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telemetry_is_one_line() {
        let telemetry = json!({
            "enqueued_at": "2026-11-20T14:22:24.0000000Z",
            "device": "d1",
            "sequence_number": 7,
            "body": "a\nb",
            "system_properties": {"content-type": "text/plain"},
            "properties": {"x": "1", "flag": null},
        });
        assert_eq!(
            telemetry_line(&telemetry),
            "2026-11-20T14:22:24.0000000Z  d1  7  a\\nb {content-type=text/plain, x=1, flag}"
        );
        let binary = json!({"device": "d1", "sequence_number": 1, "body_base64": "/w=="});
        assert_eq!(telemetry_line(&binary), "  d1  1  base64 /w==");
    }
}
