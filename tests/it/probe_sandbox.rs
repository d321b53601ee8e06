//! Programs that nobody should run are contained: what they do to the machine, to its files and to its network stays
//! inside, and nothing of them is left afterwards. Each in every sandbox that this system has.
#![cfg(target_os = "linux")]

use mcpdex::model::{Outcome, ProbeResult};
use mcpdex::probe::sandbox::{Run, RunLimits, Sandbox, best_sandbox};
use mcpdex::probe::stdio;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A server in a few lines of shell; `$NOTE` is the description of its one tool.
const SERVER: &str = r#"
while read -r line; do
    id=${line#*\"id\":}; id=${id%%,*}
    case $line in
    *'"initialize"'*) echo "stray line"; echo '{"jsonrpc":"2.0","method":"notifications/message"}'
        echo '{"jsonrpc":"2.0","id":'$id',"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}}}}' ;;
    *'"tools/list"'*) echo '{"jsonrpc":"2.0","id":'$id',"result":{"tools":[{"name":"copy_row","description":"'$NOTE'"}]}}' ;;
    *'"id"'*) echo '{"jsonrpc":"2.0","id":'$id',"error":{"code":-32601,"message":"no such method"}}' ;;
    esac
done"#;

/// The sandboxes that work here. `None` is not among them.
async fn sandboxes() -> Vec<Sandbox> {
    let best = best_sandbox().await.ok();
    let all = match best {
        Some(Sandbox::Bubblewrap) => vec![Sandbox::Bubblewrap, Sandbox::Landlock],
        Some(other) => vec![other],
        None => Vec::new(),
    };
    if all.len() < 2 {
        eprintln!("skipped: this system has only these sandboxes: {all:?}");
    }
    all
}

/// A shell script as a program; its marker is part of every command line that it leads to.
fn script(sandbox: Sandbox, text: &str, marker: &str) -> Run {
    Run {
        command: ["bash", "-c", text, marker].map(str::to_owned).to_vec(),
        reads: Vec::new(),
        environment: BTreeMap::new(),
        network: false,
        sandbox,
        limits: RunLimits { total: Duration::from_secs(20), ..RunLimits::default() },
        program: PathBuf::from(env!("CARGO_BIN_EXE_mcpdex")),
    }
}

/// Living processes whose command line holds the marker.
fn left(marker: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(marker) {
            found.push(format!("{}: {line}", entry.path().display()));
        }
    }
    found
}

async fn ended(run: &Run, marker: &str, outcome: Outcome, word: &str) {
    let heard = stdio::run(run).await;
    let detail = heard.detail.clone().unwrap_or_default();
    assert_eq!(heard.outcome, outcome, "{:?}: {heard:?}", run.sandbox);
    assert!(detail.contains(word), "{:?}: {detail}", run.sandbox);
    assert_eq!(left(marker), Vec::<String>::new(), "{:?}", run.sandbox);
}

fn note(heard: &ProbeResult) -> &str {
    assert_eq!(heard.outcome, Outcome::Ok, "{heard:?}");
    heard.tools[0].description.as_deref().unwrap_or_default()
}

#[tokio::test]
async fn an_honest_server_is_listed_and_gone_afterwards() {
    for sandbox in sandboxes().await {
        let run = script(sandbox, &format!("NOTE=hello; {SERVER}"), "marker-honest");
        assert_eq!(note(&stdio::run(&run).await), "hello");
        assert_eq!(left("marker-honest"), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_server_that_forks_without_end_is_ended_with_all_its_children() {
    for sandbox in sandboxes().await {
        // Many children, but a bounded number (lead: an unbounded fork bomb took the whole machine down once; never
        // run one in a test, the watchdog is too slow for exponential growth).
        let run = script(sandbox, "i=0; while [ $i -lt 400 ]; do sleep 100 & i=$((i+1)); done; wait", "marker-forks");
        ended(&run, "marker-forks", Outcome::TooLarge, "processes").await;
    }
}

#[tokio::test]
async fn a_server_that_eats_memory_is_ended() {
    for sandbox in sandboxes().await {
        let mut run = script(sandbox, "tail /dev/zero; : marker-memory", "marker-memory");
        run.limits.memory = 128 << 20;
        ended(&run, "marker-memory", Outcome::TooLarge, "MiB of memory").await;
    }
}

#[tokio::test]
async fn a_server_that_only_reserves_address_space_is_not_ended() {
    let Some(python) = ["/usr/bin/python3", "/usr/local/bin/python3"].iter().find(|path| Path::new(path).exists())
    else {
        eprintln!("skipped: no Python in the system's folders");
        return;
    };
    for sandbox in sandboxes().await {
        let reserve =
            format!("{python} -c 'import mmap; a = [mmap.mmap(-1, 4 << 30) for _ in range(4)]; print(\"held\")'");
        let mut run = script(sandbox, &format!("NOTE=$({reserve}); {SERVER}"), "marker-reserve");
        run.limits.memory = 128 << 20;
        assert_eq!(note(&stdio::run(&run).await), "held", "{sandbox:?}");
    }
}

#[tokio::test]
async fn a_server_that_floods_its_output_is_ended() {
    for sandbox in sandboxes().await {
        for flood in ["yes", "yes >&2", "tr '\\0' x </dev/zero"] {
            let run = script(sandbox, &format!("{flood}; : marker-flood"), "marker-flood");
            ended(&run, "marker-flood", Outcome::TooLarge, "").await;
        }
    }
}

#[tokio::test]
async fn a_server_that_burns_the_processor_is_ended() {
    for sandbox in sandboxes().await {
        let mut run = script(sandbox, "while :; do :; done", "marker-burns");
        run.limits.cpu = Duration::from_secs(1);
        let heard = stdio::run(&run).await;
        assert!(!heard.outcome.is_read() && heard.outcome != Outcome::Timeout, "{heard:?}");
        assert_eq!(left("marker-burns"), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_server_that_ignores_being_asked_to_end_is_ended_anyway() {
    for sandbox in sandboxes().await {
        let text = "trap '' TERM HUP INT; (trap '' TERM; exec -a marker-term sleep 1000) & \
            setsid bash -c 'trap \"\" TERM; sleep 1000' marker-term & while :; do sleep 1; done";
        let mut run = script(sandbox, text, "marker-term");
        run.limits.total = Duration::from_secs(1);
        ended(&run, "marker-term", Outcome::Timeout, "no complete list").await;
    }
}

#[tokio::test]
async fn a_server_that_reads_the_home_folder_finds_nothing_of_the_user() {
    let home = std::env::var("HOME").unwrap();
    let secret = tempfile::Builder::new().prefix(".mcpdex-test-").tempfile_in(&home).unwrap();
    std::fs::write(secret.path(), "sesame").unwrap();
    for sandbox in sandboxes().await {
        let path = secret.path().display();
        let text = format!(
            "seen=$(cat '{path}' 2>/dev/null; ls -A '{home}' 2>/dev/null | wc -l); \
             wrote=$(echo x > '{home}/marker-home' 2>/dev/null && echo wrote); \
             NOTE=\"[${{seen//[[:space:]]/}}] [$(ls -A ~ | wc -l)] [$HOME]\"; {SERVER}"
        );
        let heard = stdio::run(&script(sandbox, &text, "marker-home")).await;
        let note = note(&heard);
        assert!(note.starts_with("[0] [0] ["), "{sandbox:?}: {note}");
        assert!(!note.contains("sesame") && !note.contains(&format!("[{home}]")), "{sandbox:?}: {note}");
        assert!(!Path::new(&home).join("marker-home").exists(), "{sandbox:?}");
    }
}

#[tokio::test]
async fn a_server_sees_nothing_of_the_users_environment_and_writes_nothing_outside() {
    for sandbox in sandboxes().await {
        let target = std::env::temp_dir().join(format!("marker-outside-{}", sandbox.as_str().len()));
        let text = format!(
            "echo x > '{}' 2>/dev/null; echo x > /etc/marker-outside 2>/dev/null; \
             NOTE=$(env | cut -d= -f1 | sort | tr '\\n' ' '); {SERVER}",
            target.display()
        );
        let mut run = script(sandbox, &text, "marker-outside");
        run.environment.insert("ROWS_TOKEN".into(), "placeholder".into());
        let heard = stdio::run(&run).await;
        let names: Vec<_> =
            note(&heard).split_whitespace().filter(|n| !["PWD", "OLDPWD", "SHLVL", "_"].contains(n)).collect();
        let places = ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME"];
        let expected = [&["HOME", "LANG", "PATH", "ROWS_TOKEN", "TMPDIR"], &places[..]].concat();
        assert_eq!(names, expected, "{sandbox:?}");
        assert!(!target.exists() && !Path::new("/etc/marker-outside").exists(), "{sandbox:?}");
    }
}

#[tokio::test]
async fn a_server_that_opens_a_loopback_connection_gets_none_unless_the_user_allowed_the_network() {
    for sandbox in sandboxes().await {
        for network in [false, true] {
            let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
            listener.set_nonblocking(true).unwrap();
            let port = listener.local_addr().unwrap().port();
            let text =
                format!("NOTE=no; if (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; then NOTE=yes; fi; {SERVER}");
            let mut run = script(sandbox, &text, "marker-loopback");
            run.network = network;
            let heard = stdio::run(&run).await;
            assert_eq!(note(&heard), if network { "yes" } else { "no" }, "{sandbox:?}");
            assert_eq!(listener.accept().is_ok(), network, "{sandbox:?}");
        }
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_or_ends_at_once_has_its_outcome_and_its_last_words() {
    for sandbox in sandboxes().await {
        let mut run = script(sandbox, "echo 'the token is missing' >&2; exit 3", "marker-exit");
        let heard = stdio::run(&run).await;
        assert_eq!(heard.outcome, Outcome::Unreachable);
        assert!(heard.detail.is_some_and(|detail| detail.contains("the token is missing")), "{sandbox:?}");
        run.command = vec!["mcpdex-no-such-program".to_owned()];
        assert_eq!(stdio::run(&run).await.outcome, Outcome::Unreachable);
    }
}
