//! Which entries a tool has in each format that can be edited in place: the names that its lists hold, and the values of its
//! keys. What a person's file lacks of the rest of a document is put in only where no other tool is touched by it.

use super::error::MergeError;
use super::json::JsonFile;
use super::toml::TomlFile;
use super::touched::Touched;
use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions};
use crate::targets::Target;
use serde_json::Value;

/// The text with the entries of these tools.
pub(super) fn write(
    target: Target,
    text: &str,
    touched: &[Touched<'_>],
    options: &TargetOptions,
) -> Result<String, MergeError> {
    match target {
        Target::Codex => codex(text, touched),
        Target::Gemini if !text.trim_start().starts_with('{') => gemini(text, touched),
        Target::PolicyLayer => policylayer(text, touched, options),
        Target::ClaudeCode => claude_code(text, touched),
        Target::Cursor => cursor(text, touched),
        Target::VsCode => vscode(text, touched),
        Target::OpenCode => opencode(text, touched),
        Target::Kiro => kiro(text, touched),
        _ => Err(MergeError::NotInPlace(target)),
    }
}

/// Puts a name into one of several lists and takes it out of the others; `None` takes it out of all.
fn sort_into(
    file: &JsonFile,
    lists: &[&str],
    below: &[&str],
    right: Option<&str>,
    name: &str,
) -> Result<(), MergeError> {
    for list in lists {
        let path: Vec<&str> = below.iter().chain([list]).copied().collect();
        if Some(*list) == right { file.add(&path, name)? } else { file.take(&path, name) }
    }
    Ok(())
}

fn policylayer(text: &str, touched: &[Touched<'_>], options: &TargetOptions) -> Result<String, MergeError> {
    let file = JsonFile::open(text)?;
    file.default(&["version"], &Value::from("1"));
    file.default(&["default"], &Value::from("deny"));
    for one in touched {
        // The tool's entry as a document of its own has it.
        let alone =
            crate::fitted::FittedServer { tools: vec![one.tool.clone()], unnamed: Vec::new(), ..one.server.clone() };
        let files: Vec<PolicyFile> = Target::PolicyLayer.format().write(&[alone], options);
        let written: Value = serde_json::from_str(crate::format::main(&files)).unwrap_or_default();
        let name = one.tool.name.as_str();
        match written.get("tools").and_then(|tools| tools.get(name)) {
            Some(rule) => {
                file.take(&["hide"], name);
                file.set(&["tools"], name, rule)?;
            }
            None => {
                file.remove(&["tools"], name);
                file.add(&["hide"], name)?;
            }
        }
    }
    Ok(file.text())
}

fn claude_code(text: &str, touched: &[Touched<'_>]) -> Result<String, MergeError> {
    let file = JsonFile::open(text)?;
    for one in touched {
        let list = match one.tool.effect {
            effect if effect.is_refused() => "deny",
            PolicyEffect::Ask => "ask",
            _ => "allow",
        };
        let rule = format!("mcp__{}__{}", one.server.alias, one.tool.name);
        sort_into(&file, &["allow", "ask", "deny"], &["permissions"], Some(list), &rule)?;
    }
    Ok(file.text())
}

fn cursor(text: &str, touched: &[Touched<'_>]) -> Result<String, MergeError> {
    let file = JsonFile::open(text)?;
    for one in touched {
        let list = one.tool.effect.is_allowed().then_some("mcpAllowlist");
        let entry = format!("{}:{}", one.server.alias, one.tool.name);
        sort_into(&file, &["mcpAllowlist"], &[], list, &entry)?;
    }
    Ok(file.text())
}

fn vscode(text: &str, touched: &[Touched<'_>]) -> Result<String, MergeError> {
    let file = JsonFile::open(text)?;
    for one in touched {
        let key = format!("{}/{}", one.server.alias, one.tool.name);
        let value = Value::Bool(one.tool.effect.is_allowed());
        file.set(&["chat.tools.eligibleForAutoApproval"], &key, &value)?;
    }
    Ok(file.text())
}

fn opencode(text: &str, touched: &[Touched<'_>]) -> Result<String, MergeError> {
    let file = JsonFile::open(text)?;
    for one in touched {
        let key = format!("{}_{}", one.server.alias, one.tool.name);
        let word = match one.tool.effect {
            effect if effect.is_refused() => "deny",
            PolicyEffect::Ask => "ask",
            _ => "allow",
        };
        // The last entry that fits decides, so a changed one goes to the end.
        file.remove(&["permission"], &key);
        file.set(&["permission"], &key, &Value::from(word))?;
    }
    Ok(file.text())
}

fn kiro(text: &str, touched: &[Touched<'_>]) -> Result<String, MergeError> {
    let file = JsonFile::open(text)?;
    for one in touched {
        let list = match one.tool.effect {
            effect if effect.is_refused() => Some("disabledTools"),
            PolicyEffect::Ask => None,
            _ => Some("autoApprove"),
        };
        let below = ["mcpServers", one.server.alias.as_str()];
        sort_into(&file, &["autoApprove", "disabledTools"], &below, list, &one.tool.name)?;
    }
    Ok(file.text())
}

fn codex(text: &str, touched: &[Touched<'_>]) -> Result<String, MergeError> {
    let mut file = TomlFile::open(text)?;
    for one in touched {
        let server = ["mcp_servers", one.server.alias.as_str()];
        let list = |name: &'static str| [server[0], server[1], name];
        let name = one.tool.name.as_str();
        if one.tool.effect.is_refused() {
            file.take(&list("enabled_tools"), name);
            file.add(&list("disabled_tools"), name)?;
            file.remove(&list("tools"), name);
            continue;
        }
        file.take(&list("disabled_tools"), name);
        // Without a list of its own a server offers all its tools; a new one would hide the others.
        if file.has(&list("enabled_tools")) {
            file.add(&list("enabled_tools"), name)?;
        }
        let mode = if one.tool.effect.is_allowed() { "approve" } else { "prompt" };
        file.set(&[server[0], server[1], "tools", name], "approval_mode", mode)?;
    }
    Ok(file.text())
}

fn gemini(text: &str, touched: &[Touched<'_>]) -> Result<String, MergeError> {
    let mut file = TomlFile::open(text)?;
    for one in touched {
        if !one.tool.conditions.is_empty() {
            // A rule with a pattern needs one beside it for what does not match; a person is asked instead.
            file.rule(&one.server.alias, &one.tool.name, "ask_user")?;
            continue;
        }
        let decision = match one.tool.effect {
            effect if effect.is_refused() => "deny",
            PolicyEffect::Ask => "ask_user",
            _ => "allow",
        };
        file.rule(&one.server.alias, &one.tool.name, decision)?;
    }
    Ok(file.text())
}
