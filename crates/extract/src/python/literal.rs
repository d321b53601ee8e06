//! Python's literals as they stand in source: text in, value out. Only plain functions.

/// The text of a string's content with its escapes resolved, as Python reads it.
pub(super) fn unescape(content: &str) -> String {
    let mut out = String::with_capacity(content.len());
    let mut rest = content.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\\' => escape(&mut rest, &mut out),
            c => out.push(c),
        }
    }
    out
}

fn escape(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) {
    let Some(c) = rest.next() else {
        out.push('\\');
        return;
    };
    match c {
        '\n' => {}
        '\r' => {
            rest.next_if_eq(&'\n');
        }
        'n' => out.push('\n'),
        't' => out.push('\t'),
        'r' => out.push('\r'),
        'a' => out.push('\u{7}'),
        'b' => out.push('\u{8}'),
        'f' => out.push('\u{c}'),
        'v' => out.push('\u{b}'),
        '\\' | '\'' | '"' => out.push(c),
        'x' => coded(c, 2, rest, out),
        'u' => coded(c, 4, rest, out),
        'U' => coded(c, 8, rest, out),
        '0'..='7' => {
            let mut code = c.to_digit(8).unwrap_or(0);
            for _ in 0..2 {
                let Some(digit) = rest.peek().and_then(|next| next.to_digit(8)) else { break };
                rest.next();
                code = code * 8 + digit;
            }
            out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
        }
        // `\N{name}` and what Python itself leaves alone.
        other => {
            out.push('\\');
            out.push(other);
        }
    }
}

fn coded(letter: char, digits: usize, rest: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) {
    let mut text = String::new();
    while text.len() < digits {
        let Some(digit) = rest.next_if(char::is_ascii_hexdigit) else { break };
        text.push(digit);
    }
    match u32::from_str_radix(&text, 16) {
        Ok(code) if text.len() == digits => out.push(char::from_u32(code).unwrap_or('\u{fffd}')),
        _ => {
            out.push('\\');
            out.push(letter);
            out.push_str(&text);
        }
    }
}

/// An integer literal; `None` when it does not fit or is not one.
pub(super) fn integer(text: &str) -> Option<i64> {
    let text = text.replace('_', "").to_ascii_lowercase();
    let (digits, radix) = match text.get(..2) {
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        Some("0b") => (&text[2..], 2),
        _ => (text.as_str(), 10),
    };
    i64::from_str_radix(digits, radix).ok()
}

/// A docstring as `inspect.cleandoc` gives it: the common indentation of all lines but the first removed, tabs
/// expanded, empty lines at both ends dropped.
pub(super) fn cleandoc(doc: &str) -> String {
    let expanded: Vec<String> = doc.split('\n').map(expand_tabs).collect();
    let indent = |line: &str| line.chars().take_while(|c| c.is_whitespace()).count();
    let margin = expanded[1..].iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line)).min();
    let mut lines: Vec<String> = Vec::with_capacity(expanded.len());
    for (at, line) in expanded.iter().enumerate() {
        lines.push(if at == 0 {
            line.trim_start().to_owned()
        } else {
            line.chars().skip(margin.unwrap_or(0)).collect()
        });
    }
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !line.is_empty()).map_or(first, |at| at + 1);
    lines[first..last].join("\n")
}

fn expand_tabs(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut column = 0;
    for c in line.chars() {
        if c == '\t' {
            let width = 8 - column % 8;
            out.extend(std::iter::repeat_n(' ', width));
            column += width;
        } else {
            out.push(c);
            column += 1;
        }
    }
    out
}

/// Text as `textwrap.dedent` gives it: the indentation that all non-blank lines share removed, blank lines emptied.
pub(super) fn dedent(text: &str) -> String {
    let mut margin: Option<&str> = None;
    for line in text.split('\n').filter(|line| !line.trim().is_empty()) {
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        margin = Some(match margin {
            None => indent,
            Some(margin) => {
                let shared = margin.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count();
                &margin[..shared]
            }
        });
    }
    let margin = margin.unwrap_or("");
    let lines: Vec<&str> = text
        .split('\n')
        .map(|line| if line.trim().is_empty() { "" } else { line.strip_prefix(margin).unwrap_or(line) })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_as_python_reads_them() {
        assert_eq!(unescape(r#"a\tb\\n\x41\u00e9\101\'\"\q\N{BULLET}"#), "a\tb\\nAéA'\"\\q\\N{BULLET}");
        assert_eq!(unescape("one \\\n two\r\nthree"), "one  two\nthree");
        assert_eq!(unescape("\\x4"), "\\x4");
        assert_eq!(unescape("\\"), "\\");
    }

    #[test]
    fn integers_are_read_in_every_base() {
        assert_eq!(integer("1_000"), Some(1000));
        assert_eq!(integer("0xFF"), Some(255));
        assert_eq!(integer("99999999999999999999"), None);
    }

    #[test]
    fn a_docstring_loses_its_indentation_and_its_empty_ends() {
        assert_eq!(cleandoc("  First.\n\n        Second\n            third\n        "), "First.\n\nSecond\n    third");
        assert_eq!(cleandoc("\n    Only.\n\n"), "Only.");
        assert_eq!(cleandoc(""), "");
        assert_eq!(cleandoc("a\n\tb\n        c"), "a\nb\nc");
    }

    #[test]
    fn dedent_removes_only_what_all_lines_share() {
        assert_eq!(dedent("\n    a\n      b\n  \n    c\n    "), "\na\n  b\n\nc\n");
    }
}
