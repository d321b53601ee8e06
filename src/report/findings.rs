//! Findings on the servers of client configurations, in the formats that pipelines and documents read; as a person reads
//! them on a terminal they are in `screen` and `details`.

use super::age::DataAge;
use super::sheet::{cell, escape_markdown};
use super::visible;
use crate::model::text::{counted, one_or_many};
use crate::model::{Grade, Risk};
use crate::source::client_config::Flag;
use crate::survey::{Finding, Gated, HeldSuppression, Kind, SuppressionState};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// One server of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScannedServer {
    /// The name that the configuration gives it.
    pub name: String,
    pub config: String,
    /// Where its entry stands in the configuration, counted from one; none where that is not found.
    pub line: Option<usize>,
    /// The character of the line, counted from one.
    pub column: Option<usize>,
    /// What it is, whatever it is called: a package, an address, or a digest of the place of a program.
    pub identity: String,
    /// The configuration switches it off: it is shown and counts for no gate.
    pub disabled: bool,
    /// What the configuration says of it.
    pub flags: BTreeSet<Flag>,
    pub grade: Grade,
    /// The server in the database.
    pub server: Option<String>,
    pub origin: Option<String>,
    pub version: Option<String>,
    pub tools: usize,
    /// Tools that the configuration's own lists keep from models: they are not among `tools` and count for no gate.
    pub withheld: usize,
    /// Tools by risk.
    pub risks: BTreeMap<Risk, usize>,
    /// The list of its tools is known to be incomplete.
    pub partial: bool,
    /// Why nothing, or not what is configured, is known of its tools.
    pub unread: Option<String>,
}

/// A path as code hosts write those in a repository: with slashes, and without a dot before it.
pub(super) fn relative(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.strip_prefix("./").unwrap_or(&path).to_owned()
}

impl ScannedServer {
    /// The server as the database knows it, with the version where that is wanted; and what else decides whether it counts.
    pub(super) fn known_as(&self, version: Option<&str>) -> String {
        let version = version.map(|version| format!(" {version}")).unwrap_or_default();
        let known = match (&self.unread, &self.server) {
            (Some(_), _) if !self.disabled => "unread".to_owned(),
            (_, Some(server)) => format!("{server}{version}"),
            (_, None) => String::new(),
        };
        let remarks: Vec<&str> = [(self.partial, "partial"), (self.disabled, "switched off")]
            .into_iter()
            .filter_map(|(holds, remark)| holds.then_some(remark))
            .collect();
        match (known.is_empty(), remarks.is_empty()) {
            (_, true) => known,
            (true, false) => remarks.join(", "),
            (false, false) => format!("{known} ({})", remarks.join(", ")),
        }
    }
}

/// The entries of taxonomies that a finding points at, each with its edition.
fn taxonomies(finding: &Finding) -> String {
    let entries = finding.frameworks.iter().map(|entry| format!("{} ({})", entry.id, entry.framework));
    entries.collect::<Vec<_>>().join("; ")
}

/// The report of `mcpdex scan`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScanReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judged.
    pub ruleset: String,
    /// How old the lists are that were looked at; none where there was none.
    pub data: Option<DataAge>,
    /// The commit to which the findings that count are new.
    pub base: Option<BaseCommit>,
    pub configs: Vec<String>,
    /// What could not be read of the configurations.
    pub problems: Vec<Problem>,
    pub servers: Vec<ScannedServer>,
    /// Gravest first.
    pub findings: Vec<Gated>,
    pub suppressions: Vec<HeldSuppression>,
}

/// What a change is held against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BaseCommit {
    /// As it was named.
    pub revision: String,
    pub commit: String,
}

impl BaseCommit {
    /// As it was named; the beginning of it where that is the whole name of the commit.
    fn named(&self) -> &str {
        if self.revision == self.commit { self.commit.get(..12).unwrap_or(&self.commit) } else { &self.revision }
    }
}

/// Something that could not be read of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub config: String,
    pub what: String,
}

impl ScanReport {
    /// A report on these configurations.
    pub fn new(
        configs: Vec<String>,
        problems: Vec<Problem>,
        servers: Vec<ScannedServer>,
        findings: Vec<Gated>,
    ) -> ScanReport {
        let (ruleset, suppressions) = (String::new(), Vec::new());
        let (data, base) = (None, None);
        ScanReport { schema: "mcpdex/scan/1", ruleset, data, base, configs, problems, servers, findings, suppressions }
    }

    /// Adds the suppressions, each with what it did.
    #[must_use]
    pub fn with_suppressions(self, suppressions: Vec<HeldSuppression>) -> ScanReport {
        ScanReport { suppressions, ..self }
    }

    /// Adds the digest of what judged.
    #[must_use]
    pub fn judged_by(self, ruleset: String) -> ScanReport {
        ScanReport { ruleset, ..self }
    }

    /// Adds what the configurations are held against.
    #[must_use]
    pub fn since(self, base: Option<BaseCommit>) -> ScanReport {
        ScanReport { base, ..self }
    }

    /// Adds how old the lists are.
    #[must_use]
    pub fn aged(self, data: Option<DataAge>) -> ScanReport {
        ScanReport { data, ..self }
    }

    /// The suppressions that accept nothing, a sentence each.
    pub fn idle_suppressions(&self) -> Vec<String> {
        let idle = self.suppressions.iter().filter(|one| one.state != SuppressionState::Used);
        let sentence = |one: &HeldSuppression| {
            let remark = one.remark.as_deref().unwrap_or_default();
            format!(
                "the suppression of {} accepts nothing ({}): {remark} ({})",
                one.suppression.subject(),
                one.state,
                one.from
            )
        };
        idle.map(sentence).collect()
    }

    /// The configuration that a finding is about; the first where none holds its server, empty where there is none.
    pub(super) fn config_of<'a>(&'a self, finding: &'a Finding) -> &'a str {
        let server = finding.server.as_str();
        if matches!(finding.kind, Kind::GateChange | Kind::SkillGrant | Kind::SkillMention) {
            return server;
        }
        let config = self.servers.iter().find(|one| one.name == server).map(|one| &one.config);
        let config =
            config.or_else(|| self.problems.iter().map(|problem| &problem.config).find(|config| *config == server));
        config.or(self.configs.first()).map_or("", String::as_str)
    }

    /// The line of a server's entry, the first where that is not known, and the column where it is.
    pub(super) fn place_of(&self, server: &str) -> (usize, Option<usize>) {
        let known = self.servers.iter().find(|one| one.name == server);
        known.and_then(|one| Some((one.line?, one.column))).unwrap_or((1, None))
    }

    /// What could not be read of the configurations, as findings.
    pub(super) fn unread(&self) -> impl Iterator<Item = Finding> {
        self.problems.iter().map(|problem| {
            let message = format!("not read: {}", problem.what);
            Finding::new(Kind::Unread, Risk::Medium, problem.config.as_str(), None, message, &problem.what)
        })
    }

    /// How many findings count, and how many do not and why.
    pub(super) fn counted(&self) -> String {
        let counting = self.findings.iter().filter(|gated| gated.counts()).count();
        let known = self.findings.iter().filter(|gated| !gated.counts() && gated.known).count();
        let before = match &self.base {
            Some(base) => format!("{} there at {}", one_or_many(known, "was", "were"), base.named()),
            None => format!("{} in the baseline", one_or_many(known, "was", "were")),
        };
        let accepted = self.findings.iter().filter(|gated| !gated.counts() && gated.suppressed.is_some()).count();
        format!(
            "{} {}; {known} {before}, {accepted} {} accepted.",
            counted(counting, "finding"),
            one_or_many(counting, "counts", "count"),
            one_or_many(accepted, "is", "are")
        )
    }

    /// What judged, how old the lists are, and what they are held against.
    pub(super) fn about(&self) -> String {
        let mut parts = vec![format!("ruleset {}", self.ruleset)];
        parts.extend(self.data.as_ref().map(DataAge::sentence));
        parts.extend(self.base.as_ref().map(|base| match base.named() {
            name if base.commit.starts_with(name) => format!("new since {name}"),
            name => format!("new since {name} ({:.12})", base.commit),
        }));
        parts.join(" · ")
    }

    /// What was not looked at, and why, one entry a server and problem.
    pub(super) fn not_read(&self) -> Vec<String> {
        let servers = self.servers.iter().filter(|server| !server.disabled).filter_map(|server| {
            let why = server.unread.as_deref()?;
            Some(format!("{} ({}): {why}", server.name, server.config))
        });
        servers.chain(self.problems.iter().map(|problem| format!("{}: {}", problem.config, problem.what))).collect()
    }

    /// One finding a line.
    pub fn to_jsonl(&self) -> String {
        let line = |gated: &Gated| format!("{}\n", serde_json::to_string(gated).unwrap_or_default());
        self.findings.iter().map(line).collect()
    }

    /// The findings as a table that spreadsheets open without running anything.
    ///
    /// # Errors
    /// Never for memory.
    pub fn to_csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut sheet = csv::Writer::from_writer(Vec::new());
        sheet.write_record([
            "severity",
            "kind",
            "server",
            "tool",
            "message",
            "counts",
            "fingerprint",
            "taxonomies",
            "ruleset",
        ])?;
        for gated in &self.findings {
            let finding = &gated.finding;
            sheet.write_record([
                finding.severity.as_str(),
                finding.kind.as_str(),
                &cell(&finding.server),
                &cell(finding.tool.as_deref().unwrap_or_default()),
                &cell(&finding.message),
                if gated.counts() { "true" } else { "false" },
                &finding.fingerprint,
                &cell(&taxonomies(finding)),
                &self.ruleset,
            ])?;
        }
        sheet.into_inner().map_err(|e| csv::Error::from(e.into_error()))
    }

    /// The report for documents and comments on changes.
    pub fn to_markdown(&self) -> String {
        let mut out =
            String::from("# MCP servers\n\n| name | server | grade | tools | critical | high | medium | low |\n");
        out += "|---|---|---|---:|---:|---:|---:|---:|\n";
        for server in &self.servers {
            let known = match (server.disabled, &server.unread, &server.server) {
                (true, ..) => "switched off".to_owned(),
                (false, Some(why), _) => format!("unread: {why}"),
                (false, None, known) => known.clone().unwrap_or_default(),
            };
            let known = if server.partial { format!("{known} (partial)") } else { known };
            let counts: Vec<String> =
                Risk::ALL.iter().rev().map(|risk| server.risks.get(risk).copied().unwrap_or(0).to_string()).collect();
            let (name, known) = (escape_markdown(&server.name), escape_markdown(&known));
            let _ =
                writeln!(out, "| {name} | {known} | {} | {} | {} |", server.grade, server.tools, counts.join(" | "));
        }
        out += "\n## Findings\n\n| severity | finding | server | tool | |\n|---|---|---|---|---|\n";
        for gated in self.findings.iter().filter(|gated| gated.counts()) {
            let finding = &gated.finding;
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                finding.severity,
                finding.kind,
                escape_markdown(&finding.server),
                escape_markdown(finding.tool.as_deref().unwrap_or_default()),
                escape_markdown(&gated.message())
            );
        }
        for problem in &self.problems {
            let text = escape_markdown(&format!("{}: {}", problem.config, visible(&problem.what)));
            let _ = writeln!(out, "\nNot read: {text}");
        }
        for idle in self.idle_suppressions() {
            let _ = writeln!(out, "\n{}", escape_markdown(&idle));
        }
        let _ = writeln!(out, "\n{}", escape_markdown(&self.about()));
        out
    }
}
