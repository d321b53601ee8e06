//! Names that a person may have meant, out of any number of them: a misspelt name in, some hundreds of candidates out,
//! among which whoever asks chooses. Jumps along indexes and never reads one from end to end.

use super::full_text;
use super::index::IN_NAME;
use super::{Reader, StoreError};
use mcpdex_model::spelling;
use std::collections::BTreeSet;

/// Candidates from one way of looking, and from all.
const FROM_ONE: usize = 60;
const MOST: usize = 400;
/// Characters of a name within which a slip makes it begin otherwise.
const SLIPS: usize = 5;
/// Shorter beginnings are shared by too many names to say anything.
const SHORTEST: usize = 3;
/// Longer names are looked for by their beginning.
const LONGEST: usize = 128;
/// Words of a name that are looked for.
const MOST_WORDS: usize = 6;

impl Reader {
    /// Names of current tools that are near a name: those that begin as it does, or would without one slip near its
    /// beginning, and those that share its words.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn tool_names_near(&self, wanted: &str) -> Result<Vec<String>, StoreError> {
        let next = "SELECT name FROM tool INDEXED BY tool_by_name
                    WHERE current = 1 AND octet_length(name) <= 1000 AND name > ?1 AND name < ?2
                    ORDER BY name LIMIT 1";
        let mut found = Found::default();
        for form in forms(wanted) {
            self.beginning(next, "", &form, &mut found)?;
        }
        let words: Vec<String> = spelling::query_words(wanted).into_iter().take(MOST_WORDS).collect();
        if words.len() > 1 {
            let without: Vec<Vec<&String>> = (0..=words.len())
                .map(|left| words.iter().enumerate().filter(|(at, _)| *at != left).map(|(_, word)| word).collect())
                .collect();
            // All of them first, then all but one.
            for some in without.iter().rev().filter(|some| words.len() > 2 || some.len() == words.len()) {
                let all: Vec<String> = some.iter().map(|word| format!("\"{IN_NAME}{word}\"")).collect();
                let names = full_text::tool_names(&self.connection, &all.join(" AND "), FROM_ONE as i64);
                found.add(names.map_err(self.fail())?);
            }
        }
        Ok(found.names.into_iter().collect())
    }

    /// Names of servers, those that are gone left out, that are near a name, a package or a part of a name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn server_names_near(&self, wanted: &str) -> Result<Vec<String>, StoreError> {
        let next = "SELECT name FROM server
                    WHERE octet_length(name) <= 1000 AND name > ?1 AND name < ?2 ORDER BY name LIMIT 1";
        let mut found = Found::default();
        for scheme in ["", "npm:", "pypi:"] {
            self.beginning(next, scheme, wanted, &mut found)?;
        }
        let words: Vec<String> = spelling::query_words(wanted).into_iter().take(MOST_WORDS).collect();
        for word in &words {
            // The word itself, and those that begin as it does but for its end.
            let end = word.char_indices().nth(word.chars().count().saturating_sub(2).max(SHORTEST));
            let start = end.map_or(word.as_str(), |(at, _)| &word[..at]);
            let sql = "SELECT server.name FROM server_word JOIN server ON server.id = server_word.server_id
                       WHERE word >= ?1 AND word < ?2 LIMIT ?3";
            for (from, to) in [(word.as_str(), format!("{word}\0")), (start, after(start))] {
                found.add(self.names(sql, (from, to, FROM_ONE as i64))?);
            }
        }
        let known = found.names.into_iter();
        let stands = "SELECT name FROM server WHERE name = ?1 AND gone = 0";
        known.map(|name| self.names(stands, [name])).try_fold(Vec::new(), |mut all, names| {
            all.extend(names?);
            Ok(all)
        })
    }

    /// Adds names that begin with less and less of `wanted`, and those that a slip near its beginning led away from.
    /// `next` answers with the first name between two texts.
    fn beginning(&self, next: &str, scheme: &str, wanted: &str, found: &mut Found) -> Result<(), StoreError> {
        let signs: Vec<char> = wanted.chars().take(LONGEST).collect();
        let mut shared = 0;
        for length in (SHORTEST..=signs.len()).rev() {
            let start: String = scheme.chars().chain(signs[..length].iter().copied()).collect();
            let end = after(&start);
            let (mut from, mut left) = (before(&start), FROM_ONE);
            while left > 0 && found.names.len() < MOST {
                let Some(name) = self.names(next, (&from, &end))?.pop() else { break };
                from.clone_from(&name);
                shared = shared.max(length);
                left -= 1;
                found.names.insert(name);
            }
            if found.names.len() >= FROM_ONE {
                break;
            }
        }
        // Names that begin as it does for the most part leave nothing to undo at the beginning.
        if shared * 10 >= signs.len() * 7 {
            return Ok(());
        }
        for start in slips(&signs) {
            let start = format!("{scheme}{start}");
            found.add(self.names(next, (before(&start), after(&start)))?);
        }
        Ok(())
    }
}

/// The names that were found, each once.
#[derive(Default)]
struct Found {
    names: BTreeSet<String>,
}

impl Found {
    fn add(&mut self, names: Vec<String>) {
        let room = MOST.saturating_sub(self.names.len());
        self.names.extend(names.into_iter().take(room));
    }
}

/// What comes before every text that begins with `start`, that itself included, and after all smaller ones.
fn before(start: &str) -> String {
    let mut signs: Vec<char> = start.chars().collect();
    let last = signs.pop().map_or(0, u32::from);
    signs.extend([char::from_u32(last.saturating_sub(1)).unwrap_or_default(), char::MAX]);
    signs.into_iter().collect()
}

/// What comes after every text that begins with `start`.
fn after(start: &str) -> String {
    format!("{start}{}", char::MAX)
}

/// A name as it is written, and in the style of most names.
fn forms(wanted: &str) -> Vec<String> {
    let words = spelling::query_words(wanted).join("_");
    if words == wanted || words.is_empty() { vec![wanted.to_owned()] } else { vec![wanted.to_owned(), words] }
}

/// Beginnings of names from which one slip near the start leads to `signs`: a sign too many, too few, another one, or two
/// that changed places.
fn slips(signs: &[char]) -> BTreeSet<String> {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz_-";
    /// Signs of the beginning that is looked for.
    const LENGTH: usize = SLIPS + 3;
    let mut all = BTreeSet::new();
    if signs.len() < SHORTEST {
        return all;
    }
    let mut add = |mut changed: Vec<char>| {
        changed.truncate(LENGTH);
        all.insert(changed.into_iter().collect::<String>());
    };
    for at in 0..SLIPS.min(signs.len()) {
        let mut less = signs.to_vec();
        less.remove(at);
        add(less);
        if at + 1 < signs.len() {
            let mut swapped = signs.to_vec();
            swapped.swap(at, at + 1);
            add(swapped);
        }
        for letter in LETTERS.chars() {
            let mut other = signs.to_vec();
            other[at] = letter;
            add(other);
            let mut more = signs.to_vec();
            more.insert(at, letter);
            add(more);
        }
    }
    all.remove(&signs.iter().take(LENGTH).collect::<String>());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_near_the_beginning_is_undone() {
        let from = |wanted: &str| slips(&wanted.chars().collect::<Vec<_>>());
        for wrong in ["dleete_file", "elete_file", "xelete_file", "ddelete_file", "dlete_file"] {
            assert!(from(wrong).contains("delete_f"), "{wrong}");
        }
        assert!(from("ab").is_empty());
        assert!(from("delete_file").len() < 300);
    }
}
