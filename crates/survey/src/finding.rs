//! One thing that a person should look at: what kind, how grave, where, in one sentence.

use super::combination::combination;
use super::kind::Kind;
use mcpdex_model::{ClaimEffect, Class, FoundTool, Framework, NamedTool, PartialList, Risk, Trait, Unread, Verdict};
use serde::{Deserialize, Serialize};

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    pub kind: Kind,
    pub severity: Risk,
    /// The server, by the name that whoever asked knows it by.
    pub server: String,
    /// What the server is, whatever it is called: fingerprints and suppressions go by this.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub identity: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// One sentence.
    pub message: String,
    /// Stays the same as long as the finding does, whatever the wording.
    pub fingerprint: String,
    /// What can happen, as a clause: findings with one harm can be told together.
    #[serde(default)]
    pub harm: String,
    /// Entries of public taxonomies, with their editions, that what the tool can do points at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frameworks: Vec<Framework>,
}

/// A server that findings are about: what whoever asked calls it, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    pub name: &'a str,
    pub identity: &'a str,
}

impl<'a> From<&'a str> for Subject<'a> {
    fn from(name: &'a str) -> Subject<'a> {
        Subject { name, identity: name }
    }
}

impl Finding {
    /// A finding; `matter` tells apart what else would be the same finding.
    pub fn new<'a>(
        kind: Kind,
        severity: Risk,
        server: impl Into<Subject<'a>>,
        tool: Option<&str>,
        message: String,
        matter: &str,
    ) -> Finding {
        let Subject { name, identity } = server.into();
        let key = [kind.as_str(), severity.as_str(), identity, tool.unwrap_or_default(), matter].join("\u{1f}");
        let fingerprint = super::pin::sha256(key.as_bytes())[..32].to_owned();
        let (server, identity) = (name.to_owned(), identity.to_owned());
        Finding {
            kind,
            severity,
            server,
            identity,
            tool: tool.map(str::to_owned),
            message,
            fingerprint,
            harm: kind.harm().to_owned(),
            frameworks: Vec::new(),
        }
    }

    /// About what a verdict says: with a harm that says more than that of its kind, and the taxonomies' entries.
    #[must_use]
    fn judged(self, verdict: &Verdict) -> Finding {
        Finding { harm: harm(verdict).to_owned(), frameworks: verdict.frameworks.to_vec(), ..self }
    }
}

/// The gravest thing that a call of the tool can do, as a clause.
pub fn harm(verdict: &Verdict) -> &'static str {
    const GRAVEST_FIRST: [Trait; 11] = [
        Trait::CodeExecution,
        Trait::Financial,
        Trait::Destructive,
        Trait::CredentialAccess,
        Trait::InstructsTheModel,
        Trait::ExternalCommunication,
        Trait::Privileged,
        Trait::Bulk,
        Trait::NetworkEgress,
        Trait::FileAccess,
        Trait::PrivateData,
    ];
    let gravest = GRAVEST_FIRST.into_iter().find(|of| verdict.traits.contains(of));
    gravest.map_or(
        match verdict.class {
            Class::Read => "it reads",
            Class::Write => "it changes data",
            Class::Execute => "it sets something going",
        },
        Trait::means,
    )
}

/// What stands out among the tools of one server; gravest first.
pub fn of_server<'a>(
    server: impl Into<Subject<'a>>,
    tools: &[FoundTool],
    unread: &[Unread],
    partial: &[PartialList],
) -> Vec<Finding> {
    let server: Subject<'a> = server.into();
    let mut findings: Vec<Finding> = tools.iter().flat_map(|tool| of_tool(server, tool)).collect();
    if let Some(found) = combination(tools.iter().map(|tool| (tool.tool.name.as_str(), &tool.verdict))) {
        let message = format!("the server's own tools make a leak possible: {}", found.sentence());
        findings.push(Finding::new(Kind::Combination, Risk::High, server, None, message, ""));
    }
    findings.extend(twice(server, tools));
    for list in partial {
        for missing in &list.missing {
            let place = missing.site.as_ref().map(|s| format!(" ({}:{})", s.file, s.line)).unwrap_or_default();
            let message = format!("the list from {} is partial: {}{place}", list.target, missing.detail);
            findings.push(Finding::new(Kind::Partial, Risk::Medium, server, None, message, &missing.detail));
        }
    }
    for attempt in unread {
        let why = attempt.detail.as_deref().map(|d| format!(": {d}")).unwrap_or_default();
        let message = format!("{} could not be read: {}{why}", attempt.target, attempt.outcome);
        findings.push(Finding::new(Kind::Unread, Risk::Medium, server, None, message, &attempt.target));
    }
    sorted(findings)
}

/// Names that one server gives to several definitions.
fn twice(server: Subject<'_>, tools: &[FoundTool]) -> Vec<Finding> {
    let mut by_name: std::collections::BTreeMap<&str, Vec<Risk>> = std::collections::BTreeMap::new();
    for found in tools {
        by_name.entry(found.tool.name.as_str()).or_default().push(found.verdict.risk);
    }
    let several = by_name.into_iter().filter(|(_, risks)| risks.len() > 1);
    let finding = |(name, risks): (&str, Vec<Risk>)| {
        let gravest = risks.iter().copied().max().unwrap_or(Risk::Medium);
        let message = format!(
            "its list defines `{name}` {} times; the gravest definition, of risk {gravest}, counts",
            risks.len()
        );
        Finding::new(Kind::DuplicateName, gravest.max(Risk::Medium), server, Some(name), message, "")
    };
    several.map(finding).collect()
}

/// What stands out about a name: servers that mean different things by it, names that look like it, and descriptions of
/// other servers that speak of it.
pub fn of_name(name: &str, found: &[FoundTool], alike: &[NamedTool], mentions: &[NamedTool]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let differ = super::differences(found);
    if !differ.is_empty() {
        let fields: Vec<_> = differ.iter().map(|difference| difference.field).collect();
        let severity = found.iter().map(|tool| tool.verdict.risk).max().unwrap_or(Risk::Medium).max(Risk::Medium);
        let message = format!("{} servers have a tool `{name}`; they differ in {}", found.len(), fields.join(", "));
        findings.push(Finding::new(Kind::NameCollision, severity, "*", Some(name), message, ""));
    }
    for other in alike {
        let message = format!("`{}` looks like `{name}` and is another name", other.tool);
        findings.push(Finding::new(
            Kind::LookAlike,
            Risk::High,
            other.server.as_str(),
            Some(&other.tool),
            message,
            name,
        ));
    }
    for other in mentions {
        let message =
            format!("the description of `{}` speaks of `{name}`, which this server does not have", other.tool);
        findings.push(Finding::new(
            Kind::Shadowing,
            Risk::Medium,
            other.server.as_str(),
            Some(&other.tool),
            message,
            name,
        ));
    }
    sorted(findings)
}

/// Findings across servers: names that several of them have and that differ, and a leak that only their combination
/// makes possible.
pub fn of_tools(servers: &[(Subject<'_>, &[FoundTool])]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut by_name: std::collections::BTreeMap<&str, Vec<(Subject<'_>, &FoundTool)>> =
        std::collections::BTreeMap::new();
    for (server, tools) in servers {
        for tool in *tools {
            by_name.entry(tool.tool.name.as_str()).or_default().push((*server, tool));
        }
    }
    for (name, holders) in by_name {
        for (at, (server, tool)) in holders.iter().enumerate() {
            let others: Vec<&str> = holders
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at)
                .map(|(_, (server, _))| server.name)
                .collect();
            if !others.is_empty() {
                let severity = tool.verdict.risk.max(Risk::Medium);
                let message = format!("`{name}` is also a tool of {}", others.join(", "));
                findings.push(Finding::new(Kind::NameCollision, severity, *server, Some(name), message, ""));
            }
        }
    }
    let alone = servers
        .iter()
        .any(|(_, tools)| combination(tools.iter().map(|tool| (tool.tool.name.as_str(), &tool.verdict))).is_some());
    let all: Vec<(String, &FoundTool)> = servers
        .iter()
        .flat_map(|(server, tools)| tools.iter().map(move |tool| (format!("{}/{}", server.name, tool.tool.name), tool)))
        .collect();
    if let Some(found) = combination(all.iter().map(|(name, tool)| (name.as_str(), &tool.verdict))).filter(|_| !alone) {
        let message = format!("the servers together make a leak possible: {}", found.sentence());
        findings.push(Finding::new(Kind::Combination, Risk::High, "*", None, message, ""));
    }
    sorted(findings)
}

/// The rules whose evidence is text that speaks to the model.
const INSTRUCTING: [&str; 3] = ["orders-the-model-about", "asks-for-files-secrets-or-silence", "hidden-text"];

fn of_tool(server: Subject<'_>, found: &FoundTool) -> Vec<Finding> {
    let (name, verdict) = (found.tool.name.as_str(), &found.verdict);
    let finding =
        |kind, severity, message, matter: &str| Finding::new(kind, severity, server, Some(name), message, matter);
    let mut findings = Vec::new();
    if !verdict.recognised {
        let message = "no rule recognised this tool; it is held to change things".to_owned();
        findings.push(finding(Kind::Unrecognised, Risk::Medium, message, ""));
    } else if verdict.risk > Risk::Low {
        let message = format!("{}: {}", verdict.category, verdict.rationale);
        findings.push(finding(Kind::Risk, verdict.risk, message, "").judged(verdict));
    }
    if verdict.traits.contains(&Trait::InstructsTheModel) {
        let words: Vec<&str> = verdict
            .evidence
            .iter()
            .filter(|e| INSTRUCTING.contains(&e.rule.as_str()))
            .map(|e| e.text.as_str())
            .collect();
        let told = if words.is_empty() { String::new() } else { format!(": “{}”", words.join("”, “")) };
        let message = format!("its text speaks to the model instead of describing the call{told}");
        findings.push(finding(Kind::Instructions, verdict.risk.max(Risk::High), message, ""));
    }
    for audit in verdict.audit.iter().filter(|audit| !matches!(audit.effect, ClaimEffect::Raised | ClaimEffect::Belied))
    {
        let message = format!("{}: {}", audit.claim, audit.finding);
        findings.push(finding(Kind::AnnotationMismatch, Risk::Medium, message, &audit.claim));
    }
    for told in verdict.contradictions() {
        findings.push(finding(Kind::CodeContradiction, verdict.risk, told.clone(), &told));
    }
    for note in &verdict.notes {
        findings.push(finding(Kind::HiddenText, Risk::High, note.clone(), note));
    }
    findings
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| {
        (b.severity, &a.server, a.kind, &a.tool, &a.message).cmp(&(a.severity, &b.server, b.kind, &b.tool, &b.message))
    });
    findings
}
