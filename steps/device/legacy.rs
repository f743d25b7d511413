//! TLS no newer than 1.0 or 1.1, as a client of that time speaks it, by the OpenSSL of the system. It trusts
//! the plan's roots, on the scene's clock, as the others do.

use std::pin::Pin;

use cloud::Time;
use openssl::{
    error::ErrorStack,
    ssl::{SslConnector, SslMethod, SslOptions, SslVerifyMode, SslVersion},
    x509::{X509, store::X509StoreBuilder, verify::X509VerifyParam},
};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

use super::{Plan, plan::TlsOffer};

/// Shakes hands over this connection.
pub(super) async fn shake_hands(
    tcp: TcpStream,
    plan: &Plan,
    now: Time,
) -> Result<SslStream<TcpStream>, String> {
    let stream = prepared(tcp, plan, now);
    let mut stream = stream.map_err(|error| format!("OpenSSL cannot be set up: {error}"))?;
    match Pin::new(&mut stream).connect().await {
        Ok(()) => Ok(stream),
        Err(error) => Err(format!("the TLS handshake failed: {error}")),
    }
}

fn prepared(tcp: TcpStream, plan: &Plan, now: Time) -> Result<SslStream<TcpStream>, ErrorStack> {
    let version = match plan.tls {
        TlsOffer::Only1_0 => SslVersion::TLS1,
        _ => SslVersion::TLS1_1,
    };
    let mut roots = X509StoreBuilder::new()?;
    for root in &plan.roots_der {
        roots.add_cert(X509::from_der(root)?)?;
    }
    let mut moment = X509VerifyParam::new()?;
    moment.set_time(i64::try_from(now.s()).unwrap_or(i64::MAX));
    roots.set_param(&moment)?;
    let mut connector = SslConnector::builder(SslMethod::tls_client())?;
    connector.set_min_proto_version(Some(SslVersion::TLS1))?;
    connector.set_max_proto_version(Some(version))?;
    // OpenSSL has these versions at no other level.
    connector.set_cipher_list("DEFAULT@SECLEVEL=0")?;
    connector.set_options(SslOptions::IGNORE_UNEXPECTED_EOF);
    connector.set_cert_store(roots.build());
    if !plan.verifies {
        connector.set_verify(SslVerifyMode::NONE);
    }
    let ssl = connector.build().configure()?.into_ssl(&plan.server_name)?;
    SslStream::new(ssl, tcp)
}
