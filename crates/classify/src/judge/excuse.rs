//! How far reaches what a text says in a tool's favour. An exception that rests on a phrase, and a rule that overrules
//! others, speak of the name and of their own sentence: what is done in another one they do not excuse.

use crate::judge::finding::{Fired, GRAVE};
use crate::language::action::{Action, Place, Word};
use crate::language::lexicon::{Lexicon, UNKNOWN, role};
use crate::language::span::Span;
use crate::language::statements::{PhraseHit, Statements};
use crate::language::tool_text::ToolText;
use crate::rules::clause::Clause;
use crate::rules::pack::Rule;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::{Class, Confidence, Field, Trait};

/// How many words join two verbs of one object at most.
const MAX_JOINT: usize = 2;

/// Whether the exception `unless` of `rule` holds for the hit of its clause `when` on `action`. What lies on `scrap` stays;
/// what is laid on it counts for nothing.
pub(crate) fn excuses(
    rule: &Rule,
    unless: &Clause,
    when: &Clause,
    scene: &Statements<'_, '_>,
    action: Option<&Action>,
    scrap: &mut Vec<Span>,
) -> bool {
    let grave = rule.class > Some(Class::Read) || rule.traits.iter().any(|of| GRAVE.contains(of));
    let holds = match (action, unless.is_of_action()) {
        // Of the tool as a whole, what is done beside or in a later sentence excuses nothing grave.
        (None, true) => scene
            .actions
            .iter()
            .filter(|of| !grave || of.place == Place::Name || of.weaker == 0 && !of.extra)
            .any(|of| unless.holds(scene, Some(of), scrap)),
        _ => unless.holds(scene, action, scrap),
    };
    if !holds || !grave || !unless.is_of_sentence() {
        return holds;
    }
    let mut told = unless.told_at(scene).filter_map(|hit| seat_of(scene, hit.span));
    match action {
        Some(action) => match seat_of_action(scene, action) {
            None => true,
            Some(seat) => told.any(|phrase| phrase == seat),
        },
        None => {
            let told: Vec<Seat> = told.collect();
            let excused = |hit: &&PhraseHit| seat_of(scene, hit.span).is_none_or(|seat| !told.contains(&seat));
            let others: Vec<PhraseHit> = scene.phrases.iter().filter(excused).copied().collect();
            let rest = Statements { phrases: &others, ..*scene };
            !(when.is_of_text() && when.holds(&rest, None, scrap))
        }
    }
}

/// Whether the phrase on which a clause of an overruling rule rests is said of `action`: it stands in the name, or between
/// the verb of the action and the next verb.
pub(crate) fn is_told_of(clause: &Clause, scene: &Statements<'_, '_>, action: &Action) -> bool {
    let (Some(verb), Some(seat)) = (action.verb, seat_of_action(scene, action)) else { return true };
    let next = next_verb(scene, verb);
    let opens = !action.joined;
    clause
        .told_at(scene)
        .any(|hit| (opens || hit.span.1 > verb.start) && hit.span.0 < next && seat_of(scene, hit.span) == Some(seat))
}

/// Whether the rule of `by` says of the deed of `other` what it says: it is the same deed, or done to the same thing.
pub(crate) fn speaks_of(set: &Ruleset, by: &Fired, other: &Fired, scene: &Statements<'_, '_>) -> bool {
    let rule = |hit: &Fired| &set.rules[hit.rule as usize];
    if rule(other).class <= rule(by).class && rule(other).traits.is_empty() || by.action == other.action {
        return true;
    }
    let action = |hit: &Fired| hit.action.map(|index| &scene.actions[index as usize]);
    let Some(deed) = action(other) else {
        // A phrase of a later sentence is said of that sentence.
        let said = rule(other).when[other.clause as usize].is_of_text();
        let later = |span: &Span| seat_of(scene, *span).is_some_and(|seat| seat != Seat::Sentence(0));
        return !(said && other.spans.iter().any(later));
    };
    let main = |of: &Action| of.weaker == 0 && !of.joined && !of.extra && of.verb.is_some();
    let (Some(Seat::Sentence(_)), Some(verb)) = (seat_of_action(scene, deed), deed.verb) else {
        // Of the name, what the text does first tells what is meant, not what it does besides.
        let besides = action(by).is_some_and(|of| of.place == Place::Description && !main(of));
        return !(besides && scene.actions.iter().any(|of| of.place == Place::Description && main(of)));
    };
    let next = next_verb(scene, verb);
    // The title names the tool once more.
    // "Executes the query": said of a statement, the same thing is the same deed. "Deletes the page" is not what shows it.
    let by_thing = rule(other).traits.contains(&Trait::CodeExecution) || rule(other).confidence == Confidence::Low;
    let titled = scene.reading.segments[scene.reading.segment_at(verb.start)].field == Field::Title;
    let opens = |of: &&Action| match of.place {
        Place::Name => titled || by_thing,
        Place::Description => seat_of_action(scene, of) == Some(Seat::Sentence(0)) && !of.joined && !of.extra,
        Place::Parameter => false,
    };
    // An object that a verb has only from a later one tells nothing.
    let same = |of: &Action, word: Word| {
        let mut known = of.objects.iter().filter(|known| titled || known.start < verb.start);
        known.any(|known| is_same(scene, known, &word))
    };
    let last = deed.objects.iter().rfind(|word| word.start < next);
    let about = |of: &Action| {
        if titled {
            return deed.objects.iter().any(|word| same(of, *word));
        }
        // "Stops and removes services": one object for both. A look that is joined to a deed is not that deed: "gets or
        // changes the state".
        let looks = rule(by).class == Some(Class::Read);
        let chained = !looks
            && of.verb.is_some_and(|first| {
                let between = scene.reading.text.get(first.end as usize..verb.start as usize);
                between.is_some_and(|words| words.split_whitespace().count() <= MAX_JOINT)
                    && last.is_some_and(|last| of.objects.contains(last))
            });
        of.verb == deed.verb || chained || by_thing && last.is_none_or(|last| same(of, *last))
    };
    match action(by).filter(|of| of.place == Place::Description && !titled) {
        Some(of) => about(of),
        None => scene.actions.iter().filter(opens).any(about),
    }
}

/// Whether a name only tells for what it is asked: "get_transitions_for_issue" brings no issue.
pub(crate) fn is_asked_for(
    lexicon: &Lexicon,
    reading: &ToolText<'_>,
    action: &Action,
    rule: &Rule,
    spans: &[Span],
) -> bool {
    let brings = |of: &Trait| matches!(of, Trait::PrivateData | Trait::UntrustedContent);
    if action.place != Place::Name
        || action.verb.is_none()
        || rule.class.is_some()
        || rule.traits.is_empty()
        || !rule.traits.iter().all(brings)
    {
        return false;
    }
    let asks = |word: &Word| {
        let roles = reading.lexical_at(lexicon, word.start, word.end).map(|(_, of)| lexicon.meaning(of).role(0));
        roles.is_some_and(|roles| roles & role::PREPOSITION != 0 && roles & role::GENITIVE == 0)
    };
    let Some(at) = action.objects.iter().position(asks).filter(|at| *at > 0) else { return false };
    let behind = action.objects[at].start;
    let mut objects = spans.iter().filter(|span| action.verb.is_none_or(|verb| span.0 != verb.start)).peekable();
    objects.peek().is_some() && objects.all(|span| span.0 > behind)
}

/// Where the next verb of the text stands.
fn next_verb(scene: &Statements<'_, '_>, verb: Word) -> u32 {
    let said = scene.actions.iter().filter(|of| of.place == Place::Description && !of.extra);
    said.filter_map(|of| of.verb).map(|of| of.start).filter(|start| *start > verb.start).min().unwrap_or(u32::MAX)
}

fn is_same(scene: &Statements<'_, '_>, one: &Word, other: &Word) -> bool {
    let text = |of: &Word| &scene.reading.text[of.start as usize..of.end as usize];
    one.lemma == other.lemma && (one.lemma != UNKNOWN || text(one) == text(other))
}

/// A place within which a phrase speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seat {
    /// The sentence of this number; the title goes with the first.
    Sentence(usize),
    /// The description of a parameter, by its segment.
    Parameter(usize),
}

fn seat_of_action(scene: &Statements<'_, '_>, action: &Action) -> Option<Seat> {
    let word = action.verb.or(action.objects.first().copied())?;
    seat_of(scene, (word.start, word.end)).filter(|_| action.place != Place::Name)
}

fn seat_of(scene: &Statements<'_, '_>, span: Span) -> Option<Seat> {
    let segment = scene.reading.segment_at(span.0);
    match scene.reading.segments[segment].field {
        Field::Title => Some(Seat::Sentence(0)),
        Field::Description => {
            Some(Seat::Sentence(scene.sentences.partition_point(|sentence| sentence.0 <= span.0).saturating_sub(1)))
        }
        Field::ParameterDescription => Some(Seat::Parameter(segment)),
        _ => None,
    }
}
