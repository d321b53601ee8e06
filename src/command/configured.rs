//! The servers of client configurations: which files, which servers the database knows them as, and their tools, learnt
//! where the database does not hold them (package source; addresses on request).

use super::{Exit, database, interrupt};
use crate::cli::{ConfiguredArgs, Global};
use crate::crawl::places;
use crate::model::Ecosystem;
pub(super) use crate::query::configured::{Configured, Servers, look_up, resolve};
use crate::query::configured::{holds, looked_up, source_of};
use crate::report::visible;
use crate::source::client_config::{self, ClientServer};
use crate::source::launch::Starts;
use crate::store::Reader;
use anyhow::{Context, bail};
use mcpdex_process::{Environment, LookedAt};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The configurations that are meant: those named, those that named folders hold, or those in their usual places; and
/// what is named and not there.
pub(super) fn files(named: &[PathBuf]) -> (Vec<PathBuf>, Vec<(PathBuf, String)>) {
    if named.is_empty() {
        return (places::client_files(Path::new(".")), Vec::new());
    }
    let (mut files, mut missing) = (Vec::new(), Vec::new());
    for path in named {
        let found = if path.is_dir() { places::project_files(path) } else { vec![path.clone()] };
        if found.is_empty() {
            missing
                .push((path.clone(), "the folder holds no client configuration; name the files themselves".to_owned()));
        }
        files.extend(found);
    }
    (places::unique(files), missing)
}

/// Reads the configurations and finds or learns the tools of their servers.
///
/// # Errors
/// The database cannot be opened, or the crawl was interrupted.
pub(super) fn servers(global: &Global, args: &ConfiguredArgs) -> anyhow::Result<Servers> {
    let (files, mut problems) = files(&args.configs);
    let mut named_nothing = !problems.is_empty();
    let mut lost = named_nothing;
    let mut listed = Vec::new();
    for file in &files {
        let (entries, wrong, understood) = read(file, !args.configs.is_empty());
        tracing::info!(file = %file.display(), servers = entries.len(), problems = wrong.len(), "a configuration is read");
        lost |= !understood;
        named_nothing |= !args.configs.is_empty() && entries.is_empty();
        problems.extend(wrong.into_iter().map(|problem| (file.clone(), problem)));
        listed.extend(entries.into_iter().map(|entry| (file.clone(), entry)));
    }
    if files.is_empty() && problems.is_empty() {
        let what = "no client configuration was found; name one, or see `mcpdex scan --list-places`";
        problems.push((PathBuf::from("."), what.to_owned()));
    }
    let path = database::place(global)?;
    if !crate::store::is_there(&path) {
        // A database without servers: everything is yet to be learnt.
        crate::store::bring_up_to_date(&path)?;
    }
    let mut reader = database::open_judged(global, &path)?;
    let mut wanted = Vec::new();
    for (file, entry) in listed.iter().filter(|(_, entry)| !entry.disabled()) {
        let listing = entry.listing(&source_of(file));
        let known = resolve(&reader, &listing)?;
        let missing = args.refresh || known.is_none_or(|server| !holds(&reader, &server, &listing).unwrap_or(false));
        if let Some(spec) = spec(entry, args.live).filter(|spec| missing && !wanted.contains(spec)) {
            wanted.push(spec);
        }
    }
    if !wanted.is_empty() && !args.offline {
        drop(reader);
        learn(global, &path, &wanted, args)?;
        reader = database::open_judged(global, &path)?;
    }
    let servers = looked_up(&reader, listed)?;
    Ok(Servers { files, servers, problems, named_nothing, lost })
}

/// The servers of configurations, each a file as it is to be called and where it can be read, as the database knows them;
/// nothing is learnt.
///
/// # Errors
/// The database cannot be read.
pub(super) fn known_servers(reader: &Reader, files: &[(PathBuf, PathBuf)]) -> anyhow::Result<Servers> {
    let (mut listed, mut problems) = (Vec::new(), Vec::new());
    let mut lost = false;
    for (file, place) in files {
        let (entries, wrong, understood) = read(place, true);
        lost |= !understood;
        problems.extend(wrong.into_iter().map(|problem| (file.clone(), problem)));
        listed.extend(entries.into_iter().map(|entry| (file.clone(), entry)));
    }
    let files = files.iter().map(|(file, _)| file.clone()).collect();
    Ok(Servers { files, servers: looked_up(reader, listed)?, problems, named_nothing: false, lost })
}

/// The entries of a configuration, and what is wrong with it. A file that was named, or whose name speaks of servers, has
/// to hold some; other settings may hold none.
///
/// The last value tells whether the file was understood.
pub(super) fn read(file: &Path, named: bool) -> (Vec<ClientServer>, Vec<String>, bool) {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let bytes = std::fs::File::open(file).and_then(|open| {
        let mut bytes = Vec::new();
        open.take(client_config::MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map(|_| bytes)
    });
    let found = match bytes {
        Ok(bytes) => client_config::read(&bytes, &name),
        Err(error) => return (Vec::new(), vec![format!("cannot be read: {error}")], false),
    };
    let mut found = match found {
        Ok(found) => found,
        Err(why) => return (Vec::new(), vec![why.to_string()], false),
    };
    if found.servers.is_empty() && found.problems.is_empty() && (named || !found.recognised && name.contains("mcp")) {
        found.problems.push("no server is recognised in it".to_owned());
    }
    (found.servers, found.problems, found.recognised)
}

/// The plugin that the file belongs to: Claude Code puts `plugin_PLUGIN_` before the names of a plugin's servers.
pub(super) fn plugin_of(file: &Path) -> Option<String> {
    let manifest = file.parent()?.join(".claude-plugin/plugin.json");
    let manifest: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(manifest).ok()?).ok()?;
    Some(manifest.get("name")?.as_str()?.to_owned())
}

/// The source that `mcpdex crawl` learns the entry's tools from.
fn spec(entry: &ClientServer, live: bool) -> Option<String> {
    match &entry.reading.starts {
        Starts::Package(run) if matches!(run.package.ecosystem, Ecosystem::Npm | Ecosystem::Pypi) => {
            Some(run.package.to_string())
        }
        // What was left out of an address may decide what answers there.
        Starts::Address { url, stripped: false, .. } if live => Some(url.clone()),
        _ => None,
    }
}

/// Crawls in a process of its own: a crawl is one command, with its limits and its progress on stderr.
fn learn(
    global: &Global,
    database: &crate::store::DatabasePlace,
    specs: &[String],
    args: &ConfiguredArgs,
) -> anyhow::Result<()> {
    tracing::info!(sources = specs.join(" "), "tools are to be learnt");
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let database = database.absolute().context("cannot tell where the database is")?;
    // The configurations lie in folders of whoever wrote them: nothing in those may say where packages come from.
    let environment = Environment::of_process(LookedAt::with(&args.configs));
    let folder = environment.neutral_folder().context("cannot make a folder to crawl in")?;
    let mut command = Command::new(program);
    command.env_clear().envs(environment.variables()).current_dir(folder.path());
    // In the environment: arguments are seen by everybody on the machine.
    command.env("MCPDEX_DB", database.secret()).arg("crawl").args(specs).stdin(Stdio::null()).stdout(Stdio::null());
    if global.quiet {
        command.arg("--quiet");
    }
    // It judges what it learns, and by what its parent judges.
    for file in &global.config {
        command.arg("--config").arg(std::path::absolute(file).context("cannot tell where the settings are")?);
    }
    for _ in 0..global.verbose {
        command.arg("--verbose");
    }
    if global.no_config {
        command.arg("--no-config");
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

/// Says on stderr what could not be read of the configurations.
pub(super) fn complain(global: &Global, servers: &Servers) {
    if !global.quiet {
        for (file, problem) in &servers.problems {
            warn!("{}", visible(&format!("{}: {problem}", file.display())));
        }
    }
}
