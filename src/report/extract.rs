//! What was read out of source: tools by package with file and line, for people, and as JSON lines.

use super::text::{paragraph, table};
use super::visible;
use crate::model::{Partial, ToolSite};
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
}

/// The report of `mcpdex extract`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExtractReport {
    pub packages: Vec<ExtractedPackage>,
}

impl ExtractReport {
    /// One tool a line: its own members, then `package`, `file`, `line`, `partial` and `complete`.
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
                put("partial", json!(found.partial));
                put("complete", json!(package.partial.is_empty()));
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
            let words = if count == 1 { "tool" } else { "tools" };
            let claim = if package.unverified { " (unverified)" } else { "" };
            let _ = writeln!(out, "{}{claim}{}: {count} {words}", visible(&package.package), visible(&place));
            if count > 0 {
                let rows = package.tools.iter().map(|found| {
                    let text = |key: &str| found.tool.get(key).and_then(Value::as_str).unwrap_or_default();
                    let first: String =
                        text("description").trim().lines().next().unwrap_or_default().chars().take(120).collect();
                    let place = format!("{}:{}", found.site.file, found.site.line);
                    vec![text("name").to_owned(), place, first]
                });
                out += &table(&["tool", "place", "description"], rows);
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
        let spell = |partial: &Partial| match &partial.site {
            Some(site) => format!("{}: {} ({}:{})", partial.reason, partial.detail, site.file, site.line),
            None => format!("{}: {}", partial.reason, partial.detail),
        };
        let failure = package.failure.iter().map(|why| format!("not read: {why}"));
        let lists = package.partial.iter().map(spell);
        failure.chain(lists).chain(package.tools.iter().flat_map(|tool| tool.partial.iter().map(spell))).collect()
    }
}
