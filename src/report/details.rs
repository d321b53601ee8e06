//! A scan told in full: every server in a table, every finding with its whole reason.

use super::findings::ScanReport;
use super::style::by_risk;
use super::text::{fill, paragraph, table, width};
use super::visible;
use crate::model::Risk;
use crate::survey::Gated;
use std::fmt::Write as _;

/// On fewer columns than this a reason has no column of its own.
const ROOMY: usize = 120;

impl ScanReport {
    /// Everything, as text for people.
    pub fn to_details(&self) -> String {
        let mut out = format!("configurations  {}\nservers         {}\n", self.configs.len(), self.servers.len());
        for config in &self.configs {
            out += &paragraph(config, "  ");
        }
        if !self.servers.is_empty() {
            out.push('\n');
            let rows = self.servers.iter().map(|server| {
                let count = |risk| server.risks.get(&risk).copied().unwrap_or(0).to_string();
                let risks = Risk::ALL.iter().rev().map(|risk| count(*risk));
                [server.name.clone(), server.known_as(None), server.grade.to_string(), server.tools.to_string()]
                    .into_iter()
                    .chain(risks)
                    .collect()
            });
            out += &table(&["name", "server", "grade", "tools", "critical", "high", "medium", "low"], rows);
        }
        let counting: Vec<&Gated> = self.findings.iter().filter(|gated| gated.counts()).collect();
        if !counting.is_empty() {
            out.push('\n');
            out += &findings(&counting);
        }
        let _ = writeln!(out, "\n{}", self.counted());
        for idle in self.idle_suppressions() {
            out += &paragraph(&format!("! {idle}"), "");
        }
        for not_read in self.not_read() {
            out += &paragraph(&format!("! not read: {not_read}"), "");
        }
        out + "\n" + &paragraph(&self.about(), "")
    }
}

/// A row for each finding, or, where columns would be thin, a line and its reason below.
fn findings(counting: &[&Gated]) -> String {
    if width().is_some_and(|width| width < ROOMY) {
        let told = |gated: &&Gated| {
            let finding = &gated.finding;
            let tool = finding.tool.as_ref().map(|tool| format!("{tool} of ")).unwrap_or_default();
            let risk = by_risk(finding.severity, format!("{:<8}", finding.severity.as_str()));
            let line = format!("{risk}  {}: {}", finding.kind, visible(&format!("{tool}{}", finding.server)));
            format!("{}\n{}", fill(&line, "  ", "            "), paragraph(&gated.message(), "            "))
        };
        return counting.iter().map(told).collect();
    }
    let rows = counting.iter().map(|gated| {
        let finding = &gated.finding;
        let tool = finding.tool.clone().unwrap_or_default();
        vec![finding.severity.to_string(), finding.kind.to_string(), finding.server.clone(), tool, gated.message()]
    });
    table(&["severity", "finding", "server", "tool", ""], rows)
}
