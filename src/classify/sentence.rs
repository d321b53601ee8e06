//! Prose in, actions out: sentences, their main verbs and objects, without what only mentions an action: sections of
//! arguments and examples, asides, conditions, subordinate clauses, negations, participles, purposes.
//!
//! How a language does these things is told by the lexicon; nothing here knows a word.

use super::action::{Action, Place, Word};
use super::lexicon::{Form, Lexicon, UNKNOWN, VerbForm, role};
use super::reading::Reading;
use super::syntax::{Order, Script};
use super::text::{is_cyrillic, is_han, is_hangul, is_kana};
use super::token::{Kind, Token, tokens};

/// How many words of an object are kept.
const MAX_OBJECT: usize = 8;
/// How far a subject may reach before its verb.
const MAX_SUBJECT: usize = 9;

/// The statements of one text, and how each was read.
pub(super) struct Prose<'r, 't> {
    reading: &'r Reading<'t>,
    lexicon: &'r Lexicon,
    tokens: Vec<Token>,
    /// The language of Latin text in this tool.
    latin: u8,
    /// Ranges of the text that are statements about the tool: no sections, asides or alternatives.
    pub statements: Vec<(u32, u32)>,
}

/// Reads the text `start..end` of `reading`; appends the actions of its statements.
pub(super) fn read<'r, 't>(
    reading: &'r Reading<'t>,
    lexicon: &'r Lexicon,
    (start, end): (u32, u32),
    actions: &mut Vec<Action>,
) -> Prose<'r, 't> {
    let tokens = tokens(reading, lexicon, start, end);
    let latin = latin_language(&tokens, lexicon, 0);
    let mut prose = Prose { reading, lexicon, tokens, latin, statements: Vec::new() };
    prose.run(actions);
    prose
}

/// How much the opening verb of a sentence tells of its language, in small words.
const OPENING_VERB: u32 = 3;

/// The language of the Latin text `tokens`: the one whose small words are most frequent, where the first word counts
/// for more when it is a verb form and not an English one. `usual` where nothing tells, and among equals.
fn latin_language(tokens: &[Token], lexicon: &Lexicon, usual: u8) -> u8 {
    let mut counts = [0u32; 32];
    let mut opened = false;
    for token in tokens.iter().take(300) {
        let Some(literal) = token.literal else {
            opened |= token.kind == Kind::Word;
            continue;
        };
        let meaning = lexicon.meaning(literal);
        let mut small = 0;
        for (language, roles) in &meaning.roles {
            small |= roles;
            if roles & role::COMMON != 0 {
                counts[usize::from(*language) & 31] += 1;
            }
        }
        if !opened && !meaning.verbs.is_empty() {
            opened = true;
            if meaning.verbs.iter().all(|verb| verb.language != 0) {
                let mut seen = 0u32;
                for verb in meaning.verbs.iter().filter(|verb| verb.form == Form::Main) {
                    let language = usize::from(verb.language) & 31;
                    if seen & (1 << language) == 0 {
                        counts[language] += OPENING_VERB;
                        seen |= 1 << language;
                    }
                }
            }
        }
        opened |= token.kind == Kind::Word && small & (role::FILLER | role::CARRIER | role::DETERMINER) == 0;
    }
    let mut best = usual;
    for (index, language) in lexicon.languages.iter().enumerate().take(32) {
        if language.script == Script::Latin && counts[index] > counts[usize::from(best) & 31] {
            best = index as u8;
        }
    }
    best
}

impl Prose<'_, '_> {
    fn run(&mut self, actions: &mut Vec<Action>) {
        let mut at = 0;
        let mut sentences = 0;
        let mut stated = false;
        let mut skipping = false;
        while at < self.tokens.len() {
            let (from, to, next) = self.sentence(at);
            at = next;
            if from >= to {
                continue;
            }
            let language = self.language(from, to);
            if let Some(section) = self.heading(from, to, language) {
                skipping = section;
                continue;
            }
            if skipping && !self.after_blank_line(from) {
                continue;
            }
            skipping = false;
            if self.is_aside(from, to, language) {
                continue;
            }
            let start = self.tokens[from].start;
            self.statements.push((start, self.tokens[to - 1].end));
            let first = !stated && sentences < 3;
            sentences += 1;
            let before = actions.len();
            self.statement(from, to, language, first, actions);
            if sentences > 1 && first {
                // The first sentence said nothing; what the next ones say is less sure to be about the tool.
                for action in &mut actions[before..] {
                    action.weaker = action.weaker.max(1);
                }
            }
            if actions[before..].iter().any(|action| action.verb.is_some()) {
                stated = true;
            }
        }
    }

    fn role(&self, index: usize, language: u8) -> u16 {
        self.tokens[index].literal.map_or(0, |literal| self.lexicon.meaning(literal).role(language))
    }

    /// The next sentence from `at`: first token, one past its last, and where to go on.
    fn sentence(&self, at: usize) -> (usize, usize, usize) {
        let mut from = at;
        while from < self.tokens.len()
            && matches!(
                self.tokens[from].kind,
                Kind::LineEnd | Kind::Bullet | Kind::Other | Kind::Comma | Kind::Stop | Kind::Dash
            )
        {
            from += 1;
        }
        let mut to = from;
        let mut depth = 0u32;
        while to < self.tokens.len() {
            match self.tokens[to].kind {
                Kind::Stop => break,
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::Dash if depth == 0 => break,
                Kind::LineEnd => {
                    let next = self.tokens.get(to + 1).map(|t| t.kind);
                    let wraps =
                        matches!(next, Some(Kind::Word | Kind::Open | Kind::Other)) && !self.line_is_heading(to + 1);
                    if !wraps {
                        break;
                    }
                }
                _ => {}
            }
            to += 1;
        }
        (from, to, to + 1)
    }

    /// Whether the line that starts at `at` is `Word:` or `Two words:`.
    fn line_is_heading(&self, at: usize) -> bool {
        self.tokens[at..]
            .iter()
            .take(4)
            .position(|t| t.kind != Kind::Word)
            .is_some_and(|n| n > 0 && self.tokens[at + n].kind == Kind::Colon)
    }

    fn after_blank_line(&self, at: usize) -> bool {
        at >= 2 && self.tokens[at - 1].kind == Kind::LineEnd && self.tokens[at - 2].kind == Kind::LineEnd
    }

    /// `Some(true)` for the heading of a section that is no statement, `Some(false)` is never given: other headings
    /// are read as sentences.
    fn heading(&self, from: usize, to: usize, language: u8) -> Option<bool> {
        let is_heading = self.role(from, language) & role::HEADING != 0 || self.role(from, 0) & role::HEADING != 0;
        if !is_heading {
            return None;
        }
        let next = self.tokens.get(from + 1).map(|t| t.kind);
        let alone = from + 1 >= to;
        (alone || next == Some(Kind::Colon)).then_some(true)
    }

    fn is_aside(&self, from: usize, to: usize, language: u8) -> bool {
        let mut at = from;
        while at < to && !matches!(self.tokens[at].kind, Kind::Word) {
            at += 1;
        }
        at < to
            && (self.role(at, language) & role::ASIDE != 0
                || (at..to).any(|index| self.role(index, language) & role::ALTERNATIVE != 0))
    }

    /// The language of a sentence: by its letters, else that of the whole text.
    fn language(&self, from: usize, to: usize) -> u8 {
        let text = &self.reading.text[self.tokens[from].start as usize..self.tokens[to - 1].end as usize];
        // Each sentence for itself: one that is added in another language must not hide the others.
        let latin = || latin_language(&self.tokens[from..to], self.lexicon, self.latin);
        if text.is_ascii() {
            return latin();
        }
        let (mut kana, mut hangul, mut han, mut cyrillic) = (0, 0, 0, 0);
        for letter in text.chars().take(400) {
            kana += u32::from(is_kana(letter));
            hangul += u32::from(is_hangul(letter));
            han += u32::from(is_han(letter));
            cyrillic += u32::from(is_cyrillic(letter));
        }
        let script = if kana > 1 {
            Script::Kana
        } else if hangul > 1 {
            Script::Hangul
        } else if han > 1 {
            Script::Han
        } else if cyrillic > 2 {
            Script::Cyrillic
        } else {
            return latin();
        };
        let found = self.lexicon.languages.iter().position(|language| language.script == script);
        found.map_or(self.latin, |index| index as u8)
    }

    fn verb(&self, index: usize, language: u8) -> Option<VerbForm> {
        let literal = self.tokens[index].literal?;
        let verbs = &self.lexicon.meaning(literal).verbs;
        verbs.iter().find(|v| v.language == language).or_else(|| verbs.iter().find(|v| v.language == 0)).copied()
    }

    /// Reads one statement.
    fn statement(&self, from: usize, to: usize, language: u8, first: bool, actions: &mut Vec<Action>) {
        let order = self.lexicon.languages.get(usize::from(language)).map_or(Order::First, |l| l.order);
        match order {
            Order::First => self.verb_first(from, to, language, first, actions),
            Order::Last => self.verb_last(from, to, language, first, actions),
            Order::Anywhere => self.verb_anywhere(from, to, language, first, actions),
        }
    }

    fn verb_first(&self, from: usize, to: usize, language: u8, first: bool, actions: &mut Vec<Action>) {
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
            if roles & role::SUBORDINATOR != 0 {
                subordinate = true;
            }
            let Some(verb) = self.verb(index, language) else { continue };
            if Some(verb.form) != form || verb.form == Form::Past || (subordinate && verb.form == Form::Base) {
                continue;
            }
            if !self.is_joined(index, main, language) || self.is_negated(index, main, language) {
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
            // "clothing, books, appliances": what is joined and has no object of its own is a noun.
            if !chain && !self.has_object(index, to, language) {
                continue;
            }
            if self.lexicon.is_nouny(verb.lemma) && !shown {
                continue;
            }
            self.push(index, to, language, weaker, actions);
        }
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
        let mut at = self.after_label(from, to, language);
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
            if roles & role::CARRIER != 0 && (first || carried || subject > 0 || self.is_third(at, language)) {
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
                let accepted = accepted && !blocked;
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
    fn is_adverb(&self, at: usize, language: u8) -> bool {
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
        roles & (role::GENITIVE | role::CONJUNCTION) != 0 && roles & role::DETERMINER == 0
            || (self.tokens[at + 1].kind == Kind::Word
                && self.is_third(at + 1, language)
                && at + 2 < to
                && self.shows_verb(at + 1, to, language))
    }

    /// Skips a label such as `Mail:` or `[beta]` in front of a sentence.
    fn after_label(&self, from: usize, to: usize, language: u8) -> usize {
        let mut at = from;
        for index in from..to.min(from + 6) {
            match self.tokens[index].kind {
                Kind::Colon => {
                    at = index + 1;
                    break;
                }
                Kind::Word
                    if self.verb(index, language).is_some_and(|v| v.form != Form::Past)
                        && index + 1 < to
                        && self.tokens[index + 1].kind != Kind::Colon =>
                {
                    break;
                }
                Kind::Word => {}
                _ => break,
            }
        }
        if at < to && self.tokens[at].kind == Kind::Open { self.after_close(at, to) } else { at }
    }

    fn after_close(&self, at: usize, to: usize) -> usize {
        (at..to).find(|index| self.tokens[*index].kind == Kind::Close).map_or(at + 1, |index| index + 1)
    }

    /// Whether the verb at `index` is joined to the one before: directly after a conjunction, comma or slash.
    fn is_joined(&self, index: usize, main: usize, language: u8) -> bool {
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

    fn has_object(&self, index: usize, to: usize, language: u8) -> bool {
        index + 1 < to
            && matches!(self.tokens[index + 1].kind, Kind::Word)
            && self.role(index + 1, language) & role::CONJUNCTION == 0
    }

    /// Whether nothing but verbs and what joins them stands between: "Create, update or export pages".
    fn is_chain(&self, main: usize, index: usize, language: u8) -> bool {
        (main + 1..index).all(|at| {
            matches!(self.tokens[at].kind, Kind::Comma | Kind::Slash)
                || self.role(at, language) & (role::CONJUNCTION | role::FILLER) != 0
                || self.verb(at, language).is_some_and(|v| v.form != Form::Past)
        })
    }

    fn is_negated(&self, index: usize, main: usize, language: u8) -> bool {
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
            place: Place::Description,
            verb: Some(Word { lemma: verb.lemma, start: token.start, end: token.end }),
            objects,
            head,
            weaker,
        });
    }

    fn object(&self, from: usize, to: usize, language: u8) -> (Vec<Word>, Option<usize>) {
        let mut objects: Vec<Word> = Vec::new();
        let mut head = None;
        for index in from..to.min(from + 14) {
            let token = self.tokens[index];
            let roles = self.role(index, language);
            match token.kind {
                Kind::Word => {}
                Kind::Open | Kind::Close | Kind::Slash => continue,
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
            let lemma = token.literal.map_or(UNKNOWN, |literal| self.lexicon.meaning(literal).word);
            objects.push(Word { lemma, start: token.start, end: token.end });
            if objects.len() >= MAX_OBJECT {
                break;
            }
        }
        let head = head.or(objects.len().checked_sub(1));
        (objects, head)
    }

    /// A first sentence without a verb: "Weather of a city".
    fn noun_phrase(&self, from: usize, to: usize, language: u8, actions: &mut Vec<Action>) {
        let from = self.after_label(from, to, language);
        let (objects, head) = self.object(from, to, language);
        if !objects.is_empty() {
            actions.push(Action { place: Place::Description, verb: None, objects, head, weaker: 0 });
        }
    }

    /// "Eine Datei löschen": the last word is the verb. Returns whether it was.
    fn final_verb(&self, from: usize, to: usize, language: u8, actions: &mut Vec<Action>) -> bool {
        let Some(last) = (from..to).rev().find(|index| self.tokens[*index].kind == Kind::Word) else { return false };
        if !self.verb(last, language).is_some_and(|v| v.form == Form::Main) {
            return false;
        }
        let token = self.tokens[last];
        let Some(verb) = self.verb(last, language) else { return false };
        let (objects, head) = self.object(from, last, language);
        let verb = Some(Word { lemma: verb.lemma, start: token.start, end: token.end });
        actions.push(Action { place: Place::Description, verb, objects, head, weaker: 0 });
        true
    }

    /// Japanese, Korean: the verb ends its clause; what comes before is its object.
    fn verb_last(&self, from: usize, to: usize, language: u8, first: bool, actions: &mut Vec<Action>) {
        let mut start = from;
        let found = actions.len();
        for index in from..to {
            let Some(verb) = self.verb(index, language) else { continue };
            if verb.form == Form::Past
                || self.is_participle(index, to, language)
                || self.follows_negation(index, to, language)
            {
                continue;
            }
            // Only the last verb of a clause acts: another one before the next comma takes its place.
            let clause_end = (index + 1..to)
                .find(|at| {
                    matches!(self.tokens[*at].kind, Kind::Comma) || self.role(*at, language) & role::CONJUNCTION != 0
                })
                .unwrap_or(to);
            let later = (index + 1..clause_end).any(|at| {
                self.verb(at, language).is_some_and(|v| v.form != Form::Past) && !self.is_participle(at, to, language)
            });
            if later {
                continue;
            }
            let token = self.tokens[index];
            let objects = self.words(start, index, language);
            let head = objects.len().checked_sub(1);
            let verb = Some(Word { lemma: verb.lemma, start: token.start, end: token.end });
            actions.push(Action { place: Place::Description, verb, objects, head, weaker: u8::from(!first) });
            start = index + 1;
        }
        if actions.len() == found && first {
            self.noun_phrase(from, to, language, actions);
        }
    }

    /// Chinese: the first verb of the sentence acts, and those joined to it.
    fn verb_anywhere(&self, from: usize, to: usize, language: u8, first: bool, actions: &mut Vec<Action>) {
        let mut main = None;
        let found = actions.len();
        for index in from..to {
            let roles = self.role(index, language);
            if roles & role::SUBORDINATOR != 0 && main.is_some() {
                break;
            }
            let Some(verb) = self.verb(index, language) else { continue };
            if verb.form == Form::Past
                || self.is_participle(index, to, language)
                || self.is_negated(index, from, language)
            {
                continue;
            }
            if let Some(main) = main
                && !self.is_joined(index, main, language)
            {
                continue;
            }
            let token = self.tokens[index];
            let objects = self.words(index + 1, to.min(index + 12), language);
            let head = objects.len().checked_sub(1);
            let verb = Some(Word { lemma: verb.lemma, start: token.start, end: token.end });
            actions.push(Action { place: Place::Description, verb, objects, head, weaker: u8::from(!first) });
            main = Some(index);
        }
        if actions.len() == found && first {
            self.noun_phrase(from, to, language, actions);
        }
    }

    fn words(&self, from: usize, to: usize, language: u8) -> Vec<Word> {
        (from..to)
            .filter(|index| self.tokens[*index].kind == Kind::Word && self.role(*index, language) == 0)
            .filter_map(|index| {
                let token = self.tokens[index];
                let lemma = self.lexicon.meaning(token.literal?).word;
                Some(Word { lemma, start: token.start, end: token.end })
            })
            .take(MAX_OBJECT)
            .collect()
    }

    fn is_participle(&self, index: usize, to: usize, language: u8) -> bool {
        (index + 1 < to && self.role(index + 1, language) & role::PARTICIPLE_AFTER != 0)
            || (index > 0 && self.role(index - 1, language) & role::PARTICIPLE_BEFORE != 0)
    }

    fn follows_negation(&self, index: usize, to: usize, language: u8) -> bool {
        (index + 1..to.min(index + 3)).any(|at| self.role(at, language) & role::NEGATION != 0)
    }
}
