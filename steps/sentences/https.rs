//! When and Then: requests over HTTPS, and their answers.

use bytes::Bytes;
use cloud::{Action, Input};
use cucumber::{gherkin, then, when};
use http_body_util::Full;
use hyper::Request;

use super::connect::rows;
use crate::{
    device::{self, Plan},
    world::{Failed, Said, World},
};

/// `"POST /path?query" is sent to "host" over HTTPS`, perhaps with a table of headers, in which `body` is
/// the body. What time alone can bring is not waited for.
#[when(expr = "{string} is sent to {string} over HTTPS")]
async fn is_sent(world: &mut World, line: String, host: String, step: &gherkin::Step) -> Said {
    let request = request(&line, &host, step)?;
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

fn request(line: &str, host: &str, step: &gherkin::Step) -> Result<Request<Full<Bytes>>, Failed> {
    let (method, target) =
        line.split_once(' ').ok_or_else(|| Failed::new("a method and a path", line))?;
    let mut request = Request::builder().method(method).uri(target).header("host", host);
    let mut body = "";
    let given = if step.table.is_some() { rows(step)? } else { Vec::new() };
    for (name, value) in given {
        match name {
            "body" => body = value,
            _ => request = request.header(name, value),
        }
    }
    request
        .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
        .map_err(|error| Failed::from(error.to_string()))
}
