//! Where configurations of clients are looked for, for people and machines.

use super::rows::RowReport;
use super::text::table;
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// One place that is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownPlace {
    pub client: &'static str,
    /// A `*` stands for any one name.
    pub path: String,
}

/// The report of `mcpdex scan --list-places`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlacesReport {
    schema: &'static str,
    pub looked_for: Vec<ShownPlace>,
    /// The files that are there.
    pub found: Vec<String>,
}

impl PlacesReport {
    /// A report on these places.
    pub fn new(looked_for: Vec<ShownPlace>, found: Vec<String>) -> PlacesReport {
        PlacesReport { schema: "mcpdex/places/1", looked_for, found }
    }

    /// A place that is looked at or a file that is there a row.
    fn all(&self) -> impl Iterator<Item = Value> + '_ {
        let looked_for =
            self.looked_for.iter().map(|place| json!({ "client": place.client, "path": place.path, "there": false }));
        let found = self.found.iter().map(|path| json!({ "path": path, "there": true }));
        found.chain(looked_for)
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let rows = self.looked_for.iter().map(|place| vec![place.client.to_owned(), place.path.clone()]);
        let mut out = table(&["client", "looked for"], rows);
        let _ = writeln!(out, "\n{} are there.", self.found.len());
        for file in &self.found {
            let _ = writeln!(out, "  {}", super::visible(file));
        }
        out
    }
}

impl RowReport for PlacesReport {
    const COLUMNS: &'static [&'static str] = &["there", "client", "path"];

    fn rows(&self) -> Vec<Value> {
        self.all().collect()
    }
}
