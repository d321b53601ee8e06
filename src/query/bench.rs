//! What judges: rules and overrides in, verdicts on a server's tools out.

use crate::classify::{AnnotationTrust, Explanation, Judge, Overrides, Ruleset, ServerContext};
use crate::model::{Tool, Verdict};
use crate::store::ServerTools;
use rayon::prelude::*;

/// The rules and the overrides that apply today.
#[derive(Debug)]
pub struct Bench {
    /// The rules, compiled.
    pub rules: Ruleset,
    overrides: Overrides,
}

impl Bench {
    /// Judges by these.
    pub fn new(rules: Ruleset, overrides: Overrides) -> Bench {
        Bench { rules, overrides }
    }

    /// Changes whenever a verdict might: the digest of the rules, and that of the overrides where there are any.
    pub fn digest(&self) -> String {
        ruleset_digest(self.rules.digest(), &self.overrides)
    }

    /// The verdicts on the tools of one server.
    pub fn judge_tools(&self, server: &str, tools: &[Tool]) -> Vec<Verdict> {
        let judge = Judge { rules: &self.rules, trust: AnnotationTrust::RaiseOnly, overrides: &self.overrides };
        let context = ServerContext::of(server, tools);
        tools.iter().map(|tool| judge.judge(&context, tool)).collect()
    }

    /// The same for several servers, on all threads.
    pub fn judge_all(&self, servers: &[ServerTools]) -> Vec<Vec<Verdict>> {
        servers.par_iter().map(|server| self.judge_tools(&server.server, &server.tools)).collect()
    }

    /// Why the rules judge one of a server's tools as they do; overrides are not asked.
    pub fn explain(&self, server: &str, tools: &[Tool], name: &str) -> Option<Explanation> {
        let tool = tools.iter().find(|tool| tool.name == name)?;
        Some(self.rules.explain(&ServerContext::of(server, tools), tool))
    }
}

/// Changes whenever a verdict might.
pub fn ruleset_digest(rules: &str, overrides: &Overrides) -> String {
    match overrides.digest() {
        Some(overrides) => format!("{rules}+{overrides}"),
        None => rules.to_owned(),
    }
}
