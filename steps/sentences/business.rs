//! The business server of an Alibaba instance: what it asks by the vendor's API, and what it gets.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cloud::{Order, order::Verb};
use cucumber::{gherkin, given, then, when};
use serde_json::{Value, json};
use wire::{Packet, Publish, Qos};

use super::{connect::rows, events::member_of, packets::publish};
use crate::{
    scene::{INSTANCE, PRODUCT_KEY},
    world::{Failed, Said, World},
};

/// Rows: parameters by their names in the API. The product is that of the scene unless one is named, `base64
/// of hello` is encoded, and `{int} bytes` in `base64 of 10 bytes` are so many.
#[when(expr = "the business server calls {word}:")]
async fn calls(world: &mut World, operation: String, step: &gherkin::Step) -> Said {
    let mut body = json!({ "ProductKey": PRODUCT_KEY });
    for (name, value) in rows(step)? {
        body[name] = parameter(value)?;
    }
    let (tenant, path) = (INSTANCE.to_owned(), operation);
    world.ask(Order::Resource { tenant, verb: Verb::Post, path, body }).await
}

#[given(expr = "the business server has called {word}:")]
async fn has_called(world: &mut World, operation: String, step: &gherkin::Step) -> Said {
    calls(world, operation, step).await?;
    let answer = world.answer().await?;
    let answer = answer.map_err(|error| Failed::new("the business server to be served", error))?;
    if answer["Success"] == true {
        return Ok(());
    }
    Err(Failed::new("the business server to be served", answer))
}

/// Rows: members of the answer, such as `Data.Status`, and their values; those of JSON within a text go on
/// behind the text's name. `absent` is none, `some` is any.
#[then("the business server gets:")]
async fn gets(world: &mut World, step: &gherkin::Step) -> Said {
    let answer = world.answer().await?.map_err(|error| Failed::new("an answer", error))?;
    for (name, value) in rows(step)? {
        let actual = inner_member(&answer, name);
        match value {
            "absent" => world.check_same(name, None, actual)?,
            "some" => world.check(actual.is_some(), || Failed::new(name, &answer))?,
            _ => {
                let expected = parameter(value)?;
                let expected = expected.as_str().map(str::to_owned);
                world.check_same(name, expected, actual)?;
            }
        }
    }
    Ok(())
}

#[then(expr = "the business server gets {string} of {int} digits")]
async fn gets_digits(world: &mut World, name: String, digits: usize) -> Said {
    let answer = world.answer().await?.map_err(|error| Failed::new("an answer", error))?;
    let actual = member_of(&answer, &name).unwrap_or_default();
    let holds = actual.len() == digits && actual.bytes().all(|byte| byte.is_ascii_digit());
    world.check(holds, || Failed::new(format!("{digits} digits"), actual))
}

/// Of the operation's refusal: `iot.messagebroker.IllegalQos`.
#[then(expr = "the business server is refused with {word}")]
async fn is_refused(world: &mut World, code: String) -> Said {
    let answer = world.answer().await?;
    let actual = match &answer {
        Ok(answer) => member_of(answer, "Code"),
        Err(error) => Some(error.name.clone()),
    };
    world.check(actual.as_ref() == Some(&code), || Failed::new(code, format!("{answer:?}")))
}

#[then(expr = "the business server is told {string}")]
async fn is_told(world: &mut World, part: String) -> Said {
    let told = match world.answer().await? {
        Ok(answer) => member_of(&answer, "ErrorMessage").unwrap_or_default(),
        Err(error) => error.message,
    };
    world.check(told.contains(&part), || Failed::new(part, told))
}

/// `TopicFullName`, and `PUB` or `SUB`.
#[then(expr = "the business server sees the topic {string} for {word}")]
async fn sees_topic(world: &mut World, topic: String, operation: String) -> Said {
    let answer = world.answer().await?.map_err(|error| Failed::new("an answer", error))?;
    let topics = answer.pointer("/Data/TopicInfo").and_then(Value::as_array);
    let wanted = json!({"TopicFullName": topic, "Operation": operation});
    let holds = topics.is_some_and(|topics| topics.contains(&wanted));
    world.check(holds, || Failed::new(wanted, &answer))
}

/// On the topic of the answer to the request in hand, whose id stands for `{id}`.
#[when(expr = "{string} answers the request with {string}")]
async fn answers(world: &mut World, name: String, body: String) -> Said {
    answers_at(world, name, body, 0).await
}

#[when(expr = "{string} answers the request with {string} at QoS {int}")]
async fn answers_at(world: &mut World, name: String, body: String, qos: u8) -> Said {
    let request = in_hand(world)?;
    let id = payload(&request).and_then(|payload| member_of(&payload, "id"));
    let body = body.replace("{id}", &id.unwrap_or_default());
    let topic = topic_of_answer(&request.topic);
    let qos = Qos::from_level(qos).ok_or_else(|| Failed::new("QoS 0 or 1", qos))?;
    publish(world, &name, body.into(), topic, qos, false).await
}

/// Of the message in hand, which is JSON: `params.power`.
#[then(expr = "its payload has {string} = {string}")]
fn payload_has(world: &mut World, name: String, expected: String) -> Said {
    let message = in_hand(world)?;
    let actual = payload(&message).and_then(|payload| inner_member(&payload, &name));
    world.check_same(&name, Some(expected), actual)
}

#[then(expr = "its payload has no {string}")]
fn payload_has_no(world: &mut World, name: String) -> Said {
    let message = in_hand(world)?;
    let actual = payload(&message).and_then(|payload| inner_member(&payload, &name));
    world.check_same(&name, None, actual)
}

/// In milliseconds since 1970.
#[then(expr = "its payload tells the time of now in {string}")]
fn payload_tells_time(world: &mut World, name: String) -> Said {
    let message = in_hand(world)?;
    let actual = payload(&message).and_then(|payload| member_of(&payload, &name));
    let expected = world.scene()?.now().ms().to_string();
    world.check_same(&name, Some(expected), actual)
}

/// Whatever topic it comes on.
#[then(expr = "{string} receives a message")]
async fn receives_some(world: &mut World, name: String) -> Said {
    let actual = world.next_packet(&name, "a message").await?;
    let holds = matches!(&actual, Packet::Publish(_));
    world.check(holds, || Failed::new("a message", actual))
}

/// All in the same second.
#[when(expr = "{string} asks for its shadow {int} times")]
async fn asks_for_shadow(world: &mut World, name: String, times: usize) -> Said {
    let topic = format!("/shadow/update/{PRODUCT_KEY}/{name}");
    for _ in 0..times {
        let body = r#"{"method": "get"}"#;
        publish(world, &name, body.into(), topic.clone(), Qos::AtMostOnce, false).await?;
    }
    Ok(())
}

/// The thing model of the product, in JSON and in the vendor's names.
#[given("the product has the thing model:")]
fn thing_model(world: &mut World, step: &gherkin::Step) -> Said {
    let text = step.docstring.as_deref().unwrap_or_default();
    let model: Value = serde_json::from_str(text).map_err(|error| Failed::new("JSON", error))?;
    world.scene()?.declare_product(json!({ "ThingModel": model }))
}

/// Names of properties and numbers, as many as asked for.
#[when(expr = "{string} posts {int} properties")]
async fn posts_many(world: &mut World, name: String, count: usize) -> Said {
    let params: serde_json::Map<String, Value> =
        (1..=count).map(|n| (format!("p{n}"), json!(n))).collect();
    let method = "thing.event.property.post";
    let body = json!({"id": "1", "version": "1.0", "params": params, "method": method});
    let topic = format!("/sys/{PRODUCT_KEY}/{name}/thing/event/property/post");
    publish(world, &name, body.to_string().into(), topic, Qos::AtMostOnce, false).await
}

fn parameter(value: &str) -> Result<Value, Failed> {
    let Some(plain) = value.strip_prefix("base64 of ") else { return Ok(value.into()) };
    let plain = match plain.strip_suffix(" bytes") {
        Some(count) => {
            let count = count.parse().map_err(|_| Failed::new("a number of bytes", count))?;
            "x".repeat(count)
        }
        None => plain.to_owned(),
    };
    Ok(STANDARD.encode(plain).into())
}

/// As [`member_of`], into JSON that a text holds.
fn inner_member(value: &Value, name: &str) -> Option<String> {
    if let Some(found) = member_of(value, name) {
        return Some(found);
    }
    let dots = name.match_indices('.').map(|(at, _)| at);
    dots.filter_map(|at| {
        let text = member_of(value, &name[..at])?;
        let inner: Value = serde_json::from_str(&text).ok()?;
        member_of(&inner, &name[at + 1..])
    })
    .next()
}

fn in_hand(world: &World) -> Result<Publish, Failed> {
    match &world.packet {
        Some(Packet::Publish(publish)) => Ok(publish.clone()),
        _ => Err(Failed::new("a message in hand", "none: say `… receives …` first")),
    }
}

fn payload(publish: &Publish) -> Option<Value> {
    serde_json::from_slice(&publish.payload).ok()
}

/// Where a device answers what came on a topic.
fn topic_of_answer(topic: &str) -> String {
    if topic.starts_with("/ext/rrpc/") {
        return topic.to_owned();
    }
    match topic.split_once("/rrpc/request/") {
        Some((device, id)) => format!("{device}/rrpc/response/{id}"),
        None => format!("{topic}_reply"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_go_where_they_are_awaited() {
        for (request, answer) in [
            ("/sys/pk/d1/rrpc/request/17", "/sys/pk/d1/rrpc/response/17"),
            ("/ext/rrpc/17/pk/d1/user/get", "/ext/rrpc/17/pk/d1/user/get"),
            (
                "/sys/pk/d1/thing/service/property/set",
                "/sys/pk/d1/thing/service/property/set_reply",
            ),
        ] {
            assert_eq!(topic_of_answer(request), answer);
        }
    }

    #[test]
    fn members_are_found_in_texts_of_json_too() {
        let answer = json!({"Data": {"Result": r#"{"a":{"b":1}}"#}, "Code": "x"});
        for (name, expected) in [
            ("Code", Some("x")),
            ("Data.Result.a.b", Some("1")),
            ("Data.Result", Some(r#"{"a":{"b":1}}"#)),
            ("Data.Result.c", None),
            ("Nothing.a", None),
        ] {
            assert_eq!(inner_member(&answer, name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn plain_text_is_encoded_where_the_table_says_so() {
        for (value, expected) in
            [("hello", "hello"), ("base64 of hello", "aGVsbG8="), ("base64 of 3 bytes", "eHh4")]
        {
            assert_eq!(parameter(value), Ok(expected.into()));
        }
        let failed = parameter("base64 of many bytes").unwrap_err();
        assert_eq!((&*failed.expected, &*failed.actual), ("a number of bytes", "many"));
    }
}
