//! The servers of client configurations: which files, which servers the database knows them as, and their tools, learnt
//! where the database does not hold them (package source; addresses on request).

use super::{Exit, database, interrupt};
use crate::cli::{ConfiguredArgs, Global};
use crate::model::{FoundTool, Listing, Unread};
use crate::report::visible;
use crate::source::config;
use crate::store::Reader;
use anyhow::{Context, bail};
use mcpdex_process::{Environment, LookedAt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One server of a configuration.
pub(super) struct Configured {
    pub(super) file: PathBuf,
    /// The name that the configuration gives it; made unique where several files use one.
    pub(super) alias: String,
    pub(super) listing: Listing,
    /// The server in the database.
    pub(super) server: Option<String>,
    pub(super) tools: Vec<FoundTool>,
    /// Why nothing, or not what is configured, is known of its tools.
    pub(super) unread: Option<String>,
    pub(super) failed: Vec<Unread>,
}

/// The servers, and what could not be read of the configurations.
pub(super) struct Servers {
    pub(super) files: Vec<PathBuf>,
    pub(super) servers: Vec<Configured>,
    /// Entries and files, one sentence each with the file.
    pub(super) problems: Vec<(PathBuf, String)>,
}

/// Where a folder that is not a home keeps configurations.
const IN_A_FOLDER: [&str; 9] = [
    ".mcp.json",
    "mcp.json",
    ".cursor/mcp.json",
    ".vscode/mcp.json",
    ".codex/config.toml",
    ".gemini/settings.json",
    ".zed/settings.json",
    "opencode.json",
    "claude_desktop_config.json",
];
/// Where the user's own are, below the home and below the platform's folder for configuration.
const IN_HOME: [&str; 6] = [
    ".claude.json",
    ".cursor/mcp.json",
    ".codeium/windsurf/mcp_config.json",
    ".codex/config.toml",
    ".gemini/settings.json",
    ".mcp.json",
];
const IN_CONFIG: [&str; 5] = [
    "Claude/claude_desktop_config.json",
    "Code/User/mcp.json",
    "Code/User/settings.json",
    "zed/settings.json",
    "opencode/opencode.json",
];

/// The files that are meant: those named, those that named folders hold, or those in their usual places.
///
/// # Errors
/// A named file is not there, or a named folder holds none.
pub(super) fn files(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let below = |folder: &Path, names: &[&str]| -> Vec<PathBuf> {
        names.iter().map(|name| folder.join(name)).filter(|path| path.is_file()).collect()
    };
    let mut files = Vec::new();
    if named.is_empty() {
        if let Some(dirs) = directories::BaseDirs::new() {
            files.extend(below(dirs.home_dir(), &IN_HOME));
            files.extend(below(dirs.config_dir(), &IN_CONFIG));
        }
        files.extend(below(Path::new("."), &IN_A_FOLDER));
    }
    for path in named {
        if path.is_dir() {
            let found = below(path, &IN_A_FOLDER);
            if found.is_empty() {
                bail!("{} holds no client configuration; name the files themselves", path.display());
            }
            files.extend(found);
        } else if path.is_file() {
            files.push(path.clone());
        } else {
            bail!("there is no client configuration {}", path.display());
        }
    }
    let mut unique: Vec<PathBuf> = Vec::new();
    for file in files {
        let same = |other: &PathBuf| match (other.canonicalize(), file.canonicalize()) {
            (Ok(a), Ok(b)) => a == b,
            _ => *other == file,
        };
        if !unique.iter().any(same) {
            unique.push(file);
        }
    }
    Ok(unique)
}

/// Reads the configurations and finds or learns the tools of their servers.
///
/// # Errors
/// A named configuration is not there, or the database cannot be opened.
pub(super) fn servers(global: &Global, args: &ConfiguredArgs) -> anyhow::Result<Servers> {
    let files = files(&args.configs)?;
    let mut problems = Vec::new();
    let mut listed = Vec::new();
    for file in &files {
        match read(file) {
            Ok(found) => {
                problems.extend(found.problems.into_iter().map(|problem| (file.clone(), problem)));
                listed.extend(found.listings.into_iter().map(|listing| (file.clone(), listing)));
            }
            Err(problem) => problems.push((file.clone(), problem)),
        }
    }
    let path = database::path(global)?;
    if !path.exists() {
        // A database without servers: everything is yet to be learnt.
        crate::store::bring_up_to_date(&path)?;
    }
    let mut reader = database::open_judged(&path)?;
    let mut wanted = Vec::new();
    for (_, listing) in &listed {
        let known = resolve(&reader, listing)?;
        let missing = args.refresh || known.is_none_or(|server| !holds(&reader, &server, listing).unwrap_or(false));
        if let Some(spec) = spec(listing, args.live).filter(|spec| missing && !wanted.contains(spec)) {
            wanted.push(spec);
        }
    }
    if !wanted.is_empty() && !args.offline {
        drop(reader);
        learn(global, &path, &wanted, args)?;
        reader = database::open_judged(&path)?;
    }
    let mut servers: Vec<Configured> = Vec::new();
    for (file, listing) in listed {
        let mut one = look_up(&reader, file, listing)?;
        let base = one.alias.clone();
        let mut number = 2;
        while servers.iter().any(|other| other.alias == one.alias) {
            one.alias = format!("{base}#{number}");
            number += 1;
        }
        servers.push(one);
    }
    Ok(Servers { files, servers, problems })
}

fn read(file: &Path) -> Result<config::Found, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("cannot be read: {error}"))?;
    let source = format!("config:{}", file.display());
    if file.extension().is_some_and(|end| end == "toml") {
        config::read_toml(&text, &source)
    } else {
        config::read_json(&text, &source)
    }
}

/// The server of the database that an entry starts or names.
fn resolve(reader: &Reader, listing: &Listing) -> anyhow::Result<Option<String>> {
    let packages = listing.packages.iter().map(|package| format!("{}:{}", package.ecosystem, package.identifier));
    let remotes = listing.remotes.iter().map(|remote| remote.url.clone());
    let mut known = None;
    for called in packages.chain(remotes).chain([listing.server.0.clone()]) {
        for server in reader.servers_called(&called)? {
            if !reader.tools_of(&server)?.is_empty() {
                return Ok(Some(server));
            }
            known = known.or(Some(server));
        }
    }
    Ok(known)
}

/// Whether the database holds what is configured: a list, of the version that is asked for.
fn holds(reader: &Reader, server: &str, listing: &Listing) -> anyhow::Result<bool> {
    let lists = reader.lists_of(server)?;
    Ok(lists.iter().any(|list| list.latest && (listing.version.is_none() || list.version == listing.version)))
}

/// The source that `mcpdex crawl` learns the entry's tools from.
fn spec(listing: &Listing, live: bool) -> Option<String> {
    use crate::model::Ecosystem;
    let package = listing.packages.iter().find(|p| matches!(p.ecosystem, Ecosystem::Npm | Ecosystem::Pypi));
    let remote = listing.remotes.first().filter(|remote| live && !remote.url.contains(['{', '[']));
    package.map(ToString::to_string).or_else(|| remote.map(|remote| remote.url.clone()))
}

/// Crawls in a process of its own: a crawl is one command, with its limits and its progress on stderr.
fn learn(global: &Global, database: &Path, specs: &[String], args: &ConfiguredArgs) -> anyhow::Result<()> {
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let database = std::path::absolute(database).context("cannot tell where the database is")?;
    // The configurations lie in folders of whoever wrote them: nothing in those may say where packages come from.
    let environment = Environment::of_process(LookedAt::with(&args.configs));
    let folder = environment.neutral_folder().context("cannot make a folder to crawl in")?;
    let mut command = Command::new(program);
    command.env_clear().envs(environment.variables()).current_dir(folder.path());
    command.arg("--db").arg(database).arg("crawl").args(specs).stdin(Stdio::null()).stdout(Stdio::null());
    if global.quiet {
        command.arg("--quiet");
    }
    if args.allow_private {
        command.arg("--allow-private");
    }
    let (mut child, _group) = mcpdex_process::spawn_own(&mut command).context("cannot start the crawl")?;
    let ended = child.wait().context("cannot wait for the crawl")?;
    // A crawl that fails leaves its outcomes in the database, where they are read next; one that was cut short leaves
    // none, and what it was about is no more known than before.
    if ended.code() == Some(Exit::Interrupted as i32) {
        bail!(interrupt::Interrupted);
    }
    Ok(())
}

fn look_up(reader: &Reader, file: PathBuf, listing: Listing) -> anyhow::Result<Configured> {
    let alias = listing.title.clone().unwrap_or_else(|| listing.server.0.clone());
    let server = resolve(reader, &listing)?;
    let mut one = Configured { file, alias, server, tools: Vec::new(), unread: None, failed: Vec::new(), listing };
    let Some(server) = one.server.clone() else {
        one.unread = Some(match one.listing.problems.first() {
            Some(problem) => problem.clone(),
            None if !one.listing.remotes.is_empty() => {
                "the database does not know this address; --live asks the server".to_owned()
            }
            None => "the database does not know this package".to_owned(),
        });
        return Ok(one);
    };
    one.tools = reader.tools_of(&server)?;
    one.failed = reader.unread_of(&server)?;
    if reader.lists_of(&server)?.is_empty() {
        one.unread = Some(one.failed.first().map_or_else(
            || "no list of its tools was ever learnt".to_owned(),
            |attempt| format!("{}: {}", attempt.outcome, attempt.detail.as_deref().unwrap_or("no reason given")),
        ));
    } else if !holds(reader, &server, &one.listing)? {
        let (wanted, read) = (one.listing.version.as_deref().unwrap_or_default(), one.tools.first());
        let read = read.and_then(|tool| tool.version.as_deref()).unwrap_or("another version");
        one.unread = Some(format!("version {wanted} was not read; what is known is of {read}"));
    }
    Ok(one)
}

/// Says on stderr what could not be read of the configurations.
pub(super) fn complain(global: &Global, servers: &Servers) {
    if !global.quiet {
        for (file, problem) in &servers.problems {
            eprintln!("warning: {}", visible(&format!("{}: {problem}", file.display())));
        }
    }
}
