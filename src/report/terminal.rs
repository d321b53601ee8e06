//! Data on its way to a terminal: bytes in, the same bytes out but for signs that a terminal obeys or that hide and
//! reorder text. Those come out as JSON and most other formats write them (`\u001b`), so that what is copied from the
//! screen stays readable by programs. Files and pipes never pass through here.

use super::style::{LINK, LINK_END, is_linked};
use crate::model::is_hidden;
use std::io::{self, IsTerminal, Stdout, Write};

/// Standard output: harmless where it is a terminal, as it comes where it is not.
pub fn stdout() -> Box<dyn Write + Send> {
    let out = io::stdout();
    if out.is_terminal() { Box::new(Harmless::<Stdout>::new(out)) } else { Box::new(out) }
}

/// As [`stdout`], for text that mcpdex itself has laid out: its own styles reach the terminal, nothing else does.
pub fn styled_stdout() -> Box<dyn Write + Send> {
    let out = io::stdout();
    if out.is_terminal() { Box::new(Harmless { styles: true, ..Harmless::new(out) }) } else { Box::new(out) }
}

/// As [`styled_stdout`], for another way to a terminal, such as a pager.
pub fn styled<W: Write>(out: W) -> Harmless<W> {
    Harmless { styles: true, ..Harmless::new(out) }
}

/// Writes text with what a terminal would obey made visible.
#[derive(Debug)]
pub struct Harmless<W: Write> {
    out: W,
    /// Whether colours and weights may pass (`ESC [ … m`).
    styles: bool,
    /// The beginning of a character, of which the next piece holds the rest.
    held: Vec<u8>,
}

impl<W: Write> Harmless<W> {
    /// Writes to `out`. What is held back at the end comes with [`Write::flush`].
    pub fn new(out: W) -> Harmless<W> {
        Harmless { out, styles: false, held: Vec::new() }
    }

    /// Writes `bytes`; `last` when nothing follows. Gives back what the next piece decides.
    fn pass(&mut self, bytes: &[u8], last: bool) -> io::Result<Vec<u8>> {
        let mut shown = String::with_capacity(bytes.len());
        let mut rest = bytes;
        let mut held = Vec::new();
        while !rest.is_empty() {
            let (text, bad) = match std::str::from_utf8(rest) {
                Ok(text) => (text, None),
                Err(error) => {
                    // What was valid up to here is valid.
                    let text = std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default();
                    (text, Some(error.error_len()))
                }
            };
            rest = &rest[text.len()..];
            let mut signs = text.char_indices();
            while let Some((at, sign)) = signs.next() {
                if let Some(style) = style(&text[at..]).filter(|_| self.styles) {
                    shown.push_str(style);
                    signs.by_ref().take(style.len() - 1).for_each(drop);
                // Lines end with a line feed; the terminal adds what it needs.
                } else if is_hidden(sign) {
                    escape(&mut shown, sign);
                } else {
                    shown.push(sign);
                }
            }
            match bad {
                None => break,
                Some(None) if !last => {
                    held.extend_from_slice(rest);
                    break;
                }
                Some(length) => {
                    let length = length.unwrap_or(rest.len());
                    shown.extend(rest[..length].iter().map(|byte| format!("\\x{byte:02x}")));
                    rest = &rest[length..];
                }
            }
        }
        self.out.write_all(shown.as_bytes())?;
        Ok(held)
    }
}

/// The style that the text begins with: `ESC [`, numbers and semicolons, `m`; or where a link begins or ends.
fn style(text: &str) -> Option<&str> {
    if let Some(inside) = text.strip_prefix(LINK) {
        let length = inside.find('\u{1b}')?;
        let (target, end) = inside.split_at(length);
        let is_plain = target.is_empty() || is_linked(target);
        return (is_plain && end.starts_with(LINK_END)).then(|| &text[..LINK.len() + length + LINK_END.len()]);
    }
    let inside = text.strip_prefix("\u{1b}[")?;
    let length = inside.find(|sign: char| !sign.is_ascii_digit() && sign != ';')?;
    inside[length..].starts_with('m').then(|| &text[..2 + length + 1])
}

/// As JSON escapes a character, in one or two code units.
fn escape(out: &mut String, sign: char) {
    out.extend(sign.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
}

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let mut bytes = std::mem::take(&mut self.held);
        bytes.extend_from_slice(piece);
        self.held = self.pass(&bytes, false)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.held);
        self.pass(&bytes, true)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8], at_once: usize) -> String {
        let mut out = Vec::new();
        let mut terminal = Harmless::new(&mut out);
        for piece in bytes.chunks(at_once) {
            terminal.write_all(piece).expect("memory takes all");
        }
        terminal.flush().expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn styles_pass_where_they_are_ours_and_nothing_else_does() {
        let mut out = Vec::new();
        let mut terminal = Harmless { styles: true, ..Harmless::new(&mut out) };
        terminal.write_all(b"\x1b[1;31mred\x1b[0m \x1b[2J\x1b]0;title\x07 \x1b[31").expect("memory takes all");
        terminal.flush().expect("memory takes all");
        let text = String::from_utf8(out).expect("text");
        assert_eq!(text, "\x1b[1;31mred\x1b[0m \\u001b[2J\\u001b]0;title\\u0007 \\u001b[31");
        let mut out = Vec::new();
        let mut terminal = styled(&mut out);
        let links = "\x1b]8;;https://a.example/x\x1b\\a\x1b]8;;\x1b\\ \x1b]8;;javascript:x\x1b\\ \x1b]8;;https://a b\x1b\\ \x1b]8;;https://a";
        terminal.write_all(links.as_bytes()).expect("memory takes all");
        terminal.flush().expect("memory takes all");
        let text = String::from_utf8(out).expect("text");
        assert!(
            text.starts_with("\x1b]8;;https://a.example/x\x1b\\a\x1b]8;;\x1b\\ \\u001b]8;;javascript:x"),
            "{text:?}"
        );
        assert_eq!(text.matches('\x1b').count(), 4, "{text:?}");
    }

    #[test]
    fn a_terminal_is_given_nothing_to_obey_however_the_bytes_are_cut() {
        for (bytes, expected) in [
            (&b"a\x1b[31mb\r\nc\rd\r"[..], "a\\u001b[31mb\\u000d\nc\\u000dd\\u000d"),
            ("é漢\u{9b}31m\u{202e}x\u{e0041}\t\n".as_bytes(), "é漢\\u009b31m\\u202ex\\udb40\\udc41\t\n"),
            (b"a\xff\x9bb\xe6\xbc", "a\\xff\\x9bb\\xe6\\xbc"),
            (b"plain, \"text\"\n", "plain, \"text\"\n"),
        ] {
            for at_once in [1, 2, 3, 100] {
                assert_eq!(shown(bytes, at_once), expected, "{at_once}");
            }
        }
    }
}
