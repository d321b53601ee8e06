//! Decides which findings count: what a person has accepted for a while, and what was there before, does not.

use super::finding::{Finding, Kind};
use mcpdex_model::Risk;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A finding, or several, that somebody accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    /// Any kind where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Any server where it is missing. The server's identity (`npm:NAME`, `pypi:NAME`, an address): what a configuration
    /// calls it may be another server tomorrow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Any tool where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    pub reason: String,
    /// The last day on which it applies, as YYYY-MM-DD.
    pub expires: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    suppress: Vec<Suppression>,
}

/// Why suppressions cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct GateError(String);

/// What lets findings pass.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    active: Vec<Suppression>,
    expired: Vec<Suppression>,
    baseline: BTreeSet<String>,
}

/// A finding and whether it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gated {
    #[serde(flatten)]
    pub finding: Finding,
    /// It was in the baseline.
    pub known: bool,
    /// Somebody accepted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppression>,
    /// Somebody had accepted it until this day, which is past.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expired: Option<String>,
}

impl Gated {
    /// A finding that nobody accepted and that is new.
    pub fn plain(finding: Finding) -> Gated {
        Gated { finding, known: false, suppressed: None, expired: None }
    }

    /// What the finding says, and that somebody had accepted it for a time that is over.
    pub fn message(&self) -> String {
        let expired = self.expired.as_ref().map(|day| format!(" (accepted until {day}, which is past)"));
        self.finding.message.clone() + &expired.unwrap_or_default()
    }

    /// Whether the gate looks at it.
    pub fn counts(&self) -> bool {
        !self.known && self.suppressed.is_none()
    }
}

impl Gate {
    /// Adds the suppressions of a file's text. `today` is a day as YYYY-MM-DD.
    ///
    /// # Errors
    /// The text is no such file, or an entry has no reason, no day, or fits everything.
    pub fn suppress(&mut self, text: &str, today: &str) -> Result<(), GateError> {
        let file: File = toml::from_str(text).map_err(|e| GateError(e.to_string()))?;
        for entry in file.suppress {
            let wrong = |what: &str| Err(GateError(format!("a suppression (reason `{}`) {what}", entry.reason)));
            if entry.reason.trim().is_empty() {
                return wrong("has no reason");
            }
            if entry.kind.is_none() && entry.server.is_none() && entry.tool.is_none() {
                return wrong("names neither kind nor server nor tool, so it would hide everything");
            }
            if entry.expires.parse::<jiff::civil::Date>().is_err() {
                return wrong("has no day in `expires`; write YYYY-MM-DD");
            }
            if entry.expires.as_str() < today { self.expired.push(entry) } else { self.active.push(entry) }
        }
        Ok(())
    }

    /// Lets pass what these fingerprints name.
    pub fn know(&mut self, fingerprints: impl IntoIterator<Item = String>) {
        self.baseline.extend(fingerprints);
    }

    /// The findings, each with whether it counts.
    pub fn hold(&self, findings: Vec<Finding>) -> Vec<Gated> {
        let hold = |finding: Finding| {
            let fits = |entry: &&Suppression| {
                entry.kind.is_none_or(|kind| kind == finding.kind)
                    && entry.server.as_ref().is_none_or(|server| *server == finding.identity)
                    && entry.tool.as_ref().is_none_or(|tool| Some(tool) == finding.tool.as_ref())
            };
            let suppressed = self.active.iter().find(fits).cloned();
            let expired = match suppressed {
                Some(_) => None,
                None => self.expired.iter().find(fits).map(|entry| entry.expires.clone()),
            };
            Gated { known: self.baseline.contains(&finding.fingerprint), suppressed, expired, finding }
        };
        findings.into_iter().map(hold).collect()
    }

    /// The suppressions that name a server by what a configuration calls it, each with what that server is. They accept
    /// nothing.
    pub fn by_alias<'a>(&'a self, findings: &'a [Gated]) -> Vec<(&'a str, &'a str)> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        for name in self.active.iter().filter_map(|entry| entry.server.as_deref()) {
            let meant = findings.iter().find(|gated| gated.finding.server == name && gated.finding.identity != name);
            if let Some(gated) = meant.filter(|_| !found.iter().any(|(other, _)| *other == name)) {
                found.push((name, &gated.finding.identity));
            }
        }
        found
    }

    /// Whether something that counts is at or above `from`.
    pub fn closes(findings: &[Gated], from: Risk) -> bool {
        findings.iter().any(|gated| gated.counts() && gated.finding.severity >= from)
    }
}
