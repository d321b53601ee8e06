//! The one way into the readers of foreign source that every target uses.
//!
//! An input is one package: its first files up to [`MAX_FILES`], one after the other, with a NUL byte between them.
//! They go through [`extract::extract`], the same guarded entry that the worker process uses.
pub use mcpdex_extract as extract;
pub use mcpdex_model as model;

use extract::{Budget, ReadLimits, PackageInfo, SourceTree};
use model::Ecosystem;
use std::collections::BTreeMap;

/// Files of one fuzzed package.
pub const MAX_FILES: usize = 4;

/// Milliseconds of processor time for one input. An honest reader needs a few; a loop that does not look at the clock is a finding.
const MILLIS: u64 = 5_000;

/// The limits of the product, with less time.
fn limits() -> ReadLimits {
    ReadLimits { cpu_millis: MILLIS, ..ReadLimits::default() }
}

/// Reads the package that `data` stands for, its files at `paths`, beside the files of `fixed`.
///
/// # Panics
/// When a reader panicked, or when a tool is no JSON object with a name, or names a line outside of its file.
pub fn read(data: &[u8], paths: [&str; MAX_FILES], fixed: &[(&str, &str)], ecosystem: Ecosystem) {
    let mut files = BTreeMap::new();
    for (path, text) in data.splitn(MAX_FILES, |byte| *byte == 0).zip(paths).map(|(text, path)| (path, text)) {
        files.insert(path.to_owned(), text.to_vec());
    }
    for (path, text) in fixed {
        files.insert((*path).to_owned(), text.as_bytes().to_vec());
    }
    let package = PackageInfo { ecosystem, name: "lantern".to_owned(), version: Some("1.0.0".to_owned()) };
    let tree = SourceTree { package, files };
    let found = extract::extract(&tree, &Budget::start(limits())).expect("no reader panics");
    for tool in &found.tools {
        let object: serde_json::Value = serde_json::from_str(&tool.json).expect("a tool is JSON");
        assert!(object.get("name").is_some_and(serde_json::Value::is_string), "a tool has a name: {}", tool.json);
        let lines = tree.files.get(&tool.site.file).map(|text| text.iter().filter(|byte| **byte == b'\n').count() + 1);
        assert!(lines.is_some_and(|lines| (1..=lines).contains(&(tool.site.line as usize))), "{:?}", tool.site);
    }
}
