//! Foreign text in pages: markup becomes entities, and what a reader cannot see becomes a visible escape. Every value of
//! every template goes through here; there is no way around it but a value that says so itself (`|safe`), which no template
//! may use.

use crate::model::is_hidden;
use askama::filters::Escaper;
use std::fmt::{self, Write};

/// The escaper of all templates.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Inert;

impl Escaper for Inert {
    fn write_escaped_str<W: Write>(&self, mut to: W, text: &str) -> fmt::Result {
        write_inert(&mut to, text)
    }
}

/// What stands for a character in a page, where it cannot stand there itself.
const fn entity(byte: u8) -> Option<&'static str> {
    Some(match byte {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        b'"' => "&quot;",
        b'\'' => "&#39;",
        _ => return None,
    })
}

/// Bytes that stand as they are, without another look.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        plain[byte as usize] = entity(byte).is_none();
        byte += 1;
    }
    plain[b'\n' as usize] = true;
    plain
};

fn write_inert(to: &mut impl Write, text: &str) -> fmt::Result {
    let bytes = text.as_bytes();
    // What is before `from` is written; what is between it and `at` stands as it is.
    let (mut from, mut at) = (0, 0);
    while let Some(more) = bytes[at..].iter().position(|byte| !PLAIN[usize::from(*byte)]) {
        at += more;
        let Some(c) = text[at..].chars().next() else { break };
        let written = entity(bytes[at]);
        if written.is_none() && !is_hidden(c) {
            at += c.len_utf8();
            continue;
        }
        to.write_str(&text[from..at])?;
        match written {
            Some(entity) => to.write_str(entity)?,
            // A letter with a joiner before it is one sign of emoji or of an Indic script: the joiner is told apart all the same.
            None => write!(to, "{}", c.escape_unicode())?,
        }
        at += c.len_utf8();
        from = at;
    }
    to.write_str(&text[from..])
}

/// Text in XML: as in a page, but that nothing is shown by an escape that XML has no sign for.
pub(super) fn inert_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    // Text cannot fail to be written to.
    let _ = write_inert(&mut out, text);
    out
}

#[cfg(test)]
mod tests {
    use super::{Escaper, Inert, inert_text};

    fn inert(text: &str) -> String {
        let mut out = String::new();
        Inert.write_escaped_str(&mut out, text).expect("text can be written to");
        assert_eq!(out, inert_text(text));
        out
    }

    #[test]
    fn no_markup_and_nothing_invisible_is_left() {
        assert_eq!(inert("<b onclick='x'>\"&"), "&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;");
        assert_eq!(inert("de\u{202e}lete\u{0}\u{7f}"), "de\\u{202e}lete\\u{0}\\u{7f}");
        assert_eq!(inert("漢字 é\n\t"), "漢字 é\n\t");
    }
}
