//! Words of strangers in, words fit to stand inside our own sentence out: one line, bounded, nothing invisible left
//! invisible, and no quotation mark that could end the quotation early.

use mcpdex_model::text::is_invisible;

/// How many characters of a text are shown.
const MAX_QUOTE: usize = 60;
/// How far back a cut looks for a blank, so that it falls between words.
const MAX_STEP_BACK: usize = 14;

/// What sections begin with that say how to call a tool, not what it does.
const SECTIONS: [&str; 9] =
    ["args", "arguments", "parameters", "params", "returns", "example", "examples", "usage", "inputs"];

/// Where `text`, behind which a colon stands, ends without the heading that is its last word; `None` where it is no heading
/// or stands alone.
pub(crate) fn before_section(text: &str) -> Option<usize> {
    let (before, last) = text.rsplit_once(char::is_whitespace)?;
    let heading = SECTIONS.iter().any(|section| last.eq_ignore_ascii_case(section));
    (heading && !before.trim().is_empty()).then_some(before.trim_end().len())
}

/// `text` between quotation marks.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_QUOTE) + 8);
    out.push('“');
    let mut shown = 0;
    let mut blank = None;
    let mut letters = text.trim().chars();
    loop {
        // Most of a text are letters that stand for themselves.
        let rest = letters.as_str();
        let stands = |byte: &u8| byte.is_ascii_graphic() && *byte != b'"';
        let run = rest.bytes().take(MAX_QUOTE - shown).take_while(stands).count();
        out.push_str(&rest[..run]);
        shown += run;
        letters = rest[run..].chars();
        let Some(letter) = letters.next() else { break };
        if shown >= MAX_QUOTE {
            if let Some((at, _)) = blank.filter(|(_, before)| shown - before <= MAX_STEP_BACK) {
                out.truncate(at);
            }
            out.push('…');
            break;
        }
        match letter {
            _ if letter.is_whitespace() => {
                if letters.as_str().starts_with(char::is_whitespace) {
                    continue;
                }
                blank = Some((out.len(), shown));
                out.push(' ');
            }
            '“' | '”' | '„' | '"' => out.push('\''),
            ' '..='~' => out.push(letter),
            _ if letter.is_control() || is_invisible(letter) => out.extend(letter.escape_unicode()),
            _ => out.push(letter),
        }
        shown += 1;
    }
    out.push('”');
    out
}

/// `items` as a list in a sentence: `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., end] => [before.join(", ").as_str(), " ", last, " ", end].concat(),
    }
}

/// `text` with a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_one_line_bounded_and_shows_what_hides() {
        assert_eq!(quote(" Deletes\n   a page "), "“Deletes a page”");
        assert_eq!(quote("wipe\u{200B}\u{1B}[2J"), "“wipe\\u{200b}\\u{1b}[2J”");
        assert_eq!(quote("end” it \"here\""), "“end' it 'here'”");
        let long = quote(&"word ".repeat(40));
        assert!(long.chars().count() <= MAX_QUOTE + 3 && long.ends_with("word…”"), "{long}");
        let solid = quote(&"x".repeat(400));
        assert_eq!(solid.chars().count(), MAX_QUOTE + 3);
    }

    #[test]
    fn lists_read_as_people_write_them() {
        let list = |n: usize| listed(&["a", "b", "c"][..n].iter().map(|s| (*s).to_owned()).collect::<Vec<_>>(), "and");
        assert_eq!([list(0), list(1), list(2), list(3)], ["", "a", "a and b", "a, b and c"]);
    }
}
