//! What a rule rests on, as words of a sentence: the statement of the name, of the description, the parameters, each
//! quoted as it stands in the original.

use crate::judge::finding::{Fate, Finding, Fired};
use crate::language::action::{Place, Word};
use crate::language::quote::{before_section, capital, quote};
use crate::language::span::Span;
use mcpdex_model::Field;

/// How many statements a sentence quotes; they are joined by "and".
const MAX_SHOWN: usize = 2;

/// How far before its verb an object stands at most that is quoted with it.
const FAR: u32 = 24;

/// A statement of the tool: a range of the reading's text, with the field that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Act {
    span: Span,
    field: Field,
}

impl Act {
    pub(crate) fn is_name(&self) -> bool {
        self.field == Field::Name
    }

    pub(crate) fn overlaps(&self, other: &Act) -> bool {
        self.span.0 < other.span.1 && other.span.0 < self.span.1
    }
}

/// The statement that a hit was read from: its verb with the object.
pub(crate) fn act_of(finding: &Finding<'_>, hit: &Fired) -> Option<Act> {
    let action = finding.actions.get(hit.action? as usize)?;
    // "Turns a plan into a list and saves it": what the verb has from far before is not quoted.
    let far = |verb: &Word| action.objects.iter().all(|word| word.end + FAR < verb.start);
    let objects = if action.verb.as_ref().is_some_and(far) { &[][..] } else { &action.objects[..] };
    let words = action.verb.iter().chain(objects);
    let start = words.clone().map(|word| word.start).min()?;
    let end = words.map(|word| word.end).max()?;
    Some(at(finding, (start, end)))
}

fn at(finding: &Finding<'_>, span: Span) -> Act {
    let segment = &finding.reading.segments[finding.reading.segment_at(span.0)];
    Act { span: (span.0, span.1.min(segment.end)), field: segment.field }
}

/// Whether a hit was read between the lines: in a later sentence, in the description of a parameter, or by another reading
/// of the name.
pub(crate) fn is_between_the_lines(finding: &Finding<'_>, hit: &Fired) -> bool {
    let action = hit.action.and_then(|index| finding.actions.get(index as usize));
    action.is_some_and(|action| {
        let titled =
            action.verb.iter().chain(&action.objects).next().is_some_and(|word| {
                finding.reading.segments[finding.reading.segment_at(word.start)].field == Field::Title
            });
        !titled
            && (action.extra || action.weaker > 0 && action.place != Place::Name || action.place == Place::Parameter)
    })
}

/// The statements that a rule rests on.
#[derive(Debug, Default)]
pub(crate) struct Quotations {
    acts: Vec<(Act, String)>,
    /// Whether nothing says it plainly.
    pub between_the_lines: bool,
}

impl Quotations {
    /// Those of all hits of a rule that are part of the verdict: name and text, the best of each.
    pub(crate) fn of(finding: &Finding<'_>, rule: u32) -> Quotations {
        let mut grounds = Quotations::default();
        let mut hits: Vec<&Fired> =
            finding.fired.iter().filter(|hit| hit.rule == rule && hit.fate == Fate::Won).collect();
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.strength));
        // What is said plainly is not told with words from elsewhere.
        let plain: Vec<&Fired> = hits.iter().copied().filter(|hit| !is_between_the_lines(finding, hit)).collect();
        grounds.between_the_lines = plain.is_empty();
        let told = if plain.is_empty() { hits } else { plain };
        told.iter().for_each(|hit| grounds.add(finding, hit));
        grounds.acts.sort_by_key(|(act, _)| act.span);
        grounds
    }

    /// Those of one hit.
    pub(crate) fn of_hit(finding: &Finding<'_>, hit: &Fired) -> Quotations {
        let mut grounds = Quotations::default();
        grounds.add(finding, hit);
        grounds
    }

    fn add(&mut self, finding: &Finding<'_>, hit: &Fired) {
        let act = act_of(finding, hit);
        let spans = hit.spans.iter().map(|span| at(finding, *span));
        for found in act.into_iter().chain(spans) {
            // One statement of each field, and none twice.
            if self.acts.iter().all(|(known, _)| known.field != found.field && !known.overlaps(&found)) {
                self.show(finding, found);
            }
        }
    }

    fn show(&mut self, finding: &Finding<'_>, act: Act) {
        let segment = &finding.reading.segments[finding.reading.segment_at(act.span.0)];
        // Of a parameter's name a part says nothing: "Ids" of "tabIds".
        let whole = act.field == Field::Parameter;
        let span = if whole { (segment.start, segment.end) } else { act.span };
        let (start, end) = segment.original_span(span.0, span.1);
        let mut end = end_of_name(segment.original, end);
        let headed = segment.original.get(end..).is_some_and(|rest| rest.starts_with(':'));
        if let Some(shorter) = segment.original.get(start..end).filter(|_| headed).and_then(before_section) {
            end = start + shorter;
        }
        if let Some(text) = segment.original.get(start..end).filter(|text| !text.trim().is_empty()) {
            self.acts.push((act, quote(balanced(text))));
        }
    }

    /// Whether `act` is among what is shown.
    pub(crate) fn tells(&self, act: &Act) -> bool {
        self.acts.iter().any(|(known, _)| known.overlaps(act))
    }

    /// Whether the name alone speaks.
    pub(crate) fn only_name(&self) -> bool {
        !self.acts.is_empty() && self.acts.iter().all(|(act, _)| act.is_name())
    }

    /// The words alone on which one hit rests, without the statement around them.
    pub(crate) fn words_of(finding: &Finding<'_>, hit: &Fired) -> Quotations {
        let mut grounds = Quotations::default();
        hit.spans.iter().for_each(|span| grounds.show(finding, at(finding, *span)));
        grounds
    }

    /// The first statement: `“run” in its name`.
    pub(crate) fn first(&self) -> Option<String> {
        let (act, text) = self.acts.first()?;
        Some(match act.field {
            Field::Parameter => format!("its parameter {text}"),
            field => format!("{text} in {}", place(field)),
        })
    }

    /// The words that tell most of a trait: a parameter where there is one, else the last, which is the object.
    pub(crate) fn tellingly(&self) -> Option<String> {
        if let Some((_, text)) = self.acts.iter().find(|(act, _)| act.field == Field::Parameter) {
            return Some(format!("its parameter {text}"));
        }
        let (act, text) = self.acts.last()?;
        Some(format!("{text} in {}", place(act.field)))
    }

    /// `Its description says “…”, which is taken to mean that it …`: what was read between the lines is no plain word.
    pub(crate) fn taken_to_mean(&self, because: &str) -> Option<String> {
        let (act, text) = self.acts.first()?;
        let place = if act.field == Field::Parameter { "its schema" } else { place(act.field) };
        Some(format!("{} says {text}, which is taken to mean that {because}", capital(place)))
    }

    /// What stands behind `because`: `: its name says “…” and its description “…”`, or nothing.
    pub(crate) fn told_after(&self, because: &str) -> String {
        let shown = &self.acts[..self.acts.len().min(MAX_SHOWN)];
        let [(first, text), rest @ ..] = shown else { return String::new() };
        if rest.is_empty() && because.starts_with(place(first.field)) {
            return format!(" ({text})");
        }
        let mut told = String::with_capacity(128);
        let mut says = false;
        for (index, (act, text)) in shown.iter().enumerate() {
            told.push_str(if index == 0 { ", as " } else { " and " });
            if act.field == Field::Parameter {
                told.push_str("it takes ");
            } else {
                told.push_str(place(act.field));
                told.push_str(if says { " " } else { " says " });
            }
            says = act.field != Field::Parameter;
            told.push_str(text);
        }
        told
    }
}

/// Where what is quoted of `text` ends that was read up to `end`: "boats.example" is one word.
fn end_of_name(text: &str, end: usize) -> usize {
    let Some(rest) = text.get(end..).and_then(|rest| rest.strip_prefix('.')) else { return end };
    let name = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '.').unwrap_or(rest.len());
    let name = rest.get(..name).unwrap_or_default().trim_end_matches('.');
    let inside = text.get(..end).is_some_and(|before| before.ends_with(char::is_alphanumeric));
    let small = name.starts_with(|first: char| first.is_lowercase() || first.is_ascii_digit());
    if inside && small { end + 1 + name.len() } else { end }
}

/// `text` without what begins with a bracket that does not close in it, or ends with one that does not open in it: half a
/// bracket says nothing.
fn balanced(text: &str) -> &str {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' | '（' | '【' => open.push((at, letter)),
            ')' | ']' | '）' | '】' if open.pop().is_none() => start = at + letter.len_utf8(),
            _ => {}
        }
    }
    let end = open.first().map_or(text.len(), |(at, _)| *at);
    let inner = text.get(start..end).unwrap_or_default();
    // Nor does half a quotation.
    let inner = if inner.matches('"').count() % 2 == 1 {
        inner.rsplit_once('"').map_or(inner, |(before, _)| before)
    } else {
        inner
    };
    let inner = inner.trim();
    if inner.is_empty() { text } else { inner }
}

/// How a field is called in a sentence.
fn place(field: Field) -> &'static str {
    match field {
        Field::Name => "its name",
        Field::Title => "its title",
        Field::Description => "its description",
        Field::Parameter => "its parameters",
        Field::ParameterDescription => "a parameter's description",
        Field::ParameterValue => "its operations",
        Field::Annotation => "its annotations",
        Field::Server => "its server",
        Field::Code => "its code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_dot_in_it_is_quoted_whole() {
        assert_eq!(end_of_name("Sell a boats.example hull.", 12), 20);
        assert_eq!(end_of_name("Sell a boat. Then rest.", 11), 11);
        assert_eq!(end_of_name("Sell a boat.Then rest.", 11), 11);
        assert_eq!(end_of_name("Sell a boat.", 11), 11);
    }

    #[test]
    fn no_quotation_ends_inside_a_bracket() {
        assert_eq!(balanced("get the shelf (by its"), "get the shelf");
        assert_eq!(balanced("get the shelf (by name) of"), "get the shelf (by name) of");
        assert_eq!(balanced("(by its"), "(by its");
        assert_eq!(balanced("shelf) of a hall (by its"), "of a hall");
        assert_eq!(balanced("shelf)"), "shelf)");
        assert_eq!(balanced("returns \"true"), "returns");
        assert_eq!(balanced("returns \"true\" or"), "returns \"true\" or");
    }
}
