//! What a crawl is told: limits, flags and the surroundings it runs in.

use super::work::SharedWork;
use mcpdex_extract as extract;
use mcpdex_lake::Archives;
use mcpdex_model::{History, NoHistory};
use mcpdex_net::{FetchLimits, RateLimit};
use mcpdex_probe as probe;
use mcpdex_process::{Environment, LookedAt};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Pages of one registry that are read, unless something else is asked for.
pub const MAX_PAGES: NonZeroUsize = NonZeroUsize::new(2_000).unwrap();

/// How to crawl.
#[derive(Debug, Clone)]
pub struct Options {
    /// `--npm-registry`: where every npm package comes from.
    pub npm_registry: Option<String>,
    /// `--pypi-index`: the simple index where every Python package comes from.
    pub pypi_index: Option<String>,
    /// `--image-registry`: where images come from that name no registry.
    pub image_registry: Option<String>,
    /// `--allow-private`: untrusted addresses may lead to private networks.
    pub allow_private: bool,
    /// `--contact`: added to the user agent.
    pub contact: Option<String>,
    /// `--concurrency`, `--per-host`, `--interval`: how much is asked of hosts at once.
    pub rate: RateLimit,
    /// `--max-pages`: pages of one registry.
    pub max_pages: usize,
    /// What may be tried to learn a server's tools.
    pub plan: Plan,
    /// `--refresh` was given: what is fresh is left alone however it was named.
    pub refresh_all: bool,
    /// `--full`: read sources whole, even where they could tell what changed.
    pub full: bool,
    /// How long sources want to rest between two of their pages, by the name under which they are remembered.
    pub pauses: BTreeMap<String, Duration>,
    /// For asking a live server.
    pub live: probe::Limits,
    /// What earlier crawls have left.
    pub history: Arc<dyn History>,
    /// Becomes true when the crawl should come to an end: nothing new is begun, and what is under way is dropped.
    pub stop: watch::Receiver<bool>,
    /// For pages of indexes and registries.
    pub page: FetchLimits,
    /// For archives.
    pub archive: FetchLimits,
    /// For reading an archive.
    pub extract: extract::ReadLimits,
    /// `--archives`: where archives are looked for before they are fetched, and kept afterwards.
    pub archives: Option<Arc<Archives>>,
    /// Several crawlers share the work, over one database.
    pub work: Option<SharedWork>,
    /// The mcpdex binary, which is started once for each package; see [`extract::worker`].
    pub program: PathBuf,
    pub surroundings: Surroundings,
}

/// What may be tried to learn a server's tools, beside what its source knows of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Ask its endpoints.
    pub live: bool,
    /// Read the source of its packages.
    pub source: bool,
    /// Read the source even where an endpoint has answered.
    pub both: bool,
    /// Run its packages in a sandbox, where nothing else has given a list.
    pub run: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Plan { live: true, source: true, both: false, run: false }
    }
}

impl Options {
    /// The defaults, with `program` as the worker.
    pub fn new(program: PathBuf, surroundings: Surroundings) -> Self {
        Options {
            npm_registry: None,
            pypi_index: None,
            image_registry: None,
            allow_private: false,
            contact: None,
            rate: RateLimit::default(),
            max_pages: MAX_PAGES.get(),
            plan: Plan::default(),
            refresh_all: false,
            full: false,
            pauses: BTreeMap::new(),
            live: probe::Limits { bytes: 8 << 20, ..probe::Limits::default() },
            history: Arc::new(NoHistory),
            stop: watch::channel(false).1,
            page: FetchLimits::PAGE,
            archive: FetchLimits::ARCHIVE,
            extract: extract::ReadLimits::default(),
            archives: None,
            work: None,
            program,
            surroundings,
        }
    }
}

/// What npm, pip, uv and docker would look at to know where packages come from, read once: what the user and the system have set,
/// and nothing of the folders that are looked at.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The environment, in which they also run when they are asked.
    pub(super) environment: Environment,
    /// Texts of `.npmrc` files, the strongest first.
    pub npmrc: Vec<String>,
    /// Texts of `pip.conf` files, the strongest first.
    pub pip_conf: Vec<String>,
    /// Texts of docker's `config.json` and of podman's `auth.json`, the strongest first.
    pub docker_config: Vec<String>,
    /// Texts of docker's `daemon.json`, the strongest first.
    pub docker_daemon: Vec<String>,
    /// Whether the installed clients may be asked when nothing above says it.
    pub ask_clients: bool,
}

impl Surroundings {
    /// Surroundings without any configuration, in which nobody is asked.
    pub fn none() -> Self {
        Surroundings::default()
    }

    /// The surroundings of this process, in which only the present folder is looked at.
    pub fn of_process() -> Self {
        Self::beside(LookedAt::here())
    }

    /// The surroundings of this process without what lies in the folders that are looked at. Files that are not there or
    /// cannot be read are as good as empty, which is what the clients make of them.
    pub fn beside(looked_at: LookedAt) -> Self {
        let environment = Environment::of_process(looked_at);
        let mut found = Surroundings { environment, ask_clients: true, ..Surroundings::default() };
        found.npmrc = found.texts(&found.npmrc_files());
        found.pip_conf = found.texts(&found.pip_files());
        found.docker_config = found.texts(&found.docker_files());
        found.docker_daemon = found.texts(&found.daemon_files());
        found
    }

    /// A variable of the environment.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.environment.get(name).map(str::to_owned)
    }

    /// Sets a variable (`PATH` decides which clients are found), in these surroundings only.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.set(name, value);
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.environment.path(name)
    }

    fn home(&self) -> Option<PathBuf> {
        directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned())
    }

    /// The user's file. A project's is none of ours: whoever wrote it would choose where the user's credentials go.
    fn npmrc_files(&self) -> Vec<PathBuf> {
        let user = self.path("npm_config_userconfig").or_else(|| self.path("NPM_CONFIG_USERCONFIG"));
        user.or_else(|| self.home().map(|home| home.join(".npmrc"))).into_iter().collect()
    }

    /// In pip's order: the file that the environment names, the virtual environment's, the user's, the machine's.
    fn pip_files(&self) -> Vec<PathBuf> {
        const NAME: &str = if cfg!(windows) { "pip.ini" } else { "pip.conf" };
        let named = self.path("PIP_CONFIG_FILE");
        let mut files: Vec<PathBuf> = named.iter().cloned().collect();
        files.extend(self.path("VIRTUAL_ENV").map(|folder| folder.join(NAME)));
        // With a file of its own pip leaves the user's alone.
        if !named.is_some_and(|file| file.exists())
            && let Some(dirs) = directories::BaseDirs::new()
        {
            files.push(dirs.config_dir().join("pip").join(NAME));
            files.push(dirs.home_dir().join(".config/pip").join(NAME));
            files.push(dirs.home_dir().join(if cfg!(windows) { "pip" } else { ".pip" }).join(NAME));
        }
        let machine =
            if cfg!(windows) { self.path("PROGRAMDATA").map(|folder| folder.join("pip").join(NAME)) } else { None };
        files.extend(machine);
        if !cfg!(windows) {
            files.extend(
                ["/etc/pip.conf", "/etc/xdg/pip/pip.conf", "/Library/Application Support/pip/pip.conf"]
                    .map(PathBuf::from),
            );
        }
        files
    }

    /// The file of docker's client, then those of podman.
    fn docker_files(&self) -> Vec<PathBuf> {
        let docker = self.path("DOCKER_CONFIG").or_else(|| self.home().map(|home| home.join(".docker")));
        let mut files: Vec<PathBuf> = docker.into_iter().map(|folder| folder.join("config.json")).collect();
        files.extend(self.path("REGISTRY_AUTH_FILE"));
        files.extend(self.path("XDG_RUNTIME_DIR").map(|folder| folder.join("containers/auth.json")));
        files
    }

    /// The user's file of docker's daemon, then the machine's.
    fn daemon_files(&self) -> Vec<PathBuf> {
        let user = self.home().map(|home| home.join(".config/docker/daemon.json"));
        let machine = if cfg!(windows) { None } else { Some(PathBuf::from("/etc/docker/daemon.json")) };
        user.into_iter().chain(machine).collect()
    }

    fn texts(&self, files: &[PathBuf]) -> Vec<String> {
        let small =
            |file: &&PathBuf| std::fs::metadata(file).is_ok_and(|about| about.is_file() && about.len() <= MAX_FILE);
        let own = files.iter().filter(|file| !self.environment.is_looked_at(file));
        own.filter(small).filter_map(|file| std::fs::read_to_string(file).ok()).collect()
    }
}

/// The longest configuration file that is read.
const MAX_FILE: u64 = 1 << 20;
