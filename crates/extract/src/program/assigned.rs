//! Where names are assigned to, as the text has it: a truth that stands at the top of a file, or in a class, is certain
//! only where nothing sets it anew. Files in, places by name out; finds too much rather than too little.

use super::ast::{Init, Name};
use super::machine::Machine;
use super::setting::Setting;
use super::source::Sources;
use super::value::Value;
use std::collections::HashMap;

#[derive(Debug)]
pub(super) struct Assigned<'t> {
    /// The places of the signs, by file and byte.
    places: HashMap<&'t str, Vec<(usize, usize)>>,
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// The name that ends before `at`, spaces left out.
fn name_before(text: &str, at: usize) -> &str {
    let head = text.get(..at).unwrap_or_default().trim_end_matches([' ', '\t']);
    let word = head.bytes().rev().take_while(|byte| is_word(*byte)).count();
    head.get(head.len() - word..).unwrap_or_default()
}

impl<'t> Assigned<'t> {
    pub(super) fn of(sources: &Sources<'t>) -> Self {
        let mut places: HashMap<&'t str, Vec<(usize, usize)>> = HashMap::new();
        for (file, source) in sources.files.iter().enumerate() {
            let text: &'t str = source.text;
            let bytes = text.as_bytes();
            for (at, byte) in bytes.iter().enumerate() {
                let (before, after) = (at.checked_sub(1).map(|at| bytes[at]), bytes.get(at + 1));
                let name = match byte {
                    b'=' if !matches!(before, Some(b'=' | b'!' | b'<' | b'>' | b':')) && after != Some(&b'=') => {
                        let by = usize::from(matches!(before, Some(b'+' | b'-' | b'|' | b'&' | b'^' | b'?')));
                        name_before(text, at - by)
                    }
                    b'&' if before != Some(b'&') && after.is_some_and(|next| is_word(*next)) => {
                        let word = bytes[at + 1..].iter().take_while(|byte| is_word(**byte)).count();
                        text.get(at + 1..at + 1 + word).unwrap_or_default()
                    }
                    _ => continue,
                };
                if !name.is_empty() {
                    places.entry(name).or_default().push((file, at));
                }
            }
        }
        Assigned { places }
    }
}

impl<'t> Machine<'t> {
    /// A truth that stands at `init` under `name`, or what whoever runs the program decides, where it is set elsewhere.
    pub(super) fn unless_assigned(&mut self, name: &Name, init: Option<&Init<'t>>, value: Value<'t>) -> Value<'t> {
        let Value::Bool(_) = value else { return value };
        let sources = self.sources;
        let assigned = self.assigned.get_or_insert_with(|| Assigned::of(sources));
        let own = |(file, at): &(usize, usize)| {
            init.is_some_and(|init| {
                let between = sources.files[*file].text.get(at + 1..init.node.start_byte());
                init.file.0 == *file && between.is_some_and(|between| between.trim().is_empty())
            })
        };
        let places = assigned.places.get(&**name).map(Vec::as_slice).unwrap_or_default();
        if places.iter().all(own) { value } else { Setting::named(name, None) }
    }
}
