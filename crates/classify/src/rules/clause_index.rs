//! Which clauses can hold of an action at all, by its words: for each word a row of bits, one bit for each clause, so that
//! those that its verb and its object leave are found by putting rows together, and only they are held against the tool.

use crate::language::action::{Action, Place};
use crate::language::lexicon::Lemma;
use crate::rules::clause::{Clause, ClauseRef};
use mcpdex_model::Class;

/// The rows of one part of an action: the number of each word's row, 0 for words that no clause names there.
#[derive(Debug, Default)]
struct Part {
    row_of: Vec<u32>,
    rows: Vec<u64>,
    /// The clauses that ask nothing of this part.
    free: Vec<u64>,
}

impl Part {
    fn of(lemmas: usize, width: usize) -> Part {
        Part { row_of: vec![0; lemmas], rows: vec![0; width], free: vec![0; width] }
    }

    /// Notes that the clause of this number names these words here.
    fn add(&mut self, clause: usize, named: &[Lemma]) {
        let width = self.free.len();
        if named.is_empty() {
            self.free[clause / 64] |= 1 << (clause % 64);
        }
        for lemma in named {
            let row_of = &mut self.row_of[*lemma as usize];
            if *row_of == 0 {
                *row_of = (self.rows.len() / width) as u32;
                self.rows.resize(self.rows.len() + width, 0);
            }
            self.rows[*row_of as usize * width + clause / 64] |= 1 << (clause % 64);
        }
    }

    fn row(&self, lemma: Lemma) -> &[u64] {
        let row = self.row_of.get(lemma as usize).map_or(0, |row| *row as usize);
        &self.rows[row * self.free.len()..][..self.free.len()]
    }
}

/// All clauses that name a verb, by what they ask of an action.
#[derive(Debug, Default)]
pub(crate) struct ClauseIndex {
    places: Vec<ClauseRef>,
    verb: Part,
    object: Part,
    last: Part,
    /// The clauses that hold of a name, of a description and of anything else.
    stands: [Vec<u64>; 3],
    /// The clauses that hold of what only adds to a verdict.
    adds: Vec<u64>,
}

impl ClauseIndex {
    /// Of all rules in order: the class of each, and its clauses.
    pub(crate) fn of<'r>(rules: impl Iterator<Item = (Option<Class>, &'r [Clause])>, lemmas: usize) -> ClauseIndex {
        let clauses = rules.enumerate().flat_map(|(number, (class, when))| {
            when.iter().enumerate().map(move |(nth, clause)| ((number as u32, nth as u32), class, clause))
        });
        let named: Vec<_> = clauses.filter(|(_, _, clause)| !clause.verbs().is_empty()).collect();
        let width = named.len().div_ceil(64);
        let part = || Part::of(lemmas, width);
        let mut index = ClauseIndex {
            places: named.iter().map(|(place, _, _)| *place).collect(),
            verb: part(),
            object: part(),
            last: part(),
            stands: std::array::from_fn(|_| vec![0; width]),
            adds: vec![0; width],
        };
        for (nth, (_, class, clause)) in named.into_iter().enumerate() {
            index.verb.add(nth, clause.verbs());
            index.object.add(nth, &clause.first_objects());
            index.last.add(nth, &clause.lasts());
            let bit = 1 << (nth % 64);
            for (row, of) in index.stands.iter_mut().zip([Place::Name, Place::Description, Place::Parameter]) {
                row[nth / 64] |= if clause.stands_in(of) { bit } else { 0 };
            }
            index.adds[nth / 64] |= if class == Some(Class::Read) { 0 } else { bit };
        }
        index
    }

    /// Calls `with` for each clause that may hold of the verb of `action`, in the order of the rules.
    pub(crate) fn each(&self, action: &Action, mut with: impl FnMut(ClauseRef)) {
        let Some(verb) = action.verb else { return };
        let stands = match action.place {
            Place::Name => &self.stands[0],
            Place::Description => &self.stands[1],
            Place::Parameter => &self.stands[2],
        };
        let last = action.last().map(|word| self.last.row(word.lemma));
        for (at, row) in self.verb.row(verb.lemma).iter().enumerate() {
            let mut left = row & stands[at] & (self.last.free[at] | last.map_or(0, |row| row[at]));
            if action.extra {
                left &= self.adds[at];
            }
            if left == 0 {
                continue;
            }
            let named = |all: u64, lemma: Lemma| all | self.object.row(lemma)[at];
            left &= action.objects.iter().map(|word| word.lemma).fold(self.object.free[at], named);
            while left != 0 {
                with(self.places[at * 64 + left.trailing_zeros() as usize]);
                left &= left - 1;
            }
        }
    }
}
