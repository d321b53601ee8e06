//! What mcpdex recommends for the tools of one name on one server: what is known of them in, the decision and the
//! policy.json out. Every command that shows or writes that document asks here, so that there is one and no other.

use super::arguments::decide_with_arguments;
use super::decision::Decision;
use super::document::{PolicyDocument, document};
use super::format::TargetOptions;
use super::loss::Refused;
use super::plan::{PlannedServer, PlannedTool, alias_of};
use super::profile::Profile;
use super::targets::Target;
use mcpdex_model::FoundTool;

/// What happens to one tool of the database under a profile: its verdict, how it was learnt and its arguments.
pub fn decide_found(profile: &Profile, found: &FoundTool) -> Decision {
    decide_with_arguments(profile, &found.verdict, Some(found.origin), &found.tool)
}

/// The policy.json that a profile gives the tools of one server: one tool, or the several that a server
/// lists under one name, of which the strictest decision governs all.
///
/// # Errors
/// The document would not do what was decided (see [`Refused`]).
pub fn recommend(profile: &Profile, server: &str, tools: &[&FoundTool]) -> Result<PolicyDocument, Refused> {
    let plan = |found: &&FoundTool| PlannedTool {
        name: found.tool.name.clone(),
        decision: decide_found(profile, found),
        input_schema: found.tool.input_schema.clone(),
    };
    let planned = PlannedServer {
        name: server.to_owned(),
        alias: alias_of(server),
        launch: None,
        tools: tools.iter().map(plan).collect(),
    };
    document(Target::PolicyLayer, &[planned], &TargetOptions::default(), profile.uncounted)
}
