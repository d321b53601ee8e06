//! The readings that one tool admits, and the gravest of them: words that joints take apart read joined, sentences that
//! nothing parts read as two, and the text without what was added to it. Another reading may only raise: whoever appends a
//! sentence must not change what stands before it to something milder.

use crate::judge::finding::{Fate, Finding, Fired};
use crate::language::action::Place;
use crate::language::server_context::ServerContext;
use crate::language::span::Span;
use crate::language::tool_text::ToolText;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::{Class, Risk, Tool, Trait};

/// Where the sentences of a description stand, and how sure that is.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    pub sentences: Vec<Span>,
    /// Whether the first of them says what is done.
    pub opens_with_deed: bool,
    /// Blanks behind which a sentence may begin that nothing parts from the one before.
    pub doubtful_ends: Vec<u32>,
}

impl Ruleset {
    /// What is found about `tool`, in the gravest of its readings.
    pub(crate) fn find<'t>(&self, context: &ServerContext, tool: &'t Tool) -> Finding<'t> {
        let mut reading = ToolText::of(tool, &self.lexicon);
        reading.look_for_hidden();
        self.claims.blank(&mut reading, &self.lexicon);
        let joined = reading.joined(&self.lexicon);
        let finding = self.find_all(context, tool, reading);
        match joined {
            None => finding,
            Some(joined) => graver(finding, self.find_all(context, tool, joined)),
        }
    }

    /// The gravest reading of one laid-out text: as it stands, with its doubtful sentences parted, and without sentences
    /// behind which something graver was lost.
    fn find_all<'t>(&self, context: &ServerContext, tool: &'t Tool, reading: ToolText<'t>) -> Finding<'t> {
        let (mut finding, layout) = self.find_in(context, tool, reading);
        if rank(&finding).0 == Risk::Critical && finding.traits.contains(&Trait::Destructive) {
            return finding;
        }
        let plain = &finding.reading;
        let (mut texts, mut parted) = (Vec::new(), 0);
        if let Some(last) = layout.doubtful_ends.last() {
            if self.names_grave_deeds(&finding) {
                texts.push(plain.ended_at(&[*last]));
                if layout.doubtful_ends.len() > 1 {
                    texts.push(plain.ended_at(&layout.doubtful_ends));
                }
                parted = texts.len();
            }
            if self.lost_something(&finding, *last) {
                texts.push(plain.without((*last, plain.segments[2].end)));
            }
        }
        texts.extend(self.cuts(&finding, &layout).into_iter().map(|cut| plain.without(cut)));
        let bare = self.undescribed(&finding, &layout);
        for (nth, text) in texts.into_iter().enumerate() {
            let (other, _) = self.find_in(context, tool, text);
            // What only runs on into the sentence before it makes nothing surer.
            if nth < parted && rank(&other) == rank(&finding) && self.confidence(&other) < self.confidence(&finding) {
                finding = other;
            } else if rank(&other).0 >= Risk::High {
                finding = graver(finding, other);
            }
        }
        if let Some(bare) = bare {
            let (other, _) = self.find_in(context, tool, bare);
            // A change of records does not make a shell something else.
            let counts = !layout.opens_with_deed || other.traits.contains(&Trait::CodeExecution);
            if counts && rank(&other).0 >= Risk::High {
                finding = graver(finding, other);
            }
        }
        finding
    }

    /// Whether a verb stands anywhere in the text that some rule holds for more than a change of records.
    fn names_grave_deeds(&self, finding: &Finding<'_>) -> bool {
        finding.reading.hits.iter().any(|hit| {
            let verbs = &self.lexicon.meaning(hit.literal).verbs;
            verbs.iter().flat_map(|verb| &self.by_verb[verb.lemma as usize]).any(|(rule, _)| {
                let rule = &self.rules[*rule as usize];
                rule.class == Some(Class::Execute) || rule.class > Some(Class::Read) && !rule.traits.is_empty()
            })
        })
    }

    /// What of the description is left out to see whether it lowered what stands before it.
    fn cuts(&self, finding: &Finding<'_>, layout: &Layout) -> Vec<Span> {
        let [first, .., last] = layout.sentences.as_slice() else { return Vec::new() };
        let end = finding.reading.segments[2].end;
        if !self.lost_something(finding, last.0) {
            return Vec::new();
        }
        let mut cuts = vec![(first.1, end)];
        if layout.sentences.len() > 2 {
            cuts.push((last.0, end));
        }
        cuts
    }

    /// The tool without its description, where that does not open with what the tool does, or with a change of records, and
    /// name or parameters speak for themselves.
    fn undescribed<'t>(&self, finding: &Finding<'t>, layout: &Layout) -> Option<ToolText<'t>> {
        let (from, to) = (layout.sentences.first()?.0, finding.reading.segments[2].end);
        if layout.opens_with_deed && finding.class != Class::Write {
            return None;
        }
        let told = finding.fired.iter().any(|hit| {
            let acts = self.rules[hit.rule as usize].class > Some(Class::Read);
            acts && hit.action.is_none() && hit.fate == Fate::Won
        });
        (told || self.lost_something(finding, from)).then(|| finding.reading.without((from, to)))
    }

    /// Whether something before `until` tells of something graver than the verdict and did not count. What the exception of
    /// a rule keeps quiet that tells of no loss, money or code is settled by the whole text.
    fn lost_something(&self, finding: &Finding<'_>, until: u32) -> bool {
        finding.fired.iter().any(|hit| self.is_lost(finding, hit, until))
    }

    fn is_lost(&self, finding: &Finding<'_>, hit: &Fired, until: u32) -> bool {
        const GRAVE: [Trait; 3] = [Trait::Destructive, Trait::Financial, Trait::CodeExecution];
        let rule = &self.rules[hit.rule as usize];
        let graver = rule.class > Some(finding.class)
            || rule.class > Some(Class::Read)
                && rule.traits.iter().any(|of| GRAVE.contains(of) && !finding.traits.contains(of));
        let earlier = hit.action.is_none_or(|index| {
            let action = &finding.actions[index as usize];
            action.place != Place::Description || action.verb.is_none_or(|verb| verb.start < until)
        });
        let lost = match hit.fate {
            Fate::Cancelled => rule.traits.iter().any(|of| GRAVE.contains(of)),
            Fate::Overruled(_) | Fate::Weaker => true,
            Fate::Won | Fate::OtherClass => false,
        };
        graver && earlier && lost
    }
}

/// How grave a finding is; of critical ones a loss is the gravest, for it is never let through.
fn rank(finding: &Finding<'_>) -> (Risk, bool, Class, usize) {
    let risk = finding.risk(finding.class, &finding.traits);
    let loss = risk == Risk::Critical && finding.traits.contains(&Trait::Destructive);
    (risk, loss, finding.class, finding.traits.len())
}

/// The graver of two findings; what either could not read stays unread.
fn graver<'t>(first: Finding<'t>, other: Finding<'t>) -> Finding<'t> {
    let (mut kept, other) = if rank(&other) > rank(&first) { (other, first) } else { (first, other) };
    for what in other.unread {
        if !kept.unread.contains(&what) {
            kept.unread.push(what);
        }
    }
    kept
}
