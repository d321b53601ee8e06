//! A killed mcpdex leaves nothing of the program that it ran: no process, however it tried to get away, and no file.
#![cfg(target_os = "linux")]

use crate::support::namespace::{As, namespaced};
use serde_json::Value;

/// Programs, each of which ends up in a process whose command line says that it has started.
const PROGRAMS: [(&str, &str); 6] = [
    ("waits", "exec -a 'marker-outlive started' sleep 300"),
    ("has children", "(exec -a 'marker-outlive started' sleep 300) & (exec -a marker-outlive sleep 300) & wait"),
    (
        "leaves its session",
        "setsid bash -c \"exec -a 'marker-outlive started' sleep 300\" </dev/null >/dev/null 2>&1 & wait; sleep 300",
    ),
    (
        "leaves its session and its parent",
        "(setsid bash -c \"(trap '' TERM HUP INT; exec -a 'marker-outlive started' sleep 300) & exit\" &) ; sleep 300",
    ),
    (
        "goes and leaves a child",
        "(setsid bash -c \"(trap '' TERM HUP INT; exec -a 'marker-outlive started' sleep 300) & exit\" &) ; sleep 1; exit",
    ),
    (
        "is born again and again",
        "f() { trap '' TERM HUP INT; n=$1; [ $n -gt 40 ] && exec -a 'marker-outlive started' sleep 300; \
         (exec -a marker-outlive sleep 300) & (f $((n+1))) & }; f 0; sleep 300",
    ),
];

fn nothing_is_left(who: As, sandbox: &str) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("outlive.py");
    std::fs::write(&program, include_str!("support/outlive.py")).unwrap();
    for (name, text) in PROGRAMS {
        for how in ["alone", "group"] {
            let Some(mut command) = namespaced(who) else { return };
            command.arg("/usr/bin/python3").arg(&program).arg(env!("CARGO_BIN_EXE_mcpdex")).args([sandbox, how, text]);
            let output = command.output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout);
            let said = String::from_utf8_lossy(&output.stderr);
            let found: Value =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}: {text}{said}"));
            // In namespaces the end of the first is the end of all.
            let ended = sandbox == "bubblewrap" && name == "goes and leaves a child";
            assert!(
                ended || found["seen"].as_u64() > Some(0),
                "{sandbox}, {who:?}: a program that {name} was not seen: {said}"
            );
            assert_eq!(found["left"], serde_json::json!([]), "{sandbox}, {who:?}, killed {how}: a program that {name}");
            // A program that is gone at once is started anew; killed between two starts, mcpdex holds an empty folder that
            // no keeper knows of yet.
            if !ended {
                assert_eq!(
                    found["files"],
                    serde_json::json!([]),
                    "{sandbox}, {who:?}, killed {how}: a program that {name}"
                );
            }
        }
    }
}

#[test]
fn a_killed_mcpdex_leaves_nothing_in_landlock() {
    nothing_is_left(As::Root, "landlock");
}

#[test]
fn a_killed_mcpdex_of_an_ordinary_user_leaves_nothing_in_landlock() {
    nothing_is_left(As::User, "landlock");
}

#[test]
fn a_killed_mcpdex_leaves_nothing_in_bubblewrap() {
    nothing_is_left(As::Root, "bubblewrap");
}

#[test]
fn a_killed_mcpdex_leaves_nothing_without_a_sandbox() {
    nothing_is_left(As::Root, "none");
}
