//! Skills of agents (`SKILL.md`): the text of one in; what it grants without asking, and the tools and servers that it names,
//! out. A skill is a stranger's word: nothing in it is done.

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The longest skill, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// What a skill is called as a file.
pub const FILE_NAME: &str = "SKILL.md";
/// Grants, and tools named in the text, that are read of one skill.
const MAX_NAMED: usize = 500;

/// Whether a file is a skill, by its name.
pub fn is_skill(name: &str) -> bool {
    name.eq_ignore_ascii_case(FILE_NAME)
}

/// What a skill says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skill {
    pub name: Option<String>,
    pub description: Option<String>,
    /// What may be called without asking while the skill is used (`allowed-tools`), in its order.
    pub grants: Vec<Grant>,
    /// Tools of servers that the text names, each once.
    pub mentions: Vec<ServerTool>,
    /// What could not be read, one sentence each.
    pub problems: Vec<String>,
}

impl Skill {
    /// The servers that it names, each with the tools of it that it names. A server's name is the one that a client's
    /// configuration gives it, and says nothing of who it is.
    pub fn servers(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let granted = self.grants.iter().filter_map(|grant| match &grant.granted {
            Granted::Server(of) => Some(of),
            _ => None,
        });
        let mut servers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for of in granted.chain(&self.mentions) {
            servers.entry(&of.server).or_default().extend(of.tool.as_deref());
        }
        servers
    }
}

/// One grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// As the skill writes it.
    pub text: String,
    pub granted: Granted,
}

/// What a grant is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Granted {
    /// Every tool there is.
    Everything,
    /// A tool that the client itself has, and what its calls are held to where the grant says so.
    Client { tool: String, within: Option<String> },
    /// A tool of a server, by the name that the client's configuration gives the server.
    Server(ServerTool),
}

/// A tool of a server, `mcp__SERVER__TOOL`; without a name every tool that it has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerTool {
    pub server: String,
    pub tool: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Head {
    name: Option<Value>,
    description: Option<Value>,
    #[serde(rename = "allowed-tools", alias = "allowed_tools", alias = "allowedTools")]
    allowed_tools: Option<Value>,
}

/// Reads a skill.
///
/// # Errors
/// Why the text is none.
pub fn read(text: &str) -> Result<Skill, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("is longer than {MAX_BYTES} bytes"));
    }
    let text = text.trim_start_matches('\u{feff}');
    let (head, body) = parts(text).ok_or("has no front matter between two lines of `---`")?;
    let head: Head =
        serde_saphyr::from_str(head).map_err(|error| format!("has a front matter that is no YAML: {error}"))?;
    let mut skill = Skill::default();
    let word = |value: Option<Value>| value.as_ref().and_then(Value::as_str).map(|text| text.trim().to_owned());
    (skill.name, skill.description) = (word(head.name), word(head.description));
    if skill.name.as_ref().is_none_or(String::is_empty) {
        skill.problems.push("the skill has no name".to_owned());
    }
    match head.allowed_tools {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => skill.grants.extend(split(&text).iter().map(|word| grant(word))),
        Some(Value::Array(items)) => {
            for (at, item) in items.iter().enumerate() {
                match item.as_str() {
                    Some(text) => skill.grants.extend(split(text).iter().map(|word| grant(word))),
                    None => skill.problems.push(format!("grant {at} is no text")),
                }
            }
        }
        Some(_) => skill.problems.push("`allowed-tools` is neither a text nor a list".to_owned()),
    }
    if skill.grants.len() > MAX_NAMED {
        skill.problems.push(format!("{} grants more than are read", skill.grants.len() - MAX_NAMED));
        skill.grants.truncate(MAX_NAMED);
    }
    let mentions: BTreeSet<ServerTool> = named(body).collect();
    if mentions.len() > MAX_NAMED {
        skill.problems.push(format!("{} named tools more than are read", mentions.len() - MAX_NAMED));
    }
    skill.mentions = mentions.into_iter().take(MAX_NAMED).collect();
    Ok(skill)
}

/// The front matter, and what follows it.
fn parts(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("---")?;
    let rest = rest.trim_start_matches([' ', '\t']).strip_prefix('\r').unwrap_or(rest.trim_start_matches([' ', '\t']));
    let rest = rest.strip_prefix('\n')?;
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((&rest[..at], &rest[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

/// The words of a list that is written in one text, by commas or blanks; what stands in brackets is in one piece.
fn split(text: &str) -> Vec<String> {
    let (mut words, mut word, mut depth) = (Vec::new(), String::new(), 0_usize);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (c == ',' || c.is_whitespace()) {
            words.push(std::mem::take(&mut word));
        } else {
            word.push(c);
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn grant(text: &str) -> Grant {
    let text: String = text.chars().take(300).collect();
    let (tool, within) = match text.split_once('(') {
        Some((tool, rest)) => (tool.trim(), Some(rest.trim_end_matches(')').trim().to_owned())),
        None => (text.as_str(), None),
    };
    let granted = match (tool, server_tool(tool)) {
        ("*", _) => Granted::Everything,
        (_, Some(of)) => Granted::Server(of),
        _ => Granted::Client { tool: tool.to_owned(), within: within.filter(|within| !within.is_empty()) },
    };
    Grant { granted, text }
}

/// `mcp__SERVER`, `mcp__SERVER__*` or `mcp__SERVER__TOOL`.
fn server_tool(word: &str) -> Option<ServerTool> {
    let rest = word.strip_prefix("mcp__")?;
    let (server, tool) = rest.split_once("__").map_or((rest, None), |(server, tool)| (server, Some(tool)));
    if server.is_empty() {
        return None;
    }
    let tool = tool.filter(|tool| !matches!(*tool, "" | "*")).map(str::to_owned);
    Some(ServerTool { server: server.to_owned(), tool })
}

/// The tools of servers that a text names.
fn named(text: &str) -> impl Iterator<Item = ServerTool> + '_ {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '*');
    text.split(move |c: char| !is_part(c))
        .filter(|word| word.len() <= 200)
        .filter_map(|word| server_tool(word.trim_end_matches(['.', '-'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(server: &str, tool: Option<&str>) -> ServerTool {
        ServerTool { server: server.to_owned(), tool: tool.map(str::to_owned) }
    }

    #[test]
    fn grants_are_read_in_every_form_and_what_the_text_names_once() {
        let expected = [
            Granted::Client { tool: "Bash".into(), within: Some("git status:*".into()) },
            Granted::Client { tool: "Read".into(), within: None },
            Granted::Server(of("kiln", Some("fire"))),
            Granted::Server(of("glaze", None)),
            Granted::Everything,
        ];
        for list in [
            "Bash(git status:*), Read, mcp__kiln__fire mcp__glaze__* *",
            "[\"Bash(git status:*)\", Read, mcp__kiln__fire, mcp__glaze, \"*\"]",
            "\n  - Bash(git status:*)\n  - Read\n  - mcp__kiln__fire\n  - mcp__glaze__*\n  - \"*\"",
        ] {
            let list =
                if list.contains("- ") || list.starts_with('[') { list.to_owned() } else { format!("\"{list}\"") };
            let text = format!(
                "---\nname: potter\ndescription: Makes pots.\nallowed-tools: {list}\n---\nUse mcp__kiln__fire, then `mcp__kiln__fire` and mcp__oven__bake.\n"
            );
            let skill = read(&text).expect("a skill");
            let granted: Vec<Granted> = skill.grants.iter().map(|grant| grant.granted.clone()).collect();
            assert_eq!((granted, skill.problems.clone()), (expected.to_vec(), vec![]), "{list}");
            assert_eq!(skill.mentions, [of("kiln", Some("fire")), of("oven", Some("bake"))]);
            let servers = [("glaze", vec![]), ("kiln", vec!["fire"]), ("oven", vec!["bake"])];
            let found: Vec<(&str, Vec<&str>)> =
                skill.servers().into_iter().map(|(server, tools)| (server, tools.into_iter().collect())).collect();
            assert_eq!(found, servers);
            assert_eq!(skill.name.as_deref(), Some("potter"));
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_and_hostile_text_ends() {
        for text in ["", "# A page", "---\nname: x\n", "---\n[\n---\n", "--- x\n---\n"] {
            assert!(read(text).is_err(), "{text}");
        }
        let odd = read("---\nallowed-tools: [7, Read]\n---\n").expect("a skill");
        assert_eq!((odd.grants.len(), odd.problems.len()), (1, 2), "{odd:?}");
        assert_eq!(read("---\r\nname: x\r\n---\r\n").expect("a skill").name.as_deref(), Some("x"));
        for part in ["(", "mcp__a__b ", "---\n", ")(", ","] {
            let _ = read(&format!(
                "---\nname: x\nallowed-tools: \"{}\"\n---\n{}",
                part.trim().repeat(100_000),
                part.repeat(50_000)
            ));
        }
    }
}
