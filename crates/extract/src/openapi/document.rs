//! A description document: its text in, its operations out, with what stands above them.

use crate::SourceTree;
use crate::program::source::is_aside;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The longest text that is parsed, in bytes.
const MAX_TEXT: usize = 16 << 20;
/// Documents of one package.
const MAX_DOCUMENTS: usize = 20;

/// OpenAPI 3 or Swagger 2.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiDocument {
    root: Json,
    /// Swagger 2 keeps bodies among the parameters and schemas beside the paths.
    pub(super) is_swagger: bool,
    /// Lines of operations by their identifiers, and of paths.
    lines: BTreeMap<String, u32>,
}

/// One operation and what the document says about it.
#[derive(Debug, Clone)]
pub(super) struct Operation<'d> {
    /// In small letters.
    pub(super) method: &'d str,
    pub(super) path: &'d str,
    pub(super) object: &'d Map<String, Json>,
    /// Its parameters; those of the path where it has none of the same name and place. References are resolved.
    pub(super) parameters: Vec<&'d Map<String, Json>>,
    pub(super) line: Option<u32>,
}

impl<'d> Operation<'d> {
    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        self.object.get(key).and_then(Json::as_str).filter(|text| !text.is_empty())
    }
}

impl ApiDocument {
    /// The description documents among the files of a package, with their paths, in the order of these; those of tests and
    /// examples are left out. For servers whose document could not be followed to its file.
    pub fn in_package(tree: &SourceTree) -> Vec<(&str, ApiDocument)> {
        let ends = |path: &str| [".json", ".yaml", ".yml"].iter().any(|end| path.ends_with(end));
        let candidates = tree.files.iter().filter(|(path, _)| ends(path) && !is_aside(path));
        let read = |bytes: &[u8]| ApiDocument::parse(std::str::from_utf8(bytes).ok()?);
        candidates.filter_map(|(path, bytes)| Some((path.as_str(), read(bytes)?))).take(MAX_DOCUMENTS).collect()
    }

    /// Reads a text in JSON or YAML; `None` where it is no description document.
    pub fn parse(text: &str) -> Option<ApiDocument> {
        if text.len() > MAX_TEXT || !["openapi", "swagger"].iter().any(|word| text.contains(word)) {
            return None;
        }
        let root = match serde_json::from_str(text) {
            Ok(root) => root,
            // Its own bounds keep aliases of aliases from growing.
            Err(_) if !text.trim_start().starts_with('{') => serde_saphyr::from_str(text).ok()?,
            Err(_) => return None,
        };
        let lines = lines(text);
        ApiDocument::of_value(root).map(|document| ApiDocument { lines, ..document })
    }

    /// Takes a value that stands in code; `None` where it is no description document.
    pub fn of_value(root: Json) -> Option<ApiDocument> {
        let stated = |key: &str| root.get(key).is_some_and(|version| version.is_string() || version.is_number());
        let is_swagger = stated("swagger") && !stated("openapi");
        let is_one = (stated("openapi") || is_swagger) && root.get("paths").is_some_and(Json::is_object);
        is_one.then(|| ApiDocument { root, is_swagger, lines: BTreeMap::new() })
    }

    /// The operations with one of `methods`: in the order of `methods` within a path where `methods` says so, else as
    /// the document has them.
    pub(super) fn operations(&self, (methods, ordered): (&[&'static str], bool)) -> Vec<Operation<'_>> {
        let mut found = Vec::new();
        for (path, item) in self.root["paths"].as_object().into_iter().flatten() {
            let Some(item) = self.resolved(item, 0).and_then(Json::as_object) else { continue };
            let shared = self.parameters(item);
            let mut own: Vec<(usize, &str, &Map<String, Json>)> = item
                .iter()
                .filter_map(|(method, object)| {
                    let at = methods.iter().position(|known| method.eq_ignore_ascii_case(known))?;
                    Some((at, method.as_str(), object.as_object()?))
                })
                .collect();
            if ordered {
                own.sort_by_key(|(at, _, _)| *at);
            }
            for (at, _, object) in own {
                let mut parameters = self.parameters(object);
                let is_same = |one: &Map<String, Json>, other: &Map<String, Json>| {
                    one.get("name") == other.get("name") && one.get("in") == other.get("in")
                };
                let above: Vec<_> = shared
                    .iter()
                    .filter(|above| !parameters.iter().any(|parameter| is_same(parameter, above)))
                    .copied()
                    .collect();
                parameters.splice(0..0, above);
                let id = object.get("operationId").and_then(Json::as_str);
                let line = id.and_then(|id| self.lines.get(id)).or_else(|| self.lines.get(path)).copied();
                found.push(Operation { method: methods[at], path, object, parameters, line });
            }
        }
        found
    }

    /// Paths whose operations are in another document.
    pub(super) fn foreign_paths(&self) -> Vec<&str> {
        let is_foreign = |item: &Json| item.get("$ref").and_then(Json::as_str).is_some_and(|to| !to.starts_with('#'));
        let paths = self.root["paths"].as_object().into_iter().flatten();
        paths.filter(|(_, item)| is_foreign(item)).map(|(path, _)| path.as_str()).collect()
    }

    fn parameters<'d>(&'d self, object: &'d Map<String, Json>) -> Vec<&'d Map<String, Json>> {
        let listed = object.get("parameters").and_then(Json::as_array).into_iter().flatten();
        listed.filter_map(|parameter| self.resolved(parameter, 0)?.as_object()).collect()
    }

    /// What a value is: itself, or what it refers to within the document; `None` where that is nowhere.
    pub(super) fn resolved<'d>(&'d self, value: &'d Json, depth: u32) -> Option<&'d Json> {
        match value.get("$ref").and_then(Json::as_str) {
            None => Some(value),
            Some(_) if depth > 16 => None,
            Some(to) => self.resolved(self.at(to)?, depth + 1),
        }
    }

    /// What a reference within the document leads to.
    pub(super) fn at(&self, reference: &str) -> Option<&Json> {
        self.root.pointer(&decoded(reference.strip_prefix('#')?))
    }

    /// The schema with a name of its own that a reference leads to, and the name.
    pub(super) fn named_schema(&self, reference: &str) -> Option<(String, &Json)> {
        let name =
            ["#/components/schemas/", "#/definitions/"].iter().find_map(|start| reference.strip_prefix(start))?;
        if name.contains('/') {
            return None;
        }
        Some((name.replace("~1", "/").replace("~0", "~"), self.at(reference)?))
    }
}

/// Spaces, braces and dollars may stand percent-encoded in a reference.
fn decoded(pointer: &str) -> String {
    pointer.replace("%20", " ").replace("%7B", "{").replace("%7D", "}").replace("%24", "$")
}

/// The lines on which operations are named and paths begin.
fn lines(text: &str) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    let plain = |part: &str| part.trim().trim_matches(['"', '\'', ',', ' ']).to_owned();
    for (line, number) in text.lines().zip(1_u32..) {
        if let Some((_, id)) = line.split_once("operationId") {
            let id = id.trim_start_matches(['"', '\'', ' ', ':']);
            let id = id.split(['"', '\'', ',']).next().unwrap_or_default();
            found.entry(plain(id)).or_insert(number);
        } else if let Some((path, _)) = line.rsplit_once(':')
            && plain(path).starts_with('/')
            && path.len() < 400
        {
            found.entry(plain(path)).or_insert(number);
        }
    }
    found.remove("");
    found
}
