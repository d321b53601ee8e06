//! Every word and phrase that rules and languages name, arranged to be found: text in, the words found in it out.
//!
//! It knows what a word can be (a verb form, a noun, a small word with a part in sentences); it does not know what that
//! means for a tool.

use crate::language::literal_finder::LiteralFinder;
pub(crate) use crate::language::literal_finder::{Hit, Literal};
use crate::language::syntax::{Order, Script};
use serde::{Deserialize, Serialize};

/// A word that rules may name, by number; 0 is every word that they do not.
pub(crate) type Lemma = u32;

/// The words that nobody's rules name.
pub(crate) const UNKNOWN: Lemma = 0;

/// What form a verb stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Form {
    Base,
    Third,
    Gerund,
    /// Past or participle: never the action of a sentence.
    Past,
    /// A form of another language that can be the main verb.
    Main,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct VerbForm {
    pub lemma: Lemma,
    pub form: Form,
    pub language: u8,
}

/// Parts that small words play, as bits.
pub(crate) mod role {
    pub(crate) const COMMON: u32 = 1;
    pub(crate) const FILLER: u32 = 1 << 1;
    pub(crate) const CARRIER: u32 = 1 << 2;
    pub(crate) const CONJUNCTION: u32 = 1 << 3;
    pub(crate) const NEGATION: u32 = 1 << 4;
    pub(crate) const DETERMINER: u32 = 1 << 5;
    pub(crate) const PREPOSITION: u32 = 1 << 6;
    pub(crate) const SUBORDINATOR: u32 = 1 << 7;
    pub(crate) const ASIDE: u32 = 1 << 8;
    pub(crate) const ALTERNATIVE: u32 = 1 << 9;
    pub(crate) const HEADING: u32 = 1 << 10;
    pub(crate) const PARTICIPLE_BEFORE: u32 = 1 << 11;
    pub(crate) const PARTICIPLE_AFTER: u32 = 1 << 12;
    pub(crate) const GENITIVE: u32 = 1 << 13;
    pub(crate) const INSTRUMENT: u32 = 1 << 14;
    pub(crate) const COPULA: u32 = 1 << 15;
    pub(crate) const PASSIVE: u32 = 1 << 16;
    pub(crate) const RELATIVE: u32 = 1 << 17;
    pub(crate) const CAUSES: u32 = 1 << 18;
    pub(crate) const MEANS: u32 = 1 << 19;
    pub(crate) const SUBJECT: u32 = 1 << 20;
    pub(crate) const MODAL: u32 = 1 << 21;
    pub(crate) const LISTING: u32 = 1 << 22;
    pub(crate) const LEAD: u32 = 1 << 23;
    pub(crate) const CAUSATIVE: u32 = 1 << 24;
}

/// What a literal can be.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Meaning {
    pub verbs: Vec<VerbForm>,
    /// The lemma under which rules name this word; [`UNKNOWN`] for small words.
    pub word: Lemma,
    /// Parts in sentences, by language.
    pub roles: Vec<(u8, u32)>,
    /// Whether rules name it as a phrase.
    pub phrase: bool,
    /// Whether a rule asks of the phrase that nothing denies it.
    pub said: bool,
    /// Whether servers praise their own tools by it.
    pub praise: bool,
    /// Whether it is a noun made of words that may be verbs elsewhere.
    pub compound: bool,
    /// The verb that a name beginning with this word has, where it asks.
    pub question: Option<Lemma>,
    /// The verb of which it is a finite passive ("se eliminan").
    pub passive: Option<Lemma>,
    /// The verb whose deed it names ("deletion").
    pub nominal: Option<Lemma>,
    /// Whether it is bounded by blanks or the like.
    pub bounded: bool,
    /// Whether it takes part in sentences: a phrase that does not, hides no word.
    pub lexical: bool,
}

impl Meaning {
    pub(crate) fn role(&self, language: u8) -> u32 {
        self.roles.iter().filter(|(of, _)| *of == language || *of == ANY_LANGUAGE).fold(0, |all, (_, role)| all | role)
    }
}

/// What is asked of a literal at every word of a text, side by side, so that one look at memory tells it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// The parts that it plays in English sentences, as bits.
    pub role: u32,
    /// The languages whose common word it is, as bits.
    pub common: u32,
    /// The form of a verb that it is in English.
    pub verb: Option<VerbForm>,
    /// Whether it is a form of a verb in any language.
    pub is_verb: bool,
    /// Whether it may be a deed: a form of a verb, a finite passive, or the name of a deed.
    pub is_deed: bool,
    /// As in [`Meaning`].
    pub word: Lemma,
    pub lexical: bool,
    pub phrase: bool,
    pub praise: bool,
    pub compound: bool,
}

impl Facts {
    pub(crate) fn of(meaning: &Meaning) -> Facts {
        let common = meaning.roles.iter().filter(|(_, roles)| roles & role::COMMON != 0);
        let is_verb = !meaning.verbs.is_empty();
        Facts {
            role: meaning.role(0),
            common: common.fold(0, |all, (language, _)| all | 1 << (u32::from(*language) % u32::BITS)),
            verb: meaning.verbs.iter().find(|verb| verb.language == 0).copied(),
            word: meaning.word,
            is_verb,
            is_deed: is_verb || meaning.passive.is_some() || meaning.nominal.is_some(),
            lexical: meaning.lexical,
            phrase: meaning.phrase,
            praise: meaning.praise,
            compound: meaning.compound,
        }
    }
}

const ANY_LANGUAGE: u8 = u8::MAX;

/// What the engine has to know about a language beside its words.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Language {
    pub script: Script,
    pub order: Order,
    pub final_infinitive: bool,
    pub adverb_endings: Vec<String>,
    pub deed_endings: Vec<String>,
    /// Words behind which only a verb can stand.
    pub before_verbs: Vec<String>,
    /// Words that tell what a thing is like, and are no verbs.
    pub adjectives: Vec<String>,
    pub plural_endings: Vec<String>,
    pub plural_exceptions: Vec<String>,
}

/// The compiled lexicon.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Lexicon {
    pub(crate) finder: LiteralFinder,
    pub(crate) meanings: Vec<Meaning>,
    /// Of each of them.
    pub(crate) facts: Vec<Facts>,
    /// Literals of one or two bytes, sorted: looked up where no longer one stands.
    pub(crate) short: Vec<(Short, Literal)>,
    pub languages: Vec<Language>,
    pub(crate) lemmas: Vec<String>,
    pub(crate) nouny: Vec<bool>,
    pub(crate) nouny_in_prose: Vec<bool>,
    pub(crate) light: Vec<bool>,
    pub(crate) verbs_at_the_start: Vec<bool>,
    pub(crate) nouns_at_the_end: Vec<bool>,
    pub(crate) states: Vec<bool>,
    /// Words that rules know only before another noun.
    pub(crate) modifiers: Vec<bool>,
    /// The literal that stands for a sum of money.
    pub(crate) money: Option<Literal>,
}

impl Lexicon {
    pub(crate) fn meaning(&self, literal: Literal) -> &Meaning {
        &self.meanings[literal as usize]
    }

    pub(crate) fn facts(&self, literal: Literal) -> Facts {
        self.facts[literal as usize]
    }

    pub(crate) fn literals(&self) -> usize {
        self.meanings.len()
    }

    pub(crate) fn lemmas(&self) -> usize {
        self.lemmas.len()
    }

    pub(crate) fn is_nouny_in_prose(&self, lemma: Lemma) -> bool {
        self.nouny_in_prose[lemma as usize]
    }

    pub(crate) fn is_verb_at_the_start(&self, lemma: Lemma) -> bool {
        self.verbs_at_the_start[lemma as usize]
    }

    /// Whether a text lists the values of this noun in brackets or behind a colon.
    pub(crate) fn is_state(&self, lemma: Lemma) -> bool {
        self.states[lemma as usize]
    }

    /// Whether rules know nothing by this word alone: "choke" of "choke valve" may be a verb that nobody knows.
    pub(crate) fn is_strange(&self, lemma: Lemma) -> bool {
        lemma == UNKNOWN || self.modifiers[lemma as usize]
    }

    pub(crate) fn is_noun_at_the_end(&self, lemma: Lemma) -> bool {
        self.nouns_at_the_end[lemma as usize]
    }

    pub(crate) fn is_light(&self, lemma: Lemma) -> bool {
        self.light[lemma as usize]
    }

    /// Whether the word of a name looks like a plural.
    pub(crate) fn is_plural(&self, word: &str) -> bool {
        let ends = |list: &[String]| list.iter().any(|end| word.len() > end.len() + 1 && word.ends_with(end.as_str()));
        self.languages.first().is_some_and(|l| ends(&l.plural_endings) && !ends(&l.plural_exceptions))
    }

    /// Whether `word` is one of the adjectives that are no verbs.
    pub(crate) fn is_adjective(&self, word: &str) -> bool {
        self.languages.first().is_some_and(|of| of.adjectives.iter().any(|known| known == word))
    }

    /// Whether behind `word`, of the language of that number, only a verb can stand.
    pub(crate) fn awaits_verb(&self, language: u8, word: &str) -> bool {
        self.languages.get(usize::from(language)).is_some_and(|of| of.before_verbs.iter().any(|known| known == word))
    }

    pub(crate) fn is_nouny(&self, lemma: Lemma) -> bool {
        self.nouny[lemma as usize]
    }

    /// Finds every literal of three bytes or more in `text`, in one pass, sorted by where it starts, longer ones first.
    pub(crate) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        self.finder.find(text, hits);
    }

    /// The literal of three bytes or more that is all of `text`.
    pub(crate) fn whole(&self, text: &str) -> Option<Literal> {
        self.finder.whole(text)
    }

    /// Which bytes of `start..end` belong to a noun that is made of words that may be verbs.
    pub(crate) fn compounds(&self, hits: &[Hit], start: u32, end: u32) -> Vec<(u32, u32)> {
        let from = hits.partition_point(|hit| hit.start < start);
        hits[from..]
            .iter()
            .take_while(|hit| hit.start < end)
            .filter(|hit| hit.end <= end && self.facts(hit.literal).compound)
            .map(|hit| (hit.start, hit.end))
            .collect()
    }

    /// The literal of one or two bytes that `word` is.
    pub(crate) fn short(&self, word: &[u8]) -> Option<Literal> {
        let word = short(word)?;
        let at = self.short.binary_search_by_key(&word, |(known, _)| *known).ok()?;
        Some(self.short[at].1)
    }
}

/// One or two bytes of a literal, as a number.
pub(crate) type Short = u16;

/// `word` where it has one or two bytes.
pub(crate) fn short(word: &[u8]) -> Option<Short> {
    match *word {
        [one] => Some(u16::from(one)),
        [one, two] => Some(u16::from_be_bytes([one, two])),
        _ => None,
    }
}
