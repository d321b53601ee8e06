//! The page of a server: what it is, its tools, what they make possible together, what was not read.

use super::address::{PagePath, token};
use super::frame::{Frame, counted, cut, day};
use super::history::Happened;
use super::joining::{Joining, joining};
use super::listing::{Part, parts, spelled};
use super::pages::{Pages, RaisedRisk, SiteError};
use super::policy_view::shell;
use super::server_policy::{self, ServerPolicy};
use super::server_read::ServerRead;
use crate::model::{FoundTool, Risk};
use crate::report::{ServerView, ToolLine};
use crate::store::Reader;
use crate::survey::{Brings, Combination, Finding, Kind, LegKind, audit, combination, cut as smallest_cut, of_server};
use askama::Template;

/// A tool in the table.
struct Row {
    file: String,
    line: ToolLine,
    traits: String,
}

/// One of the three that make a leak.
struct Leg {
    title: &'static str,
    tools: Vec<String>,
    more: usize,
}

struct Leak {
    legs: Vec<Leg>,
    /// What would have to go, in a sentence.
    cut: Option<String>,
}

#[derive(Template)]
#[template(path = "server.html")]
struct ServerPage<'a> {
    frame: Frame,
    view: ServerView,
    rows: Vec<Row>,
    parts: Vec<Part>,
    spelled: String,
    says: Option<String>,
    missing: Vec<String>,
    leak: Option<Leak>,
    findings: Vec<Finding>,
    happened: Vec<Happened>,
    raised: Vec<RaisedRisk>,
    clients: Vec<Joining>,
    /// Documents for all its tools.
    policies: &'a [ServerPolicy],
    /// Commands that write them.
    commands: String,
}

/// Tools that are named of each part of a leak.
const NAMED: usize = 6;
const MOST_FINDINGS: usize = 40;

/// The page; `None` where no server has the name.
pub(super) fn render(pages: &Pages, reader: &Reader, server: &str) -> Result<Option<String>, SiteError> {
    let Some(read) = ServerRead::of(reader, server)? else { return Ok(None) };
    let policies = server_policy::all(pages, server, &read.tools);
    page(pages, server, read, &policies).map(Some)
}

/// The page of a server that was read already, and whose policies were written.
pub(super) fn page(
    pages: &Pages,
    server: &str,
    read: ServerRead,
    policies: &[ServerPolicy],
) -> Result<String, SiteError> {
    let ServerRead { facts, tools, lists, unread, partial, tokens, mut happened } = read;
    let mut findings = of_server(server, &tools, &unread, &partial);
    // The others are told where they belong: in the table, with the leak, above.
    let told = [Kind::Combination, Kind::Risk, Kind::Partial, Kind::Unread];
    findings.retain(|finding| !told.contains(&finding.kind));
    findings.truncate(MOST_FINDINGS);
    let found = combination(tools.iter().map(|found| (found.tool.name.as_str(), &found.verdict)));
    let leak = found.as_ref().map(|found| leak(found, &tools));
    let audit = audit(&tools);
    happened.truncate(MOST_FINDINGS);
    let view = ServerView::new(facts, tools, lists, unread, tokens, (found, audit, Vec::new()));
    let place = |missing: &crate::model::Partial| match &missing.site {
        Some(site) => format!("{} ({}:{})", missing.detail, site.file, site.line),
        None => missing.detail.clone(),
    };
    let count = |risk| view.risks.get(&risk).copied().unwrap_or(0) as u64;
    let counts = [Risk::Low, Risk::Medium, Risk::High, Risk::Critical].map(count);
    let rows = view.tools.iter().map(|line| Row {
        file: format!("{}.html", token(&line.name)),
        traits: line.traits.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", "),
        line: line.clone(),
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.sort_by(|a, b| b.line.risk.cmp(&a.line.risk).then_with(|| a.line.name.cmp(&b.line.name)));
    let about = match view.is_read {
        true => format!("The MCP server {server}: grade {}, {}.", view.grade, spelled(counts)),
        false => format!("The MCP server {server}: no list of its tools was ever learnt."),
    };
    let missing = view.lists.iter().filter(|list| list.latest).flat_map(|list| &list.partial).map(place).collect();
    let page = ServerPage {
        frame: Frame::new(pages, &PagePath::Server(server.to_owned()), server, about),
        rows,
        parts: parts(counts),
        spelled: spelled(counts),
        says: view.facts.description.as_deref().filter(|text| !text.trim().is_empty()).map(|text| cut(text, 2_000)),
        missing,
        leak,
        findings,
        happened,
        raised: pages.settings().raised.iter().filter(|one| one.server == server).cloned().collect(),
        clients: joining(&view.facts),
        policies,
        commands: format!(
            "mcpdex policy --server {0} --target claude-code\nmcpdex policy --server {0} --target all --out policies",
            shell(server)
        ),
        view,
    };
    Ok(page.render()?)
}

fn leak(found: &Combination, tools: &[FoundTool]) -> Leak {
    let leg = |title, tools: &[String]| Leg {
        title,
        tools: tools.iter().take(NAMED).cloned().collect(),
        more: tools.len().saturating_sub(NAMED),
    };
    let brings: Vec<Brings> = tools.iter().map(|found| Brings::of(&found.verdict)).collect();
    let cut = smallest_cut(&brings).map(|cut| {
        let names: Vec<&str> =
            cut.places.iter().filter_map(|at| tools.get(*at)).take(NAMED).map(|one| one.tool.name.as_str()).collect();
        let more = cut.places.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let what = match cut.leg {
            LegKind::WayOut => "the way out",
            LegKind::UntrustedContent => "the text of strangers",
            LegKind::PrivateData => "the private data",
        };
        format!(
            "without {}, {what} is gone: {}{more}.",
            counted(cut.places.len() as u64, "tool", "tools"),
            names.join(", ")
        )
    });
    Leak {
        legs: vec![
            leg("Private data from", &found.private_data.tools),
            leg("Text of strangers from", &found.untrusted_content.tools),
            leg("A way out through", &found.way_out.tools),
        ],
        cut,
    }
}
