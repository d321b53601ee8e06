//! Everything that happened while one tool was judged: what it was taken to do, every clause that fired, and what
//! became of it.

use crate::judge::finding::{Fate, evidence_of};
use crate::language::action::Place;
use crate::language::server_context::ServerContext;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::{Class, Evidence, Tool, Trait, Verdict};
use serde::Serialize;

/// One thing that the tool says it does.
#[derive(Debug, Clone, Serialize)]
pub struct ReadAction {
    /// `name` or `description`.
    pub place: &'static str,
    /// The verb as it stands there; `None` for a noun phrase.
    pub verb: Option<String>,
    pub object: Vec<String>,
    /// How many steps weaker than its rule a hit counts.
    pub weaker: u8,
}

/// One clause that fired.
#[derive(Debug, Clone, Serialize)]
pub struct FiredClause {
    pub rule: String,
    /// Which of the rule's `when` clauses, counted from 1.
    pub clause: usize,
    pub class: Option<Class>,
    pub traits: Vec<Trait>,
    /// 3 high, 2 medium, 1 low, 0 still less.
    pub strength: u8,
    /// `won`, `lost`, `cancelled` or `not-for-this-class`.
    pub fate: &'static str,
    /// Why it did not win.
    pub reason: Option<String>,
    pub evidence: Vec<Evidence>,
}

/// The whole story of one verdict.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    pub actions: Vec<ReadAction>,
    pub fired: Vec<FiredClause>,
    pub verdict: Verdict,
}

impl Ruleset {
    /// Judges `tool` and tells everything that happened.
    pub fn explain(&self, context: &ServerContext, tool: &Tool) -> Explanation {
        let finding = self.find(context, tool);
        let text =
            |start: u32, end: u32| finding.reading.text.get(start as usize..end as usize).unwrap_or("").to_owned();
        let actions = finding
            .actions
            .iter()
            .map(|action| ReadAction {
                place: if action.place == Place::Name { "name" } else { "description" },
                verb: action.verb.map(|verb| text(verb.start, verb.end)),
                object: action.objects.iter().map(|word| text(word.start, word.end)).collect(),
                weaker: action.weaker,
            })
            .collect();
        let fired = finding
            .fired
            .iter()
            .map(|hit| {
                let rule = &self.rules[hit.rule as usize];
                let (fate, reason) = match hit.fate {
                    Fate::Won => ("won", None),
                    Fate::Cancelled => ("cancelled", Some("its own `unless` holds".to_owned())),
                    Fate::Overruled(by) => ("lost", Some(format!("overruled by {}", self.rules[by as usize].id))),
                    Fate::Weaker => ("lost", Some("evidence for a lighter class is stronger".to_owned())),
                    Fate::OtherClass => ("not-for-this-class", Some(format!("the tool is {}", finding.class))),
                };
                FiredClause {
                    rule: rule.id.clone(),
                    clause: hit.clause as usize + 1,
                    class: rule.class,
                    traits: rule.traits.clone(),
                    strength: hit.strength,
                    fate,
                    reason,
                    evidence: hit.spans.iter().map(|span| evidence_of(&finding.reading, &rule.id, *span)).collect(),
                }
            })
            .collect();
        Explanation { actions, fired, verdict: self.judge(context, tool) }
    }
}
