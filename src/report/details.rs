//! A scan told in full: every server in a table, every finding with its whole reason.

use super::findings::ScanReport;
use super::text::{paragraph, table};
use crate::model::Risk;
use crate::survey::Gated;
use std::fmt::Write as _;

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
                [server.name.clone(), server.known_as(), server.tools.to_string()].into_iter().chain(risks).collect()
            });
            out += &table(&["name", "server", "tools", "critical", "high", "medium", "low"], rows);
        }
        let counting: Vec<&Gated> = self.findings.iter().filter(|gated| gated.counts()).collect();
        if !counting.is_empty() {
            out.push('\n');
            let rows = counting.iter().map(|gated| {
                let finding = &gated.finding;
                let tool = finding.tool.clone().unwrap_or_default();
                let message = gated.message();
                vec![finding.severity.to_string(), finding.kind.to_string(), finding.server.clone(), tool, message]
            });
            out += &table(&["severity", "finding", "server", "tool", ""], rows);
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
