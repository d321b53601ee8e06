//! What every part of one crawl shares: the client, what says where packages come from, limits, and attempts that several
//! servers have in common.

use super::CrawlError;
use super::archives::SharedArchives;
use super::configured::Configured;
use super::options::Options;
use super::shared::Shared;
use mcpdex_model::{Ecosystem, Package};
use mcpdex_net::{Client, Config};
use mcpdex_source::image::{DockerConfig, ImageName};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Everything that a crawl works with; one for all its tasks.
pub(super) struct CrawlContext {
    pub(super) client: Client,
    pub(super) configured: Configured,
    /// Where images come from.
    pub(super) docker: DockerConfig,
    pub(super) options: Options,
    /// Workers at once: each keeps a core busy.
    pub(super) workers: Semaphore,
    /// Attempts that several servers share.
    pub(super) shared: Arc<Shared>,
    /// Archives that several crawlers share.
    pub(super) archives: SharedArchives,
}

impl CrawlContext {
    /// What this machine has credentials for, as `npm HOST`, `npm @SCOPE`, `pypi HOST`, `oci HOST`.
    pub(super) async fn credentials(&self) -> Vec<String> {
        let mut all = self.configured.credentials().await;
        all.extend(self.docker.credential_hosts().map(|host| format!("oci {host}")));
        all
    }

    /// The credential that a package's registry might want and that is not here.
    pub(super) async fn lacked(&self, package: &Package) -> Option<String> {
        if package.ecosystem != Ecosystem::Oci {
            return self.configured.lacked(package).await;
        }
        let image = ImageName::read(&package.identifier).ok()?;
        let host = self.docker.lacked(&image)?;
        Some(format!("oci {host}"))
    }

    /// Sets up what the options ask for.
    ///
    /// # Errors
    /// The client cannot be set up, or a configuration of the surroundings cannot be read.
    pub(super) fn new(options: &Options) -> Result<CrawlContext, CrawlError> {
        let client = Client::new(Config {
            contact: options.contact.clone(),
            allow_private: options.allow_private,
            rate: options.rate,
            places: options.work.as_ref().map(|work| work.places.clone()),
            ..Config::default()
        })?;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(CrawlContext {
            client,
            configured: Configured::read(options)?,
            docker: DockerConfig::read(
                options.image_registry.as_deref(),
                &options.surroundings.docker_config,
                &options.surroundings.docker_daemon,
            )?,
            options: options.clone(),
            workers: Semaphore::new(cores),
            shared: Arc::default(),
            archives: SharedArchives::new(options.archives.clone()),
        })
    }
}
