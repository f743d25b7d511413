//! `skyproof api`: what a tenant's vendor calls its API, by the one route that there is to resources.

use std::process::ExitCode;

use hyper::Method;
use serde_json::{Map, Value, json};
use skyproof::admin::encoded;

use crate::{admin_client::AdminClient, args::Api, trouble::Trouble};

/// A tenant that has an API here.
struct Tenant {
    /// As it is asked for, and another name that means it.
    names: [String; 2],
    /// Whether its API has operations, which are all POST, rather than resources.
    has_operations: bool,
}

/// Asks, and prints the answer.
pub(super) async fn run(asked: Api) -> Result<ExitCode, Trouble> {
    let body = parameters(&asked.parameters)?;
    let client = AdminClient::new(&asked.target)?;
    let tenants = client.ask(Method::GET, "tenants", None).await?;
    let tenant = meant(tenants_of(&tenants), asked.tenant.as_deref())?;
    let method = match asked.method.as_deref() {
        Some(method) => method.parse().unwrap_or(Method::POST),
        None if tenant.has_operations => Method::POST,
        None if body.is_empty() => Method::GET,
        None => Method::PUT,
    };
    let resource: Vec<String> = asked.operation.trim_matches('/').split('/').map(encoded).collect();
    let path = format!("tenants/{}/{}", encoded(&tenant.names[0]), resource.join("/"));
    let body = (!body.is_empty()).then(|| Value::Object(body));
    let answer = client.ask(method, &path, body.as_ref()).await?;
    super::print(&answer)?;
    // The vendor says no with a status that says yes.
    let is_refused = answer["Success"] == false;
    Ok(if is_refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The members of the request, in the order in which they were given.
fn parameters(given: &[String]) -> Result<Map<String, Value>, Trouble> {
    let mut members = Map::new();
    for parameter in given {
        let (name, value) = member(parameter)?;
        if members.insert(name.clone(), value).is_some() {
            return Err(Trouble::usage(format!("the parameter `{name}` is given twice")));
        }
    }
    Ok(members)
}

fn member(parameter: &str) -> Result<(String, Value), Trouble> {
    let (name, value) = parameter.split_once('=').unwrap_or_default();
    let (name, is_json) = match name.strip_suffix(':') {
        Some(name) => (name, true),
        None => (name, false),
    };
    if name.is_empty() {
        return Err(Trouble::usage(format!("`{parameter}` is no parameter"))
            .hint("NAME=TEXT such as `DeviceName=device-1`, or NAME:=JSON such as `Qos:=1`"));
    }
    let value = match is_json {
        true => super::json(value, &format!("the value of `{name}`"))?,
        false => json!(value),
    };
    Ok((name.to_owned(), value))
}

fn tenants_of(told: &Value) -> Vec<Tenant> {
    let listed = |kind: &str, names: [&'static str; 2], has_operations| -> Vec<Tenant> {
        let tenants = told[kind].as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |tenant: &Value, name| tenant[name].as_str().unwrap_or_default().to_owned();
        let made = |tenant| Tenant { names: names.map(|name| text(tenant, name)), has_operations };
        tenants.iter().map(made).collect()
    };
    let mut all = listed("namespaces", ["host", "name"], false);
    all.extend(listed("instances", ["IotInstanceId", "host"], true));
    all
}

/// The tenant of this name, or the only one.
fn meant(tenants: Vec<Tenant>, asked: Option<&str>) -> Result<Tenant, Trouble> {
    let known: Vec<String> = tenants.iter().map(|it| format!("`{}`", it.names[0])).collect();
    let known = known.join(", ");
    if known.is_empty() {
        return Err(Trouble::refused("the mock has neither a namespace nor an Alibaba instance")
            .hint("start one with `skyproof up --namespace NAME`, `skyproof up --instance ID` or a seed"));
    }
    let is_meant = |tenant: &Tenant| {
        asked.is_none_or(|asked| tenant.names.iter().any(|name| name.eq_ignore_ascii_case(asked)))
    };
    let mut found = tenants.into_iter().filter(is_meant);
    match (found.next(), found.next(), asked) {
        (Some(tenant), None, _) => Ok(tenant),
        (None, _, Some(asked)) => {
            Err(Trouble::refused(format!("there is no tenant `{asked}`; this mock has {known}")))
        }
        _ => Err(Trouble::usage("the mock has several tenants with an API")
            .hint(format!("name one of {known} with `--tenant NAME`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_texts_or_json() {
        for (given, name, value) in [
            ("DeviceName=device-1", "DeviceName", json!("device-1")),
            ("DeviceName=1", "DeviceName", json!("1")),
            ("MessageContent=aGVsbG8=", "MessageContent", json!("aGVsbG8=")),
            ("Items={\"a\": 1}", "Items", json!("{\"a\": 1}")),
            ("Qos:=1", "Qos", json!(1)),
            ("attributes:={\"floor\": 3}", "attributes", json!({"floor": 3})),
            ("empty=", "empty", json!("")),
            ("a:b=c", "a:b", json!("c")),
        ] {
            assert_eq!(member(given), Ok((name.to_owned(), value)), "{given}");
        }
    }

    #[test]
    fn what_is_no_parameter_is_told() {
        for (given, says) in [
            (&["DeviceName"][..], "`DeviceName` is no parameter"),
            (&["=x"], "`=x` is no parameter"),
            (&[":=1"], "`:=1` is no parameter"),
            (&["Qos:=one"], "the value of `Qos` is no JSON: expected value at line 1 column 1"),
            (&["Qos=1", "Qos:=1"], "the parameter `Qos` is given twice"),
        ] {
            let given: Vec<String> = given.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(parameters(&given).unwrap_err().what(), says, "{given:?}");
        }
    }

    #[test]
    fn a_tenant_is_known_by_its_name_or_alone() {
        let told = json!({
            "hubs": [{"host": "contoso.azure-devices.net"}],
            "namespaces": [{"name": "contoso", "host": "contoso.ts.example"}],
            "instances": [{"IotInstanceId": "iot-1", "host": "iot-1.example"}],
        });
        for (asked, found) in [
            (Some("Contoso"), Some("contoso.ts.example")),
            (Some("contoso.ts.example"), Some("contoso.ts.example")),
            (Some("iot-1"), Some("iot-1")),
            (Some("iot-1.example"), Some("iot-1")),
            (Some("contoso.azure-devices.net"), None),
            (None, None),
        ] {
            let tenant = meant(tenants_of(&told), asked);
            let name = tenant.ok().map(|it| it.names[0].clone());
            assert_eq!(name.as_deref(), found, "{asked:?}");
        }
        let alone = json!({"instances": [{"IotInstanceId": "iot-1", "host": "iot-1.example"}]});
        assert!(meant(tenants_of(&alone), None).is_ok_and(|it| it.has_operations));
        let nobody = meant(tenants_of(&json!({})), None).err();
        let says = "the mock has neither a namespace nor an Alibaba instance";
        assert_eq!(nobody.map(|it| it.what().to_owned()).as_deref(), Some(says));
    }
}
