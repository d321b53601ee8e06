//! What a target does with every tool of a plan, once what it cannot express has fallen to the stricter side.

use super::decision::{PolicyEffect, Uncounted};
use super::fit::fit;
use super::format::TargetOptions;
use super::loss::{Losses, Refused};
use super::plan::PlannedServer;
use super::targets::Target;
use std::collections::BTreeMap;

/// What a target does with one name of one server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandingTool {
    pub effect: PolicyEffect,
    /// Only for calls whose arguments pass; the others are refused.
    pub guarded: bool,
}

/// The names of one server with what the target does with them; several definitions of one name stand as one.
pub type StandingTools<'a> = BTreeMap<&'a str, StandingTool>;

/// What the target does with each tool, server by server in the order of the plan.
///
/// # Errors
/// The target cannot say what was decided (see [`Refused`]).
pub fn standing<'a>(
    target: Target,
    servers: &'a [PlannedServer],
    options: &TargetOptions,
    uncounted: Uncounted,
) -> Result<Vec<StandingTools<'a>>, Refused> {
    let fitted = fit(target, servers, options, uncounted, &mut Losses::default())?;
    let of = fitted.into_iter().map(|server| {
        let mut tools = StandingTools::new();
        for tool in &server.tools {
            let standing = StandingTool { effect: tool.effect, guarded: !tool.conditions.is_empty() };
            tools.extend(tool.stands_for.iter().map(|name| (*name, standing)));
        }
        let default = StandingTool { effect: target.capability().default, guarded: false };
        for name in server.unnamed {
            tools.entry(name).or_insert(default);
        }
        tools
    });
    Ok(of.collect())
}
