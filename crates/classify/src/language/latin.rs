//! Words of a text in Latin letters in, its language out: the one whose small words it has most of. It reads no sentence.

use crate::language::lexicon::{Form, Lexicon, role};
use crate::language::syntax::Script;
use crate::language::token::{Kind, Token};

/// How much the opening verb of a text tells of its language, in small words.
const OPENING_VERB: u32 = 3;
/// How many words are counted.
const MAX_WORDS: usize = 300;
/// How many languages are told apart; each is a bit of what is known of a word.
const LANGUAGES: usize = u32::BITS as usize;

/// What the words read so far tell of their language.
#[derive(Debug, Default)]
pub(crate) struct LatinWords {
    counts: [u32; LANGUAGES],
    /// Which languages were counted, as bits.
    counted: u32,
    read: usize,
    opened: bool,
}

impl LatinWords {
    /// Counts the words of `tokens`; the first one of all counts for more where it is a verb form and no English one.
    pub(crate) fn read(&mut self, tokens: &[Token], lexicon: &Lexicon) {
        let left = MAX_WORDS.saturating_sub(self.read);
        let tokens = &tokens[..tokens.len().min(left)];
        self.read += tokens.len();
        for token in tokens {
            let mut common = token.common;
            self.counted |= common;
            while common != 0 {
                self.counts[common.trailing_zeros() as usize] += 1;
                common &= common - 1;
            }
            if !self.opened && token.kind == Kind::Word {
                self.open(token, lexicon);
            }
        }
    }

    /// Looks whether the word `token` opens the text: a form of a verb, or what is no small word before one.
    fn open(&mut self, token: &Token, lexicon: &Lexicon) {
        let Some(meaning) = token.literal.map(|literal| lexicon.meaning(literal)) else {
            self.opened = true;
            return;
        };
        let small = meaning.roles.iter().fold(0, |all, (_, roles)| all | roles);
        self.opened = token.is_verb || small & (role::FILLER | role::CARRIER | role::DETERMINER) == 0;
        if meaning.verbs.iter().all(|verb| verb.language != 0) {
            let mut seen = 0u32;
            for verb in meaning.verbs.iter().filter(|verb| verb.form == Form::Main) {
                let language = usize::from(verb.language) % LANGUAGES;
                if seen & (1 << language) == 0 {
                    self.counts[language] += OPENING_VERB;
                    seen |= 1 << language;
                    self.counted |= seen;
                }
            }
        }
    }

    /// The language of what was read: `usual` where nothing tells, and among equals.
    pub(crate) fn language(&self, lexicon: &Lexicon, usual: u8) -> u8 {
        let mut best = usual;
        let mut left = self.counted;
        while left != 0 {
            let index = left.trailing_zeros() as usize;
            left &= left - 1;
            let latin = lexicon.languages.get(index).is_some_and(|language| language.script == Script::Latin);
            if latin && self.counts[index] > self.counts[usize::from(best) % LANGUAGES] {
                best = index as u8;
            }
        }
        best
    }
}

/// The language of the Latin text `tokens`; `usual` where nothing tells, and among equals.
pub(crate) fn latin_language(tokens: &[Token], lexicon: &Lexicon, usual: u8) -> u8 {
    let mut words = LatinWords::default();
    words.read(tokens, lexicon);
    words.language(lexicon, usual)
}
