//! The guides of `docs/guides/` are true: each is followed from an empty home, and what its commands print is what it shows.
//!
//! A block names the file that it is in its opening line. Of a console block each `$` line is run by a shell, and what
//! follows it must be what it printed. With `MCPDEX_UPDATE_GUIDES=1` in the environment the guides are written anew.

use crate::support::binary::{User, undigested};
use crate::support::world::{Plan, World};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the registry of the guides is said to be; the one of the test is somewhere else each time.
const REGISTRY: &str = "http://127.0.0.1:8000";

struct Reader {
    user: User,
    /// Where the registry really is.
    registry: Option<String>,
}

impl Reader {
    /// What a shell prints that runs the line, both streams in their order.
    fn run(&self, line: &str) -> String {
        let real = self.registry.as_deref().unwrap_or(REGISTRY);
        let binary = Path::new(env!("CARGO_BIN_EXE_mcpdex")).parent().unwrap();
        let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .args(["-c", &format!("exec 2>&1; {}", line.replace(REGISTRY, real))])
            .env_clear()
            .envs([("HOME", self.user.home()), ("MCPDEX_DB", Path::new("mcpdex.db"))])
            .envs([("PATH", path.as_str()), ("COLUMNS", "100")])
            .current_dir(self.user.home())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.replace(real, REGISTRY).trim_end().to_owned()
    }

    /// The guide with what its commands print now.
    fn follow(&self, guide: &str) -> String {
        let (mut told, mut lines) = (String::new(), guide.lines());
        while let Some(line) = lines.next() {
            told += &format!("{line}\n");
            let Some(opening) = line.strip_prefix("```").filter(|opening| !opening.is_empty()) else { continue };
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if opening == "console" {
                for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
                    let printed = self.run(command);
                    told += &format!("$ {command}\n{printed}{}", if printed.is_empty() { "" } else { "\n" });
                }
            } else {
                let text = block.join("\n") + "\n";
                if let Some((_, file)) = opening.split_once(' ') {
                    let path = self.user.home().join(file);
                    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                    std::fs::write(path, &text).unwrap();
                }
                told += &text;
            }
            told += "```\n";
        }
        told
    }
}

fn guide(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides").join(name)
}

fn is_true(name: &str, registry: Option<String>) {
    let written = std::fs::read_to_string(guide(name)).unwrap();
    let told = Reader { user: User::new(), registry }.follow(&written);
    if std::env::var_os("MCPDEX_UPDATE_GUIDES").is_some() {
        std::fs::write(guide(name), told).unwrap();
    } else {
        assert!(
            undigested(&told) == undigested(&written),
            "docs/guides/{name} is no longer true; it should read:\n{told}"
        );
    }
}

#[test]
fn a_first_policy_in_ten_minutes() {
    is_true("first-policy.md", None);
}

#[test]
fn the_registry_of_a_company() {
    let world = World::start(Plan { servers: 12, faulty: 25, ..Plan::default() }, 0);
    is_true("company-registry.md", world.registry().strip_prefix("registry:").map(str::to_owned));
}

#[test]
fn a_gate_for_pull_requests() {
    is_true("gate-a-pull-request.md", None);
}

#[test]
fn a_rule_of_ones_own() {
    is_true("write-a-rule.md", None);
}

#[test]
fn every_guide_is_followed_by_a_test() {
    let source = include_str!("guides.rs");
    for entry in std::fs::read_dir(guide("")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(source.contains(&format!("is_true(\"{name}\"")), "no test follows docs/guides/{name}");
    }
}

#[test]
fn a_guide_that_is_not_true_is_noticed() {
    let reader = Reader { user: User::new(), registry: None };
    let lie = "```console\n$ mcpdex --version\nmcpdex 0.0.0\n```\n";
    assert_ne!(reader.follow(lie), lie);
}
