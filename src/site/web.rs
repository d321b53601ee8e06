//! What only a catalogue with an address on the web has: a map for search engines, a twin of each page for programs, a feed
//! of changes that raised a risk.

use super::address::{PagePath, token};
use super::card::{Card, Sign};
use super::escape::inert_text;
use super::frame::{counted, cut};
use super::listing::spelled;
use super::pages::{Pages, SiteError};
use super::policy_view::{FIRST, PolicyBlock};
use super::server_read::ServerRead;
use crate::model::{FoundTool, Risk, Trait};
use crate::policy::decide_found;
use crate::report::{PolicyView, ServerReport, ServerView, ToolReport, ToolSurroundings, ToolView, to_json};
use crate::store::Reader;
use crate::survey::{audit, combination, differences, of_name, of_server};
use std::fmt::Write;

/// Addresses of one map; the protocol takes 50,000.
const TOGETHER: usize = 40_000;
/// Entries of the feed.
const ENTRIES: usize = 100;

/// The twin of a tool's page: what `mcpdex tool NAME --server SERVER --json` prints. `policy` is what the page shows.
pub(super) fn tool_twin(pages: &Pages, found: &[&FoundTool], policy: &PolicyBlock) -> Vec<u8> {
    let profile = &pages.settings().profile;
    let Some(name) = found.first().map(|first| first.tool.name.as_str()) else { return Vec::new() };
    let view = |one: &FoundTool| {
        let policy = match policy.recommended() {
            Ok(document) => PolicyView {
                reason: decide_found(profile, one).sentence(),
                document: serde_json::from_str(document).ok(),
                steps: FIRST.capability().steps,
            },
            Err(refused) => PolicyView { reason: refused.to_owned(), document: None, steps: &[] },
        };
        ToolView::new(one.clone(), policy)
    };
    let all: Vec<FoundTool> = found.iter().map(|one| (*one).clone()).collect();
    let around = ToolSurroundings {
        differences: differences(&all),
        findings: of_name(name, &all, &[], &[]),
        ..ToolSurroundings::default()
    };
    let views = all.iter().map(view).collect();
    to_json(&ToolReport::new(pages.ruleset().to_owned(), name, views, around)).into_bytes()
}

/// The twin of a server's page: what `mcpdex server NAME --json` prints.
pub(super) fn server_twin(pages: &Pages, server: &str, read: ServerRead) -> Vec<u8> {
    let ServerRead { facts, tools, lists, unread, partial, tokens, .. } = read;
    let findings = of_server(server, &tools, &unread, &partial);
    let found = combination(tools.iter().map(|found| (found.tool.name.as_str(), &found.verdict)));
    let stands_out = (found, audit(&tools), findings);
    let view = ServerView::new(facts, tools, lists, unread, tokens, stands_out);
    to_json(&ServerReport::new(pages.ruleset().to_owned(), server, vec![view])).into_bytes()
}

/// The picture of a tool: its name, its server, the gravest of what was judged of it.
pub(super) fn tool_card(server: &str, found: &[&FoundTool]) -> Result<Vec<u8>, SiteError> {
    let Some(first) = found.iter().max_by_key(|one| (one.verdict.risk, one.verdict.class)) else {
        return Ok(Vec::new());
    };
    let (risk, class) = (first.verdict.risk, first.verdict.class);
    Card {
        name: &first.tool.name,
        below: &format!("on {server}"),
        sign: Sign::Risk(risk),
        verdict: &format!("{risk} risk · {class}"),
    }
    .png()
}

/// The picture of a server: its name, its grade, how grave its tools are.
pub(super) fn server_card(server: &str, read: &ServerRead) -> Result<Vec<u8>, SiteError> {
    let count = |risk| read.tools.iter().filter(|found| found.verdict.risk == risk).count() as u64;
    let counts = [Risk::Low, Risk::Medium, Risk::High, Risk::Critical].map(count);
    let is_read = !read.lists.is_empty();
    let told = match is_read {
        true => spelled(counts),
        false => "never read".to_owned(),
    };
    let title = read.facts.title.as_deref().unwrap_or("MCP server");
    Card { name: server, below: title, sign: Sign::Grade(read.grade()), verdict: &told }.png()
}

/// The picture of every other page.
fn card(pages: &Pages) -> Result<Vec<u8>, SiteError> {
    let figures = pages.figures();
    let read = figures.coverage.read_whole + figures.coverage.read_in_part;
    let told = format!("{} of {}", counted(figures.tools, "tool", "tools"), counted(read, "MCP server", "MCP servers"));
    Card {
        name: "What MCP servers let an agent do",
        below: &told,
        sign: Sign::None,
        verdict: "judged by rules, with evidence",
    }
    .png()
}

/// The map, the feed and the picture of all pages that have none of their own.
pub(super) fn write<E: From<SiteError> + From<crate::store::StoreError>>(
    pages: &Pages,
    reader: &Reader,
    base: &str,
    keep: &mut super::search_index::Keep<'_, E>,
) -> Result<(), E> {
    let mut map = Map { base, entries: String::new(), count: 0, parts: 0 };
    let rules = pages.settings().rules.iter().map(|rule| PagePath::Rule(rule.id.clone()));
    let traits = Trait::ALL.iter().map(|one| PagePath::Trait(*one));
    for path in [PagePath::Home, PagePath::Rules, PagePath::Servers(1)].into_iter().chain(rules).chain(traits) {
        map.add(&path.address(), keep)?;
    }
    let mut after = String::new();
    loop {
        let names = reader.server_names_after(&after, 1_000)?;
        let Some(last) = names.last() else { break };
        after.clone_from(last);
        for server in &names {
            map.add(&PagePath::Server(server.clone()).address(), keep)?;
            for tool in reader.tool_names_of(server)? {
                map.add(&PagePath::Tool { server: server.clone(), tool }.address(), keep)?;
            }
        }
    }
    map.end(keep)?;
    keep("card.png", &card(pages)?)?;
    keep("robots.txt", format!("User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n").as_bytes())?;
    keep("feed.xml", feed(pages, base).as_bytes())
}

struct Map<'a> {
    base: &'a str,
    entries: String,
    count: usize,
    parts: usize,
}

const MAPS: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

impl Map<'_> {
    fn add<E>(&mut self, address: &str, keep: &mut super::search_index::Keep<'_, E>) -> Result<(), E> {
        // Text cannot fail to be written to.
        let _ = writeln!(self.entries, "<url><loc>{}{address}</loc></url>", inert_text(self.base));
        self.count += 1;
        if self.count == TOGETHER { self.put(keep) } else { Ok(()) }
    }

    fn put<E>(&mut self, keep: &mut super::search_index::Keep<'_, E>) -> Result<(), E> {
        if self.count == 0 {
            return Ok(());
        }
        (self.count, self.parts) = (0, self.parts + 1);
        let entries = std::mem::take(&mut self.entries);
        let text =
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"{MAPS}\">\n{entries}</urlset>\n");
        keep(&format!("sitemap-{}.xml", self.parts), text.as_bytes())
    }

    fn end<E>(&mut self, keep: &mut super::search_index::Keep<'_, E>) -> Result<(), E> {
        self.put(keep)?;
        let part = |at: usize| format!("<sitemap><loc>{}sitemap-{at}.xml</loc></sitemap>\n", inert_text(self.base));
        let parts: String = (1..=self.parts).map(part).collect();
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"{MAPS}\">\n{parts}</sitemapindex>\n"
        );
        keep("sitemap.xml", text.as_bytes())
    }
}

/// Changes that raised a risk, newest first, as Atom.
fn feed(pages: &Pages, base: &str) -> String {
    let base = inert_text(base);
    let newest = pages.settings().raised.iter().map(|one| one.at.as_str()).max();
    let updated = newest.or(pages.seen().map(|[_, newest]| newest.as_str())).unwrap_or("1970-01-01T00:00:00Z");
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <title>Tools of MCP servers that became riskier</title>\n<id>{base}</id>\n<link href=\"{base}\"/>\n\
         <link rel=\"self\" href=\"{base}feed.xml\"/>\n<author><name>mcpdex</name></author>\n\
         <updated>{updated}</updated>\n"
    );
    for one in pages.settings().raised.iter().take(ENTRIES) {
        let address = PagePath::Tool { server: one.server.clone(), tool: one.tool.clone() }.address();
        let title = inert_text(&cut(&format!("{} on {}", one.tool, one.server), 200));
        let why = inert_text(&cut(&one.why, 600));
        let id = token(&format!("{}\n{}\n{}", one.server, one.tool, one.at));
        // Text cannot fail to be written to.
        let _ = writeln!(
            out,
            "<entry><title>{title}</title><id>{base}{address}#{id}</id><link href=\"{base}{address}\"/>\
             <updated>{}</updated><summary>{why}</summary></entry>",
            one.at
        );
    }
    out + "</feed>\n"
}
