//! Patterns for documents of targets: what a regular expression without look-around can prove of a text. Each is closed (it
//! names every sign that it lets through) and admits a part of what the guard of the same test admits.

use super::condition::{ListedCommands, Test};
use super::guard::{Words, takes_words};

/// Letters, digits and two signs that no file system, shell or encoding gives a meaning.
const PLAIN: &str = "[A-Za-z0-9_-]";

impl Test {
    /// The pattern of a test on a text that has no plainer form; matching is anchored at both ends.
    pub(crate) fn pattern(&self) -> Option<String> {
        match self {
            Test::Select(_) => Some(plain_select()),
            Test::Inside(folders) => Some(inside(folders)),
            Test::Address(starts) => Some(address(starts)),
            Test::Public => Some(public()),
            Test::Command(listed) => Some(command(listed)),
            Test::OneOf(_) | Test::FalseOrAbsent | Test::Absent | Test::True | Test::AtMost(_) => None,
        }
    }
}

fn any_of(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| regex::escape(text)).collect();
    format!("(?:{})", texts.join("|"))
}

/// A SELECT that only reads in every dialect: plain columns of one table, comparisons with plain values, an order and a
/// limit. Its characters leave no room for a second statement, a call, a comment, INTO, a lock or a common table
/// expression; columns are without a dot, since `x.nextval` counts up somewhere. Letter case is written out: what engines
/// take for the other case of a letter is not always ASCII.
fn plain_select() -> String {
    let word = |text: &str| -> String {
        let letter = |c: char| if c == ' ' { GAP.to_owned() } else { format!("[{c}{}]", c.to_ascii_lowercase()) };
        text.chars().map(letter).collect()
    };
    let name = "[A-Za-z_][A-Za-z0-9_]*";
    let compared = format!("{name} *(?:=|<>|!=|<=|>=|<|>| {} ) *(?:[0-9]+|'[A-Za-z0-9 _.%:]*')", word("LIKE"));
    let (select, distinct, from, order) = (word("SELECT "), word("DISTINCT "), word(" FROM "), word(" ORDER BY "));
    let condition =
        format!("(?:{}{compared}(?:{GAP}(?:{}|{}){GAP}{compared}){{0,9}})?", word(" WHERE "), word("AND"), word("OR"));
    format!(
        "^{select}(?:{distinct})?(?:[*]|{name}(?: *, *{name}){{0,49}}){from}{name}(?:[.]{name}){{0,2}}{condition}\
         (?:{order}{name}(?:{GAP}(?:{}|{}))?)?(?:{}[0-9]+)?$",
        word("ASC"),
        word("DESC"),
        word(" LIMIT ")
    )
}

/// White space that every dialect takes for such.
const GAP: &str = "[ \\t\\r\\n]+";

/// A folder, then names without a dot at either end of one and none that is a device.
fn inside(folders: &[String]) -> String {
    let name = format!("{}(?:[ .,+@=]{PLAIN}+)*", no_device());
    format!("^{}(?:{name}(?:/|$))*$", any_of(folders))
}

/// Plain words but `con`, `prn`, `aux`, `nul`, `com1`, `lpt1` and their like, letter by letter.
fn no_device() -> String {
    let is = |letter: char| format!("[{}{letter}]", letter.to_ascii_uppercase());
    let mut forms = vec![format!("{PLAIN}{{5,}}"), format!("{PLAIN}{{1,2}}"), format!("{}{PLAIN}{{2}}", but("cpan"))];
    for [a, b, c] in [['c', 'o', 'n'], ['p', 'r', 'n'], ['a', 'u', 'x'], ['n', 'u', 'l']] {
        forms.push(format!("{}(?:{}{PLAIN}|{}{})", is(a), but(&b.to_string()), is(b), but(&c.to_string())));
    }
    forms.push(format!("{}{PLAIN}{{3}}", but("cl")));
    for [a, b, c] in [['c', 'o', 'm'], ['l', 'p', 't']] {
        let third = format!("{}(?:{}{PLAIN}|{}[A-Za-z_-])", is(b), but(&c.to_string()), is(c));
        forms.push(format!("{}(?:{}{PLAIN}{{2}}|{third})", is(a), but(&b.to_string())));
    }
    format!("(?:{})", forms.join("|"))
}

/// A plain sign that is none of these small letters, in either case.
fn but(letters: &str) -> String {
    let mut kept = String::from("[0-9_");
    for first in ['A', 'a'] {
        let mut run: Option<(char, char)> = None;
        for c in (first..=char::from(first as u8 + 25)).map(Some).chain([None]) {
            match (c.filter(|c| !letters.contains(c.to_ascii_lowercase())), run) {
                (Some(c), None) => run = Some((c, c)),
                (Some(c), Some((from, _))) => run = Some((from, c)),
                (None, Some((from, to))) => {
                    kept.push(from);
                    if from != to {
                        kept.push('-');
                        kept.push(to);
                    }
                    run = None;
                }
                (None, None) => {}
            }
        }
    }
    kept.push_str("-]");
    kept
}

/// A beginning, then names without a dot or a slash that is escaped, then a question and a fragment.
fn address(starts: &[String]) -> String {
    let sign = "(?:[A-Za-z0-9_~-]|%20|%[346789A-Fa-f][0-9A-Fa-f])";
    // Not `%3b`, `%3f`: what they stand for ends a name.
    let sign = sign.replace("%[346789A-Fa-f][0-9A-Fa-f]", "%3[0-9aAc-eC-E]|%[46789A-Fa-f][0-9A-Fa-f]");
    let name = format!("{sign}+(?:[.,:=+@&]{sign}+)*");
    let rest = "[A-Za-z0-9_~.,:;=+@&/?!*()'$-]*";
    format!(r"^{}(?:{name}(?:/{name})*/?)?(?:\?{rest})?(?:#{rest})?$", any_of(starts))
}

/// A name below one of the usual endings, without those below which a service gives names to any address.
fn public() -> String {
    let label = "[a-z0-9]+(?:-[a-z0-9]+)*";
    // All countries but `gd`, `io`, `me` and `st`.
    let country = "[a-fhj-ln-rt-z][a-z]|g[a-ce-z]|i[a-np-z]|m[a-df-z]|s[a-su-z]";
    let usual = "com|org|net|edu|gov|int|mil|info|dev|app|cloud|blog|page|site|tech|wiki|news|museum|example";
    // `backname`, `nip`, `sslip` and `xip` begin otherwise, and so do `localtest`, `lvh`, `traefik` and `vcap`.
    let careful = "[ac-mo-rt-wyz0-9][a-z0-9]*[.]io|[a-km-suw-z0-9][a-z0-9]*[.]me";
    let rest = "[/?#][A-Za-z0-9_~.,:;=+@&/?!*()'$%#-]*";
    format!(
        "^https?://(?:(?:{label}[.])+(?:{country}|{usual})|(?:{label}[.])*(?:{careful}))\
         (?::(?:443|80|8443|8080))?(?:{rest})?$"
    )
}

/// A command, then words without two dots in a row or a sign at their beginning that begins an option or leads elsewhere,
/// paths below a listed folder and addresses below a listed one.
fn command(listed: &ListedCommands) -> String {
    let plain = "(?:[.]/?)?[A-Za-z0-9_][A-Za-z0-9_/,+-]*(?:[.][A-Za-z0-9_/,+-]+)*";
    let sign = "[A-Za-z0-9_-]";
    let mut lists = Vec::new();
    if !listed.addresses.is_empty() {
        let name = format!("{sign}+(?:[.,+]{sign}+)*");
        lists.push(format!("{}(?:{name}(?:/{name})*/?)?", any_of(&listed.addresses)));
    }
    let addresses = lists.clone();
    if !listed.folders.is_empty() {
        let name = format!("{}(?:[.,+]{PLAIN}+)*", no_device());
        lists.push(format!("{}(?:{name}(?:/{name})*/?)?", any_of(&listed.folders)));
    }
    lists.push(plain.to_owned());
    let with = |words: Words, after: &[String]| {
        let commands: Vec<String> = listed.commands.iter().filter(|one| takes_words(one) == words).cloned().collect();
        let words = if after.is_empty() { String::new() } else { format!("(?: +(?:{}))*", after.join("|")) };
        (!commands.is_empty()).then(|| format!("{}{words}", any_of(&commands)))
    };
    let forms = [with(Words::Plain, &lists), with(Words::Addresses, &addresses), with(Words::None, &[])];
    format!("^(?:{})$", forms.into_iter().flatten().collect::<Vec<_>>().join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::{SqlDialect, Unproven, only_reads};
    use proptest::prelude::*;
    use proptest::string::string_regex;
    use regex::Regex;
    use serde_json::json;
    use sqlparser::keywords::ALL_KEYWORDS;

    fn tests() -> [Test; 4] {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        [
            Test::Inside(owned(&["/srv/pots/", "C:/pots/"])),
            Test::Address(owned(&["https://pots.example/", "https://api.kiln.example:8443/v1/"])),
            Test::Public,
            Test::Command(ListedCommands {
                commands: owned(&["git status", "make -s test", "curl -s", "python3"]),
                folders: owned(&["/srv/pots/"]),
                addresses: owned(&["https://pots.example/"]),
            }),
        ]
    }

    /// Texts that a pattern lets through, made from the pattern itself.
    fn admitted(pattern: &str) -> impl Strategy<Value = String> + use<> {
        string_regex(&pattern.replace(['^', '$'], "").replace("(?:/|)", "/")).expect("a pattern of ours")
    }

    /// A text of a pattern with a few signs changed, put in or taken out.
    fn changed(pattern: &str) -> impl Strategy<Value = String> + use<> {
        let sign = prop_oneof![
            proptest::sample::select(
                "./\\%:;~$`'\"|&<>*?#@-_ \t\n\r\0=()[]{}aN7\u{2024}\u{ff0f}\u{17f}\u{212a}\u{200b}"
                    .chars()
                    .collect::<Vec<_>>()
            )
            .prop_map(String::from),
            proptest::sample::select(vec![
                "..", "/..", "%2e", "%2F", "%5c", "nul", "con.", "--", "/*", "*/", "\r\nx", " -x", "//"
            ])
            .prop_map(str::to_owned),
        ];
        let edits = proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..3, sign), 1..4);
        (admitted(pattern), edits).prop_map(|(text, edits)| {
            let mut text: Vec<char> = text.chars().collect();
            for (place, kind, sign) in edits {
                let at = place.index(text.len() + 1);
                let end = if kind == 0 { at } else { (at + 1).min(text.len()) };
                text.splice(at..end, if kind == 2 { String::new() } else { sign }.chars());
            }
            text.into_iter().collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_pattern_admits_no_text_that_the_guard_refuses(
            (test, text) in proptest::sample::select(tests().to_vec()).prop_flat_map(|test| {
                let pattern = test.pattern().expect("a text");
                (Just(test), prop_oneof![admitted(&pattern), changed(&pattern)])
            })
        ) {
            let pattern = Regex::new(&test.pattern().expect("a text")).expect("ours");
            let guarded = test.holds(Some(&json!(text)));
            prop_assert!(guarded || !pattern.is_match(&text), "{test:?} refuses {text:?}");
        }

        /// What is no statement in a dialect does nothing there.
        #[test]
        fn a_pattern_admits_no_statement_that_a_parser_reads_as_more_than_reading(
            text in prop_oneof![admitted(&plain_select()), changed(&plain_select())],
            word in proptest::sample::select(ALL_KEYWORDS.to_vec()),
            place in any::<prop::sample::Index>(),
        ) {
            let pattern = Regex::new(&plain_select()).expect("ours");
            // Words of the language where a name stands.
            let mut parts: Vec<&str> = text.split(' ').collect();
            let at = place.index(parts.len());
            parts[at] = word;
            for text in [text.clone(), parts.join(" ")] {
                if pattern.is_match(&text) {
                    for dialect in SqlDialect::ALL {
                        let read = only_reads(*dialect, &text);
                        prop_assert!(matches!(read, Ok(()) | Err(Unproven::Unreadable)), "{dialect}: {read:?}: {text:?}");
                    }
                }
            }
        }
    }

    /// Every word of the language in each place of the pattern where a name may stand.
    #[test]
    fn no_keyword_in_the_place_of_a_name_makes_the_pattern_admit_more() {
        let pattern = Regex::new(&plain_select()).expect("ours");
        let mut wrong = Vec::new();
        for word in ALL_KEYWORDS {
            for text in [
                format!("SELECT {word} FROM pots"),
                format!("SELECT id, {word} FROM pots"),
                format!("SELECT id FROM {word}"),
                format!("SELECT id FROM pots.{word}"),
                format!("SELECT id FROM pots WHERE {word} = 1"),
                format!("SELECT id FROM pots WHERE id = 1 OR {word} = 'x'"),
                format!("SELECT id FROM pots ORDER BY {word} DESC"),
            ] {
                for dialect in SqlDialect::ALL {
                    let read = only_reads(*dialect, &text);
                    let safe = matches!(read, Ok(()) | Err(Unproven::Unreadable));
                    if !safe && pattern.is_match(&text) {
                        wrong.push(format!("{dialect}: {read:?}: {text}"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_device_is_no_plain_name_and_its_neighbours_are() {
        let pattern = Regex::new(&format!("^{}$", no_device())).expect("ours");
        for device in ["con", "CON", "Prn", "aux", "NUL", "com1", "COM9", "lpt0"] {
            assert!(!pattern.is_match(device), "{device}");
        }
        for name in [
            "co", "cob", "cona", "con1", "nula", "comx", "com10", "lpt", "com", "prm", "a", "log", "logs", "lib", "src",
        ] {
            assert!(pattern.is_match(name), "{name}");
        }
    }
}
