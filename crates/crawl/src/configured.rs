//! Where packages come from: the operator's configuration first, then what the installed client says, and only when
//! neither names a registry the manifest's own word, which is not trusted.

use super::clients::{self, Pip};
use super::options::{Options, Surroundings};
use mcpdex_model::{Ecosystem, Package, SecretString};
use mcpdex_net::{Trust, split_user_info};
use mcpdex_process::{Environment, ProgramError};
use mcpdex_source::npmrc::{ConfigError, NpmConfig, scope};
use mcpdex_source::pip::{configured_index, index_in_help, read_report, report_arguments};
use mcpdex_source::{Artifact, PageError};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Mutex, OnceCell, Semaphore};
use url::Url;

/// A package registry or index: where it is, how far it is trusted, and what it wants to see.
#[derive(Debug, Clone)]
pub(super) struct Registry {
    pub(super) base: Url,
    pub(super) trust: Trust,
    pub(super) authorization: Option<SecretString>,
}

/// Nothing says where packages of a kind come from.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unconfigured {
    #[error("no npm registry is configured and {0}; --npm-registry or NPM_CONFIG_REGISTRY names one")]
    Npm(ProgramError),
    #[error("no Python package index is configured and {0}; --pypi-index or PIP_INDEX_URL names one")]
    Pypi(ProgramError),
    #[error(transparent)]
    Setting(#[from] ConfigError),
    #[error(transparent)]
    Package(#[from] PageError),
}

/// Packages that its index does not have and for which pip itself is asked. Each answer costs a process that works for
/// seconds, and pip refuses what its own Python cannot run, which does not matter here.
const REPORTS: usize = 8;

/// What is known about registries, learnt when first needed and then kept.
#[derive(Debug)]
pub(super) struct Configured {
    npm: Mutex<NpmKnowledge>,
    python: Option<Url>,
    pip: Pip,
    pip_index: OnceCell<Result<Url, ProgramError>>,
    /// pip is heavy: few at once.
    pip_places: Semaphore,
    reports: AtomicUsize,
    ask_clients: bool,
    environment: Environment,
}

#[derive(Debug)]
struct NpmKnowledge {
    config: NpmConfig,
    /// Keys that npm was asked for.
    asked: BTreeSet<String>,
    complaint: Option<ProgramError>,
}

impl Configured {
    /// Reads the configuration; asks nobody yet.
    pub(super) fn read(options: &Options) -> Result<Configured, ConfigError> {
        let Surroundings { npmrc, pip_conf, ask_clients, .. } = &options.surroundings;
        let env = |name: &str| options.surroundings.variable(name);
        let npm = NpmConfig::read(options.npm_registry.as_deref(), &env, npmrc)?;
        Ok(Configured {
            npm: Mutex::new(NpmKnowledge { config: npm, asked: BTreeSet::new(), complaint: None }),
            python: configured_index(options.pypi_index.as_deref(), &env, pip_conf)?,
            pip: Pip::default(),
            pip_index: OnceCell::new(),
            pip_places: Semaphore::new(2),
            reports: AtomicUsize::new(0),
            ask_clients: *ask_clients,
            environment: options.surroundings.environment.clone(),
        })
    }

    /// The registry of an npm package.
    pub(super) async fn npm(&self, package: &Package) -> Result<Registry, Unconfigured> {
        let name = &package.identifier;
        let mut known = self.npm.lock().await;
        if known.config.registry_of(name).is_none() {
            known.complaint = known.ask(None, self).await?;
        }
        if !known.asked.is_empty() && scope(name).is_some() {
            // Nothing that was read names a registry, so a scope's may be in a file that only npm knows.
            known.ask(scope(name), self).await?;
        }
        if let Some(base) = known.config.registry_of(name) {
            let mut base = base.clone();
            let user_info = split_user_info(&mut base);
            let authorization = known.config.authorization(&base).or(user_info);
            return Ok(Registry { base, trust: Trust::Operator, authorization });
        }
        let complaint = known.complaint.clone().unwrap_or_else(|| ProgramError::Missing("npm".to_owned()));
        named_by_manifest(package).ok_or(Unconfigured::Npm(complaint))
    }

    /// What there are credentials for, as `npm HOST`, `npm @SCOPE`, `pypi HOST`.
    pub(super) async fn credentials(&self) -> Vec<String> {
        let known = self.npm.lock().await;
        let npm = known.config.credential_places().map(|place| format!("npm {place}"));
        let pypi = self.python.as_ref().filter(|base| !base.username().is_empty());
        npm.chain(pypi.map(|base| format!("pypi {}", authority(base)))).collect()
    }

    /// What a package's registry might want and there is not; `None` where it has a credential, or nobody named it.
    pub(super) async fn lacked(&self, package: &Package) -> Option<String> {
        match package.ecosystem {
            Ecosystem::Npm => {
                let known = self.npm.lock().await;
                let lacks = known.config.lacked(&package.identifier)?;
                Some(format!("npm {lacks}"))
            }
            Ecosystem::Pypi => {
                let base = self.python.as_ref().filter(|base| base.username().is_empty())?;
                Some(format!("pypi {}", authority(base)))
            }
            _ => None,
        }
    }

    /// The header for an address, where npm's configuration has one for it.
    pub(super) async fn npm_authorization(&self, url: &Url) -> Option<SecretString> {
        self.npm.lock().await.config.authorization(url)
    }

    /// The index of a Python package. pip is asked once where its is.
    pub(super) async fn pypi(&self, package: &Package) -> Result<Registry, Unconfigured> {
        if let Some(base) = &self.python {
            return Ok(operated(base));
        }
        let mut complaint = ProgramError::Missing("pip".to_owned());
        if self.ask_clients {
            match self.pip_index.get_or_init(|| self.ask_pip_index()).await {
                Ok(base) => return Ok(operated(base)),
                Err(error) => complaint = error.clone(),
            }
        }
        named_by_manifest(package).ok_or(Unconfigured::Pypi(complaint))
    }

    /// The archive that pip itself would take, from wherever else it looks; `None` where it has no answer, where what the
    /// operator named leaves nothing to ask, or where it was asked often enough.
    pub(super) async fn pip_report(&self, package: &Package) -> Result<Option<Artifact>, Unconfigured> {
        if self.python.is_some() || !self.ask_clients || self.reports.fetch_add(1, Ordering::Relaxed) >= REPORTS {
            return Ok(None);
        }
        let arguments = report_arguments(&package.identifier, package.version.as_deref())?;
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let Ok(report) = self.run_pip(&arguments).await else { return Ok(None) };
        Ok(read_report(&report, &package.identifier).ok())
    }

    async fn ask_pip_index(&self) -> Result<Url, ProgramError> {
        let help = self.run_pip(&["install", "--help"]).await?;
        index_in_help(&String::from_utf8_lossy(&help)).ok_or_else(|| ProgramError::Failed {
            command: "pip install --help".to_owned(),
            why: "it names no index".to_owned(),
        })
    }

    async fn run_pip(&self, arguments: &[&str]) -> Result<Vec<u8>, ProgramError> {
        let _place = self.pip_places.acquire().await.expect("the semaphore is never closed");
        self.pip.run(arguments, &self.environment).await
    }
}

impl NpmKnowledge {
    /// Asks npm for the registry of a scope or of everything, once; the complaint where it cannot answer.
    async fn ask(&mut self, scope: Option<&str>, around: &Configured) -> Result<Option<ProgramError>, ConfigError> {
        let key = scope.map_or_else(|| "registry".to_owned(), |scope| format!("{scope}:registry"));
        if !around.ask_clients || !self.asked.insert(key.clone()) {
            return Ok(self.complaint.clone());
        }
        match clients::npm_config(&key, &around.environment).await {
            Ok(answer) => self.config.add_answer(scope, &answer).map(|()| None),
            Err(error) => Ok(Some(error)),
        }
    }
}

/// Host and port.
fn authority(base: &Url) -> String {
    let port = base.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", base.host_str().unwrap_or_default())
}

fn operated(base: &Url) -> Registry {
    let mut base = base.clone();
    let authorization = split_user_info(&mut base);
    Registry { base, trust: Trust::Operator, authorization }
}

fn named_by_manifest(package: &Package) -> Option<Registry> {
    let base = Url::parse(package.registry_base.as_deref()?).ok()?;
    Some(Registry { base, trust: Trust::Untrusted, authorization: None })
}
