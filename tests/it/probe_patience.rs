//! How long a program may take: a slow one is no refusing one, a silent one is started anew before it is asked in the
//! older way, and the time that the user gives is the time that it gets.
#![cfg(target_os = "linux")]

use crate::support::binary::User;
use crate::support::program::{system_python, write};
use serde_json::Value;

/// A quarter of this is how long a program may be silent before it is started a second time.
const SECONDS: &str = "28";
/// A start that takes longer, and the first message then.
const SLOW: &str = "time.sleep(9); m = asked()";

fn listed(name: &str, text: &str, seconds: &str) -> Option<(i32, Value)> {
    let python = system_python()?;
    let (user, folder) = (User::new(), tempfile::tempdir().unwrap());
    let path = write(folder.path(), "server.py", text);
    let words = ["probe", "--run", "--json", "--timeout", seconds, "--", python.to_str()?, path.to_str()?];
    let ran = user.run(&words);
    let document = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{name}: {}{}", ran.out, ran.err));
    Some((ran.code, document))
}

/// Servers that are listed, however slow: name and program.
fn lists(servers: &[(&str, &str)]) {
    std::thread::scope(|scope| {
        for (name, text) in servers {
            scope.spawn(move || {
                let Some((code, found)) = listed(name, text, SECONDS) else { return };
                assert_eq!((code, &found["outcome"]), (0, &Value::from("ok")), "{name}: {found}");
                assert_eq!(found["tools"][0]["name"], "copy_row", "{name}");
            });
        }
    });
}

#[test]
fn a_server_of_the_newest_revision_that_is_slow_to_start_is_listed() {
    lists(&[
        ("slow", "time.sleep(9); new('copy_row')"),
        (
            "slow and ends at a handshake",
            &format!("{SLOW}\nif m['method'] == 'initialize': sys.exit(1)\nnew('copy_row', first=m)"),
        ),
        (
            "slow and deaf to a handshake",
            &format!("{SLOW}\nwhile m['method'] == 'initialize': m = asked()\nnew('copy_row', first=m)"),
        ),
    ]);
}

#[test]
fn a_server_that_hangs_or_ends_at_what_it_does_not_know_is_started_anew() {
    let pause = "old('copy_row', unknown=lambda m: time.sleep(1000))";
    let end = "old('copy_row', unknown=lambda m: sys.exit(3))";
    let silent = "old('copy_row', unknown=lambda m: None)";
    let once =
        "m = asked()\nif m['method'] != 'initialize':\n    while asked(): pass\nanswer(m, HELLO); old('copy_row')";
    lists(&[("hangs", pause), ("ends", end), ("is silent", silent), ("is spoilt by the first word", once)]);
}

#[test]
fn an_older_server_that_is_slow_to_start_is_listed() {
    lists(&[("slow", "time.sleep(9); old('copy_row')")]);
}

#[test]
fn a_silent_server_is_a_timeout_and_none_that_refuses() {
    for (name, text) in [
        ("mute", "time.sleep(60)"),
        ("greets and hangs", "m = asked(); answer(m, HELLO); time.sleep(60)"),
        (
            "talks without end",
            "n = 0\nwhile True:\n    print('{\"method\": \"notifications/message\"}', flush=True); time.sleep(0.05)",
        ),
        ("cannot be ended politely", "[signal.signal(s, signal.SIG_IGN) for s in (1, 2, 15)]; time.sleep(60)"),
        (
            "refuses a handshake and hangs",
            "m = asked()\nif m['method'] == 'initialize': fail(m, -32022, 'unsupported protocol version', supported=['2026-07-28'])\ntime.sleep(60)",
        ),
    ] {
        let Some((code, found)) = listed(name, text, "3") else { return };
        assert_eq!((code, &found["outcome"]), (4, &Value::from("timeout")), "{name}: {found}");
        assert!(found["detail"].as_str().is_some_and(|text| text.contains("within 3 s")), "{name}: {found}");
    }
}

#[test]
fn a_server_that_refuses_is_one_that_refuses() {
    let text = "while True:\n    m = asked()\n    fail(m, -32000, 'not today')";
    let Some((code, found)) = listed("refuses", text, SECONDS) else { return };
    assert_eq!((code, &found["outcome"]), (4, &Value::from("refused")), "{found}");
}
