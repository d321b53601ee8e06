//! A tool laid out, its actions and the phrases of rules found in it out. It fires no rule.

use crate::judge::finding::Finding;
use crate::language::action::{Action, Place, Word, of_name};
use crate::language::lexicon::role;
use crate::language::schema_walk::member_of;
use crate::language::sentence::{self, read_beside};
use crate::language::server_context::ServerContext;
use crate::language::span::Span;
use crate::language::statements::PhraseHit;
use crate::language::tool_text::ToolText;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::Field;
use serde_json::Value;

/// What a tool says, laid out for the rules.
#[derive(Debug, Default)]
pub(crate) struct ReadTool {
    pub actions: Vec<Action>,
    /// Ranges of the text that are statements about the tool.
    pub statements: Vec<Span>,
    /// The first of them in the description.
    pub opening: Option<Span>,
    /// Whether an unknown word stands where the first sentence has its verb.
    pub unknown_verb: bool,
    /// Whether an unknown word is joined to the verb of the first sentence.
    pub unknown_joined: bool,
    /// A sentence of which nothing is known.
    pub foreign: Option<Span>,
    /// Every sentence of the description, statements or not.
    pub sentences: Vec<Span>,
    /// Whether the first of them says what is done.
    pub opens_with_deed: bool,
    /// Blanks of the description behind which a sentence may begin that nothing parts from the one before.
    pub doubtful_ends: Vec<u32>,
}

/// Whether a parameter only says what is shown: what its description speaks of happens elsewhere.
fn is_about_showing(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["include", "show", "with_", "only_", "exclude", "hide"].iter().any(|start| name.starts_with(start))
}

/// Whether a parameter turns something on or off.
pub(crate) fn is_switch(schema: &Value) -> bool {
    let boolean = |schema: &Value| member_of(schema, "type").and_then(Value::as_str) == Some("boolean");
    let on_off = member_of(schema, "enum").and_then(Value::as_array).is_some_and(|values| {
        values.iter().all(|value| matches!(value.as_str(), Some("on" | "off" | "yes" | "no" | "true" | "false")))
    });
    boolean(schema)
        || on_off
        || member_of(schema, "anyOf").and_then(Value::as_array).is_some_and(|variants| variants.iter().any(boolean))
}

impl Ruleset {
    /// Everything that name, title, description and parameters say is done, and where the description makes statements.
    pub(crate) fn actions(&self, reading: &ToolText<'_>, context: &ServerContext) -> ReadTool {
        let name = reading.name_segment();
        let mut actions = of_name(reading, &self.lexicon, context, (name.start, name.end));
        let mut read = ReadTool::default();
        let (title, description) = (&reading.segments[1], &reading.segments[2]);
        let before = actions.len();
        if description.end > description.start {
            let prose = sentence::read(reading, &self.lexicon, (description.start, description.end), &mut actions);
            read.unknown_verb = prose.unknown_verb;
            read.unknown_joined = prose.unknown_joined;
            read.foreign = prose.foreign;
            read.opening = prose.statements.first().copied();
            read.statements = prose.statements;
            read.sentences = prose.sentences;
            read.opens_with_deed = prose.opens_with_deed;
            read.doubtful_ends = prose.doubtful_ends;
        }
        let said = actions[before..].iter().any(|action| action.verb.is_some() && !action.extra);
        self.follow_description(reading, &mut actions[..], before);
        self.doubt_nouns(&mut actions[..], before);
        if title.end > title.start {
            let from = actions.len();
            read.statements.push((title.start, title.end));
            let mut titled = Vec::new();
            sentence::read(reading, &self.lexicon, (title.start, title.end), &mut titled);
            // Where the description speaks, the title may only add to it.
            titled.retain(|action| !said || action.verb.is_some());
            actions.extend(titled);
            for action in &mut actions[from..] {
                action.weaker = (action.weaker + 1).min(2);
                action.extra |= said;
                action.asserted = true;
            }
        }
        for segment in reading.segments.iter().filter(|s| s.field == Field::ParameterDescription && s.end > s.start) {
            let Some(param) = reading.params.get(segment.parameter as usize) else { continue };
            let switch = is_switch(param.schema);
            let span = (segment.start, segment.end);
            let from = actions.len();
            if is_about_showing(param.name) {
                continue;
            }
            let told = segment.pointer.contains("/oneOf/") || segment.pointer.contains("/anyOf/");
            read_beside(reading, &self.lexicon, span, Place::Parameter, switch, told, &mut actions);
            // What is on by default, or has to be chosen, waits for nothing.
            if param.required || member_of(param.schema, "default").and_then(Value::as_bool) == Some(true) {
                actions[from..].iter_mut().for_each(|action| action.switch = false);
            }
        }
        read.actions = actions;
        read
    }

    /// Of several verbs in a name the one that the description opens with is what the tool does: "query_stop: Stops a
    /// query". A verb in front that is hardly ever a noun there stays what it is, and so do verbs that the name joins.
    fn follow_description(&self, reading: &ToolText<'_>, actions: &mut [Action], named: usize) {
        let (name, described) = actions.split_at_mut(named);
        let mut plain = name.iter_mut().filter(|action| !action.extra);
        let (Some(action), None) = (plain.next(), plain.next()) else { return };
        let Some(verb) = action.verb else { return };
        let verbs = |action: &&Action| action.verb.map(|said| said.lemma);
        if described
            .iter()
            .filter(|action| !action.extra)
            .filter_map(|action| verbs(&action))
            .any(|lemma| lemma == verb.lemma)
        {
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
        let mut plain = name.iter_mut().filter(|action| !action.extra);
        let (Some(action), None) = (plain.next(), plain.next()) else { return };
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
    pub(crate) fn phrases_again(&self, finding: &Finding<'_>, context: &ServerContext) -> (Vec<PhraseHit>, Vec<Span>) {
        let read = self.actions(&finding.reading, context);
        (self.phrases(&finding.reading, &read.statements, read.opening), read.sentences)
    }

    pub(crate) fn phrases(&self, reading: &ToolText<'_>, statements: &[Span], opening: Option<Span>) -> Vec<PhraseHit> {
        let mut phrases = Vec::with_capacity(32);
        let mut add = |literal, span: Span| {
            let segment = reading.segment_at(span.0);
            let field = reading.segments[segment].field;
            let stated = matches!(field, Field::Title | Field::Description)
                && statements.iter().any(|(from, to)| *from <= span.0 && span.1 <= *to);
            let opening = opening.is_some_and(|(from, to)| from <= span.0 && span.1 <= to);
            let denied = self.lexicon.meaning(literal).said && self.is_denied(reading, span);
            phrases.push(PhraseHit { literal, span, segment: segment as u32, field, stated, opening, denied });
        };
        for hit in &reading.hits {
            if self.lexicon.facts(hit.literal).phrase {
                add(hit.literal, (hit.start, hit.end));
            }
        }
        // Names of one or two letters ("q") are not among the hits.
        for segment in reading.segments.iter().filter(|s| s.field == Field::Parameter && s.end - s.start <= 2) {
            let word = &reading.text.as_bytes()[segment.start as usize..segment.end as usize];
            if let Some(literal) = self.lexicon.short(word) {
                add(literal, (segment.start, segment.end));
            }
        }
        phrases
    }

    /// Whether a word of negation stands at most two words before `span`, in the same sentence.
    fn is_denied(&self, reading: &ToolText<'_>, span: Span) -> bool {
        // Words of two letters are not among the hits.
        let short = reading.text[..span.0 as usize].rsplit(char::is_whitespace).filter(|word| !word.is_empty()).take(3);
        let small = |word: &str| {
            let literal = self.lexicon.short(word.as_bytes());
            literal
                .is_some_and(|of| self.lexicon.meaning(of).roles.iter().any(|(_, roles)| roles & role::NEGATION != 0))
        };
        let denies = short
            .take_while(|word| !word.ends_with(['.', ':', ';', ',', '。', '!', '?']))
            .any(|word| small(word.trim_start_matches(['(', '"', '\''])));
        if denies {
            return true;
        }
        let until = reading.hits.partition_point(|hit| hit.start < span.0);
        reading.hits[..until].iter().rev().take(24).any(|hit| {
            let negation = self.lexicon.meaning(hit.literal).roles.iter().any(|(_, roles)| roles & role::NEGATION != 0);
            let Some(between) = reading.text.get(hit.end as usize..span.0 as usize).filter(|_| negation) else {
                return false;
            };
            between.split_whitespace().count() <= 2 && !between.contains(['.', ':', ';', '\n', ',', '。'])
        })
    }
}
