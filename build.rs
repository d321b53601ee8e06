//! Works out once what would otherwise be worked out at every start of the program: a lookup takes two milliseconds, and
//! these are half of them.

use std::path::{Path, PathBuf};

#[path = "src/classify/digest.rs"]
mod digest;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/classify/digest.rs");
    println!("cargo::rerun-if-changed=rules");
    let mut files = rule_files(Path::new("rules"), "")?;
    files.extend(rule_files(Path::new("rules/language"), "language/")?);
    let digest = digest::of(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    println!("cargo::rustc-env=MCPDEX_RULES_DIGEST={digest}");

    // A program that may lie anywhere in memory has 70,000 addresses to fill in before it starts, most of them in tables
    // that a lookup never reads. Where nothing else was asked for, it lies where it was linked, as Go's programs do.
    let target = |key: &str| std::env::var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    let usual = matches!(target("ARCH").as_str(), "x86_64" | "aarch64") && !target("FEATURE").contains("crt-static");
    if target("OS") == "linux" && target("ENV") == "gnu" && usual {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
    Ok(())
}

/// The rule files of one folder, each with its path below `rules/`.
fn rule_files(folder: &Path, below: &str) -> std::io::Result<Vec<(String, String)>> {
    let paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            Ok((format!("{below}{name}"), std::fs::read_to_string(&path)?))
        })
        .collect()
}
