//! What a program finds in its sandbox: itself as it was started, places to write that vanish, and a word on how to let
//! it read more.
#![cfg(target_os = "linux")]

use crate::support::binary::User;
use crate::support::program::{system_python, write};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const SANDBOXES: [&str; 2] = ["bubblewrap", "landlock"];

/// Runs a program in a sandbox, with a temporary folder that must be empty afterwards; `None`: there is no such sandbox.
fn probed(sandbox: &str, flags: &[&str], command: &[&str]) -> Option<Value> {
    let (user, temporary) = (User::new(), tempfile::tempdir().unwrap());
    let words = [&["probe", "--run", "--json", "--run-sandbox", sandbox], flags, &["--"], command].concat();
    let output = user.command(&words).env("TMPDIR", temporary.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let found: Value =
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
    let left: Vec<_> = std::fs::read_dir(temporary.path()).unwrap().flatten().map(|entry| entry.path()).collect();
    assert_eq!(left, Vec::<std::path::PathBuf>::new(), "{sandbox}");
    if found["outcome"] == "blocked" {
        eprintln!("skipped: {}", found["detail"]);
        return None;
    }
    Some(found)
}

fn name(found: &Value) -> &str {
    found["tools"][0]["name"].as_str().unwrap_or_else(|| panic!("{found}"))
}

#[test]
fn the_python_of_a_virtual_environment_stays_itself() {
    let Some(python) = system_python() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (kind, flags) in [("linked", &["--symlinks"]), ("copied", &["--copies"])] {
        let venv = folder.path().join(kind).join("venv");
        let made = Command::new(&python).args(["-m", "venv", "--without-pip"]).args(flags).arg(&venv).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let library =
            std::fs::read_dir(venv.join("lib")).unwrap().flatten().next().unwrap().path().join("site-packages");
        let text = "import only_here\ndef main(): old(only_here.NAME + '_' + str(sys.prefix != sys.base_prefix))";
        write(&library, "rows_server.py", text);
        std::fs::write(library.join("only_here.py"), "NAME = 'from_the_environment'").unwrap();
        let own = venv.join("bin/python");
        let script = venv.join("bin/rows-server");
        std::fs::write(&script, format!("#!{}\nimport rows_server; rows_server.main()\n", own.display())).unwrap();
        Command::new("chmod").arg("755").arg(&script).status().unwrap();
        let link = folder.path().join(format!("{kind}-link"));
        std::os::unix::fs::symlink(&own, &link).unwrap();
        let run = ["-c", "import rows_server; rows_server.main()"];
        for sandbox in SANDBOXES {
            for command in [vec![own.to_str().unwrap(), run[0], run[1]], vec![script.to_str().unwrap()]] {
                let Some(found) = probed(sandbox, &[], &command) else { continue };
                assert_eq!(name(&found), "from_the_environment_True", "{sandbox} {kind}: {command:?}");
            }
        }
    }
}

#[test]
fn a_script_finds_what_lies_beside_it_also_when_it_is_named_by_a_link() {
    let Some(python) = system_python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (real, links) = (folder.path().join("real"), folder.path().join("links"));
    std::fs::create_dir(&real).and_then(|()| std::fs::create_dir(&links)).unwrap();
    std::fs::write(real.join("beside.py"), "NAME = 'beside'").unwrap();
    let script = write(&real, "server.py", "import beside; old(beside.NAME)");
    let link = links.join("server.py");
    std::os::unix::fs::symlink("../real/server.py", &link).unwrap();
    for sandbox in SANDBOXES {
        for path in [&script, &link] {
            let Some(found) = probed(sandbox, &[], &[python.to_str().unwrap(), path.to_str().unwrap()]) else {
                continue;
            };
            assert_eq!(name(&found), "beside", "{sandbox}: {}", path.display());
        }
    }
}

#[test]
fn a_server_that_writes_at_its_start_has_places_to_write_and_they_vanish() {
    let Some(python) = system_python() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (kind, text) in [
        ("where it starts", "open('server.log', 'w').write('x'); old('wrote')"),
        (
            "home",
            "d = os.path.expanduser('~/.rows/logs'); os.makedirs(d); open(d + '/a.log', 'a').write('x'); old('wrote')",
        ),
        ("temporary", "import tempfile; tempfile.mkstemp(); old('wrote')"),
        (
            "named places",
            "for v in ('CACHE_HOME', 'CONFIG_HOME', 'DATA_HOME', 'STATE_HOME', 'RUNTIME_DIR'):\n    \
             d = os.environ['XDG_' + v] + '/rows'; os.makedirs(d); open(d + '/x', 'w').write('x')\nold('wrote')",
        ),
        (
            "a database",
            "import sqlite3; b = sqlite3.connect('rows.db'); b.execute('create table t(a)'); b.commit(); old('wrote')",
        ),
        ("a closed folder", "os.mkdir('closed', 0); os.makedirs('a/b'); os.mkdir('a/b/closed', 0); old('wrote')"),
    ] {
        let path = write(folder.path(), "server.py", text);
        for sandbox in SANDBOXES {
            let Some(found) = probed(sandbox, &[], &[python.to_str().unwrap(), path.to_str().unwrap()]) else {
                continue;
            };
            assert_eq!(name(&found), "wrote", "{sandbox}: {kind}");
        }
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["server.py"], "the program's own folder is not one of them");
}

#[test]
fn a_server_that_lacks_a_folder_is_told_how_it_gets_it_and_gets_it() {
    let Some(python) = system_python() else { return };
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(other.path().join("rows.json"), "1").unwrap();
    let text = format!("open({:?}); old('read')", other.path().join("rows.json"));
    let path = write(folder.path(), "server.py", &text);
    let command = [python.to_str().unwrap(), path.to_str().unwrap()];
    for sandbox in SANDBOXES {
        let Some(found) = probed(sandbox, &[], &command) else { continue };
        let detail = found["detail"].as_str().unwrap_or_default();
        assert_eq!(found["outcome"], "unreachable", "{found}");
        assert!(detail.contains("--run-read") && detail.contains(&folder.path().display().to_string()), "{detail}");
        let read = ["--run-read", other.path().to_str().unwrap()];
        assert_eq!(name(&probed(sandbox, &read, &command).unwrap()), "read", "{sandbox}");
    }
}

#[test]
fn a_sandbox_that_is_not_there_is_refused_and_nothing_runs() {
    let user = User::new();
    let ran = user.home().join("ran");
    let script = user.home().join("script");
    std::fs::write(&script, format!("#!/bin/sh\ntouch {}\n", ran.display())).unwrap();
    // No program named bwrap can be found.
    let mut command = user.command(&[
        "probe",
        "--run",
        "--json",
        "--run-sandbox",
        "bubblewrap",
        "--",
        "/bin/sh",
        script.to_str().unwrap(),
    ]);
    let output = command.env("PATH", user.home()).output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &found["outcome"]), (Some(4), &Value::from("blocked")), "{found}");
    assert!(found["detail"].as_str().is_some_and(|text| text.contains("bwrap")) && !Path::new(&ran).exists());
}
