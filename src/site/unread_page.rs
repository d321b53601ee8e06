//! What could not be read and why: attempts that failed, lists that are known to be incomplete.

use super::address::PagePath;
use super::frame::{Frame, counted, cut};
use super::listing::{LINES, Turn};
use super::pages::{Pages, SiteError};
use crate::model::{Coverage, OutcomeCount};
use crate::store::Reader;
use askama::Template;

/// Something that was not read.
struct UnreadRow {
    address: String,
    server: String,
    target: String,
    why: String,
}

#[derive(Template)]
#[template(path = "unread.html")]
struct UnreadPage<'a> {
    frame: Frame,
    coverage: &'a Coverage,
    outcomes: &'a [OutcomeCount],
    rows: Vec<UnreadRow>,
    turn: Turn,
}

/// Characters of a reason that are shown.
const SHOWN: usize = 240;

/// One page of it; `None` where there is not so much.
pub(super) fn render(pages: &Pages, reader: &Reader, page: usize) -> Result<Option<String>, SiteError> {
    let failed = reader.unread()?.into_iter().map(|one| {
        let detail = one.detail.map(|detail| format!(": {}", cut(&detail, SHOWN))).unwrap_or_default();
        (one.server, one.target, format!("{}{detail}", one.outcome))
    });
    let partial = reader.partial_lists()?.into_iter().map(|list| {
        let missing: Vec<String> = list.missing.iter().map(|missing| missing.detail.clone()).collect();
        (list.server, list.target, cut(&format!("in part: {}", missing.join("; ")), SHOWN))
    });
    let mut all: Vec<(String, String, String)> = failed.chain(partial).collect();
    all.sort();
    let Some(turn) = Turn::of(page, all.len() as u64, PagePath::Unread) else { return Ok(None) };
    let rows = all.into_iter().skip((page - 1) * LINES).take(LINES).map(|(server, target, why)| UnreadRow {
        address: PagePath::Server(server.clone()).address(),
        server,
        target,
        why,
    });
    let figures = pages.figures();
    let about = format!("Of {}, what was not read and why.", counted(figures.coverage.servers, "server", "servers"));
    let page = UnreadPage {
        frame: Frame::new(pages, &PagePath::Unread(page), "What was not read", about),
        coverage: &figures.coverage,
        outcomes: &figures.outcomes,
        rows: rows.collect(),
        turn,
    };
    Ok(Some(page.render()?))
}
