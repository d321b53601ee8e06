//! The database in numbers, each with what it is a part of.

use super::age::DataAge;
use super::rows::RowReport;
use super::text::{hanging, judged_by, table};
use crate::model::text::counted;
use crate::model::{Count, Figures};
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The report of `mcpdex stats`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatsReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judged.
    pub ruleset: String,
    /// How old the current lists are; none where there are none.
    pub data: Option<DataAge>,
    #[serde(flatten)]
    pub figures: Figures,
}

impl StatsReport {
    /// A report on these figures.
    pub fn new(ruleset: String, data: Option<DataAge>, figures: Figures) -> StatsReport {
        StatsReport { schema: "mcpdex/stats/1", ruleset, data, figures }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let f = &self.figures;
        let c = &f.coverage;
        let mut out = String::new();
        let _ = writeln!(out, "servers   {}", c.servers);
        let rows = [
            ("read whole", c.read_whole),
            ("read in part", c.read_in_part),
            ("tried, never read", c.unread),
            ("not tried", c.not_tried),
        ];
        out += &shares("of all servers", &rows.map(|(what, count)| (what.to_owned(), count)), c.servers);
        let read = c.read_whole + c.read_in_part;
        let rows = [("newest attempt failed", c.read_but_failing), ("offer no tools", c.without_tools)];
        out += &shares("of servers read", &rows.map(|(what, count)| (what.to_owned(), count)), read);
        let _ = writeln!(
            out,
            "tools     {} of {} read; {}, {}\n",
            f.tools,
            counted(read, "server"),
            counted(f.distinct_names, "name"),
            counted(f.distinct_definitions, "definition")
        );
        out += &words("class", &f.classes, f.tools);
        out += &words("risk", &f.risks, f.tools);
        out += &words("category", &f.categories, f.tools);
        out += &words("trait (a tool may have several)", &f.traits, f.tools);
        out += &words("learnt from", &f.origins, f.tools);
        out += &shares("of tools", &[("no rule recognises".to_owned(), f.unrecognised)], f.tools);
        let targets = f.outcomes.iter().map(|count| count.targets).sum();
        let rows: Vec<_> = f.outcomes.iter().map(|count| (count.outcome.to_string(), count.targets)).collect();
        out += &shares("newest attempt at each target", &rows, targets);
        if !f.sources.is_empty() {
            let rows = f.sources.iter().map(|source| {
                let read = format!("{} of {}", source.read, source.servers);
                vec![source.source.clone(), read, source.tools.to_string()]
            });
            let _ = writeln!(out, "{}", table(&["source", "servers read", "tools"], rows));
        }
        let rows = f.growth.iter().map(|g| vec![g.month.clone(), g.servers.to_string(), g.lists.to_string()]);
        out += &table(&["month", "new servers", "new lists"], rows);
        out.push('\n');
        if let Some(data) = &self.data {
            out += &hanging(&format!("data      {}", data.sentence()), "", "          ");
        }
        out + &judged_by(&self.ruleset)
    }
}

fn words<T: std::fmt::Display>(title: &str, counts: &[Count<T>], whole: u64) -> String {
    let rows: Vec<_> = counts.iter().map(|count| (count.of.to_string(), count.count)).collect();
    shares(title, &rows, whole)
}

fn shares(title: &str, rows: &[(String, u64)], whole: u64) -> String {
    let share = |count: u64| {
        if whole == 0 { String::new() } else { format!("{:.1} %", count as f64 * 100.0 / whole as f64) }
    };
    let rows = rows.iter().map(|(what, count)| vec![what.clone(), count.to_string(), share(*count)]);
    format!("{}\n", table(&[title, "", ""], rows))
}

impl RowReport for StatsReport {
    const COLUMNS: &'static [&'static str] = &["of", "what", "count"];

    fn rows(&self) -> Vec<Value> {
        let f = &self.figures;
        let c = &f.coverage;
        let mut rows = Vec::new();
        let mut add = |of: &str, what: String, count: u64| rows.push(json!({"of": of, "what": what, "count": count}));
        for (what, count) in [
            ("all", c.servers),
            ("read whole", c.read_whole),
            ("read in part", c.read_in_part),
            ("unread", c.unread),
            ("not tried", c.not_tried),
            ("newest attempt failed", c.read_but_failing),
            ("without tools", c.without_tools),
        ] {
            add("servers", what.to_owned(), count);
        }
        for (what, count) in [
            ("all", f.tools),
            ("names", f.distinct_names),
            ("definitions", f.distinct_definitions),
            ("unrecognised", f.unrecognised),
        ] {
            add("tools", what.to_owned(), count);
        }
        f.classes.iter().for_each(|one| add("class", one.of.to_string(), one.count));
        f.risks.iter().for_each(|one| add("risk", one.of.to_string(), one.count));
        f.categories.iter().for_each(|one| add("category", one.of.to_string(), one.count));
        f.traits.iter().for_each(|one| add("trait", one.of.to_string(), one.count));
        f.origins.iter().for_each(|one| add("origin", one.of.to_string(), one.count));
        f.outcomes.iter().for_each(|one| add("outcome", one.outcome.to_string(), one.targets));
        f.sources.iter().for_each(|one| add("servers of source", one.source.clone(), one.servers));
        f.growth.iter().for_each(|one| add("new servers of month", one.month.clone(), one.servers));
        rows
    }

    fn judged_by(&self) -> Option<&str> {
        Some(&self.ruleset)
    }
}
