//! A tool in, a verdict out: finds the actions, fires the rules, weighs the hits, and says why.
//!
//! Pure: no clock, no files, no order but that of the input. It never panics, whatever the text.

use super::action::{Action, Place, ServerContext};
use super::annotation::{self, Trust};
use super::clause::{Scene, Span};
use super::operation;
use super::rationale;
use super::reading::Reading;
use super::ruleset::Ruleset;
use super::weigh::{overrule, settle};
use mcpdex_model::{
    Category, Class, Confidence, Evidence, Field, OperationVerdict, Overruled, Risk, Tool, Trait, Verdict,
};
use std::collections::BTreeSet;

/// A rule that fired.
#[derive(Debug, Clone)]
pub(super) struct Fired {
    pub rule: u32,
    pub clause: u32,
    /// The action that it fired on; `None` for the tool as a whole.
    pub action: Option<u32>,
    pub spans: Vec<Span>,
    /// 3 high, 2 medium, 1 low, 0 still less.
    pub strength: u8,
    pub fate: Fate,
}

/// What became of a rule that fired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is part of the verdict.
    Won,
    /// Its own `unless` held.
    Cancelled,
    /// The rule of this number overrules it.
    Overruled(u32),
    /// Evidence for a lighter class was stronger.
    Weaker,
    /// It is only for tools of another class.
    OtherClass,
}

/// Everything that was found about one tool, before it is put into words.
pub(super) struct Finding<'t> {
    pub reading: Reading<'t>,
    pub actions: Vec<Action>,
    pub fired: Vec<Fired>,
    pub class: Class,
    pub traits: BTreeSet<Trait>,
    pub floor: Option<Risk>,
    pub recognised: bool,
    pub operations: Vec<OperationVerdict>,
    /// The operation that made the tool as grave as it is, with its evidence.
    pub gravest_operation: Option<Evidence>,
}

impl Ruleset {
    /// Judges one tool; the server's annotations may raise the verdict and never lower it.
    pub fn judge(&self, context: &ServerContext, tool: &Tool) -> Verdict {
        self.judge_trusting(context, tool, Trust::RaiseOnly)
    }

    /// Judges one tool and treats its annotations as `trust` says.
    pub fn judge_trusting(&self, context: &ServerContext, tool: &Tool, trust: Trust) -> Verdict {
        let finding = self.find(context, tool);
        let verdict = self.verdict(context, tool, finding, trust);
        match &tool.other_reading {
            None => verdict,
            Some(other) => graver(verdict, self.judge_trusting(context, other, trust)),
        }
    }

    pub(super) fn find<'t>(&self, context: &ServerContext, tool: &'t Tool) -> Finding<'t> {
        let mut reading = Reading::of(tool, &self.lexicon);
        self.claims.blank(&mut reading, &self.lexicon);
        let (actions, statements) = self.actions(&reading, context);
        let phrases = self.phrases(&reading, &statements);
        let scene = Scene { reading: &reading, context, phrases: &phrases, actions: &actions };
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
    pub(super) fn fire(&self, scene: &Scene<'_, '_>, range: std::ops::Range<usize>) -> Vec<Fired> {
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
        scene: &Scene<'_, '_>,
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

    fn verdict(&self, context: &ServerContext, tool: &Tool, finding: Finding<'_>, trust: Trust) -> Verdict {
        let claims = annotation::weigh(tool, &finding, self.confidence(&finding), trust);
        let class = claims.class;
        let traits = claims.traits.clone();
        let recognised = finding.recognised || claims.lowered;
        let confidence = if claims.lowered { Confidence::Medium } else { self.confidence(&finding) };
        let mut risk = Risk::of(class, &traits);
        if !claims.lowered {
            risk = risk.max(finding.floor.unwrap_or(Risk::Low));
        }
        let evidence = self.evidence(&finding);
        let rationale = rationale::write(&rationale::Settled {
            set: self,
            finding: &finding,
            claims: &claims,
            class,
            traits: &traits,
            risk,
            recognised,
        });
        Verdict {
            server: context.server.clone(),
            name: tool.name.clone(),
            class,
            risk,
            confidence,
            category: Category::of(class, &traits),
            rationale,
            evidence,
            overruled: self.overruled(&finding),
            frameworks: self.taxonomy.of(class, &traits),
            sep2793: self.taxonomy.sep2793(class, &traits, risk, recognised),
            audit: claims.audit,
            notes: finding.reading.mended.notes(),
            operations: finding.operations,
            recognised,
            ruleset: self.digest().to_owned(),
            traits,
        }
    }

    /// Name and description agree: high. One of them alone: medium. They contradict each other, or only weak evidence
    /// spoke: low.
    pub(super) fn confidence(&self, finding: &Finding<'_>) -> Confidence {
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

    pub(super) fn span_evidence(&self, finding: &Finding<'_>, rule: &str, span: Span) -> Evidence {
        evidence_of(&finding.reading, rule, span)
    }

    fn evidence(&self, finding: &Finding<'_>) -> Vec<Evidence> {
        let mut found: Vec<(u32, Evidence)> = Vec::new();
        for hit in finding.fired.iter().filter(|hit| hit.fate == Fate::Won) {
            for span in &hit.spans {
                let evidence = self.span_evidence(finding, &self.rules[hit.rule as usize].id, *span);
                if !found.iter().any(|(_, known)| *known == evidence) {
                    found.push((span.0, evidence));
                }
            }
        }
        found.sort_by_key(|(at, _)| *at);
        let mut evidence: Vec<Evidence> = found.into_iter().map(|(_, evidence)| evidence).collect();
        evidence.truncate(MAX_EVIDENCE);
        evidence.extend(finding.gravest_operation.clone());
        evidence
    }

    fn overruled(&self, finding: &Finding<'_>) -> Vec<Overruled> {
        let mut lost: Vec<Overruled> = Vec::new();
        for hit in &finding.fired {
            let rule = &self.rules[hit.rule as usize];
            let Some(class) = rule.class else { continue };
            let reason = match hit.fate {
                Fate::Won if class != finding.class => format!("{} is graver", finding.class),
                Fate::Overruled(by) => format!("overruled by {}", self.rules[by as usize].id),
                Fate::Weaker => "evidence for a lighter class is stronger".to_owned(),
                _ => continue,
            };
            if lost.len() >= MAX_OVERRULED || lost.iter().any(|l| l.evidence.first().is_some_and(|e| e.rule == rule.id))
            {
                continue;
            }
            let evidence = hit.spans.iter().map(|span| self.span_evidence(finding, &rule.id, *span)).collect();
            lost.push(Overruled { class, traits: rule.traits.iter().copied().collect(), reason, evidence });
        }
        lost
    }
}

/// How many pieces of evidence a verdict shows.
const MAX_EVIDENCE: usize = 8;
/// How many overruled classes a verdict shows.
const MAX_OVERRULED: usize = 4;

/// The words at `span`, as they stand in the original.
pub(super) fn evidence_of(reading: &Reading<'_>, rule: &str, span: Span) -> Evidence {
    let segment = &reading.segments[reading.segment_at(span.0)];
    let (start, end) = segment.original_span(span.0, span.1);
    let text = segment.original.get(start..end).unwrap_or_default().to_owned();
    let pointer = match segment.field {
        Field::Name => "/name".to_owned(),
        Field::Title => reading.title_pointer.to_owned(),
        Field::Parameter => parameter_pointer(reading, segment.parameter),
        Field::ParameterDescription => format!("{}/description", parameter_pointer(reading, segment.parameter)),
        _ => "/description".to_owned(),
    };
    Evidence { rule: rule.to_owned(), field: segment.field, pointer, text, start, end }
}

/// JSON pointer to a parameter's schema.
pub(super) fn parameter_pointer(reading: &Reading<'_>, parameter: u32) -> String {
    let name = reading.params.get(parameter as usize).map_or("", |param| param.name);
    format!("/inputSchema/properties/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Of two readings of one text the graver one, under the name that mcpdex knows the tool by. Which of them an agent
/// gets depends on its client, so neither can be sure.
fn graver(last: Verdict, first: Verdict) -> Verdict {
    let rank = |verdict: &Verdict| (verdict.risk, verdict.class);
    let name = last.name.clone();
    let mut verdict = if rank(&first) > rank(&last) { first } else { last };
    verdict.name = name;
    verdict.confidence = Confidence::Low;
    verdict.notes.push("a key stands twice in the definition; this is the graver of its two readings".to_owned());
    verdict
}
