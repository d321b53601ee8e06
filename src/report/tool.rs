//! The report on one tool name: every server that has it, what it does, how it was judged, what to do about it.

use super::style::{by_risk, faint, strong};
use super::text::{fill, hanging, judged_by, paragraph, table};
use super::visible;
use super::{namesakes, next};
use crate::model::{
    Annotations, ClaimEffect, CodeSeen, Evidence, Field, FoundTool, Merge, Oddity, OtherStatement, Parameter, Partial,
    RelatedTool, ToolCondition, ToolOrigin, ToolSite, Verdict, at_plain_start, parameters,
};
use crate::survey::{Difference, Finding};
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;

/// One server's tool, and the recommended policy for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolView {
    pub server: String,
    pub origin: ToolOrigin,
    /// What the list was learnt from, for instance `pypi:NAME`.
    pub target: String,
    pub version: Option<String>,
    pub artifact_sha256: Option<String>,
    pub site: Option<ToolSite>,
    pub last_seen: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub parameters: Vec<Parameter>,
    pub annotations: Annotations,
    pub oddities: Vec<Oddity>,
    pub partial: Vec<Partial>,
    /// What must be set for the tool to be there.
    pub condition: Option<String>,
    /// Whether a start with nothing set shows it; `null` where that is not known.
    pub plain_start: Option<bool>,
    /// Whether nothing of its own definition is uncertain; what is stands in `inexact`.
    pub exact: bool,
    pub inexact: Vec<Partial>,
    /// What its handler was seen to do in its source; `null` where no handler was found.
    pub code: Option<CodeSeen>,
    /// What other origins added to this tool, or state differently.
    pub origins: Merge,
    pub verdict: Verdict,
    pub policy: PolicyView,
}

/// The recommended policy: why, and the document that says so, the same that `mcpdex policy TOOL` prints. `document` is
/// `null` where none can be vouched for; `reason` then says why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyView {
    pub reason: String,
    pub document: Option<Value>,
    /// How to apply it.
    pub steps: &'static [&'static str],
}

/// So many servers of one name are told in full; of more only the gravest, unless all are asked for.
const MAX_IN_FULL: usize = 2;

/// How many ways of abuse are told of one tool.
const MAX_ATTACKS: usize = 2;

impl ToolView {
    /// Joins what the database says with the recommended policy.
    pub fn new(found: FoundTool, policy: PolicyView) -> ToolView {
        let FoundTool {
            server,
            origin,
            target,
            version,
            artifact_sha256,
            site,
            partial,
            condition,
            inexact,
            last_seen,
            tool,
            merge,
            verdict,
            ..
        } = found;
        ToolView {
            server,
            origin,
            target,
            version,
            artifact_sha256,
            site,
            last_seen,
            title: tool.display_title().map(str::to_owned),
            parameters: parameters(tool.input_schema.as_ref()),
            description: tool.description,
            annotations: tool.annotations,
            oddities: tool.oddities,
            partial,
            plain_start: at_plain_start(origin, condition.as_ref()),
            condition: condition.map(|condition| condition.text),
            exact: inexact.is_empty(),
            inexact,
            code: tool.code,
            origins: merge,
            verdict,
            policy,
        }
    }
}

/// The report of `mcpdex tool`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judged.
    pub ruleset: String,
    pub tool: String,
    pub servers: Vec<ToolView>,
    pub around: ToolSurroundings,
}

/// What a person who looks at a name should know beside the tools of that name.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ToolSurroundings {
    /// The same name spelled in another style.
    pub spellings: Vec<String>,
    /// In what the servers' tools differ.
    pub differences: Vec<Difference>,
    pub findings: Vec<Finding>,
    /// Other tools of these servers that can do the like, gravest first.
    pub related: Vec<RelatedTool>,
}

impl ToolReport {
    /// A report on `tool` as the given servers have it.
    pub fn new(ruleset: String, tool: &str, servers: Vec<ToolView>, around: ToolSurroundings) -> ToolReport {
        ToolReport { schema: "mcpdex/tool/1", ruleset, tool: tool.to_owned(), servers, around }
    }

    /// The report as text for people: with `all` every server's tool in full, else of many the gravest.
    pub fn to_text(&self, all: bool) -> String {
        let mut out = format!("{}\n", strong(visible(&self.tool)));
        if !self.around.spellings.is_empty() {
            out += &paragraph(&format!("also spelled {}", self.around.spellings.join(", ")), "");
        }
        if self.servers.len() > 1 {
            out += &namesakes::holders(&self.gravest_first(), all);
        }
        out += &namesakes::differences(&self.around.differences, all);
        for finding in &self.around.findings {
            let text = format!("! {} ({}): {}", finding.kind, finding.server, finding.message);
            let _ = write!(out, "\n{}", paragraph(&text, ""));
        }
        let in_full = if all || self.servers.len() <= MAX_IN_FULL { self.servers.len() } else { 1 };
        let shown: Vec<&ToolView> = if in_full == self.servers.len() {
            self.servers.iter().collect()
        } else {
            self.gravest_first().into_iter().take(in_full).collect()
        };
        for view in shown {
            out.push('\n');
            view.write(&mut out);
        }
        self.write_related(&mut out);
        if in_full < self.servers.len() {
            out += &namesakes::more(self.servers.len());
        }
        let _ = writeln!(out, "\n{}", faint(fill(&self.next(), "", "  ")));
        out + &judged_by(&self.ruleset)
    }

    /// What a person may do next: write the policy for another enforcement point, refuse or count the tool, see every clause.
    fn next(&self) -> String {
        let tool = next::word(&self.tool, "NAME");
        let server = self.gravest_first().first().map_or("SERVER".into(), |view| next::word(&view.server, "SERVER"));
        let of = if self.servers.len() > 1 { format!(" --server {server}") } else { String::new() };
        format!(
            "next: mcpdex policy {tool}{of} (with --target TARGET, --block or --limit 10/minute) · \
             mcpdex explain {server} {tool}"
        )
    }

    /// The servers' tools, gravest first.
    fn gravest_first(&self) -> Vec<&ToolView> {
        let mut views: Vec<&ToolView> = self.servers.iter().collect();
        views.sort_by_key(|view| std::cmp::Reverse((view.verdict.risk, view.verdict.class)));
        views
    }

    fn write_related(&self, out: &mut String) {
        if self.around.related.is_empty() {
            return;
        }
        let told = |one: &RelatedTool| format!("{} ({})", visible(&one.tool), by_risk(one.risk, one.risk));
        let related: Vec<_> = self.around.related.iter().map(told).collect();
        let line = format!("Others there that can do the like: {}", related.join(", "));
        let _ = write!(out, "\n{}\n", fill(&line, "", "  "));
    }
}

fn how(origin: ToolOrigin) -> &'static str {
    match origin {
        ToolOrigin::Live => "the server answered tools/list",
        ToolOrigin::Card => "stored by a registry or server card",
        ToolOrigin::Declared => "declared by its manifest",
        ToolOrigin::Static => "read from its source",
        ToolOrigin::Defined => "defined in its source, its registration was not reached",
    }
}

impl ToolView {
    fn write(&self, out: &mut String) {
        let v = &self.verdict;
        let traits: Vec<_> = v.traits.iter().map(|t| t.as_str()).collect();
        let traits = if traits.is_empty() { String::new() } else { format!(" · {}", traits.join(", ")) };
        let risk = by_risk(v.risk, format!("risk {}", v.risk));
        let _ =
            writeln!(out, "{}", fill(&format!("{} · {risk} · confidence {}{traits}", v.class, v.confidence), "", "  "));
        if !v.does.is_empty() {
            out.push_str(&paragraph(&format!("“{}”", v.does), "  "));
        }
        let _ = write!(out, "\n{}\n", paragraph(&v.rationale, "  "));
        let version = self.version.as_deref().map(|v| format!(" {v}")).unwrap_or_default();
        out.push_str(&hanging(&format!("server      {}", self.server), "", "            "));
        let learnt = format!("learnt from {}{version} ({})", self.target, self.how());
        out.push_str(&hanging(&learnt, "", "            "));
        if let Some(text) = &self.condition {
            let condition = ToolCondition { text: text.clone(), plain_start: self.plain_start };
            let text = format!("{text} ({})", condition.at_plain_start());
            out.push_str(&hanging(&format!("only with   {text}"), "", "            "));
        }
        self.write_evidence(out);
        self.write_code(out);
        self.write_definition(out);
        let _ = write!(out, "\n{}", paragraph(&format!("Recommended policy: {}", self.policy.reason), ""));
        if let Some(document) = &self.policy.document {
            let text = serde_json::to_string_pretty(document).unwrap_or_default();
            for line in text.lines() {
                let _ = writeln!(out, "  {}", visible(line));
            }
            out.push_str(&paragraph("Whatever it does not name is refused.", "  "));
            for (at, step) in self.policy.steps.iter().enumerate() {
                out.push_str(&hanging(&format!("{}. {step}", at + 1), "", "   "));
            }
        }
        self.write_origins(out);
        for missing in &self.inexact {
            let place = missing.site.as_ref().map(|s| format!(" ({}:{})", s.file, s.line)).unwrap_or_default();
            let note = format!("Note: this definition is not exact: {}{place}", missing.detail);
            let _ = write!(out, "\n{}", paragraph(&note, ""));
        }
        for missing in &self.partial {
            let place = missing.site.as_ref().map(|s| format!(" ({}:{})", s.file, s.line)).unwrap_or_default();
            let note = format!("Note: the list of this server is partial: {}{place}", missing.detail);
            let _ = write!(out, "\n{}", paragraph(&note, ""));
        }
    }

    /// Says where the origins complete or contradict each other.
    fn write_origins(&self, out: &mut String) {
        let mut say = |what: &str, all: &[OtherStatement]| {
            for other in all {
                let note = format!("Note: `{}` {what} {} ({})", other.field, other.target, how(other.origin));
                let _ = write!(out, "\n{}", paragraph(&note, ""));
            }
        };
        say("is missing there and was taken from", &self.origins.taken);
        say("is stated differently by", &self.origins.differs);
    }

    /// How the tool was learnt, in a few words.
    fn how(&self) -> String {
        let how = how(self.origin);
        match &self.site {
            Some(site) => format!("{how}, {}:{}", site.file, site.line),
            None => how.to_owned(),
        }
    }

    /// Says what the handler does in its source.
    fn write_code(&self, out: &mut String) {
        let Some(code) = self.code.as_ref().filter(|code| !code.deeds.is_empty()) else { return };
        let whole = if code.whole { "" } else { "; not followed to its end" };
        let _ = writeln!(out, "\nWhat its handler does ({}:{}{whole})", visible(&code.handler.file), code.handler.line);
        let rows = code
            .deeds
            .iter()
            .map(|deed| vec![deed.kind.to_string(), deed.told(), deed.reach.to_string(), deed.place()]);
        out.push_str(&table(&["deed", "call", "reach", "place"], rows));
    }

    fn write_evidence(&self, out: &mut String) {
        let v = &self.verdict;
        if !v.evidence.is_empty() {
            out.push_str("\nEvidence\n");
            let words = |e: &Evidence| match e.field {
                Field::Code => format!("“{}” at {}", e.text, e.pointer),
                _ => format!("“{}”", e.text),
            };
            let rows = v.evidence.iter().map(|e| vec![e.field.to_string(), words(e), e.rule.clone()]);
            out.push_str(&table(&["field", "words", "rule"], rows));
        }
        for lost in &v.overruled {
            let words: Vec<_> = lost.evidence.iter().map(|e| format!("“{}” ({})", e.text, e.rule)).collect();
            let line = format!("Overruled: {} from {}: {}", lost.class, words.join(", "), lost.reason);
            let _ = write!(out, "\n{}", paragraph(&line, ""));
        }
        for told in v.contradictions() {
            let _ = write!(out, "\n{}", paragraph(&format!("Contradiction: {told}"), ""));
        }
        for finding in v.audit.iter().filter(|audit| audit.effect != ClaimEffect::Belied) {
            let _ = write!(out, "\n{}", paragraph(&format!("Audit: {}: {}", finding.claim, finding.finding), ""));
        }
        for note in &v.notes {
            let _ = write!(out, "\n{}", paragraph(&format!("Note: {note}"), ""));
        }
        for what in &v.unread {
            let _ = write!(out, "\n{}", paragraph(&format!("Not read: {what}"), ""));
        }
        for attack in crate::classify::attack_patterns(&v.traits).unwrap_or_default().iter().take(MAX_ATTACKS) {
            let _ = write!(
                out,
                "\n{}",
                paragraph(&format!("How this is abused: {} ({})", attack.pattern, attack.source), "")
            );
        }
        if !v.operations.is_empty() {
            out.push_str("\nOperations\n");
            let rows = v.operations.iter().map(|o| {
                vec![format!("{} = {}", o.parameter, o.value), o.class.to_string(), format!("risk {}", o.risk)]
            });
            out.push_str(&table(&["operation", "class", "risk"], rows));
        }
    }

    fn write_definition(&self, out: &mut String) {
        match &self.description {
            Some(description) if !description.trim().is_empty() => {
                out.push_str("\nDescription (the server's own words)\n");
                out.push_str(&paragraph(description, "  "));
            }
            _ => out.push_str("\nThe server gives this tool no description.\n"),
        }
        if self.parameters.is_empty() {
            out.push_str("\nNo parameters.\n");
            return;
        }
        out.push_str("\nParameters\n");
        let rows = self.parameters.iter().map(|p| {
            let required = if p.required { "required" } else { "optional" };
            vec![p.name.clone(), p.kind.clone(), required.to_owned(), p.description.clone().unwrap_or_default()]
        });
        out.push_str(&table(&["name", "type", "", "description"], rows));
    }
}
