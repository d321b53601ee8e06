//! JSON from strangers: text in, a value and what was odd about it out. Never loses a whole document to one bad value,
//! and never hides that it mended something.
//!
//! Well-formed text is read in one pass that also notices keys that appear twice (parsers disagree about which one
//! counts, so two clients may see two different tools). What `serde_json` refuses (half surrogate pairs, numbers out of
//! range, deep nesting, bare control characters, `NaN`, trailing commas) is mended in a copy and read again.

use super::Oddity;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Nesting below this many levels is cut when the text has to be mended.
const DEEPEST: usize = 100;

/// Oddities kept of one document; a hostile one could hold a million.
const MOST_ODDITIES: usize = 64;

/// Reads JSON text leniently: the value, and what was odd about it.
///
/// # Errors
/// The text cannot be mended into JSON; the error is the parser's on the original text.
pub fn parse(text: &str) -> Result<(Value, Vec<Oddity>), serde_json::Error> {
    let mut oddities = Vec::new();
    let error = match read(text, &mut oddities) {
        Ok(value) => return Ok((value, oddities)),
        Err(error) => error,
    };
    let (mended, mut found) = mend(text);
    match read(&mended, &mut found) {
        Ok(value) => Ok((value, found)),
        Err(_) => Err(error),
    }
}

/// Text that a strict parser refuses, with what it refuses made readable, and what was done; `None` where there was
/// nothing to do. Whether the rest is JSON is not looked at.
pub fn mended(text: &str) -> Option<(String, Vec<Oddity>)> {
    let (plain, done) = mend(text);
    (!done.is_empty()).then_some((plain, done))
}

/// The text that bytes hold: UTF-8, with its byte order mark taken off, or UTF-16 that says so by one; and what had to
/// be mended. `None`: they are neither.
pub fn text_of(bytes: &[u8]) -> Option<(Cow<'_, str>, Option<Oddity>)> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => {
            let bare = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
            return std::str::from_utf8(bare).ok().map(|text| (Cow::Borrowed(text), None));
        }
    };
    let pairs = bytes[2..].chunks_exact(2);
    let mut broken = !pairs.remainder().is_empty();
    let units = pairs.map(|pair| unit([pair[0], pair[1]]));
    let mut text = String::with_capacity(bytes.len() / 2);
    for sign in char::decode_utf16(units) {
        broken |= sign.is_err();
        text.push(sign.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    let what = "holds half a UTF-16 character; read as U+FFFD".to_owned();
    Some((Cow::Owned(text), broken.then_some(Oddity { pointer: String::new(), what })))
}

/// What some editors write before UTF-8 text.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

fn read(text: &str, oddities: &mut Vec<Oddity>) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Careful { path: None, oddities }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Where a value stands, as a list of steps that lives on the stack.
struct Step<'a> {
    parent: Option<&'a Step<'a>>,
    at: At<'a>,
}

enum At<'a> {
    Key(&'a str),
    Index(usize),
}

fn pointer(step: Option<&Step<'_>>, last: &str) -> String {
    let mut parts = vec![last.replace('~', "~0").replace('/', "~1")];
    let mut next = step;
    while let Some(step) = next {
        parts.push(match step.at {
            At::Key(key) => key.replace('~', "~0").replace('/', "~1"),
            At::Index(index) => index.to_string(),
        });
        next = step.parent;
    }
    parts.iter().rev().fold(String::new(), |text, part| text + "/" + part)
}

/// Builds a value as `serde_json` would, and notices keys that appear twice.
struct Careful<'a> {
    path: Option<&'a Step<'a>>,
    oddities: &'a mut Vec<Oddity>,
}

impl<'de> DeserializeSeed<'de> for Careful<'_> {
    type Value = Value;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Careful<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let step = Step { parent: self.path, at: At::Index(list.len()) };
            match items.next_element_seed(Careful { path: Some(&step), oddities: &mut *self.oddities })? {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let step = Step { parent: self.path, at: At::Key(&key) };
            let value = members.next_value_seed(Careful { path: Some(&step), oddities: &mut *self.oddities })?;
            match map.entry(key) {
                Entry::Vacant(slot) => {
                    slot.insert(value);
                }
                Entry::Occupied(mut slot) => {
                    if self.oddities.len() < MOST_ODDITIES {
                        let pointer = pointer(self.path, slot.key());
                        let what = "appears twice; the last one was read, other clients may read the first".to_owned();
                        self.oddities.push(Oddity { pointer, what });
                    }
                    slot.insert(value);
                }
            }
        }
        Ok(Value::Object(map))
    }
}

/// A copy of the text with what a strict parser refuses made readable, and what was done.
fn mend(text: &str) -> (String, Vec<Oddity>) {
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

#[cfg(test)]
mod tests {
    use super::{parse, text_of};

    #[test]
    fn keys_that_appear_twice_are_named_by_their_pointer() {
        let (value, odd) = parse(r#"{"a":[{"b/c":1,"b/c":2}]}"#).expect("valid");
        assert_eq!(value.pointer("/a/0/b~1c"), Some(&2.into()));
        assert_eq!(odd.iter().map(|o| o.pointer.as_str()).collect::<Vec<_>>(), ["/a/0/b~1c"]);
    }

    #[test]
    fn what_a_strict_parser_refuses_is_mended_and_said() {
        let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
        for (text, kept, word) in [
            (r#"{"k":"a\ud800b"}"#, r#"{"k":"a�b"}"#, "surrogate"),
            (r#"{"k":"\udc00"}"#, r#"{"k":"�"}"#, "surrogate"),
            (r#"{"k":-1e999,"l":1}"#, r#"{"k":-1.7976931348623157e+308,"l":1}"#, "out of range"),
            (r#"{"k":NaN}"#, r#"{"k":null}"#, "NaN"),
            (r#"{"k":[1,],}"#, r#"{"k":[1]}"#, "trailing comma"),
            ("{\"k\":\"a\u{1}b\\x\"}", r#"{"k":"a\u0001b\\x"}"#, "control"),
            (&format!(r#"{{"n":"x","k":{deep},"l":2}}"#), "", "nested"),
        ] {
            let (value, odd) = parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert!(odd.iter().any(|o| o.what.contains(word)), "{text}: {odd:?}");
            if kept.is_empty() {
                assert_eq!((&value["n"], &value["l"]), (&"x".into(), &2.into()));
            } else {
                assert_eq!(value.to_string(), kept);
            }
        }
    }

    #[test]
    fn good_pairs_survive_beside_bad_ones_and_garbage_is_an_error() {
        let (value, _) = parse(r#"{"k":"\ud83d\ude00 \ud83d"}"#).expect("mended");
        assert_eq!(value["k"], "😀 �");
        for text in ["", "{", "{\"a\"", "{\"a\":\"", "][", "{\"a\":1}}"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_marks_of_encodings_are_taken_off_and_what_they_say_is_done() {
        let wide = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
        };
        for bytes in [
            "{\"k\":\"é😀\"}".as_bytes().to_vec(),
            [b"\xef\xbb\xbf", "{\"k\":\"é😀\"}".as_bytes()].concat(),
            wide("{\"k\":\"é😀\"}", u16::to_le_bytes),
            wide("{\"k\":\"é😀\"}", u16::to_be_bytes),
        ] {
            let (text, odd) = text_of(&bytes).expect("text");
            assert_eq!((text.as_ref(), odd), ("{\"k\":\"é😀\"}", None));
        }
        let (text, odd) = text_of(b"\xff\xfea\0\x00\xd8b\0c").expect("text");
        assert_eq!(text, "a\u{fffd}b");
        assert!(odd.is_some());
        assert!(text_of(b"a\xffb").is_none());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            let _ = parse(&text);
        }

        #[test]
        fn no_json_like_text_makes_it_panic(text in r#"[\{\}\[\]",:0-9eu\\dNa \x01é-]{0,80}"#) {
            let _ = parse(&text);
        }
    }
}
