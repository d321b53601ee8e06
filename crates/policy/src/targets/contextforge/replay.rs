//! The rules as the gateway's native engine evaluates them (plugins/unified_pdp/engines/native_engine.py of
//! IBM/mcp-context-forge): rules whose id begins with `deny:` come first, then any other that matches allows, else nothing does.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, json};
use regex::Regex;
use serde::Deserialize;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(ContextForge(json(main(files))?)))
}

struct ContextForge(Vec<GatewayRule>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GatewayRule {
    #[serde(default)]
    id: String,
    #[serde(default = "any")]
    roles: Vec<String>,
    #[serde(default = "any")]
    actions: Vec<String>,
    #[serde(default = "any")]
    resource_types: Vec<String>,
    #[serde(default = "any")]
    resource_ids: Vec<String>,
    #[serde(rename = "reason")]
    _reason: Option<String>,
}

fn any() -> Vec<String> {
    vec!["*".to_owned()]
}

impl GatewayRule {
    /// Whether it speaks of the call of a tool by somebody who has no role.
    fn matches(&self, tool: &str) -> bool {
        let among = |patterns: &[String], text: &str| patterns.iter().any(|pattern| glob(pattern, text));
        self.roles.iter().any(|role| role == "*")
            && among(&self.actions, &format!("tools.invoke.{tool}"))
            && self.resource_types.iter().any(|kind| kind == "*" || kind == "tool")
            && among(&self.resource_ids, tool)
    }
}

impl Evaluator for ContextForge {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let name = format!("{}-{}", slug(call.alias), slug(call.tool));
        let of =
            |refuses: bool| self.0.iter().any(|rule| rule.id.starts_with("deny:") == refuses && rule.matches(&name));
        if !of(true) && of(false) { PolicyEffect::Allow } else { PolicyEffect::Deny }
    }
}

/// What Python calls a letter or digit; signs with a letter in them (circled ones, vowel signs) are none.
static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[\p{L}\p{N}]$").expect("ours"));

fn is_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { WORD.is_match(c.encode_utf8(&mut [0; 4])) }
}

/// The gateway's own spelling (mcpgateway/utils/create_slug.py): small letters, no apostrophe between two of them, runs of
/// anything but letters and digits as one `-`, none at the ends, then decomposed and only what is ASCII.
fn slug(text: &str) -> String {
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    let mut out = String::new();
    let mut gap = false;
    let mut at = 0;
    // The apostrophe of a contraction takes its neighbours with it, so that the next one needs a letter of its own.
    let mut taken = 0;
    while let Some(c) = letters.get(at).copied() {
        let neighbour = |place: usize| letters.get(place).is_some_and(|c| is_word(*c) || *c == '_');
        let contracted = matches!(c, '\'' | '\u{2019}') && at > taken && neighbour(at - 1) && neighbour(at + 1);
        if contracted {
            taken = at + 2;
        } else if is_word(c) {
            if gap && !out.is_empty() {
                out.push('-');
            }
            gap = false;
            match c {
                'æ' => out.push_str("ae"),
                'ß' => out.push_str("ss"),
                'ø' => out.push('o'),
                c => out.push(c),
            }
        } else {
            gap = true;
        }
        at += 1;
    }
    out.chars().nfkd().filter(char::is_ascii).collect()
}

/// Python's `fnmatch`: `*`, `?`, `[…]` and `[!…]`.
fn glob(pattern: &str, text: &str) -> bool {
    // Most patterns are the name of one tool, and making an expression of each takes longer than all else.
    if !pattern.contains(['*', '?', '[']) {
        return pattern == text;
    }
    let mut expression = String::from("(?s)^");
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '*' => expression.push_str(".*"),
            '?' => expression.push('.'),
            '[' => match rest.get(1..).and_then(|after| after.find(']')).map(|end| rest.split_at(end + 1)) {
                Some((inner, after)) => {
                    let (sign, inner) = inner.strip_prefix('!').map_or(("", inner), |inner| ("^", inner));
                    let inner = inner
                        .replace('\\', "\\\\")
                        .replace('^', "\\^")
                        .replace('[', "\\[")
                        .replace('&', "\\&")
                        .replace('~', "\\~");
                    expression.push_str(&format!("[{sign}{inner}]"));
                    rest = &after[1..];
                }
                None => expression.push_str("\\["),
            },
            c => expression.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    expression.push('$');
    // A pattern that cannot be read is taken for one that matches: it must not vouch for anything.
    Regex::new(&expression).map_or(true, |expression| expression.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_matches_as_pythons_does() {
        for (pattern, text, wanted) in [
            ("tools.invoke.*", "tools.invoke.kiln-read-pot", true),
            ("kiln-read-po?", "kiln-read-pot", true),
            ("kiln-[a-r]ead-pot", "kiln-read-pot", true),
            ("kiln-[!a-r]ead-pot", "kiln-read-pot", false),
            ("kiln-read-pot", "kiln-read-pots", false),
            ("[]]", "]", true),
            ("[x", "[x", true),
        ] {
            assert_eq!(glob(pattern, text), wanted, "{pattern} {text}");
        }
    }

    #[test]
    fn names_are_spelled_as_the_gateways_own_examples_are() {
        for (text, wanted) in [
            ("Hello World", "hello-world"),
            ("Test-Case_123", "test-case-123"),
            ("Café & Restaurant", "cafe-restaurant"),
            ("user@example.com", "user-example-com"),
            ("Don't Stop", "dont-stop"),
            ("   ", ""),
            ("---test---", "test"),
            ("Naïve résumé", "naive-resume"),
            ("a'b'c", "ab-c"),
        ] {
            assert_eq!(slug(text), wanted, "{text}");
        }
    }
}
