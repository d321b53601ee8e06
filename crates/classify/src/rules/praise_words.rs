//! The phrases by which a server praises its own tools: rule files in, what `self_praise` looks for out.

use crate::language::lexicon::{Lemma, Literal};
use crate::language::lexicon_builder::LexiconBuilder;
use crate::rules::syntax::SelfPraiseSyntax;
use mcpdex_model::Class;
use serde::{Deserialize, Serialize};

/// The phrases of praise, compiled.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct SelfPraise {
    /// Phrases of praise that begin a sentence of their own, wherever they stand.
    pub(super) openers: Vec<Literal>,
    /// What such a sentence may begin with.
    pub(super) subjects: Vec<Literal>,
    pub(super) hollow: Vec<Lemma>,
    /// By lemma: whether the verb tells of a change or a process in some rule.
    pub(super) grave: Vec<bool>,
}

impl SelfPraise {
    /// Collects the words of praise before the lexicon is built.
    pub(crate) fn of(written: &SelfPraiseSyntax, builder: &mut LexiconBuilder) -> SelfPraise {
        let mut claims = SelfPraise::default();
        for text in &written.phrases {
            let literal = builder.praise(text);
            let unspaced = !text.is_ascii() && text.chars().any(mcpdex_model::text::is_unspaced);
            if text.contains(' ') || unspaced {
                claims.openers.push(literal);
            }
        }
        claims.subjects = written.subjects.iter().map(|text| builder.phrase(text)).collect();
        for word in &written.hollow {
            claims.hollow.extend(builder.object(word));
        }
        claims.openers.sort_unstable();
        claims
    }

    /// Learns which verbs tell of more than reading: `classes` gives those of the rules that name a verb.
    pub(crate) fn learn(&mut self, classes: impl Iterator<Item = Option<Class>>) {
        self.grave = classes.map(|class| class > Some(Class::Read)).collect();
    }
}
