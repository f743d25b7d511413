//! One request over HTTPS, to the port of the WebSockets.

use bytes::Bytes;
use cloud::HttpResponse;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use super::{Doors, HANG, Plan, raw};

/// Sends a request to the host that the plan dials, and gives the answer.
pub(crate) async fn ask(
    doors: &Doors,
    plan: &Plan,
    request: Request<Full<Bytes>>,
) -> Result<HttpResponse, String> {
    let stream = raw::dial(doors, plan, doors.wss()?).await?;
    let answered = async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Ends with the answer, which tells of any error, too.
        tokio::spawn(connection);
        let (head, body) = sender.send_request(request).await?.into_parts();
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers = head.headers.iter();
        Ok(HttpResponse {
            status: head.status.as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
                .collect(),
            body: body.collect().await?.to_bytes(),
        })
    };
    timeout(HANG, answered)
        .await
        .map_err(|_| "hung: the request is not answered".to_owned())?
        .map_err(|error: hyper::Error| format!("the request has no answer: {error}"))
}
