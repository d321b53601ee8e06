//! Characters that a reader does not see: one list for whoever shows text and for whoever judges it.

use std::borrow::Cow;

/// Replaces what a terminal would act on or a reader could not see by a visible escape such as `\u{1b}`.
///
/// Covers C0 and C1 controls (line feed and tab excepted), DEL, bidirectional controls, zero-width and other invisible
/// characters, and the tag block. The result contains none of them.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| !is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Whether a terminal would act on the character, or a reader could not see it: controls (line feed and tab excepted),
/// the line and paragraph separators, and what [`is_invisible`] says.
pub fn is_hidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}') || is_invisible(c)
}

/// Whether the character has no shape of its own and sets nothing apart: text reads the same without it. Fillers,
/// zero-width and bidirectional controls, variation selectors, the tag block.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Invisible characters that honest text has no use for: those that turn the order of what is read around, and the tag
/// block, which can spell whole sentences.
pub fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::{is_deceptive, is_hidden, is_invisible, visible};

    #[test]
    fn escapes_are_shown_and_plain_text_is_left_alone() {
        assert_eq!(visible("a\tb\nc é 漢字"), "a\tb\nc é 漢字");
        assert_eq!(visible("\u{1b}[31mred\u{202e}"), "\\u{1b}[31mred\\u{202e}");
        assert_eq!(visible("de\u{200b}lete"), "de\\u{200b}lete");
    }

    #[test]
    fn what_deceives_is_invisible_and_what_is_invisible_is_hidden() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            assert!(!is_deceptive(c) || is_invisible(c), "{c:?}");
            assert!(!is_invisible(c) || is_hidden(c), "{c:?}");
        }
        assert!(is_hidden('\u{2028}') && !is_invisible('\u{2028}'), "a line separator sets lines apart");
    }
}
