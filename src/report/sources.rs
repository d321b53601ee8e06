//! Where servers are listed, how each place wants to be asked, and what it gave last.

use super::rows::{RowReport, row};
use super::text::table;
use serde::Serialize;
use serde_json::Value;

/// What a source gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceGave {
    /// When it listed a server last (RFC 3339, UTC).
    pub at: String,
    /// Servers of its last reading.
    pub gave: u64,
    /// Servers of all its readings that are not gone.
    pub servers: u64,
    /// Tools that it defined itself.
    pub tools: u64,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceLine {
    /// How it is named on the command line.
    pub source: String,
    /// Where it is; the same as `source` for what no list names.
    pub address: String,
    pub what: Option<String>,
    /// Milliseconds between two of its pages, at least.
    pub pause_ms: u64,
    /// It is read when `mcpdex crawl` is given nothing.
    pub default: bool,
    /// The file that names it, `built in`, or `named` where somebody named it on the command line.
    pub by: String,
    /// `None` where it was never read.
    #[serde(flatten)]
    pub gave: Option<SourceGave>,
}

/// The report of `mcpdex sources`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourcesReport {
    schema: &'static str,
    pub sources: Vec<SourceLine>,
}

impl SourcesReport {
    /// A report on these sources.
    pub fn new(sources: Vec<SourceLine>) -> SourcesReport {
        SourcesReport { schema: "mcpdex/sources/1", sources }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let rows = self.sources.iter().map(|line| {
            let mark = if line.default { " *" } else { "" };
            let pause = match line.pause_ms {
                0 => String::new(),
                pause => format!("{pause} ms"),
            };
            let (gave, tools, at) = match &line.gave {
                Some(gave) => (gave.gave.to_string(), gave.tools.to_string(), gave.at.clone()),
                None => ("never".to_owned(), String::new(), String::new()),
            };
            let about = match &line.what {
                Some(what) => format!("{}  {what}", line.address),
                None => String::new(),
            };
            vec![format!("{}{mark}", line.source), gave, tools, at, pause, about]
        });
        let rows: Vec<Vec<String>> = rows.collect();
        let heads = ["source", "servers last", "tools in it", "read", "pause", "address and content"];
        format!("{}\n* read by `mcpdex crawl` when nothing is named\n", table(&heads, rows.into_iter()))
    }
}

impl RowReport for SourcesReport {
    const COLUMNS: &'static [&'static str] =
        &["source", "address", "what", "pause_ms", "default", "by", "at", "gave", "servers", "tools"];

    fn rows(&self) -> Vec<Value> {
        self.sources.iter().map(row).collect()
    }
}
