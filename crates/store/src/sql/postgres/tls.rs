//! What an address of a server asks for, and how the connection is protected.

use crate::{DatabasePlace, ServerUrl, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a server may take to answer at all.
const CONNECT: Duration = Duration::from_secs(10);

/// How a connection is protected.
#[derive(Clone)]
pub(super) enum Tls {
    /// A socket in a folder, this machine, or what the operator's address says.
    None,
    /// By a certificate that was checked.
    Checked(MakeRustlsConnect),
}

/// What an address asks for beside where the server is.
pub(super) struct Asked {
    pub(super) config: Config,
    mode: Option<String>,
    root: Option<String>,
}

pub(super) fn asked(url: &ServerUrl) -> Result<Asked, StoreError> {
    let (address, query) = url.secret().split_once('?').unwrap_or((url.secret(), ""));
    let (mut mode, mut root, mut kept) = (None, None, Vec::new());
    for one in query.split('&').filter(|one| !one.is_empty()) {
        match one.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value.to_owned()),
            Some(("sslrootcert", value)) => root = Some(value.replace("%2F", "/")),
            _ => kept.push(one),
        }
    }
    let text = if kept.is_empty() { address.to_owned() } else { format!("{address}?{}", kept.join("&")) };
    // What the library says of an address repeats parts of it.
    let mut config: Config =
        text.parse().map_err(|_: tokio_postgres::Error| odd(url, "is no address of a database"))?;
    config.connect_timeout(CONNECT);
    if config.get_application_name().is_none() {
        config.application_name("mcpdex");
    }
    if config.get_password().is_none()
        && let Ok(password) = std::env::var("PGPASSWORD")
    {
        config.password(password);
    }
    Ok(Asked { config, mode, root })
}

/// How a server is reached by somebody who keeps something else there: the address as it is understood here, and how the
/// connection is protected, if it has to be.
///
/// # Errors
/// The address is not understood, or TLS cannot be set up.
pub fn reach(url: &ServerUrl) -> Result<(Config, Option<MakeRustlsConnect>), StoreError> {
    let asked = asked(url)?;
    let tls = tls(url, &asked)?;
    let mut config = asked.config;
    Ok(match tls {
        Tls::None => {
            config.ssl_mode(SslMode::Disable);
            (config, None)
        }
        Tls::Checked(tls) => {
            config.ssl_mode(SslMode::Require);
            (config, Some(tls))
        }
    })
}

pub(super) fn tls(url: &ServerUrl, asked: &Asked) -> Result<Tls, StoreError> {
    let is_here = |host: &Host| match host {
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1" | "[::1]"),
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    let none = match asked.mode.as_deref() {
        // An address beside a name may be anybody's.
        None => asked.config.get_hostaddrs().is_empty() && asked.config.get_hosts().iter().all(is_here),
        Some("disable") => true,
        Some("require" | "verify-full") => false,
        Some(_) => return Err(odd(url, "has an `sslmode` that is neither `disable` nor `verify-full`")),
    };
    if none {
        return Ok(Tls::None);
    }
    let odd_tls = |_| odd(url, "needs TLS, which this machine has not set up");
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(odd_tls)?;
    let config = match &asked.root {
        None => rustls_platform_verifier::BuilderVerifierExt::with_platform_verifier(config)
            .map_err(odd_tls)?
            .with_no_client_auth(),
        Some(file) => config.with_root_certificates(roots(url, file)?).with_no_client_auth(),
    };
    Ok(Tls::Checked(MakeRustlsConnect::new(config)))
}

fn roots(url: &ServerUrl, file: &str) -> Result<rustls::RootCertStore, StoreError> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;
    let unread = || odd(url, "names a file of certificates in `sslrootcert` that cannot be read");
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|_| unread())? {
        roots.add(certificate.map_err(|_| unread())?).map_err(|_| unread())?;
    }
    if roots.is_empty() { Err(unread()) } else { Ok(roots) }
}

fn odd(url: &ServerUrl, what: &'static str) -> StoreError {
    StoreError::OddServer { path: DatabasePlace::Server(url.clone()), what }
}
