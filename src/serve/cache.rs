//! Answers that were given a moment ago: as long as nothing was written to the database, they are given again.

use super::answer::Answer;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Bytes that are kept; beyond that everything is forgotten.
const MOST: usize = 32 << 20;

/// Bytes of one answer that is kept.
const LARGEST: usize = 1 << 20;

/// Answers by what was asked, all of one state of the database.
#[derive(Debug, Default)]
pub(crate) struct AnswerCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    state: u64,
    bytes: usize,
    answers: HashMap<String, Answer>,
}

impl AnswerCache {
    /// The answer to this in this state of the database.
    pub(crate) fn get(&self, state: u64, asked: &str) -> Option<Answer> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.state == state { kept.answers.get(asked).cloned() } else { None }
    }

    pub(crate) fn put(&self, state: u64, asked: String, answer: &Answer) {
        let size = answer.body.len() + asked.len();
        if size > LARGEST {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.state != state || kept.bytes + size > MOST {
            *kept = Kept { state, ..Kept::default() };
        }
        kept.bytes += size;
        kept.answers.insert(asked, answer.clone());
    }
}
