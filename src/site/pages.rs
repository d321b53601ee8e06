//! From a page address to the bytes of the page.

use super::address::{PagePath, policy_file, token};
use super::asset::{ASSETS, Asset};
use super::browse::Facet;
use super::live_search::{self, SiteSearch};
use super::policy_shape::{ArgumentKinds, Gapped, NameForm, PolicyShape, gapped_documents};
use super::policy_view::LIMIT;
use super::rule_note::RuleNote;
use super::{home, leaf_page, listing, rules, search_page, server_page, server_policy, tool_page, unread_page};
use crate::classify::RulesError;
use crate::model::Figures;
use crate::policy::{Decision, Profile, Target, changes};
use crate::store::{Reader, RuleUse, StoreError};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock, RwLock};

/// What the operator decides about all pages.
#[derive(Debug, Clone)]
pub struct SiteSettings {
    pub profile: Profile,
    /// The rules that judged.
    pub rules: Vec<RuleNote>,
    /// The enforcement points for which each server's page offers a document, in this order.
    pub targets: Vec<Target>,
    /// Where the catalogue lies on the web, with `/` at its end: pages then name their own address.
    pub base_url: Option<String>,
    /// Changes that raised a risk, newest first; they need a judgement of what was, which no page makes.
    pub raised: Vec<RaisedRisk>,
}

/// A change that raised a risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaisedRisk {
    pub server: String,
    pub tool: String,
    /// When the list that has it was first seen (RFC 3339).
    pub at: String,
    /// What changed, in a few words.
    pub why: String,
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
    #[error("cannot draw a preview")]
    Picture(#[from] png::EncodingError),
    #[error("cannot lay a page out")]
    Template(#[from] askama::Error),
    #[error(transparent)]
    Rules(#[from] RulesError),
}

/// Makes the pages of one database.
#[derive(Debug)]
pub struct Pages {
    settings: SiteSettings,
    /// Where each rule stands in the settings, by its id: every piece of evidence asks.
    rule_at: BTreeMap<String, usize>,
    ruleset: String,
    seen: Option<[String; 2]>,
    figures: Figures,
    /// What the address of a server stands for; worked out where somebody asks for one.
    servers: OnceLock<BTreeMap<String, String>>,
    rule_use: OnceLock<BTreeMap<String, RuleUse>>,
    languages: OnceLock<BTreeMap<&'static str, Vec<String>>>,
    /// Documents by decision and form of name: there are a few dozen.
    shapes: Arc<RwLock<BTreeMap<String, Arc<PolicyShape>>>>,
    /// Documents of the changes that people ask for, by form of name: of each tool the same.
    changed: Arc<RwLock<BTreeMap<NameForm, Arc<[Gapped; 2]>>>>,
}

/// Changes with the program, its templates and what pages share.
static LAYOUT: LazyLock<String> = LazyLock::new(|| {
    let assets = ASSETS.all().map(|asset| asset.name.as_str()).join(" ");
    token(&[env!("CARGO_PKG_VERSION"), &assets, TEMPLATES].join(" "))
});

/// The text of the templates of pages that are passed over where nothing changed.
const TEMPLATES: &str = concat!(
    include_str!("templates/base.html"),
    include_str!("templates/parts.html"),
    include_str!("templates/tool.html"),
    include_str!("templates/policy.html"),
    include_str!("templates/server.html"),
    include_str!("templates/home.html"),
    include_str!("templates/facets.html"),
    include_str!("templates/leaves.html"),
    include_str!("templates/live_search.html"),
    include_str!("templates/named_servers.html"),
    include_str!("templates/rule.html"),
    include_str!("templates/rules.html"),
    include_str!("templates/search.html"),
    include_str!("templates/server_table.html"),
    include_str!("templates/servers.html"),
    include_str!("templates/trait.html"),
    include_str!("templates/turn.html"),
    include_str!("templates/unread.html"),
);

/// Tools that are named of each rule.
const TOOLS_OF_A_RULE: usize = 24;

impl Pages {
    /// Sets out to show what `reader` holds. Make it anew when the database has changed: what all pages share (counts, days,
    /// the digest of the rules) is read here.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn new(reader: &Reader, settings: SiteSettings) -> Result<Pages, SiteError> {
        Ok(Pages {
            rule_at: settings.rules.iter().enumerate().map(|(at, rule)| (rule.id.clone(), at)).collect(),
            settings,
            ruleset: reader.ruleset()?,
            seen: reader.seen()?,
            figures: reader.figures()?,
            servers: OnceLock::new(),
            rule_use: OnceLock::new(),
            languages: OnceLock::new(),
            shapes: Arc::default(),
            changed: Arc::default(),
        })
    }

    /// The same for what `reader` holds now. Documents that pages have referred to are found as before: whoever looks at such
    /// a page may ask for them after the database has changed.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn renewed(&self, reader: &Reader) -> Result<Pages, SiteError> {
        let made = Pages::new(reader, self.settings.clone())?;
        Ok(Pages { shapes: Arc::clone(&self.shapes), changed: Arc::clone(&self.changed), ..made })
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
            PagePath::Unread(page) => unread_page::render(self, reader, *page)?,
            PagePath::Rules => Some(rules::rules(self, reader)?),
            PagePath::Rule(id) => rules::rule(self, reader, id)?,
            PagePath::Trait(of) => Some(rules::of_trait(self, reader, *of)?),
            PagePath::Browse(facet, page) => leaf_page::render(self, reader, facet, *page)?,
            PagePath::Search => Some(search_page::render(self)?),
            PagePath::ServerPolicy(server, target) => {
                let written = server_policy::written(self, *target, server, &reader.tools_of(server)?);
                let bytes = written.and_then(|written| written.document.ok()).map(String::into_bytes);
                return Ok(bytes.map(|bytes| SitePage { media_type: server_policy::media_type(*target), bytes }));
            }
            PagePath::Policy(key, target) => {
                let shapes = self.shapes();
                let known = shapes.iter().find(|shape| shape.key == *key);
                let known = known.and_then(|shape| shape.targets.iter().find(|one| one.target == target.as_str()));
                let media_type = "text/javascript; charset=utf-8";
                return Ok(known.map(|one| SitePage { media_type, bytes: one.script().into_bytes() }));
            }
        };
        Ok(text.map(SitePage::html))
    }

    /// The page that searches with what was found, for whoever answers questions; a folder of pages has a page with a script
    /// in its place ([`PagePath::Search`]).
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn search(&self, reader: &Reader, asked: &SiteSearch) -> Result<SitePage, SiteError> {
        live_search::render(self, reader, asked)
    }

    /// The page at an address that [`PagePath::address`] gave; `None` where there is none.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn find(&self, reader: &Reader, address: &str) -> Result<Option<PagePath>, SiteError> {
        if let Some(key) = address.strip_prefix("policy/").and_then(|name| name.strip_suffix(".js")) {
            let Some((key, target)) = key.split_once('/') else { return Ok(None) };
            return Ok(target.parse().ok().map(|target| PagePath::Policy(key.to_owned(), target)));
        }
        if let Some((of, file)) = address.strip_prefix("s/").and_then(|rest| rest.split_once("/policy"))
            && let Some(target) = self.settings.targets.iter().find(|one| policy_file(**one)[6..] == *file)
        {
            return Ok(self.server_at(reader, of)?.map(|server| PagePath::ServerPolicy(server, *target)));
        }
        let Some(stem) = address.strip_suffix(".html") else { return Ok(None) };
        let (folder, name) = stem.split_once('/').unwrap_or(("", stem));
        let found = match folder {
            "" => [PagePath::Home, PagePath::Search].into_iter().find(|path| path.address() == address),
            "servers" => name.parse().ok().map(PagePath::Servers),
            "unread" => name.parse().ok().map(PagePath::Unread),
            "rules" if name == "index" => Some(PagePath::Rules),
            "rules" => {
                let ids = self.settings.rules.iter().map(|rule| PagePath::Rule(rule.id.clone()));
                ids.into_iter().find(|path| path.address() == address)
            }
            "traits" => name.parse().ok().map(PagePath::Trait),
            "s" => {
                let Some((server, tool)) = name.split_once('/') else { return Ok(None) };
                let Some(server) = self.server_at(reader, server)? else { return Ok(None) };
                if tool == "index" {
                    return Ok(Some(PagePath::Server(server)));
                }
                let named = reader.tool_names_of(&server)?.into_iter().find(|name| token(name) == tool);
                named.map(|tool| PagePath::Tool { server, tool })
            }
            _ => {
                let page = stem.rsplit_once('-').and_then(|(stem, page)| Some((stem, page.parse().ok()?)));
                let facet = |stem: &str| -> Result<Option<Facet>, SiteError> {
                    Ok(leaf_page::facets(self, reader)?.into_iter().find(|facet| facet.stem() == stem))
                };
                match page {
                    Some((stem, page)) => facet(stem)?.map(|facet| PagePath::Browse(facet, page)),
                    None => None,
                }
            }
        };
        // One page has one address: `01` is not `1`.
        Ok(found.filter(|path| path.address() == address))
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

    /// The documents for a decision, for names of a form: written and proved where nobody has asked before.
    pub(super) fn shape(&self, decision: &Decision, form: NameForm, kinds: &ArgumentKinds) -> Arc<PolicyShape> {
        let asked = format!("{decision:?} {form:?} {kinds:?}");
        if let Some(known) = self.shapes.read().ok().and_then(|known| known.get(&asked).cloned()) {
            return known;
        }
        let changed = self.changed(form);
        let judged = gapped_documents(decision, form, kinds, self.settings.profile.uncounted);
        let made = Arc::new(PolicyShape::of(decision, &judged, changed.each_ref()));
        match self.shapes.write() {
            Ok(mut known) => known.entry(asked).or_insert(made).clone(),
            Err(_) => made,
        }
    }

    fn changed(&self, form: NameForm) -> Arc<[Gapped; 2]> {
        if let Some(known) = self.changed.read().ok().and_then(|known| known.get(&form).cloned()) {
            return known;
        }
        let uncounted = self.settings.profile.uncounted;
        let written = |decision: Decision| gapped_documents(&decision, form, &ArgumentKinds::default(), uncounted);
        let made = Arc::new(changes(LIMIT).map(written));
        match self.changed.write() {
            Ok(mut known) => known.entry(form).or_insert(made).clone(),
            Err(_) => made,
        }
    }

    /// The documents that pages have referred to so far.
    pub(super) fn shapes(&self) -> Vec<Arc<PolicyShape>> {
        self.shapes.read().map(|known| known.values().cloned().collect()).unwrap_or_default()
    }

    /// On how many tools each rule decided; read where somebody asks for it.
    pub(super) fn rule_use(&self, reader: &Reader) -> Result<&BTreeMap<String, RuleUse>, SiteError> {
        if self.rule_use.get().is_none() {
            let read = reader.rule_use(TOOLS_OF_A_RULE)?;
            return Ok(self.rule_use.get_or_init(|| read));
        }
        Ok(self.rule_use.get_or_init(BTreeMap::new))
    }

    /// The servers of each language, by name; read where somebody asks for it.
    pub(super) fn languages(&self, reader: &Reader) -> Result<&BTreeMap<&'static str, Vec<String>>, SiteError> {
        if self.languages.get().is_none() {
            let mut read: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
            for (server, language) in reader.server_languages()? {
                read.entry(language).or_default().push(server);
            }
            return Ok(self.languages.get_or_init(|| read));
        }
        Ok(self.languages.get_or_init(BTreeMap::new))
    }

    /// What changes when the same state of a server is shown otherwise: the program, its templates, the rules, the profile.
    pub(super) fn edition(&self) -> String {
        let SiteSettings { profile, rules, targets, base_url, raised } = &self.settings;
        let newest = self.seen.as_ref().map(|[_, newest]| newest);
        let layout = LAYOUT.as_str();
        token(&format!(
            "{layout} {} {newest:?} {profile:?} {rules:?} {targets:?} {base_url:?} {raised:?}",
            self.ruleset
        ))
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
        self.rule_at.get(id).and_then(|at| self.settings.rules.get(*at))
    }
}

impl SitePage {
    pub(super) fn html(text: String) -> SitePage {
        SitePage { media_type: "text/html; charset=utf-8", bytes: text.into_bytes() }
    }
}
