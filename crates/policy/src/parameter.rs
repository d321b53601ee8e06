//! What a parameter is, as far as its name and type say it.

use mcpdex_model::Parameter;

/// Parameters that are an address, and those that are a path.
const URLS: [&str; 8] =
    ["url", "uri", "endpoint", "target_url", "webhook_url", "callback_url", "upload_url", "destination_url"];
const PATHS: [&str; 27] = [
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
    "source_path",
    "destination_path",
    "dest_path",
    "target_path",
    "input_path",
    "output_path",
    "save_path",
    "old_path",
    "new_path",
    "root_path",
    "project_path",
    "repo_path",
    "input_file",
    "output_file",
    "output_dir",
    "output_directory",
];

/// Whether a parameter holds an address, or several: by a name of the list, or one that ends with it.
pub(super) fn is_url(name: &str) -> bool {
    let name = folded(name);
    let one = name.strip_suffix('s').unwrap_or(&name);
    is_one_of(one, &URLS) || one.ends_with("url") || one.ends_with("uri")
}

/// Whether a parameter holds a path, or several.
pub(super) fn is_path(name: &str) -> bool {
    let name = folded(name);
    is_one_of(&name, &PATHS) || name.strip_suffix('s').is_some_and(|one| is_one_of(one, &PATHS))
}

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
