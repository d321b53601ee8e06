//! Decides which findings count: what a person has accepted for a while, and what was there before, does not. Says of what
//! was accepted whether it is of any use.

use super::finding::Finding;
use super::kind::Kind;
use mcpdex_model::{Risk, words};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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

/// A suppression, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    from: String,
    suppression: Suppression,
    is_over: bool,
}

/// What lets findings pass.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    entries: Vec<Entry>,
    baseline: BTreeSet<String>,
}

words! {
    /// Of what use a suppression is.
    SuppressionState, "state of a suppression" {
        /// It accepts findings.
        Used = "used",
        /// What it names is there, and no finding is like it.
        Unused = "unused",
        /// It names a server or a tool that is not there.
        Unknown = "unknown",
        /// Its last day is past.
        Expired = "expired",
    }
}

/// A suppression and what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldSuppression {
    /// The file that it stands in.
    pub from: String,
    #[serde(flatten)]
    pub suppression: Suppression,
    pub state: SuppressionState,
    /// How many findings it accepts.
    pub accepts: usize,
    /// What is wrong with it, in a clause; none where it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

/// Tools by the identity of their server, and what the server is called.
pub type KnownTools = BTreeMap<String, (String, BTreeSet<String>)>;

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

impl Suppression {
    /// Whether it is about this finding.
    fn fits(&self, finding: &Finding) -> bool {
        self.kind.is_none_or(|kind| kind == finding.kind)
            && self.server.as_ref().is_none_or(|server| *server == finding.identity)
            && self.tool.as_ref().is_none_or(|tool| Some(tool) == finding.tool.as_ref())
    }

    /// What it is about, in few words.
    pub fn subject(&self) -> String {
        let parts = [self.kind.map(|kind| kind.to_string()), self.tool.clone(), self.server.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// Why it accepts nothing.
    fn standing(&self, findings: &[Gated], known: &KnownTools) -> (SuppressionState, Option<String>) {
        let unknown = |remark: String| (SuppressionState::Unknown, Some(remark));
        if let Some(server) = self.server.as_ref().filter(|server| !known.contains_key(*server)) {
            // What a configuration calls a server may be another one tomorrow: that accepts nothing.
            let alias = known.iter().find(|(_, (name, _))| name == server).map(|(identity, _)| identity);
            return unknown(match alias {
                Some(identity) => {
                    format!("`{server}` is what a configuration calls {identity}; write server = \"{identity}\"")
                }
                None if findings.iter().any(|gated| gated.finding.identity == *server) => {
                    return (SuppressionState::Unused, Some("no finding is like it".to_owned()));
                }
                None => format!("no configuration names the server `{server}`"),
            });
        }
        let among = |(identity, (_, tools)): (&String, &(String, BTreeSet<String>)), tool: &String| {
            self.server.as_ref().is_none_or(|server| server == identity) && tools.contains(tool)
        };
        if let Some(tool) = self.tool.as_ref().filter(|tool| !known.iter().any(|one| among(one, tool))) {
            return unknown(format!("no tool `{tool}` is known there"));
        }
        (SuppressionState::Unused, Some("no finding is like it".to_owned()))
    }
}

impl Gate {
    /// Adds the suppressions of the text of a file that is called `from`. `today` is a day as YYYY-MM-DD.
    ///
    /// # Errors
    /// The text is no such file, or an entry has no reason, no day, or fits everything.
    pub fn suppress(&mut self, from: &str, text: &str, today: &str) -> Result<(), GateError> {
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
            let is_over = entry.expires.as_str() < today;
            self.entries.push(Entry { from: from.to_owned(), suppression: entry, is_over });
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
            let fitting = |is_over: bool| {
                let mut entries = self.entries.iter().filter(|entry| entry.is_over == is_over);
                entries.find(|entry| entry.suppression.fits(&finding)).map(|entry| entry.suppression.clone())
            };
            let suppressed = fitting(false);
            let expired = if suppressed.is_none() { fitting(true).map(|entry| entry.expires) } else { None };
            Gated { known: self.baseline.contains(&finding.fingerprint), suppressed, expired, finding }
        };
        findings.into_iter().map(hold).collect()
    }

    /// The suppressions in their order, each with what it did: `findings` are those that were held, `known` the servers
    /// that were looked at.
    pub fn suppressions(&self, findings: &[Gated], known: &KnownTools) -> Vec<HeldSuppression> {
        let held = |entry: &Entry| {
            let wanted = &entry.suppression;
            let accepts = findings.iter().filter(|gated| gated.suppressed.as_ref() == Some(wanted)).count();
            let (state, remark) = match entry.is_over {
                true => (SuppressionState::Expired, Some(format!("it ended on {}", wanted.expires))),
                false if accepts > 0 => (SuppressionState::Used, None),
                false => wanted.standing(findings, known),
            };
            HeldSuppression { from: entry.from.clone(), suppression: wanted.clone(), state, accepts, remark }
        };
        self.entries.iter().map(held).collect()
    }

    /// Whether something that counts is at or above `from`.
    pub fn closes(findings: &[Gated], from: Risk) -> bool {
        findings.iter().any(|gated| gated.counts() && gated.finding.severity >= from)
    }
}
