//! All pages into a folder: what changed is written, what is as it was stays untouched, what is no more goes.

use super::address::{PagePath, token};
use super::asset::ASSETS;
use super::pages::{Pages, SiteError};
use super::{server_page, tool_page};
use crate::model::FoundTool;
use crate::store::Reader;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What writing all pages came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteReport {
    pub pages: u64,
    pub bytes: u64,
    /// Of the pages, those whose bytes differ from what was there.
    pub written: u64,
}

/// Why a folder of pages cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Page(#[from] SiteError),
    #[error("cannot write {}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{} holds something else than pages of mcpdex; name an empty folder", .0.display())]
    Foreign(PathBuf),
    /// It was asked to end.
    #[error("interrupted")]
    Interrupted,
}

/// How many servers are asked for at a time.
const AT_A_TIME: usize = 500;

/// Writes the pages of what `reader` holds into `folder`.
///
/// # Errors
/// The database cannot be read, the folder holds something else or cannot be written, or `goes_on` says that it is to end.
pub fn write(
    pages: &Pages,
    reader: &Reader,
    folder: &Path,
    goes_on: &dyn Fn() -> bool,
) -> Result<SiteReport, WriteError> {
    let mut out = Folder { root: folder, report: SiteReport::default() };
    for asset in ASSETS.all() {
        out.put(&asset.name, asset.bytes)?;
    }
    out.page(&PagePath::Home.address(), pages.render(reader, &PagePath::Home)?)?;
    for page in 1.. {
        let path = PagePath::Servers(page);
        let Some(rendered) = pages.render(reader, &path)? else { break };
        out.page(&path.address(), Some(rendered))?;
    }
    let mut after = String::new();
    loop {
        let names = reader.server_names_after(&after, AT_A_TIME).map_err(SiteError::from)?;
        let Some(last) = names.last() else { break };
        after.clone_from(last);
        for server in &names {
            if !goes_on() {
                return Err(WriteError::Interrupted);
            }
            out.server(pages, reader, server)?;
        }
    }
    Ok(out.report)
}

struct Folder<'a> {
    root: &'a Path,
    report: SiteReport,
}

impl Folder<'_> {
    fn server(&mut self, pages: &Pages, reader: &Reader, server: &str) -> Result<(), WriteError> {
        let tools = reader.tools_of(server).map_err(SiteError::from)?;
        let tokens = reader.tokens_of(server).map_err(SiteError::from)?;
        let mut by_name: BTreeMap<&str, Vec<FoundTool>> = BTreeMap::new();
        for found in &tools {
            by_name.entry(&found.tool.name).or_default().push(found.clone());
        }
        let folder = format!("s/{}", token(server));
        for (name, found) in by_name {
            let cost = tokens.as_ref().and_then(|(by, costs)| costs.get(name).map(|cost| (*cost, by.clone())));
            let text = tool_page::page(pages, reader, found, cost)?;
            self.count(&format!("{folder}/{}.html", token(name)), text.as_bytes())?;
        }
        let text = server_page::page(pages, reader, server, tools)?;
        self.count(&format!("{folder}/index.html"), text.as_bytes())
    }

    fn page(&mut self, address: &str, page: Option<super::SitePage>) -> Result<(), WriteError> {
        match page {
            Some(page) => self.count(address, &page.bytes),
            None => Ok(()),
        }
    }

    fn count(&mut self, address: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.report.pages += 1;
        self.report.bytes += bytes.len() as u64;
        self.put(address, bytes)
    }

    fn put(&mut self, address: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let path = self.root.join(address);
        let fail = |source| WriteError::File { path: path.clone(), source };
        if std::fs::read(&path).is_ok_and(|known| known == bytes) {
            return Ok(());
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(fail)?;
        }
        self.report.written += 1;
        std::fs::write(&path, bytes).map_err(fail)
    }
}
