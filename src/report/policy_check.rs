//! What is wrong with a policy, for people with the lines of the file, for programs as JSON.

use super::style::{by_risk, is_styled};
use super::text::{fill, paragraph};
use super::visible;
use crate::model::Risk;
use crate::policy::{CheckDepth, PolicyCheck, PolicyFault, PolicyFinding, Target, WrittenPolicy};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;
use std::fmt::Write as _;

/// The report of `mcpdex policy check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyCheckReport {
    schema: &'static str,
    pub file: String,
    pub target: Target,
    /// How far could be looked: `alone`, `partly` or `whole`.
    pub depth: CheckDepth,
    /// The servers whose tools the policy was held against.
    pub servers: Vec<String>,
    /// Servers that the policy names and of which no tool is known.
    pub unread: Vec<String>,
    /// Whether something was found for which the command ends with 3.
    pub gate: bool,
    pub findings: Vec<PlacedFinding>,
}

/// A finding with its place, for people and machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlacedFinding {
    /// Counted from one.
    pub line: usize,
    /// In characters, counted from one.
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
    #[serde(flatten)]
    pub finding: PolicyFinding,
}

/// Where the lines of a text begin.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Lines<'t> {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Lines { text, starts }
    }

    /// Line and column of a byte, counted from one; columns are characters.
    pub(super) fn place(&self, at: usize) -> (usize, usize) {
        let at = at.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts[line - 1];
        let column = self.text.get(start..at).map_or(0, |before| before.chars().count());
        (line, column + 1)
    }

    /// The text of a line without its end, and where it begins.
    fn line(&self, line: usize) -> (usize, &'t str) {
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        (start, self.text[start..end].trim_end_matches(['\n', '\r']))
    }
}

impl PolicyCheckReport {
    /// A report on what was found in a policy.
    pub fn new(file: &str, policy: &WrittenPolicy, check: &PolicyCheck, servers: &[&str]) -> PolicyCheckReport {
        let lines = Lines::of(policy.text());
        let placed = |finding: &PolicyFinding| {
            let (line, column) = lines.place(finding.span.start);
            let (end_line, end_column) = lines.place(finding.span.end);
            PlacedFinding { line, column, end_line, end_column, finding: finding.clone() }
        };
        PolicyCheckReport {
            schema: "mcpdex/policy-check/1",
            file: file.to_owned(),
            target: policy.target(),
            depth: check.depth,
            servers: servers.iter().map(|server| (*server).to_owned()).collect(),
            unread: check.unread.clone(),
            gate: check.gates(),
            findings: check.findings.iter().map(placed).collect(),
        }
    }

    /// The report as text for people: each finding with the line that it speaks of.
    pub fn to_text(&self, text: &str) -> String {
        let lines = Lines::of(text);
        let renderer = if is_styled() { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(super::text::width().unwrap_or(140));
        let mut out = String::new();
        for placed in &self.findings {
            out += &self.shown(placed, &lines, &renderer);
            out.push_str("\n\n");
        }
        let count = |risk: Risk| self.findings.iter().filter(|placed| placed.finding.severity == risk).count();
        let parts: Vec<String> = [Risk::Critical, Risk::High, Risk::Medium, Risk::Low]
            .into_iter()
            .filter(|risk| count(*risk) > 0)
            .map(|risk| by_risk(risk, format!("{} {risk}", count(risk))))
            .collect();
        let found = if parts.is_empty() { "nothing found".to_owned() } else { parts.join(", ") };
        let end = format!("{}: {}, {found}; {}", visible(&self.file), self.target, self.depth_in_words());
        let _ = writeln!(out, "{}", fill(&end, "", "  "));
        if !self.unread.is_empty() {
            out += &paragraph(&format!("not looked at, since no tool is known: {}", self.unread.join(", ")), "");
        }
        out
    }

    fn depth_in_words(&self) -> String {
        match self.depth {
            CheckDepth::Alone => "looked at by itself, at no tools".to_owned(),
            CheckDepth::Partly | CheckDepth::Whole => {
                let servers = visible(&self.servers.join(", ")).into_owned();
                format!("held against the tools of {servers}")
            }
        }
    }

    fn shown(&self, placed: &PlacedFinding, lines: &Lines<'_>, renderer: &Renderer) -> String {
        let finding = &placed.finding;
        let level = match finding.severity {
            Risk::Critical | Risk::High => Level::ERROR,
            Risk::Medium => Level::WARNING,
            Risk::Low => Level::NOTE,
        };
        let (start, line) = lines.line(placed.line);
        let from = finding.span.start.saturating_sub(start).min(line.len());
        let to = finding.span.end.saturating_sub(start).clamp(from, line.len());
        let file = visible(&self.file);
        // What is not plain is made visible by the renderer, one sign for each.
        let snippet = Snippet::source(line)
            .line_start(placed.line)
            .path(file.as_ref())
            .annotation(AnnotationKind::Primary.span(from..to));
        let message = visible(&finding.message).into_owned();
        let mut group = level.primary_title(message.as_str()).id(finding.fault.as_str()).element(snippet);
        let help = finding.help.as_deref().map(|help| visible(help).into_owned());
        if let Some(help) = &help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }

    /// Every fault once, for formats that describe rules.
    pub(super) fn faults() -> &'static [PolicyFault] {
        PolicyFault::ALL
    }
}
