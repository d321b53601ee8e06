//! The house rules that a reader may rely on: imports run one way, each foreign crate keeps to its room, no file grows
//! beyond what can be read in one sitting.

use std::path::{Path, PathBuf};

/// The rooms that must know nothing of each other; each may import `model`; `probe` sits on `net`, `report` on `survey`.
const ROOMS: [&str; 9] = ["net", "source", "probe", "extract", "store", "classify", "policy", "survey", "report"];

/// Foreign crates and the rooms (or single files) that may name them.
const HOMES: &[(&str, &[&str])] = &[
    ("reqwest", &["net"]),
    ("rustls", &["net"]),
    ("brotli_decompressor", &["net"]),
    ("zstd", &["net"]),
    ("flate2", &["net", "source", "extract"]),
    ("rustls_platform_verifier", &["net"]),
    ("rusqlite", &["store"]),
    ("tree_sitter", &["extract"]),
    ("scraper", &["source"]),
    ("regex", &["classify", "policy"]),
    ("aho_corasick", &["classify"]),
    ("clap", &["cli.rs", "cli", "main.rs"]),
    ("indicatif", &["progress.rs"]),
    ("comfy_table", &["report"]),
    ("cedar_policy", &["policy"]),
    ("cel", &["policy"]),
    ("regorus", &["policy"]),
    ("serde_saphyr", &["policy"]),
    ("landlock", &["probe"]),
    ("seccompiler", &["probe"]),
    ("rustix", &["probe"]),
    ("libc", &["probe"]),
    ("psl", &["net"]),
    ("robotxt", &["source"]),
    ("json_strip_comments", &["model"]),
    ("tempfile", &["command", "store"]),
    ("serde_json_canonicalizer", &["survey"]),
    ("bpe_openai", &["survey"]),
    ("csv", &["report"]),
    ("parquet", &["report"]),
    ("clap_complete", &["cli.rs", "cli"]),
    ("clap_mangen", &["cli.rs", "cli"]),
    ("unicode_security", &["model", "classify"]),
];

/// No source file is longer than this, in lines.
const LONGEST: usize = 420;

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("src is readable") {
            let path: PathBuf = entry.expect("src is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).expect("source is UTF-8")));
            }
        }
    }
    found.sort();
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// The room that a file belongs to: its folder, or its own name at the top.
fn room(file: &str) -> &str {
    file.split('/').next().unwrap_or(file)
}

/// Code lines with their numbers; comments do not import.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(i, line)| (i + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn imports_run_one_way() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let from = room(&file);
        for (number, line) in code(&text) {
            for other in ROOMS.iter().chain(&["crawl", "command", "cli", "progress"]) {
                if line.contains(&format!("crate::{other}::")) && *other != from {
                    let allowed = match from {
                        "main.rs" | "command" => true,
                        "probe" => *other == "net",
                        "report" => *other == "survey",
                        "crawl" => *other != "command" && *other != "cli",
                        _ => false,
                    };
                    if !allowed {
                        wrong.push(format!("{file}:{number}: {from} must not import {other}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_foreign_crate_keeps_to_its_room() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        for (number, line) in code(&text) {
            for (name, homes) in HOMES {
                let named = line.contains(&format!("{name}::")) || line.contains(&format!("use {name};"));
                if named && !homes.contains(&room(&file)) {
                    wrong.push(format!("{file}:{number}: {name} belongs to {}", homes.join(", ")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_source_file_is_too_long_to_read() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .collect();
    assert!(long.is_empty(), "split these: {long:?}");
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(file, _)| file).collect();
    assert!(silent.is_empty(), "these files open without a word: {silent:?}");
}

#[test]
fn programs_are_started_in_process_groups_of_their_own() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        for (number, line) in code(&text) {
            // `mcpdex_process` does these, and remembers what it has started.
            if [".spawn()", ".kill_on_drop(", ".process_group("].iter().any(|word| line.contains(word)) {
                wrong.push(format!("{file}:{number}: start programs through mcpdex_process"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
