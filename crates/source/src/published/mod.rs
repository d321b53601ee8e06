//! Pages on which somebody else publishes what tools do and which policy they should have, one page a tool or a server: the
//! text of a page in, what it claims out. Claims are compared, never believed.
//!
//! - [`lines`]: a page of HTML, Markdown or plain text as lines and rows of cells.
//! - [`page`]: what the labels, tables and policies of such a page say.
//! - [`record`]: records in JSON.

mod lines;
mod page;
mod record;

use mcpdex_model::{Category, Risk};

/// The longest page, in bytes.
pub const MAX_BYTES: usize = 4 << 20;
/// Claims of one page that are read.
const MAX_CLAIMS: usize = 5_000;

/// What a published policy does with calls of a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    Allow,
    /// So many calls in a window of so many seconds.
    Limit {
        max: u64,
        seconds: u64,
    },
    /// Some calls are refused, by their arguments.
    Guard,
    /// A person is asked.
    Ask,
    Deny,
    Hide,
}

impl std::fmt::Display for Treatment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Treatment::Allow => f.write_str("allow"),
            Treatment::Limit { max, seconds } => {
                let window = match seconds {
                    60 => "minute".to_owned(),
                    3_600 => "hour".to_owned(),
                    86_400 => "day".to_owned(),
                    other => format!("{other} s"),
                };
                write!(f, "{max}/{window}")
            }
            Treatment::Guard => f.write_str("guard"),
            Treatment::Ask => f.write_str("ask"),
            Treatment::Deny => f.write_str("deny"),
            Treatment::Hide => f.write_str("hide"),
        }
    }
}

/// What a page claims of one tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// As the page names it: a name, a package or the tail of an address.
    pub server: Option<String>,
    pub tool: String,
    /// What the page has of the tool's own definition.
    pub description: Option<String>,
    pub category: Option<Category>,
    pub risk: Option<Risk>,
    pub treatment: Option<Treatment>,
}

impl Claim {
    /// Whether it says anything of how dangerous the tool is.
    fn says(&self) -> bool {
        self.category.is_some() || self.risk.is_some() || self.treatment.is_some()
    }
}

/// What a page holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    pub claims: Vec<Claim>,
    /// What could not be read, one sentence each.
    pub problems: Vec<String>,
}

/// Reads a page or a record of any of the kinds.
///
/// # Errors
/// Why the text claims nothing that could be compared.
pub fn read(text: &str) -> Result<Published, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("is longer than {MAX_BYTES} bytes"));
    }
    let text = text.trim_start_matches('\u{feff}');
    let mut found = match text.trim_start().starts_with(['{', '[']) {
        true => record::read(text)?,
        false => page::read(&lines::of(text)),
    };
    found.claims.retain(Claim::says);
    if found.claims.len() > MAX_CLAIMS {
        found.problems.push(format!("{} claims more than are read of one page", found.claims.len() - MAX_CLAIMS));
        found.claims.truncate(MAX_CLAIMS);
    }
    if found.claims.is_empty() {
        return Err("names no tool with a class, a risk or a policy".to_owned());
    }
    Ok(found)
}

/// A category by the word that such pages use; `None` for any other.
fn category(word: &str) -> Option<Category> {
    word.trim().trim_matches(['*', '_', '`']).to_ascii_lowercase().parse().ok()
}

/// A risk by its word.
fn risk(word: &str) -> Option<Risk> {
    let word = word.trim().trim_matches(['*', '_', '`']).to_ascii_lowercase();
    word.trim_end_matches(" risk").parse().ok()
}

/// Whether a text can be the name of a tool: a word without spaces, not too long.
fn is_tool(word: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "_-./:".contains(c);
    (1..=128).contains(&word.len()) && word.chars().all(plain) && word.contains(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!doctype html><html><head><title>fire_kiln</title></head><body>
        <h1>fire_kiln</h1><table><tr><td>Server</td><td>Kiln (npm:@clay/kiln)</td></tr>
        <tr><td>Category</td><td>Execute</td></tr><tr><td>Risk class</td><td>High</td></tr></table>
        <h2>From the tool's definition</h2><blockquote>“Fires the kiln to the given cone.”</blockquote>
        <h2>How to control it</h2><pre><code>{"version":"1","default":"deny","tools":{"fire_kiln":{"limits":[
        {"counter":"fire_kiln_rate","window":"minute","max":10,"scope":"grant"}]}}}</code></pre></body></html>"#;

    #[test]
    fn a_page_in_html_markdown_and_plain_text_claims_the_same() {
        let expected = Claim {
            server: Some("Kiln (npm:@clay/kiln)".to_owned()),
            tool: "fire_kiln".to_owned(),
            description: Some("Fires the kiln to the given cone.".to_owned()),
            category: Some(Category::Execute),
            risk: Some(Risk::High),
            treatment: Some(Treatment::Limit { max: 10, seconds: 60 }),
        };
        let policy = r#"{"version":"1","default":"deny","tools":{"fire_kiln":{"limits":[{"counter":"a","window":"minute","max":10}]}}}"#;
        let markdown = format!(
            "# `fire_kiln`\n\n**Server:** Kiln (npm:@clay/kiln)\n\n| | |\n|--|--|\n| Category | Execute |\n| Risk class | High |\n\n\
             ## From the tool's definition\n\n> Fires the kiln to the given cone.\n\n```json\n{policy}\n```\n"
        );
        let plain = format!(
            "fire_kiln\n\nServer: Kiln (npm:@clay/kiln)\nCategory\nExecute\nSeverity: high\n\nFrom the tool's definition\n\
             Fires the kiln to the given cone.\n\n{policy}\n"
        );
        for page in [PAGE, &markdown, &plain] {
            assert_eq!(read(page).map(|page| page.claims), Ok(vec![expected.clone()]), "{page}");
        }
    }

    #[test]
    fn every_form_of_a_policy_is_told_apart() {
        let of = |policy: &str| {
            let page = format!("# x\n\n```json\n{policy}\n```\n");
            read(&page).map(|page| page.claims[0].treatment)
        };
        for (policy, expected) in [
            (r#"{"version":"1","default":"deny","tools":{"x":{}}}"#, Treatment::Allow),
            (r#"{"version":"1","default":"deny","hide":["x"]}"#, Treatment::Hide),
            (r#"{"version":"1","default":"deny","hide":["*"],"tools":{"x":{}}}"#, Treatment::Hide),
            (
                r#"{"version":"1","default":"deny","tools":{"x":{"deny_if":[{"conditions":[],"on_deny":"no"}]}}}"#,
                Treatment::Deny,
            ),
            (
                r#"{"version":"1","default":"deny","tools":{"x":{"deny_if":[{"conditions":[],"on_deny":"Requires human approval."}]}}}"#,
                Treatment::Deny,
            ),
            (
                r#"{"version":"1","default":"deny","tools":{"x":{"deny_if":[{"conditions":[{"path":"args.a","op":"gt","value":1}]}]}}}"#,
                Treatment::Guard,
            ),
            (
                r#"{"version":"1","default":"deny","tools":{"x":{"limits":[{"window":"hour","max":30}]}}}"#,
                Treatment::Limit { max: 30, seconds: 3_600 },
            ),
        ] {
            assert_eq!(of(policy), Ok(Some(expected)), "{policy}");
        }
    }

    #[test]
    fn a_servers_page_claims_something_of_each_tool_in_its_table() {
        let page = "# Kiln\n\nPart of the Kiln server\n\n| Tool | Category | Risk | What it does |\n|--|--|--|--|\n\
            | fire_kiln | Execute | high | Fires it. |\n| list_pots | Read | low | Lists pots. |\n| a b c | Read | low | no name |\n";
        let found = read(page).expect("a page");
        let claims: Vec<_> = found.claims.iter().map(|claim| (&*claim.tool, claim.category, claim.risk)).collect();
        assert_eq!(
            claims,
            [
                ("fire_kiln", Some(Category::Execute), Some(Risk::High)),
                ("list_pots", Some(Category::Read), Some(Risk::Low))
            ]
        );
        assert_eq!(found.claims[0].server.as_deref(), Some("Kiln"));
        assert_eq!(found.problems.len(), 1, "{:?}", found.problems);
    }

    #[test]
    fn records_in_json_are_read_and_a_malformed_one_hides_no_other() {
        let record = r#"{"slug":"clay-kiln","riskGrade":"D","tools":[
            {"name":"fire_kiln","category":"Execute","severity":"High","recommendedPolicy":{"action":"rate_limit"}},
            {"name":"list_pots","category":"Read","severity":"Low","recommendedPolicy":{"action":"allow"}},
            {"category":"Read"}, 7]}"#;
        let found = read(record).expect("a record");
        assert_eq!((found.claims.len(), found.problems.len()), (2, 2), "{found:?}");
        assert_eq!(found.claims[1].treatment, Some(Treatment::Allow));
        assert_eq!(found.claims[0].server.as_deref(), Some("clay-kiln"));
        let rows = r#"[{"server":"a/b","tool":"x","category":"Destructive","severity":"critical"}]"#;
        assert_eq!(read(rows).expect("rows").claims[0].risk, Some(Risk::Critical));
    }

    #[test]
    fn what_claims_nothing_is_refused_and_hostile_pages_end() {
        for text in ["", "# Kiln\n\nA page about pots.", "{}", "[]", "{\"tools\":[{\"name\":\"x\"}]}", "[1"] {
            assert!(read(text).is_err(), "{text}");
        }
        let mega = |part: &str| part.repeat((1 << 20) / part.len());
        for part in ["<div>", "<td>Category", "| a ", "[", "Category\n", "```\n{"] {
            let _ = read(&mega(part));
            let _ = read(&format!("<html>{}", mega(part)));
        }
        assert!(read(&"x".repeat(MAX_BYTES + 1)).is_err());
    }
}
