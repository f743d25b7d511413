//! Event Grid namespaces, who may do what in them, and what the back end asks of them.

use cloud::{Order, order::Verb};
use cucumber::{gherkin, given, then, when};
use serde_json::{Value, json};

use super::{connect::rows, events::member_of, tenants::switched};
use crate::{
    document,
    scene::NAMESPACE,
    world::{Failed, Said, World},
};

/// Every client may publish and subscribe everywhere.
#[given("a namespace")]
fn namespace(world: &mut World) -> Said {
    world.scene()?.declare(json!({}))
}

#[given("a namespace without access")]
fn namespace_without_access(world: &mut World) -> Said {
    world.scene()?.declare(json!({"topicSpaces": [], "permissionBindings": []}))
}

#[given(expr = "a namespace of {word}")]
fn namespace_of(world: &mut World, era: String) -> Said {
    world.scene()?.declare(json!({ "profile": era }))
}

#[given(expr = "a namespace where {word} is {string}")]
fn namespace_with_switch(world: &mut World, switch: String, value: String) -> Said {
    let profile = switched(&world.scene()?.namespace_profile(), &switch, &value)?;
    let profile = serde_json::to_value(profile).map_err(|error| error.to_string())?;
    world.scene()?.declare(json!({ "profile": profile }))
}

/// In TOML, by the names of a seed's `[[namespace]]`.
#[given("a namespace with the configuration:")]
fn namespace_with_configuration(world: &mut World, step: &gherkin::Step) -> Said {
    let text = step.docstring.as_deref().unwrap_or_default();
    let more: Value = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(String::new(), |span| document::place(text, &span));
        Failed::new("TOML", format!("{at}: {}", error.message()))
    })?;
    world.scene()?.declare(more)
}

/// `Dns, Subject`: fields of a client's certificate, in this order.
#[given(expr = "the namespace looks for names in {string}")]
fn looks_for_names(world: &mut World, sources: String) -> Said {
    let sources: Vec<String> =
        sources.split(", ").map(|source| format!("ClientCertificate{source}")).collect();
    let authentication = json!({ "alternativeAuthenticationNameSources": sources });
    world
        .scene()?
        .declare(json!({"topicSpacesConfiguration": {"clientAuthentication": authentication}}))
}

/// By the recipe of its certificate.
#[given(expr = "the namespace knows the authority {string} alone")]
fn knows_authority(world: &mut World, recipe: String) -> Said {
    let pem = world.scene()?.certificate(&recipe, "authority")?.certificate_pem();
    world.scene()?.declare(json!({ "caCertificates": [] }))?;
    let name = recipe.replace('/', "-");
    world.scene()?.declare(json!({"caCertificates": [{"name": name, "encodedCertificate": pem}]}))
}

#[given(expr = "the namespace has {int} CA certificates")]
fn has_authorities(world: &mut World, count: usize) -> Said {
    let pem = world.scene()?.certificate("authority/root", "authority")?.certificate_pem();
    world.scene()?.declare(json!({ "caCertificates": [] }))?;
    let all: Vec<Value> = (1..=count)
        .map(|n| json!({"name": format!("ca-{n}"), "encodedCertificate": pem}))
        .collect();
    world.scene()?.declare(json!({ "caCertificates": all }))
}

#[when(expr = "the back end gives the namespace the CA certificate {string}")]
async fn gives_authority(world: &mut World, name: String) -> Said {
    let pem = world.scene()?.certificate("authority/intermediate", "authority")?.certificate_pem();
    let (tenant, path) = (NAMESPACE.to_owned(), format!("caCertificates/{name}"));
    let body = json!({ "encodedCertificate": pem });
    world.ask(Order::Resource { tenant, verb: Verb::Put, path, body }).await
}

#[given(expr = "a client {string}")]
fn client(world: &mut World, name: String) -> Said {
    let leaf = world.scene()?.certificate("device/right", &name)?;
    put_client(world, &name, json!({}), leaf)
}

/// Rows: fields of the resource, such as `authenticationName` or `state`, `validation scheme`, `thumbprint`
/// (of its `certificate`: `right` or `wrong`), and `certificate`: a recipe, for its authentication name or `… for
/// another name`.
#[given(expr = "a client {string} with:")]
fn client_with(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    let mut resource = json!({});
    let mut recipe = "device/right";
    let mut common_name = name.as_str();
    let mut thumbprint = None;
    for (field, value) in rows(step)? {
        match field {
            "authenticationName" => {
                resource[field] = value.into();
                common_name = value;
            }
            "certificate" => recipe = value,
            "thumbprint" => thumbprint = Some(value),
            "validation scheme" => {
                resource["clientCertificateAuthentication"]["validationScheme"] = value.into();
            }
            _ => resource[field] = value.into(),
        }
    }
    let (recipe, common_name) = recipe.split_once(" for ").unwrap_or((recipe, common_name));
    let leaf = world.scene()?.certificate(recipe, common_name)?;
    if let Some(of) = thumbprint {
        let known = match of {
            "right" => leaf.thumbprint_sha256(),
            "wrong" => world.scene()?.certificate(recipe, "another")?.thumbprint_sha256(),
            _ => return Err(Failed::new("`right` or `wrong`", of)),
        };
        resource["clientCertificateAuthentication"]["allowedThumbprints"] = json!([known]);
    }
    put_client(world, &name, resource, leaf)
}

/// As the vendor's samples tell to make one.
#[given(expr = "a client {string} with a certificate of the vendor's samples")]
fn client_of_the_samples(world: &mut World, name: String) -> Said {
    let (root, leaf) = world.scene()?.sample_certificate(&name)?;
    let certificate = json!({"name": "samples", "encodedCertificate": root});
    world.scene()?.declare(json!({ "caCertificates": [certificate] }))?;
    put_client(world, &name, json!({}), leaf)
}

/// Values are JSON, or bare words.
#[given(expr = "a client {string} with the attributes:")]
fn client_with_attributes(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    let attributes: serde_json::Map<String, Value> = rows(step)?
        .into_iter()
        .map(|(key, value)| {
            let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
            (key.to_owned(), value)
        })
        .collect();
    let leaf = world.scene()?.certificate("device/right", &name)?;
    put_client(world, &name, json!({ "attributes": attributes }), leaf)
}

/// It connects as its client does, under a client identifier of its own.
#[given(expr = "{string} is another session of {string}")]
fn another_session(world: &mut World, name: String, client: String) -> Said {
    if let Some(leaf) = world.certificates.get(&client).cloned() {
        world.certificates.insert(name.clone(), leaf);
    }
    world.scene()?.declare_session(&name, &client);
    Ok(())
}

#[given(expr = "a client group {string} where {string}")]
fn client_group(world: &mut World, name: String, query: String) -> Said {
    world.scene()?.declare(json!({"clientGroups": [{"name": name, "query": query}]}))
}

#[given(expr = "a topic space {string} with the template {string}")]
fn topic_space(world: &mut World, name: String, template: String) -> Said {
    world.scene()?.declare(json!({"topicSpaces": [{"name": name, "topicTemplates": [template]}]}))
}

/// One template in each row.
#[given(expr = "a topic space {string} with the templates:")]
fn topic_space_with(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    let table = step.table.as_ref().ok_or_else(|| Failed::new("a table below the step", "none"))?;
    let templates: Vec<&String> = table.rows.iter().flatten().collect();
    world.scene()?.declare(json!({"topicSpaces": [{"name": name, "topicTemplates": templates}]}))
}

#[given(expr = "the group {string} may publish in {string}")]
fn may_publish(world: &mut World, group: String, space: String) -> Said {
    permit(world, &group, &space, "Publisher")
}

#[given(expr = "the group {string} may subscribe in {string}")]
fn may_subscribe(world: &mut World, group: String, space: String) -> Said {
    permit(world, &group, &space, "Subscriber")
}

/// `DELETE clients/d1`, perhaps with a body in JSON below.
#[when(expr = "the back end asks the namespace to {string}")]
async fn asks(world: &mut World, request: String, step: &gherkin::Step) -> Said {
    let (verb, path) = request
        .split_once(' ')
        .ok_or_else(|| Failed::new("a verb and a path such as `DELETE clients/d1`", &request))?;
    let verb = match verb {
        "GET" => Verb::Get,
        "PUT" => Verb::Put,
        "PATCH" => Verb::Patch,
        "DELETE" => Verb::Delete,
        "POST" => Verb::Post,
        _ => return Err(Failed::new("GET, PUT, PATCH, DELETE or POST", verb)),
    };
    let body = match step.docstring.as_deref() {
        Some(body) => serde_json::from_str(body).map_err(|error| Failed::new("JSON", error))?,
        None => Value::Null,
    };
    let (tenant, path) = (NAMESPACE.to_owned(), path.to_owned());
    world.ask(Order::Resource { tenant, verb, path, body }).await
}

#[given(expr = "the back end has asked the namespace to {string}")]
async fn has_asked(world: &mut World, request: String, step: &gherkin::Step) -> Said {
    asks(world, request, step).await?;
    let answer = world.answer().await?;
    answer.map(|_| ()).map_err(|error| Failed::new("the back end to be served", error))
}

/// A member of the answer: `state`, `value.0.name`.
#[then(expr = "the namespace answers {string} = {string}")]
async fn answers(world: &mut World, name: String, expected: String) -> Said {
    let answer = world.answer().await?.map_err(|error| Failed::new("an answer", error))?;
    world.check_same(&name, Some(expected), member_of(&answer, &name))
}

fn permit(world: &mut World, group: &str, space: &str, permission: &str) -> Said {
    let name = format!("{}-{space}-{permission}", group.trim_start_matches('$'));
    world.scene()?.declare(json!({"permissionBindings": [{
        "name": name,
        "clientGroupName": group,
        "topicSpaceName": space,
        "permission": permission,
    }]}))
}

fn put_client(world: &mut World, name: &str, mut resource: Value, leaf: certs::Leaf) -> Said {
    resource["name"] = name.into();
    world.scene()?.declare(json!({ "clients": [resource] }))?;
    world.certificates.insert(name.to_owned(), leaf);
    Ok(())
}
