//! A recommended policy for programs, in one shape wherever it is asked for: on the command line, over HTTP, by a model. What
//! was decided on each tool and why, and for each enforcement point the documents that say so, or why there is none.

use crate::policy::{Advice, Decision, Loss, PlannedServer, PolicyDocument, Refused, Target};
use serde::Serialize;
use std::collections::BTreeMap;

/// A recommended policy: `urn:mcpdex:policy:1`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judged.
    ruleset: String,
    profile: String,
    servers: Vec<DecidedServer>,
    targets: Vec<PolicyAtTarget>,
}

/// What was decided on the tools of a server, by name; of several definitions of one name the strictest decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct DecidedServer {
    server: String,
    /// What documents call it.
    alias: String,
    decisions: BTreeMap<String, Decision>,
}

/// What is written for one enforcement point.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct PolicyAtTarget {
    target: Target,
    /// What a document is called there.
    file: &'static str,
    /// One for all servers, or one for each where the target wants it so.
    documents: Vec<PolicyText>,
    /// How to apply it.
    steps: &'static [&'static str],
    /// The same with the tool refused altogether; where one tool is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<PolicyText>,
    /// The same with calls counted and nothing else looked at; where one tool is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<PolicyText>,
}

/// A document, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct PolicyText {
    /// The servers that it is for, as it calls them.
    aliases: Vec<String>,
    /// `null` where none can be vouched for; `refused` then says why.
    text: Option<String>,
    refused: Option<String>,
    /// What it does not say as it was decided.
    losses: Vec<Loss>,
}

impl PolicyText {
    fn of(servers: &[PlannedServer], written: Result<String, String>, losses: Vec<Loss>) -> PolicyText {
        let aliases = servers.iter().map(|server| server.alias.clone()).collect();
        let (text, refused) = match written {
            Ok(text) => (Some(text), None),
            Err(why) => (None, Some(why)),
        };
        PolicyText { aliases, text, refused, losses }
    }
}

impl PolicyReport {
    /// What was decided on these servers, without enforcement points yet.
    pub fn new(ruleset: String, profile: &str, servers: &[PlannedServer]) -> PolicyReport {
        let servers = servers.iter().map(|server| {
            let mut decisions: BTreeMap<String, Decision> = BTreeMap::new();
            for tool in &server.tools {
                let known = decisions.get(&tool.name);
                if known.is_none_or(|other| tool.decision.effect.rank() > other.effect.rank()) {
                    decisions.insert(tool.name.clone(), tool.decision.clone());
                }
            }
            DecidedServer { server: server.name.clone(), alias: server.alias.clone(), decisions }
        });
        PolicyReport {
            schema: "mcpdex/policy/1",
            ruleset,
            profile: profile.to_owned(),
            servers: servers.collect(),
            targets: Vec::new(),
        }
    }

    /// Adds what is written for a target, each document with the servers that it is for.
    pub fn add<'a>(
        &mut self,
        target: Target,
        documents: impl Iterator<Item = (&'a [PlannedServer], Result<PolicyDocument, Refused>)>,
    ) {
        let text = |(servers, written): (&[PlannedServer], Result<PolicyDocument, Refused>)| match written {
            Ok(document) => PolicyText::of(servers, Ok(document.text().to_owned()), document.losses),
            Err(refused) => PolicyText::of(servers, Err(refused.to_string()), Vec::new()),
        };
        let capability = target.capability();
        self.targets.push(PolicyAtTarget {
            target,
            file: capability.file,
            documents: documents.map(text).collect(),
            steps: capability.steps,
            block: None,
            limit: None,
        });
    }

    /// Adds what is written for a target of one tool, with the two changes that people ask for.
    pub fn advise(&mut self, server: &PlannedServer, advice: Advice) {
        let Advice { target, document, steps, block, limit, losses, .. } = advice;
        let text = |written, losses| PolicyText::of(std::slice::from_ref(server), written, losses);
        self.targets.push(PolicyAtTarget {
            target,
            file: target.capability().file,
            documents: vec![text(document, losses)],
            steps,
            block: Some(text(block, Vec::new())),
            limit: Some(text(limit, Vec::new())),
        });
    }
}
