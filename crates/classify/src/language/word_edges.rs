//! Where words begin and end, of scripts that part them by blanks. It knows no word.

use mcpdex_model::text::is_unspaced;

/// Whether a letter is part of words that blanks part.
pub(crate) fn is_letter(letter: char) -> bool {
    match letter {
        // Whole blocks of letters, which need no look at the tables.
        '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' | '\u{400}'..='\u{481}' => true,
        _ => letter.is_alphanumeric() && !is_unspaced(letter),
    }
}

/// Which bytes are letters and digits of ASCII.
pub(crate) const IS_WORD: [bool; 256] = {
    let mut is_word = [false; 256];
    let mut at = 0;
    while at < 128 {
        is_word[at] = (at as u8).is_ascii_alphanumeric();
        at += 1;
    }
    is_word
};

pub(crate) fn ascii_word_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| !IS_WORD[usize::from(*byte)]).map_or(bytes.len(), |length| at + length)
}

/// Where the letters and digits that begin at `at` end.
pub(crate) fn word_end(text: &str, at: usize) -> usize {
    let end = ascii_word_end(text.as_bytes(), at);
    match text.as_bytes().get(end) {
        Some(byte) if !byte.is_ascii() => {
            text[end..].find(|letter| !is_letter(letter)).map_or(text.len(), |length| end + length)
        }
        _ => end,
    }
}

/// Whether no word goes on to both sides of `start`: `_` and hyphens join words.
pub(crate) fn is_bounded_left(text: &str, start: usize) -> bool {
    let bytes = text.as_bytes();
    match bytes.get(start.wrapping_sub(1)) {
        None => true,
        Some(byte) if byte.is_ascii() => {
            !(byte.is_ascii_alphanumeric()
                || *byte == b'_'
                || (*byte == b'-' && start > 1 && bytes[start - 2].is_ascii_alphanumeric()))
        }
        Some(_) => text[..start].chars().next_back().is_none_or(|letter| !is_letter(letter)),
    }
}

/// The same in plain ASCII, where no letter or digit stands before `start`.
pub(crate) fn is_ascii_bounded_left(bytes: &[u8], start: usize) -> bool {
    match bytes[..start] {
        [.., b'_'] => false,
        [.., before, b'-'] => !IS_WORD[usize::from(before)],
        _ => true,
    }
}

/// The same of what stands behind `end`.
pub(crate) fn is_bounded_right(text: &str, end: usize) -> bool {
    let bytes = text.as_bytes();
    match bytes.get(end) {
        None => true,
        Some(byte) if byte.is_ascii() => {
            !(byte.is_ascii_alphanumeric()
                || *byte == b'_'
                || (*byte == b'-' && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric)))
        }
        Some(_) => text[end..].chars().next().is_none_or(|letter| !is_letter(letter)),
    }
}
