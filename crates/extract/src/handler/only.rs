//! A method by its name alone, where nothing is known of what it is called on: the one that the package has, if it has one.

use super::program::{Program, Scoping};
use super::term::{FuncId, Name};

/// Parts of a large file in which one method is looked for; a name that stands in more of them belongs to several.
const MAX_PARTS: usize = 12;

impl Program<'_> {
    /// The one method of this name that the package has, whatever its class.
    pub(super) fn only_method(&self, file: usize, name: &str) -> Option<FuncId> {
        let key = (self.forest.whole(file), Name::from(name));
        if let Some(known) = self.only_methods.borrow().get(&key) {
            return *known;
        }
        let found = self.find_only_method(file, name);
        self.only_methods.borrow_mut().insert(key, found);
        found
    }

    fn find_only_method(&self, file: usize, name: &str) -> Option<FuncId> {
        let own = |id: &FuncId| self.func(*id).is_some_and(|f| f.class.is_some() || f.receiver.is_some());
        let all: Vec<FuncId> = match self.scoping {
            Scoping::Python | Scoping::JavaScript => {
                let parts = self.forest.parts(file);
                let parts: Vec<usize> = parts.into_iter().filter(|part| self.forest.holds(*part, name)).collect();
                if parts.len() > MAX_PARTS {
                    return None;
                }
                let named = |part: usize| {
                    let funcs = self.file(part).map(|file| file.funcs.iter().enumerate()).into_iter().flatten();
                    funcs.filter(|(_, f)| &*f.name == name).map(move |(at, _)| FuncId { file: part, at })
                };
                parts.into_iter().flat_map(named).filter(own).collect()
            }
            _ => self.everywhere().funcs.get(name)?.iter().copied().filter(own).collect(),
        };
        match all.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}
