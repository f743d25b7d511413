//! `skyproof token`: tokens with which a client signs in to an Event Grid namespace of the mock.

use std::process::ExitCode;

use serde_json::Value;
use skyproof::jwt::{CUSTOM_SIGNER, ENTRA_SIGNER, custom_claims, entra_claims, header, signed};

use crate::{args::Token, authority::now_s, out, trouble::Trouble};

/// Prints the token that was asked for.
pub(crate) fn run(asked: Token) -> Result<ExitCode, Trouble> {
    let now = now_s();
    let from_s = u64::try_from(now).unwrap_or(0);
    let (recipe, kid, claims) = match asked {
        Token::Entra { principal, life } => {
            let claims = entra_claims(&principal, from_s, life.as_secs());
            (ENTRA_SIGNER, "entra".to_owned(), claims)
        }
        Token::Custom { name, issuer, host, kid, claims: more, life } => {
            let mut claims = custom_claims(&name, &issuer, &host, from_s, life.as_secs());
            for text in &more {
                let (name, value) = claim(text)?;
                claims.insert(name, value);
            }
            (CUSTOM_SIGNER, kid, claims)
        }
    };
    // The published keys, whatever the local authority has: the mock knows no others.
    let token = certs::Authorities::new(now)
        .and_then(|authorities| certs::mint(certs::find(recipe)?, now, &authorities))
        .and_then(|signer| signed(&signer, &header(&kid), &claims))
        .map_err(|error| Trouble::harness(error.what).hint(error.hint))?;
    out::line(token)?;
    Ok(ExitCode::SUCCESS)
}

/// `floor=3`: the value in JSON, or a bare word.
fn claim(text: &str) -> Result<(String, Value), Trouble> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => {
            let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
            Ok((name.to_owned(), value))
        }
        _ => Err(Trouble::usage(format!("`--claim {text}` names no claim"))
            .hint("such as `--claim floor=3` or `--claim type=fan`")),
    }
}
