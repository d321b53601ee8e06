//! One clause of a rule: compiled from its fields, and held against one action of one tool.

use crate::language::action::{Action, Place};
use crate::language::lexicon::{Lemma, Literal, UNKNOWN};
use crate::language::lexicon_builder::LexiconBuilder;
use crate::language::name_words::words_of;
use crate::language::schema_walk::member_of;
use crate::language::span::Span;
use crate::language::statements::{PhraseHit, Statements};
use crate::rules::syntax::{ClauseSyntax, PlaceSyntax};
use mcpdex_model::Field;
use serde_json::Value;

#[derive(Debug, Clone)]
struct ParameterPattern {
    literal: Literal,
    from_start: bool,
    to_end: bool,
}

/// A clause, named by its rule and its place in `when`.
pub(crate) type ClauseRef = (u32, u32);

/// A compiled clause.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clause {
    verb: Vec<Lemma>,
    object: Vec<Vec<Lemma>>,
    /// The first word of each phrase of `object`, with the number of the phrase; sorted.
    object_by_first: Vec<(Lemma, u32)>,
    last: Vec<Lemma>,
    /// The entries of `last` that are several words: the object ends with all of them.
    last_phrases: Vec<Vec<Lemma>>,
    place: Option<Place>,
    name: Vec<Literal>,
    about: Vec<Literal>,
    anywhere: Vec<Literal>,
    opening: Vec<Literal>,
    said: Vec<Literal>,
    parameter: Vec<ParameterPattern>,
    types: Vec<String>,
    parameter_about: Vec<Literal>,
    values: Vec<String>,
    patterns: Vec<String>,
    server: Vec<String>,
    verbless: Option<bool>,
    plural: Option<bool>,
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
        let (verbs, objects, literals) = clause.anchors();
        if verbs.is_empty() && objects.is_empty() && literals.is_empty() && clause.plural != Some(true) {
            return Err(
                "a clause names none of verb, object, last, plural, name, about, anywhere, parameter".to_owned()
            );
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

    fn names_last(&self) -> bool {
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
        !(self.verb.is_empty() && self.object.is_empty()) || self.names_last() || self.plural.is_some()
    }

    /// Whether the clause rests on a phrase of the text.
    pub(crate) fn is_of_text(&self) -> bool {
        [&self.about, &self.anywhere, &self.opening, &self.said].into_iter().any(|list| !list.is_empty())
    }

    /// Whether that phrase speaks of its own sentence: one that may stand anywhere says what world the tool is of.
    pub(crate) fn is_of_sentence(&self) -> bool {
        [&self.about, &self.opening, &self.said].into_iter().any(|list| !list.is_empty())
    }

    /// Where the phrases of the text stand on which the clause rests.
    pub(crate) fn told_at<'s>(&'s self, scene: &Statements<'s, '_>) -> impl Iterator<Item = &'s PhraseHit> {
        scene.phrases.iter().filter(|hit| {
            let of = |list: &[Literal]| list.binary_search(&hit.literal).is_ok();
            of(&self.anywhere)
                || of(&self.about) && hit.stated
                || of(&self.opening) && hit.opening
                || of(&self.said) && !hit.denied
        })
    }

    /// Whether the clause needs no word, only that the action is a plural without a verb.
    pub(crate) fn is_of_plurals(&self) -> bool {
        self.plural == Some(true) && self.verb.is_empty() && self.object.is_empty() && !self.names_last()
    }

    /// Whether the clause holds, of this action where it speaks of one; `spans` receives the words that make it hold.
    pub(crate) fn holds(&self, scene: &Statements<'_, '_>, action: Option<&Action>, spans: &mut Vec<Span>) -> bool {
        let before = spans.len();
        let holds = self.verbless.is_none_or(|wanted| {
            wanted == action.map_or_else(|| is_verbless(scene.actions), |action| action.verb.is_none())
        }) && self.action_holds(action, spans)
            && self.tool_holds(scene, spans);
        if !holds {
            spans.truncate(before);
        }
        holds
    }

    fn action_holds(&self, action: Option<&Action>, spans: &mut Vec<Span>) -> bool {
        if !self.is_of_action() && self.place.is_none() {
            return true;
        }
        let Some(action) = action else { return false };
        if self.place.is_some_and(|place| place != action.place) {
            return false;
        }
        if let Some(wanted) = self.plural {
            match action.last() {
                Some(word) if wanted == action.plural => spans.push((word.start, word.end)),
                _ => return false,
            }
        }
        if !self.verb.is_empty() {
            match action.verb {
                Some(verb) if self.verb.binary_search(&verb.lemma).is_ok() => spans.push((verb.start, verb.end)),
                _ => return false,
            }
        }
        if !self.object.is_empty() {
            match self.object_of(action) {
                Some(span) => spans.push(span),
                None => return false,
            }
        }
        if self.names_last() {
            match action.last() {
                Some(word) if self.last.binary_search(&word.lemma).is_ok() => spans.push((word.start, word.end)),
                _ => match self.last_phrases.iter().find_map(|phrase| action.ends_with(phrase)) {
                    Some(span) => spans.push(span),
                    None => return false,
                },
            }
        }
        true
    }

    /// Where a phrase of `object` stands in the object of the action; of several the one that is written first.
    fn object_of(&self, action: &Action) -> Option<Span> {
        let words = action.object(self.proper)?;
        let mut found: Option<(u32, Span)> = None;
        for (at, word) in words.iter().enumerate() {
            let from = self.object_by_first.partition_point(|(first, _)| *first < word.lemma);
            for (_, nth) in self.object_by_first[from..].iter().take_while(|(first, _)| *first == word.lemma) {
                if found.is_some_and(|(known, _)| known <= *nth) {
                    break;
                }
                let phrase = &self.object[*nth as usize];
                let Some(said) = words.get(at..at + phrase.len()) else { continue };
                if said.iter().map(|word| word.lemma).eq(phrase.iter().copied()) {
                    found = Some((*nth, (word.start, said[said.len() - 1].end)));
                }
            }
        }
        found.map(|(_, span)| span)
    }

    fn tool_holds(&self, scene: &Statements<'_, '_>, spans: &mut Vec<Span>) -> bool {
        if !self.server.is_empty()
            && !self.server.iter().any(|words| scene.context.server_words.contains(words.as_str()))
        {
            return false;
        }
        let segments = &scene.reading.segments;
        let mut phrase = |wanted: &[Literal], fits: &dyn Fn(&PhraseHit) -> bool| -> bool {
            if wanted.is_empty() {
                return true;
            }
            let found = scene.phrases.iter().find(|hit| wanted.binary_search(&hit.literal).is_ok() && fits(hit));
            spans.extend(found.map(|hit| hit.span));
            found.is_some()
        };
        let field = |hit: &PhraseHit| segments[hit.segment as usize].field;
        phrase(&self.name, &|hit| field(hit) == Field::Name)
            && phrase(&self.about, &|hit| hit.stated)
            && phrase(&self.anywhere, &|hit| matches!(field(hit), Field::Title | Field::Description))
            && phrase(&self.opening, &|hit| hit.opening)
            && phrase(&self.said, &|hit| {
                !hit.denied && matches!(field(hit), Field::Title | Field::Description | Field::ParameterDescription)
            })
            && (self.parameter.is_empty() || self.parameter_holds(scene, spans))
    }

    fn parameter_holds(&self, scene: &Statements<'_, '_>, spans: &mut Vec<Span>) -> bool {
        for hit in scene.phrases {
            let segment = &scene.reading.segments[hit.segment as usize];
            if segment.field != Field::Parameter {
                continue;
            }
            let fits = self.parameter.iter().any(|pattern| {
                pattern.literal == hit.literal
                    && (!pattern.from_start || hit.span.0 == segment.start)
                    && (!pattern.to_end || hit.span.1 == segment.end)
            });
            if !fits {
                continue;
            }
            let Some(param) = scene.reading.params.get(segment.parameter as usize) else { continue };
            if !self.types.is_empty() && !has_type(param.schema, &self.types, 0) {
                continue;
            }
            if !self.values.is_empty() && !accepts(param.schema, &self.values, 0) {
                continue;
            }
            let pattern = member_of(param.schema, "pattern").and_then(Value::as_str).unwrap_or("").to_lowercase();
            if !self.patterns.is_empty() && !self.patterns.iter().any(|wanted| pattern.starts_with(wanted.as_str())) {
                continue;
            }
            if !self.parameter_about.is_empty() {
                let about = scene.phrases.iter().find(|other| {
                    let of = &scene.reading.segments[other.segment as usize];
                    of.field == Field::ParameterDescription
                        && of.parameter == segment.parameter
                        && self.parameter_about.binary_search(&other.literal).is_ok()
                });
                let Some(about) = about else { continue };
                spans.push(about.span);
            }
            spans.push(hit.span);
            return true;
        }
        false
    }
}

fn is_verbless(actions: &[Action]) -> bool {
    // What later sentences add does not take away from what the tool says of itself first.
    actions.iter().all(|action| action.verb.is_none() || action.extra || action.weaker > 0)
}

/// Schemas may nest without end; the type of a parameter is found near the top.
const MAX_DEPTH: usize = 4;

/// Whether a value may have one of the types. A text with a list of accepted values is no free `string`.
fn has_type(schema: &Value, wanted: &[String], depth: usize) -> bool {
    let listed = member_of(schema, "enum").is_some() || member_of(schema, "const").is_some();
    let is = |value: &Value| {
        value.as_str().is_some_and(|name| wanted.iter().any(|w| w == name && !(listed && name == "string")))
    };
    match member_of(schema, "type") {
        Some(Value::Array(types)) => types.iter().any(is),
        Some(one) => is(one),
        None if depth < MAX_DEPTH => ["anyOf", "oneOf"]
            .iter()
            .filter_map(|key| member_of(schema, key)?.as_array())
            .flatten()
            .any(|variant| has_type(variant, wanted, depth + 1)),
        None => false,
    }
}

fn accepts(schema: &Value, wanted: &[String], depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    let is = |value: &Value| value.as_str().is_some_and(|text| wanted.iter().any(|w| text.eq_ignore_ascii_case(w)));
    if let Some(Value::Array(values)) = member_of(schema, "enum") {
        return values.iter().any(is);
    }
    let alternative = |pattern: &str| {
        let inner = pattern.trim_start_matches('^').trim_end_matches('$').trim_start_matches('(').trim_end_matches(')');
        inner.contains('|') && inner.split('|').any(|text| wanted.iter().any(|w| text.eq_ignore_ascii_case(w)))
    };
    member_of(schema, "const").is_some_and(is)
        || member_of(schema, "pattern").and_then(Value::as_str).is_some_and(alternative)
        || member_of(schema, "items").is_some_and(|items| accepts(items, wanted, depth + 1))
        || ["anyOf", "oneOf"]
            .iter()
            .filter_map(|key| member_of(schema, key)?.as_array())
            .flatten()
            .any(|variant| accepts(variant, wanted, depth + 1))
}
