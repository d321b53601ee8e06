//! The servers of client configurations as the database knows them. Learns nothing.

use super::who::Who;
use crate::model::{FoundTool, Listing, PartialList, Unread};
use crate::source::client_config::{ClientServer, ToolFilter};
use crate::source::launch::Starts;
use crate::store::Reader;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// One server of a configuration.
pub(crate) struct Configured {
    pub(crate) file: PathBuf,
    /// The name that the configuration gives it; made unique where several entries use one.
    pub(crate) alias: String,
    /// What it is, whatever it is called.
    pub(crate) identity: String,
    /// What the configuration says of it.
    pub(crate) entry: ClientServer,
    pub(crate) listing: Listing,
    /// The server in the database.
    pub(crate) server: Option<String>,
    pub(crate) tools: Vec<FoundTool>,
    /// What is known to be missing from the lists of its tools, also where they hold none.
    pub(crate) partial: Vec<PartialList>,
    /// Why nothing, or not what is configured, is known of its tools.
    pub(crate) unread: Option<String>,
    pub(crate) failed: Vec<Unread>,
    /// Who it is beside others.
    pub(crate) who: Option<Who>,
}

impl Configured {
    /// The tools that the client lets models see: all but those that the entry's own lists leave out, as far as the client of
    /// this file keeps to them. Any other list may be ignored, and leaves nothing out.
    pub(crate) fn offered(&self) -> Cow<'_, [FoundTool]> {
        let Some(kept) = lists_that_count(&self.file) else { return Cow::Borrowed(&self.tools) };
        let lists: Vec<&ToolFilter> =
            self.entry.tool_lists.iter().filter(|list| list.key.is_some_and(|key| kept.contains(&key))).collect();
        if lists.is_empty() {
            return Cow::Borrowed(&self.tools);
        }
        // Gemini CLI takes `name(…)` in its list of what is included for the name.
        let names = |list: &ToolFilter, tool: &str| {
            list.names.iter().any(|word| {
                word.strip_prefix(tool).is_some_and(|rest| rest.is_empty() || list.allows && rest.starts_with('('))
            })
        };
        let is_offered = |found: &&FoundTool| lists.iter().all(|list| names(list, &found.tool.name) == list.allows);
        Cow::Owned(self.tools.iter().filter(is_offered).cloned().collect())
    }
}

/// The keys by which the client of this file decides which tools of a server a model is offered.
fn lists_that_count(file: &Path) -> Option<[&'static str; 2]> {
    let folder = file.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    let name = file.file_name().and_then(|name| name.to_str());
    match (folder?, name?) {
        (".gemini", "settings.json") => Some(["includeTools", "excludeTools"]),
        (".codex", "config.toml") => Some(["enabled_tools", "disabled_tools"]),
        _ => None,
    }
}

/// The servers, and what could not be read of the configurations.
#[derive(Default)]
pub(crate) struct Servers {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) servers: Vec<Configured>,
    /// Entries and files, one sentence each with the file.
    pub(crate) problems: Vec<(PathBuf, String)>,
    /// Something that was named gave no server.
    pub(crate) named_nothing: bool,
    /// A file was not read, or not understood: which servers it names is not known.
    pub(crate) lost: bool,
}

impl Servers {
    /// The servers that the client loads.
    pub(crate) fn in_use(&self) -> impl Iterator<Item = &Configured> {
        self.servers.iter().filter(|server| !server.entry.disabled())
    }
}

/// Each entry with what the database knows of it, under names of their own.
pub(crate) fn looked_up(reader: &Reader, listed: Vec<(PathBuf, ClientServer)>) -> anyhow::Result<Vec<Configured>> {
    let mut servers: Vec<Configured> = Vec::new();
    for (file, entry) in listed {
        let mut one = look_up(reader, file, entry)?;
        let base = one.alias.clone();
        let mut number = 2;
        while servers.iter().any(|other| other.alias == one.alias) {
            one.alias = format!("{base}#{number}");
            number += 1;
        }
        servers.push(one);
    }
    Ok(servers)
}

pub(crate) fn source_of(file: &Path) -> String {
    format!("config:{}", file.display())
}

/// The server of the database that an entry starts or names.
pub(crate) fn resolve(reader: &Reader, listing: &Listing) -> anyhow::Result<Option<String>> {
    let packages = listing.packages.iter().map(|package| format!("{}:{}", package.ecosystem, package.identifier));
    let remotes = listing.remotes.iter().map(|remote| remote.url.clone());
    let mut known = None;
    for called in packages.chain(remotes).chain([listing.server.0.clone()]) {
        for server in reader.servers_called(&called)? {
            if !reader.tool_names_of(&server)?.is_empty() {
                return Ok(Some(server));
            }
            known = known.or(Some(server));
        }
    }
    Ok(known)
}

/// Whether the database holds what is configured: a list, of the version that is asked for where it is known of which it
/// is. A recorded list is of none.
pub(crate) fn holds(reader: &Reader, server: &str, listing: &Listing) -> anyhow::Result<bool> {
    let lists = reader.lists_of(server)?;
    Ok(lists.iter().any(|list| {
        list.latest && (listing.version.is_none() || list.version.is_none() || list.version == listing.version)
    }))
}

/// One entry with what the database knows of it.
///
/// # Errors
/// The database cannot be read.
pub(crate) fn look_up(reader: &Reader, file: PathBuf, entry: ClientServer) -> anyhow::Result<Configured> {
    let listing = entry.listing(&source_of(&file));
    let server = match entry.unread() {
        // Nothing is known by what a configuration calls a program.
        Some(_) => None,
        None => resolve(reader, &listing)?,
    };
    let (alias, identity) = (entry.name.clone(), entry.identity());
    let mut one = Configured {
        file,
        alias,
        identity,
        entry,
        listing,
        server,
        tools: Vec::new(),
        partial: Vec::new(),
        unread: None,
        failed: Vec::new(),
        who: None,
    };
    one.who = match &one.server {
        Some(server) => Who::of_server(reader, server)?,
        None => Some(Who::of_listing(reader, &one.listing)?),
    };
    let Some(server) = one.server.clone() else {
        one.unread = Some(one.entry.unread().unwrap_or_else(|| {
            match &one.entry.reading.starts {
                Starts::Address { stripped: false, .. } => "the database does not know this address; --live asks the server",
                Starts::Address { .. } => {
                    "the database does not know this address, and it holds values that are not kept; `mcpdex crawl` of this \
                     file asks the server"
                }
                _ => "the database does not know this package",
            }
            .to_owned()
        }));
        return Ok(one);
    };
    one.tools = reader.tools_of(&server)?;
    one.failed = reader.unread_of(&server)?;
    one.partial = reader.partial_of(&server)?;
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
