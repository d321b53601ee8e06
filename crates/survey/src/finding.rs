//! One thing that a person should look at: what kind, how grave, where, in one sentence.

use super::combination::combination;
use mcpdex_model::{ClaimEffect, Class, FoundTool, NamedTool, PartialList, Risk, Trait, Unread, Verdict, words};
use serde::{Deserialize, Serialize};

words! {
    /// What a finding is about.
    Kind, "kind of finding" {
        /// What the tool can do is of this risk.
        Risk = "risk",
        /// No rule recognised the tool.
        Unrecognised = "unrecognised",
        /// The server's annotation and the tool's definition disagree.
        AnnotationMismatch = "annotation-mismatch",
        /// The definition holds invisible characters or letters of another script.
        HiddenText = "hidden-text",
        /// The definition speaks to the model instead of describing the call.
        Instructions = "instructions",
        /// Private data, untrusted content and a way out meet.
        Combination = "combination",
        /// Several servers have tools of one name that are not the same.
        NameCollision = "name-collision",
        /// The name looks like another one and is not.
        LookAlike = "look-alike",
        /// Another server's description speaks of this tool.
        Shadowing = "shadowing",
        /// The list is known to be incomplete.
        Partial = "partial",
        /// The server could not be read.
        Unread = "unread",
        /// One list names a tool more than once.
        DuplicateName = "duplicate-name",
        /// The client never asks before it calls the server's tools.
        StandingApproval = "standing-approval",
        /// A secret stands in the configuration as such.
        PlainSecret = "plain-secret",
        /// What is started is a package without an exact version.
        Unpinned = "unpinned",
        /// What is started is fetched from an address or a repository without a checksum.
        UnverifiedDownload = "unverified-download",
    }
}

impl Kind {
    /// What a finding of this kind comes to, as a clause.
    pub const fn harm(self) -> &'static str {
        match self {
            Kind::Risk => "it can do harm",
            Kind::Unrecognised => "no rule recognises it",
            Kind::AnnotationMismatch => "its hints are milder than its definition",
            Kind::HiddenText => "its definition holds hidden text",
            Kind::Instructions => "its text speaks to the model",
            Kind::Combination => "a leak is possible",
            Kind::NameCollision => "another server has a tool of this name",
            Kind::LookAlike => "its name looks like another one",
            Kind::Shadowing => "it speaks of another server's tool",
            Kind::Partial => "the list is read in part",
            Kind::Unread => "the server is not read",
            Kind::DuplicateName => "its list defines the name twice",
            Kind::StandingApproval => "calls are approved beforehand",
            Kind::PlainSecret => "a secret stands in the entry",
            Kind::Unpinned => "no exact version is named",
            Kind::UnverifiedDownload => "what it starts is not verified",
        }
    }

    /// What findings of this kind mean and what to do about them, in a sentence or two.
    pub const fn help(self) -> &'static str {
        match self {
            Kind::Risk => {
                "A tool can do this much harm when an agent calls it. Limit, hide or require approval for it in the policy."
            }
            Kind::Unrecognised => {
                "No rule recognised the tool, so it is held to change things. Read its definition and settle it by an override."
            }
            Kind::AnnotationMismatch => {
                "The server says one thing of the tool and its definition another. Do not rely on the annotation."
            }
            Kind::HiddenText => {
                "Text that a person does not see may steer a model. Look at the definition with escapes shown."
            }
            Kind::Instructions => {
                "The definition gives a model orders that have nothing to do with the call. Read it, and do not connect the server before you know why."
            }
            Kind::Combination => {
                "An agent that reads private data and text from strangers and can send things out can be made to leak. Take one of the three away."
            }
            Kind::NameCollision => {
                "A client that knows tools by name alone may call the wrong one. Give the servers prefixes or connect one of them."
            }
            Kind::LookAlike => "A name that looks like another may have been chosen to be called in its place.",
            Kind::Shadowing => {
                "A description that speaks of another server's tool may change how a model uses that tool."
            }
            Kind::Partial => "What is missing from the list was not judged. Learn the list from the server itself.",
            Kind::Unread => "Nothing is known of the server's tools, which does not make them harmless.",
            Kind::DuplicateName => {
                "Clients differ in which of two definitions of one name they take. All of them were judged, and the gravest counts."
            }
            Kind::StandingApproval => {
                "Nobody is asked before the tool is called. Take the standing approval away, or limit it to tools that only read."
            }
            Kind::PlainSecret => {
                "Whoever reads the configuration has the secret. Refer to a variable or a vault instead, and change the secret."
            }
            Kind::Unpinned => {
                "The next start may run other code than the one that was looked at. Name an exact version or a digest."
            }
            Kind::UnverifiedDownload => {
                "Whoever controls the address decides what runs. Name a fixed commit, or a package of an index with its version."
            }
        }
    }
}

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
        }
    }

    /// With a harm that says more than that of its kind.
    #[must_use]
    fn harming(self, harm: &str) -> Finding {
        Finding { harm: harm.to_owned(), ..self }
    }
}

/// The gravest thing that a call of the tool can do, as a clause.
fn harm(verdict: &Verdict) -> &'static str {
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
        findings.push(finding(Kind::Risk, verdict.risk, message, "").harming(harm(verdict)));
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
    for audit in verdict.audit.iter().filter(|audit| audit.effect != ClaimEffect::Raised) {
        let message = format!("{}: {}", audit.claim, audit.finding);
        findings.push(finding(Kind::AnnotationMismatch, Risk::Medium, message, &audit.claim));
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
