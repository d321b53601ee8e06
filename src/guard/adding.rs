//! Servers that a client's model is about to add: by a client's own command line (`claude mcp add …`), or by writing a
//! file in which a client keeps its servers. A shell has other ways, which are not seen: this asks about the plain ones.

use crate::source::client_config::{self, ClientServer, PLACES};
use serde_json::{Value, json};

/// Servers that are about to be added.
#[derive(Debug, Clone, PartialEq)]
pub struct Adding {
    /// What is done, in few words.
    pub how: String,
    /// The servers; `None`: what is written does not tell which.
    pub servers: Option<Vec<ClientServer>>,
}

/// Programs whose `mcp add` adds a server.
const CLIENTS: &[&str] = &["claude", "codex", "gemini", "qwen", "cursor-agent", "copilot", "opencode", "kiro-cli", "q"];

/// Signs by which a line is more than one plain command.
const OPERATORS: &[char] = &[';', '&', '|', '$', '`', '<', '>', '\n', '(', ')', '{', '\\'];

/// What a shell's line adds; `None`: nothing that is recognised.
pub(super) fn of_command(line: &str) -> Option<Adding> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let adds =
        words.windows(2).any(|pair| pair[0].trim_matches(QUOTES) == "mcp" && is_add(pair[1].trim_matches(QUOTES)));
    let opens = words.iter().any(|word| word.trim_matches(QUOTES).starts_with("--add-mcp"));
    if adds || opens {
        return Some(Adding { how: "a server is added by a command".to_owned(), servers: plain(line) });
    }
    let writes =
        line.contains('>') || words.iter().any(|word| WRITERS.contains(&word.rsplit('/').next().unwrap_or(word)));
    let place = |word: &str| is_place(word.trim_matches(|c: char| QUOTES.contains(&c) || c == '>'));
    let file = words.iter().find(|word| place(word)).filter(|_| writes)?;
    let how = format!("a shell writes {}", file.trim_matches(|c: char| QUOTES.contains(&c) || c == '>'));
    Some(Adding { how, servers: None })
}

const QUOTES: &[char] = &['"', '\'', '`', '(', ')', ';'];

/// Programs that write the file that they name.
const WRITERS: &[&str] =
    &["tee", "cp", "mv", "sed", "install", "ln", "dd", "perl", "python", "python3", "node", "curl", "wget"];

fn is_add(word: &str) -> bool {
    matches!(word, "add" | "add-json" | "add-from-claude-desktop" | "install" | "import")
}

/// The one server of a plain command line; `None` where it is more than that.
fn plain(line: &str) -> Option<Vec<ClientServer>> {
    if line.contains(OPERATORS) && !line.contains("add-json") {
        return None;
    }
    let words = shlex::split(line)?;
    let program = words.first()?.rsplit(['/', '\\']).next()?;
    let [_, mcp, add, rest @ ..] = words.as_slice() else { return None };
    if !CLIENTS.contains(&program) || mcp != "mcp" {
        return None;
    }
    if add == "add-json" {
        let text = rest.iter().find(|word| word.trim_start().starts_with('{'))?;
        return described("server", &serde_json::from_str(text).ok()?).map(|server| vec![server]);
    }
    if add != "add" {
        return None;
    }
    if let Some(at) = rest.iter().position(|word| word == "--") {
        let (command, args) = rest[at + 1..].split_first()?;
        return described("server", &json!({ "command": command, "args": args })).map(|server| vec![server]);
    }
    let url = rest.iter().find(|word| word.contains("://"))?;
    described("server", &json!({ "url": url })).map(|server| vec![server])
}

/// An entry of a configuration, read as every configuration is.
pub(super) fn described(name: &str, entry: &Value) -> Option<ClientServer> {
    let text = json!({ "mcpServers": { name: entry } }).to_string();
    client_config::read_text(&text, "mcp.json").ok()?.servers.pop()
}

/// What writing a whole file adds; `None`: it is no place of servers.
pub(super) fn of_file(file: &str, content: &str) -> Option<Adding> {
    if !is_place(file) {
        return None;
    }
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let how = format!("{name} is written");
    match client_config::read_text(content, name) {
        Ok(found) if found.problems.is_empty() => {
            let silent = found.servers.is_empty() && !speaks_of_servers(content);
            (!silent).then_some(Adding { how, servers: Some(found.servers).filter(|servers| !servers.is_empty()) })
        }
        _ => Some(Adding { how, servers: None }),
    }
}

/// What changing a part of a file adds; its whole is not known here. `new` is what is put in, with names and quotes of any kind.
pub(super) fn of_edit(file: &str, new: Option<&str>) -> Option<Adding> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let speaks = name.to_lowercase().contains("mcp") || new.is_none_or(speaks_of_servers);
    (is_place(file) && speaks).then(|| Adding { how: format!("{name} is changed"), servers: None })
}

/// What a patch adds, by the files that it touches.
pub(super) fn of_patch(patch: &str) -> Option<Adding> {
    let files = patch.lines().filter_map(|line| {
        let named =
            ["*** Add File: ", "*** Update File: ", "*** Move to: "].iter().find_map(|start| line.strip_prefix(start));
        named.or_else(|| line.strip_prefix("+++ ").map(|path| path.strip_prefix("b/").unwrap_or(path)))
    });
    files.map(str::trim).find_map(|file| of_edit(file, Some(patch)))
}

/// Whether settings say something of servers: most changes of such files do not.
fn speaks_of_servers(text: &str) -> bool {
    let text = text.to_lowercase();
    ["mcp", "context_servers", "extensions", "\"servers\"", "\"command\"", "httpurl"]
        .iter()
        .any(|word| text.contains(word))
}

/// Whether a path ends as one of the places where clients keep their servers, whatever folder it begins in.
fn is_place(path: &str) -> bool {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let fits = |(pattern, part): (&str, &&str)| match pattern.split_once('*') {
        Some((before, after)) => {
            part.len() >= before.len() + after.len() && part.starts_with(before) && part.ends_with(after)
        }
        None => pattern.eq_ignore_ascii_case(part),
    };
    PLACES.iter().any(|place| {
        let wanted = place.path.split('/');
        let count = wanted.clone().count();
        count <= parts.len() && wanted.zip(&parts[parts.len() - count..]).all(fits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(adding: Option<Adding>) -> Option<String> {
        Some(adding?.servers?.first()?.identity())
    }

    #[test]
    fn a_plain_line_tells_its_server_and_any_other_that_adds_tells_none() {
        for (line, wanted) in [
            ("claude mcp add kiln -- npx -y kiln-desk@1.0.0", "npm:kiln-desk"),
            ("codex mcp add kiln --env A=b -- uvx kiln_desk", "pypi:kiln-desk"),
            ("claude mcp add --transport http kiln https://kiln.example/mcp", "https://kiln.example/mcp"),
            (r#"claude mcp add-json kiln '{"command":"npx","args":["kiln-desk"]}'"#, "npm:kiln-desk"),
        ] {
            assert_eq!(identity(of_command(line)).as_deref(), Some(wanted), "{line}");
        }
        for line in [
            "true; claude mcp add a -- npx good && claude mcp add b -- npx bad",
            "bash -c 'claude mcp add b -- npx bad'",
            "claude  mcp   add b -- npx $(cat name)",
            "code --add-mcp '{\"name\":\"b\"}'",
            "claude mcp add-from-claude-desktop",
            "echo '{}' > .mcp.json",
            "echo x | tee /srv/app/.cursor/mcp.json",
            "cat a >.vscode/mcp.json",
        ] {
            assert_eq!(of_command(line).map(|adding| adding.servers), Some(None), "{line}");
        }
        for line in ["cat .mcp.json", "claude mcp list", "npm add mcp", "ls > out.json"] {
            assert_eq!(of_command(line), None, "{line}");
        }
    }

    #[test]
    fn files_of_servers_are_known_wherever_they_lie() {
        let kiln = r#"{"mcpServers":{"kiln":{"command":"npx","args":["kiln-desk"]}}}"#;
        for file in ["/srv/app/.mcp.json", "x/../.cursor/mcp.json", r"C:\app\.vscode\mcp.json", "/home/u/.Claude.json"]
        {
            assert_eq!(identity(of_file(file, kiln)).as_deref(), Some("npm:kiln-desk"), "{file}");
        }
        assert_eq!(of_file("/srv/app/package.json", kiln), None);
        assert_eq!(of_file("/srv/app/.claude/settings.json", r#"{"theme":"dark"}"#), None);
        assert_eq!(of_file("/srv/app/.mcp.json", "{").map(|adding| adding.servers), Some(None));
        let all = r#"{"enableAllProjectMcpServers":true}"#;
        assert_eq!(of_file("/srv/app/.claude/settings.json", all).map(|adding| adding.servers), Some(None));
        assert!(of_edit("/srv/app/.mcp.json", Some("dark")).is_some());
        assert!(of_edit("/srv/app/.claude/settings.json", Some("dark")).is_none());
        assert!(of_patch("*** Begin Patch\n*** Update File: .mcp.json\n@@\n+x").is_some());
        assert!(of_patch("*** Begin Patch\n*** Update File: src/main.rs\n@@\n+x").is_none());
    }
}
