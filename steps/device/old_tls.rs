//! A client of another age: it offers TLS 1.1 and nothing newer, which rustls cannot say.

use bytes::{BufMut, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Doors, reach};

/// Offers TLS 1.1 and tells how that ends: `alert 70`, `closed`, or what came back.
pub(super) async fn offer_tls_1_1(doors: &Doors, server_name: &str) -> Result<String, String> {
    let mut tcp = reach(&doors.mqtt).await.map_err(|error| error.to_string())?;
    tcp.write_all(&client_hello(server_name)).await.map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(super::HANG, tcp.read_to_end(&mut answer)).await;
    if read.is_err() {
        return Ok("open and silent".to_owned());
    }
    Ok(match answer[..] {
        [] => "closed".to_owned(),
        [ALERT, _, _, 0, 2, FATAL, description] => format!("alert {description}"),
        _ => format!("it answered {answer:02x?}"),
    })
}

/// RFC 4346 section 7.4.1.2, with the server name of RFC 6066 and the curves of RFC 4492.
fn client_hello(server_name: &str) -> BytesMut {
    let mut server_names = BytesMut::new();
    server_names.put_u8(0);
    put_sized(&mut server_names, server_name.as_bytes());
    let mut extensions = BytesMut::new();
    for (kind, list) in [(0_u16, &server_names[..]), (10, &SECP256R1)] {
        let mut extension = BytesMut::new();
        put_sized(&mut extension, list);
        extensions.put_u16(kind);
        put_sized(&mut extensions, &extension);
    }
    let mut body = BytesMut::new();
    body.put_slice(&TLS_1_1);
    body.put_bytes(0x5A, 32);
    body.put_u8(0);
    put_sized(&mut body, &ECDHE_RSA_AES_128_CBC_SHA);
    body.put_slice(&[1, 0]);
    put_sized(&mut body, &extensions);
    let mut handshake = BytesMut::new();
    handshake.put_u8(CLIENT_HELLO);
    handshake.put_uint(body.len() as u64, 3);
    handshake.put_slice(&body);
    let mut record = BytesMut::new();
    record.put_u8(HANDSHAKE);
    record.put_slice(&TLS_1_1);
    put_sized(&mut record, &handshake);
    record
}

fn put_sized(out: &mut BytesMut, bytes: &[u8]) {
    out.put_u16(u16::try_from(bytes.len()).unwrap_or(u16::MAX));
    out.put_slice(bytes);
}

const HANDSHAKE: u8 = 22;
const ALERT: u8 = 21;
const FATAL: u8 = 2;
const CLIENT_HELLO: u8 = 1;
const TLS_1_1: [u8; 2] = [3, 2];
const ECDHE_RSA_AES_128_CBC_SHA: [u8; 2] = [0xC0, 0x13];
const SECP256R1: [u8; 2] = [0, 23];
