//! Prose in, actions out: sentences, their main verbs and objects, without what only mentions an action: sections of
//! arguments and examples, asides, conditions, subordinate clauses, negations, participles, purposes.
//!
//! How a language does these things is told by the lexicon; nothing here knows a word.

use crate::language::action::{Action, Place, Word};
use crate::language::latin::{LatinWords, latin_language};
use crate::language::lexicon::{Form, Lexicon, VerbForm, role};
use crate::language::syntax::{Order, Script};
use crate::language::token::{Kind, Token, tokens};
use crate::language::tool_text::{Segment, ToolText};
use mcpdex_model::text::{is_cyrillic, is_han, is_hangul, is_kana};

/// The statements of one text, and how each was read.
pub(crate) struct Prose<'r, 't> {
    pub reading: &'r ToolText<'t>,
    /// Where all of it stands.
    pub segment: &'r Segment<'t>,
    pub lexicon: &'r Lexicon,
    pub tokens: Vec<Token>,
    /// The language of Latin text in this tool, as far as it has been read.
    latin: u8,
    /// Ranges of the text that are statements about the tool: no sections, asides or alternatives.
    pub statements: Vec<(u32, u32)>,
    /// Whether the first sentence opens with an unknown word that stands where a verb does: "Snarfle a pod."
    pub unknown_verb: bool,
    /// Whether an unknown word is joined to the verb of the first sentence: "Get and snarfle the pods."
    pub unknown_joined: bool,
    /// How many sentences have no word that is known, and the first of them.
    pub foreign: Option<(u32, u32)>,
    /// Whether the sentence is an item of a list of what will be done.
    pub listed: bool,
    /// Whether the text lists what can be done as verbs with a colon behind each.
    pub labelled: bool,
    /// Every sentence, statements or not.
    pub sentences: Vec<(u32, u32)>,
    /// Whether the first of them says what is done.
    pub opens_with_deed: bool,
    /// Blanks inside sentences behind which another one may begin, though nothing but a capital or another script shows it.
    pub doubtful_ends: Vec<u32>,
}

/// Reads the text `start..end` of `reading`; appends the actions of its statements.
pub(crate) fn read<'r, 't>(
    reading: &'r ToolText<'t>,
    lexicon: &'r Lexicon,
    (start, end): (u32, u32),
    actions: &mut Vec<Action>,
) -> Prose<'r, 't> {
    let mut prose = Prose::of(reading, lexicon, (start, end));
    prose.run(actions);
    prose
}

/// Reads the text `start..end` for deeds beside main verbs alone: a title, the description of a parameter. `switch` says
/// that the text tells what happens when something is switched on, `told` that it tells what a value stands for, so that it
/// may begin with a plain verb.
pub(crate) fn read_beside(
    reading: &ToolText<'_>,
    lexicon: &Lexicon,
    (start, end): (u32, u32),
    place: Place,
    switch: bool,
    told: bool,
    actions: &mut Vec<Action>,
) {
    let mut prose = Prose::of(reading, lexicon, (start, end));
    prose.latin = latin_language(&prose.tokens, lexicon, 0);
    let before = actions.len();
    let mut at = 0;
    let mut first = true;
    while at < prose.tokens.len() {
        let (from, to, next) = prose.sentence(at);
        at = next;
        if from >= to {
            continue;
        }
        let language = prose.language(from, to);
        if first && (switch || told) {
            let mut main = Vec::new();
            prose.statement(from, to, language, true, &mut main);
            main.retain(|action| {
                let Some(verb) = action.verb else { return false };
                let Some(at) = prose.tokens.iter().position(|token| token.start == verb.start) else { return false };
                let plain = prose.verb(at, language).is_some_and(|form| form.form != Form::Third);
                plain && !lexicon.is_nouny(verb.lemma) || prose.has_determiner(at, to, language)
            });
            actions.extend(main.into_iter().map(|action| Action { place, extra: true, weaker: 1, ..action }));
        }
        prose.deeds((from, to), language, false, place, &Vec::new, actions);
        first = false;
    }
    for action in &mut actions[before..] {
        action.switch = switch && place == Place::Parameter;
    }
}

/// How many tokens the label of a description has at most.
const MAX_LABEL: usize = 8;

impl<'r, 't> Prose<'r, 't> {
    /// The tokens of `start..end`, nothing of which is read yet.
    fn of(reading: &'r ToolText<'t>, lexicon: &'r Lexicon, (start, end): (u32, u32)) -> Prose<'r, 't> {
        Prose {
            reading,
            segment: &reading.segments[reading.segment_at(start)],
            lexicon,
            tokens: tokens(reading, lexicon, start, end),
            latin: 0,
            statements: Vec::new(),
            unknown_verb: false,
            unknown_joined: false,
            foreign: None,
            listed: false,
            labelled: false,
            sentences: Vec::new(),
            opens_with_deed: false,
            doubtful_ends: Vec::new(),
        }
    }
}

impl Prose<'_, '_> {
    fn run(&mut self, actions: &mut Vec<Action>) {
        let mut at = 0;
        let mut sentences = 0;
        let mut stated = false;
        let mut skipping = false;
        let mut opens = true;
        // A line of nouns above the sentence that says what is done.
        let mut titled = false;
        let mut beside = Vec::new();
        let (mut listing, mut carried) = (false, false);
        let mut words = LatinWords::default();
        self.labelled = self.has_labels();
        while at < self.tokens.len() {
            let (from, to, next) = self.sentence(at);
            at = next;
            if from >= to {
                continue;
            }
            // What follows does not change the language of what was read.
            words.read(&self.tokens[from..to], self.lexicon);
            self.latin = words.language(self.lexicon, 0);
            self.sentences.push((self.tokens[from].start, self.tokens[to - 1].end));
            self.note_doubtful_ends(from, to);
            let language = self.language(from, to);
            if opens {
                self.unknown_verb = self.opens_with_unknown_verb(from, to, language);
                self.unknown_joined = self.joins_unknown_verb(from, to, language);
            }
            self.note_foreign(from, to);
            listing = self.in_listing(from, to, language, listing);
            if !listing {
                self.listed = carried && from > 0 && self.tokens[from - 1].kind != Kind::Word;
                let antecedent = || self.antecedent(from, to, language, actions);
                self.deeds((from, to), language, opens, Place::Description, &antecedent, &mut beside);
            }
            let will = (from..to).any(|index| self.role(index, language) & role::MODAL != 0);
            carried = will && self.leads_to_a_list(from, to) || carried && !self.after_blank_line(from);
            opens = false;
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
            let before = actions.len();
            self.statement(from, to, language, first, actions);
            let says = actions[before..].iter().any(|action| action.verb.is_some() && !action.bare);
            if sentences > 0 && first && !titled {
                // The first sentence said nothing; what the next ones say is less sure to be about the tool.
                for action in &mut actions[before..] {
                    action.weaker = action.weaker.max(1);
                }
            }
            // "Reads only." says nothing of what; "Checks whether …" does.
            let deed = |action: &Action| {
                action.verb.is_some_and(|verb| {
                    let next = self.tokens.iter().position(|token| token.start >= verb.end);
                    let goes_on = next.is_some_and(|at| at < to && self.role(at, language) & role::SUBORDINATOR != 0);
                    let noun = |word: &Word| {
                        let at = self.tokens.iter().position(|token| token.start == word.start);
                        at.is_none_or(|at| self.role(at, language) & role::SUBJECT == 0)
                    };
                    action.objects.iter().any(noun) || goes_on
                })
            };
            self.opens_with_deed |= self.sentences.len() == 1 && actions[before..].iter().any(deed);
            let known = !self.unknown_verb && !self.unknown_joined;
            titled = !says && sentences == 0 && known && self.is_title_of(to);
            opens = titled;
            stated |= says;
            sentences += usize::from(says || !self.is_preamble(from, to, language));
        }
        for deed in beside {
            let Some(verb) = deed.verb else { continue };
            let known = actions.iter_mut().find(|action| action.verb.is_some_and(|known| known.start == verb.start));
            match known {
                None => actions.push(deed),
                Some(known) => {
                    known.asserted = true;
                    known.told = deed.told;
                    if known.objects.is_empty() {
                        known.objects = deed.objects;
                        known.head = deed.head;
                    }
                }
            }
        }
    }

    /// Whether a line ends at `to` above one that begins with a deed.
    fn is_title_of(&self, to: usize) -> bool {
        self.tokens.get(to).is_some_and(|token| token.kind == Kind::LineEnd)
            && to + 1 < self.tokens.len()
            && self.line_opens_with_deed(to + 1)
    }

    /// What the pronouns of a sentence stand for: the thing named last before it; the first sentence names it itself.
    fn antecedent(&self, from: usize, to: usize, language: u8, before: &[Action]) -> Vec<Word> {
        let named = |action: &&Action| action.place == Place::Description && !action.objects.is_empty();
        if let Some(known) = before.iter().rev().find(named) {
            return known.objects.clone();
        }
        let mut own = Vec::new();
        self.statement(from, to, language, true, &mut own);
        own.into_iter().next().map_or(Vec::new(), |action| action.objects)
    }

    /// Whether the sentence ends with a colon, the number of the first item aside.
    fn leads_to_a_list(&self, from: usize, to: usize) -> bool {
        let number = |token: &Token| self.reading.text.as_bytes()[token.start as usize].is_ascii_digit();
        let told = |token: &&Token| !(token.kind == Kind::LineEnd || token.kind == Kind::Word && number(token));
        self.tokens[from..to].iter().rev().find(told).is_some_and(|last| last.kind == Kind::Colon)
    }

    /// Whether the sentence stands in a section that lists parameters or answers; `before` says whether the last one did.
    fn in_listing(&self, from: usize, to: usize, language: u8, before: bool) -> bool {
        let heading = |of: u32| (self.role(from, language) | self.role(from, 0)) & of != 0;
        let alone = from + 1 >= to || self.tokens.get(from + 1).is_some_and(|next| next.kind == Kind::Colon);
        if heading(role::LISTING) && alone {
            return true;
        }
        if heading(role::HEADING) && alone {
            return false;
        }
        before && !(self.after_blank_line(from) && self.tokens[from - 1].kind != Kind::Bullet)
    }

    pub(crate) fn role(&self, index: usize, language: u8) -> u32 {
        let token = &self.tokens[index];
        if language == 0 {
            return token.role;
        }
        token.literal.map_or(0, |literal| self.lexicon.meaning(literal).role(language))
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
        // "[Workflow] Deploys a page": what stands in brackets in front is a label.
        let mut at = if self.tokens[from].kind == Kind::Open { self.after_close(from, to) } else { from };
        while at < to && !matches!(self.tokens[at].kind, Kind::Word) {
            at += 1;
        }
        at < to
            && (self.role(at, language) & role::ASIDE != 0
                || (at..to).any(|index| self.role(index, language) & role::ALTERNATIVE != 0))
    }

    /// Whether a sentence without an action leaves it to the next one to say what the tool does: a short label that
    /// ends in a dash, and what says how the tool is or what it does not do.
    fn is_preamble(&self, from: usize, to: usize, language: u8) -> bool {
        let label = self.tokens.get(to).is_some_and(|end| end.kind == Kind::Dash) && to - from <= MAX_LABEL;
        label || (from..to).any(|index| self.role(index, language) & (role::COPULA | role::NEGATION) != 0)
    }

    /// The language of a sentence: by its letters, else that of the whole text.
    pub(crate) fn language(&self, from: usize, to: usize) -> u8 {
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

    pub(crate) fn verb(&self, index: usize, language: u8) -> Option<VerbForm> {
        let token = &self.tokens[index];
        if token.compound || !token.is_verb {
            return None;
        }
        if language == 0 {
            return token.verb;
        }
        let verbs = &self.lexicon.meaning(token.literal?).verbs;
        verbs.iter().find(|verb| verb.language == language).copied().or(token.verb)
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
}
