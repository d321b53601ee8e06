//! What asking one server brought: for people, and as JSON with every tool as it came.

use super::rows::{RowReport, row};
use super::text::{paragraph, table};
use super::visible;
use crate::model::{AuthNeeds, CardFacts, Oddity, Outcome, Partial, ProbeResult, ServerInfo, Tool, Transport};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// The report of `mcpdex probe`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbeReport {
    schema: &'static str,
    /// What was asked: an address or a command, without credentials.
    pub target: String,
    pub outcome: Outcome,
    pub detail: Option<String>,
    pub transport: Option<Transport>,
    pub revision: Option<String>,
    /// What kept the program in, where one was run.
    pub sandbox: Option<String>,
    pub server: Option<ServerInfo>,
    pub pages: usize,
    pub tools: Vec<ProbedTool>,
    pub partial: Vec<Partial>,
    pub auth: Option<AuthNeeds>,
    pub card: Option<ProbedCard>,
    pub tried: Vec<String>,
}

/// A tool as its server gives it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProbedTool {
    pub name: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub input_schema: Option<Map<String, Value>>,
    pub output_schema: Option<Map<String, Value>>,
    pub annotations: crate::model::Annotations,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub oddities: Vec<Oddity>,
    /// The object exactly as it came.
    pub raw: String,
}

/// A card that was found where the list is closed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbedCard {
    pub at: String,
    pub server: Option<ServerInfo>,
    pub tools: Vec<ProbedTool>,
    pub partial: Vec<Partial>,
}

impl From<Tool> for ProbedTool {
    fn from(tool: Tool) -> Self {
        ProbedTool {
            name: tool.name,
            title: tool.title,
            description: tool.description,
            input_schema: tool.input_schema,
            output_schema: tool.output_schema,
            annotations: tool.annotations,
            oddities: tool.oddities,
            raw: tool.raw,
        }
    }
}

impl From<CardFacts> for ProbedCard {
    fn from(card: CardFacts) -> Self {
        let tools = card.tools.into_iter().map(ProbedTool::from).collect();
        ProbedCard { at: card.at, server: card.server, tools, partial: card.partial }
    }
}

impl ProbeReport {
    /// The report on one server.
    pub fn new(target: String, heard: ProbeResult, sandbox: Option<&str>) -> Self {
        ProbeReport {
            schema: "mcpdex/probe/1",
            target,
            outcome: heard.outcome,
            detail: heard.detail,
            transport: heard.transport,
            revision: heard.revision,
            sandbox: sandbox.map(str::to_owned),
            server: heard.server,
            pages: heard.pages,
            tools: heard.tools.into_iter().map(ProbedTool::from).collect(),
            partial: heard.partial,
            auth: heard.auth,
            card: heard.card.map(ProbedCard::from),
            tried: heard.tried,
        }
    }

    /// The report for people.
    pub fn to_text(&self) -> String {
        let mut out = format!("{}\n", visible(&self.target));
        let mut facts = vec![self.outcome.to_string()];
        facts.extend(self.transport.map(|transport| transport.to_string()));
        facts.extend(self.revision.clone());
        facts.extend(self.sandbox.clone());
        facts.extend(self.server.as_ref().map(named));
        let _ = writeln!(out, "  {}", visible(&facts.join(" · ")));
        if let Some(detail) = &self.detail {
            out += &paragraph(detail, "  ");
        }
        if self.outcome.is_read() {
            out += &tools_text(&self.tools, &self.partial);
        }
        if let Some(card) = &self.card {
            let _ = writeln!(out, "\nits card at {} says:", visible(&card.at));
            out += &tools_text(&card.tools, &card.partial);
        }
        out
    }
}

fn named(server: &ServerInfo) -> String {
    [&server.name, &server.version].iter().filter_map(|part| part.as_deref()).collect::<Vec<_>>().join(" ")
}

fn tools_text(tools: &[ProbedTool], partial: &[Partial]) -> String {
    let mut out = format!("  {} {}\n", tools.len(), if tools.len() == 1 { "tool" } else { "tools" });
    let first_line = |text: &str| text.trim().lines().next().unwrap_or_default().chars().take(200).collect::<String>();
    if !tools.is_empty() {
        out.push('\n');
        let rows = tools.iter().map(|tool| {
            let text = tool.description.as_deref().or(tool.title.as_deref()).unwrap_or_default();
            vec![tool.name.clone(), first_line(text)]
        });
        out += &table(&["tool", "description"], rows);
    }
    let odd = tools.iter().flat_map(|tool| tool.oddities.iter().map(move |odd| (tool, odd)));
    let notes: Vec<String> = partial
        .iter()
        .map(|partial| format!("{}: {}", partial.reason, partial.detail))
        .chain(odd.map(|(tool, odd)| format!("{}{} {}", tool.name, odd.pointer, odd.what)))
        .collect();
    if !notes.is_empty() {
        out.push('\n');
    }
    for note in notes {
        out += &paragraph(&format!("! {note}"), "  ");
    }
    out
}

impl RowReport for ProbeReport {
    const COLUMNS: &'static [&'static str] = &["name", "title", "description"];

    fn rows(&self) -> Vec<Value> {
        self.tools.iter().map(row).collect()
    }
}
