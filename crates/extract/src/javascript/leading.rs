//! Which parts of a bundle may lead to a registration: those that speak of one, and those that name such a part. A bundle
//! carries libraries along whose work is followed for its values only, and not to its end.

use super::limit::mentions_registration;
use super::outline::Piece;
use std::collections::HashMap;

/// For each piece of `text`, in order, whether what it does may register tools.
pub(super) fn leading<'t>(text: &'t str, pieces: &[&Piece<'t>]) -> Vec<bool> {
    let mut declared: HashMap<&str, usize> = HashMap::new();
    for (at, piece) in pieces.iter().enumerate() {
        declared.extend(piece.names.iter().map(|name| (*name, at)));
    }
    // Who names a piece, by its number.
    let mut named_by: Vec<Vec<usize>> = vec![Vec::new(); pieces.len()];
    let mut leads = vec![false; pieces.len()];
    let mut pending = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let own = text.get(piece.range.clone()).unwrap_or_default();
        if mentions_registration(own) {
            leads[at] = true;
            pending.push(at);
        }
        for word in words(own) {
            if let Some(named) = declared.get(word).filter(|named| **named != at)
                && named_by[*named].last() != Some(&at)
            {
                named_by[*named].push(at);
            }
        }
    }
    while let Some(named) = pending.pop() {
        for at in std::mem::take(&mut named_by[named]) {
            if !std::mem::replace(&mut leads[at], true) {
                pending.push(at);
            }
        }
    }
    leads
}

/// The words of source text, those in texts and comments too: one too many only makes more be followed.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.split(move |c| !is_word(c)).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::javascript::outline::pieces;

    #[test]
    fn what_leads_to_a_registration_by_name_leads() {
        let text = "function pad(a) { return a; }\nfunction bake(s) { s.registerTool('bake', {}, pad); }\n\
                    function start() { bake(make()); }\nfunction make() { return pad(1); }\nstart();";
        let pieces = pieces(text).unwrap_or_default();
        let led = leading(text, &pieces.iter().collect::<Vec<_>>());
        let leading = pieces.iter().zip(led).filter(|(_, leads)| *leads);
        let names: Vec<_> = leading.flat_map(|(piece, _)| piece.names.clone()).collect();
        assert_eq!(names, ["bake", "start"]);
    }
}
