//! A policy that somebody wrote, read once and asked many times.

use super::finding::PolicyFinding;
use super::recognise::recognise;
use super::rule::{RuleBook, Ruling};
use super::source::{Source, parse, unreadable};
use super::spelling::{notation_of, reads_comments};
use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions};
use crate::replay::evaluator::Call;
use crate::targets::Target;
use serde::Serialize;
use serde_json::{Map, Value};
use std::ops::Range;

/// The largest document that is read, in bytes.
pub(super) const LARGEST_POLICY: usize = 32 << 20;

/// Why a document cannot be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrittenError {
    #[error("the document is of no shape that mcpdex knows; name its target with --target")]
    UnknownShape,
    #[error(
        "{0} documents cannot be read by this build, which leaves out the engine that decides them (feature `verify`)"
    )]
    NoReader(Target),
    #[error("the document has more than {} MiB", LARGEST_POLICY >> 20)]
    TooLarge,
}

/// A policy that somebody wrote.
pub struct WrittenPolicy {
    target: Target,
    files: Vec<PolicyFile>,
    pub(crate) book: RuleBook,
    pub(crate) options: TargetOptions,
    readable: bool,
}

/// What a policy does with one call, and which of its rules says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallRuling {
    #[serde(flatten)]
    pub effect: PolicyEffect,
    /// The rule in the words of the document, for instance `permissions.deny`; `None` where the document says nothing.
    pub rule: Option<String>,
    /// Whether it is the rule for what no other names.
    pub by_default: bool,
    /// The bytes of the rule in the document.
    pub span: Option<Range<usize>>,
    /// The limits that hold beside, strictest last, each with its bytes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<(PolicyEffect, Range<usize>)>,
}

/// A rule that speaks of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleOnTool {
    /// In the words of the document.
    pub rule: String,
    #[serde(flatten)]
    pub effect: PolicyEffect,
    /// Whether it holds only for calls that pass its test.
    pub for_some_calls: bool,
    pub span: Range<usize>,
}

impl WrittenPolicy {
    /// Reads a document: the first file, with the files that belong beside it. Without a target its shape tells it.
    ///
    /// What is wrong with the document is no error; it is among [`WrittenPolicy::faults`].
    ///
    /// # Errors
    /// The shape is not known, or this build has no reader for it.
    pub fn read(
        files: &[PolicyFile],
        target: Option<Target>,
        options: &TargetOptions,
    ) -> Result<WrittenPolicy, WrittenError> {
        let text = crate::format::main(files);
        if text.len() > LARGEST_POLICY {
            return Err(WrittenError::TooLarge);
        }
        let target = target.or_else(|| recognise(text)).ok_or(WrittenError::UnknownShape)?;
        let reader = target.reader().ok_or(WrittenError::NoReader(target))?;
        let mut book = RuleBook::new(target.format());
        let notation = notation_of(target, text);
        let beside = files.get(1..).unwrap_or_default();
        let readable = match parse(text, notation, reads_comments(target)) {
            Ok(roots) => {
                reader(&Source { text, notation, roots, options, beside }, &mut book);
                true
            }
            Err(error) => {
                book.finds.push(unreadable(error));
                false
            }
        };
        book.seal();
        Ok(WrittenPolicy { target, files: files.to_vec(), book, options: options.clone(), readable })
    }

    /// The target that it is for.
    pub fn target(&self) -> Target {
        self.target
    }

    /// The text of the document itself.
    pub fn text(&self) -> &str {
        crate::format::main(&self.files)
    }

    /// Whether it parsed; of what did not, nothing is known but that.
    pub fn is_readable(&self) -> bool {
        self.readable
    }

    /// What is wrong with the document by itself, whatever tools there are.
    pub(crate) fn faults(&self) -> &[PolicyFinding] {
        &self.book.finds
    }

    /// The names of servers that it speaks of, as it spells them; none where it speaks of one server alone.
    pub fn servers(&self) -> Vec<String> {
        let mut all: Vec<String> = self
            .book
            .rules
            .iter()
            .filter_map(|rule| match &rule.selector {
                super::rule::Selector::Tool { server: Some(server), .. } => Some(server.clone()),
                _ => None,
            })
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The servers that a tool could be of: those with which the document names it, or all that it names.
    pub fn servers_of(&self, tool: &str) -> Vec<String> {
        let with: Vec<String> =
            self.named().into_iter().filter(|(_, name)| name == tool).filter_map(|(server, _)| server).collect();
        if with.is_empty() { self.servers() } else { with }
    }

    /// Every rule that speaks of a tool, whatever its arguments: its words, what it does, whether it does so only for some
    /// calls, and its bytes.
    pub fn rules_on(&self, server: &str, alias: &str, tool: &str) -> Vec<RuleOnTool> {
        let none = Map::new();
        let call = Call { server, alias, tool, arguments: &none, near: None };
        let mut rules: Vec<&super::rule::WrittenRule> = self.book.speaking_of(&call);
        rules.sort_by_key(|rule| (std::cmp::Reverse(rule.rank), rule.span.start));
        let one = |rule: &super::rule::WrittenRule| RuleOnTool {
            rule: rule.label.clone(),
            effect: rule.effect,
            for_some_calls: !rule.test.is_always(),
            span: rule.span.clone(),
        };
        rules.into_iter().map(one).collect()
    }

    /// The names of tools that it speaks of, as it spells them.
    pub fn tools(&self) -> Vec<String> {
        let named = self.book.rules.iter().filter_map(|rule| rule.names().map(|(_, tool)| tool.to_owned()));
        let mut all: Vec<String> = named.chain(self.book.mentions.iter().map(|mention| mention.tool.clone())).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Each tool that it names, with its server where it names one.
    pub(crate) fn named(&self) -> Vec<(Option<String>, String)> {
        let rules = self.book.rules.iter().filter_map(|rule| rule.names());
        let mentions = self.book.mentions.iter().map(|m| (m.server.as_deref(), m.tool.as_str()));
        let mut all: Vec<_> = rules.chain(mentions).map(|(s, t)| (s.map(str::to_owned), t.to_owned())).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What it does with one call. `server` is the server's identity and `alias` its name in the client; targets that speak
    /// of one server look at neither.
    pub fn answer(&self, server: &str, alias: &str, tool: &str, arguments: &Map<String, Value>) -> CallRuling {
        let ruling = self.ruling(&Call { server, alias, tool, arguments, near: None });
        let rule = ruling.rule.map(|at| &self.book.rules[at]);
        CallRuling {
            effect: ruling.effect,
            rule: rule.map(|rule| rule.label.clone()),
            by_default: rule.is_none_or(|rule| rule.role == super::rule::Role::Default),
            span: rule.map(|rule| rule.span.clone()),
            limits: ruling
                .limits
                .iter()
                .map(|at| (self.book.rules[*at].effect, self.book.rules[*at].span.clone()))
                .collect(),
        }
    }

    /// What it does with one call; of a document that does not parse nothing runs.
    pub(crate) fn ruling(&self, call: &Call<'_>) -> Ruling {
        if !self.readable {
            return Ruling { effect: PolicyEffect::Deny, rule: None, limits: Vec::new() };
        }
        self.book.ruling(call)
    }
}
