//! What every part of one crawl shares: the client, what says where packages come from, limits, and attempts that several
//! servers have in common.

use super::CrawlError;
use super::archives::SharedArchives;
use super::configured::Configured;
use super::options::Options;
use super::shared::Shared;
use mcpdex_net::{Client, Config};
use mcpdex_source::image::DockerConfig;
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
    pub(super) shared: Shared,
    /// Archives that several crawlers share.
    pub(super) archives: SharedArchives,
}

impl CrawlContext {
    /// Sets up what the options ask for.
    ///
    /// # Errors
    /// The client cannot be set up, or a configuration of the surroundings cannot be read.
    pub(super) fn new(options: &Options) -> Result<CrawlContext, CrawlError> {
        let client = Client::new(Config {
            contact: options.contact.clone(),
            allow_private: options.allow_private,
            rate: options.rate,
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
            shared: Shared::default(),
            archives: SharedArchives::new(options.archives.clone()),
        })
    }
}
