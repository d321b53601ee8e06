//! JSON from strangers: text in, a value and what was odd about it out. Never loses a whole document to one bad value,
//! and never hides that it mended something.
//!
//! Well-formed text is read in one pass that also notices keys that appear twice (parsers disagree about which one
//! counts, so two clients may see two different tools). What `serde_json` refuses (half surrogate pairs, numbers out of
//! range, deep nesting, bare control characters, `NaN`, trailing commas) is mended in a copy and read again.

use super::Oddity;
use super::mend::mend;
use crate::text::escape_key;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Oddities kept of one document; a hostile one could hold a million.
const MOST_ODDITIES: usize = 64;

/// Reads JSON text leniently: the value, and what was odd about it.
///
/// # Errors
/// The text cannot be mended into JSON; the error is the parser's on the original text.
pub fn parse(text: &str) -> Result<(Value, Vec<Oddity>), serde_json::Error> {
    let (value, seen) = read_or_mend(text, Counts::Last)?;
    Ok((value, seen.oddities))
}

/// As [`parse`], and the value that a client sees for which the first of two equal keys counts, where any key stands
/// twice.
///
/// # Errors
/// As for [`parse`].
pub fn parse_both(text: &str) -> Result<(Value, Vec<Oddity>, Option<Value>), serde_json::Error> {
    let (value, seen) = read_or_mend(text, Counts::Last)?;
    let other = if seen.twice { Some(read_or_mend(text, Counts::First)?.0) } else { None };
    Ok((value, seen.oddities, other))
}

fn read_or_mend(text: &str, counts: Counts) -> Result<(Value, Seen), serde_json::Error> {
    let mut seen = Seen { oddities: Vec::new(), twice: false, counts };
    let error = match read(text, &mut seen) {
        Ok(value) => return Ok((value, seen)),
        Err(error) => error,
    };
    let (mended, oddities) = mend(text);
    let mut seen = Seen { oddities, twice: false, counts };
    match read(&mended, &mut seen) {
        Ok(value) => Ok((value, seen)),
        Err(_) => Err(error),
    }
}

/// Text that a strict parser refuses, with what it refuses made readable, and what was done; `None` where there was
/// nothing to do. Whether the rest is JSON is not looked at.
pub fn mended(text: &str) -> Option<(String, Vec<Oddity>)> {
    let (plain, done) = mend(text);
    (!done.is_empty()).then_some((plain, done))
}

/// The text without comments and commas too many, as editors allow in their settings; `None` where it has none, or where
/// they cannot be told from the rest.
pub fn without_comments(text: &str) -> Option<String> {
    let mut plain = text.to_owned();
    json_strip_comments::strip(&mut plain).ok()?;
    (plain != text).then_some(plain)
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

/// Which of two values of one key is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    First,
    Last,
}

/// What a reading noticed.
struct Seen {
    oddities: Vec<Oddity>,
    /// A key stands twice.
    twice: bool,
    counts: Counts,
}

fn read(text: &str, seen: &mut Seen) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Careful { path: None, seen }.deserialize(&mut deserializer)?;
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
    let mut parts = vec![escape_key(last)];
    let mut next = step;
    while let Some(step) = next {
        parts.push(match step.at {
            At::Key(key) => escape_key(key),
            At::Index(index) => index.to_string(),
        });
        next = step.parent;
    }
    parts.iter().rev().fold(String::new(), |text, part| text + "/" + part)
}

/// Builds a value as `serde_json` would, and notices keys that appear twice.
struct Careful<'a> {
    path: Option<&'a Step<'a>>,
    seen: &'a mut Seen,
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
            match items.next_element_seed(Careful { path: Some(&step), seen: &mut *self.seen })? {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let step = Step { parent: self.path, at: At::Key(&key) };
            let value = members.next_value_seed(Careful { path: Some(&step), seen: &mut *self.seen })?;
            match map.entry(key) {
                Entry::Vacant(slot) => {
                    slot.insert(value);
                }
                Entry::Occupied(mut slot) => {
                    self.seen.twice = true;
                    if self.seen.oddities.len() < MOST_ODDITIES {
                        let pointer = pointer(self.path, slot.key());
                        let what = "appears twice; the last one was read, other clients may read the first".to_owned();
                        self.seen.oddities.push(Oddity { pointer, what });
                    }
                    if self.seen.counts == Counts::Last {
                        slot.insert(value);
                    }
                }
            }
        }
        Ok(Value::Object(map))
    }
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
