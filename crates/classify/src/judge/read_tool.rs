//! A tool laid out, its actions and the phrases of rules found in it out. It fires no rule.

use crate::judge::finding::Finding;
use crate::language::action::{Action, Word, of_name};
use crate::language::lexicon::role;
use crate::language::sentence;
use crate::language::server_context::ServerContext;
use crate::language::span::Span;
use crate::language::statements::PhraseHit;
use crate::language::tool_text::ToolText;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::Field;

impl Ruleset {
    /// The actions of name, title and description, and where the description makes statements.
    pub(crate) fn actions(&self, reading: &ToolText<'_>, context: &ServerContext) -> (Vec<Action>, Vec<Span>) {
        let name = reading.name_segment();
        let mut actions = of_name(reading, &self.lexicon, context, (name.start, name.end));
        let mut statements = Vec::new();
        let (title, description) = (&reading.segments[1], &reading.segments[2]);
        let before = actions.len();
        if description.end > description.start {
            statements =
                sentence::read(reading, &self.lexicon, (description.start, description.end), &mut actions).statements;
        }
        let said = actions[before..].iter().any(|action| action.verb.is_some());
        self.follow_description(reading, &mut actions[..], before);
        self.doubt_nouns(&mut actions[..], before);
        if title.end > title.start {
            let from = actions.len();
            statements.push((title.start, title.end));
            sentence::read(reading, &self.lexicon, (title.start, title.end), &mut actions);
            if said {
                // The title says again, in fewer words, what the description said.
                actions.truncate(from);
            }
            for action in &mut actions[from..] {
                action.weaker += 1;
            }
        }
        (actions, statements)
    }

    /// Of several verbs in a name the one that the description opens with is what the tool does: "query_stop: Stops a
    /// query". A verb in front that is hardly ever a noun there stays what it is, and so do verbs that the name joins.
    fn follow_description(&self, reading: &ToolText<'_>, actions: &mut [Action], named: usize) {
        let (name, described) = actions.split_at_mut(named);
        let [action] = name else { return };
        let Some(verb) = action.verb else { return };
        let verbs = |action: &&Action| action.verb.map(|said| said.lemma);
        if described.iter().filter_map(|action| verbs(&action)).any(|lemma| lemma == verb.lemma) {
            return;
        }
        let Some(opening) = described.iter().find(|action| action.weaker == 0).and_then(|action| verbs(&action)) else {
            return;
        };
        let joins = |word: &Word| {
            let known = reading.lexical_at(&self.lexicon, word.start, word.end);
            known.is_some_and(|(_, literal)| self.lexicon.meaning(literal).role(0) & role::CONJUNCTION != 0)
        };
        let first = action.objects.iter().all(|word| word.start > verb.start);
        let doubtful = self.lexicon.is_nouny(verb.lemma) && !(first && self.lexicon.is_verb_at_the_start(verb.lemma));
        if action.objects.iter().any(joins) || self.lexicon.is_light(opening) {
            return;
        }
        let starts = |word: &Word| word.start < verb.start && self.lexicon.is_verb_at_the_start(word.lemma);
        let said = action.objects.iter().position(|word| word.lemma == opening && (doubtful || starts(word)));
        if let Some(at) = said {
            action.verb = Some(action.objects.remove(at));
            let at = action.objects.partition_point(|word| word.start < verb.start);
            action.objects.insert(at, verb);
        }
    }

    /// A word of the name that is as often a noun, and stands where nouns stand, is less sure to be what the tool does
    /// where the description has another verb.
    fn doubt_nouns(&self, actions: &mut [Action], named: usize) {
        let (name, described) = actions.split_at_mut(named);
        let [action] = name else { return };
        let Some(verb) = action.verb else { return };
        let last = action.objects.iter().all(|word| word.end <= verb.start);
        let other = described
            .iter()
            .filter(|action| action.weaker == 0)
            .filter_map(|action| action.verb)
            .map(|said| said.lemma)
            .collect::<Vec<_>>();
        if other.is_empty() || other.contains(&verb.lemma) {
            return;
        }
        let nouny = self.lexicon.is_nouny(verb.lemma);
        let first = action.objects.iter().all(|word| word.start > verb.start);
        let firm = first && self.lexicon.is_verb_at_the_start(verb.lemma);
        action.light = self.lexicon.is_light(verb.lemma) || (nouny && !last && !firm);
        if last && nouny {
            action.weaker = 1;
        }
    }

    /// The phrases of a finding, found once more for those who look at it afterwards.
    pub(crate) fn phrases_again(&self, finding: &Finding<'_>, context: &ServerContext) -> Vec<PhraseHit> {
        let (_, statements) = self.actions(&finding.reading, context);
        self.phrases(&finding.reading, &statements)
    }

    pub(crate) fn phrases(&self, reading: &ToolText<'_>, statements: &[Span]) -> Vec<PhraseHit> {
        let mut phrases = Vec::new();
        let mut add = |literal, span: Span| {
            let segment = reading.segment_at(span.0);
            let stated = matches!(reading.segments[segment].field, Field::Title | Field::Description)
                && statements.iter().any(|(from, to)| *from <= span.0 && span.1 <= *to);
            phrases.push(PhraseHit { literal, span, segment: segment as u32, stated });
        };
        for hit in &reading.hits {
            if self.lexicon.meaning(hit.literal).phrase {
                add(hit.literal, (hit.start, hit.end));
            }
        }
        // Names of one or two letters ("q") are too short for the automaton.
        for segment in reading.segments.iter().filter(|s| s.field == Field::Parameter && s.end - s.start <= 2) {
            let word = &reading.text.as_bytes()[segment.start as usize..segment.end as usize];
            if let Some(literal) = self.lexicon.short(word) {
                add(literal, (segment.start, segment.end));
            }
        }
        phrases
    }
}
