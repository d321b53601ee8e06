//! Rules that fired in, their fates out: which of them are overruled, which are too weak, and what class remains.

use super::action::{Action, Place};
use super::judge::{Fate, Fired};
use super::ruleset::Ruleset;
use crate::model::Class;

/// Marks the hits of rules that a rule that fired overrules.
pub(super) fn overrule(set: &Ruleset, fired: &mut [Fired]) {
    for index in 0..fired.len() {
        let by = fired[index].rule;
        if fired[index].fate != Fate::Won || set.rules[by as usize].overrules.is_empty() {
            continue;
        }
        for other in fired.iter_mut() {
            if other.fate == Fate::Won && set.rules[by as usize].overrules.contains(&other.rule) {
                other.fate = Fate::Overruled(by);
            }
        }
    }
}

/// Settles the class: the gravest with sound evidence. Returns it and whether any rule recognised the tool.
pub(super) fn settle(set: &Ruleset, fired: &mut [Fired], actions: &[Action]) -> (Option<Class>, bool) {
    let class_of = |hit: &Fired| set.rules[hit.rule as usize].class;
    let strongest = |fired: &[Fired], class: Class| {
        fired
            .iter()
            .filter(|h| h.fate == Fate::Won && class_of(h) == Some(class))
            .map(|h| h.strength + 1)
            .max()
            .unwrap_or(0)
    };
    let read = strongest(fired, Class::Read);
    let write = strongest(fired, Class::Write);
    // Where name and first statement agree on reading, an aside in a later sentence has to be clearer than either.
    let reads_in = |place: Place| {
        fired.iter().filter(|hit| hit.fate == Fate::Won && class_of(hit) == Some(Class::Read)).any(|hit| {
            hit.action
                .is_some_and(|index| actions[index as usize].place == place && actions[index as usize].weaker == 0)
        })
    };
    let agreement = u8::from(reads_in(Place::Name) && reads_in(Place::Description));
    for hit in fired.iter_mut().filter(|hit| hit.fate == Fate::Won) {
        let later = hit.action.is_some_and(|index| actions[index as usize].weaker > 0);
        let read = read + if later { agreement } else { 0 };
        let stronger = match class_of(hit) {
            Some(Class::Execute) => read.max(write),
            Some(Class::Write) => read,
            Some(Class::Read) | None => 0,
        };
        if hit.strength + 1 < stronger {
            hit.fate = Fate::Weaker;
        }
    }
    // "It only reads" at the end of a text that says nothing else is praise, no evidence of reading.
    let firm = |hit: &Fired| {
        hit.action.is_none_or(|index| {
            let action = &actions[index as usize];
            action.weaker == 0 && !action.bare
        })
    };
    if !fired
        .iter()
        .any(|hit| hit.fate == Fate::Won && class_of(hit).is_some() && (class_of(hit) > Some(Class::Read) || firm(hit)))
    {
        fired
            .iter_mut()
            .filter(|hit| hit.fate == Fate::Won && class_of(hit).is_some())
            .for_each(|h| h.fate = Fate::Weaker);
    }
    let class = fired.iter().filter(|hit| hit.fate == Fate::Won).filter_map(class_of).max();
    (class, class.is_some())
}
