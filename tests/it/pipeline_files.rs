//! The files with which pipelines call mcpdex: every command line parses, and the scripts run here as a runner runs them.

use crate::support::binary::{Ran, User, ran};
use crate::support::shelf::{monday, package};
use serde_json::Value;
use std::process::Command;

const DROP: &str = r#"{"name":"drop_shelf","description":"Delete a shelf for good. This cannot be undone."}"#;
const LOOK: &str = r#"{"name":"list_shelves","description":"List shelves."}"#;

fn yaml(file: &str) -> Value {
    let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The texts of a document, at any depth.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The command lines of mcpdex in a script, each as its words, what the shell fills in replaced by what may stand there.
fn commands(script: &str) -> Vec<Vec<String>> {
    let lines = script.lines().flat_map(|line| line.split("; ")).filter(|line| line.trim().starts_with("mcpdex "));
    lines
        .map(|line| {
            let line = [" >", " |"].iter().fold(line, |line, end| line.split(end).next().unwrap_or(line));
            let filled = [
                ("\"${help[@]}\"", "--help-url=https://pages.example/findings.md"),
                ("\"${gate[@]}\"", "--fail-on=high --fail-on-unread"),
                ("\"${accepted[@]}\"", "--baseline=a.json --suppressions=b.toml"),
                ("\"${configs[@]}\"", ".mcp.json folder"),
                ("\"$MCPDEX_FAIL_ON\"", "high"),
            ];
            let line = filled.iter().fold(line.to_owned(), |line, (word, with)| line.replace(word, with));
            assert!(!line.contains('$'), "{line} holds a word that this test does not know");
            line.split_whitespace().map(str::to_owned).collect()
        })
        .collect()
}

#[test]
fn every_command_line_in_a_pipeline_file_parses() {
    for (file, least) in
        [("action.yml", 3), (".pre-commit-hooks.yaml", 1), ("examples/ci/gitlab.yml", 2), ("examples/ci/github.yml", 0)]
    {
        let document = yaml(file);
        let found: Vec<Vec<String>> = texts(&document).into_iter().flat_map(commands).collect();
        // The name and the description of a hook begin with the program's name as well.
        let found: Vec<_> = found.into_iter().filter(|words| words.len() > 2).collect();
        assert!(found.len() >= least, "{file}: {found:?}");
        for words in found {
            if let Err(error) = mcpdex::cli::Cli::described().try_get_matches_from(&words) {
                panic!("{file}: {words:?}: {error}");
            }
        }
    }
}

#[test]
fn the_workflow_uses_inputs_that_the_action_has_and_the_action_reads_each() {
    let (action, workflow) = (yaml("action.yml"), yaml("examples/ci/github.yml"));
    let inputs = action["inputs"].as_object().unwrap();
    let steps = workflow["jobs"]["scan"]["steps"].as_array().unwrap();
    let uses = steps.iter().find(|step| step["uses"].as_str().unwrap().contains("/mcpdex@")).unwrap();
    for name in uses["with"].as_object().unwrap().keys() {
        assert!(inputs.contains_key(name), "{name}");
    }
    let words = texts(&action["runs"]).join("\n");
    for (name, input) in inputs {
        assert!(words.contains(&format!("inputs.{name}")), "{name} is read nowhere");
        assert!(input["description"].is_string() && input["default"].is_string(), "{name}");
    }
    // An input that stood in a script itself could be a script.
    for step in action["runs"]["steps"].as_array().unwrap() {
        assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step}");
    }
}

#[test]
fn the_hook_looks_at_the_files_in_which_clients_keep_servers() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let files = hooks[0]["files"].as_str().unwrap();
    let ends = files.strip_prefix("(^|/)(").and_then(|rest| rest.strip_suffix(")$")).unwrap();
    let names: Vec<String> = ends.split('|').map(|one| one.replace("\\.?", ".").replace('\\', "")).collect();
    for name in [".mcp.json", ".codex/config.toml", ".gemini/settings.json", "claude_desktop_config.json"] {
        assert!(names.iter().any(|one| one == name), "{names:?}");
    }
    for key in ["id", "name", "entry", "language"] {
        assert!(hooks[0][key].as_str().is_some_and(|text| !text.is_empty()), "{key}");
    }
}

/// A project whose servers are all known, and a folder of a runner in which mcpdex is installed. `None` without a shell.
fn project(tools: &[&str]) -> Option<User> {
    if !cfg!(unix) || Command::new("bash").arg("--version").output().is_err() {
        eprintln!("skipped: there is no bash here");
        return None;
    }
    let user = User::new();
    package(&user, monday, "shelves", "1.0.0", tools);
    let config = r#"{"mcpServers":{"shelves":{"command":"npx","args":["shelves@1.0.0"]}}}"#;
    std::fs::create_dir_all(user.home().join("a b")).unwrap();
    std::fs::write(user.home().join("a b/.mcp.json"), config).unwrap();
    std::fs::write(user.home().join(".mcp.json"), config).unwrap();
    let programs = user.home().join("temp/mcpdex/bin");
    std::fs::create_dir_all(&programs).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_mcpdex"), programs.join("mcpdex")).unwrap();
    Some(user)
}

fn shell(user: &User, script: &str, variables: &[(&str, &str)]) -> Ran {
    let mut command = Command::new("bash");
    let path = std::env::var("PATH").unwrap_or_default();
    let programs = user.home().join("temp/mcpdex/bin");
    command
        .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script])
        .env_clear()
        .env("HOME", user.home())
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("MCPDEX_DB", user.database())
        .envs(variables.iter().copied())
        .current_dir(user.home());
    ran(command.output().unwrap())
}

fn written(user: &User, file: &str) -> String {
    std::fs::read_to_string(user.home().join(file)).unwrap()
}

#[test]
fn the_action_fails_on_what_counts_and_leaves_sarif_annotations_and_a_summary() {
    let action = yaml("action.yml");
    let steps = action["runs"]["steps"].as_array().unwrap();
    let script = steps.iter().find(|step| step["id"] == "scan").unwrap()["run"].as_str().unwrap();
    for (tools, fail_on, code) in [(&[DROP, LOOK][..], "high", 3), (&[LOOK][..], "high", 0), (&[DROP][..], "huge", 2)] {
        let Some(user) = project(tools) else { return };
        let temp = user.home().join("temp");
        let (temp, out) = (temp.to_str().unwrap(), format!("{}/out", temp.display()));
        let summary = format!("{temp}/summary");
        let ran = shell(
            &user,
            script,
            &[
                ("RUNNER_TEMP", temp),
                ("GITHUB_OUTPUT", &out),
                ("GITHUB_STEP_SUMMARY", &summary),
                ("CONFIGS", "a b/.mcp.json\n"),
                ("FAIL_ON", fail_on),
                ("FAIL_ON_UNREAD", "true"),
                ("BASELINE", ""),
                ("SUPPRESSIONS", ""),
                ("SETTINGS", ""),
                ("BASE", ""),
                ("GITHUB_SERVER_URL", "https://code.example"),
                ("REPOSITORY", "someone/mcpdex"),
                ("REVISION", "v1"),
            ],
        );
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        assert_eq!(written(&user, "temp/out"), format!("sarif={temp}/mcpdex.sarif\n"));
        if code == 2 {
            continue;
        }
        let log: Value = serde_json::from_str(&written(&user, "temp/mcpdex.sarif")).unwrap();
        let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
        assert_eq!(rule["helpUri"], "https://code.example/someone/mcpdex/blob/v1/docs/findings.md#risk");
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.is_empty(), code == 0, "{results:?}");
        assert_eq!(ran.out.contains("::error file=a b/.mcp.json,line="), code == 3, "{}", ran.out);
        assert!(written(&user, "temp/summary").starts_with("# MCP servers"));
    }
}

#[test]
fn the_gitlab_job_fails_on_what_counts_and_leaves_both_reports() {
    let job = &yaml("examples/ci/gitlab.yml")["mcpdex"];
    let script: Vec<&str> = job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    for (tools, code) in [(&[DROP][..], 3), (&[LOOK][..], 0)] {
        let Some(user) = project(tools) else { return };
        let ran = shell(&user, &script.join("\n"), &[("MCPDEX_FAIL_ON", "high")]);
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        let reports = &job["artifacts"]["reports"];
        let issues: Vec<Value> =
            serde_json::from_str(&written(&user, reports["codequality"].as_str().unwrap())).unwrap();
        assert_eq!(issues.is_empty(), code == 0);
        let junit = written(&user, reports["junit"].as_str().unwrap());
        assert_eq!(
            roxmltree::Document::parse(&junit).unwrap().descendants().any(|one| one.has_tag_name("failure")),
            code == 3
        );
    }
}
