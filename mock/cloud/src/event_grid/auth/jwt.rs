//! JSON Web Tokens: three parts, signed with RS256. What the claims must say is the issuer's business.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::{time::Time, x509};

/// A token, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Jwt<'a> {
    header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    /// What the signature is over.
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jwt<'a> {
    /// Takes a token apart; the error is what is wrong with it, in words.
    pub(super) fn parse(data: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(data).map_err(|_| "the token is no text".to_owned())?;
        let parts: Vec<&str> = text.split('.').collect();
        let [header, claims, signature] = parts.as_slice() else {
            let found = parts.len();
            return Err(format!(
                "the token has {found} parts, expected header.claims.signature with dots between"
            ));
        };
        let signed = &text[..header.len() + 1 + claims.len()];
        Ok(Self {
            header: object(header, "header")?,
            claims: object(claims, "claims")?,
            signed,
            signature: bytes(signature, "signature")?,
        })
    }

    /// A text of the header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    /// A claim that is a text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// A claim that is a moment, in seconds since 1970.
    pub(super) fn moment(&self, name: &str) -> Option<Time> {
        self.claims.get(name)?.as_u64().map(Time::from_s)
    }

    /// Whether the token is for this audience, alone or among others.
    pub(super) fn is_for(&self, audience: &str) -> bool {
        match self.claims.get("aud") {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(all)) => all.iter().any(|one| one == audience),
            _ => false,
        }
    }

    /// Checks algorithm and signature against a public key, which is PKCS #1 in DER.
    pub(super) fn verify(&self, public_key: &[u8]) -> Result<(), String> {
        let algorithm = self.header("alg").unwrap_or_default();
        if algorithm != "RS256" {
            return Err(format!("the token is signed with `{algorithm}`, expected RS256"));
        }
        if x509::is_rs256(public_key, self.signed.as_bytes(), &self.signature) {
            return Ok(());
        }
        Err("the signature is not one of the issuer's key over this header and these claims"
            .to_owned())
    }

    /// Checks that the token has begun and is not over.
    pub(super) fn judge_time(&self, now: Time) -> Result<(), String> {
        let claim = |name: &str| {
            let moment = self.moment(name);
            moment.ok_or_else(|| format!("the claim `{name}` is no number of seconds since 1970"))
        };
        let (begin, end) = (claim("nbf")?, claim("exp")?);
        if now < begin {
            return Err(format!("the token is not valid before {begin}"));
        }
        if now >= end {
            return Err(format!("the token expired at {end}"));
        }
        Ok(())
    }
}

fn object(part: &str, what: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_slice(&bytes(part, what)?) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(format!("the token's {what} is no JSON object")),
    }
}

fn bytes(part: &str, what: &str) -> Result<Vec<u8>, String> {
    let decoded = URL_SAFE_NO_PAD.decode(part);
    decoded.map_err(|_| format!("the token's {what} is no base64url without padding"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{}", encode(header), encode(claims), encode("signature"))
    }

    #[test]
    fn a_token_is_taken_apart_or_told_what_is_wrong() {
        for (text, expected) in [
            (token("{}", "{}"), ""),
            ("a.b".to_owned(), "2 parts"),
            ("a.b.c.d".to_owned(), "4 parts"),
            ("ä.b.c".to_owned(), "header is no base64url"),
            (token("[]", "{}"), "header is no JSON object"),
            (token("{}", "x"), "claims is no JSON object"),
            (format!("{}=", token("{}", "{}")), "signature is no base64url"),
        ] {
            let why = Jwt::parse(text.as_bytes()).err().unwrap_or_default();
            assert!(why.contains(expected) && why.is_empty() == expected.is_empty(), "{why}");
        }
        assert_eq!(Jwt::parse(b"\xff").unwrap_err(), "the token is no text");
    }

    #[test]
    fn claims_are_read_by_their_kind() {
        let text = token("{}", r#"{"sub": "d1", "n": 7, "aud": ["a", "b"]}"#);
        let jwt = Jwt::parse(text.as_bytes()).unwrap();
        assert_eq!((jwt.text("sub"), jwt.text("n")), (Some("d1"), None));
        assert_eq!((jwt.moment("n"), jwt.moment("sub")), (Some(Time::from_s(7)), None));
        assert_eq!((jwt.is_for("b"), jwt.is_for("c")), (true, false));
    }

    #[test]
    fn a_token_has_a_beginning_and_an_end() {
        let text = token("{}", r#"{"nbf": 10, "exp": 20}"#);
        let jwt = Jwt::parse(text.as_bytes()).unwrap();
        for (now_s, expected) in
            [(9, Some("not valid before")), (10, None), (19, None), (20, Some("expired"))]
        {
            let judged = jwt.judge_time(Time::from_s(now_s));
            match expected {
                None => assert_eq!(judged, Ok(()), "{now_s}"),
                Some(why) => assert!(judged.unwrap_err().contains(why), "{now_s}"),
            }
        }
        let text = token("{}", r#"{"nbf": 10, "exp": "20"}"#);
        let why = Jwt::parse(text.as_bytes()).unwrap().judge_time(Time::from_s(15)).unwrap_err();
        assert_eq!(why, "the claim `exp` is no number of seconds since 1970");
    }

    #[test]
    fn another_algorithm_or_signature_is_told() {
        for (header, expected) in [
            (r#"{"alg": "none"}"#, "signed with `none`, expected RS256"),
            (r#"{"alg": "RS256"}"#, "not one of the issuer's key"),
        ] {
            let text = token(header, "{}");
            let why = Jwt::parse(text.as_bytes()).unwrap().verify(&[]).unwrap_err();
            assert!(why.contains(expected), "{why}");
        }
    }
}
