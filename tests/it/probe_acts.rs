//! What a program must not do, tried in each sandbox and without: nothing of it succeeds, and each act either succeeds
//! where no sandbox is or is one that the filter of calls refuses by itself.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use crate::support::namespace::{As, namespaced};
use std::collections::BTreeMap;

/// What became of each act, by where it was tried.
type Found = BTreeMap<String, BTreeMap<String, String>>;

/// Errors by which somebody who may do a thing is told that it was asked for wrongly: the act got through.
const REFUSED: [&str; 4] = ["EPERM", "EACCES", "ENOSYS", "died"];

fn tried(who: As, sandboxes: &[&str]) -> Option<Found> {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("acts.py");
    std::fs::write(&program, include_str!("support/acts.py")).unwrap();
    let mut command = namespaced(who)?;
    command.arg("/usr/bin/python3").arg(&program).arg("drive").arg(env!("CARGO_BIN_EXE_mcpdex")).args(sandboxes);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{who:?}: {error}: {text}{said}")))
}

#[test]
fn what_a_sandbox_must_refuse_is_refused_in_each_and_would_succeed_without() {
    let (Some(root), Some(mighty), Some(user)) = (
        tried(As::Root, &["bubblewrap", "landlock"]),
        tried(As::MightyUser, &["landlock"]),
        tried(As::User, &["landlock"]),
    ) else {
        return;
    };
    let columns = [
        ("bubblewrap", &root["bubblewrap"], &root["nowhere"]),
        ("landlock, root", &root["landlock"], &root["nowhere"]),
        ("landlock, mighty user", &mighty["landlock"], &mighty["nowhere"]),
        // An ordinary user is refused some acts anyway: what a mighty one may do shows that they are acts at all.
        ("landlock, user", &user["landlock"], &mighty["nowhere"]),
    ];
    let acts: Vec<&String> = root["nowhere"].keys().collect();
    assert!(acts.len() >= 40, "{acts:?}");
    let mut wrong = Vec::new();
    for act in acts {
        let mut row = format!("{act:36}");
        for (column, inside, outside) in &columns {
            let outside = outside[act].as_str();
            let Some(inside) = inside.get(act) else {
                wrong.push(format!("{column}: {act} was not tried: {inside:?}"));
                continue;
            };
            row += &format!(" {inside:14} ({outside:8})");
            let shown =
                outside == "done" || !REFUSED.contains(&outside) && ["EPERM", "ENOSYS"].contains(&inside.as_str());
            if inside == "done" || inside.starts_with("broken") || outside.starts_with("broken") || !shown {
                wrong.push(format!("{column}: {act}: {inside}, without a sandbox {outside}"));
            }
        }
        println!("{row}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
