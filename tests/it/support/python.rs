//! Reads invented Python packages.

use super::pack::package;
use mcpdex::extract::{Budget, Extraction, ReadLimits, SourceTree, extract};
use mcpdex::model::{Ecosystem, PartialReason};
use serde_json::Value;

pub(crate) fn read(files: &[(&str, &str)]) -> Extraction {
    read_within(files, &Budget::start(ReadLimits::default()))
}

pub(crate) fn read_within(files: &[(&str, &str)], budget: &Budget) -> Extraction {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let tree = SourceTree { package: package(Ecosystem::Pypi, "lantern"), files };
    extract(&tree, budget).unwrap()
}

/// A package of one module whose `main` is its script.
pub(crate) fn read_module(text: &str) -> Extraction {
    read(&module(text))
}

pub(crate) fn module(text: &str) -> [(&str, &str); 3] {
    [
        ("lantern/__init__.py", ""),
        ("lantern/app.py", text),
        ("lantern-1.0.0.dist-info/entry_points.txt", "[console_scripts]\nlantern = lantern.app:main\n"),
    ]
}

pub(crate) fn tools(found: &Extraction) -> Vec<Value> {
    found.tools.iter().map(|tool| serde_json::from_str(&tool.json).unwrap()).collect()
}

pub(crate) fn names(found: &Extraction) -> Vec<String> {
    tools(found).iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn reasons(found: &Extraction) -> Vec<PartialReason> {
    found.partial.iter().map(|partial| partial.reason).collect()
}
