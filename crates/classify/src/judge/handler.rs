//! What a tool's handler was seen to do, held against what its definition says: deeds in, a graver verdict out, or the same.
//! Code that was not seen, or that does nothing, says nothing in a tool's favour.

use crate::rules::ruleset::Ruleset;
use crate::rules::syntax::DeedSyntax;
use mcpdex_model::{AuditFinding, ClaimEffect, Class, Deed, Evidence, Field, Risk, Tool, Trait};
use std::collections::BTreeSet;

/// How many deeds of one rule a verdict shows.
const SHOWN: usize = 2;

/// What the code adds to a verdict.
#[derive(Default)]
pub(crate) struct CodeWeighed<'a> {
    pub class: Option<Class>,
    pub traits: BTreeSet<Trait>,
    pub evidence: Vec<Evidence>,
    /// The ids of the rules that the evidence is of, each once.
    pub rules: Vec<&'a str>,
    /// Where the definition speaks of reading and the code does more.
    pub belied: Vec<AuditFinding>,
    /// Of each rule that made it graver what its handler does and where, as the end of a sentence.
    pub raised: Vec<String>,
}

impl CodeWeighed<'_> {
    /// The class, with what the code does.
    pub(crate) fn class(&self, of_text: Class) -> Class {
        self.class.map_or(of_text, |class| class.max(of_text))
    }
}

/// Weighs what the handler of `tool` does against `class` and `traits`, to which everything else led. `says_read` tells
/// whether a rule recognised the definition and found it to read.
pub(crate) fn weigh<'a>(
    set: &'a Ruleset,
    tool: &Tool,
    class: Class,
    traits: &BTreeSet<Trait>,
    says_read: bool,
) -> CodeWeighed<'a> {
    let mut weighed = CodeWeighed::default();
    let Some(code) = &tool.code else { return weighed };
    for rule in &set.deeds {
        let deeds: Vec<&Deed> = code.deeds.iter().filter(|deed| applies(rule, deed)).collect();
        let Some(first) = deeds.first() else { continue };
        weighed.rules.push(&rule.id);
        for deed in deeds.iter().take(SHOWN) {
            weighed.evidence.push(Evidence {
                rule: rule.id.clone(),
                field: Field::Code,
                pointer: deed.place(),
                text: deed.call.clone(),
                start: 0,
                end: deed.call.len(),
            });
        }
        let graver = rule.class.is_some_and(|own| own > class) || rule.traits.iter().any(|own| !traits.contains(own));
        weighed.class = weighed.class.max(rule.class);
        weighed.traits.extend(rule.traits.iter().copied());
        if !graver {
            continue;
        }
        let told = format!("{}: {} at {}", rule.because, first.told(), first.place());
        if rule.contradicts && says_read {
            let (claim, finding) = ("its definition speaks of reading".to_owned(), told.clone());
            weighed.belied.push(AuditFinding { claim, finding, effect: ClaimEffect::Belied });
        }
        weighed.raised.push(told);
    }
    weighed
}

fn applies(rule: &DeedSyntax, deed: &Deed) -> bool {
    rule.kind == deed.kind && rule.reach.contains(&deed.reach) && rule.within.is_none_or(|most| deed.depth <= most)
}

/// The risk of what the code does beside a definition that speaks of reading: nothing there says that a loss is small.
pub(crate) fn risk(weighed: &CodeWeighed<'_>, class: Class, traits: &BTreeSet<Trait>, says_read: bool) -> Risk {
    if weighed.raised.is_empty() || !says_read { Risk::Low } else { Risk::of(weighed.class(class), traits) }
}
