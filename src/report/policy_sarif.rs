//! Findings on a policy as SARIF 2.1.0, for code scanning.

use super::policy_check::{PlacedFinding, PolicyCheckReport};
use super::sarif::{help_uri, level, security_severity, uri};
use super::{to_json, visible};
use crate::policy::{CheckDepth, PolicyFault};
use crate::survey::sha256;
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl PolicyCheckReport {
    /// The report as a SARIF log. Where no tool could be looked at the invocation did not succeed, which is said.
    /// `page` is where docs/findings.md is published, to which rules then lead.
    pub fn to_sarif(&self, page: Option<&str>) -> String {
        let rules: Vec<Value> = PolicyCheckReport::faults().iter().map(|fault| rule(*fault, page)).collect();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let results: Vec<Value> = self.findings.iter().map(|placed| self.result(placed, &mut seen)).collect();
        let mut notes: Vec<String> = Vec::new();
        if self.depth == CheckDepth::Alone {
            notes.push("the policy was looked at by itself, at no tools".to_owned());
        }
        notes.extend(self.unread.iter().map(|server| format!("no tool of {server} is known")));
        let notifications: Vec<Value> =
            notes.iter().map(|note| json!({ "level": "warning", "message": { "text": visible(note) } })).collect();
        to_json(&json!({
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "mcpdex",
                    "version": env!("CARGO_PKG_VERSION"),
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                }},
                "columnKind": "unicodeCodePoints",
                "invocations": [{
                    "executionSuccessful": notes.is_empty(),
                    "toolExecutionNotifications": notifications,
                }],
                "artifacts": [{ "location": { "uri": uri(&self.file) } }],
                "results": results,
            }],
        }))
    }

    fn result(&self, placed: &PlacedFinding, seen: &mut BTreeMap<String, usize>) -> Value {
        let finding = &placed.finding;
        let message = match &finding.help {
            Some(help) => format!("{}; {help}", finding.message),
            None => finding.message.clone(),
        };
        // Lines move and words stay; of what stands twice the second is told by its number.
        let words = format!("{}\n{}\n{}", self.target, finding.fault, finding.message);
        let number = seen.entry(words.clone()).or_default();
        *number += 1;
        let fingerprint = sha256(format!("{words}\n{number}").as_bytes());
        let index = PolicyCheckReport::faults().iter().position(|fault| *fault == finding.fault).unwrap_or(0);
        json!({
            "ruleId": finding.fault,
            "ruleIndex": index,
            "level": level(finding.severity),
            "message": { "text": visible(&message) },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(&self.file), "index": 0 },
                "region": {
                    "startLine": placed.line, "startColumn": placed.column,
                    "endLine": placed.end_line, "endColumn": placed.end_column,
                },
            }}],
            "partialFingerprints": { "mcpdex/v1": fingerprint, "primaryLocationLineHash": format!("{fingerprint}:1") },
            "properties": { "security-severity": security_severity(finding.severity) },
        })
    }
}

fn rule(fault: PolicyFault, page: Option<&str>) -> Value {
    let mut rule = json!({
        "id": fault,
        "shortDescription": { "text": fault.harm() },
        "fullDescription": { "text": fault.harm() },
        "help": { "text": fault.harm(), "markdown": format!("**{fault}**: {}", fault.harm()) },
        "defaultConfiguration": { "level": level(fault.severity()) },
        "properties": { "tags": ["security", "mcp"] },
    });
    if let Some(uri) = help_uri(page, fault.as_str()) {
        rule["helpUri"] = Value::from(uri);
    }
    rule
}
