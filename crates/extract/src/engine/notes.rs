//! What a reader says about the list as a whole while it works: each cause once for each place, and not without end.

use mcpdex_model::{Partial, PartialReason, ToolSite};

/// Notes on one package; more say no more.
const MOST: usize = 200;

/// Notes in the order in which they came up.
#[derive(Debug)]
pub(crate) struct Notes {
    notes: Vec<Partial>,
    /// How often one cause is told, in different places.
    alike: usize,
}

impl Default for Notes {
    /// Every place of a cause is told.
    fn default() -> Self {
        Notes { notes: Vec::new(), alike: usize::MAX }
    }
}

impl Notes {
    /// The same cause in many places is told for the first few.
    pub(crate) fn first_of_a_kind(alike: usize) -> Self {
        Notes { alike, ..Notes::default() }
    }

    /// Notes that a tool may be missing.
    pub(crate) fn missing(&mut self, reason: PartialReason, detail: impl Into<String>, site: Option<ToolSite>) {
        self.keep(Partial::missing(reason, detail.into(), site));
    }

    /// Keeps a note that was made elsewhere, such as a file that was refused.
    pub(crate) fn keep(&mut self, note: Partial) {
        let alike = self.notes.iter().filter(|known| known.detail == note.detail).count();
        if self.notes.len() < MOST && alike < self.alike && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Partial> {
        self.notes.iter()
    }

    pub(crate) fn into_vec(self) -> Vec<Partial> {
        self.notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(line: u32) -> Option<ToolSite> {
        Some(ToolSite { file: "lamp.py".to_owned(), line })
    }

    #[test]
    fn a_cause_is_told_once_for_each_place_and_not_without_end() {
        let (mut all, mut few) = (Notes::default(), Notes::first_of_a_kind(3));
        for line in [1, 1, 2, 3, 4] {
            all.missing(PartialReason::UnresolvedValue, "a name is made at run time", site(line));
            few.missing(PartialReason::UnresolvedValue, "a name is made at run time", site(line));
        }
        assert_eq!((all.iter().count(), few.iter().count()), (4, 3));
        (0..10_000).for_each(|line| all.missing(PartialReason::LimitReached, "a loop goes on", site(line)));
        assert_eq!(all.into_vec().len(), MOST);
    }
}
