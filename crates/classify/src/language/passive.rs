//! Passives: which auxiliary makes a participle a deed, and which words before it are what the deed is done to. Nothing here
//! knows a word.

use crate::language::lexicon::{Form, role};
use crate::language::sentence::Prose;
use crate::language::token::Kind;

/// How far before a participle its auxiliary may stand, in words.
pub(super) const NEAR: usize = 4;
/// The same in languages that put the participle last.
pub(super) const FAR: usize = 14;

impl Prose<'_, '_> {
    /// The auxiliary that makes the participle at `index` a passive.
    pub(super) fn auxiliary(&self, start: usize, index: usize, language: u8, near: usize) -> Option<usize> {
        let first = start.max(index.saturating_sub(near));
        let at = (first..index).rev().find(|at| self.role(*at, language) & role::PASSIVE != 0)?;
        let plain = |between: usize| {
            let roles = self.role(between, language);
            near > NEAR
                || roles & (role::FILLER | role::CONJUNCTION) != 0
                || self.is_adverb(between, language)
                || self.verb(between, language).is_some_and(|verb| verb.form == Form::Past)
                || self.tokens[between].literal.is_none() && index - between == 1
        };
        (at + 1..index).all(plain).then_some(at)
    }

    /// The first participle of the series that `index` stands in, and where its clause starts: "nodes are drained, destroyed
    /// and built anew" has one auxiliary.
    pub(super) fn series_start(&self, from: usize, start: usize, index: usize, language: u8) -> (usize, usize) {
        let past = |at: usize| self.verb_here(at, language).is_some_and(|verb| verb.form == Form::Past);
        let joins = |at: usize| self.tokens[at].kind == Kind::Comma || self.role(at, language) & role::CONJUNCTION != 0;
        let mut first = index;
        while let Some(before) = (from..first).rev().find(|at| !joins(*at)).filter(|at| at + 1 < first && past(*at)) {
            first = before;
        }
        if first == index { (start, index) } else { (self.clause_start(from, first), first) }
    }

    /// Where the subject of a passive ends: before what only tells which it is, "files missing on the left are removed",
    /// "columns added since are dropped".
    pub(super) fn subject_end(&self, from: usize, to: usize, language: u8) -> usize {
        let named = |at: &usize| {
            (from..*at).any(|index| {
                self.tokens[index].kind == Kind::Word && self.role(index, language) & role::DETERMINER == 0
            })
        };
        let tells_which = |at: &usize| {
            self.role(*at, language) & role::PREPOSITION != 0
                || self.verb_here(*at, language).is_some_and(|verb| matches!(verb.form, Form::Gerund | Form::Past))
        };
        // "it is refused before the call is sent": there the nearest noun is the subject.
        let single = (from..to).all(|at| self.role(at, language) & role::PASSIVE == 0);
        (from..to).find(|at| single && tells_which(at) && named(at)).unwrap_or(to)
    }

    /// Whether a parameter of the call is what makes the passive at `index` happen: "with `size` the disk is resized".
    pub(super) fn is_asked_for_by_a_parameter(&self, from: usize, index: usize, language: u8) -> bool {
        if self.verb_here(index, language).is_none_or(|verb| verb.form != Form::Past) {
            return false;
        }
        let text = |at: usize| &self.reading.text[self.tokens[at].start as usize..self.tokens[at].end as usize];
        let leads = |at: usize| self.role(at, language) & (role::LEAD | role::SUBORDINATOR | role::PREPOSITION) != 0;
        let named = |at: usize| {
            self.reading.params.iter().any(|param| {
                let segment = &self.reading.segments[param.segment as usize];
                self.reading.text[segment.start as usize..segment.end as usize] == *text(at)
            })
        };
        let bare = |at: usize| self.role(at, language) & role::DETERMINER == 0;
        (from + 1..index).any(|at| named(at) && leads(at - 1) && bare(at - 1))
    }
}
