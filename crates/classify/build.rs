//! Lists the rule files for embedding, and works out once the digest that would otherwise be worked out at every start.

use std::path::{Path, PathBuf};

#[path = "src/rules/digest.rs"]
mod digest;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/rules/digest.rs");
    println!("cargo::rerun-if-changed=rules");
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("rules");
    let mut files = rule_files(&root, "")?;
    files.extend(rule_files(&root.join("language"), "language/")?);
    files.sort();
    let digest = {
        let mut judged_by = files.clone();
        // What verdicts hold beside: which entries of public taxonomies they point at.
        for name in ["data/attacks.toml", "data/taxonomies.toml"] {
            println!("cargo::rerun-if-changed={name}");
            judged_by.push((name.to_owned(), std::fs::read_to_string(root.with_file_name("").join(name))?));
        }
        digest::of(judged_by.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    };
    println!("cargo::rustc-env=MCPDEX_RULES_DIGEST={digest}");
    let list: Vec<String> = files
        .iter()
        // The text, not its path: a folder of build output may be shared by checkouts in several places.
        .map(|(path, text)| format!("    ({path:?}, {text:?}),\n"))
        .collect();
    std::fs::write(Path::new(&variable("OUT_DIR")?).join("rules.rs"), format!("[\n{}]", list.concat()))
}

/// A variable that cargo sets for build scripts.
fn variable(name: &str) -> std::io::Result<String> {
    std::env::var(name).map_err(std::io::Error::other)
}

/// The rule files of one folder, each with its path below `rules/`.
fn rule_files(folder: &Path, below: &str) -> std::io::Result<Vec<(String, String)>> {
    let paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| {
            println!("cargo::rerun-if-changed={}", path.display());
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            Ok((format!("{below}{name}"), std::fs::read_to_string(&path)?))
        })
        .collect()
}
