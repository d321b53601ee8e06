//! The worker process: what it answers, and how its end is told.

use crate::support::pack::{package, tar_gz_files};
use mcpdex::extract::archive::ArchiveKind;
use mcpdex::extract::worker::{WorkerError, extract_archive};
use mcpdex::extract::{Extraction, ReadLimits};
use mcpdex::model::{Ecosystem, Outcome};
use std::path::Path;

fn work(archive: &[u8], limits: ReadLimits) -> Result<Extraction, WorkerError> {
    run(Path::new(env!("CARGO_BIN_EXE_mcpdex")), archive, limits)
}

fn run(program: &Path, archive: &[u8], limits: ReadLimits) -> Result<Extraction, WorkerError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let package = package(Ecosystem::Pypi, "lantern");
    runtime.block_on(extract_archive(program, archive, ArchiveKind::TarGz, package, &limits))
}

#[test]
fn a_refused_archive_comes_back_with_its_outcome() {
    let error = work(b"not an archive", ReadLimits::default()).unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unreadable);
    assert!(matches!(error, WorkerError::Refused { .. }), "{error}");
}

#[test]
fn a_worker_that_needs_too_much_memory_dies_alone() {
    let archive = tar_gz_files(&[("p/a.py", b"x = 1")]);
    let error = work(&archive, ReadLimits { memory_bytes: 64 << 20, ..ReadLimits::default() }).unwrap_err();
    assert!(matches!(error, WorkerError::Died(_)), "{error}");
    assert_eq!(error.outcome(), Outcome::Unreadable);
}

#[test]
fn tools_come_back_from_the_worker() {
    let source = b"from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool\ndef ring(bell: str): ...\nmcp.run()\n";
    let found = work(&tar_gz_files(&[("p/server.py", source)]), ReadLimits::default()).unwrap();
    assert_eq!(found.tools.len(), 1);
    assert_eq!((found.tools[0].site.file.as_str(), found.tools[0].site.line), ("server.py", 3));
}

#[test]
fn source_that_nests_without_end_costs_its_file_or_its_package_and_nothing_else() {
    let good = b"from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool\ndef ring(): ...\nimport deep\nmcp.run()\n";
    let nests = [
        "[{".repeat(40_000),
        "(".repeat(80_000),
        "not ".repeat(200_000),
        "-".repeat(400_000),
        "a.b".repeat(200_000),
        format!("x = {}1", "1 + ".repeat(200_000)),
        "if x:\n ".repeat(3_000),
        (0..2_000).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect(),
        "lambda: ".repeat(100_000),
        "a if b else ".repeat(100_000),
        "f'{".repeat(20_000),
        "x = ".repeat(200_000),
        "@".repeat(100_000),
        "a[".repeat(900) + &"]".repeat(900),
    ];
    for nest in nests {
        let archive = tar_gz_files(&[("p/server.py", good), ("p/deep.py", nest.as_bytes())]);
        let shown: String = nest.chars().take(12).collect();
        match work(&archive, ReadLimits { millis: 20_000, ..ReadLimits::default() }) {
            Ok(found) => assert_eq!(found.tools.len(), 1, "{shown}: {:?}", found.partial),
            Err(error) => assert!(matches!(error, WorkerError::Died(_) | WorkerError::Timeout(_)), "{shown}: {error}"),
        }
    }
}

#[cfg(unix)]
#[test]
fn a_worker_that_is_late_is_ended() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (program, mark) = (folder.path().join("sleeper"), folder.path().join("pid"));
    std::fs::write(&program, format!("#!/bin/sh\necho $$ > {}\nexec /bin/sleep 600\n", mark.display())).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let archive = tar_gz_files(&[("p/a.py", b"x = 1")]);
    let error = run(&program, &archive, ReadLimits { millis: 1_000, ..ReadLimits::default() }).unwrap_err();
    assert_eq!(error.outcome(), Outcome::Timeout);
    // A machine that never let it start has nothing left to end.
    let Ok(pid) = std::fs::read_to_string(&mark) else { return };
    let line = || std::fs::read_to_string(format!("/proc/{}/cmdline", pid.trim())).unwrap_or_default();
    let is_gone = (0..500).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        !line().contains("sleep")
    });
    assert!(is_gone, "the worker {} still runs", pid.trim());
}

/// A program in a worker's place: what it says is decided by the request's first line.
#[cfg(unix)]
fn stand_in(script: &str) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker");
    std::fs::write(&program, format!("#!/bin/sh\nPATH=/usr/bin:/bin\nread -r head\ncat > /dev/null\n{script}"))
        .unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[cfg(unix)]
#[test]
fn a_file_in_which_a_worker_ends_is_left_out_by_the_next() {
    let folder = stand_in(
        r#"case "$head" in
*'"leave_out":["deep.py","deeper.py"]'*) echo '{"parsing":"a.py"}'; echo '"parsed"'; echo '{"read":{"tools":[],"partial":[]}}' ;;
*'"leave_out":["deep.py"]'*) echo '{"parsing":"deeper.py"}'; kill -9 $$ ;;
*'"leave_out":[]'*) echo '{"parsing":"a.py"}'; echo '"parsed"'; echo '{"parsing":"deep.py"}'; exit 1 ;;
esac
"#,
    );
    let archive = tar_gz_files(&[("p/a.py", b"x = 1")]);
    let found = run(&folder.path().join("worker"), &archive, ReadLimits::default()).unwrap();
    assert!(found.tools.is_empty());
}

#[cfg(unix)]
#[test]
fn a_worker_that_ends_outside_of_a_file_or_in_file_after_file_costs_the_package() {
    let archive = tar_gz_files(&[("p/a.py", b"x = 1")]);
    let endings = [
        // The parser had come back.
        "echo '{\"parsing\":\"a.py\"}'; echo '\"parsed\"'; kill -9 $$\n",
        // A file for each attempt.
        "echo \"{\\\"parsing\\\":\\\"$$.py\\\"}\"; kill -9 $$\n",
        // The file that was to be left out.
        "echo '{\"parsing\":\"a.py\"}'; kill -9 $$\n",
        // No answer, and no death.
        "echo '{\"parsing\":\"a.py\"}'\n",
    ];
    for ending in endings {
        let folder = stand_in(ending);
        let error = run(&folder.path().join("worker"), &archive, ReadLimits::default()).unwrap_err();
        assert!(matches!(error, WorkerError::Died(_)), "{ending}: {error}");
    }
}

/// The request as it is on the wire, with a file to leave out, to the worker itself.
#[test]
fn a_file_that_is_left_out_is_told_and_the_others_are_read() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let source =
        b"from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool\ndef ring(): ...\nimport deep\nmcp.run()\n";
    let archive = tar_gz_files(&[("p/server.py", source), ("p/deep.py", b"x = 1")]);
    let limits = serde_json::to_value(ReadLimits::default()).unwrap();
    let package = serde_json::to_value(package(Ecosystem::Pypi, "lantern")).unwrap();
    let request = serde_json::json!({
        "kind": ArchiveKind::TarGz, "package": package, "limits": limits, "leave_out": ["deep.py"],
    });
    let mut worker = Command::new(env!("CARGO_BIN_EXE_mcpdex"))
        .arg("extract-worker")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = worker.stdin.take().unwrap();
    stdin.write_all(format!("{request}\n").as_bytes()).unwrap();
    stdin.write_all(&archive).unwrap();
    drop(stdin);
    let output = worker.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.contains(&serde_json::json!({"parsing": "server.py"})), "{text}");
    assert!(!lines.contains(&serde_json::json!({"parsing": "deep.py"})), "{text}");
    let found: Extraction = serde_json::from_value(lines.last().unwrap()["read"].clone()).unwrap();
    assert_eq!(found.tools.len(), 1, "{found:?}");
    let told = found.partial.iter().find(|note| note.detail.contains("did not come back")).unwrap();
    assert_eq!(told.site.as_ref().unwrap().file, "deep.py");
    assert!(!found.is_complete());
}

#[test]
fn an_answer_beyond_the_cap_is_not_read() {
    let archive = tar_gz_files(&[("p/a.py", b"x = 1")]);
    let error = work(&archive, ReadLimits { answer_bytes: 3, ..ReadLimits::default() }).unwrap_err();
    assert_eq!(error.outcome(), Outcome::TooLarge);
}

#[test]
fn a_program_that_is_not_there_is_an_error() {
    let error = run(Path::new("/nonexistent/mcpdex"), b"", ReadLimits::default()).unwrap_err();
    assert!(matches!(error, WorkerError::Start(_)), "{error}");
}
