//! What `--cloud` and `--ca` say.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cloud::{IdentityId, seed::IdentitySeed};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use serde_json::Value;

use super::{Group, Kind, Outside, service::Admin, text};
use crate::{
    admin,
    device::{Dead, Doors},
    scene::key_of,
    world::Failed,
};

type Bad = (String, String);

const EXPECTED: &str = "expected the JSON line of `skyproof up --json`, or connection strings of \
     devices (HostName=…;DeviceId=…;SharedAccessKey=…), as they are or in a file";

pub(super) fn read(named: &str, ca: Option<&Path>) -> Result<Outside, Bad> {
    let is_text = named.trim_start().starts_with('{') || named.contains("HostName=");
    let content = if is_text {
        named.to_owned()
    } else {
        fs::read_to_string(named)
            .map_err(|error| (format!("`{named}` cannot be read: {error}"), EXPECTED.to_owned()))?
    };
    // Keys are nobody's business who reads a report.
    let named = if is_text { "…".to_owned() } else { named.to_owned() };
    if content.trim_start().starts_with('{') {
        mock(&content, ca, named)
    } else {
        devices(&content, ca, named)
    }
}

/// The facts of a mock.
fn mock(content: &str, ca: Option<&Path>, named: String) -> Result<Outside, Bad> {
    let bad = |what: &str| (what.to_owned(), EXPECTED.to_owned());
    let facts: Value = serde_json::from_str(content)
        .map_err(|error| bad(&format!("the facts of the cloud are no JSON: {error}")))?;
    let need = |pointer: &str| {
        text(&facts, pointer).ok_or_else(|| bad(&format!("the facts have no {pointer}")))
    };
    if let Some(clock) = text(&facts, "/clock").filter(|clock| *clock != "wall") {
        let hint = "start it with `--clock wall`, as it does without that option";
        return Err((format!("the mock's clock is `{clock}`"), hint.to_owned()));
    }
    let port = |pointer: &str| {
        let port = facts.pointer(pointer).and_then(Value::as_u64);
        port.ok_or_else(|| bad(&format!("the facts have no {pointer}")))
    };
    let admin = admin::authority(need("/admin_url")?)
        .ok_or_else(|| bad("the facts' admin_url is no address"))?;
    let (host, hub) = (need("/host")?, need("/hubs/0/host")?.to_owned());
    let ca_file = match ca {
        Some(ca) => ca.to_owned(),
        None => PathBuf::from(need("/ca_file")?),
    };
    let provisioning = facts["provisioning"].as_array().into_iter().flatten().find_map(|dps| {
        let groups = dps["groups"].as_array()?;
        let group = groups
            .iter()
            .find(|group| group["enabled"] == true && group["primary_key"].is_string())?;
        Some(Group {
            id_scope: text(dps, "/id_scope")?.to_owned(),
            name: text(group, "/name")?.to_owned(),
            key: key_of(text(group, "/primary_key")?).ok()?,
        })
    });
    let dead = Dead::default();
    let admin = Admin { authority: admin, dead: dead.clone() };
    Ok(Outside {
        kind: Kind::Mock { admin, mark: mark(), provisioning },
        server_name: hub.clone(),
        hub,
        doors: Doors {
            mqtt: format!("{host}:{}", port("/mqtt_port")?),
            mqtt_5: None,
            wss: Some(format!("{host}:{}", port("/wss_port")?)),
            tcp: port("/tcp_port").ok().map(|port| format!("{host}:{port}")),
            tls: true,
            now: None,
            dead,
        },
        roots_der: roots(&ca_file)?,
        named,
    })
}

/// Connection strings of devices of one hub.
fn devices(content: &str, ca: Option<&Path>, named: String) -> Result<Outside, Bad> {
    const SHAPE: &str =
        "expected HostName=…;DeviceId=…;SharedAccessKey=…, perhaps with ;GatewayHostName=…";
    let bad = |what: String| (what, SHAPE.to_owned());
    let mut devices = Vec::new();
    let mut place: Option<(String, String)> = None;
    for (n, string) in content.split_whitespace().enumerate() {
        let n = n + 1;
        let fields: BTreeMap<&str, &str> =
            string.split(';').filter_map(|field| field.split_once('=')).collect();
        let need = |name: &str| {
            let value = fields.get(name).copied().filter(|value| !value.is_empty());
            value.ok_or_else(|| bad(format!("connection string {n} has no {name}")))
        };
        let (hub, id) = (need("HostName")?.to_owned(), need("DeviceId")?.to_owned());
        if fields.contains_key("ModuleId") {
            return Err(bad(format!("connection string {n} is a module's")));
        }
        let key = key_of(need("SharedAccessKey")?).map_err(|_| {
            bad(format!("the SharedAccessKey of connection string {n} is no base64"))
        })?;
        let dialled =
            fields.get("GatewayHostName").map_or_else(|| hub.clone(), |g| (*g).to_owned());
        match &place {
            None => place = Some((hub, dialled)),
            Some(known) if *known == (hub, dialled) => {}
            Some((host, _)) => {
                return Err(bad(format!("connection string {n} leads elsewhere than to {host}")));
            }
        }
        devices.push((id, key));
    }
    let (hub, dialled) = place.ok_or_else(|| bad("there is no connection string".to_owned()))?;
    let server_name = dialled.split(':').next().unwrap_or_default().to_owned();
    // Of a port that is not the usual one nobody knows what the other is.
    let wss = (!dialled.contains(':')).then(|| format!("{dialled}:443"));
    let mqtt = if dialled.contains(':') { dialled } else { format!("{dialled}:8883") };
    Ok(Outside {
        kind: Kind::Devices(devices),
        doors: Doors {
            mqtt,
            mqtt_5: None,
            wss,
            tcp: None,
            tls: true,
            now: None,
            dead: Dead::default(),
        },
        hub,
        server_name,
        roots_der: roots(&ca_of(ca)?)?,
        named,
    })
}

/// The file given, or where systems keep the authorities of the world.
fn ca_of(ca: Option<&Path>) -> Result<PathBuf, Bad> {
    const USUAL: [&str; 3] = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    ];
    let told = ca.map(Path::to_owned).or_else(|| std::env::var_os("SSL_CERT_FILE").map(Into::into));
    told.or_else(|| USUAL.map(PathBuf::from).into_iter().find(|path| path.is_file())).ok_or_else(
        || {
            let hint = "name the authorities to trust: `--ca FILE`, in PEM";
            (
                "this system keeps no authorities where they are looked for".to_owned(),
                hint.to_owned(),
            )
        },
    )
}

fn roots(file: &Path) -> Result<Vec<Vec<u8>>, Bad> {
    const HINT: &str = "`--ca FILE` takes certificates in PEM";
    let bad = |what: String| (format!("`{}` {what}", file.display()), HINT.to_owned());
    let pem = fs::read(file).map_err(|error| bad(format!("cannot be read: {error}")))?;
    let roots: Result<Vec<Vec<u8>>, _> =
        CertificateDer::pem_slice_iter(&pem).map(|der| der.map(|der| der.to_vec())).collect();
    let roots = roots.map_err(|error| bad(format!("is no PEM: {error}")))?;
    if roots.is_empty() { Err(bad("has no certificate".to_owned())) } else { Ok(roots) }
}

/// What this run's devices have in their names, so that runs do not meet.
fn mark() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    format!("{:04x}", RandomState::new().hash_one(()) & 0xFFFF)
}

/// An identity as the admin API takes it.
pub(super) fn seed(
    id: &IdentityId,
    enabled: bool,
    primary: &[u8],
    secondary: &[u8],
) -> Result<IdentitySeed, Failed> {
    let seed = serde_json::json!({
        "id": id.to_string(),
        "enabled": enabled,
        "primary_key": STANDARD.encode(primary),
        "secondary_key": STANDARD.encode(secondary),
    });
    serde_json::from_value(seed).map_err(|error| Failed::from(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_strings_are_told_what_is_wrong_with_them() {
        for (text, what) in [
            ("HostName=h.net;DeviceId=d", "connection string 1 has no SharedAccessKey"),
            ("HostName=h.net;SharedAccessKey=AAAA", "connection string 1 has no DeviceId"),
            ("HostName=;DeviceId=d;SharedAccessKey=AAAA", "connection string 1 has no HostName"),
            (
                "HostName=h.net;DeviceId=d;SharedAccessKey=%",
                "the SharedAccessKey of connection string 1 is no base64",
            ),
            (
                "HostName=h.net;DeviceId=d;ModuleId=m;SharedAccessKey=AAAA",
                "connection string 1 is a module's",
            ),
            (
                "HostName=h.net;DeviceId=d;SharedAccessKey=AAAA\nHostName=i.net;DeviceId=e;SharedAccessKey=AAAA",
                "connection string 2 leads elsewhere than to h.net",
            ),
            (
                "{",
                "the facts of the cloud are no JSON: EOF while parsing an object at line 1 column 1",
            ),
            ("{}", "the facts have no /admin_url"),
            (r#"{"clock": "held"}"#, "the mock's clock is `held`"),
            (
                "/no/such/file",
                "`/no/such/file` cannot be read: No such file or directory (os error 2)",
            ),
        ] {
            let (seen, hint) = read(text, None).expect_err(text);
            assert_eq!(seen, what);
            assert!(!hint.is_empty(), "{text}");
        }
    }
}
