//! The rule files as they are written: TOML in, plain values out. It compiles nothing and decides nothing, and it
//! refuses every field that it does not know.

use mcpdex_model::{Class, Confidence, DeedKind, DeedReach, Risk, Trait};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One file of rules.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    #[serde(default)]
    pub rule: Vec<RuleSyntax>,
    /// Parameters that select an operation; usually in one file of their own.
    #[serde(default)]
    pub operations: Option<OperationSyntax>,
    /// Parameters that the rationale names as raising or lowering the risk of a call.
    #[serde(default)]
    pub circumstance: Vec<RiskFactorSyntax>,
    /// Kinds of things: rules name one as `@kind` wherever they name words.
    #[serde(default)]
    pub kinds: BTreeMap<String, Vec<String>>,
    /// What servers say in praise of their own tools; usually in one file of their own.
    #[serde(default)]
    pub claims: Option<SelfPraiseSyntax>,
    /// What the code of a tool's handler makes of a verdict; usually in one file of their own.
    #[serde(default)]
    pub deed: Vec<DeedSyntax>,
}

/// How much graver a tool is for what its handler does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeedSyntax {
    pub id: String,
    pub kind: DeedKind,
    pub reach: Vec<DeedReach>,
    /// Counts only where at most so many functions lie between the handler and the call.
    #[serde(default)]
    pub within: Option<u32>,
    #[serde(default)]
    pub class: Option<Class>,
    #[serde(default)]
    pub traits: Vec<Trait>,
    /// Whether it is a finding beside a definition that speaks of reading.
    #[serde(default)]
    pub contradicts: bool,
    pub because: String,
}

/// Praise that is no evidence.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelfPraiseSyntax {
    /// Phrases that make a sentence one of praise.
    pub phrases: Vec<String>,
    /// What such a sentence may begin with.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// Objects that name nothing.
    #[serde(default)]
    pub hollow: Vec<String>,
}

/// What a parameter does to the risk of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RiskEffect {
    Raises,
    Lowers,
}

/// Parameters that make a call graver or milder than its class says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskFactorSyntax {
    pub id: String,
    pub effect: RiskEffect,
    /// Whole names, as words.
    pub parameter: Vec<String>,
    /// Completes "its parameter “…” …".
    pub says: String,
}

/// One rule.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSyntax {
    pub id: String,
    #[serde(default)]
    pub class: Option<Class>,
    #[serde(default)]
    pub traits: Vec<Trait>,
    #[serde(default)]
    pub floor: Option<Risk>,
    pub confidence: Confidence,
    /// A loss that is small, or an execution that touches no more than the caller's own session.
    #[serde(default)]
    pub light: bool,
    pub because: String,
    pub when: Vec<ClauseSyntax>,
    #[serde(default)]
    pub unless: Vec<ClauseSyntax>,
    #[serde(default, rename = "for")]
    pub only_for: Vec<Class>,
    #[serde(default)]
    pub overrules: Vec<String>,
    pub fires: Vec<ExampleSyntax>,
    pub quiet: Vec<ExampleSyntax>,
}

/// Where an action may have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceSyntax {
    Name,
    Description,
}

/// One clause: its fields are joined by AND, the entries of a field by OR.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ClauseSyntax {
    pub verb: Vec<String>,
    pub object: Vec<String>,
    pub last: Vec<String>,
    pub place: Option<PlaceSyntax>,
    pub name: Vec<String>,
    pub about: Vec<String>,
    pub anywhere: Vec<String>,
    pub opening: Vec<String>,
    pub said: Vec<String>,
    pub parameter: Vec<String>,
    pub parameter_type: Vec<String>,
    pub parameter_about: Vec<String>,
    pub parameter_value: Vec<String>,
    pub parameter_pattern: Vec<String>,
    pub server: Vec<String>,
    pub verbless: Option<bool>,
    pub plural: Option<bool>,
    pub phrase: Option<bool>,
    pub verb_first: Option<bool>,
}

/// An invented tool that shows what a rule sees.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleSyntax {
    pub name: String,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub server: Option<String>,
    #[serde(default)]
    pub siblings: Vec<String>,
    #[serde(default)]
    pub parameters: Option<ParametersSyntax>,
}

/// The parameters of an example: names alone, or names with schemas.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub enum ParametersSyntax {
    Names(Vec<String>),
    Schemas(toml::Table),
}

/// Which parameters select the operation of a tool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationSyntax {
    /// Words that the name of such a parameter ends with.
    pub parameters: Vec<String>,
    /// The same, for parameters that as often select something else: most of their values must be operations.
    #[serde(default)]
    pub doubtful: Vec<String>,
    /// Parameters whose values say what to look for: a value that is a verb is none.
    #[serde(default)]
    pub filters: Vec<String>,
    /// Words of a text behind which it lists operations.
    #[serde(default)]
    pub markers: Vec<String>,
}
