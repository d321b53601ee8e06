//! A finding in, one to three sentences out: what the tool does, why this class and not the neighbouring one, what
//! raises or lowers the risk. Made from the evidence alone, always the same for the same finding.

use super::action::Place;
use super::annotation::Claims;
use super::judge::{Fate, Finding};
use super::ruleset::Ruleset;
use crate::model::{Class, Evidence, Risk, Trait};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How much of a quoted text is shown.
const MAX_QUOTE: usize = 60;

#[expect(clippy::too_many_arguments, reason = "one call, from the judge, with everything that it settled")]
pub(super) fn write(
    set: &Ruleset,
    finding: &Finding<'_>,
    claims: &Claims,
    class: Class,
    traits: &BTreeSet<Trait>,
    risk: Risk,
    recognised: bool,
    evidence: &[Evidence],
) -> String {
    let mut text = String::with_capacity(240);
    if claims.lowered {
        let _ = write!(
            text,
            "Held to be {class} because its server says so and is trusted; its definition says {}.",
            finding.class
        );
        return text;
    }
    if !recognised {
        text.push_str("No rule recognised this tool");
        match claims.raised {
            Some(hint) => {
                let _ = write!(text, "; its server marks it ({hint}), so it is held to be {class} with risk {risk}.");
            }
            None => text.push_str(", so it is held to change things until someone says otherwise."),
        }
        return text;
    }
    what(&mut text, set, finding, class, evidence);
    neighbour(&mut text, set, finding, class);
    if let Some(hint) = claims.raised {
        let _ = write!(text, " Its server's claim ({hint}) raises it to {class}.");
    }
    modifiers(&mut text, set, finding, class, traits, risk);
    text
}

fn quote(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_QUOTE).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The strongest hit of the verdict's class, descriptions before names of equal strength.
fn main_hit<'f>(set: &Ruleset, finding: &'f Finding<'_>, class: Class) -> Option<&'f super::judge::Fired> {
    let mut best: Option<(&super::judge::Fired, (u8, usize, bool))> = None;
    for hit in finding.fired.iter().filter(|hit| hit.fate == Fate::Won) {
        let rule = &set.rules[hit.rule as usize];
        if rule.class != Some(class) {
            continue;
        }
        let in_text = hit.action.is_some_and(|index| finding.actions[index as usize].place == Place::Description);
        let rank = (hit.strength, rule.traits.len(), in_text);
        if best.is_none_or(|(_, known)| rank > known) {
            best = Some((hit, rank));
        }
    }
    best.map(|(hit, _)| hit)
}

fn what(text: &mut String, set: &Ruleset, finding: &Finding<'_>, class: Class, evidence: &[Evidence]) {
    let operation = finding.gravest_operation.as_ref();
    if let Some(hit) = main_hit(set, finding, class) {
        let rule = &set.rules[hit.rule as usize];
        let mut because = rule.because.clone();
        if let Some(first) = because.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        text.push_str(&because);
        let quoted: Vec<&Evidence> = evidence.iter().filter(|e| e.rule == rule.id).take(2).collect();
        for (index, e) in quoted.iter().enumerate() {
            let _ = write!(text, "{}“{}” in its {}", if index == 0 { " (" } else { ", " }, quote(&e.text), words(e));
        }
        if !quoted.is_empty() {
            text.push(')');
        }
        text.push('.');
    } else if let Some(e) = operation {
        let _ = write!(text, "It offers several operations, the gravest being “{}”.", quote(&e.text));
    } else {
        let _ = write!(text, "Held to be {class}.");
    }
    if let (Some(e), Some(_)) = (operation, main_hit(set, finding, class)) {
        let _ = write!(text, " Of its operations, “{}” weighs most.", quote(&e.text));
    }
}

fn words(e: &Evidence) -> &'static str {
    use crate::model::Field;
    match e.field {
        Field::Name => "name",
        Field::Title => "title",
        Field::Description => "description",
        Field::Parameter => "parameters",
        Field::ParameterDescription => "parameter descriptions",
        Field::ParameterValue => "operations",
        Field::Annotation => "annotations",
        Field::Server => "server",
    }
}

fn neighbour(text: &mut String, set: &Ruleset, finding: &Finding<'_>, class: Class) {
    let lost = finding.fired.iter().find(|hit| {
        matches!(hit.fate, Fate::Weaker | Fate::Overruled(_))
            && set.rules[hit.rule as usize].class.is_some_and(|other| other != class)
    });
    if let Some(hit) = lost {
        let rule = &set.rules[hit.rule as usize];
        let Some(other) = rule.class else { return };
        let why = match hit.fate {
            Fate::Overruled(by) => set.rules[by as usize].because.as_str(),
            _ => "what it says of itself is clearer than that",
        };
        let span = hit.spans.first().map(|span| set.span_evidence(finding, &rule.id, *span).text).unwrap_or_default();
        let _ = write!(text, " “{}” alone would make it {other}, but {why}.", quote(&span));
        return;
    }
    let lighter = finding
        .fired
        .iter()
        .filter(|hit| hit.fate == Fate::Won)
        .filter_map(|hit| set.rules[hit.rule as usize].class)
        .any(|other| other < class);
    if lighter {
        let _ = write!(text, " It does lighter things too; the gravest counts, so it is {class}.");
        return;
    }
    text.push_str(match class {
        Class::Read => " Nothing in its definition changes anything, so it is read.",
        Class::Write => " It changes records and starts no process beyond them, so it is write rather than execute.",
        Class::Execute => " Its effect goes beyond a record, so it is execute rather than write.",
    });
}

fn modifiers(
    text: &mut String,
    set: &Ruleset,
    finding: &Finding<'_>,
    class: Class,
    traits: &BTreeSet<Trait>,
    risk: Risk,
) {
    let shown = main_hit(set, finding, class).map(|hit| hit.rule);
    let other = finding
        .fired
        .iter()
        .filter(|hit| hit.fate == Fate::Won && Some(hit.rule) != shown)
        .map(|hit| &set.rules[hit.rule as usize])
        .find(|rule| rule.floor.is_some() || (!rule.traits.is_empty() && rule.class.is_none()));
    let listed: Vec<&str> = traits.iter().map(|of| of.as_str()).collect();
    if listed.is_empty() && other.is_none() {
        return;
    }
    let _ = write!(text, " Risk {risk}");
    if !listed.is_empty() {
        let _ = write!(text, " ({})", listed.join(", "));
    }
    if let Some(rule) = other {
        let _ = write!(text, ": {}", rule.because);
    }
    text.push('.');
}
