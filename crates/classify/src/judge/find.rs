//! A tool in, a finding out: finds the actions, fires the rules, weighs the hits. It writes no sentence.
//!
//! Pure: no clock, no files, no order but that of the input. It never panics, whatever the text.

use crate::judge::excuse::{excuses, is_asked_for, is_told_of};
use crate::judge::finding::{Fate, Finding, Fired, HIDDEN_TEXT, evidence_of};
use crate::judge::operation;
use crate::judge::read_tool::is_switch;
use crate::judge::readings::Layout;
use crate::judge::settle::{overrule, settle};
use crate::language::action::{Action, Place};
use crate::language::hidden::Hiding;
use crate::language::quote::quote;
use crate::language::schema_walk::member_of;
use crate::language::server_context::ServerContext;
use crate::language::span::Span;
use crate::language::statements::Statements;
use crate::language::tool_text::ToolText;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::{Class, Confidence, Evidence, Field, Tool, Trait};
use serde_json::Value;
use std::collections::BTreeSet;

impl Ruleset {
    /// What one reading of a tool says, and how that reading stands: where sentences end, and whether they are sure to.
    pub(crate) fn find_in<'t>(
        &self,
        context: &ServerContext,
        tool: &'t Tool,
        reading: ToolText<'t>,
    ) -> (Finding<'t>, Layout) {
        let read = self.actions(&reading, context);
        let phrases = self.phrases(&reading, &read.statements, read.opening);
        let layout = Layout {
            sentences: read.sentences,
            opens_with_deed: read.opens_with_deed,
            doubtful_ends: read.doubtful_ends,
        };
        let actions = read.actions;
        let sentences = &layout.sentences;
        let scene = Statements { reading: &reading, context, phrases: &phrases, actions: &actions, sentences };
        let mut fired = self.fire(&scene, 0..actions.len());
        overrule(self, &mut fired, &scene);
        self.doubt_unknown_words(&reading, &actions, &mut fired, read.unknown_verb);
        let (class, recognised) = settle(self, &mut fired, &actions);
        let mut finding = Finding {
            class: class.unwrap_or(Class::Write),
            traits: BTreeSet::new(),
            floor: None,
            recognised,
            unearned: false,
            full_loss: false,
            full_act: false,
            unread: Vec::new(),
            hidden: Vec::new(),
            unknown_operation: false,
            operations: Vec::new(),
            gravest_operation: None,
            actions,
            fired,
            reading,
        };
        self.join_traits(&mut finding);
        operation::judge(self, context, tool, &mut finding);
        let joined = read.unknown_joined && finding.class == Class::Read && finding.gravest_operation.is_none();
        if joined || self.is_unearned(&finding) || self.rests_on_a_stranger(&finding) {
            finding.unearned = true;
            finding.class = Class::Write;
        }
        // Operations may make the class another one: what is only for some classes is looked at again.
        self.join_traits(&mut finding);
        note_unread(&mut finding, read.foreign);
        (finding, layout)
    }

    /// Fires every rule on the actions in `range` and, where that starts at 0, on the tool as a whole.
    pub(crate) fn fire(&self, scene: &Statements<'_, '_>, range: std::ops::Range<usize>) -> Vec<Fired> {
        let mut fired: Vec<Fired> = Vec::new();
        let mut spans = Vec::with_capacity(8);
        let whole = range.start == 0;
        for index in range {
            let action = &scene.actions[index];
            self.index.each(action, |place| self.try_clause(place, scene, Some(index), &mut fired, &mut spans));
            if (action.plural || action.phrase) && action.verb.is_none() {
                for place in &self.by_shape {
                    self.try_clause(*place, scene, Some(index), &mut fired, &mut spans);
                }
            }
            for (nth, object) in action.objects.iter().enumerate() {
                if object.lemma == 0 || action.objects[..nth].iter().any(|o| o.lemma == object.lemma) {
                    continue;
                }
                for place in &self.by_object[object.lemma as usize] {
                    self.try_clause(*place, scene, Some(index), &mut fired, &mut spans);
                }
            }
        }
        if whole {
            for (nth, hit) in scene.phrases.iter().enumerate() {
                if scene.phrases[..nth].iter().any(|earlier| earlier.literal == hit.literal) {
                    continue;
                }
                for place in &self.by_literal[hit.literal as usize] {
                    self.try_clause(*place, scene, None, &mut fired, &mut spans);
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
        spans: &mut Vec<Span>,
    ) {
        let rule = &self.rules[rule_number as usize];
        let clause = &rule.when[clause_number as usize];
        let action_index = action.map(|index| index as u32);
        if fired.iter().any(|f| f.rule == rule_number && f.action == action_index && f.clause == clause_number) {
            return;
        }
        let of = action.map(|index| &scene.actions[index]);
        // Nor does a noun of a later sentence tell what a tool is.
        let aside = |action: &Action| {
            action.extra || action.verb.is_none() && action.weaker > 0 && action.place == Place::Description
        };
        if rule.class == Some(Class::Read) && of.is_some_and(aside) {
            return;
        }
        spans.clear();
        if !clause.holds(scene, of, spans) {
            return;
        }
        // What lifts other rules speaks of one deed.
        if !rule.overrules.is_empty() && clause.is_of_text() && of.is_some_and(|of| !is_told_of(clause, scene, of)) {
            return;
        }
        let held = spans.len();
        let cancelled = rule.unless.iter().any(|unless| excuses(rule, unless, clause, scene, of, spans));
        let full = match rule.confidence {
            Confidence::High => 3u8,
            Confidence::Medium => 2,
            Confidence::Low => 1,
        };
        fired.push(Fired {
            rule: rule_number,
            clause: clause_number,
            action: action_index,
            spans: spans[..held].to_vec(),
            // What a later sentence says of reading is mostly what comes back, so it counts one step less again.
            // So does a look that is joined to an act: "starts a scan and returns its number".
            // What stands beside the main verbs is no evidence of reading.
            strength: full.saturating_sub(of.map_or(0, |action| {
                let looks = (action.weaker > 0 || action.joined) && rule.class == Some(Class::Read);
                action.weaker + u8::from(looks)
            })),
            fate: if cancelled { Fate::Cancelled } else { Fate::Won },
        });
    }

    fn join_traits(&self, finding: &mut Finding<'_>) {
        let Finding { fired, reading, .. } = finding;
        let switched: Vec<bool> =
            fired.iter().map(|hit| hit.action.is_none() && is_said_of_a_switch(reading, &hit.spans)).collect();
        for (hit, switched) in finding.fired.iter_mut().zip(switched) {
            let rule = &self.rules[hit.rule as usize];
            if !matches!(hit.fate, Fate::Won | Fate::OtherClass) {
                continue;
            }
            let wanted = rule.only_for.is_empty() || (finding.recognised && rule.only_for.contains(&finding.class));
            // "Adds a contact. The contact is returned": what an act hands back at its end is what its caller gave.
            let returned = finding.class > Class::Read
                && rule.class.is_none()
                && !rule.traits.is_empty()
                && rule.traits.iter().all(|of| matches!(of, Trait::PrivateData | Trait::UntrustedContent))
                && hit.action.is_some_and(|index| {
                    let action = &finding.actions[index as usize];
                    // Nor is another reading of the name ("comment_pull") evidence of reading.
                    action.place == Place::Description && action.weaker > 0
                        || action.place == Place::Name && action.extra
                });
            let action = hit.action.map(|index| &finding.actions[index as usize]);
            let asked = action.is_some_and(|action| is_asked_for(&self.lexicon, reading, action, rule, &hit.spans));
            let wanted = wanted && !returned && !asked;
            hit.fate = if wanted { Fate::Won } else { Fate::OtherClass };
            if !wanted {
                continue;
            }
            let switch = switched || hit.action.is_some_and(|index| finding.actions[index as usize].switch);
            finding.full_loss |= rule.traits.contains(&Trait::Destructive) && !rule.light && !switch;
            finding.full_act |= rule.class == Some(Class::Execute) && !rule.light;
            finding.traits.extend(rule.traits.iter().copied());
            finding.floor = finding.floor.max(rule.floor);
        }
    }

    /// Whether the tool is held to read by one weak verb alone: "Takes the boiler off." Low must be earned.
    fn is_unearned(&self, finding: &Finding<'_>) -> bool {
        let read = |hit: &&Fired| hit.fate == Fate::Won && self.rules[hit.rule as usize].class == Some(Class::Read);
        let placed = |place: Place| {
            move |hit: &Fired| hit.action.map(|index| finding.actions[index as usize].place) == Some(place)
        };
        let reads = || finding.fired.iter().filter(read);
        let verb = |hit: &Fired| hit.action.is_some_and(|index| finding.actions[index as usize].verb.is_some());
        let weak = reads().all(|hit| hit.strength < 2 && verb(hit));
        let agree = reads().any(placed(Place::Name)) && reads().any(placed(Place::Description));
        finding.class == Class::Read && finding.recognised && finding.gravest_operation.is_none() && weak && !agree
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
        if !finding.unread.is_empty() || finding.unknown_operation {
            return Confidence::Low;
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

/// Whether all that was said stands in the description of an optional parameter that turns something on.
fn is_said_of_a_switch(reading: &ToolText<'_>, spans: &[Span]) -> bool {
    !spans.is_empty()
        && spans.iter().all(|span| {
            let segment = &reading.segments[reading.segment_at(span.0)];
            segment.field == Field::ParameterDescription
                && reading.params.get(segment.parameter as usize).is_some_and(|param| {
                    let asks = ["whether", "if true", "if set", "when true", "set to true"];
                    let start = segment.original.trim_start().to_ascii_lowercase();
                    let switch = is_switch(param.schema) || asks.iter().any(|word| start.starts_with(word));
                    switch
                        && !param.required
                        && member_of(param.schema, "default").and_then(Value::as_bool) != Some(true)
                })
        })
}

/// Says what of the definition was not read: text and schemas past a limit or elsewhere, sentences of which no word is
/// known, what hides from people.
fn note_unread(finding: &mut Finding<'_>, foreign: Option<Span>) {
    let reading = &finding.reading;
    let mut unread = std::mem::take(&mut finding.unread);
    unread.extend(reading.unread.iter().cloned());
    if reading.mended.unread > 0 {
        unread.push(format!("{} bytes of overlong text", reading.mended.unread));
    }
    if let Some(span) = foreign {
        let text = evidence_of(reading, "", span).text;
        unread.push(format!("a sentence in a language that is not understood ({})", quote(&text)));
    }
    for (at, found) in &reading.hidden {
        let segment = &reading.segments[*at];
        if found.hiding == Hiding::Scrambled {
            unread.push(found.what.to_owned());
            continue;
        }
        let text = segment.original.get(found.start..found.end).unwrap_or_default().to_owned();
        finding.traits.insert(Trait::InstructsTheModel);
        finding.hidden.push(Evidence {
            rule: HIDDEN_TEXT.to_owned(),
            field: segment.field,
            pointer: segment.pointer.to_string(),
            text,
            start: found.start,
            end: found.end,
        });
        unread.push(format!("{} ({})", found.what, quote(&found.sentence)));
    }
    unread.dedup();
    finding.unread = unread;
}
