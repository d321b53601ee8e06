//! A tool in, a finding out: finds the actions, fires the rules, weighs the hits. It writes no sentence.
//!
//! Pure: no clock, no files, no order but that of the input. It never panics, whatever the text.

use crate::judge::finding::{Fate, Finding, Fired};
use crate::judge::operation;
use crate::judge::settle::{overrule, settle};
use crate::language::action::Place;
use crate::language::server_context::ServerContext;
use crate::language::statements::Statements;
use crate::language::tool_text::ToolText;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::{Class, Confidence, Tool};
use std::collections::BTreeSet;

impl Ruleset {
    pub(crate) fn find<'t>(&self, context: &ServerContext, tool: &'t Tool) -> Finding<'t> {
        let mut reading = ToolText::of(tool, &self.lexicon);
        self.claims.blank(&mut reading, &self.lexicon);
        let (actions, statements) = self.actions(&reading, context);
        let phrases = self.phrases(&reading, &statements);
        let scene = Statements { reading: &reading, context, phrases: &phrases, actions: &actions };
        let mut fired = self.fire(&scene, 0..actions.len());
        overrule(self, &mut fired);
        let (class, recognised) = settle(self, &mut fired, &actions);
        let mut finding = Finding {
            class: class.unwrap_or(Class::Write),
            traits: BTreeSet::new(),
            floor: None,
            recognised,
            operations: Vec::new(),
            gravest_operation: None,
            actions,
            fired,
            reading,
        };
        operation::judge(self, context, tool, &mut finding);
        self.join_traits(&mut finding);
        finding
    }

    /// Fires every rule on the actions in `range` and, where that starts at 0, on the tool as a whole.
    pub(crate) fn fire(&self, scene: &Statements<'_, '_>, range: std::ops::Range<usize>) -> Vec<Fired> {
        let mut fired: Vec<Fired> = Vec::new();
        let whole = range.start == 0;
        for index in range {
            let action = &scene.actions[index];
            if let Some(verb) = action.verb {
                for place in &self.by_verb[verb.lemma as usize] {
                    self.try_clause(*place, scene, Some(index), &mut fired);
                }
            }
            if action.plural && action.verb.is_none() {
                for place in &self.by_plural {
                    self.try_clause(*place, scene, Some(index), &mut fired);
                }
            }
            for (nth, object) in action.objects.iter().enumerate() {
                if object.lemma == 0 || action.objects[..nth].iter().any(|o| o.lemma == object.lemma) {
                    continue;
                }
                for place in &self.by_object[object.lemma as usize] {
                    self.try_clause(*place, scene, Some(index), &mut fired);
                }
            }
        }
        if whole {
            for (nth, hit) in scene.phrases.iter().enumerate() {
                if scene.phrases[..nth].iter().any(|earlier| earlier.literal == hit.literal) {
                    continue;
                }
                for place in &self.by_literal[hit.literal as usize] {
                    self.try_clause(*place, scene, None, &mut fired);
                }
            }
        }
        fired
    }

    fn try_clause(
        &self,
        (rule_number, clause_number): (u32, u32),
        scene: &Statements<'_, '_>,
        action: Option<usize>,
        fired: &mut Vec<Fired>,
    ) {
        let rule = &self.rules[rule_number as usize];
        let clause = &rule.when[clause_number as usize];
        let action_index = action.map(|index| index as u32);
        if fired.iter().any(|f| f.rule == rule_number && f.action == action_index && f.clause == clause_number) {
            return;
        }
        let of = action.map(|index| &scene.actions[index]);
        let mut spans = Vec::with_capacity(2);
        if !clause.holds(scene, of, &mut spans) {
            return;
        }
        let mut scrap = Vec::new();
        let cancelled = rule.unless.iter().any(|unless| match (of, unless.is_of_action()) {
            (None, true) => scene.actions.iter().any(|action| unless.holds(scene, Some(action), &mut scrap)),
            _ => unless.holds(scene, of, &mut scrap),
        });
        let full = match rule.confidence {
            Confidence::High => 3u8,
            Confidence::Medium => 2,
            Confidence::Low => 1,
        };
        fired.push(Fired {
            rule: rule_number,
            clause: clause_number,
            action: action_index,
            spans,
            // What a later sentence says of reading is mostly what comes back, so it counts one step less again.
            // So does a look that is joined to an act: "starts a scan and returns its number".
            strength: full.saturating_sub(of.map_or(0, |action| {
                let looks = (action.weaker > 0 || action.joined) && rule.class == Some(Class::Read);
                action.weaker + u8::from(looks)
            })),
            fate: if cancelled { Fate::Cancelled } else { Fate::Won },
        });
    }

    fn join_traits(&self, finding: &mut Finding<'_>) {
        for hit in &mut finding.fired {
            let rule = &self.rules[hit.rule as usize];
            if hit.fate != Fate::Won {
                continue;
            }
            let wanted = rule.only_for.is_empty() || (finding.recognised && rule.only_for.contains(&finding.class));
            if !wanted {
                hit.fate = Fate::OtherClass;
                continue;
            }
            finding.traits.extend(rule.traits.iter().copied());
            finding.floor = finding.floor.max(rule.floor);
        }
    }

    /// Name and description agree: high. One of them alone: medium. They contradict each other, or only weak evidence
    /// spoke: low.
    pub(crate) fn confidence(&self, finding: &Finding<'_>) -> Confidence {
        if !finding.recognised {
            return Confidence::Low;
        }
        let (mut in_name, mut in_text, mut strongest, mut against) = (false, false, 0, false);
        for hit in &finding.fired {
            let Some(class) = self.rules[hit.rule as usize].class else { continue };
            let place = hit.action.map(|index| finding.actions[index as usize].place);
            match hit.fate {
                Fate::Won if class == finding.class => {
                    in_name |= place == Some(Place::Name);
                    in_text |= place != Some(Place::Name);
                    strongest = strongest.max(hit.strength);
                }
                Fate::Won | Fate::Weaker => against |= hit.strength >= 2,
                _ => {}
            }
        }
        if finding.gravest_operation.is_some() {
            return if against { Confidence::Medium } else { Confidence::High };
        }
        match (in_name && in_text, strongest, against) {
            (true, 2.., false) => Confidence::High,
            (true, _, _) => Confidence::Medium,
            (false, 2.., false) | (false, 3.., true) => Confidence::Medium,
            _ => Confidence::Low,
        }
    }
}
