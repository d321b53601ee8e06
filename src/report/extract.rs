//! What was read out of source: tools by package with file and line, for people, and as JSON lines.

use super::rows::RowReport;
use super::text::{first_line, paragraph, table};
use super::visible;
use crate::model::{CodeSeen, Partial, PartialKind, ToolCondition, ToolOrigin, ToolSite, at_plain_start};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// One package as it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExtractedPackage {
    /// `npm:NAME`, `pypi:NAME` and the like, with the version where it is known.
    pub package: String,
    /// The name is what a folder or an archive says of itself: no index has vouched for it.
    pub unverified: bool,
    /// Where it lies in the repository; empty for the root.
    pub folder: String,
    pub tools: Vec<ExtractedTool>,
    /// What is known to be missing from the list as a whole.
    pub partial: Vec<Partial>,
    /// Whether no tool is known to be missing.
    pub complete: bool,
    /// Why nothing was read, where that is so.
    pub failure: Option<String>,
}

/// One tool of a package.
#[derive(Debug, Clone, PartialEq)]
pub struct ExtractedTool {
    /// The object as `tools/list` would give it.
    pub tool: Map<String, Value>,
    pub site: ToolSite,
    pub partial: Vec<Partial>,
    pub origin: ToolOrigin,
    /// What must be set for the tool to be there.
    pub condition: Option<ToolCondition>,
    /// What its handler was seen to do; `None` where no handler was found.
    pub code: Option<CodeSeen>,
}

impl ExtractedPackage {
    /// How many tools, those apart that are not simply there: `12 tools, 3 of them only with a setting`.
    fn counts(&self) -> String {
        let count = self.tools.len();
        let mut text = format!("{count} {}", if count == 1 { "tool" } else { "tools" });
        let guarded: Vec<_> = self.tools.iter().filter_map(|found| found.condition.as_ref()).collect();
        if let [first, rest @ ..] = guarded.as_slice() {
            let same = rest.iter().all(|other| other.text == first.text);
            let what = if same { first.text.as_str() } else { "a setting" };
            text += &format!(", {} of them only with {}", guarded.len(), visible(what));
            let shown = guarded.iter().filter(|condition| condition.plain_start == Some(true)).count();
            if shown > 0 {
                text += &format!(" ({shown} shown by a plain start)");
            }
        }
        let defined = self.tools.iter().filter(|found| found.origin == ToolOrigin::Defined).count();
        if defined > 0 {
            text += &format!(", {defined} of them only defined");
        }
        text
    }
}

impl ExtractedTool {
    /// What keeps the tool from being simply there.
    fn note(&self) -> Option<String> {
        let defined = (self.origin == ToolOrigin::Defined).then(|| "(only defined)".to_owned());
        let condition = self.condition.as_ref().map(|condition| match condition.plain_start {
            Some(true) => format!("{} (default)", condition.text),
            _ => condition.text.clone(),
        });
        condition.or(defined)
    }
}

/// The report of `mcpdex extract`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExtractReport {
    pub packages: Vec<ExtractedPackage>,
}

impl ExtractReport {
    /// One tool a line: its own members, then what the schema `mcpdex/extract/1` says beside them.
    pub fn to_json_lines(&self) -> String {
        let mut out = String::new();
        for package in &self.packages {
            for found in &package.tools {
                let mut line = found.tool.clone();
                let mut put = |key: &str, value: Value| {
                    // A member of a tool's own by the name of one of ours goes last and loses.
                    line.shift_remove(key);
                    line.insert(key.to_owned(), value);
                };
                put("package", json!(package.package));
                put("unverified", json!(package.unverified));
                put("file", json!(found.site.file));
                put("line", json!(found.site.line));
                put("origin", json!(found.origin));
                put("condition", json!(found.condition.as_ref().map(|condition| &condition.text)));
                put("plain_start", json!(at_plain_start(found.origin, found.condition.as_ref())));
                put("exact", json!(found.partial.is_empty()));
                put("partial", json!(found.partial));
                put("code", json!(found.code));
                put("complete", json!(package.complete));
                put("list_partial", json!(package.partial));
                out += &Value::Object(line).to_string();
                out.push('\n');
            }
        }
        out
    }

    /// The report for people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for (at, package) in self.packages.iter().enumerate() {
            if at > 0 {
                out.push('\n');
            }
            let place = if package.folder.is_empty() { String::new() } else { format!(" in {}", package.folder) };
            let count = package.tools.len();
            let claim = if package.unverified { " (unverified)" } else { "" };
            let _ = writeln!(out, "{}{claim}{}: {}", visible(&package.package), visible(&place), package.counts());
            if count > 0 {
                let guarded = package.tools.iter().any(|found| found.note().is_some());
                let rows = package.tools.iter().map(|found| {
                    let text = |key: &str| found.tool.get(key).and_then(Value::as_str).unwrap_or_default();
                    let first = first_line(text("description"), 120);
                    let place = format!("{}:{}", found.site.file, found.site.line);
                    let mut row = vec![text("name").to_owned(), place];
                    row.extend(guarded.then(|| found.note().unwrap_or_default()));
                    row.push(first);
                    row
                });
                let only = guarded.then_some("only with");
                let header: Vec<&str> = ["tool", "place"].into_iter().chain(only).chain(["description"]).collect();
                out += &table(&header, rows);
            }
            for note in self.notes_of(package) {
                out += &paragraph(&format!("! {note}"), "  ");
            }
        }
        out
    }

    /// What could not be read, one sentence each, for those who were given JSON.
    pub fn notes(&self) -> Vec<String> {
        let of = |package| {
            let notes: Vec<String> = self.notes_of(package);
            let name: &ExtractedPackage = package;
            notes.into_iter().map(|note| format!("{}: {note}", name.package)).collect::<Vec<_>>()
        };
        self.packages.iter().flat_map(of).collect()
    }

    fn notes_of(&self, package: &ExtractedPackage) -> Vec<String> {
        let spell = |partial: &Partial| {
            let place = partial.site.as_ref().map(|site| format!(" ({}:{})", site.file, site.line));
            let weight = match partial.kind {
                PartialKind::MissingTool => "a tool may be missing",
                PartialKind::InexactField => "not exact",
                PartialKind::Remark => "remark",
            };
            format!("{weight}: {}: {}{}", partial.reason, partial.detail, place.unwrap_or_default())
        };
        let failure = package.failure.iter().map(|why| format!("not read: {why}"));
        let lists = package.partial.iter().map(spell);
        failure.chain(lists).chain(package.tools.iter().flat_map(|tool| tool.partial.iter().map(spell))).collect()
    }
}

/// As its rows.
impl Serialize for ExtractReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows())
    }
}

impl RowReport for ExtractReport {
    const COLUMNS: &'static [&'static str] =
        &["name", "package", "file", "line", "origin", "condition", "exact", "description"];

    fn rows(&self) -> Vec<Value> {
        self.to_json_lines().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}
