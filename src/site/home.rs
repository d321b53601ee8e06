//! The first page: how much there is, how grave it is, and how much of it was looked at.

use super::address::PagePath;
use super::browse::Facet;
use super::frame::{Frame, counted, day, grouped, percent};
use super::listing::{ServerRow, row};
use super::pages::{Pages, RaisedRisk, SiteError};
use crate::model::{Class, Figures, Risk};
use crate::store::{NewTool, Reader, ServerOrder, ServerQuery};
use askama::Template;

/// A share of a whole.
struct Bar {
    name: String,
    tone: &'static str,
    address: String,
    count: String,
    share: String,
    thousandths: u64,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    frame: Frame,
    figures: &'a Figures,
    read: u64,
    risks: Vec<Bar>,
    classes: Vec<Bar>,
    coverage: Vec<Bar>,
    traits: Vec<Bar>,
    servers: Vec<ServerRow>,
    newest: Vec<ServerRow>,
    gained: Vec<GainedRow>,
    raised: Vec<RaisedRow>,
    oldest: Option<String>,
}

/// A tool that a server has gained.
struct GainedRow {
    at: String,
    tool: String,
    server: String,
    class: Class,
    risk: Risk,
    address: String,
}

/// A tool that became riskier.
struct RaisedRow {
    at: String,
    tool: String,
    server: String,
    why: String,
    address: String,
}

const GRAVEST: usize = 10;
const NEWEST: usize = 6;

fn bar(name: &str, tone: &'static str, address: String, count: u64, whole: u64) -> Bar {
    Bar {
        name: name.to_owned(),
        tone,
        address,
        count: grouped(count),
        share: percent(count, whole),
        thousandths: (count * 1_000).div_ceil(whole.max(1)),
    }
}

/// The page.
pub(super) fn render(pages: &Pages, reader: &Reader) -> Result<String, SiteError> {
    let figures = pages.figures();
    let tools = figures.tools;
    let risks = figures.risks.iter().rev().map(|one| {
        bar(one.of.as_str(), one.of.as_str(), PagePath::Browse(Facet::Risk(one.of), 1).address(), one.count, tools)
    });
    let classes = figures.classes.iter().map(|one| {
        bar(one.of.as_str(), "plain", PagePath::Browse(Facet::Class(one.of), 1).address(), one.count, tools)
    });
    let traits = figures
        .traits
        .iter()
        .map(|one| bar(one.of.as_str(), "plain", PagePath::Trait(one.of).address(), one.count, tools));
    let covered = &figures.coverage;
    let coverage = [
        ("read whole", "plain", covered.read_whole),
        ("read in part", "part", covered.read_in_part),
        ("tried, never read", "none", covered.unread),
        ("not tried", "none", covered.not_tried),
    ];
    let coverage = coverage.map(|(name, tone, count)| bar(name, tone, String::new(), count, covered.servers));
    let read = covered.read_whole + covered.read_in_part;
    let about = format!(
        "{} of {} judged by rules: class, risk, evidence and a policy for each.",
        counted(tools, "tool", "tools"),
        counted(read, "MCP server", "MCP servers")
    );
    let first = |order, take| -> Result<Vec<ServerRow>, SiteError> {
        let found = reader.servers(&ServerQuery { order, take, ..ServerQuery::default() })?;
        Ok(found.servers.into_iter().map(row).collect())
    };
    let riskier = |one: &RaisedRisk| RaisedRow {
        at: day(&one.at).to_owned(),
        address: PagePath::Tool { server: one.server.clone(), tool: one.tool.clone() }.address(),
        tool: one.tool.clone(),
        server: one.server.clone(),
        why: one.why.clone(),
    };
    let gained = |one: NewTool| GainedRow {
        at: day(&one.at).to_owned(),
        address: PagePath::Tool { server: one.tool.server.clone(), tool: one.tool.tool.clone() }.address(),
        tool: one.tool.tool,
        server: one.tool.server,
        class: one.tool.class,
        risk: one.tool.risk,
    };
    let page = HomePage {
        frame: Frame::new(pages, &PagePath::Home, "What MCP servers let an agent do", about),
        figures,
        read,
        risks: risks.collect(),
        classes: classes.collect(),
        traits: traits.collect(),
        coverage: coverage.into_iter().collect(),
        servers: first(ServerOrder::Risk, GRAVEST)?,
        newest: first(ServerOrder::Seen, NEWEST)?,
        gained: reader.newest_tools(NEWEST as u32)?.into_iter().map(gained).collect(),
        raised: pages.settings().raised.iter().take(NEWEST).map(riskier).collect(),
        oldest: pages.seen().map(|[oldest, _]| day(oldest).to_owned()),
    };
    Ok(page.render()?)
}
