//! Paths and files of the package as its start-up code asks for them: `Path(__file__).parent`, `os.path.join`,
//! `pkgutil.iter_modules`, `open(…).read()`. Only files of the package are there; nothing else is ever looked at.

use super::ast::Name;
use super::machine::Machine;
use super::value::{Args, MODULE_INFO, Made, Value, last};
use std::rc::Rc;

/// The longest YAML document that is read, in bytes.
const LONGEST_YAML: usize = 2 << 20;

/// What a path is made by, whichever way the program spells it.
const PATH: &str = "pathlib.Path";
/// What a file that was opened is made by.
const FILE: &str = "io.TextIOWrapper";
/// What a module that is to be loaded from a file is made by.
const SPEC: &str = "importlib.machinery.ModuleSpec";

/// A path of the package, `/` being its root.
pub(super) fn path_value(path: &str) -> Value {
    held(PATH, path)
}

fn held(kind: &str, path: &str) -> Value {
    let args = Args { plain: vec![Value::text(path)], ..Args::default() };
    Value::Made(Rc::new(Made { path: Rc::from(kind), args, id: usize::MAX, module: 0 }))
}

/// The text of what `path_value` made.
fn text_of<'v>(value: &'v Value, kind: &str) -> Option<&'v Rc<str>> {
    match value {
        Value::Made(made) if &*made.path == kind => match made.args.plain.as_slice() {
            [Value::Str(text)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn is_path(value: &Value) -> bool {
    text_of(value, PATH).is_some()
}

/// Whether a `with` statement gives the value itself.
pub(super) fn is_file(value: &Value) -> bool {
    text_of(value, FILE).is_some()
}

/// `left / right`.
pub(super) fn below(left: &Value, right: &Value) -> Option<Value> {
    Some(path_value(&joined(text_of(left, PATH)?, &right.as_text()?)))
}

/// `path` seen from `folder`, with `.` and `..` resolved; `..` never leads above the root.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let from = if path.starts_with('/') { "" } else { folder };
    for part in from.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// An attribute of a path.
pub(super) fn attribute(value: &Value, attribute: &str) -> Option<Value> {
    let path = text_of(value, PATH)?;
    let last = name(path);
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| if stem.is_empty() { last } else { stem });
    Some(match attribute {
        "parent" => path_value(parent(path)),
        "parents" => {
            let mut above = Vec::new();
            let mut at: &str = path;
            while !at.is_empty() && above.len() < 32 {
                at = parent(at);
                above.push(path_value(at));
            }
            Value::list(above)
        }
        "name" => Value::text(last),
        "stem" => Value::text(stem),
        "suffix" => Value::text(&last[stem.len()..]),
        _ => return None,
    })
}

impl Machine<'_> {
    /// A function of the standard library on paths; `None` where it is none, or not on a path of the package.
    pub(super) fn path_function(&mut self, function: &str, args: &Args) -> Option<Value> {
        let first = args.plain.first()?;
        let path = text_of(first, PATH);
        Some(match function {
            "pathlib.Path" | "pathlib.PurePath" | "os.fspath" | "builtins.str" | "os.path.abspath"
            | "os.path.realpath" | "os.path.normpath" | "builtins.sorted" => match path {
                Some(_) => first.clone(),
                None => return None,
            },
            "os.path.dirname" => path_value(parent(path?)),
            "os.path.basename" => Value::text(name(path?)),
            "os.path.join" => {
                let mut whole = path?.to_string();
                for part in &args.plain[1..] {
                    whole = joined(&whole, &part.as_text()?);
                }
                path_value(&whole)
            }
            "os.path.exists" | "os.path.isfile" | "os.path.isdir" => self.is_there(path?, function),
            "os.listdir" => Value::list(self.listed(path?).iter().map(|path| Value::text(name(path))).collect()),
            "pkgutil.iter_modules" | "pkgutil.walk_packages" => {
                let folder = match first.items() {
                    Some(items) => text_of(items.first()?, PATH)?.clone(),
                    None => path?.clone(),
                };
                let prefix = args.get(1, "prefix").and_then(Value::as_text).unwrap_or_default();
                let is_deep = last(function) == "walk_packages";
                let mut found = Vec::new();
                self.modules_in(&folder, &prefix, is_deep, 0, &mut found);
                Value::list(found)
            }
            "builtins.open" | "io.open" => held(FILE, path?),
            "json.load" => self.json_of(text_of(first, FILE)?),
            "importlib.resources.files" => {
                let module = match first {
                    Value::Module(number) => self.modules.get(*number)?.path.clone(),
                    text => {
                        let name: Vec<Name> = text.as_text()?.split('.').map(Rc::from).collect();
                        self.package.find(&name)?
                    }
                };
                path_value(&format!("/{}", parent(&module)))
            }
            "importlib.util.spec_from_file_location" => held(SPEC, text_of(args.get(1, "location")?, PATH)?),
            "importlib.util.module_from_spec" => {
                let path = text_of(first, SPEC)?.trim_start_matches('/').to_owned();
                let (key, _) = self.package.tree.files.get_key_value(&path)?;
                let name = self.package.name_of(key);
                Value::Module(self.load(key, &name, false)?)
            }
            _ => return None,
        })
    }

    /// A method of a path or of a file that was opened.
    pub(super) fn path_method(&mut self, receiver: &Value, method: &str, args: &Args) -> Option<Value> {
        if let Some(path) = text_of(receiver, FILE) {
            return (method == "read" && args.plain.is_empty()).then(|| self.content(path));
        }
        let path = text_of(receiver, PATH)?;
        Some(match method {
            "resolve" | "absolute" | "expanduser" | "as_posix" | "__enter__" => receiver.clone(),
            "joinpath" => {
                let mut whole = path.to_string();
                for part in &args.plain {
                    whole = joined(&whole, &part.as_text()?);
                }
                path_value(&whole)
            }
            "with_name" => path_value(&joined(parent(path), &args.plain.first()?.as_text()?)),
            "exists" | "is_file" | "is_dir" => self.is_there(path, method),
            "iterdir" => Value::list(self.listed(path).iter().map(|path| path_value(path)).collect()),
            "glob" | "rglob" => {
                let pattern = args.plain.first()?.as_text()?;
                let (deep, pattern) = match pattern.strip_prefix("**/") {
                    Some(rest) => (true, rest),
                    None => (method == "rglob", &*pattern),
                };
                let (before, after) = pattern.split_once('*')?;
                if before.contains('/') || after.contains(['*', '/', '?', '[']) {
                    return None;
                }
                let fits = |path: &&String| {
                    let name = name(path);
                    name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
                };
                let all = if deep { self.files_below(path) } else { self.listed(path) };
                Value::list(all.iter().filter(fits).map(|path| path_value(path)).collect())
            }
            "read_text" => self.content(path),
            "open" => held(FILE, path),
            _ => return None,
        })
    }

    /// Whether there is a file or folder. Files of kinds that no reader keeps may be there unseen.
    fn is_there(&self, path: &str, question: &str) -> Value {
        let path = path.trim_start_matches('/');
        let file = self.package.tree.files.contains_key(path);
        let folder = self.below(path).next().is_some();
        match question.trim_start_matches("os.path.") {
            "is_dir" | "isdir" => Value::Bool(folder),
            "is_file" | "isfile" if folder => Value::Bool(false),
            _ if file || folder => Value::Bool(true),
            _ => Value::Unknown,
        }
    }

    /// The files below a folder, by their paths from the root without the first slash.
    fn below<'m>(&'m self, folder: &str) -> impl Iterator<Item = &'m str> + use<'m> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let files = &self.package.tree.files;
        files.range(prefix.clone()..).map(|(path, _)| path.as_str()).take_while(move |path| path.starts_with(&prefix))
    }

    fn files_below(&self, folder: &str) -> Vec<String> {
        self.below(folder.trim_start_matches('/')).map(|path| format!("/{path}")).collect()
    }

    /// What lies in a folder, in order.
    fn listed(&self, folder: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let at = folder.trim_start_matches('/');
        for path in self.below(at) {
            let rest = if at.is_empty() { path } else { &path[at.len() + 1..] };
            let entry = format!("{folder}/{}", rest.split('/').next().unwrap_or_default());
            if found.last() != Some(&entry) {
                found.push(entry);
            }
        }
        // Names with a dot sort between a folder and what lies in it.
        found.sort();
        found.dedup();
        found
    }

    /// The modules in a folder, as `pkgutil.iter_modules` gives them, or with those below as `pkgutil.walk_packages`.
    fn modules_in(&self, folder: &str, prefix: &str, is_deep: bool, depth: usize, found: &mut Vec<Value>) {
        for path in self.listed(folder) {
            let is_package =
                self.package.tree.files.contains_key(&format!("{}/__init__.py", path.trim_start_matches('/')));
            let stem = match name(&path).strip_suffix(".py") {
                Some("__init__") => continue,
                Some(stem) => stem,
                None if is_package => name(&path),
                None => continue,
            };
            let full = format!("{prefix}{stem}");
            let named = vec![
                (Rc::from("module_finder"), Value::Unknown),
                (Rc::from("name"), Value::text(full.as_str())),
                (Rc::from("ispkg"), Value::Bool(is_package)),
            ];
            let args = Args { named, ..Args::default() };
            found.push(Value::Made(Rc::new(Made { path: Rc::from(MODULE_INFO), args, id: usize::MAX, module: 0 })));
            if is_deep && is_package && depth < 16 {
                self.modules_in(&path, &format!("{full}."), is_deep, depth + 1, found);
            }
        }
    }

    /// The text of a file.
    fn content(&self, path: &str) -> Value {
        let bytes = self.package.tree.files.get(path.trim_start_matches('/'));
        bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).map_or(Value::Unknown, |text| {
            // Python reads every line ending as one line feed.
            Value::text(text.trim_start_matches('\u{feff}').replace("\r\n", "\n"))
        })
    }

    /// What a YAML document in a file of the package, or in a text, holds.
    pub(super) fn yaml_of(&mut self, given: &Value) -> Value {
        let text = match text_of(given, FILE) {
            Some(path) => self.content(path),
            None => given.clone(),
        };
        match text {
            Value::Str(text) if text.len() <= LONGEST_YAML => serde_saphyr::from_str::<serde_json::Value>(&text)
                .map_or(Value::Unknown, |document| super::json::to_value(&document)),
            _ => Value::Unknown,
        }
    }

    fn json_of(&self, path: &str) -> Value {
        match self.content(path) {
            Value::Str(text) => serde_json::from_str(&text).map_or(Value::Unknown, |json| super::json::to_value(&json)),
            _ => Value::Unknown,
        }
    }
}
