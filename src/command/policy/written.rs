//! A policy that somebody wrote, and the tools that it is held against.

use super::clients;
use super::settings::Settings;
use crate::cli::{Global, WrittenArgs};
use crate::command::{database, named};
use crate::model::{FoundTool, Risk};
use crate::policy::{CheckedServer, CheckedTool, PolicyFile, Target, WrittenPolicy, alias_of};
use crate::report::visible;
use crate::store::Reader;
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// The largest file that is read, in bytes; the reader of policies has a bound of its own below it.
const LARGEST: u64 = 64 << 20;

/// A policy and where it stands.
pub(super) struct Opened {
    pub(super) policy: WrittenPolicy,
    /// As it is shown.
    pub(super) path: String,
    pub(super) settings: Settings,
}

/// Reads a policy.
///
/// # Errors
/// The file cannot be read, or is of no shape that is known.
pub(super) fn open(global: &Global, path: &Path, target: Option<Target>, args: &WrittenArgs) -> anyhow::Result<Opened> {
    let mut files = vec![PolicyFile { file: name(path), text: read(path)? }];
    for beside in &args.beside {
        files.push(PolicyFile { file: name(beside), text: read(beside)? });
    }
    let options = super::settings::target_options(&args.set, false)?;
    let shown = if path == Path::new("-") { "stdin".to_owned() } else { path.display().to_string() };
    let policy =
        WrittenPolicy::read(&files, target, &options).with_context(|| format!("cannot look at {}", visible(&shown)))?;
    let settings = Settings::recommended(global, args.profile.as_deref(), &args.set, policy.target())?;
    Ok(Opened { policy, path: shown, settings })
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| "policy".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The text of a file, or of stdin for `-`.
///
/// # Errors
/// It cannot be read, is too large or no UTF-8.
pub(super) fn read(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let reading = || format!("reading {}", path.display());
    match path == Path::new("-") {
        true => std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes).with_context(reading)?,
        false => {
            let file = named::file(std::fs::File::open(path)).with_context(reading)?;
            file.take(LARGEST + 1).read_to_end(&mut bytes).with_context(reading)?
        }
    };
    if bytes.len() as u64 > LARGEST {
        bail!("{} has more than {} MiB", path.display(), LARGEST >> 20);
    }
    String::from_utf8(bytes).with_context(|| format!("{} is no UTF-8 text", path.display()))
}

/// The servers whose tools a policy is held against.
#[derive(Default)]
pub(super) struct LookedAt {
    pub(super) servers: Vec<CheckedServer>,
    /// Whether servers were named of which nothing is known.
    pub(super) named_nothing: bool,
    /// Servers that were taken without being named, to be said.
    pub(super) taken: Vec<String>,
}

/// Finds the servers: those that were named, those of the configuration, or those of the database that the policies speak
/// of. Without a database nothing is known.
///
/// # Errors
/// The database or the configuration cannot be read.
pub(super) fn looked_at(
    global: &Global,
    args: &WrittenArgs,
    settings: &Settings,
    policies: &[&WrittenPolicy],
) -> anyhow::Result<LookedAt> {
    let path = database::place(global)?;
    let named = !args.server.is_empty() || args.clients.is_some();
    if !crate::store::is_there(&path) {
        if named {
            bail!("there is no database at {path}; `mcpdex crawl` makes one");
        }
        return Ok(LookedAt::default());
    }
    let reader = database::open_judged(global, &path)?;
    let mut looked = LookedAt::default();
    if let Some(file) = &args.clients {
        for server in clients::plan(&reader, file, settings, global.quiet)? {
            looked.servers.extend(checked(settings, &server.planned.name, &server.planned.alias, &server.found));
        }
        looked.named_nothing = looked.servers.is_empty();
        return Ok(looked);
    }
    for word in &args.server {
        let (alias, server) = match word.split_once('=') {
            Some((alias, server)) if !alias.is_empty() && !alias.contains(['/', ':']) => (Some(alias), server),
            _ => (None, word.as_str()),
        };
        let Some(known) = named::server(&reader, server)? else {
            looked.named_nothing = true;
            continue;
        };
        let alias = alias.map_or_else(|| alias_in(policies, &known), str::to_owned);
        match checked(settings, &known, &alias, &reader.tools_of(&known)?) {
            Some(server) => looked.servers.push(server),
            None => {
                eprintln!("error: no tool of the server `{}` is known", visible(&known));
                looked.named_nothing = true;
            }
        }
    }
    if !named {
        spoken_of(&reader, settings, policies, &mut looked)?;
    }
    Ok(looked)
}

/// The name by which a policy speaks of a server: the alias that mcpdex would give it, unless the policy names one server
/// alone and otherwise.
fn alias_in(policies: &[&WrittenPolicy], server: &str) -> String {
    let own = alias_of(server);
    let names: Vec<String> = policies.iter().flat_map(|policy| policy.servers()).collect();
    match names.as_slice() {
        [one] if *one != own => one.clone(),
        _ => own,
    }
}

fn checked(settings: &Settings, name: &str, alias: &str, found: &[FoundTool]) -> Option<CheckedServer> {
    if found.is_empty() {
        return None;
    }
    let planned = settings.plan(name, Some(alias), found);
    let tools = planned.tools.into_iter().zip(found).map(|(planned, found)| CheckedTool {
        planned,
        risk: found.verdict.risk,
        confidence: found.verdict.confidence,
        before: None,
    });
    Some(CheckedServer { name: planned.name, alias: planned.alias, tools: tools.collect() })
}

/// Tools by whose names a server is looked for that a policy does not name.
const ASKED_BY: usize = 20;

/// The servers of the database that policies speak of: by the names that they give them; a policy for one server by its
/// tools.
fn spoken_of(
    reader: &Reader,
    settings: &Settings,
    policies: &[&WrittenPolicy],
    looked: &mut LookedAt,
) -> anyhow::Result<()> {
    let mut wanted: Vec<String> = policies.iter().flat_map(|policy| policy.servers()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut by_alias: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if !wanted.is_empty() {
        let mut after = String::new();
        loop {
            let page = reader.server_names_after(&after, 1_000)?;
            let Some(last) = page.last() else { break };
            after.clone_from(last);
            for name in page {
                let alias = alias_of(&name);
                let called = wanted.iter().find(|wanted| **wanted == alias || **wanted == name);
                if let Some(called) = called {
                    by_alias.entry(called.clone()).or_default().push(name);
                }
            }
        }
    }
    let one_server = policies.iter().filter(|policy| policy.servers().is_empty());
    for policy in one_server {
        let mut votes: BTreeMap<String, usize> = BTreeMap::new();
        for tool in policy.tools().iter().take(ASKED_BY) {
            let mut servers: Vec<String> = reader.tools_named(tool)?.into_iter().map(|found| found.server).collect();
            servers.sort_unstable();
            servers.dedup();
            for server in servers {
                *votes.entry(server).or_default() += 1;
            }
        }
        let most = votes.values().max().copied().unwrap_or(0);
        let best: Vec<String> = votes.into_iter().filter(|(_, count)| *count == most).map(|(name, _)| name).collect();
        if let Some(first) = best.first() {
            by_alias.entry(alias_of(first)).or_default().extend(best.iter().cloned());
        }
    }
    for (alias, mut names) in by_alias {
        names.sort_unstable();
        names.dedup();
        let [name] = names.as_slice() else {
            eprintln!(
                "note: several servers are called `{}` or have these tools ({}); name the one that is meant with --server",
                visible(&alias),
                visible(&names.iter().take(4).cloned().collect::<Vec<_>>().join(", "))
            );
            continue;
        };
        looked.servers.extend(checked(settings, name, &alias, &reader.tools_of(name)?));
        looked.taken.push(name.clone());
    }
    Ok(())
}

/// The gravest risk of each tool of a server in a state.
pub(super) type Before = BTreeMap<String, Risk>;
