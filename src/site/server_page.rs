//! The page of a server: what it is, its tools, what they make possible together, what was not read.

use super::address::{PagePath, token};
use super::frame::{Frame, counted, cut, day};
use super::history::{Happened, history};
use super::joining::{Joining, joining};
use super::listing::{Part, parts, spelled};
use super::pages::{Pages, RaisedRisk, SiteError};
use super::policy_view::shell;
use crate::model::{FoundTool, Risk};
use crate::policy::recommend;
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
struct ServerPage {
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
    /// The document for all its tools, or why there is none.
    policy: Option<Result<String, String>>,
    /// Commands that write it for other targets.
    commands: String,
}

/// Tools that are named of each part of a leak.
const NAMED: usize = 6;
const MOST_FINDINGS: usize = 40;

/// The page; `None` where no server has the name.
pub(super) fn render(pages: &Pages, reader: &Reader, server: &str) -> Result<Option<String>, SiteError> {
    match reader.server_facts(server)? {
        Some(_) => Ok(Some(page(pages, reader, server, reader.tools_of(server)?)?)),
        None => Ok(None),
    }
}

/// The page of a server whose tools were found already.
pub(super) fn page(pages: &Pages, reader: &Reader, server: &str, tools: Vec<FoundTool>) -> Result<String, SiteError> {
    let Some(facts) = reader.server_facts(server)? else { return Ok(String::new()) };
    let policy = policy(pages, server, &tools).map(|written| written.map(|_| "policy.json".to_owned()));
    let unread = reader.unread_of(server)?;
    let mut findings = of_server(server, &tools, &unread, &reader.partial_of(server)?);
    // The others are told where they belong: in the table, with the leak, above.
    let told = [Kind::Combination, Kind::Risk, Kind::Partial, Kind::Unread];
    findings.retain(|finding| !told.contains(&finding.kind));
    findings.truncate(MOST_FINDINGS);
    let found = combination(tools.iter().map(|found| (found.tool.name.as_str(), &found.verdict)));
    let leak = found.as_ref().map(|found| leak(found, &tools));
    let (audit, tokens) = (audit(&tools), reader.tokens_of(server)?);
    let lists = reader.lists_of(server)?;
    let mut happened = history(reader, server, &lists)?;
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
        policy,
        commands: format!(
            "mcpdex policy --server {0} --target claude-code\nmcpdex policy --server {0} --target all --out policies",
            shell(server)
        ),
        view,
    };
    Ok(page.render()?)
}

/// The document for all tools of a server at the first target, or why there is none; `None` without tools.
pub(super) fn policy(pages: &Pages, server: &str, tools: &[FoundTool]) -> Option<Result<String, String>> {
    let all: Vec<&FoundTool> = tools.iter().collect();
    let written = recommend(&pages.settings().profile, server, &all);
    (!all.is_empty()).then(|| written.map(|document| document.text().to_owned()).map_err(|why| why.to_string()))
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
