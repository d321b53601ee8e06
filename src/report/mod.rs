//! What the commands print: tables for people, JSON for programs. Text from servers is made harmless here.

mod age;
mod budget;
#[cfg(feature = "parquet")]
mod columns;
mod config;
mod crawl;
mod details;
mod doctor;
mod drift;
mod eval;
mod explain;
mod extract;
mod findings;
mod github;
mod gitlab;
mod json;
mod junit;
mod leak;
mod list;
mod names;
mod places;
mod policy_check;
mod policy_drift;
mod policy_replay;
mod policy_sarif;
mod probe;
mod rows;
mod rule_list;
mod sarif;
mod sarif_taxonomies;
mod screen;
mod search;
mod server;
mod sheet;
mod stats;
mod style;
mod terminal;
mod text;
mod tool;
mod tool_rows;
mod topics;

pub use crate::model::visible;
pub use age::DataAge;
pub use budget::{BudgetReport, NoBudget};
#[cfg(feature = "parquet")]
pub use columns::Columns;
pub use config::{ConfigReport, SettingLine};
pub use crawl::{CrawlSummary, Host, RunSummary, SourceProblem};
pub use doctor::{Checkup, DoctorReport, Health};
pub use drift::{CheckReport, DiffReport};
pub use eval::{eval_list, eval_matrices, eval_score};
pub use explain::explanation_text;
pub use extract::{ExtractReport, ExtractedPackage, ExtractedTool};
use findings::relative;
pub use findings::{BaseCommit, Problem, ScanReport, ScannedServer};
pub use json::to_json;
pub use leak::{CutCosts, CutTool, LeakCut, LeakReport, NoCut};
pub use list::ListReport;
pub use names::{Nearest, nearest};
pub use places::{PlacesReport, ShownPlace};
pub use policy_check::{PlacedFinding, PolicyCheckReport};
pub use policy_drift::PolicyDriftReport;
pub use policy_replay::{
    ComparedPolicy, PolicyComparisonReport, PolicyReplayReport, PolicyRulingReport, RuledBy, RuledServer,
};
pub use probe::{ProbeReport, ProbedCard, ProbedTool};
pub use rows::{ListFormat, RowReport, write_rows};
pub use rule_list::{RuleLine, RuleListReport};
pub use search::SearchReport;
pub use server::{ServerReport, ServerView, ToolLine};
pub use sheet::{MARKDOWN_HEAD, Sheet, markdown_row};
pub use stats::StatsReport;
pub use style::{Colour, choose as choose_colour};
pub use terminal::{Harmless, stdout, styled, styled_stdout};
pub use tool::{PolicyView, ToolReport, ToolSurroundings, ToolView};
pub use topics::{topic_list, topic_text};
