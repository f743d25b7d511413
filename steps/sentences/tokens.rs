//! Event Grid clients that prove themselves by a token.

use cucumber::{gherkin, given, when};
use serde_json::{Value, json};
use wire::{Auth, Packet, Property};

use super::{
    connect::{must_be_accepted, plan_for, rows, set},
    properties::{Rows, property},
};
use crate::{
    scene::{Jwt, Kind},
    world::{Failed, Said, World},
};

/// What AUTH says that renews.
const RE_AUTHENTICATE: u8 = 0x19;

#[given("the namespace takes custom tokens")]
fn takes_custom_tokens(world: &mut World) -> Said {
    let configuration = world.scene()?.custom_jwt()?;
    world.scene()?.declare(configuration)
}

/// `Publisher` or `Subscriber`, of all topic spaces.
#[given(expr = "the principal {string} has the role EventGrid TopicSpaces {word}")]
fn has_role(world: &mut World, name: String, role: String) -> Said {
    world.scene()?.declare(json!({"roleAssignments": [{
        "name": format!("{name}-{role}"),
        "principalId": name,
        "roleDefinitionName": format!("EventGrid TopicSpaces {role}"),
    }]}))
}

#[given(expr = "{string} is connected with a {word} token")]
#[given(expr = "{string} is connected with an {word} token")]
async fn is_connected(world: &mut World, name: String, kind: String) -> Said {
    connect(world, &name, &kind, Vec::new()).await?;
    must_be_accepted(world, &name)
}

#[when(expr = "{string} connects with a {word} token")]
#[when(expr = "{string} connects with an {word} token")]
async fn connects(world: &mut World, name: String, kind: String) -> Said {
    connect(world, &name, &kind, Vec::new()).await
}

/// Rows: claims, each in JSON or as a bare word, or `absent`; `life` in seconds; `begins in` so many
/// seconds; `key`: `another`; fields of the header after `header`; fields of CONNECT after `CONNECT`.
#[when(expr = "{string} connects with a {word} token with:")]
#[when(expr = "{string} connects with an {word} token with:")]
async fn connects_with(
    world: &mut World,
    name: String,
    kind: String,
    step: &gherkin::Step,
) -> Said {
    connect(world, &name, &kind, rows(step)?).await
}

#[when(expr = "{string} sends AUTH with a {word} token")]
#[when(expr = "{string} sends AUTH with an {word} token")]
async fn renews(world: &mut World, name: String, kind: String) -> Said {
    renew(world, &name, &kind, Vec::new()).await
}

/// Rows as with CONNECT.
#[when(expr = "{string} sends AUTH with a {word} token with:")]
#[when(expr = "{string} sends AUTH with an {word} token with:")]
async fn renews_with(world: &mut World, name: String, kind: String, step: &gherkin::Step) -> Said {
    renew(world, &name, &kind, rows(step)?).await
}

async fn connect(world: &mut World, name: &str, kind: &str, rows: Rows<'_>) -> Said {
    let (mut plan, mut token) = plan_for(world, name)?;
    plan.level = 5;
    plan.username = None;
    let (method, text, others) = prepared(world, name, kind, rows)?;
    plan.properties.push(Property::AuthenticationMethod(method));
    plan.properties.push(Property::AuthenticationData(text.into()));
    for (field, value) in others {
        set(world, name, &mut plan, &mut token, &mut false, field, value)?;
    }
    world.connect(name, plan).await
}

async fn renew(world: &mut World, name: &str, kind: &str, rows: Rows<'_>) -> Said {
    let (method, text, others) = prepared(world, name, kind, rows)?;
    let mut properties =
        vec![Property::AuthenticationMethod(method), Property::AuthenticationData(text.into())];
    for (field, value) in others {
        properties.push(property(field, value)?);
    }
    world.send(name, Packet::Auth(Auth { reason: RE_AUTHENTICATE, properties })).await
}

/// The method, the token, and the rows about the packet.
fn prepared<'a>(
    world: &mut World,
    name: &str,
    kind: &str,
    rows: Rows<'a>,
) -> Result<(String, String, Rows<'a>), Failed> {
    let kind = match kind {
        "custom" => Kind::Custom,
        "Entra" => Kind::Entra,
        _ => return Err(Failed::new("`custom` or `Entra`", kind)),
    };
    let mut method = kind.method().to_owned();
    let mut jwt = world.scene()?.jwt(kind, name);
    let now_s = world.scene()?.now().s();
    let mut others = Vec::new();
    for (field, value) in rows {
        match field.split_once(' ') {
            Some(("header", field)) => change(&mut jwt.header, field, value),
            Some(("CONNECT" | "AUTH", field)) => others.push((field, value)),
            _ => match field {
                "method" => value.clone_into(&mut method),
                "key" => jwt.is_of_another_key = value == "another",
                "life" => set_moment(&mut jwt, "exp", now_s, value)?,
                "begins in" => set_moment(&mut jwt, "nbf", now_s, value)?,
                _ => change(&mut jwt.claims, field, value),
            },
        }
    }
    let text = world.scene()?.signed(&jwt)?;
    Ok((method, text, others))
}

fn set_moment(jwt: &mut Jwt, claim: &str, now_s: u64, value: &str) -> Said {
    let by_s: i64 = value.parse().map_err(|_| Failed::new("seconds", value))?;
    jwt.claims.insert(claim.to_owned(), now_s.saturating_add_signed(by_s).into());
    Ok(())
}

fn change(members: &mut serde_json::Map<String, Value>, name: &str, value: &str) {
    if value == "absent" {
        members.remove(name);
        return;
    }
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    members.insert(name.to_owned(), value);
}
