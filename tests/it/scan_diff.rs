//! `mcpdex scan --diff BASE`: a pull request in a local repository. What it adds counts, what was there does not, and what
//! it says of how it is to be judged counts only once the base has it.

use crate::support::binary::{Ran, User};
use crate::support::schema::assert_valid;
use crate::support::shelf::{monday, package};
use std::path::PathBuf;

const DROP: &str = r#"{"name":"drop_table","description":"Delete a table for good. This cannot be undone."}"#;
const WIPE: &str = r#"{"name":"wipe_disk","description":"Wipe a disk for good. This cannot be undone."}"#;
const LOOK: &str = r#"{"name":"list_tables","description":"List tables."}"#;

/// A repository with one server that only looks, and a database that knows two more.
struct Project {
    user: User,
}

impl Project {
    fn new() -> Project {
        let user = User::new();
        package(&user, monday, "looker", "1.0.0", &[LOOK]);
        package(&user, monday, "tables", "1.0.0", &[DROP, LOOK]);
        package(&user, monday, "disks", "2.0.0", &[WIPE]);
        let project = Project { user };
        std::fs::create_dir_all(project.root()).unwrap();
        project.git(&["init", "-q", "-b", "main"]);
        project.servers(&["looker@1.0.0"]);
        project.commit("base");
        project
    }

    fn root(&self) -> PathBuf {
        self.user.home().join("project")
    }

    /// Runs git without anybody's settings.
    fn git(&self, words: &[&str]) {
        let mut command = std::process::Command::new("git");
        command.args(words).current_dir(self.root()).env_clear().env("HOME", self.user.home());
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("GIT_CONFIG_NOSYSTEM", "1");
        for (name, value) in [("AUTHOR", "Ada"), ("COMMITTER", "Ada")] {
            command.env(format!("GIT_{name}_NAME"), value).env(format!("GIT_{name}_EMAIL"), "ada@example.com");
        }
        let output = command.output().expect("git is needed by these tests");
        assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.root().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn servers(&self, packages: &[&str]) {
        let entries: Vec<String> = packages
            .iter()
            .map(|package| {
                let name = package.split('@').next().unwrap();
                format!("{{\"{name}\": {{\"command\": \"npx\", \"args\": [\"-y\", \"{package}\"]}}}}")
            })
            .map(|entry| entry[1..entry.len() - 1].to_owned())
            .collect();
        self.write(".mcp.json", &format!("{{\"mcpServers\": {{\n{}\n}}}}\n", entries.join(",\n")));
    }

    fn commit(&self, what: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", what]);
    }

    fn branch(&self) {
        self.git(&["checkout", "-q", "-b", "change"]);
    }

    fn run(&self, words: &[&str]) -> Ran {
        crate::support::binary::ran(self.user.command(words).current_dir(self.root()).output().unwrap())
    }

    /// The gate of a pipeline over what the change adds.
    fn gate(&self, more: &[&str]) -> Ran {
        self.run(
            &[&["scan", ".", "--offline", "--diff", "main", "--fail-on", "high", "--fail-on-unread"], more].concat(),
        )
    }
}

fn suppression(expires: &str) -> String {
    format!(
        "[[suppress]]\nkind = \"risk\"\nserver = \"npm:tables\"\ntool = \"drop_table\"\nreason = \"a sandbox\"\nexpires = \"{expires}\"\n"
    )
}

const SETTINGS: &[&str] = &["--config", "mcpdex.toml"];

#[test]
fn a_change_that_adds_a_critical_tool_fails() {
    let project = Project::new();
    project.branch();
    assert_eq!(project.gate(&[]).code, 0, "{}", project.gate(&[]).out);
    project.servers(&["looker@1.0.0", "tables@1.0.0"]);
    let ran = project.gate(&[]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("drop_table"), "{}", ran.out);
    // Committed or not makes no difference, and it stands in the report what the change was held against.
    project.commit("more");
    let report = assert_valid("scan", &project.gate(&["--json"]).out);
    assert_eq!(
        (report["base"]["revision"].as_str(), report["base"]["commit"].as_str().unwrap().len()),
        (Some("main"), 40)
    );
    assert_eq!(project.gate(&[]).code, 3);
}

#[test]
fn a_suppression_counts_when_the_base_has_it() {
    let project = Project::new();
    project.write("mcpdex.toml", &suppression("2999-12-31"));
    project.commit("accepted beforehand");
    project.branch();
    project.servers(&["looker@1.0.0", "tables@1.0.0"]);
    project.commit("more");
    let ran = project.gate(SETTINGS);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("1 is accepted"), "{}", ran.out);
    // Named as a file of suppressions it is the same.
    assert_eq!(project.gate(&["--suppressions", "mcpdex.toml"]).code, 0);
    // Not named, it accepts nothing.
    assert_eq!(project.gate(&[]).code, 3);
}

#[test]
fn a_change_cannot_accept_its_own_findings() {
    let project = Project::new();
    project.branch();
    project.servers(&["looker@1.0.0", "tables@1.0.0"]);
    for (file, how) in [("mcpdex.toml", SETTINGS), ("accepted.toml", &["--suppressions", "accepted.toml"])] {
        project.write(file, &suppression("2999-12-31"));
        let ran = project.gate(how);
        assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
        assert!(ran.out.contains("drop_table") && ran.out.contains(file), "{}", ran.out);
        std::fs::remove_file(project.root().join(file)).unwrap();
    }
    // Nor by rules, overrides or a lower threshold, and a file that it takes away still counts.
    project.servers(&["looker@1.0.0"]);
    project.write(
        "mcpdex.toml",
        "overrides = [\"settled.toml\"]\nrules = [\"rules\"]\n[thresholds]\nfail_on = \"high\"\n",
    );
    project.write("settled.toml", "# nothing yet\n");
    project.write(
        "rules/lamps.toml",
        "[[rule]]\nid = \"lights-a-lamp\"\nclass = \"execute\"\nconfidence = \"high\"\nbecause = \"it lights a lamp\"\n\
         when = [{ verb = [\"kindle\"] }]\nfires = [{ name = \"kindle_lamp\" }]\nquiet = [{ name = \"list_lamps\" }]\n",
    );
    project.git(&["checkout", "-q", "main"]);
    project.commit("settings");
    project.git(&["checkout", "-q", "-B", "change"]);
    project.servers(&["looker@1.0.0", "tables@1.0.0"]);
    let scan = |more: &[&str]| {
        project.run(&[&["scan", "--offline", "--diff", "main", "--config", "mcpdex.toml"], more].concat())
    };
    assert_eq!(scan(&[]).code, 3, "the base's own threshold");
    let settled = "[[override]]\ntool = \"drop_table\"\nclass = \"read\"\nreason = \"it is fine\"\nauthor = \"Eve\"\ndate = \"2026-01-01\"\n";
    for (file, text) in [
        ("settled.toml", settled),
        ("mcpdex.toml", "[thresholds]\nfail_on_unread = false\n"),
        ("rules/lamps.toml", "[[rule]]\nid = \"x\"\n"),
        ("rules/more.toml", ""),
    ] {
        let was = std::fs::read_to_string(project.root().join(file)).ok();
        project.write(file, text);
        let ran = scan(&["--json"]);
        let report = assert_valid("scan", &ran.out);
        let changed: Vec<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["kind"] == "gate-change")
            .map(|finding| finding["server"].as_str().unwrap())
            .collect();
        assert_eq!(changed, [file.split('/').next().unwrap()], "{}", ran.err);
        assert!(ran.code == 3 && ran.out.contains("drop_table"), "{file}: {}", ran.code);
        match was {
            Some(was) => project.write(file, &was),
            None => std::fs::remove_file(project.root().join(file)).unwrap(),
        }
    }
    std::fs::remove_file(project.root().join("mcpdex.toml")).unwrap();
    let ran = scan(&[]);
    assert!(ran.code == 3 && ran.out.contains("mcpdex.toml"), "{}{}", ran.out, ran.err);
    // Alone, without any server, the change of what judges is a finding as well, at the file's own place.
    project.servers(&["looker@1.0.0"]);
    let ran = scan(&["--format", "sarif"]);
    assert!(
        ran.code == 3 && ran.out.contains("gate-change") && ran.out.contains("\"uri\": \"mcpdex.toml\""),
        "{}",
        ran.out
    );
    // Once the base has it, it is none.
    project.commit("without settings");
    project.git(&["branch", "-f", "main", "change"]);
    assert_eq!(project.run(&["scan", "--offline", "--diff", "main", "--fail-on", "low"]).code, 0);
}

#[test]
fn a_suppression_of_the_base_that_has_expired_accepts_nothing() {
    let project = Project::new();
    project.write("mcpdex.toml", &suppression("2001-01-01"));
    project.commit("accepted long ago");
    project.branch();
    project.servers(&["looker@1.0.0", "tables@1.0.0"]);
    let ran = project.gate(SETTINGS);
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(ran.out.contains("2001-01-01"), "{}", ran.out);
}

#[test]
fn what_was_there_does_not_count_and_another_version_does() {
    let project = Project::new();
    project.servers(&["tables@1.0.0"]);
    project.commit("what is there");
    project.branch();
    project.servers(&["tables@1.0.0", "disks@2.0.0"]);
    let report = assert_valid("scan", &project.gate(&["--json"]).out);
    let counts = |tool: &str| {
        let finding = report["findings"].as_array().unwrap().iter().find(|one| one["tool"] == tool).unwrap();
        !finding["known"].as_bool().unwrap()
    };
    assert_eq!((counts("drop_table"), counts("wipe_disk")), (false, true));
    // What the base started was never looked at: that today's version has the tool tells nothing of it.
    project.git(&["checkout", "-q", "-f", "main"]);
    project.servers(&["tables@0.9.0"]);
    project.commit("an older one");
    project.git(&["checkout", "-q", "-B", "change"]);
    project.servers(&["tables@1.0.0"]);
    let ran = project.gate(&[]);
    assert!(ran.code == 3 && ran.out.contains("drop_table"), "{}", ran.out);
    // Something unread that the change brings is unread; what was unread before is no matter of the change.
    project.servers(&["tables@0.9.0", "stranger@1.0.0"]);
    assert_eq!(project.gate(&[]).code, 4);
    project.servers(&["tables@0.9.0"]);
    assert_eq!(project.gate(&[]).code, 0, "{}", project.gate(&[]).out);
}

#[test]
fn a_change_that_takes_configurations_away_or_moves_them_adds_nothing() {
    let project = Project::new();
    project.servers(&["tables@1.0.0"]);
    project.commit("what is there");
    project.branch();
    std::fs::create_dir_all(project.root().join(".cursor")).unwrap();
    std::fs::rename(project.root().join(".mcp.json"), project.root().join(".cursor/mcp.json")).unwrap();
    assert_eq!(project.gate(&[]).code, 0, "{}", project.gate(&[]).out);
    std::fs::remove_file(project.root().join(".cursor/mcp.json")).unwrap();
    assert_eq!(project.run(&["scan", ".mcp.json", "--offline", "--diff", "main", "--fail-on", "low"]).code, 0);
    assert_eq!(project.run(&["scan", "typo.json", "--offline", "--diff", "main", "--fail-on", "low"]).code, 4);
}

#[test]
fn a_base_that_is_not_there_closes_the_gate_and_git_starts_nothing() {
    let project = Project::new();
    for base in ["nowhere", "--upload-pack=x", "main:mcpdex.toml", ""] {
        let diff = format!("--diff={base}");
        let ran = project.run(&["scan", "--offline", &diff, "--fail-on", "high"]);
        assert!(ran.code == 1 && ran.err.contains("no commit"), "{base}: {} {}", ran.code, ran.err);
    }
    let outside =
        crate::support::binary::ran(project.user.command(&["scan", "--offline", "--diff", "main"]).output().unwrap());
    assert!(outside.code == 1 && outside.err.contains("no git repository"), "{}", outside.err);
    // A repository whose own configuration names programs.
    let trap = project.user.home().join("trap.sh");
    let sprung = project.user.home().join("sprung");
    std::fs::write(&trap, format!("#!/bin/sh\necho x > {}\n", sprung.display())).unwrap();
    project.run(&[]);
    let trap = format!("sh {}", trap.display());
    for key in ["core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "diff.external", "alias.ls-tree"] {
        project.git(&["config", key, &trap]);
    }
    project.git(&["config", "remote.origin.url", "ssh://example.invalid/x"]);
    project.git(&["config", "remote.origin.promisor", "true"]);
    project.git(&["config", "extensions.partialClone", "origin"]);
    project.servers(&["tables@1.0.0"]);
    assert_eq!(project.gate(&[]).code, 3);
    assert!(!sprung.exists(), "a program of the repository's choice was started");
}

#[test]
fn a_link_in_the_base_leads_nowhere() {
    let project = Project::new();
    let secret = project.user.home().join("secret.json");
    std::fs::write(&secret, "{\"mcpServers\": {\"x\": {\"command\": \"npx\", \"args\": [\"tables\"]}}}").unwrap();
    std::fs::remove_file(project.root().join(".mcp.json")).unwrap();
    std::os::unix::fs::symlink(&secret, project.root().join(".mcp.json")).unwrap();
    project.commit("a link");
    project.branch();
    let ran = project.gate(&[]);
    // Nobody knows what it led to then, so what it leads to now is new.
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    project.git(&["checkout", "-q", "main"]);
    std::os::unix::fs::symlink(&secret, project.root().join("mcpdex.toml")).unwrap();
    project.commit("a link to settings");
    let ran = project.gate(SETTINGS);
    assert!(ran.code == 1 && ran.err.contains("no plain file"), "{}: {}{}", ran.code, ran.out, ran.err);
}
