//! Compiled rules as one value, and as the bytes that mcpdex carries of its own: everything that takes time to work out from
//! rule files. What is quickly made of it is made by `ruleset`.

use crate::language::lexicon::Lexicon;
use crate::rules::clause::Clause;
use crate::rules::praise_words::SelfPraise;
use crate::rules::syntax::{DeedSyntax, RiskFactorSyntax};
use mcpdex_model::{Class, Confidence, Risk, Trait};
use serde::{Deserialize, Serialize};

/// A compiled rule.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub id: String,
    pub class: Option<Class>,
    pub traits: Vec<Trait>,
    pub floor: Option<Risk>,
    pub confidence: Confidence,
    pub light: bool,
    pub because: String,
    pub when: Vec<Clause>,
    pub unless: Vec<Clause>,
    pub only_for: Vec<Class>,
    /// Rules, by number, whose hits do not count when this one fires.
    pub overrules: Vec<u32>,
    /// The file it was written in.
    pub file: String,
}

/// What rule files come to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Pack {
    pub lexicon: Lexicon,
    pub rules: Vec<Rule>,
    pub claims: SelfPraise,
    /// Words that the name of a parameter that selects an operation ends with.
    pub operation_parameters: Vec<String>,
    pub doubtful_parameters: Vec<String>,
    /// Words that the name of a parameter ends with whose values say what to look for.
    pub filter_parameters: Vec<String>,
    /// Words of a text behind which it lists operations.
    pub operation_markers: Vec<String>,
    pub circumstances: Vec<RiskFactorSyntax>,
    /// What handlers do, in the order of the files.
    pub deeds: Vec<DeedSyntax>,
}

impl Pack {
    /// A value of the bytes that the build script made of one; `None` for anything else that shows that it is none.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Pack> {
        let (pack, rest) = postcard::take_from_bytes::<Pack>(bytes).ok()?;
        rest.is_empty().then_some(pack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{builtin, compile};

    #[test]
    fn what_is_carried_is_what_the_files_come_to() {
        let (compiled, _) = compile::compile(&builtin::files(), "the embedded rules").expect("they compile");
        assert!(postcard::to_allocvec(&compiled).expect("bytes") == builtin::PACK, "the carried rules are others");
        let read = Pack::of_bytes(builtin::PACK).expect("the carried rules are read");
        assert_eq!(format!("{read:?}"), format!("{compiled:?}"));
    }

    #[test]
    fn what_is_cut_short_or_longer_is_refused() {
        assert!(Pack::of_bytes(&builtin::PACK[..builtin::PACK.len() - 1]).is_none());
        assert!(Pack::of_bytes(&[builtin::PACK, &[0]].concat()).is_none());
        assert!(Pack::of_bytes(&[]).is_none());
    }
}
