//! What `mcpdex doctor` saw: one line for each thing, and whether it is well.

use super::rows::{RowReport, row};
use super::text::{hanging, width};
use crate::model::words;
use serde::Serialize;
use serde_json::Value;

words! {
    /// How a thing is.
    Health, "health" {
        Good = "good",
        /// Not set up, which is a choice.
        Unset = "unset",
        /// Something does without it, and says so.
        Limited = "limited",
        Bad = "bad",
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checkup {
    pub what: String,
    pub health: Health,
    /// What was seen, and the cure where one is known.
    pub seen: String,
}

/// The report of `mcpdex doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoctorReport {
    schema: &'static str,
    pub version: &'static str,
    pub checkups: Vec<Checkup>,
}

impl DoctorReport {
    /// A report on what was looked at.
    pub fn new(checkups: Vec<Checkup>) -> DoctorReport {
        DoctorReport { schema: "mcpdex/doctor/1", version: env!("CARGO_PKG_VERSION"), checkups }
    }

    /// Whether nothing is bad.
    pub fn is_well(&self) -> bool {
        self.checkups.iter().all(|checkup| checkup.health != Health::Bad)
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let widest = self.checkups.iter().map(|checkup| checkup.what.chars().count()).max().unwrap_or(0);
        let mut out = format!("mcpdex {}\n\n", self.version);
        for checkup in &self.checkups {
            let beside = format!("  {:<widest$}  {:<7}  ", checkup.what, checkup.health.to_string());
            let room = beside.chars().count();
            // Paths stay in one piece: they are to be copied. Where little room is left the text stands below.
            if width().is_some_and(|width| width < room + 36) {
                out += &format!("{}\n{}", beside.trim_end(), hanging(&checkup.seen, "      ", "      "));
            } else {
                out += &hanging(&checkup.seen, &beside, &" ".repeat(room));
            }
        }
        out
    }
}

impl RowReport for DoctorReport {
    const COLUMNS: &'static [&'static str] = &["what", "health", "seen"];

    fn rows(&self) -> Vec<Value> {
        self.checkups.iter().map(row).collect()
    }
}
