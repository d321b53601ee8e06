//! The arguments of `mcpdex serve`, and of whatever else listens.

use std::net::SocketAddr;
use std::path::PathBuf;

// Arguments of `mcpdex serve`.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// Where to listen. Beyond loopback a file of tokens is needed.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8420")]
    pub listen: SocketAddr,
    /// What the registry (`/v0.1/servers`) may show: a TOML file of servers, the highest risk, forbidden traits, the required
    /// reading, a last day and exceptions. Without it everything is shown. One that is not understood to the last key or has
    /// expired starts nothing.
    #[arg(long, value_name = "FILE")]
    pub approve: Option<PathBuf>,
    #[command(flatten)]
    pub access: AccessArgs,
}

// Who may ask, and how often.
#[derive(Debug, clap::Args)]
pub struct AccessArgs {
    /// A name under which it may be asked, beside those of loopback. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub host: Vec<String>,
    /// Who may ask: `SCOPE[,SCOPE] TOKEN` a line, with the scopes read (GET) and classify (POST). Readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// A certificate chain (PEM), to speak TLS.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Requests a second of one address, 0 for no limit (default: none on loopback, 50 beyond it).
    #[arg(long, value_name = "N")]
    pub rate: Option<u32>,
    /// Write a line of JSON to stderr for every request: time, address, method, path, status, time taken.
    #[arg(long)]
    pub access_log: bool,
}
