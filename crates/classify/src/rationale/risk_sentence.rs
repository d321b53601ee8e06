//! What raises or lowers the risk of a tool, as one sentence: traits with the words they rest on, what the schema bounds,
//! parameters that lift a safeguard or allow a trial, claims of the server that were not followed.

use crate::judge::finding::Fired;
use crate::language::quote::{listed, quote};
use crate::rationale::quotation::{Quotations, is_between_the_lines};
use crate::rationale::settled::{Settled, decides};
use crate::rules::risk_factor::{Bound, RiskFactor, bound};
use crate::rules::syntax::RiskEffect;
use mcpdex_model::{ClaimEffect, Class, Field, Risk, Trait};
use std::collections::BTreeSet;

/// How many reasons a sentence gives.
const MAX_REASONS: usize = 2;

/// The sentence without its full stop; `None` where nothing is to be said.
pub(crate) fn sentence(settled: &Settled<'_, '_>, main: Option<&Fired>) -> Option<String> {
    let usual = Risk::of(settled.class, &BTreeSet::new());
    let (raising, besides) = reasons(settled, main);
    let mut text = if settled.risk > usual && !raising.is_empty() {
        let (risk, usual) = (settled.risk.as_str(), usual.as_str());
        ["Risk is ", risk, " rather than ", usual, " because ", &listed(&raising, "and")].concat()
    } else {
        ["Risk is ", settled.risk.as_str()].concat()
    };
    let plain = text.len();
    let mut more: Vec<String> = besides;
    more.truncate(MAX_REASONS.saturating_sub(raising.len().min(1)));
    let mut lowers = Vec::new();
    for circumstance in circumstances(settled, main) {
        match circumstance.effect {
            RiskEffect::Raises => more.push(circumstance.says),
            RiskEffect::Lowers => lowers.push(circumstance.says),
        }
    }
    if !more.is_empty() {
        text.push_str("; ");
        text.push_str(&listed(&more, "and"));
    }
    if !lowers.is_empty() {
        text.push_str("; in its favour: ");
        text.push_str(&listed(&lowers, "and"));
    }
    if let Some(audit) = settled.claims.audit.iter().find(|audit| audit.effect == ClaimEffect::NotFollowed) {
        text.push_str(&format!("; its server claims {}, but {}", audit.claim, audit.finding));
    }
    (text.len() > plain || plain > "Risk is critical".len()).then_some(text)
}

/// Why the risk is above that of the bare class, and what else is true of the tool.
fn reasons(settled: &Settled<'_, '_>, main: Option<&Fired>) -> (Vec<String>, Vec<String>) {
    let (mut raising, mut besides) = (Vec::new(), Vec::new());
    let mut told: BTreeSet<Trait> = BTreeSet::new();
    let mut floored = false;
    let usual = Risk::of(settled.class, &BTreeSet::new());
    let raises = |of: Trait| Risk::of(settled.class, &BTreeSet::from([of])) > usual;
    let mut hits: Vec<&Fired> = settled.won().collect();
    hits.sort_by_key(|hit| main.is_none_or(|main| main.rule != hit.rule));
    for hit in hits {
        let rule = settled.rule(hit);
        let fresh: Vec<Trait> =
            rule.traits.iter().copied().filter(|of| settled.traits.contains(of) && !told.contains(of)).collect();
        let floor = rule.floor.is_some_and(|floor| floor > usual && floor == settled.risk);
        if fresh.is_empty() && (!floor || floored || !told.is_empty()) {
            continue;
        }
        floored |= floor;
        told.extend(&fresh);
        let own = main.is_some_and(|main| main.rule == hit.rule);
        let reason = if own && !fresh.is_empty() {
            fresh.iter().map(|of| of.means()).collect::<Vec<_>>().join(" and ")
        } else if own {
            "the query is still the caller's".to_owned()
        } else {
            let words = Quotations::words_of(settled.finding, hit).tellingly();
            let unbounded = if bound_of(settled, hit).is_some_and(|(_, bound)| bound == Bound::None) {
                ", which its schema does not bound"
            } else {
                ""
            };
            let words = match words {
                // What was read between the lines may be meant otherwise.
                Some(words) if is_between_the_lines(settled.finding, hit) => format!(", if {words} is meant so"),
                Some(words) => format!(" ({words}{unbounded})"),
                None => String::new(),
            };
            format!("{}{words}", rule.because)
        };
        if raising.contains(&reason) || besides.contains(&reason) {
            continue;
        }
        if floor || fresh.iter().any(|of| raises(*of)) {
            raising.push(reason);
        } else if !own {
            besides.push(reason);
        }
    }
    for of in settled.traits.iter().filter(|of| !told.contains(of)) {
        // What an operation or a claim of the server brought.
        if raises(*of) { raising.push(of.means().to_owned()) } else { besides.push(of.means().to_owned()) }
    }
    if settled.claims.raised.is_some() && settled.class > Class::Read {
        // The traits alone would not bring it so far.
        raising.truncate(MAX_REASONS - 1);
        raising.push("its server's own hint asks for more".to_owned());
    }
    raising.truncate(MAX_REASONS);
    (raising, besides)
}

/// What can go wrong, to what, and the trait that says so: the first words of a rationale of a grave tool.
pub(super) fn harm(settled: &Settled<'_, '_>) -> Option<(Trait, &'static str)> {
    let has = |of: Trait| settled.traits.contains(&of);
    let changes = settled.class != Class::Read;
    let lost = if settled.finding.full_loss {
        "Data can be lost"
    } else {
        "Something small, or what an option names, can be lost"
    };
    let secrets = if changes { "Secrets can be made or changed" } else { "Secrets can be read" };
    let grave = settled.risk >= Risk::High;
    let harms = [
        (true, Trait::CodeExecution, "A caller can run code or commands of its choice"),
        (changes, Trait::Financial, "Money or what is worth money can be moved or bound"),
        (changes, Trait::Destructive, lost),
        (grave, Trait::CredentialAccess, secrets),
        (true, Trait::InstructsTheModel, "Its text can steer the model"),
        (grave, Trait::ExternalCommunication, "Others can be reached in the user's name"),
        (grave, Trait::Privileged, "Who may do what can be changed"),
        (grave, Trait::Bulk, "Many things can be changed at once"),
    ];
    harms.into_iter().find(|(counts, of, _)| *counts && has(*of)).map(|(_, of, harm)| (of, harm))
}

fn circumstances(settled: &Settled<'_, '_>, main: Option<&Fired>) -> Vec<RiskFactor> {
    let reading = &settled.finding.reading;
    let mut found = Vec::new();
    let held = settled.won().filter(|hit| decides(settled.rule(hit))).find_map(|hit| {
        bound_of(settled, hit)
            .filter(|(_, bound)| *bound != Bound::None || main.is_some_and(|main| main.rule == hit.rule))
    });
    if let Some((name, bound)) = held {
        let name = quote(name);
        found.push(match bound {
            Bound::None => RiskFactor { effect: RiskEffect::Raises, says: format!("its schema does not bound {name}") },
            Bound::Pattern => {
                RiskFactor { effect: RiskEffect::Lowers, says: format!("its schema holds {name} to a pattern") }
            }
            Bound::Values(count) => {
                let plural = if count == 1 { "" } else { "s" };
                RiskFactor {
                    effect: RiskEffect::Lowers,
                    says: format!("its schema holds {name} to {count} value{plural}"),
                }
            }
        });
    }
    if settled.class > Class::Read {
        found.extend(settled.set.circumstances.find(reading));
    }
    found
}

/// The parameter that a hit rests on, and what its schema bounds; not one whose values are judged one by one, or are what
/// makes the tool what it is.
fn bound_of<'f>(settled: &Settled<'f, '_>, hit: &Fired) -> Option<(&'f str, Bound)> {
    if settled.rule(hit).when[hit.clause as usize].is_of_values() {
        return None;
    }
    let reading = &settled.finding.reading;
    hit.spans.iter().find_map(|span| {
        let segment = &reading.segments[reading.segment_at(span.0)];
        let param = reading.params.get(segment.parameter as usize)?;
        let judged = settled.finding.operations.iter().any(|one| one.parameter == *param.path);
        (segment.field == Field::Parameter && !judged).then(|| bound(param.schema).map(|bound| (param.name, bound)))?
    })
}
