//! What is in force, for people and machines.

use super::rows::{RowReport, row};
use super::style::strong;
use super::text::{hanging, judged_by};
use serde::Serialize;
use serde_json::Value;

/// One setting, its value, and who says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingLine {
    pub setting: String,
    pub value: String,
    /// A file, or `default`.
    pub by: String,
}

/// The report of `mcpdex config show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judge.
    pub ruleset: String,
    /// The files of settings that were read, in their order.
    pub files: Vec<String>,
    /// Files of that name that lie where mcpdex looks and that nobody said to read.
    pub left_alone: Vec<String>,
    pub settings: Vec<SettingLine>,
}

impl ConfigReport {
    /// A report on what is in force.
    pub fn new(ruleset: String, files: Vec<String>, left_alone: Vec<String>, settings: Vec<SettingLine>) -> Self {
        ConfigReport { schema: "mcpdex/config/1", ruleset, files, left_alone, settings }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let mut out = format!("{}\n", strong("files of settings"));
        if self.files.is_empty() {
            out += "  none was read\n";
        }
        for (file, state) in
            self.files.iter().map(|file| (file, "")).chain(self.left_alone.iter().map(|file| (file, " (not read)")))
        {
            out += &hanging(&format!("{file}{state}"), "  ", "    ");
        }
        out.push('\n');
        // Paths are longer than columns: a line each keeps them whole.
        let widest = self.settings.iter().map(|line| line.setting.len()).max().unwrap_or(0);
        for SettingLine { setting, value, by } in &self.settings {
            out += &hanging(&format!("{setting:<widest$}  {value} ({by})"), "", &" ".repeat(widest + 2));
        }
        out + "\n" + &judged_by(&self.ruleset)
    }
}

impl RowReport for ConfigReport {
    const COLUMNS: &'static [&'static str] = &["setting", "value", "by"];

    fn rows(&self) -> Vec<Value> {
        self.settings.iter().map(row).collect()
    }

    fn judged_by(&self) -> Option<&str> {
        Some(&self.ruleset)
    }
}
