//! Which decisions would spare most questions, and at what risk.

use super::count::ReplayedTool;
use crate::check::{CheckedServer, CheckedTool};
use mcpdex_model::Risk;
use serde::Serialize;
use std::collections::HashMap;

/// Decisions that are proposed at most.
const PROPOSED: usize = 5;

/// One decision of a person, how many questions it would have spared, and what it lets run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromptSaving {
    pub server: String,
    pub tool: String,
    /// Questions that would not have been asked.
    pub saves: u64,
    /// How risky the tool is; `None` where nothing is known of it, and nothing should be decided before it is.
    pub risk: Option<Risk>,
    /// Of all questions, in per cent, with the decisions before it.
    pub together: u8,
}

/// What to decide, and how many questions belong to critical tools, which are never proposed.
pub(super) fn savings(tools: &[ReplayedTool], servers: &[CheckedServer]) -> (Vec<PromptSaving>, u64) {
    let mut known: HashMap<(&str, &str), &CheckedTool> = HashMap::new();
    for server in servers {
        for tool in &server.tools {
            let place = known.entry((server.alias.as_str(), tool.planned.name.as_str())).or_insert(tool);
            if tool.risk > place.risk {
                *place = tool;
            }
        }
    }
    let all: u64 = tools.iter().map(|tool| tool.count.asked).sum();
    let mut never = 0;
    let mut found: Vec<PromptSaving> = Vec::new();
    for tool in tools.iter().filter(|tool| tool.count.asked > 0) {
        let risk = known.get(&(tool.server.as_str(), tool.tool.as_str())).map(|tool| tool.risk);
        if risk == Some(Risk::Critical) {
            never += tool.count.asked;
            continue;
        }
        let (server, tool, saves) = (tool.server.clone(), tool.tool.clone(), tool.count.asked);
        found.push(PromptSaving { server, tool, saves, risk, together: 0 });
    }
    let key = |one: &PromptSaving| (std::cmp::Reverse(one.saves), one.risk.is_none(), one.risk);
    found.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| (&a.server, &a.tool).cmp(&(&b.server, &b.tool))));
    found.truncate(PROPOSED);
    let mut spared = 0;
    for one in &mut found {
        spared += one.saves;
        one.together = u8::try_from(spared * 100 / all.max(1)).unwrap_or(100);
    }
    (found, never)
}
