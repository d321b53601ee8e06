//! Listens, with what each connection may cost bounded, and ends in good order.

use super::cache::{self, AnswerCache};
use super::connections::{self, Bounded};
use super::metrics::Metrics;
use super::pages::{self, LivePages};
use super::rate::RateLimit;
use super::{MAX_BODY, MAX_HEAD_TIME, ServeOffer, ServeSettings, Shared, api, gate, registry};
use crate::mcp::McpServer;
use crate::query::Catalogue;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tower_http::compression::CompressionLayer;

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot listen on {address}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("cannot use the certificate and its key")]
    Certificate(#[source] std::io::Error),
    #[error("beyond loopback a file of tokens is needed (--token-file)")]
    NoTokens,
    #[error("the server failed")]
    Failed(#[source] std::io::Error),
}

/// How long requests that are worked on may take when the server is asked to end. Those who end servers in good order wait
/// for ten seconds at least before they kill them.
pub const LEAVE: Duration = Duration::from_secs(8);

/// Serves until `stop` is done; `ready` is told the address.
///
/// # Errors
/// The address cannot be listened on, or the certificate cannot be read.
pub async fn serve(
    catalogue: Arc<Catalogue>,
    settings: ServeSettings,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    if settings.tokens.is_none() && !settings.listen.ip().is_loopback() {
        return Err(ServeError::NoTokens);
    }
    let failed = |source| ServeError::Listen { address: settings.listen, source };
    let listener = TcpListener::bind(settings.listen).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let tls = match &settings.tls {
        None => None,
        Some((chain, key)) => {
            // Fails only where one is chosen already.
            let _ = rustls::crypto::ring::default_provider().install_default();
            Some(RustlsConfig::from_pem_file(chain, key).await.map_err(ServeError::Certificate)?)
        }
    };
    let metrics = Metrics::new();
    let bounded = Bounded { open: Arc::clone(&metrics.connections), most: connections::most() };
    let service = router(catalogue, settings, metrics).into_make_service_with_connect_info::<SocketAddr>();
    let handle = Handle::new();
    let leaving = handle.clone();
    tokio::spawn(async move {
        stop.await;
        leaving.graceful_shutdown(Some(LEAVE));
    });
    let mut server = axum_server::from_tcp(listener).map_err(ServeError::Failed)?.handle(handle);
    bound(&mut server);
    let server = server.first_request_timeout(MAX_HEAD_TIME);
    ready(address);
    match tls {
        None => server.acceptor(bounded).serve(service).await,
        Some(tls) => {
            let acceptor = RustlsAcceptor::new(tls).handshake_timeout(MAX_HEAD_TIME).acceptor(bounded);
            server.acceptor(acceptor).serve(service).await
        }
    }
    .map_err(ServeError::Failed)
}

/// What one connection may cost.
fn bound(server: &mut Server<SocketAddr>) {
    let builder = server.http_builder();
    builder.http1().header_read_timeout(MAX_HEAD_TIME).max_buf_size(64 << 10);
    builder
        .http2()
        .max_concurrent_streams(64)
        .max_header_list_size(32 << 10)
        .max_pending_accept_reset_streams(32)
        .keep_alive_interval(MAX_HEAD_TIME)
        .keep_alive_timeout(MAX_HEAD_TIME);
}

fn router(catalogue: Arc<Catalogue>, mut settings: ServeSettings, metrics: Metrics) -> Router {
    let rate = settings.rate.map(RateLimit::new);
    let offer = std::mem::replace(&mut settings.offer, ServeOffer::Mcp);
    let (routes, site) = match offer {
        ServeOffer::Catalogue(site) => {
            (api::about().merge(api::routes()).merge(registry::routes()).fallback(pages::page), Some(*site))
        }
        ServeOffer::Mcp => (api::about().nest_service("/mcp", mcp(&catalogue)), None),
    };
    let shared = Arc::new(Shared {
        catalogue,
        settings,
        metrics,
        rate,
        cache: AnswerCache::default(),
        pages: LivePages::new(site),
    });
    routes
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CompressionLayer::new())
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&shared), cache::again))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&shared), gate::pass))
        .with_state(shared)
}

/// The MCP server without sessions: nothing is kept between two requests. Hosts and origins were looked at by the gate.
fn mcp(catalogue: &Arc<Catalogue>) -> StreamableHttpService<McpServer, LocalSessionManager> {
    let server = McpServer::new(Arc::clone(catalogue));
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(MAX_BODY)
        .disable_allowed_hosts();
    StreamableHttpService::new(move || Ok(server.clone()), Arc::default(), config)
}
