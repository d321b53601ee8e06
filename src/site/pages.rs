//! From a page address to the bytes of the page.

use super::address::{PagePath, token};
use super::asset::{ASSETS, Asset};
use super::{home, listing, server_page, tool_page};
use crate::classify::RulesError;
use crate::model::{Class, Confidence, Figures, Trait};
use crate::policy::Profile;
use crate::store::{Reader, StoreError};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A rule as pages tell of it.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleNote {
    pub id: String,
    /// The file of the pack that it stands in.
    pub file: String,
    pub class: Option<Class>,
    pub traits: Vec<Trait>,
    pub confidence: Confidence,
    /// What it means that the rule fires, as a clause.
    pub because: String,
    /// Invented tools on which it decides, and on which it must not: names and descriptions.
    pub fires: Vec<(String, String)>,
    pub quiet: Vec<(String, String)>,
}

/// What the operator decides about all pages.
#[derive(Debug, Clone)]
pub struct SiteSettings {
    pub profile: Profile,
    /// The rules that judged.
    pub rules: Vec<RuleNote>,
    /// Where the catalogue lies on the web, with `/` at its end: pages then name their own address.
    pub base_url: Option<String>,
}

/// The bytes of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePage {
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// Why a page cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot lay a page out")]
    Template(#[from] askama::Error),
    #[error(transparent)]
    Rules(#[from] RulesError),
}

/// Makes the pages of one database.
#[derive(Debug)]
pub struct Pages {
    settings: SiteSettings,
    ruleset: String,
    seen: Option<[String; 2]>,
    figures: Figures,
    /// What the address of a server stands for; worked out where somebody asks for one.
    servers: OnceLock<BTreeMap<String, String>>,
}

impl Pages {
    /// Sets out to show what `reader` holds. Make it anew when the database has changed: what all pages share (counts, days,
    /// the digest of the rules) is read here.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn new(reader: &Reader, settings: SiteSettings) -> Result<Pages, SiteError> {
        Ok(Pages {
            settings,
            ruleset: reader.ruleset()?,
            seen: reader.seen()?,
            figures: reader.figures()?,
            servers: OnceLock::new(),
        })
    }

    /// The page at `path`; `None` where the database has none: no such server, no such tool, a list that is not so long.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn render(&self, reader: &Reader, path: &PagePath) -> Result<Option<SitePage>, SiteError> {
        let text = match path {
            PagePath::Home => Some(home::render(self, reader)?),
            PagePath::Server(server) => server_page::render(self, reader, server)?,
            PagePath::Tool { server, tool } => tool_page::render(self, reader, server, tool)?,
            PagePath::Servers(page) => listing::servers(self, reader, *page)?,
            _ => None,
        };
        Ok(text.map(SitePage::html))
    }

    /// The page at an address that [`PagePath::address`] gave; `None` where there is none.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn find(&self, reader: &Reader, address: &str) -> Result<Option<PagePath>, SiteError> {
        let Some(stem) = address.strip_suffix(".html") else { return Ok(None) };
        let (folder, name) = stem.split_once('/').unwrap_or(("", stem));
        Ok(match folder {
            "" => [PagePath::Home, PagePath::Search].into_iter().find(|path| path.address() == address),
            "servers" => name.parse().ok().map(PagePath::Servers),
            "s" => {
                let Some((server, tool)) = name.split_once('/') else { return Ok(None) };
                let Some(server) = self.server_at(reader, server)? else { return Ok(None) };
                if tool == "index" {
                    return Ok(Some(PagePath::Server(server)));
                }
                let named = reader.tool_names_of(&server)?.into_iter().find(|name| token(name) == tool);
                named.map(|tool| PagePath::Tool { server, tool })
            }
            _ => None,
        })
    }

    /// A file that pages refer to, by its name from the root.
    pub fn asset(&self, name: &str) -> Option<&'static Asset> {
        ASSETS.all().into_iter().find(|asset| asset.name == name)
    }

    fn server_at(&self, reader: &Reader, wanted: &str) -> Result<Option<String>, SiteError> {
        if let Some(known) = self.servers.get() {
            return Ok(known.get(wanted).cloned());
        }
        let mut known = BTreeMap::new();
        let mut after = String::new();
        loop {
            let names = reader.server_names_after(&after, 1_000)?;
            let Some(last) = names.last() else { break };
            after.clone_from(last);
            known.extend(names.into_iter().map(|name| (token(&name), name)));
        }
        Ok(self.servers.get_or_init(|| known).get(wanted).cloned())
    }

    pub(super) fn settings(&self) -> &SiteSettings {
        &self.settings
    }

    pub(super) fn ruleset(&self) -> &str {
        &self.ruleset
    }

    /// When the oldest and the newest of the current lists were last seen.
    pub(super) fn seen(&self) -> Option<&[String; 2]> {
        self.seen.as_ref()
    }

    pub(super) fn figures(&self) -> &Figures {
        &self.figures
    }

    pub(super) fn rule(&self, id: &str) -> Option<&RuleNote> {
        self.settings.rules.iter().find(|rule| rule.id == id)
    }
}

impl SitePage {
    fn html(text: String) -> SitePage {
        SitePage { media_type: "text/html; charset=utf-8", bytes: text.into_bytes() }
    }
}
