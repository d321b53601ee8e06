//! Findings as GitLab's code quality report: an array of issues, each with a place and a stable fingerprint.

use super::findings::ScanReport;
use super::{relative, visible};
use crate::model::Risk;
use crate::survey::Gated;
use serde::Serialize;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

impl ScanReport {
    /// The findings that count, gravest first, then what was not read. GitLab tells issues apart by their fingerprints and
    /// knows severities from `info` to `blocker`; *critical* is its `blocker`.
    pub fn to_gitlab(&self) -> String {
        let counting = self.findings.iter().filter(|gated| gated.counts()).map(|gated| self.issue(gated));
        let issues: Vec<Issue> =
            counting.chain(self.unread().map(|finding| self.issue(&Gated::plain(finding)))).collect();
        super::to_json(&issues)
    }

    fn issue(&self, gated: &Gated) -> Issue {
        let finding = &gated.finding;
        let subject = match &finding.tool {
            Some(tool) => format!("{} of {}", tool, finding.server),
            None => finding.server.clone(),
        };
        let config = self.config_of(finding);
        let (begin, _) = self.place_of(&finding.server);
        Issue {
            description: visible(&format!("{subject}: {}", gated.message())).into_owned(),
            check_name: finding.kind.to_string(),
            fingerprint: finding.fingerprint.clone(),
            severity: match finding.severity {
                Risk::Low => "minor",
                Risk::Medium => "major",
                Risk::High => "critical",
                Risk::Critical => "blocker",
            },
            location: Location { path: relative(config), lines: Lines { begin } },
        }
    }
}
