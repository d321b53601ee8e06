//! A language file as it is written: TOML in, plain values out. It compiles nothing, and it refuses every field that it
//! does not know.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The kind of writing of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Script {
    Latin,
    Cyrillic,
    Han,
    Kana,
    Hangul,
}

/// Where the main verb of a sentence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    First,
    Last,
    Anywhere,
}

/// One language file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LanguageSyntax {
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
    /// Auxiliaries that make a participle a deed ("are" deleted).
    #[serde(default)]
    pub passive_before: Vec<String>,
    /// Words that begin a relative clause.
    #[serde(default)]
    pub relatives: Vec<String>,
    /// Words behind which the name of a deed is a deed ("performs" deletion).
    #[serde(default)]
    pub causes: Vec<String>,
    /// Words behind which a gerund is a deed ("by" charging the card).
    #[serde(default)]
    pub means: Vec<String>,
    /// What a clause about the tool may begin with ("it").
    #[serde(default)]
    pub subjects: Vec<String>,
    /// Words behind which the base form of a verb is a deed ("will").
    #[serde(default)]
    pub modals: Vec<String>,
    /// Headings of sections that list parameters and answers: nothing in them is a deed.
    #[serde(default)]
    pub listings: Vec<String>,
    /// Lemmas of nouns whose values a text lists in brackets or behind a colon ("status (open, delete)"): none of them is a deed.
    #[serde(default)]
    pub states: Vec<String>,
    /// What a sentence may begin with that says what the call starts from, up to a comma ("given a page, …").
    #[serde(default)]
    pub leads: Vec<String>,
    /// Verbs that have somebody else do what follows ("tells the server to delete"): that is what the tool does.
    #[serde(default)]
    pub causatives: Vec<String>,
    /// Lemma = finite passive forms ("se eliminan").
    #[serde(default)]
    pub passives: BTreeMap<String, Vec<String>>,
    /// Lemma = nouns that name its deed ("deletion").
    #[serde(default)]
    pub nominals: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub participle_before: Vec<String>,
    #[serde(default)]
    pub participle_after: Vec<String>,
    /// Endings of adverbs, which may stand before the main verb.
    #[serde(default)]
    pub adverb_endings: Vec<String>,
    /// Endings of nouns that name a deed or who does it ("removal"): a first sentence about one names no thing.
    #[serde(default)]
    pub deed_endings: Vec<String>,
    /// Words behind which only a verb can stand: "to", "will".
    #[serde(default)]
    pub before_verbs: Vec<String>,
    /// Words that tell what a thing is like, and are no verbs: before a noun they begin no deed.
    #[serde(default)]
    pub adjectives: Vec<String>,
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
pub(crate) struct InflectionSyntax {
    /// Endings of the lemma; an empty text fits all.
    pub ends: Vec<String>,
    pub third: EndingSyntax,
    pub gerund: EndingSyntax,
    pub past: EndingSyntax,
}

/// One way to inflect.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndingSyntax {
    #[serde(default)]
    pub drop: usize,
    pub add: String,
}
