//! An endpoint on this machine that a cloud calls: it says the same to everybody, and remembers what it was
//! asked.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle};

/// A server on a port of its own, until it is dropped.
#[derive(Debug)]
pub(crate) struct Endpoint {
    url: String,
    asked: mpsc::UnboundedReceiver<Value>,
    serves: JoinHandle<()>,
}

impl Endpoint {
    /// Answers everybody with this status and body; without an answer it hangs up.
    pub(crate) async fn open(answer: Option<(u16, String)>) -> Result<Self, String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let (tell, asked) = mpsc::unbounded_channel();
        let serves = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Some((status, body)) = answer.clone() else { continue };
                let tell = tell.clone();
                let service = service_fn(move |request| {
                    let (tell, body) = (tell.clone(), body.clone());
                    async move {
                        // Who has left wants to know nothing.
                        let _ = tell.send(told(request).await);
                        let mut response = Response::new(Full::new(Bytes::from(body)));
                        if let Ok(status) = status.try_into() {
                            *response.status_mut() = status;
                        }
                        Ok::<_, Infallible>(response)
                    }
                });
                // A caller who breaks off is told by the cloud.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            }
        });
        Ok(Self { url: format!("http://{address}/authenticate"), asked, serves })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The oldest question that nobody has looked at: `method`, `headers` and `body`, which is JSON.
    pub(crate) fn asked(&mut self) -> Option<Value> {
        self.asked.try_recv().ok()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.serves.abort();
    }
}

async fn told(request: Request<Incoming>) -> Value {
    let (head, body) = request.into_parts();
    let headers = head.headers.iter();
    let headers: serde_json::Map<String, Value> = headers
        .map(|(name, value)| (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes()))))
        .collect();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    json!({"method": head.method.as_str(), "headers": headers, "body": body})
}
