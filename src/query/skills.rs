//! What skills of agents grant without asking and which tools they name, held against what the database knows.

use crate::model::{FoundTool, Risk};
use crate::source::skill::{Granted, ServerTool, Skill};
use crate::store::{Reader, StoreError};
use crate::survey::{Finding, Kind, Subject};
use std::path::Path;

/// A skill and the file that it stands in.
#[derive(Debug, Clone)]
pub struct SkillFile {
    pub file: std::path::PathBuf,
    pub skill: Skill,
}

/// The findings on a skill: grants of dangerous calls, and dangerous tools that its text names. A call that nothing is
/// known of counts as one that changes things.
///
/// # Errors
/// The database cannot be read.
pub fn skill_findings(reader: &Reader, skills: &[SkillFile]) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    for SkillFile { file, skill } in skills {
        let (name, place) = (called(file, skill), file.display().to_string());
        let subject = Subject { name: &place, identity: &place };
        let mut add = |kind: Kind, risk: Risk, tool: Option<&str>, message: String, matter: &str| {
            findings.push(Finding::new(kind, risk, subject, tool, message, matter));
        };
        for grant in &skill.grants {
            let (risk, tool, why) = match &grant.granted {
                Granted::Everything => (Risk::Critical, None, "it stands for every tool there is".to_owned()),
                Granted::Client { tool, within } => {
                    let (risk, why) = of_client(tool, within.as_deref());
                    (risk, None, why.to_owned())
                }
                Granted::Server(of) => {
                    let (risk, why) = of_server(reader, of)?;
                    (risk, of.tool.as_deref(), why)
                }
            };
            if risk >= Risk::High {
                let message = format!("{name} lets `{}` run unasked: {why}", grant.text);
                add(Kind::SkillGrant, risk, tool, message, &grant.text);
            }
        }
        for of in &skill.mentions {
            let is_granted = skill.grants.iter().any(|grant| match &grant.granted {
                Granted::Server(granted) => {
                    granted.server == of.server && (granted.tool.is_none() || granted.tool == of.tool)
                }
                _ => false,
            });
            let (risk, why) = of_server(reader, of)?;
            if risk >= Risk::High && !is_granted && of.tool.is_some() {
                let word = format!("mcp__{}__{}", of.server, of.tool.as_deref().unwrap_or_default());
                let message = format!("{name} tells the agent of `{word}`: {why}");
                add(Kind::SkillMention, risk, of.tool.as_deref(), message, &word);
            }
        }
    }
    Ok(findings)
}

/// What a skill is called: its name, else the folder that it lies in.
fn called(file: &Path, skill: &Skill) -> String {
    let folder = || file.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let name = skill.name.clone().filter(|name| !name.is_empty()).or_else(folder);
    match name {
        Some(name) => format!("the skill `{}`", name.chars().take(80).collect::<String>()),
        None => "the skill".to_owned(),
    }
}

/// Programs that run what they are told, or lose or send what they are given.
const COMMANDS: [&str; 30] = [
    "sh", "bash", "zsh", "fish", "python", "python3", "node", "deno", "bun", "ruby", "perl", "php", "npx", "uvx",
    "pipx", "npm", "pip", "docker", "podman", "kubectl", "sudo", "ssh", "curl", "wget", "eval", "xargs", "rm", "dd",
    "make", "env",
];

/// What a tool of the client itself can do when nobody is asked.
fn of_client(tool: &str, within: Option<&str>) -> (Risk, &'static str) {
    match (tool.to_ascii_lowercase().as_str(), within) {
        ("bash" | "shell" | "powershell" | "run_shell_command" | "execute", None) => {
            (Risk::Critical, "it runs any command")
        }
        ("bash" | "shell" | "powershell" | "run_shell_command" | "execute", Some(pattern)) => {
            let first = pattern.split([' ', ':']).next().unwrap_or_default();
            let program = first.rsplit('/').next().unwrap_or_default();
            match program {
                "" | "*" => (Risk::Critical, "it runs any command"),
                program if COMMANDS.contains(&program) || program.contains('*') => {
                    (Risk::Critical, "the program runs, sends or loses whatever it is told")
                }
                "git" | "gh" | "terraform" | "aws" | "gcloud" | "az" if !pattern.contains(' ') => {
                    (Risk::High, "the program changes what others build from or depend on")
                }
                _ => (Risk::Medium, "it runs one program"),
            }
        }
        ("write" | "edit" | "multiedit" | "notebookedit" | "write_file" | "replace", None) => {
            (Risk::High, "it may overwrite any file")
        }
        ("task" | "agent", None) => (Risk::High, "it starts agents of its own"),
        ("webfetch" | "web_fetch" | "read" | "websearch", _) => (Risk::Medium, "it reads"),
        _ => (Risk::Medium, "it is held to what it names"),
    }
}

/// What the tools of a server can do, by the name that clients give the server.
fn of_server(reader: &Reader, of: &ServerTool) -> Result<(Risk, String), StoreError> {
    let Some(tool) = &of.tool else {
        return Ok((Risk::High, format!("it stands for every tool of `{}`, those to come included", of.server)));
    };
    let found = reader.tools_named(tool)?;
    let is_meant = |found: &&FoundTool| {
        last(&found.server).contains(&plain(&of.server)) || plain(&of.server).contains(&last(&found.server))
    };
    let meant: Vec<&FoundTool> = found.iter().filter(is_meant).collect();
    // The name of a server is its user's: where none fits, the gravest tool of the name counts.
    let gravest = if meant.is_empty() {
        found.iter().max_by_key(|tool| tool.verdict.risk)
    } else {
        meant.into_iter().max_by_key(|tool| tool.verdict.risk)
    };
    Ok(match gravest {
        Some(tool) => (tool.verdict.risk, format!("{} (as {} has it)", tool.verdict.rationale, tool.server)),
        None => (Risk::High, "nothing is known of a tool of this name".to_owned()),
    })
}

fn plain(name: &str) -> String {
    name.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The last part of a server's name.
fn last(server: &str) -> String {
    plain(server.rsplit(['/', ':']).next().unwrap_or_default())
}
