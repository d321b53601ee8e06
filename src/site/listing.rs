//! Lists of servers, page by page, and the bar that shows a server's risks.

use super::address::PagePath;
use super::frame::{Frame, counted};
use super::pages::{Pages, SiteError};
use crate::model::{Grade, Risk, ServerLine};
use crate::store::{Reader, ServerOrder, ServerQuery};
use askama::Template;

/// Lines of one page of a list.
pub(super) const LINES: usize = 200;

/// A piece of a bar, in thousandths of its width.
pub(super) struct Part {
    pub(super) tone: &'static str,
    pub(super) from: u64,
    pub(super) width: u64,
}

/// A server in a table.
pub(super) struct ServerRow {
    pub(super) address: String,
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) grade: Grade,
    pub(super) is_read: bool,
    pub(super) tools: u64,
    /// Why nothing is known of its tools.
    pub(super) why_not: Option<String>,
    pub(super) parts: Vec<Part>,
    pub(super) spelled: String,
}

/// The way through a list of several pages.
pub(super) struct Turn {
    pub(super) page: usize,
    pub(super) pages: usize,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

impl Turn {
    /// Of `page` among so many lines; `None` where the list is not so long.
    pub(super) fn of(page: usize, lines: u64, path: impl Fn(usize) -> PagePath) -> Option<Turn> {
        let pages = usize::try_from(lines).unwrap_or(usize::MAX).div_ceil(LINES).max(1);
        (1..=pages).contains(&page).then(|| Turn {
            page,
            pages,
            before: (page > 1).then(|| path(page - 1).address()),
            after: (page < pages).then(|| path(page + 1).address()),
        })
    }
}

#[derive(Template)]
#[template(path = "servers.html")]
struct ServersPage {
    frame: Frame,
    heading: &'static str,
    told: String,
    servers: Vec<ServerRow>,
    turn: Turn,
}

/// Servers, worst first.
pub(super) fn servers(pages: &Pages, reader: &Reader, page: usize) -> Result<Option<String>, SiteError> {
    let Some(turn) = Turn::of(page, pages.figures().coverage.servers, PagePath::Servers) else { return Ok(None) };
    let query =
        ServerQuery { order: ServerOrder::Grade, skip: (page - 1) * LINES, take: LINES, ..ServerQuery::default() };
    let found = reader.servers(&query)?;
    let told = format!("{}, worst grade first.", counted(found.found, "server", "servers"));
    let page = ServersPage {
        frame: Frame::new(pages, &PagePath::Servers(page), "Servers", told.clone()),
        heading: "Servers",
        told,
        servers: found.servers.into_iter().map(row).collect(),
        turn,
    };
    Ok(Some(page.render()?))
}

pub(super) fn row(line: ServerLine) -> ServerRow {
    let counts = [line.low, line.medium, line.high, line.critical];
    let why_not = match (&line.unread, line.is_read) {
        (_, true) if line.tools > 0 => None,
        (_, true) => Some("offers no tools".to_owned()),
        (Some(unread), false) => Some(format!("not read: {}", unread.outcome)),
        (None, false) => Some("not tried".to_owned()),
    };
    ServerRow {
        address: PagePath::Server(line.server.clone()).address(),
        name: line.server,
        title: line.title.filter(|title| !title.trim().is_empty()),
        grade: line.grade,
        is_read: line.is_read,
        tools: line.tools,
        why_not,
        parts: parts(counts),
        spelled: spelled(counts),
    }
}

/// Counts by risk, from low to critical, as a bar: gravest first.
pub(super) fn parts(counts: [u64; 4]) -> Vec<Part> {
    let all: u64 = counts.iter().sum();
    let (mut parts, mut before) = (Vec::new(), 0);
    for (risk, count) in Risk::ALL.iter().zip(counts).rev().filter(|(_, count)| *count > 0) {
        let (from, to) = (before * 1_000 / all.max(1), (before + count) * 1_000 / all.max(1));
        parts.push(Part { tone: risk.as_str(), from, width: to - from });
        before += count;
    }
    parts
}

/// Counts by risk in words.
pub(super) fn spelled(counts: [u64; 4]) -> String {
    let named = Risk::ALL.iter().zip(counts).rev().filter(|(_, count)| *count > 0);
    let named: Vec<String> = named.map(|(risk, count)| format!("{count} {risk}")).collect();
    let all = counted(counts.iter().sum::<u64>(), "tool", "tools");
    if named.is_empty() { all } else { format!("{all}: {}", named.join(", ")) }
}
