//! What servers say, printed on a terminal: nothing that a terminal obeys, in any format. Needs `script` of util-linux.

use crate::support::binary::User;
use serde_json::json;
use std::process::Command;

/// Signs that move the cursor, change colours, ring, hide or reorder text.
const SIGNS: [&str; 9] =
    ["\u{1b}[35m", "\u{1b}]0;title\u{7}", "\r", "\u{9b}2J", "\u{85}", "\u{202e}", "\u{2066}", "\u{200b}", "\u{8}"];

fn known() -> User {
    let user = User::new();
    let mut rows = String::new();
    for (at, sign) in SIGNS.iter().enumerate() {
        let row = json!({"server": format!("io.example/s{at}"), "name": format!("get_pot{sign}x"), "title": sign,
            "description": format!("Get a pot.{sign}\nThen more."), "inputSchema": {"type": "object", "properties": {*sign: {"type": "string", "description": sign}}}});
        rows += &format!("{row}\n");
    }
    std::fs::write(user.home().join("tools.jsonl"), rows).unwrap();
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    user
}

/// The styles that mcpdex writes.
const STYLES: [&str; 7] =
    ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[1;31m"];

/// What a terminal is sent, or `None` where there is no program to make one.
fn sent(user: &User, words: &[&str]) -> Option<String> {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect();
    let plain = user.command(&[]);
    let line = format!("exec '{}' {} 2>/dev/null", plain.get_program().to_str().unwrap(), quoted.join(" "));
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).env_clear().env("HOME", user.home()).current_dir(user.home());
    script.env("TERM", "xterm").env("PATH", std::env::var_os("PATH")?).stdin(std::process::Stdio::null());
    match script.output() {
        Ok(output) => Some(String::from_utf8(output.stdout).unwrap()),
        Err(error) => {
            eprintln!("skipped: script cannot be started: {error}");
            None
        }
    }
}

/// Everything but line ends, which a terminal writes as CR LF.
fn obeyed(text: &str) -> Vec<char> {
    let text = text.replace("\r\n", "\n");
    let bad = |c: &char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(*c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(bad).collect()
}

#[test]
fn no_format_sends_a_terminal_what_it_obeys() {
    let user = known();
    let name = format!("get_pot{}x", SIGNS[0]);
    for words in [
        &["export", "--format", "csv"][..],
        &["export", "--format", "json"],
        &["export", "--format", "jsonl"],
        &["export", "--format", "markdown"],
        &["classify", "tools.jsonl"],
        &["search", "pot"],
        &["search", "pot", "--json"],
        &["server", "io.example/s3"],
        &["server", "io.example/s5", "--json"],
        &["tool", &name],
        &["tool", &name, "--json"],
        &["policy", &name],
        &["policy", "--server", "io.example/s5"],
        &["policy", "--server", "io.example/s3", "--target", "claude-code"],
        &["explain", "io.example/s5", "get_pot\u{202e}x", "--json"],
        &["explain", "io.example/s5", "get_pot\u{202e}x"],
        &["stats"],
    ] {
        let Some(text) = sent(&user, &[words, &["--color", "never"]].concat()) else { return };
        assert!(text.len() > 20, "{words:?} printed nothing");
        assert_eq!(obeyed(&text), Vec::<char>::new(), "{words:?}");
        // In colour there is nothing but our own styles, of which the planted texts know none.
        let Some(mut coloured) = sent(&user, words) else { return };
        for style in STYLES {
            assert!(!SIGNS.iter().any(|sign| sign.contains(style)));
            coloured = coloured.replace(style, "");
        }
        assert_eq!(obeyed(&coloured), Vec::<char>::new(), "{words:?} in colour");
    }
}

#[test]
fn a_pipe_and_a_file_get_the_text_as_it_came() {
    let user = known();
    let piped = user.done(&["export", "--format", "csv"]);
    assert!(piped.contains("\u{1b}[35m") && piped.contains('\u{202e}'));
    user.done(&["export", "--format", "csv", "--out", "sheet.csv"]);
    assert_eq!(std::fs::read_to_string(user.home().join("sheet.csv")).unwrap(), piped);
}
