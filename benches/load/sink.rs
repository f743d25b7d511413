//! The floor: a server of tokio and rustls that answers CONNECT and PUBLISH and does nothing else.

use std::{io, net::Ipv4Addr, path::Path, sync::Arc};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::NoServerSessionStorage,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// Serves one port of the loopback for ever.
pub(crate) fn serve(port: u16, certificates: &Path, key: &Path) -> io::Result<()> {
    let acceptor = TlsAcceptor::from(Arc::new(config(certificates, key)?));
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, port).into())?;
        let listener = socket.listen(4096)?;
        loop {
            let (stream, _) = listener.accept().await?;
            // How a client leaves is its own matter.
            tokio::spawn(answer(acceptor.clone(), stream));
        }
    })
}

fn config(certificates: &Path, key: &Path) -> io::Result<ServerConfig> {
    let chain = CertificateDer::pem_file_iter(certificates).map_err(io::Error::other)?;
    let chain = chain.collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(io::Error::other)?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

async fn answer(acceptor: TlsAcceptor, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = acceptor.accept(stream).await?;
    // Room for a whole record of coalesced packets.
    let (mut input, mut output) = (Vec::with_capacity(8 * 1024), Vec::new());
    loop {
        if stream.read_buf(&mut input).await? == 0 {
            return stream.shutdown().await;
        }
        let mut rest = &input[..];
        while let Some((packet, after)) = split(rest) {
            match packet {
                [0x10, ..] => output.extend_from_slice(&[0x20, 2, 0, 0]),
                [0x32, packet @ ..] => output.extend_from_slice(&ack(packet)),
                _ => {}
            }
            rest = after;
        }
        input.drain(..input.len() - rest.len());
        stream.write_all(&output).await?;
        output.clear();
    }
}

/// The first whole packet, and what follows it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut length, mut shift) = (0, 0);
    for (at, byte) in bytes.iter().enumerate().skip(1).take(4) {
        length |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return bytes.split_at_checked(at + 1 + length);
        }
    }
    None
}

/// PUBACK for a PUBLISH without its first byte.
fn ack(packet: &[u8]) -> [u8; 4] {
    let body = packet.iter().position(|byte| byte & 0x80 == 0).map_or(0, |last| last + 1);
    let byte = |at: usize| packet.get(body + at).copied().unwrap_or_default();
    let topic = usize::from(byte(0)) << 8 | usize::from(byte(1));
    [0x40, 2, byte(2 + topic), byte(3 + topic)]
}
