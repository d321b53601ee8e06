//! The report on one server: its tools, how risky they are, what they make possible together, what they cost, what its
//! annotations are worth, and what is not known of it.

use super::identity::Identity;
use super::rows::{RowReport, row};
use super::style::link;
use super::text::{hanging, judged_by, paragraph, table, width};
use super::visible;
use crate::model::text::{counted, one_or_many};
use crate::model::{
    Class, Confidence, FoundTool, Grade, ListFacts, Package, Risk, ServerFacts, ToolOrigin, ToolSite, Trait, Unread,
    at_plain_start,
};
use crate::survey::{Audit, Combination, Finding, Kind};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Below this width a table of lists would break their names.
const NARROW: usize = 80;

/// One tool in a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolLine {
    pub name: String,
    pub class: Class,
    pub risk: Risk,
    pub confidence: Confidence,
    pub traits: Vec<Trait>,
    pub rationale: String,
    pub recognised: bool,
    pub origin: ToolOrigin,
    pub target: String,
    pub site: Option<ToolSite>,
    /// What must be set for the tool to be there.
    pub condition: Option<String>,
    /// Whether a start with nothing set shows it; `null` where that is not known.
    pub plain_start: Option<bool>,
    /// Whether nothing of its own definition is uncertain.
    pub exact: bool,
    /// Tokens of its definition, where they were counted.
    pub tokens: Option<u64>,
}

/// What the definitions cost a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cost {
    pub tokeniser: String,
    pub tokens: u64,
}

/// Everything about one server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServerView {
    #[serde(flatten)]
    pub facts: ServerFacts,
    pub grade: Grade,
    pub is_read: bool,
    pub risks: BTreeMap<Risk, usize>,
    pub classes: BTreeMap<Class, usize>,
    pub tools: Vec<ToolLine>,
    pub combination: Option<Combination>,
    pub cost: Option<Cost>,
    pub annotations: Audit,
    pub lists: Vec<ListFacts>,
    pub unread: Vec<Unread>,
    pub findings: Vec<Finding>,
    /// Why each listing is of this server, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Identity>,
}

impl ServerView {
    /// Joins what the database says of a server with what stands out.
    pub fn new(
        facts: ServerFacts,
        tools: Vec<FoundTool>,
        lists: Vec<ListFacts>,
        unread: Vec<Unread>,
        tokens: Option<(String, BTreeMap<String, u64>)>,
        (combination, annotations, findings): (Option<Combination>, Audit, Vec<Finding>),
    ) -> ServerView {
        let mut risks: BTreeMap<Risk, usize> = Risk::ALL.iter().map(|risk| (*risk, 0)).collect();
        let mut classes: BTreeMap<Class, usize> = Class::ALL.iter().map(|class| (*class, 0)).collect();
        for found in &tools {
            *risks.entry(found.verdict.risk).or_default() += 1;
            *classes.entry(found.verdict.class).or_default() += 1;
        }
        let of = |name: &str| tokens.as_ref().and_then(|(_, by_name)| by_name.get(name).copied());
        let tools: Vec<ToolLine> = tools
            .into_iter()
            .map(|found| ToolLine {
                tokens: of(&found.tool.name),
                name: found.tool.name,
                class: found.verdict.class,
                risk: found.verdict.risk,
                confidence: found.verdict.confidence,
                traits: found.verdict.traits.into_iter().collect(),
                rationale: found.verdict.rationale,
                recognised: found.verdict.recognised,
                origin: found.origin,
                target: found.target,
                site: found.site,
                plain_start: at_plain_start(found.origin, found.condition.as_ref()),
                condition: found.condition.map(|condition| condition.text),
                exact: found.inexact.is_empty(),
            })
            .collect();
        let cost = tokens.map(|(tokeniser, by_name)| Cost { tokeniser, tokens: by_name.values().sum() });
        let is_read = !lists.is_empty();
        let count = |risk| risks.get(&risk).copied().unwrap_or(0) as u64;
        let is_whole = lists.iter().filter(|list| list.latest).all(|list| list.partial.is_empty());
        let grade = Grade::of(is_read.then(|| Grade::counts(count)), is_whole);
        ServerView {
            facts,
            grade,
            is_read,
            risks,
            classes,
            tools,
            combination,
            cost,
            annotations,
            lists,
            unread,
            findings,
            why: None,
        }
    }

    fn write(&self, out: &mut String) {
        let facts = &self.facts;
        let _ = writeln!(out, "server      {}", visible(&facts.server));
        out.push_str(&hanging(&format!("grade       {}: {}", self.grade, self.grade.means()), "", "            "));
        for (label, value) in [("title", &facts.title), ("version", &facts.version), ("repository", &facts.repository)]
        {
            if let Some(value) = value {
                let _ = writeln!(out, "{label:<11} {}", link(value));
            }
        }
        if let Some(description) = facts.description.as_deref().filter(|text| !text.trim().is_empty()) {
            out.push_str(&hanging(&format!("says        {}", description.trim()), "", "            "));
        }
        if let Some(status) = facts.status.as_deref().filter(|status| *status != "active") {
            out.push_str(&hanging(&format!("status      {status}"), "", "            "));
        }
        let packages: Vec<_> = facts.packages.iter().map(Package::key).collect();
        let remotes: Vec<_> = facts.remotes.iter().map(|remote| remote.url.clone()).collect();
        for (label, all) in [
            ("packages", packages),
            ("answers at", remotes),
            ("asks for", facts.variables.clone()),
            ("listed by", facts.sources.clone()),
        ] {
            if !all.is_empty() {
                out.push_str(&hanging(&format!("{label:<11} {}", all.join(", ")), "", "            "));
            }
        }
        if !self.is_read {
            out.push_str("\nNo list of its tools was ever learnt: nothing is known of what it can do.\n");
        } else {
            let counts: Vec<_> = self.risks.iter().map(|(risk, count)| format!("{risk} {count}")).collect();
            let _ = writeln!(out, "tools       {} ({})", self.tools.len(), counts.join(" · "));
            let guarded: Vec<_> = self.tools.iter().filter(|tool| tool.condition.is_some()).collect();
            if !guarded.is_empty() {
                let shown = guarded.iter().filter(|tool| tool.plain_start == Some(true)).count();
                let total = guarded.len();
                let _ = writeln!(out, "            {total} of them only with a setting, {shown} of these by default");
            }
            let defined = self.tools.iter().filter(|tool| tool.origin == ToolOrigin::Defined).count();
            if defined > 0 {
                let _ = writeln!(out, "            {defined} of them defined in the source, registration not reached");
            }
        }
        match &self.cost {
            Some(cost) if self.is_read => {
                let _ = writeln!(out, "costs       {} tokens of context ({})", cost.tokens, cost.tokeniser);
            }
            _ => {}
        }
        self.write_lists(out);
        if !self.tools.is_empty() {
            out.push('\n');
            let guarded = self.tools.iter().any(|tool| tool.condition.is_some());
            // Their sum stands above; names want the room.
            let is_narrow = width().is_some_and(|width| width < NARROW);
            let rows = self.tools.iter().map(|tool| {
                let traits: Vec<_> = tool.traits.iter().map(|word| word.as_str()).collect();
                let tokens = tool.tokens.map(|tokens| tokens.to_string()).unwrap_or_default();
                let mut row = vec![tool.name.clone(), tool.class.to_string(), tool.risk.to_string(), traits.join(", ")];
                row.extend((!is_narrow).then_some(tokens));
                row.extend(guarded.then(|| tool.condition.clone().unwrap_or_default()));
                row
            });
            let only = guarded.then_some("only with");
            let tokens = (!is_narrow).then_some("tokens");
            let header: Vec<_> = ["tool", "class", "risk", "traits"].into_iter().chain(tokens).chain(only).collect();
            out.push_str(&table(&header, rows));
        }
        if let Some(combination) = &self.combination {
            let _ = write!(out, "\n{}", paragraph(&format!("! A leak is possible: {}", combination.sentence()), ""));
        }
        self.write_annotations(out);
        for found in self.findings.iter().filter(|found| found.kind.is_about_identity()) {
            let _ = write!(out, "\n{}", paragraph(&format!("! {}: {}", found.kind, found.message), ""));
        }
        if let Some(why) = &self.why {
            why.write(&facts.server, out);
        }
        for attempt in &self.unread {
            let why = attempt.detail.as_deref().map(|d| format!(": {d}")).unwrap_or_default();
            let text = format!("! {} could not be read: {}{why}", attempt.target, attempt.outcome);
            let _ = write!(out, "\n{}", paragraph(&text, ""));
        }
    }

    fn write_lists(&self, out: &mut String) {
        if self.lists.is_empty() {
            return;
        }
        out.push('\n');
        let state = |list: &ListFacts| match (list.latest, list.partial.is_empty()) {
            (true, true) => "",
            (true, false) => "partial",
            (false, _) => "superseded",
        };
        let day = |time: &str| time.chars().take(10).collect::<String>();
        let learnt_from = |list: &ListFacts| match &list.version {
            Some(version) => format!("{} {version}", list.target),
            None => list.target.clone(),
        };
        if width().is_some_and(|width| width < NARROW) {
            for list in &self.lists {
                let (first, last, tools) = (day(&list.first_seen), day(&list.last_seen), counted(list.tools, "tool"));
                let line = format!(
                    "list {}: {tools}, {} from {}, seen {first} to {last} {}",
                    list.observation,
                    list.origin,
                    learnt_from(list),
                    state(list)
                );
                *out += &hanging(line.trim_end(), "  ", "      ");
            }
        } else {
            let rows = self.lists.iter().map(|list| {
                vec![
                    list.observation.to_string(),
                    learnt_from(list),
                    list.origin.to_string(),
                    list.tools.to_string(),
                    day(&list.first_seen),
                    day(&list.last_seen),
                    state(list).to_owned(),
                ]
            });
            out.push_str(&table(&["list", "learnt from", "origin", "tools", "first seen", "last seen", ""], rows));
        }
        for missing in self.lists.iter().filter(|list| list.latest).flat_map(|list| &list.partial) {
            let place = missing.site.as_ref().map(|s| format!(" ({}:{})", s.file, s.line)).unwrap_or_default();
            out.push_str(&paragraph(&format!("! not read: {}{place}", missing.detail), "  "));
        }
        for remark in self.lists.iter().filter(|list| list.latest).flat_map(|list| &list.remarks) {
            out.push_str(&paragraph(&format!("remark: {}", remark.detail), "  "));
        }
    }

    fn write_annotations(&self, out: &mut String) {
        let audit = &self.annotations;
        if audit.tools == 0 {
            return;
        }
        let mut text = match audit.annotated {
            0 => "Annotations: no tool carries hints that its author set".to_owned(),
            some => {
                let carry = one_or_many(some, "carries", "carry");
                format!("Annotations: {some} of {} {carry} hints that the author set", counted(audit.tools, "tool"))
            }
        };
        if audit.defaults > 0 {
            let _ = write!(text, "; {} carry an SDK's defaults, which say nothing", audit.defaults);
        }
        if audit.read_only_agrees > 0 {
            let _ = write!(text, "; {} say that they only read, and do", audit.read_only_agrees);
        }
        let _ = write!(out, "\n{}", paragraph(&text, ""));
        for (names, what) in [
            (&audit.read_only_doubtful, "say that they only read, and by their definitions do not"),
            (&audit.silent_about_harm, "can destroy or pay, and carry no hint that says so"),
        ] {
            if !names.is_empty() {
                out.push_str(&paragraph(&format!("! {what}: {}", names.join(", ")), "  "));
            }
        }
        for told in self.findings.iter().filter(|finding| finding.kind == Kind::CodeContradiction) {
            let tool = told.tool.as_deref().unwrap_or_default();
            out.push_str(&paragraph(&format!("! {tool}: {}", told.message), "  "));
        }
    }
}

/// The report of `mcpdex server`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServerReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judged.
    pub ruleset: String,
    pub asked: String,
    pub servers: Vec<ServerView>,
}

impl ServerReport {
    /// A report on the servers that a person may have meant.
    pub fn new(ruleset: String, asked: &str, servers: Vec<ServerView>) -> ServerReport {
        ServerReport { schema: "mcpdex/server/1", ruleset, asked: asked.to_owned(), servers }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for (at, view) in self.servers.iter().enumerate() {
            if at > 0 {
                out.push('\n');
            }
            view.write(&mut out);
        }
        out + "\n" + &judged_by(&self.ruleset)
    }
}

impl RowReport for ServerReport {
    const COLUMNS: &'static [&'static str] =
        &["server", "name", "class", "risk", "confidence", "traits", "origin", "target", "condition", "tokens"];

    fn rows(&self) -> Vec<Value> {
        let tools = |view: &ServerView| {
            let named = |tool: &ToolLine| {
                let mut row = row(tool);
                row["server"] = Value::from(view.facts.server.as_str());
                row
            };
            view.tools.iter().map(named).collect::<Vec<_>>()
        };
        self.servers.iter().flat_map(tools).collect()
    }

    fn judged_by(&self) -> Option<&str> {
        Some(&self.ruleset)
    }
}
