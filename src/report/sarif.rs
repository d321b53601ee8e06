//! Findings as SARIF 2.1.0, for code scanning: every rule once, every result with a place and a stable fingerprint.

use super::findings::ScanReport;
use super::sarif_taxonomies::{SarifTaxonomies, SarifTaxonomy, TaxonReference};
use super::{relative, visible};
use crate::model::Risk;
use crate::survey::{Gated, Kind};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

/// What a path in a URI reference cannot hold as it is.
const NOT_IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: ToolComponent,
    column_kind: &'static str,
    invocations: [Invocation; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taxonomies: Vec<SarifTaxonomy>,
    properties: RunProperties,
    artifacts: Vec<Artifact>,
    results: Vec<SarifResult>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunProperties {
    /// Digest of the rules and overrides that judged.
    ruleset: String,
    /// The time at which the oldest list was last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_list: Option<String>,
}

#[derive(Serialize)]
struct ToolComponent {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Help,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: [&'static str; 2],
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

#[derive(Serialize)]
struct Artifact {
    location: ArtifactLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<SarifSuppression>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taxa: Vec<TaxonReference>,
    properties: ResultProperties,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "mcpdex/v1")]
    mcpdex: String,
    /// By which GitHub follows an alert when lines move; left out, it is computed of the line, which findings share.
    #[serde(rename = "primaryLocationLineHash")]
    line: String,
}

#[derive(Serialize)]
struct SarifSuppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

#[derive(Serialize)]
struct ResultProperties {
    /// What GitHub sorts by.
    #[serde(rename = "security-severity")]
    security_severity: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    logical_locations: Vec<LogicalLocation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

impl ScanReport {
    /// The report as a SARIF log. What could not be read is a result, since pages show no notifications; and where anything
    /// was not read, partial or not there the invocation did not succeed.
    /// `page` is where docs/findings.md is published, to which rules then lead.
    pub fn to_sarif(&self, page: Option<&str>) -> String {
        let taxonomies = SarifTaxonomies::of(&self.findings);
        let rules: Vec<Rule> = Kind::ALL.iter().map(|kind| rule(*kind, page)).collect();
        let in_use = || self.servers.iter().filter(|server| !server.disabled);
        let successful = self.problems.is_empty()
            && in_use().next().is_some()
            && in_use().all(|server| server.unread.is_none() && !server.partial);
        let notifications = in_use().filter_map(|server| {
            let why = server.unread.as_deref()?;
            Some(format!("{} ({}) was not read: {why}", server.name, server.config))
        });
        let problems = self.problems.iter().map(|problem| format!("{}: {}", problem.config, problem.what));
        let run = Run {
            tool: ToolComponent {
                driver: Driver {
                    name: "mcpdex",
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules,
                },
            },
            column_kind: "unicodeCodePoints",
            invocations: [Invocation {
                execution_successful: successful,
                tool_execution_notifications: notifications
                    .chain(problems)
                    .map(|text| Notification { level: "warning", message: text_of(&text) })
                    .collect(),
            }],
            taxonomies: taxonomies.components(),
            properties: RunProperties {
                ruleset: self.ruleset.clone(),
                oldest_list: self.data.as_ref().map(|data| data.oldest.clone()),
            },
            artifacts: self
                .configs
                .iter()
                .map(|config| Artifact { location: ArtifactLocation { uri: uri(config), index: None } })
                .collect(),
            results: self
                .findings
                .iter()
                .map(|gated| self.result(gated, &taxonomies))
                .chain(self.unread().map(|finding| self.result(&Gated::plain(finding), &taxonomies)))
                .collect(),
        };
        let log = Log {
            schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            version: "2.1.0",
            runs: [run],
        };
        super::to_json(&log)
    }

    fn result(&self, gated: &Gated, taxonomies: &SarifTaxonomies) -> SarifResult {
        let finding = &gated.finding;
        let config = self.config_of(finding);
        let index = self.configs.iter().position(|other| other == config);
        let mut logical = vec![LogicalLocation {
            name: finding.server.clone(),
            fully_qualified_name: finding.server.clone(),
            kind: "module",
        }];
        if let Some(tool) = &finding.tool {
            logical.insert(
                0,
                LogicalLocation {
                    name: tool.clone(),
                    fully_qualified_name: format!("{}/{tool}", finding.server),
                    kind: "function",
                },
            );
        }
        let (start_line, start_column) = self.place_of(&finding.server);
        SarifResult {
            rule_id: finding.kind.to_string(),
            rule_index: Kind::ALL.iter().position(|kind| *kind == finding.kind).unwrap_or(0),
            level: level(finding.severity),
            message: text_of(&gated.message()),
            locations: [Location {
                physical_location: PhysicalLocation {
                    artifact_location: ArtifactLocation { uri: uri(config), index },
                    region: Region { start_line, start_column },
                },
                logical_locations: logical,
            }],
            partial_fingerprints: Fingerprints {
                mcpdex: finding.fingerprint.clone(),
                line: format!("{}:1", finding.fingerprint),
            },
            baseline_state: gated.known.then_some("unchanged"),
            suppressions: gated
                .suppressed
                .iter()
                .map(|entry| SarifSuppression {
                    kind: "external",
                    status: "accepted",
                    justification: format!("{} (until {})", entry.reason, entry.expires),
                })
                .collect(),
            taxa: taxonomies.of_finding(gated),
            properties: ResultProperties { security_severity: security_severity(finding.severity) },
        }
    }
}

fn rule(kind: Kind, page: Option<&str>) -> Rule {
    let words = kind.as_str().split('-');
    let name: String = words
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
        })
        .collect();
    let first = kind.help().split_inclusive('.').next().unwrap_or_default();
    Rule {
        id: kind.to_string(),
        name,
        short_description: text_of(first),
        full_description: text_of(kind.help()),
        help: Help {
            text: kind.help().to_owned(),
            markdown: format!("**{}**: {}\n\n{}", kind, kind.harm(), kind.help()),
        },
        help_uri: help_uri(page, kind.as_str()),
        default_configuration: Configuration { level: "warning" },
        properties: RuleProperties { tags: ["security", "mcp"] },
    }
}

/// The heading of the documentation on a kind of finding, on the page that was named. Without one there is none: a link that
/// leads nowhere is worse, and what it would lead to stands in `help`.
pub(super) fn help_uri(page: Option<&str>, kind: &str) -> Option<String> {
    page.map(|page| format!("{page}#{kind}"))
}

/// What GitHub sorts by.
pub(super) const fn security_severity(severity: Risk) -> &'static str {
    match severity {
        Risk::Low => "2.0",
        Risk::Medium => "5.0",
        Risk::High => "8.0",
        Risk::Critical => "9.5",
    }
}

pub(super) fn level(severity: Risk) -> &'static str {
    match severity {
        Risk::Low => "note",
        Risk::Medium => "warning",
        Risk::High | Risk::Critical => "error",
    }
}

fn text_of(text: &str) -> Text {
    let text = visible(text).into_owned();
    Text { text: if text.is_empty() { "(nothing)".to_owned() } else { text } }
}

/// A path as a URI reference: relative where the path is, `file:` where it is absolute.
pub(super) fn uri(path: &str) -> String {
    let encoded = utf8_percent_encode(&relative(path), NOT_IN_PATH).to_string();
    if encoded.starts_with('/') {
        return format!("file://{encoded}");
    }
    // A colon before the first slash would be read as a scheme.
    match encoded.split_once('/') {
        Some((first, rest)) => format!("{}/{rest}", first.replace(':', "%3A")),
        None => encoded.replace(':', "%3A"),
    }
}
