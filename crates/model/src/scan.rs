//! Finds the parts of a JSON text without judging them: text in, slices of it out. Never recurses, never copies a value,
//! and does not mind what is wrong *inside* a part, so that one broken tool cannot hide the others.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// What was found of an object or array, and what stopped the search before its end.
#[derive(Debug, PartialEq, Eq)]
pub struct Parts<T> {
    /// In order, each as it stands in the text.
    pub found: Vec<T>,
    /// Why the end was not reached; `None` when it was.
    pub broken: Option<String>,
}

/// The members of an object, in order: key (escapes undone) and the text of the value. `None`: it is no object.
pub fn members(text: &str) -> Option<Parts<(Cow<'_, str>, &str)>> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.space();
    cursor.take(b'{').then(|| {
        let mut found = Vec::new();
        let broken = cursor.list(b'}', |cursor| {
            if cursor.peek() != Some(b'"') {
                return Err("a key was expected");
            }
            let key = cursor.value();
            cursor.space();
            if !cursor.take(b':') {
                return Err("a colon was expected");
            }
            cursor.space();
            let value = cursor.value();
            found.push((unescape(key), value));
            Ok(())
        });
        Parts { found, broken }
    })
}

/// The elements of an array, in order. `None`: it is no array.
pub fn elements(text: &str) -> Option<Parts<&str>> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.space();
    cursor.take(b'[').then(|| {
        let mut found = Vec::new();
        let broken = cursor.list(b']', |cursor| {
            found.push(cursor.value());
            Ok(())
        });
        Parts { found, broken }
    })
}

/// The text of a JSON string, with what cannot be decoded left as it stands; `None`: it is no string.
pub fn string(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    (text.len() >= 2 && text.starts_with('"') && text.ends_with('"')).then(|| unescape(text))
}

/// The keys that stand more than once among members, each once, in order.
pub fn twice<'a>(members: &'a [(Cow<'_, str>, &str)]) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    let mut told = BTreeSet::new();
    members.iter().map(|(key, _)| key.as_ref()).filter(|key| !seen.insert(*key) && told.insert(*key)).collect()
}

fn unescape(quoted: &str) -> Cow<'_, str> {
    let bare = quoted.strip_prefix('"').unwrap_or(quoted);
    let bare = bare.strip_suffix('"').unwrap_or(bare);
    if !bare.contains('\\') {
        return Cow::Borrowed(bare);
    }
    match super::lenient::parse(quoted) {
        Ok((serde_json::Value::String(text), _)) => Cow::Owned(text),
        _ => Cow::Borrowed(bare),
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Items between commas up to `close`; says what broke.
    fn list(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Result<(), &'static str>) -> Option<String> {
        loop {
            self.space();
            if self.take(close) {
                return None;
            }
            let before = self.at;
            let result = match self.peek() {
                None => Err("the text ends early"),
                Some(_) => item(self),
            };
            self.space();
            let problem = match result {
                Err(problem) => problem,
                Ok(()) if self.at == before => "a value was expected",
                Ok(()) if self.take(b',') => continue,
                Ok(()) if self.peek() == Some(close) => continue,
                Ok(()) => "a comma was expected",
            };
            return Some(format!("{problem} at byte {}", self.at));
        }
    }

    /// Steps over one value and gives its text.
    fn value(&mut self) -> &'a str {
        let start = self.at;
        match self.peek() {
            Some(b'"') => self.skip_string(),
            Some(b'{' | b'[') => self.skip_nested(),
            _ => {
                let rest = &self.text.as_bytes()[self.at..];
                let stops = |b: &u8| matches!(b, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n');
                self.at += rest.iter().position(stops).unwrap_or(rest.len());
            }
        }
        &self.text[start..self.at]
    }

    fn skip_string(&mut self) {
        let bytes = self.text.as_bytes();
        self.at += 1;
        while let Some(next) = bytes.get(self.at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
            self.at += next;
            if bytes[self.at] == b'"' {
                self.at += 1;
                return;
            }
            // The escaped character may be the first byte of a longer one: its others are stepped over next.
            self.at += 2;
        }
        self.at = bytes.len();
    }

    fn skip_nested(&mut self) {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.skip_string();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_whatever_is_wrong_inside_them() {
        let text = r#" {"a\u0062": [1, {"x":"}]\""}] , "n":1e999,"s":"\ud800", "w":NaN } rest"#;
        let parts = members(text).expect("an object");
        let found: Vec<_> = parts.found.iter().map(|(k, v)| (k.as_ref(), *v)).collect();
        assert_eq!(found, [("ab", r#"[1, {"x":"}]\""}]"#), ("n", "1e999"), ("s", r#""\ud800""#), ("w", "NaN")]);
        assert_eq!(parts.broken, None);
        assert!(twice(&parts.found).is_empty());
        assert_eq!(elements("[]").expect("an array").found.len(), 0);
        assert!(members("[1]").is_none() && elements("{}").is_none() && elements("").is_none());
    }

    #[test]
    fn what_came_before_a_break_is_kept() {
        let parts = elements(r#"[{"a":1},{"b":2"#).expect("an array");
        assert_eq!(parts.found[0], r#"{"a":1}"#);
        assert!(parts.broken.is_some());
        let parts = elements(r#"[{"a":1} {"b":2}]"#).expect("an array");
        assert_eq!((parts.found.len(), parts.broken.is_some()), (1, true));
    }

    #[test]
    fn a_million_levels_are_stepped_over() {
        let text = format!("[{}{},1]", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(elements(&text).expect("an array").found[1], "1");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in r#"[\{\}\[\]",:0-9\\a é]{0,60}"#) {
            let _ = (members(&text), elements(&text), string(&text));
        }
    }
}
