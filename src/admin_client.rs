//! Asks a running mock's admin API, on behalf of somebody at a terminal.

use std::{fmt, io, time::Duration};

use bytes::BytesMut;
use http_body_util::BodyExt as _;
use hyper::{Method, Response, StatusCode, body::Incoming};
use serde_json::Value;
use skyproof::admin::{self, NoResponse, authority};

use crate::{args::Target, locator, trouble::Trouble};

/// The admin API of one mock.
#[derive(Debug)]
pub(crate) struct AdminClient {
    /// `127.0.0.1:8900`
    authority: String,
}

impl AdminClient {
    /// The mock that is meant: the one given, the one that left word, or the usual place.
    pub(crate) fn new(target: &Target) -> Result<Self, Trouble> {
        let url = match &target.admin {
            Some(url) => url.clone(),
            None => locator::admin_url().unwrap_or_else(|| locator::DEFAULT_ADMIN.to_owned()),
        };
        let authority = authority(&url).ok_or_else(|| {
            Trouble::usage(format!("`{url}` is no address of an admin API"))
                .hint(format!("such as {}", locator::DEFAULT_ADMIN))
        })?;
        Ok(Self { authority })
    }

    /// Whether a mock answers there, soon.
    pub(crate) async fn is_mock(url: &str) -> bool {
        const PATIENCE: Duration = Duration::from_secs(1);
        let Some(authority) = authority(url) else { return false };
        let client = Self { authority };
        let health = tokio::time::timeout(PATIENCE, client.ask(Method::GET, "health", None)).await;
        health.is_ok_and(|health| health.is_ok_and(|health| health["status"].is_string()))
    }

    /// Where the admin API is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// `GET` and the like below `/_skyproof/`.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Trouble> {
        let response = self.send(method, path, body).await?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|error| self.cut(&error))?;
        let answer: Value = serde_json::from_slice(&body.to_bytes()).unwrap_or(Value::Null);
        if status.is_success() { Ok(answer) } else { Err(refused(status, &answer)) }
    }

    /// Lines of JSON, each handed over as it comes.
    pub(crate) async fn follow(
        &self,
        path: &str,
        mut hear: impl FnMut(Value) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let mut body = self.send(Method::GET, path, None).await?.into_body();
        let mut unread = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| self.cut(&error))?;
            unread.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
            while let Some(end) = unread.iter().position(|byte| *byte == b'\n') {
                let line = unread.split_to(end + 1);
                hear(serde_json::from_slice(&line).unwrap_or(Value::Null))?;
            }
        }
        Ok(())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response<Incoming>, Trouble> {
        admin::send(&self.authority, method, path, body).await.map_err(|why| match why {
            NoResponse::Unreachable(error) => self.unreachable(&error),
            NoResponse::Cut(why) => self.cut(&why),
        })
    }

    fn unreachable(&self, error: &io::Error) -> Trouble {
        Trouble::harness(format!("no mock answers at http://{}: {error}", self.authority))
            .hint("start one with `skyproof up`, or name another with `--admin URL`")
    }

    fn cut(&self, error: &impl fmt::Display) -> Trouble {
        Trouble::harness(format!("http://{} broke off: {error}", self.authority))
            .hint("is it the admin API of a skyproof mock?")
    }
}

fn refused(status: StatusCode, answer: &Value) -> Trouble {
    let text = |name: &str| answer[name].as_str();
    let error = text("error").unwrap_or("the mock refuses");
    let code = answer["errorCode"].as_u64().map(|code| format!(" {code}")).unwrap_or_default();
    let trouble = Trouble::refused(format!("{error} ({}{code})", status.as_u16()));
    let expected = text("expected").map(|expected| format!("expected {expected}"));
    [expected, text("hint").map(str::to_owned)].into_iter().flatten().fold(trouble, Trouble::hint)
}
