//! Text of strangers inside documents: quoted so that it stays one string, or shortened to one harmless comment.

use std::fmt::Write;

/// The longest comment, in characters.
const LONGEST_COMMENT: usize = 200;

fn is_plain(c: char) -> bool {
    (' '..='~').contains(&c) || (!c.is_ascii() && c.is_alphanumeric())
}

/// A double-quoted string as YAML, TOML and CEL read it: whatever is not plainly printable is a `\u` escape.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_plain(c) => out.push(c),
            c if u32::from(c) <= 0xffff => write!(out, "\\u{:04X}", u32::from(c)).expect("a string takes all"),
            c => write!(out, "\\U{:08X}", u32::from(c)).expect("a string takes all"),
        }
    }
    out.push('"');
    out
}

/// A double-quoted string as Cedar reads it.
pub(super) fn cedar_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if is_plain(c) => out.push(c),
            c => write!(out, "\\u{{{:x}}}", u32::from(c)).expect("a string takes all"),
        }
    }
    out.push('"');
    out
}

/// A string as JSON and Rego read it.
pub(super) fn json_quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Text for a comment: one line, printable, of bounded length. It cannot end the comment.
pub(super) fn comment(text: &str) -> String {
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == LONGEST_COMMENT {
            out.push('…');
            break;
        }
        if is_plain(c) { out.push(c) } else { out.extend(c.escape_unicode()) }
    }
    out
}

/// Makes every character that `keep` refuses into `with`.
pub(super) fn mangled(text: &str, with: char, keep: impl Fn(char) -> bool) -> String {
    // The clients count in UTF-16: a character beyond the first plane becomes two.
    let spelled = |c: char| if keep(c) { (c, 1) } else { (with, c.len_utf16()) };
    text.chars().map(spelled).flat_map(|(c, times)| std::iter::repeat_n(c, times)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_quoted_text_is_read_back_as_it_was(text in any::<String>()) {
            let toml: toml::Table = toml::from_str(&format!("a = {}", quoted(&text))).expect("TOML");
            prop_assert_eq!(toml["a"].as_str(), Some(text.as_str()));
            let yaml: String = serde_saphyr::from_str(&quoted(&text)).expect("YAML");
            prop_assert_eq!(&yaml, &text);
            let json: String = serde_json::from_str(&json_quoted(&text)).expect("JSON");
            prop_assert_eq!(&json, &text);
        }

        #[test]
        fn a_comment_is_one_line(text in any::<String>()) {
            let line = comment(&text);
            let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
            prop_assert!(!line.contains(breaks));
        }
    }
}
