//! Regular expressions of documents. Each is asked about dozens of texts and about the same ones again for the next tool, so
//! that what was compiled is kept for a while.

use regex::Regex;
use std::cell::RefCell;
use std::collections::HashMap;

/// Expressions that a thread keeps.
const KEPT: usize = 64;

thread_local! {
    static COMPILED: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
}

/// Whether a text matches; nothing matches an expression that cannot be read.
pub(crate) fn is_match(pattern: &str, text: &str) -> bool {
    COMPILED.with_borrow_mut(|known| {
        if !known.contains_key(pattern) {
            if known.len() == KEPT {
                known.clear();
            }
            known.insert(pattern.to_owned(), Regex::new(pattern).ok());
        }
        known.get(pattern).is_some_and(|found| found.as_ref().is_some_and(|found| found.is_match(text)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_expression_answers_like_a_new_one() {
        for round in 0..3 {
            for number in 0..=KEPT {
                assert!(is_match(&format!("^pot-{number}$"), &format!("pot-{number}")), "round {round}");
                assert!(!is_match(&format!("^pot-{number}$"), "pot"), "round {round}");
            }
            assert!(!is_match("(", "("), "what cannot be read matches nothing");
        }
    }
}
