//! When and Then: requests over HTTPS, and their answers.

use bytes::Bytes;
use cloud::{Action, Input};
use cucumber::{gherkin, then, when};
use http_body_util::Full;
use hyper::Request;
use serde_json::Value;

use super::{connect::rows, events::member_of};
use crate::{
    device::{self, Plan},
    scene::{Kind, NAMESPACE},
    world::{Failed, Said, World},
};

/// `"POST /path?query" is sent to "host" over HTTPS`, perhaps with a table of headers, in which `body` is
/// the body, and `token of` or `expired token of` names the principal of a token of Microsoft Entra. What
/// time alone can bring is not waited for.
#[when(expr = "{string} is sent to {string} over HTTPS")]
async fn is_sent(world: &mut World, line: String, host: String, step: &gherkin::Step) -> Said {
    let request = request(world, &line, &host, step)?;
    let mock = world.mock().await?;
    let doors = world.doors().await?;
    let plan = Plan::new(&host, "", world.scene()?.roots_der());
    let before = mock.with_cloud(|cloud| cloud.trace().last_number());
    let is_left_unanswered = async {
        let asked = mock.wait(|cloud| {
            cloud.trace().since(before).find_map(|step| match &step.input {
                Input::Request { id, .. } => Some(*id),
                _ => None,
            })
        });
        let asked = asked.await;
        mock.settle().await;
        let is_answered = mock.with_cloud(|cloud| {
            let effects = cloud.trace().since(before).flat_map(|step| &step.effects);
            effects
                .into_iter()
                .any(|it| matches!(&it.action, Action::Respond { id, .. } if *id == asked))
        });
        if is_answered {
            std::future::pending::<()>().await;
        }
    };
    world.response = tokio::select! {
        response = device::ask(&doors, &plan, request) => Some(response?),
        () = is_left_unanswered => None,
    };
    Ok(())
}

/// As above, to the scene's own.
#[when(expr = "{string} is sent to the namespace over HTTPS")]
async fn is_sent_to_namespace(world: &mut World, line: String, step: &gherkin::Step) -> Said {
    is_sent(world, line, NAMESPACE.to_owned(), step).await
}

/// Where `nextLink` of the last answer leads.
#[when("the next page is asked for over HTTPS")]
async fn next_page(world: &mut World, step: &gherkin::Step) -> Said {
    let link = json(world).and_then(|json| member_of(&json, "nextLink")).unwrap_or_default();
    let target = link
        .strip_prefix("https://")
        .and_then(|rest| rest.strip_prefix(NAMESPACE))
        .ok_or_else(|| Failed::new(format!("`nextLink`: https://{NAMESPACE}/…"), &link))?;
    is_sent(world, format!("GET {target}"), NAMESPACE.to_owned(), step).await
}

#[then(expr = "the HTTP answer has the header {string} = {string}")]
fn answer_has_header(world: &mut World, name: String, expected: String) -> Said {
    let found = world.response.as_ref().and_then(|response| response.header(&name));
    let found = found.map(str::to_owned);
    world.check_same(&name, Some(expected), found)
}

/// A member of its JSON: `value.0.name`.
#[then(expr = "the HTTP answer has {string} = {string}")]
fn answer_has(world: &mut World, name: String, expected: String) -> Said {
    let found = json(world).and_then(|json| member_of(&json, &name));
    world.check_same(&name, Some(expected), found)
}

#[then(expr = "the HTTP answer has no {string}")]
fn answer_has_no(world: &mut World, name: String) -> Said {
    let found = json(world).and_then(|json| member_of(&json, &name));
    world.check_same(&name, None, found)
}

#[then(expr = "the HTTP answer is {int}")]
fn answer_is(world: &mut World, status: u16) -> Said {
    let found = world.response.as_ref().map(|response| response.status);
    let actual = found.map_or("none".to_owned(), |found| found.to_string());
    world.check(found == Some(status), || Failed::new(format!("an answer of {status}"), actual))
}

#[then(expr = "the HTTP answer says {string}")]
fn answer_says(world: &mut World, text: String) -> Said {
    let found = world.response.as_ref().map(|response| String::from_utf8_lossy(&response.body));
    let actual = found.map_or("no answer".to_owned(), |found| found.into_owned());
    world.check(actual.contains(&text), || Failed::new(format!("`{text}`"), actual))
}

/// The JSON of the last answer.
fn json(world: &World) -> Option<Value> {
    serde_json::from_slice(&world.response.as_ref()?.body).ok()
}

fn request(
    world: &mut World,
    line: &str,
    host: &str,
    step: &gherkin::Step,
) -> Result<Request<Full<Bytes>>, Failed> {
    let (method, target) =
        line.split_once(' ').ok_or_else(|| Failed::new("a method and a path", line))?;
    let mut request = Request::builder().method(method).uri(target).header("host", host);
    let mut body = "";
    let given = if step.table.is_some() { rows(step)? } else { Vec::new() };
    for (name, value) in given {
        match name {
            "body" => body = value,
            "token of" | "expired token of" => {
                let mut jwt = world.scene()?.jwt(Kind::Entra, value);
                if name != "token of" {
                    jwt.claims.insert("exp".to_owned(), world.scene()?.now().s().into());
                }
                let token = world.scene()?.signed(&jwt)?;
                request = request.header("authorization", format!("Bearer {token}"));
            }
            _ => request = request.header(name, value),
        }
    }
    request
        .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
        .map_err(|error| Failed::from(error.to_string()))
}
