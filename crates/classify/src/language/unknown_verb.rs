//! Whether the first sentence begins with a verb that no rule knows: "Snarfle the pods", "Lets you snarfle pods". It reads
//! one sentence and its tool's name, and says nothing of what the verb may do.

use crate::language::lexicon::{Language, role};
use crate::language::sentence::Prose;
use crate::language::token::{Kind, Token};

impl Prose<'_, '_> {
    /// Whether an unknown word stands where the sentence has its verb: alone, before a determiner, behind what a verb has
    /// to follow ("a tool to …"), or where a plain noun follows and the tool is named by the word.
    pub(crate) fn opens_with_unknown_verb(&self, from: usize, to: usize, language: u8) -> bool {
        let from = self.after_lead(self.after_label(from, to, language), to, language);
        let at = self.after_carriers(from, to, language);
        if at >= to || self.tokens[at].kind != Kind::Word || self.is_adverb(at, language) {
            return false;
        }
        let token = self.tokens[at];
        let word = self.read(token);
        if !word.chars().all(char::is_alphabetic) {
            return false;
        }
        let alone = at + 1 >= to;
        let determined = !alone && self.role(at + 1, language) & role::DETERMINER != 0;
        let noun = language == 0 && determined && !token.is_verb && token.role == 0 && self.lexicon.is_plural(word);
        if !self.is_strange(token) {
            return noun;
        }
        alone
            || determined
            || at > from && self.awaits_verb(at - 1, language)
            || self.goes_on_plainly(at, to, language) && self.is_named(at)
    }

    /// Whether an unknown word is joined to the verb that the sentence begins with, and so is a deed too: "Get and glorp the
    /// records". Before a plain noun it is one where the tool is named by it.
    pub(crate) fn joins_unknown_verb(&self, from: usize, to: usize, language: u8) -> bool {
        let from = self.after_lead(self.after_label(from, to, language), to, language);
        let at = self.after_carriers(from, to, language);
        let joins = |at: usize| {
            matches!(self.tokens[at].kind, Kind::Comma | Kind::Slash)
                || self.role(at, language) & role::CONJUNCTION != 0
        };
        let verb = |at: usize| self.verb(at, language).is_some();
        let Some(strange) = (at..to).find(|at| !joins(*at) && !verb(*at)) else { return false };
        let token = self.tokens[strange];
        strange > at + 1
            && joins(strange - 1)
            && token.kind == Kind::Word
            && self.is_strange(token)
            && self.read(token).chars().all(char::is_alphabetic)
            && strange + 1 < to
            && (self.role(strange + 1, language) & role::DETERMINER != 0
                || self.goes_on_plainly(strange, to, language) && self.is_named(strange))
    }

    /// Skips what says that a deed follows, by whom and how: "This tool will", "Allows you to", "Quickly".
    fn after_carriers(&self, from: usize, to: usize, language: u8) -> usize {
        const CARRIES: u32 = role::FILLER | role::CARRIER | role::SUBJECT | role::MODAL;
        let carries = |at: usize| {
            self.tokens[at].kind == Kind::Word
                && (self.role(at, language) & CARRIES != 0 || self.tells_how(at, language))
        };
        (from..to).find(|at| !carries(*at)).unwrap_or(to)
    }

    /// Whether it is an adverb, and not "weekly".
    fn tells_how(&self, at: usize, language: u8) -> bool {
        let word = self.read(self.tokens[at]);
        let ends =
            |of: &Language| of.adverb_endings.iter().any(|end| word.len() > end.len() + 2 && word.ends_with(end));
        self.lexicon.languages.get(usize::from(language)).is_some_and(ends) && !self.lexicon.is_adjective(word)
    }

    /// Whether what follows the token can only be a verb: "to", "that", "will", "quickly".
    fn awaits_verb(&self, at: usize, language: u8) -> bool {
        let said = self.read(self.tokens[at]);
        self.tells_how(at, language) || self.lexicon.awaits_verb(language, said.rsplit(' ').next().unwrap_or(said))
    }

    /// Whether a word follows that is no small word, and before any punctuation.
    fn goes_on_plainly(&self, at: usize, to: usize, language: u8) -> bool {
        at + 1 < to && self.tokens[at + 1].kind == Kind::Word && self.role(at + 1, language) == 0
    }

    /// Whether the tool's name holds the unknown word at `at`, or the word that this is the third person of, and nothing
    /// shows that it is a noun.
    fn is_named(&self, at: usize) -> bool {
        let token = self.tokens[at];
        let (word, original) = (self.read(token), self.original(token));
        let name = self.reading.name_segment();
        let name = &self.reading.text[name.start as usize..name.end as usize];
        let stem_of = |said: &str| match word.strip_prefix(said) {
            Some(ending) => matches!(ending, "" | "s" | "es"),
            None => word.strip_suffix("ies").is_some_and(|stem| said.strip_suffix('y') == Some(stem)),
        };
        let named = name.split(' ').any(|said| !said.is_empty() && stem_of(said));
        let mixed = self.segment.original.chars().any(char::is_lowercase);
        let capitals = mixed && original.chars().skip(1).any(char::is_uppercase);
        named && !capitals && !self.lexicon.is_adjective(word)
    }

    /// Whether rules know the word neither as a verb nor, by itself, as a noun.
    fn is_strange(&self, token: Token) -> bool {
        token.literal.is_none() || token.role == 0 && !token.is_verb && self.lexicon.is_strange(token.word)
    }

    fn read(&self, token: Token) -> &str {
        &self.reading.text[token.start as usize..token.end as usize]
    }
}
