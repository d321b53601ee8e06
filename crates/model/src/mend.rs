//! Text that a strict parser of JSON refuses, made readable: text in, a mended copy and what was done out. Goes through
//! the text once and judges nothing; whether what comes out is JSON is for the parser to say.

use super::Oddity;

/// Nesting below this many levels is cut when the text has to be mended.
const DEEPEST: usize = 100;

/// A copy of the text with what a strict parser refuses made readable, and what was done.
pub(super) fn mend(text: &str) -> (String, Vec<Oddity>) {
    let mut mender = Mender { text: text.as_bytes(), at: 0, out: String::with_capacity(text.len()), done: [false; 6] };
    mender.run(text);
    let what = [
        "holds half a surrogate pair; read as U+FFFD",
        "holds a number out of range; read as the largest number",
        "is nested too deeply; the innermost values were dropped",
        "holds a bare control character or unknown escape in a string; kept as text",
        "holds NaN, Infinity or another bare word; read as null",
        "holds a trailing comma; ignored",
    ];
    let oddities = what
        .iter()
        .zip(mender.done)
        .filter(|(_, done)| *done)
        .map(|(what, _)| Oddity { pointer: String::new(), what: (*what).to_owned() })
        .collect();
    (mender.out, oddities)
}

struct Mender<'a> {
    text: &'a [u8],
    at: usize,
    out: String,
    /// One flag for each sentence in [`mend`], in its order.
    done: [bool; 6],
}

impl Mender<'_> {
    fn run(&mut self, text: &str) {
        let mut depth = 0_usize;
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b'"' if depth <= DEEPEST => self.string(text),
                b'"' => self.at = skip_string(self.text, self.at),
                b'{' | b'[' => {
                    depth += 1;
                    if depth == DEEPEST + 1 {
                        self.out.push_str("null");
                        self.done[2] = true;
                    }
                    self.emit(depth, byte);
                }
                b'}' | b']' => {
                    if depth <= DEEPEST && self.out.trim_end().ends_with(',') {
                        self.out.truncate(self.out.trim_end().len() - 1);
                        self.done[5] = true;
                    }
                    self.emit(depth, byte);
                    depth = depth.saturating_sub(1);
                }
                b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' => self.emit(depth, byte),
                _ => self.scalar(text, depth),
            }
        }
    }

    fn emit(&mut self, depth: usize, byte: u8) {
        if depth <= DEEPEST {
            self.out.push(char::from(byte));
        }
        self.at += 1;
    }

    /// A number or a word, up to the next structural character.
    fn scalar(&mut self, text: &str, depth: usize) {
        let rest = &self.text[self.at..];
        let stops = |b: &u8| matches!(b, b',' | b'}' | b']' | b'{' | b'[' | b':' | b'"' | b' ' | b'\t' | b'\r' | b'\n');
        let length = rest.iter().position(stops).unwrap_or(rest.len());
        let word = &text[self.at..self.at + length];
        self.at += length;
        if depth > DEEPEST {
            return;
        }
        let numeric = word.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
        match word.parse::<f64>() {
            _ if matches!(word, "true" | "false" | "null") => self.out.push_str(word),
            Ok(number) if numeric && number.is_finite() => self.out.push_str(word),
            Ok(number) if numeric => {
                self.done[1] = true;
                self.out.push_str(if number < 0.0 { "-1.7976931348623157e308" } else { "1.7976931348623157e308" });
            }
            _ => {
                self.done[4] = true;
                self.out.push_str("null");
            }
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        self.at += 1;
        let mut plain = self.at;
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b'"' => {
                    self.out.push_str(&text[plain..=self.at]);
                    self.at += 1;
                    return;
                }
                b'\\' => {
                    self.out.push_str(&text[plain..self.at]);
                    self.escape();
                    plain = self.at;
                }
                0..=0x1f => {
                    self.out.push_str(&text[plain..self.at]);
                    self.out.push_str(&format!("\\u{byte:04x}"));
                    self.done[3] = true;
                    self.at += 1;
                    plain = self.at;
                }
                _ => self.at += 1,
            }
        }
        self.out.push_str(&text[plain..]);
    }

    fn escape(&mut self) {
        match self.text.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.out.push('\\');
                self.out.push(char::from(self.text[self.at + 1]));
                self.at += 2;
            }
            Some(b'u') => match (hex(self.text, self.at), hex(self.text, self.at + 6)) {
                (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => {
                    self.copy(12);
                }
                (Some(0xd800..=0xdfff), _) => {
                    self.out.push_str("\\ufffd");
                    self.done[0] = true;
                    self.at += 6;
                }
                (Some(_), _) => self.copy(6),
                (None, _) => self.keep_backslash(),
            },
            _ => self.keep_backslash(),
        }
    }

    fn copy(&mut self, bytes: usize) {
        // Only called on escapes, which are ASCII.
        self.out.extend(self.text[self.at..self.at + bytes].iter().copied().map(char::from));
        self.at += bytes;
    }

    fn keep_backslash(&mut self) {
        self.out.push_str("\\\\");
        self.done[3] = true;
        self.at += 1;
    }
}

/// The code unit of a `\uXXXX` escape that starts at `at`.
fn hex(text: &[u8], at: usize) -> Option<u32> {
    let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}

/// One past the string that starts at `at`.
fn skip_string(text: &[u8], at: usize) -> usize {
    let mut next = at + 1;
    while let Some(&byte) = text.get(next) {
        match byte {
            b'"' => return next + 1,
            b'\\' => next += 2,
            _ => next += 1,
        }
    }
    text.len()
}
