//! Literals as the languages write them: escapes in texts, digits in numbers.

use super::ast::Expr;

/// A text with the escapes that Go, Rust, C#, Java and Kotlin share replaced. An escape that none of them knows stays as
/// it is written.
pub(crate) fn unescape(raw: &str) -> String {
    if !raw.contains('\\') {
        return raw.to_owned();
    }
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        let Some(mark) = chars.next() else { break };
        match mark {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            's' => text.push(' '),
            '0' => text.push('\0'),
            'a' => text.push('\u{7}'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'v' => text.push('\u{b}'),
            '\\' | '"' | '\'' | '$' | '`' | '{' => text.push(mark),
            'u' | 'U' | 'x' => code_point(mark, &mut chars, &mut text),
            // A line that is continued: the break and the indent of the next line go.
            '\n' => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            other => {
                text.push('\\');
                text.push(other);
            }
        }
    }
    text
}

fn code_point(mark: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>, text: &mut String) {
    let read = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
        let braced = chars.next_if_eq(&'{').is_some();
        let wanted = match (braced, mark) {
            (true, _) | (_, 'U') => 8,
            (_, 'x') => 2,
            _ => 4,
        };
        let mut digits = String::new();
        while digits.len() < wanted
            && let Some(digit) = chars.next_if(char::is_ascii_hexdigit)
        {
            digits.push(digit);
        }
        if braced {
            chars.next_if_eq(&'}');
        }
        u32::from_str_radix(&digits, 16).unwrap_or(0xfffd)
    };
    let first = read(chars);
    // Java and C# write characters beyond the basic plane as two.
    if (0xd800..0xdc00).contains(&first) {
        let mut ahead = chars.clone();
        if ahead.next() == Some('\\') && ahead.next_if_eq(&'u').is_some() {
            let second = read(&mut ahead);
            if (0xdc00..0xe000).contains(&second) {
                *chars = ahead;
                let joined = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                text.push(char::from_u32(joined).unwrap_or('\u{fffd}'));
                return;
            }
        }
    }
    text.push(char::from_u32(first).unwrap_or('\u{fffd}'));
}

/// A number, whatever suffix the language writes behind it.
pub(crate) fn number<'t>(text: &str) -> Expr<'t> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let (sign, bare) = digits.strip_prefix('-').map_or((1, digits.as_str()), |rest| (-1, rest.trim_start()));
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8)] {
        if let Some(rest) = bare.strip_prefix(prefix) {
            let rest = rest.trim_end_matches(['L', 'l', 'u', 'U']);
            return match i64::from_str_radix(rest, radix) {
                Ok(value) => Expr::Number((sign * value).into()),
                Err(_) => Expr::Unknown("it is a number that is not understood"),
            };
        }
    }
    let end =
        bare.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'))).unwrap_or(bare.len());
    let bare = bare[..end].trim_end_matches('.');
    if let Ok(value) = bare.parse::<i64>() {
        return Expr::Number((sign * value).into());
    }
    let value = bare.parse::<f64>().ok().map(|value| value * f64::from(i8::try_from(sign).unwrap_or(1)));
    match value.and_then(serde_json::Number::from_f64) {
        Some(value) => Expr::Number(value),
        None => Expr::Unknown("it is a number that is not understood"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_as_the_languages_write_them() {
        assert_eq!(unescape(r#"a\tb \"c\" \u00e9 \u{1F600} \x41"#), "a\tb \"c\" é 😀 A");
        assert_eq!(unescape("\\ud83d\\ude00 \\ud83d"), "😀 \u{fffd}");
        assert_eq!(unescape("one \\\n   two"), "one two");
        assert_eq!(unescape(r"\q"), r"\q");
    }

    #[test]
    fn numbers_keep_their_kind() {
        for (text, expected) in [("1_000", "1000"), ("0x1F", "31"), ("2.5f", "2.5"), ("-3", "-3"), ("10L", "10")] {
            let Expr::Number(number) = number(text) else { panic!("{text}") };
            assert_eq!(number.to_string(), expected);
        }
    }
}
