//! Rules of one document against each other: what overlaps, what stands twice, what is never asked.

use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::rule::{Role, RuleBook, WrittenRule};
use crate::written::shape::shortened;
use std::collections::BTreeSet;

pub(super) fn find(book: &RuleBook, finds: &mut Vec<PolicyFinding>) {
    // An engine decides by more than these rules show.
    if book.engine.is_some() {
        return;
    }
    let mut reported: BTreeSet<usize> = BTreeSet::new();
    for (at, rule) in book.rules.iter().enumerate().filter(|(_, rule)| rule.role != Role::Default && !rule.elsewhere) {
        // A rule of an entry that is reported as a whole.
        if rule.group != usize::MAX && reported.contains(&rule.group) {
            continue;
        }
        let others = book.exactly(rule).iter().chain(book.broadly()).copied();
        let worst = others.filter(|other| *other != at).filter_map(|other| lost(book, at, other)).max_by_key(|l| l.0);
        let Some((kind, other)) = worst else { continue };
        if rule.group != usize::MAX && rule.role == Role::Lists {
            reported.insert(rule.group);
        }
        finds.push(finding(kind, rule, &book.rules[other]));
    }
}

/// How one rule loses against another; the last is what is reported where several hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lost {
    /// The other says the same of more.
    Contained,
    /// The other decides every call first.
    Covered,
    /// Both name the same and differ.
    Differs,
    /// The same stands before.
    Twice,
}

/// Whether the rule at `at` decides nothing because of the other.
fn lost(book: &RuleBook, at: usize, other: usize) -> Option<(Lost, usize)> {
    let (rule, best) = (&book.rules[at], &book.rules[other]);
    // What holds for the rest takes nothing from a rule, unless it stands in the same list, whose order decides.
    let rest = best.role == Role::Default && best.label != rule.label;
    if !best.test.is_always() || best.role == Role::Tightens || rest {
        return None;
    }
    let same = rule.same_selector(best);
    if !same && !best.covers(rule) {
        return None;
    }
    // That a tool is listed, and what else its entry says, belong together.
    let own = rule.group == best.group && rule.group != usize::MAX;
    let refuses = best.effect.is_refused();
    match rule.role {
        Role::Lists if own && best.role != Role::Lists => return None,
        Role::Lists if best.role == Role::Lists => {
            let twice = same && other < at;
            return match twice {
                true => Some((Lost::Twice, other)),
                false => (!same && rule.group == best.group).then_some((Lost::Contained, other)),
            };
        }
        Role::Lists => {
            // A stronger rule may let some calls through first.
            let rescues = |at: &usize| {
                let rule_before = &book.rules[*at];
                !rule_before.test.is_always()
                    && rule_before.effect.is_allowed()
                    && rule_before.rank > best.rank
                    && rule_before.covers(rule)
            };
            let lets_some = book.exactly(rule).iter().chain(book.broadly()).any(rescues);
            return (refuses && !lets_some).then_some((if same { Lost::Differs } else { Lost::Covered }, other));
        }
        Role::Tightens => return (refuses && best.rank >= 1).then_some((Lost::Covered, other)),
        Role::Decides | Role::Default => {}
    }
    if best.role == Role::Lists || (!rule.test.is_always() && best.rank == rule.rank) {
        return None;
    }
    if best.rank == rule.rank {
        return match (same, rule.effect == best.effect) {
            (true, true) => (other < at).then_some((Lost::Twice, other)),
            (true, false) => (other < at).then_some((Lost::Differs, other)),
            (false, true) => Some((Lost::Contained, other)),
            (false, false) => (best.effect.rank() > rule.effect.rank()).then_some((Lost::Covered, other)),
        };
    }
    if best.rank < rule.rank {
        return None;
    }
    match same && rule.test.is_always() {
        // Where order decides, the same words twice are one rule too many.
        true if rule.label == best.label && rule.effect == best.effect => Some((Lost::Twice, other)),
        true if rule.is_for_one() && rule.effect != best.effect => Some((Lost::Differs, other)),
        _ => Some((Lost::Covered, other)),
    }
}

/// The rule in a message: what it is about.
fn shown(rule: &WrittenRule) -> String {
    use crate::written::rule::{Name, Selector};
    let name = |name: &Name| match name {
        Name::Any => "every tool".to_owned(),
        Name::Is(text) | Name::Glob(text) => format!("`{}`", shortened(text)),
        Name::Matches(pattern) => format!("`{}`", shortened(pattern.as_str())),
        Name::Not(_) => "what is not listed".to_owned(),
    };
    match &rule.selector {
        Selector::Tool { server: Some(server), tool } => format!("{} of `{}`", name(tool), shortened(server)),
        Selector::Tool { server: None, tool } | Selector::Full(tool) => name(tool),
    }
}

fn finding(kind: Lost, rule: &WrittenRule, best: &WrittenRule) -> PolicyFinding {
    let (here, there) = (shown(rule), shown(best));
    let label = shortened(&best.label);
    let (fault, message) = match kind {
        Lost::Twice => (PolicyFault::DuplicateEntry, format!("{here} stands here a second time")),
        Lost::Differs if rule.rank == best.rank => (
            PolicyFault::Overlap,
            format!(
                "{here} is {} here and {} in another rule of the same priority; the stricter is taken to win",
                rule.effect, best.effect
            ),
        ),
        Lost::Differs => (
            PolicyFault::Overlap,
            format!("{here} is {} here, and `{label}` makes it {}, which wins", rule.effect, best.effect),
        ),
        Lost::Covered => (
            PolicyFault::UnreachableRule,
            format!("this is never asked: `{label}` decides on {there} before it ({})", best.effect),
        ),
        Lost::Contained => {
            (PolicyFault::UnreachableRule, format!("this adds nothing: `{label}` says the same of {there}"))
        }
    };
    let help = match kind {
        Lost::Twice | Lost::Contained => "take it out",
        Lost::Differs | Lost::Covered => "keep the one that is meant",
    };
    PolicyFinding::new(fault, rule.span.clone(), message).help(help)
}
