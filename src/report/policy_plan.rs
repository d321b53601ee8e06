//! What was decided for the tools of servers and for one tool, for programs: decisions with their reasons, and what each
//! target cannot say of them.

use crate::policy::{Advice, Decision, Loss, PlannedServer, PolicyDocument, Refused, Target};
use serde::Serialize;
use std::collections::BTreeMap;

/// The report of `mcpdex policy --server NAME --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyPlanReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judged.
    ruleset: String,
    profile: String,
    servers: Vec<DecidedServer>,
    targets: Vec<DecidedTarget>,
}

/// What was decided on each tool of a server; of several definitions of one name the strictest decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct DecidedServer {
    server: String,
    /// What the document calls it.
    alias: String,
    tools: BTreeMap<String, Decision>,
}

/// What a target's documents do not say as it was decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct DecidedTarget {
    target: Target,
    losses: Vec<Loss>,
    /// Why there is no document, where there is none.
    refused: Vec<String>,
}

impl PolicyPlanReport {
    /// A report on these servers, without targets yet.
    pub fn new(ruleset: String, profile: &str, servers: &[PlannedServer]) -> PolicyPlanReport {
        let servers = servers.iter().map(|server| {
            let mut tools: BTreeMap<String, Decision> = BTreeMap::new();
            for tool in &server.tools {
                let strictest =
                    tools.get(&tool.name).is_none_or(|other| tool.decision.effect.rank() > other.effect.rank());
                if strictest {
                    tools.insert(tool.name.clone(), tool.decision.clone());
                }
            }
            DecidedServer { server: server.name.clone(), alias: server.alias.clone(), tools }
        });
        PolicyPlanReport {
            schema: "mcpdex/policy-plan/1",
            ruleset,
            profile: profile.to_owned(),
            servers: servers.collect(),
            targets: Vec::new(),
        }
    }

    /// Adds what a target's documents lose.
    pub fn add(&mut self, target: Target, documents: impl Iterator<Item = Result<PolicyDocument, Refused>>) {
        let mut of_target = DecidedTarget { target, losses: Vec::new(), refused: Vec::new() };
        for document in documents {
            match document {
                Ok(document) => of_target.losses.extend(document.losses),
                Err(why) => of_target.refused.push(why.to_string()),
            }
        }
        self.targets.push(of_target);
    }
}

/// The report of `mcpdex policy TOOL --target … --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyAdviceReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judged.
    ruleset: String,
    tool: String,
    server: String,
    /// A target each.
    advice: Vec<Advice>,
}

impl PolicyAdviceReport {
    /// A report on one tool.
    pub fn new(ruleset: String, tool: &str, server: &str, advice: Vec<Advice>) -> PolicyAdviceReport {
        PolicyAdviceReport {
            schema: "mcpdex/policy-advice/1",
            ruleset,
            tool: tool.to_owned(),
            server: server.to_owned(),
            advice,
        }
    }
}
