//! All pages into a folder: what changed is written, what is as it was stays untouched, what is no more goes.
//!
//! A note in the folder says which state of each server its pages show; a server whose state is the same is passed over
//! without a look at its tools. The note is written last: a run that is cut short leaves whole pages and an old note, and
//! the next one makes anew what it does not vouch for. A folder without a note that holds anything is left alone.

use super::address::{PagePath, token};
use super::asset::ASSETS;
use super::folder::{Folder, Note};
use super::leaf_page::{facets, leaves, tools_of};
use super::listing::LINES;
use super::pages::{Pages, SiteError, SitePage};
use super::policy_view::PolicyBlock;
use super::search_index::SearchIndex;
use super::server_read::ServerRead;
use super::tool_page::Around;
use super::{server_page, server_policy, tool_page, web};
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
    own.plan_once()?;
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
    let mut others = known.others();
    let (anew, others_out) = (!is_same || others == 0, &out);
    // What is about many servers is made beside what is about each, and both by as many threads as there are.
    let (made, counted) = rayon::join(
        || servers(pages, reader, &out, &stale, goes_on),
        move || if anew { write_others(pages, &own, others_out, goes_on).map(Some) } else { Ok(None) },
    );
    for (token, stamp, count) in made? {
        note.set(token, stamp, count);
    }
    for (token, (_, stamp)) in &stamps {
        if let Some(count) = known.count(token).filter(|_| known.stamp(token) == Some(*stamp)) {
            note.set(token.clone(), *stamp, count);
        }
    }
    for asset in ASSETS.all() {
        out.put(&asset.name, asset.bytes)?;
    }
    if let Some(count) = counted? {
        others = count;
        for shape in pages.shapes() {
            for one in &shape.targets {
                out.put(&format!("policy/{}/{}.js", shape.key, one.target), one.script().as_bytes())?;
            }
        }
        out.forget_servers(|token| stamps.contains_key(token))?;
    }
    note.set_others(others);
    let report = out.close(&note)?;
    Ok(SiteReport { pages: note.pages(), ..report })
}

/// The pages of each of some servers.
fn servers(
    pages: &Pages,
    reader: &(dyn Fn() -> Result<Reader, StoreError> + Sync),
    out: &Folder,
    stale: &[&(String, u64)],
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Result<Made, WriteError> {
    let together = |servers: &[&(String, u64)]| -> Result<Made, WriteError> {
        let reader = reader()?;
        reader.plan_once()?;
        let one = |(server, stamp): &&(String, u64)| {
            if !goes_on() {
                return Err(WriteError::Interrupted);
            }
            Ok((token(server), *stamp, write_server(pages, &reader, out, server)?))
        };
        servers.iter().map(one).collect()
    };
    let made: Result<Vec<Made>, WriteError> = stale.par_chunks(TOGETHER).map(together).collect();
    Ok(made?.into_iter().flatten().collect())
}

/// The pages of one server; how many.
fn write_server(pages: &Pages, reader: &Reader, out: &Folder, server: &str) -> Result<u64, WriteError> {
    let Some(read) = ServerRead::of(reader, server)? else { return Ok(0) };
    let is_on_web = pages.settings().base_url.is_some();
    let related = read.related();
    let around = Around { tools: &related, tokens: read.tokens.as_ref(), happened: &read.happened };
    let mut by_name: BTreeMap<&str, Vec<&FoundTool>> = BTreeMap::new();
    for found in &read.tools {
        by_name.entry(&found.tool.name).or_default().push(found);
    }
    let mut names = Vec::new();
    let folder = format!("s/{}", token(server));
    let mut put = |name: String, bytes: &[u8]| -> Result<(), WriteError> {
        out.put(&format!("{folder}/{name}"), bytes)?;
        names.push(name);
        Ok(())
    };
    let count = 1 + by_name.len() as u64;
    for (name, found) in by_name {
        let (stem, policy) = (token(name), PolicyBlock::of(pages, &found));
        if is_on_web {
            put(format!("{stem}.json"), &web::tool_twin(pages, &found, &policy))?;
            put(format!("{stem}.png"), &web::tool_card(server, &found)?)?;
        }
        let text = tool_page::page(pages, reader, found, policy, &around)?;
        put(format!("{stem}.html"), text.as_bytes())?;
    }
    if is_on_web {
        put("index.json".to_owned(), &web::server_twin(pages, server, read.clone()))?;
        put("index.png".to_owned(), &web::server_card(server, &read)?)?;
    }
    let policies = server_policy::all(pages, server, &read.tools);
    for one in &policies {
        if let Ok(document) = &one.document {
            put(one.file.clone(), document.as_bytes())?;
        }
    }
    let text = server_page::page(pages, server, read, &policies)?;
    put("index.html".to_owned(), text.as_bytes())?;
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
    let rules = pages.settings().rules.iter().map(|rule| PagePath::Rule(rule.id.clone()));
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
