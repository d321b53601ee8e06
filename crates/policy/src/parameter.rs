//! What a parameter is, as far as its name and type say it.

use mcpdex_model::Parameter;

/// Parameters that are an address, and those that are a path.
pub(super) const URLS: [&str; 8] =
    ["url", "uri", "endpoint", "target_url", "webhook_url", "callback_url", "upload_url", "destination_url"];
pub(super) const PATHS: [&str; 11] = [
    "path",
    "file_path",
    "filepath",
    "filename",
    "directory",
    "dir",
    "folder",
    "working_directory",
    "cwd",
    "file",
    "local_path",
];

/// Letters and digits of a name, in lower case.
fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

pub(super) fn is_one_of(name: &str, words: &[impl AsRef<str>]) -> bool {
    let name = folded(name);
    words.iter().any(|word| folded(word.as_ref()) == name)
}

pub(super) fn is_type(parameter: &Parameter, kinds: &[&str]) -> bool {
    parameter.kind.split(" | ").all(|kind| kinds.contains(&kind) || kind == "null")
}
