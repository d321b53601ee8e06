//! Packages that lie in the tree under `node_modules`, as bundled dependencies do: a specifier in, their file out.
//! Libraries whose meaning the reader knows by name are left foreign: their source says less than their name.

use super::package::find_entry_below;
use super::resolve::join;
use super::source::{FileId, Sources};
use serde_json::Value;

/// Packages (and scopes, with their slash) that are known by name.
const KNOWN: [&str; 9] = [
    "zod",
    "zod-to-json-schema",
    "@modelcontextprotocol/",
    "fastmcp",
    "mcp-framework",
    "@sinclair/typebox",
    "typebox",
    "dedent",
    "ai",
];

/// The file of the tree that `specifier` names when the file at `from` imports it.
pub(super) fn find(sources: &Sources<'_>, from: &str, specifier: &str) -> Option<FileId> {
    let (package, rest) = split(specifier)?;
    let known = KNOWN.iter().any(|known| *known == package || (known.ends_with('/') && package.starts_with(known)));
    if known || super::option::is_option_library(package) {
        return None;
    }
    // The nearest `node_modules` counts.
    let mut folder = from;
    loop {
        folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        let base = join(folder, &format!("node_modules/{package}"));
        if let Some(file) = sources.find(&format!("{base}/package.json")) {
            let manifest: Value = serde_json::from_str(sources.text(file)).unwrap_or_default();
            return entry(sources, &base, &manifest, rest);
        }
        if folder.is_empty() {
            return None;
        }
    }
}

/// The name of the package and the path inside of it.
fn split(specifier: &str) -> Option<(&str, &str)> {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let (at, _) = specifier.match_indices('/').nth(parts - 1).unwrap_or((specifier.len(), ""));
    let package = specifier.get(..at)?;
    (!package.is_empty() && !package.starts_with('.')).then_some((package, specifier.get(at + 1..).unwrap_or_default()))
}

fn entry(sources: &Sources<'_>, base: &str, manifest: &Value, rest: &str) -> Option<FileId> {
    let exported = manifest.get("exports").and_then(|exports| {
        let key = if rest.is_empty() { ".".to_owned() } else { format!("./{rest}") };
        let whole = rest.is_empty() && exports.get(".").is_none();
        condition(if whole { exports } else { exports.get(&key)? }, 0)
    });
    let field = |name: &str| manifest.get(name).and_then(Value::as_str);
    let path = match (exported, rest) {
        (Some(path), _) => path,
        (None, "") => field("module").or_else(|| field("main")).unwrap_or("index"),
        (None, rest) => rest,
    };
    find_entry_below(sources, base, path)
}

/// The path behind the conditions of an export.
fn condition(export: &Value, depth: usize) -> Option<&str> {
    match export {
        Value::String(path) => Some(path),
        Value::Object(conditions) if depth < 6 => ["node", "import", "module", "default", "require"]
            .iter()
            .find_map(|name| conditions.get(*name).and_then(|inner| condition(inner, depth + 1))),
        Value::Array(options) => options.iter().find_map(|option| condition(option, depth + 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specifier_is_a_package_and_a_path() {
        assert_eq!(split("@lamp/core/lib/a"), Some(("@lamp/core", "lib/a")));
        assert_eq!(split("lamp"), Some(("lamp", "")));
        assert_eq!(split("@lamp"), Some(("@lamp", "")));
        assert_eq!(split(""), None);
    }

    #[test]
    fn the_conditions_of_an_export_are_tried_in_the_order_of_the_runtime() {
        let export =
            serde_json::json!({ "types": "./a.d.ts", "import": { "default": "./a.mjs" }, "require": "./a.cjs" });
        assert_eq!(condition(&export, 0), Some("./a.mjs"));
    }
}
