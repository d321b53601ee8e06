//! Words of a text in Latin letters in, its language out: the one whose small words it has most of. It reads no sentence.

use crate::language::lexicon::{Form, Lexicon, role};
use crate::language::syntax::Script;
use crate::language::token::{Kind, Token};

/// How much the opening verb of a text tells of its language, in small words.
const OPENING_VERB: u32 = 3;
/// How many words are counted.
const MAX_WORDS: u32 = 300;
/// How many languages are told apart.
const LANGUAGES: usize = 32;

/// What the words read so far tell of their language.
#[derive(Debug, Default)]
pub(crate) struct LatinWords {
    counts: [u32; LANGUAGES],
    read: u32,
    opened: bool,
}

impl LatinWords {
    /// Counts the words of `tokens`; the first one of all counts for more where it is a verb form and no English one.
    pub(crate) fn read(&mut self, tokens: &[Token], lexicon: &Lexicon) {
        for token in tokens {
            if self.read >= MAX_WORDS {
                return;
            }
            self.read += 1;
            let Some(literal) = token.literal else {
                self.opened |= token.kind == Kind::Word;
                continue;
            };
            let meaning = lexicon.meaning(literal);
            let mut small = 0;
            for (language, roles) in &meaning.roles {
                small |= roles;
                if roles & role::COMMON != 0 {
                    self.counts[usize::from(*language) % LANGUAGES] += 1;
                }
            }
            if !self.opened && !meaning.verbs.is_empty() {
                self.opened = true;
                if meaning.verbs.iter().all(|verb| verb.language != 0) {
                    let mut seen = 0u32;
                    for verb in meaning.verbs.iter().filter(|verb| verb.form == Form::Main) {
                        let language = usize::from(verb.language) % LANGUAGES;
                        if seen & (1 << language) == 0 {
                            self.counts[language] += OPENING_VERB;
                            seen |= 1 << language;
                        }
                    }
                }
            }
            self.opened |= token.kind == Kind::Word && small & (role::FILLER | role::CARRIER | role::DETERMINER) == 0;
        }
    }

    /// The language of what was read: `usual` where nothing tells, and among equals.
    pub(crate) fn language(&self, lexicon: &Lexicon, usual: u8) -> u8 {
        let mut best = usual;
        for (index, language) in lexicon.languages.iter().enumerate().take(LANGUAGES) {
            if language.script == Script::Latin && self.counts[index] > self.counts[usize::from(best) % LANGUAGES] {
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
