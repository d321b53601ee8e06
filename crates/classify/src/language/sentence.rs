//! Prose in, actions out: sentences, their main verbs and objects, without what only mentions an action: sections of
//! arguments and examples, asides, conditions, subordinate clauses, negations, participles, purposes.
//!
//! How a language does these things is told by the lexicon; nothing here knows a word.

use crate::language::action::Action;
use crate::language::lexicon::{Form, Lexicon, VerbForm, role};
use crate::language::normalize::{is_cyrillic, is_han, is_hangul, is_kana};
use crate::language::syntax::{Order, Script};
use crate::language::token::{Kind, Token, tokens};
use crate::language::tool_text::ToolText;

/// The statements of one text, and how each was read.
pub(crate) struct Prose<'r, 't> {
    pub reading: &'r ToolText<'t>,
    pub lexicon: &'r Lexicon,
    pub tokens: Vec<Token>,
    /// The language of Latin text in this tool.
    latin: u8,
    /// Ranges of the text that are statements about the tool: no sections, asides or alternatives.
    pub statements: Vec<(u32, u32)>,
}

/// Reads the text `start..end` of `reading`; appends the actions of its statements.
pub(crate) fn read<'r, 't>(
    reading: &'r ToolText<'t>,
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

/// How many tokens the label of a description has at most.
const MAX_LABEL: usize = 8;

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
            let before = actions.len();
            self.statement(from, to, language, first, actions);
            let says = actions[before..].iter().any(|action| action.verb.is_some() && !action.bare);
            if sentences > 0 && first {
                // The first sentence said nothing; what the next ones say is less sure to be about the tool.
                for action in &mut actions[before..] {
                    action.weaker = action.weaker.max(1);
                }
            }
            stated |= says;
            sentences += usize::from(says || !self.is_preamble(from, to, language));
        }
    }

    pub(crate) fn role(&self, index: usize, language: u8) -> u16 {
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

    pub(crate) fn verb(&self, index: usize, language: u8) -> Option<VerbForm> {
        if self.tokens[index].compound {
            return None;
        }
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
}
