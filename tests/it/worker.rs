//! The worker process: what it answers, and how its end is told.

use crate::support::pack::{package, tar_gz_files};
use mcpdex::extract::archive::ArchiveKind;
use mcpdex::extract::worker::{WorkerError, extract_archive};
use mcpdex::extract::{Extraction, Limits};
use mcpdex::model::{Ecosystem, Outcome};
use std::path::Path;

fn work(archive: &[u8], limits: Limits) -> Result<Extraction, WorkerError> {
    run(Path::new(env!("CARGO_BIN_EXE_mcpdex")), archive, limits)
}

fn run(program: &Path, archive: &[u8], limits: Limits) -> Result<Extraction, WorkerError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let package = package(Ecosystem::Pypi, "lantern");
    runtime.block_on(extract_archive(program, archive, ArchiveKind::TarGz, package, &limits))
}

#[test]
fn a_refused_archive_comes_back_with_its_outcome() {
    let error = work(b"not an archive", Limits::default()).unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unreadable);
    assert!(matches!(error, WorkerError::Refused { .. }), "{error}");
}

#[test]
fn a_worker_that_needs_too_much_memory_dies_alone() {
    let archive = tar_gz_files(&[("p/a.py", b"x = 1")]);
    let error = work(&archive, Limits { memory_bytes: 64 << 20, ..Limits::default() }).unwrap_err();
    assert!(matches!(error, WorkerError::Died(_)), "{error}");
    assert_eq!(error.outcome(), Outcome::Unreadable);
}

#[test]
fn a_worker_that_is_late_is_ended() {
    let archive = tar_gz_files(&[("p/a.py", b"x = 1")]);
    let error = work(&archive, Limits { millis: 0, ..Limits::default() }).unwrap_err();
    assert_eq!(error.outcome(), Outcome::Timeout);
}

#[test]
fn an_answer_beyond_the_cap_is_not_read() {
    let archive = tar_gz_files(&[("p/a.py", b"x = 1")]);
    let error = work(&archive, Limits { answer_bytes: 3, ..Limits::default() }).unwrap_err();
    assert_eq!(error.outcome(), Outcome::TooLarge);
}

#[test]
fn a_program_that_is_not_there_is_an_error() {
    let error = run(Path::new("/nonexistent/mcpdex"), b"", Limits::default()).unwrap_err();
    assert!(matches!(error, WorkerError::Start(_)), "{error}");
}
