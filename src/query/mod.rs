//! What commands, the HTTP API and the MCP server ask: one answer to each question, whoever asks it.
//!
//! A database and a question in, a report out. Prints nothing, asks no network; what a report holds of servers' own text is
//! as it came, and whoever shows it makes it harmless.

mod approval;
mod bench;
mod catalogue;
mod comparison;
pub(crate) mod configured;
mod error;
pub(crate) mod findings;
mod history;
mod policy;
mod posted;
mod reading;
mod registry;
mod schema;
mod search;
mod server;
mod skills;
mod tool;
mod who;

pub use approval::{Approval, ApprovalDecision, ApprovalError};
pub use bench::{Bench, ruleset_digest};
pub use catalogue::{Catalogue, Moment};
pub use comparison::{PublishedPage, comparison_report};
pub use error::{QueryError, target_named};
pub use history::{changes_report, stats_report};
pub use policy::{PolicyCheckQuestion, PolicyQuestion, policy_check_report, policy_report};
pub use posted::{ClassifiedReport, MAX_POSTED_TOOLS, classified_report, configuration_report};
pub use reading::VersionStanding;
pub use registry::{
    PageMetadata, RegistryItem, RegistryPage, RegistryQuestion, RegistryStanding, RegistryView, ShownOrNot,
    VERDICTS_KEY, WantedVersion, registry_page, registry_standing, registry_versions,
};
pub use schema::{bundled_schema, schema_components};
pub use search::{SearchQuestion, search_report};
pub use server::{server_names_near, server_report, server_report_with_reasons};
pub use skills::{SkillFile, skill_findings};
pub(crate) use tool::{find_tools, tools_by_server};
pub use tool::{tool_names_near, tool_report};
