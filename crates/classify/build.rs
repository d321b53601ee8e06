//! Lists the rule files for embedding, compiles them, by the very code that compiles a user's, and works out their digest,
//! all of which would otherwise be done at every start.
#![allow(dead_code, unused_imports, unreachable_pub, reason = "of the modules only what compiles is called here")]

use std::path::{Path, PathBuf};

/// What compiling needs of `src/language`.
#[path = "src/language"]
mod language {
    pub(crate) mod lexicon;
    pub(crate) mod lexicon_builder;
    pub(crate) mod literal_finder;
    pub(crate) mod name_words;
    pub(crate) mod normalize;
    pub(crate) mod place;
    pub(crate) mod syntax;
    pub(crate) mod word_edges;
    pub(crate) mod word_hash;
}

/// What compiling needs of `src/rules`.
#[path = "src/rules"]
mod rules {
    pub(crate) mod clause;
    pub(crate) mod compile;
    pub(crate) mod digest;
    pub(crate) mod error;
    pub(crate) mod pack;
    pub(crate) mod praise_words;
    pub(crate) mod source_file;
    pub(crate) mod syntax;
}

use rules::source_file::{SourceFile, read_folder};

fn main() -> std::io::Result<()> {
    for watched in ["build.rs", "src/language", "src/rules", "rules"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("rules");
    let mut files = read_folder(&root, "").map_err(std::io::Error::other)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    for file in &files {
        println!("cargo::rerun-if-changed={}", root.join(&file.path).display());
    }
    let data = root.with_file_name("data");
    // What verdicts hold beside: which entries of public taxonomies they point at.
    let beside = ["attacks.toml", "taxonomies.toml"].map(|name| {
        println!("cargo::rerun-if-changed=data/{name}");
        std::fs::read_to_string(data.join(name)).map(|text| (format!("data/{name}"), text))
    });
    let beside = beside.into_iter().collect::<std::io::Result<Vec<_>>>()?;
    let judged_by = files.iter().map(|file| (file.path.as_str(), file.text.as_str()));
    let digest = rules::digest::of(judged_by.chain(beside.iter().map(|(path, text)| (path.as_str(), text.as_str()))));
    println!("cargo::rustc-env=MCPDEX_RULES_DIGEST={digest}");
    let list: Vec<String> = files
        .iter()
        // The text, not its path: a folder of build output may be shared by checkouts in several places.
        .map(|SourceFile { path, text }| format!("    ({path:?}, {text:?}),\n"))
        .collect();
    let out = PathBuf::from(variable("OUT_DIR")?);
    write(&out, "rules.rs", format!("[\n{}]", list.concat()).as_bytes())?;
    // Rules that do not compile end the build: nothing would be judged by them.
    let (pack, _) = rules::compile::compile(&files, "the embedded rules").map_err(std::io::Error::other)?;
    write(&out, "rules.pack", &postcard::to_allocvec(&pack).map_err(std::io::Error::other)?)
}

/// Writes a file of its own: what was there may be shared with the folder of another checkout.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let part = folder.join(format!("{name}.part"));
    std::fs::write(&part, bytes)?;
    std::fs::rename(part, folder.join(name))
}

/// A variable that cargo sets for build scripts.
fn variable(name: &str) -> std::io::Result<String> {
    std::env::var(name).map_err(std::io::Error::other)
}
