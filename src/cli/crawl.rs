//! The arguments of `mcpdex crawl`; defaults are those of the rooms that they are for.

use crate::crawl::MAX_PAGES;
use crate::net::RateLimit;
use crate::probe::Limits;

/// A whole number within bounds.
type Number = clap::builder::RangedU64ValueParser<usize>;

// Arguments of `mcpdex crawl`.
#[derive(Debug, clap::Args)]
pub struct CrawlArgs {
    /// Where servers are listed (default: the official registry, whole): registry:URL; pypi:NAME[@VERSION];
    /// npm:NAME[@VERSION]; crate:NAME[@VERSION]; oci:IMAGE; the URL of a server; files and folders of manifests, of recorded tools/list
    /// results or of client configurations (JSON, JSON lines, TOML, YAML, compressed or not); clients (the configurations on
    /// this machine); directory:NAME or catalogue:NAME (`mcpdex sources` lists
    /// the names) or directory:URL; well-known:HOST (what a
    /// host says of its servers); list:URL (a page that lists servers); sample (bundled, needs no network).
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// Read no sources, but take part in the crawl that is under way into a database that crawlers share (`--db
    /// postgres://…`), until nothing of it is left, and where all is judged again by the rules of this machine, in that. What is
    /// tried is said by whoever began the crawl, limits and credentials by this command line and machine.
    #[arg(long, conflicts_with_all = ["sources", "live", "source", "run", "listed", "refresh", "full"])]
    pub join: bool,
    /// In a database that crawlers share: seconds without a word after which others take what this process has.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub lease: u64,
    /// A file of sources with names, addresses and pauses (as `data/sources.toml`), on top of the built-in list. Repeatable.
    #[arg(long = "sources", value_name = "FILE")]
    pub sources_file: Vec<std::path::PathBuf>,
    /// Ask endpoints, and read no packages; with --static, do both for every server.
    #[arg(long)]
    pub live: bool,
    /// Read the source of packages, and ask no endpoints.
    #[arg(long = "static")]
    pub source: bool,
    /// Run packages in a sandbox, too, where nothing else gives a list.
    #[arg(long)]
    pub run: bool,
    /// Keep what the sources know, and ask neither endpoints nor package registries.
    #[arg(long, conflicts_with_all = ["live", "source", "run"])]
    pub listed: bool,
    /// End with exit code 4 when a server that was listed could not be read, its list is known to be partial, something of
    /// a source was not understood, or there was nothing to look at.
    #[arg(long)]
    pub fail_on_unread: bool,
    /// What was tried less than this long ago is left alone, for instance 12h or 7d (default: 1d for what sources list,
    /// and 0 for what is named).
    #[arg(long, value_name = "AGE")]
    pub refresh: Option<Age>,
    /// Read sources whole, even where they can tell what has changed.
    #[arg(long)]
    pub full: bool,
    /// The registry of npm packages (default: as npm itself is configured).
    #[arg(long, value_name = "URL")]
    pub npm_registry: Option<String>,
    /// The simple index of Python packages (default: as pip or uv is configured).
    #[arg(long, value_name = "URL")]
    pub pypi_index: Option<String>,
    /// Where images come from that name no registry (default: as docker is configured).
    #[arg(long, value_name = "URL")]
    pub image_registry: Option<String>,
    /// Where fetched archives of packages are kept by their digest and looked for first, so that crawlers that share it
    /// fetch none twice: a folder, file:///FOLDER, or s3://BUCKET/PREFIX with the credentials of the environment (AWS_…).
    #[arg(long, value_name = "PLACE", env = "MCPDEX_ARCHIVES")]
    pub archives: Option<std::path::PathBuf>,
    /// Let addresses that manifests name lead to private networks, too.
    #[arg(long)]
    pub allow_private: bool,
    /// How the operators of registries can reach you; sent as part of the user agent.
    #[arg(long, value_name = "TEXT", env = "MCPDEX_CONTACT")]
    pub contact: Option<String>,
    /// Requests at once over all hosts; those that are kept waiting for more than a second count apart, three times as
    /// many.
    #[arg(long, value_name = "NUMBER", default_value_t = RateLimit::DEFAULT.concurrency, value_parser = Number::new().range(1..=4096))]
    pub concurrency: usize,
    /// Requests at once at one host.
    #[arg(long, value_name = "NUMBER", default_value_t = RateLimit::DEFAULT.per_host, value_parser = Number::new().range(1..=64))]
    pub per_host: usize,
    /// Milliseconds between the starts of two requests at one host.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = RateLimit::DEFAULT.interval.as_millis() as u64)]
    pub interval: u64,
    /// Seconds that one server may take to give its list.
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::DEFAULT.total.as_secs(), value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: u64,
    /// Pages of one registry that are read.
    #[arg(long, value_name = "NUMBER", default_value_t = MAX_PAGES)]
    pub max_pages: std::num::NonZeroUsize,
    #[command(flatten)]
    pub format: super::FormatArgs,
}

/// A length of time on the command line: a number with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    pub seconds: i64,
}

impl std::str::FromStr for Age {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "expected a number with s, m, h, d or w, for instance 12h";
        let text = text.trim();
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let number: i64 = number.parse().map_err(|_| WRONG)?;
        let unit = match unit.trim() {
            "" if number == 0 => 1,
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            "w" => 604_800,
            _ => return Err(WRONG),
        };
        // More than a thousand years is a slip of the finger, and no date can be so far back.
        number
            .checked_mul(unit)
            .filter(|seconds| *seconds < 1_000 * 366 * 86_400)
            .map(|seconds| Age { seconds })
            .ok_or(WRONG)
    }
}
