//! Whether a compiled clause holds: a clause and one action of one tool in, the words that make it hold out.

use crate::language::action::{Action, Word};
use crate::language::lexicon::Literal;
use crate::language::schema_walk::member_of;
use crate::language::span::Span;
use crate::language::statements::{PhraseHit, Statements};
use crate::rules::clause::Clause;
use mcpdex_model::Field;
use serde_json::Value;

impl Clause {
    /// Where the phrases of the text stand on which the clause rests.
    pub(crate) fn told_at<'s>(&'s self, scene: &Statements<'s, '_>) -> impl Iterator<Item = &'s PhraseHit> {
        scene.phrases.iter().filter(|hit| {
            let of = |list: &[Literal]| list.binary_search(&hit.literal).is_ok();
            of(&self.anywhere)
                || hit.stated && of(&self.about)
                || hit.opening && of(&self.opening)
                || !hit.denied && of(&self.said)
        })
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
        if let Some(wanted) = self.verb_first {
            let behind = |verb: Word| action.last().is_some_and(|word| word.start > verb.start);
            if action.verb.is_none_or(|verb| behind(verb) != wanted) {
                return false;
            }
        }
        if let Some(wanted) = self.plural {
            match action.last() {
                Some(word) if wanted == action.plural => spans.push((word.start, word.end)),
                _ => return false,
            }
        }
        if let Some(wanted) = self.phrase {
            match action.last() {
                Some(word) if wanted == action.phrase => spans.push((word.start, word.end)),
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
        // Each list is looked up last: most phrases stand elsewhere.
        stands(&self.name, scene, spans, |hit| hit.field == Field::Name)
            && stands(&self.about, scene, spans, |hit| hit.stated)
            && stands(&self.anywhere, scene, spans, |hit| matches!(hit.field, Field::Title | Field::Description))
            && stands(&self.opening, scene, spans, |hit| hit.opening)
            && stands(&self.said, scene, spans, |hit| {
                !hit.denied && matches!(hit.field, Field::Title | Field::Description | Field::ParameterDescription)
            })
            && (self.parameter.is_empty() || self.parameter_holds(scene, spans))
            && (self.server.is_empty() || self.server.iter().any(|words| scene.context.server_words.contain(words)))
    }

    fn parameter_holds(&self, scene: &Statements<'_, '_>, spans: &mut Vec<Span>) -> bool {
        for hit in scene.phrases {
            if hit.field != Field::Parameter {
                continue;
            }
            let segment = &scene.reading.segments[hit.segment as usize];
            let from = self.parameter.partition_point(|pattern| pattern.literal < hit.literal);
            let named = self.parameter[from..].iter().take_while(|pattern| pattern.literal == hit.literal);
            let fits = named.into_iter().any(|pattern| {
                (!pattern.from_start || hit.span.0 == segment.start) && (!pattern.to_end || hit.span.1 == segment.end)
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

/// Whether one of the `wanted` phrases, where there are any, stands in the text as it should; `spans` receives the first.
fn stands(
    wanted: &[Literal],
    scene: &Statements<'_, '_>,
    spans: &mut Vec<Span>,
    as_it_should: impl Fn(&PhraseHit) -> bool,
) -> bool {
    let named = |hit: &&PhraseHit| as_it_should(hit) && wanted.binary_search(&hit.literal).is_ok();
    let found = if wanted.is_empty() { None } else { scene.phrases.iter().find(named) };
    spans.extend(found.map(|hit| hit.span));
    wanted.is_empty() || found.is_some()
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
