//! Every word and phrase that rules and languages name, compiled into one automaton: text in, the words found in it out.
//!
//! It knows what a word can be (a verb form, a noun, a small word with a part in sentences); it does not know what that
//! means for a tool.

use super::syntax::{EndingSyntax, LanguageSyntax, Order, Script};
use super::text::{is_unspaced, normal};
use super::words::words_of;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::{BTreeMap, HashMap};

/// A word that rules may name, by number; 0 is every word that they do not.
pub(super) type Lemma = u32;
/// A literal of the automaton, by number.
pub(super) type Literal = u32;

/// The words that nobody's rules name.
pub(super) const UNKNOWN: Lemma = 0;

/// What form a verb stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Base,
    Third,
    Gerund,
    /// Past or participle: never the action of a sentence.
    Past,
    /// A form of another language that can be the main verb.
    Main,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct VerbForm {
    pub lemma: Lemma,
    pub form: Form,
    pub language: u8,
}

/// Parts that small words play, as bits.
pub(super) mod role {
    pub(in crate::classify) const COMMON: u16 = 1;
    pub(in crate::classify) const FILLER: u16 = 1 << 1;
    pub(in crate::classify) const CARRIER: u16 = 1 << 2;
    pub(in crate::classify) const CONJUNCTION: u16 = 1 << 3;
    pub(in crate::classify) const NEGATION: u16 = 1 << 4;
    pub(in crate::classify) const DETERMINER: u16 = 1 << 5;
    pub(in crate::classify) const PREPOSITION: u16 = 1 << 6;
    pub(in crate::classify) const SUBORDINATOR: u16 = 1 << 7;
    pub(in crate::classify) const ASIDE: u16 = 1 << 8;
    pub(in crate::classify) const ALTERNATIVE: u16 = 1 << 9;
    pub(in crate::classify) const HEADING: u16 = 1 << 10;
    pub(in crate::classify) const PARTICIPLE_BEFORE: u16 = 1 << 11;
    pub(in crate::classify) const PARTICIPLE_AFTER: u16 = 1 << 12;
    pub(in crate::classify) const GENITIVE: u16 = 1 << 13;
    pub(in crate::classify) const INSTRUMENT: u16 = 1 << 14;
    pub(in crate::classify) const COPULA: u16 = 1 << 15;
}

/// What a literal can be.
#[derive(Debug, Clone, Default)]
pub(super) struct Meaning {
    pub verbs: Vec<VerbForm>,
    /// The lemma under which rules name this word; [`UNKNOWN`] for small words.
    pub word: Lemma,
    /// Parts in sentences, by language.
    pub roles: Vec<(u8, u16)>,
    /// Whether rules name it as a phrase.
    pub phrase: bool,
    /// Whether it is a noun made of words that may be verbs elsewhere.
    pub compound: bool,
    /// The verb that a name beginning with this word has, where it asks.
    pub question: Option<Lemma>,
    /// Whether it is bounded by blanks or the like.
    pub bounded: bool,
    /// Whether it takes part in sentences: a phrase that does not, hides no word.
    pub lexical: bool,
}

impl Meaning {
    pub(super) fn role(&self, language: u8) -> u16 {
        self.roles.iter().filter(|(of, _)| *of == language || *of == ANY_LANGUAGE).fold(0, |all, (_, role)| all | role)
    }
}

const ANY_LANGUAGE: u8 = u8::MAX;

/// What the engine has to know about a language beside its words.
#[derive(Debug, Clone)]
pub(super) struct Language {
    pub script: Script,
    pub order: Order,
    pub final_infinitive: bool,
    pub adverb_endings: Vec<String>,
    pub plural_endings: Vec<String>,
    pub plural_exceptions: Vec<String>,
}

/// One place in the text where a literal stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub start: u32,
    pub end: u32,
    pub literal: Literal,
}

/// The compiled lexicon.
#[derive(Debug)]
pub(super) struct Lexicon {
    automaton: AhoCorasick,
    /// The literal that each pattern of the automaton stands for.
    numbers: Vec<Literal>,
    meanings: Vec<Meaning>,
    /// Literals of one or two bytes: looked up where a word starts, for the automaton would see them everywhere.
    short: HashMap<Box<[u8]>, Literal>,
    pub languages: Vec<Language>,
    lemmas: Vec<String>,
    nouny: Vec<bool>,
    nouny_in_prose: Vec<bool>,
    light: Vec<bool>,
}

/// Collects literals until [`LexiconBuilder::build`].
#[derive(Debug, Default)]
pub(super) struct LexiconBuilder {
    literals: HashMap<String, Literal>,
    order: Vec<String>,
    meanings: Vec<Meaning>,
    lemmas: Vec<String>,
    lemma_ids: HashMap<String, Lemma>,
    verbs: Vec<Lemma>,
    nouns: Vec<Lemma>,
}

impl LexiconBuilder {
    pub(super) fn new() -> Self {
        let mut builder = LexiconBuilder::default();
        builder.lemmas.push(String::new());
        builder
    }

    fn lemma(&mut self, text: &str) -> Lemma {
        if let Some(&known) = self.lemma_ids.get(text) {
            return known;
        }
        let id = self.lemmas.len() as Lemma;
        self.lemmas.push(text.to_owned());
        self.lemma_ids.insert(text.to_owned(), id);
        id
    }

    /// Notes a verb that a rule names.
    pub(super) fn verb(&mut self, text: &str) -> Lemma {
        let lemma = self.lemma(text);
        if !self.verbs.contains(&lemma) {
            self.verbs.push(lemma);
        }
        lemma
    }

    /// Notes an object word, or a phrase of them, that a rule names.
    pub(super) fn object(&mut self, text: &str) -> Vec<Lemma> {
        text.split_whitespace()
            .map(|word| {
                let lemma = self.lemma(word);
                if !self.nouns.contains(&lemma) {
                    self.nouns.push(lemma);
                }
                lemma
            })
            .collect()
    }

    /// Notes a phrase that a rule looks for in running text.
    pub(super) fn phrase(&mut self, text: &str) -> Literal {
        let literal = self.literal(&normal(text));
        self.meanings[literal as usize].phrase = true;
        literal
    }

    /// Notes a phrase that a rule looks for among the words of a name.
    pub(super) fn name_phrase(&mut self, text: &str) -> Literal {
        let literal = self.literal(&words_of(text));
        self.meanings[literal as usize].phrase = true;
        literal
    }

    fn literal(&mut self, text: &str) -> Literal {
        if let Some(&known) = self.literals.get(text) {
            return known;
        }
        let id = self.order.len() as Literal;
        self.literals.insert(text.to_owned(), id);
        self.order.push(text.to_owned());
        let bounded = !text.chars().any(is_unspaced);
        self.meanings.push(Meaning { bounded, ..Meaning::default() });
        id
    }

    fn word(&mut self, text: &str, lemma: Lemma) {
        let literal = self.literal(&normal(text)) as usize;
        let meaning = &mut self.meanings[literal];
        meaning.lexical = true;
        if meaning.word == UNKNOWN {
            meaning.word = lemma;
        }
    }

    fn verb_form(&mut self, text: &str, form: VerbForm) {
        let literal = self.literal(&normal(text)) as usize;
        let meaning = &mut self.meanings[literal];
        meaning.lexical = true;
        let known = meaning.verbs.iter().any(|v| v.lemma == form.lemma && v.language == form.language);
        if !known {
            meaning.verbs.push(form);
        }
        if meaning.word == UNKNOWN && form.form != Form::Past {
            meaning.word = form.lemma;
        }
    }

    fn role(&mut self, texts: &[String], language: u8, role: u16) {
        for text in texts {
            let literal = self.literal(&normal(text)) as usize;
            let meaning = &mut self.meanings[literal];
            meaning.lexical = true;
            match meaning.roles.iter_mut().find(|(of, _)| *of == language) {
                Some((_, roles)) => *roles |= role,
                None => meaning.roles.push((language, role)),
            }
        }
    }

    /// Compiles what was collected.
    ///
    /// # Errors
    /// The automaton would be too large.
    pub(super) fn build(mut self, languages: &[LanguageSyntax]) -> Result<Lexicon, aho_corasick::BuildError> {
        let (mut nouny, mut nouny_in_prose, mut light) = (Vec::new(), Vec::new(), Vec::new());
        for (index, language) in languages.iter().enumerate() {
            let index = index as u8;
            self.small_words(language, index);
            if !language.inflection.is_empty() {
                self.inflect(language, index);
            }
            for (lemma, forms) in &language.irregular {
                self.forms(lemma, forms, index, Form::Third);
            }
            for (lemma, forms) in &language.verbs {
                self.forms(lemma, forms, index, Form::Main);
            }
            for (lemma, forms) in &language.participles {
                self.forms(lemma, forms, index, Form::Past);
            }
            self.foreign_nouns(&language.nouns);
            for text in &language.compounds {
                let literal = self.literal(&normal(text));
                self.meanings[literal as usize].compound = true;
            }
            for (lemma, words) in &language.questions {
                let lemma = self.lemma(lemma);
                for text in words {
                    let literal = self.literal(&normal(text));
                    self.meanings[literal as usize].question = Some(lemma);
                }
            }
            for (words, marks) in [
                (&language.nouny, &mut nouny),
                (&language.nouny_in_prose, &mut nouny_in_prose),
                (&language.light, &mut light),
            ] {
                for lemma in words {
                    let lemma = self.lemma(lemma) as usize;
                    if marks.len() <= lemma {
                        marks.resize(lemma + 1, false);
                    }
                    marks[lemma] = true;
                }
            }
        }
        nouny_in_prose.resize(self.lemmas.len(), false);
        nouny.resize(self.lemmas.len(), false);
        light.resize(self.lemmas.len(), false);
        let mut short = HashMap::new();
        let mut long = Vec::new();
        let mut numbers = Vec::new();
        for (id, text) in self.order.iter().enumerate() {
            if text.len() <= 2 && self.meanings[id].bounded {
                short.insert(text.as_bytes().into(), id as Literal);
            } else {
                long.push(text.as_str());
                numbers.push(id as Literal);
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&long)?;
        let languages = languages
            .iter()
            .map(|language| Language {
                script: language.script,
                order: language.order,
                final_infinitive: language.final_infinitive,
                adverb_endings: language.adverb_endings.clone(),
                plural_endings: language.plural_endings.clone(),
                plural_exceptions: language.plural_exceptions.clone(),
            })
            .collect();
        let meanings = self.meanings;
        Ok(Lexicon { automaton, numbers, meanings, short, languages, lemmas: self.lemmas, nouny, nouny_in_prose, light })
    }

    fn small_words(&mut self, language: &LanguageSyntax, index: u8) {
        for (texts, role) in [
            (&language.common, role::COMMON),
            (&language.fillers, role::FILLER),
            (&language.carriers, role::CARRIER),
            (&language.conjunctions, role::CONJUNCTION),
            (&language.negations, role::NEGATION),
            (&language.determiners, role::DETERMINER),
            (&language.prepositions, role::PREPOSITION),
            (&language.subordinators, role::SUBORDINATOR),
            (&language.asides, role::ASIDE),
            (&language.alternatives, role::ALTERNATIVE),
            (&language.headings, role::HEADING),
            (&language.participle_before, role::PARTICIPLE_BEFORE),
            (&language.participle_after, role::PARTICIPLE_AFTER),
            (&language.genitives, role::GENITIVE),
            (&language.instruments, role::INSTRUMENT),
            (&language.copulas, role::COPULA),
        ] {
            self.role(texts, index, role);
        }
    }

    fn forms(&mut self, lemma: &str, forms: &[String], language: u8, form: Form) {
        // A lemma that no rule names is still a verb: it must not be taken for the object of another.
        let lemma = self.lemma(lemma);
        for text in forms {
            self.verb_form(text, VerbForm { lemma, form, language });
        }
    }

    fn foreign_nouns(&mut self, nouns: &BTreeMap<String, Vec<String>>) {
        for (lemma, forms) in nouns {
            let lemma = self.lemma(lemma);
            for text in forms {
                self.word(text, lemma);
            }
        }
    }

    fn inflect(&mut self, language: &LanguageSyntax, index: u8) {
        for lemma in self.verbs.clone() {
            let text = self.lemmas[lemma as usize].clone();
            let Some(rule) = language.inflection.iter().find(|i| i.ends.iter().any(|end| text.ends_with(end.as_str())))
            else {
                continue;
            };
            let doubled = match text.chars().last() {
                Some(last) if language.doubling.contains(&text) => format!("{text}{last}"),
                _ => text.clone(),
            };
            let with_third = with_ending(&text, &rule.third);
            self.verb_form(&text, VerbForm { lemma, form: Form::Base, language: index });
            self.verb_form(&with_third, VerbForm { lemma, form: Form::Third, language: index });
            self.verb_form(
                &with_ending(&doubled, &rule.gerund),
                VerbForm { lemma, form: Form::Gerund, language: index },
            );
            self.verb_form(&with_ending(&doubled, &rule.past), VerbForm { lemma, form: Form::Past, language: index });
        }
        for lemma in self.nouns.clone() {
            let text = self.lemmas[lemma as usize].clone();
            self.word(&text, lemma);
            if let Some(rule) =
                language.inflection.iter().find(|i| i.ends.iter().any(|end| text.ends_with(end.as_str())))
            {
                self.word(&with_ending(&text, &rule.third), lemma);
            }
        }
    }
}

fn with_ending(text: &str, ending: &EndingSyntax) -> String {
    let keep = text.char_indices().rev().nth(ending.drop.wrapping_sub(1)).map_or(text.len(), |(at, _)| at);
    let keep = if ending.drop == 0 { text.len() } else { keep };
    format!("{}{}", &text[..keep], ending.add)
}

impl Lexicon {
    pub(super) fn meaning(&self, literal: Literal) -> &Meaning {
        &self.meanings[literal as usize]
    }

    pub(super) fn literals(&self) -> usize {
        self.meanings.len()
    }

    pub(super) fn lemmas(&self) -> usize {
        self.lemmas.len()
    }

    pub(super) fn is_nouny_in_prose(&self, lemma: Lemma) -> bool {
        self.nouny_in_prose[lemma as usize]
    }

    pub(super) fn is_light(&self, lemma: Lemma) -> bool {
        self.light[lemma as usize]
    }

    /// Whether the word of a name looks like a plural.
    pub(super) fn is_plural(&self, word: &str) -> bool {
        let ends = |list: &[String]| list.iter().any(|end| word.len() > end.len() + 1 && word.ends_with(end.as_str()));
        self.languages.first().is_some_and(|l| ends(&l.plural_endings) && !ends(&l.plural_exceptions))
    }

    pub(super) fn is_nouny(&self, lemma: Lemma) -> bool {
        self.nouny[lemma as usize]
    }

    /// Finds every literal in `text`, in one pass, sorted by where it starts, longer ones first.
    pub(super) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        let bytes = text.as_bytes();
        for found in self.automaton.find_overlapping_iter(text) {
            let literal = self.numbers[found.pattern().as_usize()];
            if self.meanings[literal as usize].bounded && !is_bounded(text, bytes, found.start(), found.end()) {
                continue;
            }
            hits.push(Hit { start: found.start() as u32, end: found.end() as u32, literal });
        }
        hits.sort_unstable_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end), hit.literal));
    }

    /// Which bytes of `start..end` belong to a noun that is made of words that may be verbs.
    pub(super) fn compounds(&self, hits: &[Hit], start: u32, end: u32) -> Vec<(u32, u32)> {
        let from = hits.partition_point(|hit| hit.start < start);
        hits[from..]
            .iter()
            .take_while(|hit| hit.start < end)
            .filter(|hit| hit.end <= end && self.meanings[hit.literal as usize].compound)
            .map(|hit| (hit.start, hit.end))
            .collect()
    }

    /// The literal of one or two bytes that `word` is.
    pub(super) fn short(&self, word: &[u8]) -> Option<Literal> {
        if word.len() > 2 { None } else { self.short.get(word).copied() }
    }
}

fn is_bounded(text: &str, bytes: &[u8], start: usize, end: usize) -> bool {
    let left = match bytes.get(start.wrapping_sub(1)) {
        None => true,
        Some(byte) if byte.is_ascii() => {
            !(byte.is_ascii_alphanumeric()
                || *byte == b'_'
                || (*byte == b'-' && start > 1 && bytes[start - 2].is_ascii_alphanumeric()))
        }
        Some(_) => text[..start].chars().next_back().is_none_or(|l| !l.is_alphanumeric() || is_unspaced(l)),
    };
    left && match bytes.get(end) {
        None => true,
        Some(byte) if byte.is_ascii() => {
            !(byte.is_ascii_alphanumeric()
                || *byte == b'_'
                || (*byte == b'-' && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric)))
        }
        Some(_) => text[end..].chars().next().is_none_or(|l| !l.is_alphanumeric() || is_unspaced(l)),
    }
}
