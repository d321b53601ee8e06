//! One clause of a rule: fields as they are written in, a compiled clause out. What it holds of stands in `clause_match`.

use crate::language::lexicon::{Lemma, Literal, UNKNOWN};
use crate::language::lexicon_builder::LexiconBuilder;
use crate::language::name_words::words_of;
use crate::language::place::Place;
use crate::rules::syntax::{ClauseSyntax, PlaceSyntax};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ParameterPattern {
    pub(super) literal: Literal,
    pub(super) from_start: bool,
    pub(super) to_end: bool,
}

/// A clause, named by its rule and its place in `when`.
pub(crate) type ClauseRef = (u32, u32);

/// A compiled clause.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Clause {
    pub(super) verb: Vec<Lemma>,
    pub(super) object: Vec<Vec<Lemma>>,
    /// The first word of each phrase of `object`, with the number of the phrase; sorted.
    pub(super) object_by_first: Vec<(Lemma, u32)>,
    pub(super) last: Vec<Lemma>,
    /// The entries of `last` that are several words: the object ends with all of them.
    pub(super) last_phrases: Vec<Vec<Lemma>>,
    pub(super) place: Option<Place>,
    pub(super) name: Vec<Literal>,
    pub(super) about: Vec<Literal>,
    pub(super) anywhere: Vec<Literal>,
    pub(super) opening: Vec<Literal>,
    pub(super) said: Vec<Literal>,
    /// Sorted by literal.
    pub(super) parameter: Vec<ParameterPattern>,
    pub(super) types: Vec<String>,
    pub(super) parameter_about: Vec<Literal>,
    pub(super) values: Vec<String>,
    pub(super) patterns: Vec<String>,
    pub(super) server: Vec<String>,
    pub(super) verbless: Option<bool>,
    pub(super) plural: Option<bool>,
    /// Whether the first sentence only names a thing ("The berths of a port").
    pub(super) phrase: Option<bool>,
    /// Whether the object stands behind the verb, as in `rename_files`; before it, as in `files_rename`, it says where.
    pub(super) verb_first: Option<bool>,
    /// Whether only the object proper counts, not what it belongs to ("the text *of a file*").
    pub proper: bool,
}

/// Compiles clauses and collects their words.
pub(crate) struct Compiler<'b> {
    pub builder: &'b mut LexiconBuilder,
}

impl Compiler<'_> {
    pub(crate) fn clause(&mut self, written: &ClauseSyntax) -> Result<Clause, String> {
        let b = &mut *self.builder;
        let mut clause = Clause {
            verb: written.verb.iter().map(|word| b.verb(word)).collect(),
            object: written.object.iter().map(|phrase| b.object(phrase)).collect(),
            object_by_first: Vec::new(),
            last: Vec::new(),
            last_phrases: Vec::new(),
            place: written.place.map(|place| match place {
                PlaceSyntax::Name => Place::Name,
                PlaceSyntax::Description => Place::Description,
            }),
            name: written.name.iter().map(|phrase| b.name_phrase(phrase)).collect(),
            about: written.about.iter().map(|phrase| b.phrase(phrase)).collect(),
            anywhere: written.anywhere.iter().map(|phrase| b.phrase(phrase)).collect(),
            opening: written.opening.iter().map(|phrase| b.phrase(phrase)).collect(),
            said: written.said.iter().map(|phrase| b.said_phrase(phrase)).collect(),
            parameter: Vec::new(),
            types: written.parameter_type.clone(),
            parameter_about: written.parameter_about.iter().map(|phrase| b.phrase(phrase)).collect(),
            values: written.parameter_value.iter().map(|value| value.to_lowercase()).collect(),
            server: written.server.iter().map(|phrase| format!(" {} ", words_of(phrase))).collect(),
            patterns: written.parameter_pattern.iter().map(|text| text.to_lowercase()).collect(),
            verbless: written.verbless,
            plural: written.plural,
            phrase: written.phrase,
            verb_first: written.verb_first,
            proper: false,
        };
        for pattern in &written.parameter {
            let bare = pattern.trim_start_matches("* ").trim_end_matches(" *");
            clause.parameter.push(ParameterPattern {
                literal: b.name_phrase(bare),
                from_start: !pattern.starts_with("* "),
                to_end: !pattern.ends_with(" *"),
            });
        }
        for phrase in &written.last {
            match b.object(phrase) {
                word if word.len() == 1 => clause.last.extend(word),
                words => clause.last_phrases.push(words),
            }
        }
        let opened = clause.object.iter().enumerate().filter_map(|(nth, phrase)| Some((*phrase.first()?, nth as u32)));
        clause.object_by_first = opened.filter(|(first, _)| *first != UNKNOWN).collect();
        clause.object_by_first.sort_unstable();
        for words in [&mut clause.verb, &mut clause.last] {
            words.sort_unstable();
        }
        for phrases in [
            &mut clause.name,
            &mut clause.about,
            &mut clause.anywhere,
            &mut clause.opening,
            &mut clause.said,
            &mut clause.parameter_about,
        ] {
            phrases.sort_unstable();
        }
        clause.parameter.sort_by_key(|pattern| pattern.literal);
        let (verbs, objects, literals) = clause.anchors();
        if verbs.is_empty() && objects.is_empty() && literals.is_empty() && !clause.is_of_shape() {
            return Err("a clause names none of verb, object, last, plural, phrase, name, about, anywhere, parameter"
                .to_owned());
        }
        let conditions = [&clause.types, &clause.values, &clause.patterns];
        let of_parameter = !(clause.parameter_about.is_empty() && conditions.iter().all(|list| list.is_empty()));
        if of_parameter && clause.parameter.is_empty() {
            return Err("a clause has a condition on a parameter, but names none".to_owned());
        }
        Ok(clause)
    }
}

impl Clause {
    /// The words that select this clause: verbs, else object words, else literals.
    pub(crate) fn anchors(&self) -> (Vec<Lemma>, Vec<Lemma>, Vec<Literal>) {
        if !self.verb.is_empty() {
            return (self.verb.clone(), Vec::new(), Vec::new());
        }
        if !self.object.is_empty() {
            return (Vec::new(), self.first_objects(), Vec::new());
        }
        if self.names_last() {
            return (Vec::new(), self.lasts(), Vec::new());
        }
        let literals = [&self.name, &self.about, &self.anywhere, &self.opening, &self.said]
            .into_iter()
            .find(|list| !list.is_empty());
        let literals = match literals {
            Some(list) => list.clone(),
            None => self.parameter.iter().map(|pattern| pattern.literal).collect(),
        };
        (Vec::new(), Vec::new(), literals)
    }

    pub(super) fn names_last(&self) -> bool {
        !(self.last.is_empty() && self.last_phrases.is_empty())
    }

    /// The verbs of which the action has to have one; none: any.
    pub(crate) fn verbs(&self) -> &[Lemma] {
        &self.verb
    }

    /// The words of which the object has to have one; none: any.
    pub(crate) fn first_objects(&self) -> Vec<Lemma> {
        let mut first: Vec<Lemma> = self.object_by_first.iter().map(|(first, _)| *first).collect();
        first.dedup();
        first
    }

    /// The words of which the object has to end with one; none: any.
    pub(crate) fn lasts(&self) -> Vec<Lemma> {
        let ends = self.last_phrases.iter().filter_map(|phrase| phrase.last());
        self.last.iter().chain(ends).copied().collect()
    }

    /// Whether the action may stand there.
    pub(crate) fn stands_in(&self, place: Place) -> bool {
        self.place.is_none_or(|of| of == place)
    }

    /// Whether the clause speaks of an action rather than of the tool as a whole.
    pub(crate) fn is_of_action(&self) -> bool {
        !(self.verb.is_empty() && self.object.is_empty()) || self.names_last() || self.plural.or(self.phrase).is_some()
    }

    /// Whether the clause rests on values that a parameter accepts.
    pub(crate) fn is_of_values(&self) -> bool {
        !self.values.is_empty()
    }

    /// Whether the clause rests on a phrase of the text.
    pub(crate) fn is_of_text(&self) -> bool {
        [&self.about, &self.anywhere, &self.opening, &self.said].into_iter().any(|list| !list.is_empty())
    }

    /// Whether that phrase speaks of its own sentence: one that may stand anywhere says what world the tool is of.
    pub(crate) fn is_of_sentence(&self) -> bool {
        [&self.about, &self.opening, &self.said].into_iter().any(|list| !list.is_empty())
    }

    /// Whether the clause needs no word, only that the action is without a verb, and a plural or a noun phrase.
    pub(crate) fn is_of_shape(&self) -> bool {
        (self.plural == Some(true) || self.phrase == Some(true))
            && self.verb.is_empty()
            && self.object.is_empty()
            && !self.names_last()
    }
}
