//! Policies for all tools of a server, one for each enforcement point that the operator chose.

use super::address::policy_file;
use super::pages::Pages;
use crate::model::FoundTool;
use crate::policy::{PlannedServer, PlannedTool, Target, TargetOptions, alias_of, decide_found, document};
use rayon::prelude::*;

/// The policy of a server at one target.
pub(super) struct ServerPolicy {
    pub(super) title: &'static str,
    pub(super) file: String,
    /// The document, or why there is none that can be vouched for.
    pub(super) document: Result<String, String>,
}

/// The policies of a server; none without tools.
pub(super) fn all(pages: &Pages, server: &str, tools: &[FoundTool]) -> Vec<ServerPolicy> {
    match pages.settings().targets.as_slice() {
        [one] => written(pages, *one, server, tools).into_iter().collect(),
        several => several.par_iter().filter_map(|target| written(pages, *target, server, tools)).collect(),
    }
}

/// The policy of a server at one target; `None` without tools.
pub(super) fn written(pages: &Pages, target: Target, server: &str, tools: &[FoundTool]) -> Option<ServerPolicy> {
    let profile = &pages.settings().profile;
    let plan = |found: &FoundTool| PlannedTool {
        name: found.tool.name.clone(),
        decision: decide_found(profile, found),
        input_schema: found.tool.input_schema.clone(),
    };
    let tools: Vec<PlannedTool> = tools.iter().map(plan).collect();
    if tools.is_empty() {
        return None;
    }
    let planned = PlannedServer { name: server.to_owned(), alias: alias_of(server), launch: None, tools };
    let written = document(target, &[planned], &TargetOptions::default(), profile.uncounted);
    Some(ServerPolicy {
        title: target.capability().title,
        file: policy_file(target),
        document: written.map(|document| document.text().to_owned()).map_err(|refused| refused.to_string()),
    })
}

/// As what a document for a target is handed out.
pub(super) fn media_type(target: Target) -> &'static str {
    match policy_file(target).rsplit_once('.') {
        Some((_, "json")) => "application/json",
        Some((_, "yaml")) => "application/yaml",
        Some((_, "toml")) => "application/toml",
        _ => "text/plain; charset=utf-8",
    }
}
