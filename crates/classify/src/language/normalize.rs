//! Text as it came in, text as rules read it out: compatibility forms folded (NFKC), lower case, invisible characters
//! gone, look-alike letters in Latin words replaced, with a map back to the bytes of the original.
//!
//! It never judges; what it had to mend is counted in [`Normalized`].

use mcpdex_model::text::{
    cyrillic_lookalike, is_cyrillic, is_deceptive, is_invisible, is_latin, is_unspaced, latin_lookalike,
};
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization;

/// What was mended in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Normalized {
    /// Invisible or direction-changing characters that were removed from between visible ones.
    pub invisible: usize,
    /// Letters of other scripts that stood in Latin words for their look-alikes.
    pub lookalike: usize,
    /// Bytes of the original that were not read because the text is longer than the limit.
    pub unread: usize,
}

impl Normalized {
    /// One sentence for each kind of mending.
    pub(crate) fn notes(self) -> Vec<String> {
        let mut notes = Vec::new();
        for (count, what) in [
            (self.invisible, "invisible or direction-changing characters were removed before matching"),
            (self.lookalike, "letters that look like Latin ones were read as those"),
            (self.unread, "bytes of overlong text were not read"),
        ] {
            if count > 0 {
                let mut note = String::new();
                let _ = write!(note, "{count} {what}");
                notes.push(note);
            }
        }
        notes
    }
}

/// Appends the normal form of `text` to `out`; `map` receives, for every byte appended, the range of the original
/// that it came from. Returns `None` for the map when the text is plain ASCII, where both have the same offsets.
pub(crate) fn normalize(
    text: &str,
    limit: usize,
    out: &mut String,
    mended: &mut Normalized,
) -> Option<Vec<(u32, u32)>> {
    let text = cut(text, limit, mended);
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
        return None;
    }
    let mut chars: Vec<(char, u32, u32)> = Vec::with_capacity(text.len());
    fold(text, &mut chars, mended);
    replace_lookalikes(&mut chars, mended);
    let mut map = Vec::with_capacity(text.len());
    for (letter, from, to) in chars {
        out.push(letter);
        for _ in 0..letter.len_utf8() {
            map.push((from, to));
        }
    }
    Some(map)
}

/// The normal form alone.
pub(crate) fn normal(text: &str) -> String {
    if is_normal(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    normalize(text, usize::MAX, &mut out, &mut Normalized::default());
    out
}

/// Whether the text surely is its own normal form: small letters of Latin or Cyrillic, no word of which stands for one of
/// the other.
fn is_normal(text: &str) -> bool {
    let latin = |letter| matches!(letter, ' '..='@' | '['..='~' | '\u{df}'..='\u{ff}');
    let cyrillic = |letter| matches!(letter, ' ' | '\u{430}'..='\u{45f}');
    text.chars().all(latin)
        || text.chars().all(cyrillic)
            && text.chars().any(|letter| is_cyrillic(letter) && latin_lookalike(letter).is_none())
}

fn cut<'t>(text: &'t str, limit: usize, mended: &mut Normalized) -> &'t str {
    if text.len() <= limit {
        return text;
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    mended.unread += text.len() - end;
    &text[..end]
}

/// NFKC and lower case, cluster by cluster, without invisible characters.
fn fold(text: &str, out: &mut Vec<(char, u32, u32)>, mended: &mut Normalized) {
    let mut letters = text.char_indices().peekable();
    let mut before_visible = false;
    while let Some((at, letter)) = letters.next() {
        let from = at as u32;
        let mut end = at + letter.len_utf8();
        if letter.is_ascii() && letters.peek().is_none_or(|(_, next)| next.is_ascii()) {
            out.push((letter.to_ascii_lowercase(), from, end as u32));
            before_visible = letter.is_ascii_alphanumeric();
            continue;
        }
        if is_invisible(letter) {
            let after = letters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
            if is_deceptive(letter) || (before_visible && after) {
                mended.invisible += 1;
            }
            continue;
        }
        let mut cluster = String::from(letter);
        while let Some(&(next_at, next)) = letters.peek() {
            if !continues_cluster(next) {
                break;
            }
            cluster.push(next);
            end = next_at + next.len_utf8();
            letters.next();
        }
        for folded in cluster.nfkc() {
            for lower in folded.to_lowercase() {
                out.push((lower, from, end as u32));
            }
        }
        before_visible = letter.is_alphanumeric();
    }
}

fn continues_cluster(letter: char) -> bool {
    !letter.is_ascii()
        && (unicode_normalization::char::canonical_combining_class(letter) != 0
            || matches!(letter, '\u{1160}'..='\u{11FF}' | '\u{FF9E}' | '\u{FF9F}'))
}

/// Replaces letters that look like Latin ones, in words that are Latin otherwise; a word made of look-alikes alone is
/// replaced only where no word of the text is truly of that script. Latin letters in Cyrillic words likewise.
fn replace_lookalikes(chars: &mut [(char, u32, u32)], mended: &mut Normalized) {
    if chars.iter().all(|(letter, ..)| latin_lookalike(*letter).is_none()) {
        return;
    }
    let mut words: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    for (at, (letter, ..)) in chars.iter().enumerate() {
        match (letter.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        words.push((from, chars.len()));
    }
    let is_foreign = |letter: char| letter.is_alphabetic() && !is_latin(letter) && latin_lookalike(letter).is_none();
    let truly_foreign = words.iter().any(|&(from, to)| {
        let word = &chars[from..to];
        word.iter().any(|(letter, ..)| is_foreign(*letter)) && !word.iter().any(|(l, ..)| l.is_ascii_alphabetic())
    });
    for (from, to) in words {
        let word = &mut chars[from..to];
        let latin = word.iter().any(|(letter, ..)| letter.is_ascii_alphabetic());
        let cyrillic = word.iter().any(|(letter, ..)| is_cyrillic(*letter) && is_foreign(*letter));
        if latin && cyrillic && word.iter().all(|(l, ..)| !l.is_ascii_alphabetic() || cyrillic_lookalike(*l).is_some())
        {
            for (letter, ..) in word {
                if let Some(plain) = cyrillic_lookalike(*letter) {
                    *letter = plain;
                    mended.lookalike += 1;
                }
            }
            continue;
        }
        if !latin && (truly_foreign || word.iter().any(|(letter, ..)| is_foreign(*letter))) {
            continue;
        }
        for (letter, ..) in word {
            if let Some(plain) = latin_lookalike(*letter) {
                *letter = plain;
                mended.lookalike += 1;
            }
        }
    }
}

/// Whether the letter is of a script that no language of the rules is written in.
pub(crate) fn is_unread_script(letter: char) -> bool {
    letter.is_alphabetic()
        && !letter.is_ascii()
        && !is_latin(letter)
        && !is_cyrillic(letter)
        && !is_unspaced(letter)
        && matches!(letter, '\u{0370}'..='\u{03FF}' | '\u{0530}'..='\u{1FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_and_lookalikes_inside_a_verb_do_not_hide_it() {
        let mut mended = Normalized::default();
        let mut out = String::new();
        let text = "D\u{0435}l\u{200B}ete a ｆｉｌｅ";
        let map = normalize(text, 1000, &mut out, &mut mended).expect("not ASCII");
        assert_eq!(out, "delete a file");
        assert_eq!((mended.invisible, mended.lookalike), (1, 1));
        assert_eq!(&text[map[0].0 as usize..map[5].1 as usize], "D\u{0435}l\u{200B}ete");
    }

    #[test]
    fn honest_text_of_other_scripts_is_left_alone() {
        let text = "Удаляет файл и сору";
        assert_eq!(normal(text), text.to_lowercase());
        assert_eq!(normal("сору"), "copy");
    }
}
