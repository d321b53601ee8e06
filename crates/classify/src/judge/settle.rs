//! Rules that fired in, their fates out: which of them are overruled, which are too weak, and what class remains.

use crate::judge::excuse::speaks_of;
use crate::judge::finding::{Fate, Fired, GRAVE};
use crate::language::action::{Action, Place};
use crate::language::statements::Statements;
use crate::rules::pack::Rule;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::{Class, Confidence, Trait};

/// Marks the hits of rules that a rule that fired overrules. What the description of a parameter says overrules nothing.
pub(crate) fn overrule(set: &Ruleset, fired: &mut [Fired], scene: &Statements<'_, '_>) {
    for index in 0..fired.len() {
        let by = fired[index].rule;
        let aside = fired[index].action.is_some_and(|index| scene.actions[index as usize].place == Place::Parameter);
        if aside || fired[index].fate != Fate::Won || set.rules[by as usize].overrules.is_empty() {
            continue;
        }
        for other in 0..fired.len() {
            if fired[other].fate == Fate::Won
                && set.rules[by as usize].overrules.contains(&fired[other].rule)
                && speaks_of(set, &fired[index], &fired[other], scene)
            {
                fired[other].fate = Fate::Overruled(by);
            }
        }
    }
}

/// Settles the class: the gravest with sound evidence. Returns it and whether any rule recognised the tool.
pub(crate) fn settle(set: &Ruleset, fired: &mut [Fired], actions: &[Action]) -> (Option<Class>, bool) {
    let class_of = |hit: &Fired| set.rules[hit.rule as usize].class;
    let strongest = |fired: &[Fired], class: Class| {
        fired
            .iter()
            .filter(|h| h.fate == Fate::Won && class_of(h) == Some(class))
            // "Starts an agent and assigns it a task": what is joined to an act does not outweigh it.
            .filter(|h| class == Class::Read || h.action.is_none_or(|index| !actions[index as usize].joined))
            .map(|h| h.strength + 1)
            .max()
            .unwrap_or(0)
    };
    drop_small_print(set, fired, actions);
    doubt_light_verbs(set, fired, actions);
    let read = strongest(fired, Class::Read);
    let write = strongest(fired, Class::Write);
    // Where name and first statement agree on reading, an aside in a later sentence has to be clearer than either.
    let reads_in = |place: Place| {
        fired.iter().filter(|hit| hit.fate == Fate::Won && class_of(hit) == Some(Class::Read)).any(|hit| {
            hit.action
                .is_some_and(|index| actions[index as usize].place == place && actions[index as usize].weaker == 0)
        })
    };
    let silent = |place: Place| {
        fired
            .iter()
            .filter(|hit| class_of(hit).is_some() && hit.fate == Fate::Won)
            .all(|hit| hit.action.is_none_or(|index| actions[index as usize].place != place))
    };
    let agreement = u8::from((reads_in(Place::Name) || silent(Place::Name)) && reads_in(Place::Description));
    for hit in fired.iter_mut().filter(|hit| hit.fate == Fate::Won) {
        if is_grave_aside(set, hit, actions) {
            continue;
        }
        let later = hit.action.is_some_and(|index| actions[index as usize].weaker > 0);
        let read = read + if later { agreement } else { 0 };
        let stronger = match class_of(hit) {
            Some(Class::Execute) => read.max(write),
            Some(Class::Write) => read,
            Some(Class::Read) | None => 0,
        };
        // "Downloads a template and deploys it": what is joined to a look is a deed of its own.
        let joined = hit.action.is_some_and(|index| actions[index as usize].joined);
        if hit.strength + 1 + u8::from(joined) < stronger {
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

/// The description of a parameter says what a call may do only where it tells of loss, money, code or reach, or of what a
/// switch turns on.
fn drop_small_print(set: &Ruleset, fired: &mut [Fired], actions: &[Action]) {
    const COUNTED: [Trait; 4] =
        [Trait::Destructive, Trait::Financial, Trait::CodeExecution, Trait::ExternalCommunication];
    for hit in fired.iter_mut().filter(|hit| hit.fate == Fate::Won) {
        let Some(action) = hit.action.map(|index| &actions[index as usize]) else { continue };
        let rule = &set.rules[hit.rule as usize];
        let counted = rule.traits.iter().any(|of| COUNTED.contains(of))
            || action.switch
                && (rule.class == Some(Class::Execute) && rule.confidence == Confidence::High
                    || rule.traits.contains(&Trait::Privileged));
        if action.place == Place::Parameter && !counted {
            hit.fate = Fate::Weaker;
        }
    }
}

/// What a later sentence, an aside or a parameter says of loss, money, secrets, code, rights or reach counts wherever it
/// stands, and so does a change that it plainly says of the tool: no look outweighs it.
fn is_grave_aside(set: &Ruleset, hit: &Fired, actions: &[Action]) -> bool {
    let rule = &set.rules[hit.rule as usize];
    let sets_going = rule.class == Some(Class::Execute) && rule.confidence == Confidence::High;
    let grave = rule.traits.iter().any(|of| GRAVE.contains(of)) || sets_going;
    let told = hit.action.is_some_and(|index| is_told(set, rule, &actions[index as usize]));
    (grave || told)
        && rule.confidence > Confidence::Low
        && hit.action.is_some_and(|index| {
            let action = &actions[index as usize];
            action.place != Place::Name && (action.extra || action.asserted && action.weaker > 0)
        })
}

/// "It updates the journal": a change that a sentence plainly says of the tool, or that it sets something going. "It runs
/// the statement SHOW" says little.
fn is_told(set: &Ruleset, rule: &Rule, action: &Action) -> bool {
    let light = action.verb.is_none_or(|verb| set.lexicon.is_light(verb.lemma));
    let sound = match rule.class {
        Some(Class::Write) => rule.confidence == Confidence::High,
        Some(Class::Execute) => !light,
        _ => false,
    };
    action.told && sound
}

/// "run_loan_schedule: computes the rates", "trade_finder: finds trades": where the name's verb says little or may be a
/// noun, and the description starts with a look, the name counts one step less.
fn doubt_light_verbs(set: &Ruleset, fired: &mut [Fired], actions: &[Action]) {
    let opening = |hit: &Fired| {
        hit.fate == Fate::Won
            && hit.action.is_some_and(|index| {
                let action = &actions[index as usize];
                action.place == Place::Description && action.weaker == 0 && !action.joined && action.verb.is_some()
            })
    };
    let classes: Vec<Class> =
        fired.iter().filter(|hit| opening(hit)).filter_map(|hit| set.rules[hit.rule as usize].class).collect();
    if classes.is_empty() || classes.iter().any(|class| *class != Class::Read) {
        return;
    }
    for hit in fired {
        let light = hit.action.is_some_and(|index| actions[index as usize].light);
        hit.strength = hit.strength.saturating_sub(u8::from(light));
    }
}
