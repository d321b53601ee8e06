//! Operators on known values, and JavaScript's spelling of numbers and strings. Pure functions.

use super::value::{Origin, Value};

/// A number as JavaScript prints it.
pub(super) fn number_text(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else if number == 0.0 {
        "0".to_owned()
    } else if number.abs() >= 1e21 || number.abs() < 1e-6 {
        let text = format!("{number:e}");
        if text.contains("e-") { text } else { text.replace('e', "e+") }
    } else {
        format!("{number}")
    }
}

/// A known primitive as text, as `${value}` gives it.
pub(super) fn to_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Number(number) => Some(number_text(*number)),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null => Some("null".to_owned()),
        Value::Undefined => Some("undefined".to_owned()),
        Value::Setting(setting) if !setting.plain.is_nullish() => to_text(&setting.plain),
        Value::When(inner) => to_text(&inner.value),
        _ => None,
    }
}

/// A known primitive as a number.
pub(super) fn to_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        Value::Null => Some(0.0),
        Value::Undefined => Some(f64::NAN),
        Value::Text(text) if text.trim().is_empty() => Some(0.0),
        Value::Text(text) => Some(number_literal(text.trim()).unwrap_or(f64::NAN)),
        _ => None,
    }
}

/// A number literal of the source.
pub(super) fn number_literal(text: &str) -> Option<f64> {
    let text = text.replace('_', "");
    let text = text.strip_suffix('n').unwrap_or(&text);
    let radix = |digits: &str, radix| u64::from_str_radix(digits, radix).ok().map(|n| n as f64);
    match text.get(..2) {
        Some("0x" | "0X") => radix(&text[2..], 16),
        Some("0b" | "0B") => radix(&text[2..], 2),
        Some("0o" | "0O") => radix(&text[2..], 8),
        _ => text.parse().ok(),
    }
}

/// Whether two values are equal under `===` (or `==` when `loose`); `None` where that is not known.
pub(super) fn equal(left: &Value, right: &Value, loose: bool) -> Option<bool> {
    match (left, right) {
        (Value::When(inner), other) | (other, Value::When(inner)) => equal(&inner.value, other, loose),
        (Value::Setting(setting), other) | (other, Value::Setting(setting)) => {
            if setting.needed && other.is_nullish() {
                None
            } else {
                equal(&setting.plain, other, loose)
            }
        }
        (Value::Foreign(a), Value::Foreign(b)) if a == b && !a.is_result() && a.origin != Origin::Nowhere => Some(true),
        (Value::Foreign(a), b) | (b, Value::Foreign(a)) if b.is_nullish() => {
            (a.origin != Origin::Nowhere && !a.is_result()).then_some(false)
        }
        (a, b) if a.is_unknown() || b.is_unknown() => None,
        (Value::Null | Value::Undefined, Value::Null | Value::Undefined) if loose => Some(true),
        (Value::Undefined, Value::Undefined) | (Value::Null, Value::Null) => Some(true),
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        (Value::Number(a), Value::Number(b)) => Some(a == b),
        (Value::Text(a), Value::Text(b)) => Some(a == b),
        (Value::Object(a), Value::Object(b)) => Some(a == b),
        _ if loose && !left.is_nullish() && !right.is_nullish() => None,
        _ => Some(false),
    }
}

/// A binary operator on two values whose operands were both evaluated.
pub(super) fn binary(operator: &str, left: &Value, right: &Value) -> Value {
    let truth = |known: Option<bool>| known.map_or(Value::Unknown, Value::Bool);
    match operator {
        "===" => return truth(equal(left, right, false)),
        "!==" => return truth(equal(left, right, false).map(|same| !same)),
        "==" => return truth(equal(left, right, true)),
        "!=" => return truth(equal(left, right, true).map(|same| !same)),
        _ => {}
    }
    if operator == "+" && (matches!(left, Value::Text(_)) || matches!(right, Value::Text(_))) {
        return match (to_text(left), to_text(right)) {
            (Some(left), Some(right)) => Value::text(&(left + &right)),
            _ => Value::Unknown,
        };
    }
    if let (Value::Text(left), Value::Text(right)) = (left, right) {
        match operator {
            "<" => return Value::Bool(left < right),
            ">" => return Value::Bool(left > right),
            "<=" => return Value::Bool(left <= right),
            ">=" => return Value::Bool(left >= right),
            _ => {}
        }
    }
    let (Some(left), Some(right)) = (to_number(left), to_number(right)) else { return Value::Unknown };
    match operator {
        "+" => Value::Number(left + right),
        "-" => Value::Number(left - right),
        "*" => Value::Number(left * right),
        "/" => Value::Number(left / right),
        "%" => Value::Number(left % right),
        "**" => Value::Number(left.powf(right)),
        "<" => Value::Bool(left < right),
        ">" => Value::Bool(left > right),
        "<=" => Value::Bool(left <= right),
        ">=" => Value::Bool(left >= right),
        "|" => Value::Number(f64::from(left as i64 as i32 | right as i64 as i32)),
        "&" => Value::Number(f64::from(left as i64 as i32 & right as i64 as i32)),
        "<<" => Value::Number(f64::from((left as i64 as i32).wrapping_shl(right as i64 as u32 & 31))),
        ">>" => Value::Number(f64::from((left as i64 as i32).wrapping_shr(right as i64 as u32 & 31))),
        _ => Value::Unknown,
    }
}

/// The value of a string literal or template chunk: `source` without its quotes. `template` keeps line breaks as
/// JavaScript does (`\r\n` becomes `\n`).
pub(super) fn unescape(source: &str, template: bool) -> String {
    let mut out = String::with_capacity(source.len());
    let mut units: Vec<u16> = Vec::new();
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            flush(&mut units, &mut out);
            if c == '\r' && template {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                out.push('\n');
            } else {
                out.push(c);
            }
            continue;
        }
        let Some(escaped) = chars.next() else { break };
        if escaped == 'u' {
            let code = if chars.peek() == Some(&'{') {
                chars.next();
                let mut code = 0u32;
                for digit in chars.by_ref() {
                    match digit.to_digit(16) {
                        Some(digit) => code = code.saturating_mul(16).saturating_add(digit),
                        None => break,
                    }
                }
                code
            } else {
                hex(&mut chars, 4)
            };
            match u16::try_from(code) {
                // Halves of a pair may come as two escapes.
                Ok(unit) if (0xd800..0xe000).contains(&unit) => units.push(unit),
                _ => {
                    flush(&mut units, &mut out);
                    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
            }
            continue;
        }
        flush(&mut units, &mut out);
        match escaped {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            '0' if !chars.peek().is_some_and(char::is_ascii_digit) => out.push('\0'),
            'x' => out.push(char::from_u32(hex(&mut chars, 2)).unwrap_or(char::REPLACEMENT_CHARACTER)),
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
            }
            '\n' | '\u{2028}' | '\u{2029}' => {}
            other => out.push(other),
        }
    }
    flush(&mut units, &mut out);
    out
}

fn flush(units: &mut Vec<u16>, out: &mut String) {
    if !units.is_empty() {
        out.push_str(&String::from_utf16_lossy(units));
        units.clear();
    }
}

fn hex(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, digits: usize) -> u32 {
    let mut code = 0;
    for _ in 0..digits {
        match chars.peek().and_then(|c| c.to_digit(16)) {
            Some(digit) => {
                code = code * 16 + digit;
                chars.next();
            }
            None => break,
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_mean_what_javascript_means() {
        assert_eq!(unescape(r"a\n\x41\u0042\u{43}\q", false), "a\nABCq");
        assert_eq!(unescape(r"\ud83d\ude00", false), "😀");
        assert_eq!(unescape("a\\\n b\r\nc", true), "a b\nc");
        assert_eq!(unescape(r"\ud83d", false), "\u{fffd}");
    }

    #[test]
    fn numbers_are_printed_as_javascript_prints_them() {
        for (number, text) in [(1.0, "1"), (0.5, "0.5"), (-0.0, "0"), (1e21, "1e+21"), (1e-7, "1e-7")] {
            assert_eq!(number_text(number), text);
        }
        assert_eq!(number_literal("1_000"), Some(1000.0));
        assert_eq!(number_literal("0xff"), Some(255.0));
    }
}
