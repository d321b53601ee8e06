//! The rule files as they are written: TOML in, plain values out. It compiles nothing and decides nothing, and it
//! refuses every field that it does not know.

use mcpdex_model::{Class, Confidence, Risk, Trait};
use serde::Deserialize;
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
    pub circumstance: Vec<CircumstanceSyntax>,
    /// What servers say in praise of their own tools; usually in one file of their own.
    #[serde(default)]
    pub claims: Option<ClaimsSyntax>,
}

/// Praise that is no evidence.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimsSyntax {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    Raises,
    Lowers,
}

/// Parameters that make a call graver or milder than its class says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CircumstanceSyntax {
    pub id: String,
    pub effect: Effect,
    /// Whole names, as words.
    pub parameter: Vec<String>,
    /// Completes "its parameter “…” …".
    pub says: String,
}

/// One rule.
#[derive(Debug, Clone, Deserialize)]
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
    #[serde(default)]
    pub see: Vec<String>,
}

/// Where an action may have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceSyntax {
    Name,
    Description,
}

/// One clause: its fields are joined by AND, the entries of a field by OR.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ClauseSyntax {
    pub verb: Vec<String>,
    pub object: Vec<String>,
    pub last: Vec<String>,
    pub place: Option<PlaceSyntax>,
    pub name: Vec<String>,
    pub about: Vec<String>,
    pub anywhere: Vec<String>,
    pub parameter: Vec<String>,
    pub parameter_type: Vec<String>,
    pub parameter_about: Vec<String>,
    pub parameter_value: Vec<String>,
    pub parameter_pattern: Vec<String>,
    pub server: Vec<String>,
    pub verbless: Option<bool>,
    pub plural: Option<bool>,
}

/// An invented tool that shows what a rule sees.
#[derive(Debug, Clone, Deserialize)]
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
#[derive(Debug, Clone, Deserialize)]
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
}

/// The kind of writing of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Script {
    Latin,
    Cyrillic,
    Han,
    Kana,
    Hangul,
}

impl Script {
    /// Whether words are set apart by blanks.
    pub const fn has_boundaries(self) -> bool {
        matches!(self, Script::Latin | Script::Cyrillic)
    }
}

/// Where the main verb of a sentence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    First,
    Last,
    Anywhere,
}

/// One language file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LanguageSyntax {
    pub language: String,
    pub script: Script,
    pub order: Order,
    #[serde(default)]
    pub final_infinitive: bool,
    #[serde(default)]
    pub common: Vec<String>,
    #[serde(default)]
    pub fillers: Vec<String>,
    #[serde(default)]
    pub carriers: Vec<String>,
    #[serde(default)]
    pub conjunctions: Vec<String>,
    #[serde(default)]
    pub negations: Vec<String>,
    #[serde(default)]
    pub determiners: Vec<String>,
    #[serde(default)]
    pub prepositions: Vec<String>,
    /// Prepositions after which the object goes on ("the text *of* a mail").
    #[serde(default)]
    pub genitives: Vec<String>,
    #[serde(default)]
    pub subordinators: Vec<String>,
    #[serde(default)]
    pub asides: Vec<String>,
    #[serde(default)]
    pub alternatives: Vec<String>,
    #[serde(default)]
    pub headings: Vec<String>,
    #[serde(default)]
    pub participle_before: Vec<String>,
    #[serde(default)]
    pub participle_after: Vec<String>,
    /// Endings of adverbs, which may stand before the main verb.
    #[serde(default)]
    pub adverb_endings: Vec<String>,
    /// Lemmas that are as often nouns.
    #[serde(default)]
    pub nouny: Vec<String>,
    /// Lemmas whose third person is as often a plural; verbs in names.
    #[serde(default)]
    pub nouny_in_prose: Vec<String>,
    /// Nouns made of words that may be verbs ("app store"): no word of them is one.
    #[serde(default)]
    pub compounds: Vec<String>,
    /// Words that begin a name that asks, and the lemma that stands for all of them.
    #[serde(default)]
    pub questions: BTreeMap<String, Vec<String>>,
    /// Nouns for tools: what one is for or does is what the tool does.
    #[serde(default)]
    pub instruments: Vec<String>,
    /// Lemmas that are as often nouns, and verbs where a name starts with them ("list_log_levels").
    #[serde(default)]
    pub verbs_at_the_start: Vec<String>,
    /// Lemmas that are nouns at the end of a name ("expense_report").
    #[serde(default)]
    pub nouns_at_the_end: Vec<String>,
    /// Verbs of names that say little: what the description says first counts for more.
    #[serde(default)]
    pub light: Vec<String>,
    /// Endings of plurals, and longer endings that only look like them.
    #[serde(default)]
    pub plural_endings: Vec<String>,
    #[serde(default)]
    pub plural_exceptions: Vec<String>,
    /// Verbs that say what something is.
    #[serde(default)]
    pub copulas: Vec<String>,
    /// Lemmas whose last letter is doubled before an ending that starts with a vowel.
    #[serde(default)]
    pub doubling: Vec<String>,
    /// How forms are made of a lemma; the first entry whose `ends` fits is used.
    #[serde(default)]
    pub inflection: Vec<InflectionSyntax>,
    /// Lemma = further forms that can be a main verb.
    #[serde(default)]
    pub irregular: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub verbs: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub participles: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub nouns: BTreeMap<String, Vec<String>>,
}

/// How lemmas with one of these endings are inflected: `drop` letters fall, then the ending is added.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InflectionSyntax {
    /// Endings of the lemma; an empty text fits all.
    pub ends: Vec<String>,
    pub third: EndingSyntax,
    pub gerund: EndingSyntax,
    pub past: EndingSyntax,
}

/// One way to inflect.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndingSyntax {
    #[serde(default)]
    pub drop: usize,
    pub add: String,
}
