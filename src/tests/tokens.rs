//! `token`: what a client of an Event Grid namespace signs in with.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::sandbox::Sandbox;

#[test]
fn tokens_say_whose_they_are_and_for_how_long() {
    let sandbox = Sandbox::new();
    let entra = part(&sandbox.succeed(&["token", "entra", "p1", "--life", "10m"]), 1);
    assert_eq!(
        (&entra["oid"], &entra["aud"]),
        (&json!("p1"), &json!("https://eventgrid.azure.net/"))
    );
    assert_eq!(
        entra["exp"].as_u64().zip(entra["nbf"].as_u64()).map(|(end, begin)| end - begin),
        Some(600)
    );

    let custom = ["token", "custom", "d1", "--issuer", "me", "--host", "contoso", "--kid", "k"];
    let token =
        sandbox.succeed(&[&custom[..], &["--claim", "floor=3", "--claim", "type=fan"]].concat());
    let claims = part(&token, 1);
    for (name, expected) in [
        ("sub", json!("d1")),
        ("iss", json!("me")),
        ("aud", json!("contoso")),
        ("floor", json!(3)),
        ("type", json!("fan")),
    ] {
        assert_eq!(claims[name], expected, "{name}");
    }
    assert_eq!(part(&token, 0), json!({"typ": "JWT", "alg": "RS256", "kid": "k"}));
    assert_eq!(token.trim_end().split('.').count(), 3);
}

#[test]
fn a_claim_without_a_name_is_told() {
    let custom = ["token", "custom", "d1", "--issuer", "me", "--host", "contoso", "--claim", "=3"];
    let ended = Sandbox::new().run(&custom);
    let says = "error: `--claim =3` names no claim\n\nhint: such as `--claim floor=3` or `--claim type=fan`\n";
    assert_eq!((ended.code, &*ended.stderr), (Some(2), says));
}

fn part(token: &str, index: usize) -> Value {
    let part = token.trim_end().split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
