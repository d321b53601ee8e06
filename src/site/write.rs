//! All pages into a folder: what changed is written, what is as it was stays untouched, what is no more goes.
//!
//! A note in the folder says which state of each server its pages show; a server whose state is the same is passed over
//! without a look at its tools. The note is written last: a run that is cut short leaves whole pages and an old note, and
//! the next one makes anew what it does not vouch for. A folder without a note that holds anything is left alone.

use super::address::{PagePath, token};
use super::asset::ASSETS;
use super::folder::{Folder, Note};
use super::history::history;
use super::leaf_page::{facets, leaves, tools_of};
use super::listing::LINES;
use super::pages::{Pages, SiteError, SitePage};
use super::search_index::SearchIndex;
use super::{server_page, tool_page, web};
use crate::model::FoundTool;
use crate::site::Facet;
use crate::store::{LeafTool, Reader, ServerOrder, ServerQuery, StoreError};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What writing all pages came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SiteReport {
    /// Pages of the catalogue, those that were passed over included.
    pub pages: u64,
    /// Files whose bytes are new, pages and others.
    pub written: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// Files that were there before and belong to no page any more.
    pub removed: u64,
}

/// Why a folder of pages cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Page(#[from] SiteError),
    #[error("cannot write {}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{} holds something else than pages of mcpdex; name a new or an empty folder", .0.display())]
    Foreign(PathBuf),
    /// It was asked to end.
    #[error("interrupted")]
    Interrupted,
}

impl From<StoreError> for WriteError {
    fn from(error: StoreError) -> WriteError {
        WriteError::Page(SiteError::Store(error))
    }
}

/// Servers whose pages were made: token, state, how many pages.
type Made = Vec<(String, u64, u64)>;

/// Servers whose pages are made together.
const TOGETHER: usize = 64;

/// Writes the pages of what a database holds into `folder`. `reader` opens the database; each thread has its own.
///
/// # Errors
/// The database cannot be read, the folder holds something else or cannot be written, or `goes_on` says that it is to end.
pub fn write(
    pages: &Pages,
    reader: &(dyn Fn() -> Result<Reader, StoreError> + Sync),
    folder: &Path,
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Result<SiteReport, WriteError> {
    let own = reader()?;
    let out = Folder::open(folder, &pages.edition())?;
    let mut stamps: BTreeMap<String, (String, u64)> = BTreeMap::new();
    own.for_each_stamp(|server, stamp| -> Result<(), WriteError> {
        stamps.insert(token(server), (server.to_owned(), stamp));
        Ok(())
    })?;
    let known = out.known();
    let stale: Vec<&(String, u64)> =
        stamps.iter().filter(|(token, (_, stamp))| known.stamp(token) != Some(*stamp)).map(|(_, one)| one).collect();
    let is_same = stale.is_empty() && known.has_exactly(stamps.len());
    let mut note = Note::default();
    for chunk in stale.chunks(TOGETHER * 8) {
        if !goes_on() {
            return Err(WriteError::Interrupted);
        }
        let made: Result<Vec<Made>, WriteError> = chunk
            .par_chunks(TOGETHER)
            .map(|servers| {
                let reader = reader()?;
                let one = |(server, stamp): &&(String, u64)| {
                    if !goes_on() {
                        return Err(WriteError::Interrupted);
                    }
                    Ok((token(server), *stamp, write_server(pages, &reader, &out, server)?))
                };
                servers.iter().map(one).collect()
            })
            .collect();
        for (token, stamp, count) in made?.into_iter().flatten() {
            note.set(token, stamp, count);
        }
    }
    for (token, (_, stamp)) in &stamps {
        if let Some(count) = known.count(token).filter(|_| known.stamp(token) == Some(*stamp)) {
            note.set(token.clone(), *stamp, count);
        }
    }
    for asset in ASSETS.all() {
        out.put(&asset.name, asset.bytes)?;
    }
    let mut others = known.others();
    if !is_same || others == 0 {
        others = write_others(pages, &own, &out, goes_on)?;
        for shape in pages.shapes() {
            out.put(&PagePath::Policy(shape.key.clone()).address(), shape.script.as_bytes())?;
        }
        out.forget_servers(|token| stamps.contains_key(token))?;
    }
    note.set_others(others);
    let report = out.close(&note)?;
    Ok(SiteReport { pages: note.pages(), ..report })
}

/// The pages of one server; how many.
fn write_server(pages: &Pages, reader: &Reader, out: &Folder, server: &str) -> Result<u64, WriteError> {
    let tools = reader.tools_of(server)?;
    let tokens = reader.tokens_of(server)?;
    let happened = history(reader, server, &reader.lists_of(server)?)?;
    let mut by_name: BTreeMap<&str, Vec<FoundTool>> = BTreeMap::new();
    for found in &tools {
        by_name.entry(&found.tool.name).or_default().push(found.clone());
    }
    let folder = format!("s/{}", token(server));
    let mut names = vec!["index.html".to_owned()];
    for (name, found) in by_name {
        let cost = tokens.as_ref().and_then(|(by, costs)| costs.get(name).map(|cost| (*cost, by.clone())));
        if pages.settings().base_url.is_some() {
            let twin = web::tool_twin(pages, &found)?;
            names.push(format!("{}.json", token(name)));
            out.put(&format!("{folder}/{}.json", token(name)), &twin)?;
        }
        let text = tool_page::page(pages, reader, found, cost, &happened)?;
        names.push(format!("{}.html", token(name)));
        out.put(&format!("{folder}/{}.html", token(name)), text.as_bytes())?;
    }
    let count = names.iter().filter(|name| name.ends_with(".html")).count() as u64;
    if pages.settings().base_url.is_some() {
        names.push("index.json".to_owned());
        out.put(&format!("{folder}/index.json"), &web::server_twin(pages, reader, server)?)?;
    }
    if let Some(Ok(document)) = server_page::policy(pages, server, &tools) {
        names.push("policy.json".to_owned());
        out.put(&format!("{folder}/policy.json"), document.as_bytes())?;
    }
    let text = server_page::page(pages, reader, server, tools)?;
    out.put(&format!("{folder}/index.html"), text.as_bytes())?;
    out.keep_only(&folder, &names)?;
    Ok(count)
}

/// Everything that is about more than one server; how many pages.
fn write_others(
    pages: &Pages,
    reader: &Reader,
    out: &Folder,
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Result<u64, WriteError> {
    let mut count = 0;
    let mut put = |path: &PagePath, page: Option<SitePage>| -> Result<bool, WriteError> {
        let Some(page) = page else { return Ok(false) };
        if !goes_on() {
            return Err(WriteError::Interrupted);
        }
        count += 1;
        out.put(&path.address(), &page.bytes)?;
        Ok(true)
    };
    let rules = pages.settings().rules.iter().map(|rule| PagePath::Rule(rule.line.id.clone()));
    let traits = crate::model::Trait::ALL.iter().map(|one| PagePath::Trait(*one));
    for path in [PagePath::Home, PagePath::Search, PagePath::Rules].into_iter().chain(rules).chain(traits) {
        put(&path, pages.render(reader, &path)?)?;
    }
    let several: [fn(usize) -> PagePath; 2] = [PagePath::Servers, PagePath::Unread];
    for of in several {
        for page in 1.. {
            if !put(&of(page), pages.render(reader, &of(page))?)? {
                break;
            }
        }
    }
    let all = facets(pages, reader)?;
    for facet in all.iter().filter(|facet| tools_of(pages, facet).is_none_or(|count| count == 0)) {
        for page in 1.. {
            let path = PagePath::Browse(facet.clone(), page);
            if !put(&path, pages.render(reader, &path)?)? {
                break;
            }
        }
    }
    // Lists of tools: one walk through all tools fills them side by side.
    let mut open: BTreeMap<Facet, (usize, Vec<LeafTool>)> = BTreeMap::new();
    let mut index = SearchIndex::new();
    let mut keep = |address: &str, bytes: &[u8]| out.put(address, bytes);
    reader.for_each_leaf(|leaf| -> Result<(), WriteError> {
        index.tool(&leaf, &mut keep)?;
        let of = [Facet::Class(leaf.class), Facet::Risk(leaf.risk)].into_iter();
        for facet in of.chain(leaf.traits.iter().map(|one| Facet::Trait(*one))) {
            let (page, lines) = open.entry(facet.clone()).or_insert((1, Vec::new()));
            lines.push(leaf.clone());
            if lines.len() == LINES {
                let path = PagePath::Browse(facet.clone(), *page);
                put(&path, leaves(pages, reader, &facet, *page, std::mem::take(lines))?.map(SitePage::html))?;
                *page += 1;
            }
        }
        Ok(())
    })?;
    for (facet, (page, lines)) in open {
        if !lines.is_empty() {
            put(
                &PagePath::Browse(facet.clone(), page),
                leaves(pages, reader, &facet, page, lines)?.map(SitePage::html),
            )?;
        }
    }
    for skip in (0..).step_by(1_000) {
        let query = ServerQuery { order: ServerOrder::Name, skip, take: 1_000, ..ServerQuery::default() };
        let found = reader.servers(&query)?;
        for line in &found.servers {
            index.server(line, &mut keep)?;
        }
        if found.servers.len() < 1_000 {
            break;
        }
    }
    index.end(&mut keep)?;
    if let Some(base) = &pages.settings().base_url {
        web::write(pages, reader, base, &mut keep)?;
    }
    Ok(count)
}
