//! One sentence whose verb stands in front (English and most others): its main verb, the verbs joined to it, and their
//! objects. It reads one sentence and knows nothing of the next.

use crate::language::action::{Action, Place, Word};
use crate::language::lexicon::{Form, VerbForm, role};
use crate::language::sentence::Prose;
use crate::language::token::Kind;

/// How many words of an object are kept.
pub(crate) const MAX_OBJECT: usize = 8;
/// How far a subject may reach before its verb.
pub(crate) const MAX_SUBJECT: usize = 9;

impl Prose<'_, '_> {
    pub(crate) fn verb_first(&self, from: usize, to: usize, language: u8, first: bool, actions: &mut Vec<Action>) {
        let Some(main) = self.main_verb(from, to, language, first) else {
            let infinitive = self.lexicon.languages.get(usize::from(language)).is_some_and(|l| l.final_infinitive);
            if infinitive && first && self.final_verb(from, to, language, actions) {
                return;
            }
            if first {
                self.noun_phrase(from, to, language, actions);
            }
            return;
        };
        let weaker = u8::from(!first);
        let form = self.verb(main, language).map(|v| v.form);
        let before = actions.len();
        self.push(main, to, language, weaker, actions);
        let after_main = actions.len();
        // Further main verbs: joined by a conjunction, comma or slash, and in the same form.
        let mut subordinate = false;
        let mut depth = 0u32;
        for index in main + 1..to {
            match self.tokens[index].kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > 0 {
                continue;
            }
            let roles = self.role(index, language);
            // "Check for and install updates": both verbs share what comes behind.
            let shared = index + 1 < to && self.role(index + 1, language) & role::CONJUNCTION != 0;
            if roles & role::SUBORDINATOR != 0 && !shared {
                subordinate = true;
            }
            let Some(verb) = self.verb(index, language) else { continue };
            if Some(verb.form) != form || verb.form == Form::Past || (subordinate && verb.form == Form::Base) {
                continue;
            }
            if !self.is_joined(index, main, language) || self.is_negated(index, main, language) {
                continue;
            }
            // "Get view and edit rights": what is joined to the word behind the verb tells which object.
            if index == main + 3 && self.verb(main + 1, language).is_some() {
                continue;
            }
            // "the pages (view/edit)": a slash joins verbs only where nothing else stands between.
            if self.tokens[index - 1].kind == Kind::Slash && !self.is_chain(main, index, language) {
                continue;
            }
            // "lists issues, commits and updates": plurals that look like a third person.
            let plural = verb.form == Form::Third && self.lexicon.is_nouny_in_prose(verb.lemma);
            if plural && !self.shows_verb(index, to, language) && !self.is_chain(main, index, language) {
                continue;
            }
            let chain = self.is_chain(main, index, language);
            let shown = self.shows_verb(index, to, language) || chain;
            // "a new, empty shelf": after a comma alone comes a verb only where the series ends with a joined one.
            let comma = self.tokens[index - 1].kind == Kind::Comma && verb.form == Form::Base;
            if comma && !shown && !self.ends_with_a_joined_verb(index, to, language) {
                continue;
            }
            // "clothing, books, appliances": what is joined and has no object of its own is a noun.
            if !chain && !self.has_object(index, to, language) {
                continue;
            }
            if self.lexicon.is_nouny(verb.lemma) && !shown {
                continue;
            }
            self.push(index, to, language, weaker, actions);
        }
        actions[after_main..].iter_mut().for_each(|action| action.joined = true);
        // "Create, rename or delete pages": verbs without an object share the last one's.
        if let Some((objects, head)) = actions.last().map(|a| (a.objects.clone(), a.head)) {
            for action in &mut actions[before..] {
                if action.objects.is_empty() {
                    action.objects.clone_from(&objects);
                    action.head = head;
                }
            }
        }
    }

    /// The token of the main verb of a sentence whose verb stands in front.
    fn main_verb(&self, from: usize, to: usize, language: u8, first: bool) -> Option<usize> {
        let mut at = self.after_lead(self.after_label(from, to, language), to, language);
        let mut carried = false;
        let mut blocked = false;
        let mut subject = 0;
        while at < to {
            let token = self.tokens[at];
            let roles = self.role(at, language);
            match token.kind {
                Kind::Open => {
                    at = self.after_close(at, to);
                    continue;
                }
                Kind::Other | Kind::Bullet | Kind::LineEnd => {
                    at += 1;
                    continue;
                }
                Kind::Word => {}
                Kind::Comma if subject == 0 => {
                    at += 1;
                    continue;
                }
                _ => return None,
            }
            if roles & role::FILLER != 0 {
                carried = true;
                blocked = false;
                subject = 0;
                at += 1;
                continue;
            }
            if roles & role::CAUSATIVE != 0
                && first
                && subject == 0
                && let Some(caused) = self.caused(at, to, language)
            {
                return Some(caused);
            }
            if roles & role::CARRIER != 0 && (first || carried || subject > 0 || self.is_third(at, language)) {
                carried = true;
                blocked = false;
                subject = 0;
                at += 1;
                continue;
            }
            // "An agent for finding pages": what an instrument is for is what it does.
            let hands_on = subject > 0
                && roles & (role::SUBORDINATOR | role::PREPOSITION) != 0
                && self.role(at - 1, language) & role::INSTRUMENT != 0;
            if hands_on && first {
                carried = true;
                blocked = false;
                subject = 0;
                at += 1;
                continue;
            }
            if roles & role::NEGATION != 0 || roles & role::SUBORDINATOR != 0 {
                return None;
            }
            if let Some(verb) = self.verb(at, language) {
                let accepted = match verb.form {
                    Form::Past => false,
                    Form::Base => subject == 0 && (first || carried),
                    Form::Gerund => subject == 0 && (first || carried),
                    Form::Third | Form::Main => subject == 0 || !self.lexicon.is_nouny(verb.lemma),
                };
                // "Queries are checked": a plural, of which something is said.
                let told_of = verb.form == Form::Third
                    && at + 1 < to
                    && self.role(at + 1, language) & (role::PASSIVE | role::COPULA) != 0;
                // "the rendering overrides (…)": a plural that does nothing to anything.
                let idle = verb.form == Form::Third
                    && subject > 0
                    && self.lexicon.is_nouny_in_prose(verb.lemma)
                    && self.tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Open);
                let accepted = accepted && !blocked && !told_of && !idle;
                let shown = subject == 0 || !self.lexicon.is_nouny(verb.lemma) || self.shows_verb(at, to, language);
                if accepted && shown && !self.is_noun_here(at, to, language, verb) {
                    return Some(at);
                }
            }
            // "Stay informed with updates": what follows a preposition is no main verb, unless a carrier comes between.
            blocked |= roles & role::PREPOSITION != 0 && subject > 0;
            if !self.is_adverb(at, language) {
                subject += 1;
            }
            if subject > MAX_SUBJECT {
                return None;
            }
            at += 1;
        }
        None
    }

    fn is_third(&self, at: usize, language: u8) -> bool {
        self.verb(at, language).is_some_and(|v| v.form == Form::Third)
    }

    /// Words before a verb that leave it the main one: conjunctions, adverbs.
    pub(crate) fn is_adverb(&self, at: usize, language: u8) -> bool {
        if self.role(at, language) & role::CONJUNCTION != 0 {
            return true;
        }
        let token = self.tokens[at];
        let word = &self.reading.text[token.start as usize..token.end as usize];
        token.literal.is_none()
            && self.lexicon.languages.get(usize::from(language)).is_some_and(|l| {
                l.adverb_endings.iter().any(|end| word.len() > end.len() + 2 && word.ends_with(end.as_str()))
            })
    }

    /// A word that is as often a noun, and here stands where a noun does: "Order status", "Report of …".
    fn is_noun_here(&self, at: usize, to: usize, language: u8, verb: VerbForm) -> bool {
        if !self.lexicon.is_nouny(verb.lemma) || verb.form != Form::Base {
            return false;
        }
        if at + 1 >= to {
            return false;
        }
        let roles = self.role(at + 1, language);
        // "Download and import a model", "List or search for files": a verb that is joined to another one.
        let begins = self.lexicon.is_verb_at_the_start(verb.lemma);
        if roles & role::CONJUNCTION != 0
            && at + 3 < to
            && self
                .verb(at + 2, language)
                .is_some_and(|v| v.form == Form::Base && (begins || !self.lexicon.is_nouny(v.lemma)))
        {
            return false;
        }
        roles & (role::GENITIVE | role::CONJUNCTION) != 0 && roles & role::DETERMINER == 0
            || (self.tokens[at + 1].kind == Kind::Word
                && self.is_third(at + 1, language)
                && at + 2 < to
                && self.shows_verb(at + 1, to, language))
    }

    /// Whether the verb at `index` is joined to the one before: directly after a conjunction, comma or slash.
    pub(crate) fn is_joined(&self, index: usize, main: usize, language: u8) -> bool {
        let mut at = index;
        while at > main + 1 {
            at -= 1;
            let roles = self.role(at, language);
            if roles & role::CONJUNCTION != 0 {
                return true;
            }
            match self.tokens[at].kind {
                Kind::Comma | Kind::Slash => return true,
                Kind::Word if roles & role::FILLER != 0 => {}
                _ => return false,
            }
        }
        at == main + 1 && matches!(self.tokens[main].kind, Kind::Slash)
    }

    /// Whether a verb in the form of commands is joined by a conjunction behind `index`.
    fn ends_with_a_joined_verb(&self, index: usize, to: usize, language: u8) -> bool {
        (index + 2..to).any(|at| {
            self.role(at - 1, language) & (role::CONJUNCTION | role::FILLER) != 0
                && self.verb(at, language).is_some_and(|verb| verb.form == Form::Base)
        })
    }

    fn has_object(&self, index: usize, to: usize, language: u8) -> bool {
        index + 1 < to
            && matches!(self.tokens[index + 1].kind, Kind::Word)
            && self.role(index + 1, language) & role::CONJUNCTION == 0
    }

    /// Whether nothing but verbs and what joins them stands between: "Create, update or export pages".
    fn is_chain(&self, main: usize, index: usize, language: u8) -> bool {
        // "Get view and edit rights": two verbs with nothing between them are a verb and its object.
        let mut after_verb = true;
        for at in main + 1..index {
            let joins = matches!(self.tokens[at].kind, Kind::Comma | Kind::Slash)
                || self.role(at, language) & (role::CONJUNCTION | role::FILLER) != 0;
            let verb = !joins && self.verb(at, language).is_some_and(|v| v.form != Form::Past);
            if !joins && (!verb || after_verb) {
                return false;
            }
            after_verb = verb;
        }
        true
    }

    pub(crate) fn is_negated(&self, index: usize, main: usize, language: u8) -> bool {
        (main.max(index.saturating_sub(3))..index).any(|at| self.role(at, language) & role::NEGATION != 0)
    }

    /// Whether the word after shows that this one is a verb: a determiner, or an object of unknown words in a list.
    fn shows_verb(&self, index: usize, to: usize, language: u8) -> bool {
        index + 1 < to && self.role(index + 1, language) & role::DETERMINER != 0
    }

    /// Adds the action of the verb at `index`, with the object that follows it.
    fn push(&self, index: usize, to: usize, language: u8, weaker: u8, actions: &mut Vec<Action>) {
        let Some(verb) = self.verb(index, language) else { return };
        let token = self.tokens[index];
        let (objects, head) = self.object(index + 1, to, language);
        actions.push(Action {
            bare: objects.is_empty() && index + 1 >= to,
            weaker,
            ..Action::said(
                Place::Description,
                Some(Word { lemma: verb.lemma, start: token.start, end: token.end }),
                objects,
                head,
            )
        });
    }

    pub(crate) fn object(&self, from: usize, to: usize, language: u8) -> (Vec<Word>, Option<usize>) {
        let mut objects: Vec<Word> = Vec::new();
        let mut head = None;
        let mut depth = 0u32;
        for index in from..to.min(from + 14) {
            let token = self.tokens[index];
            let roles = self.role(index, language);
            match token.kind {
                Kind::Word => {}
                // "(and drops the rest) The next": what stands behind the brackets around it is no object.
                Kind::Close if depth == 0 => break,
                Kind::Close => {
                    depth -= 1;
                    continue;
                }
                Kind::Open => {
                    depth += 1;
                    continue;
                }
                Kind::Slash => continue,
                Kind::Comma if !objects.is_empty() => continue,
                _ => break,
            }
            if roles & role::SUBORDINATOR != 0 {
                break;
            }
            if roles & role::GENITIVE != 0 {
                head = head.or(objects.len().checked_sub(1));
                continue;
            }
            if roles & role::PREPOSITION != 0 {
                if objects.is_empty() {
                    continue;
                }
                break;
            }
            if roles & (role::DETERMINER | role::CONJUNCTION | role::FILLER) != 0 {
                continue;
            }
            objects.push(Word { lemma: token.word, start: token.start, end: token.end });
            if objects.len() >= MAX_OBJECT {
                break;
            }
        }
        let head = head.or(objects.len().checked_sub(1));
        (objects, head)
    }
}
