//! The project's own source, parsed: which paths a file names, which public types it declares.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};

/// One parsed source file.
pub(crate) struct Source {
    /// Below the project's folder, with `/`.
    pub(crate) path: String,
    pub(crate) lines: usize,
    /// It opens with a word about itself.
    pub(crate) opens: bool,
    file: syn::File,
}

/// Every source file of the program and of the rooms.
pub(crate) fn sources() -> Vec<Source> {
    // Asked when the test runs, so that `tests/walls/run` can point it at a copy with a violation in it.
    let root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    let root = Path::new(&root);
    let mut folders = vec![root.join("src")];
    for room in std::fs::read_dir(root.join("crates")).expect("crates is readable") {
        folders.push(room.expect("crates is readable").path().join("src"));
    }
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("source is readable") {
            let path: PathBuf = entry.expect("source is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).expect("below the project").to_string_lossy().replace('\\', "/");
                found.push(Source::parse(&name, &std::fs::read_to_string(&path).expect("source is UTF-8")));
            }
        }
    }
    assert!(found.len() > 200, "the sources were not found");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

impl Source {
    pub(crate) fn parse(path: &str, text: &str) -> Self {
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), lines: text.lines().count(), opens: text.starts_with("//!"), file }
    }

    /// The module that the file is, as the names below the root of its crate.
    pub(crate) fn module(&self) -> Vec<String> {
        let below = self.path.split_once("src/").map_or("", |(_, below)| below).trim_end_matches(".rs");
        let mut names: Vec<String> = below.split('/').map(str::to_owned).collect();
        if names.last().is_some_and(|name| matches!(name.as_str(), "mod" | "lib" | "main")) {
            names.pop();
        }
        names
    }

    /// Every path that the file names outside of its unit tests: imports one by one, and paths of several parts in code.
    pub(crate) fn paths(&self) -> BTreeSet<String> {
        let mut paths = Paths::default();
        paths.visit_file(&self.file);
        paths.found
    }

    /// The calls outside of unit tests by which a program is started or ended.
    pub(crate) fn starts(&self) -> Vec<String> {
        let mut paths = Paths::default();
        paths.visit_file(&self.file);
        paths.starts
    }

    /// Whether the file itself declares an item of this name.
    pub(crate) fn declares(&self, name: &str) -> bool {
        self.file.items.iter().any(|item| {
            let ident = match item {
                syn::Item::Const(item) => &item.ident,
                syn::Item::Enum(item) => &item.ident,
                syn::Item::Fn(item) => &item.sig.ident,
                syn::Item::Static(item) => &item.ident,
                syn::Item::Struct(item) => &item.ident,
                syn::Item::Trait(item) => &item.ident,
                syn::Item::Type(item) => &item.ident,
                syn::Item::Macro(item) => return item.ident.as_ref().is_some_and(|ident| ident == name),
                _ => return false,
            };
            ident == name
        })
    }

    /// The path behind a name that the file re-exports.
    pub(crate) fn reexport(&self, name: &str) -> Option<String> {
        self.file.items.iter().find_map(|item| match item {
            syn::Item::Use(item) => {
                let mut all = Vec::new();
                flatten(&item.tree, String::new(), &mut all);
                all.into_iter().find(|(_, shown)| shown == name).map(|(path, _)| path)
            }
            _ => None,
        })
    }

    /// The names of the types and traits that it declares as `pub`.
    pub(crate) fn public_types(&self) -> Vec<String> {
        let public = |vis: &syn::Visibility| matches!(vis, syn::Visibility::Public(_));
        self.file
            .items
            .iter()
            .filter_map(|item| match item {
                syn::Item::Struct(item) if public(&item.vis) => Some(item.ident.to_string()),
                syn::Item::Enum(item) if public(&item.vis) => Some(item.ident.to_string()),
                syn::Item::Trait(item) if public(&item.vis) => Some(item.ident.to_string()),
                syn::Item::Type(item) if public(&item.vis) => Some(item.ident.to_string()),
                syn::Item::Macro(item) if item.mac.path.segments.last().is_some_and(|last| last.ident == "words") => {
                    vocabulary(&item.mac.tokens)
                }
                _ => None,
            })
            .collect()
    }
}

/// The enum that a `words!` declares: the first word that is no part of an attribute.
fn vocabulary(tokens: &proc_macro2::TokenStream) -> Option<String> {
    tokens.clone().into_iter().find_map(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    })
}

#[derive(Default)]
struct Paths {
    found: BTreeSet<String>,
    starts: Vec<String>,
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let test = item.attrs.iter().any(|attribute| {
            attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|argument| argument.is_ident("test"))
        });
        if !test {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut all = Vec::new();
        flatten(&item.tree, String::new(), &mut all);
        self.found.extend(all.into_iter().map(|(path, _)| path));
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let name = call.method.to_string();
        if matches!((name.as_str(), call.args.len()), ("spawn", 0) | ("kill_on_drop" | "process_group", 1)) {
            self.starts.push(name);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            let parts: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.found.insert(parts.join("::"));
        }
        visit::visit_path(self, path);
    }
}

/// Every path of a tree of imports, with the name under which it is known here.
fn flatten(tree: &syn::UseTree, before: String, all: &mut Vec<(String, String)>) {
    let joined =
        |name: &dyn std::fmt::Display| if before.is_empty() { name.to_string() } else { format!("{before}::{name}") };
    match tree {
        syn::UseTree::Path(path) => flatten(&path.tree, joined(&path.ident), all),
        syn::UseTree::Name(name) if name.ident == "self" => {
            let shown = before.rsplit("::").next().unwrap_or_default().to_owned();
            all.push((before, shown));
        }
        syn::UseTree::Name(name) => all.push((joined(&name.ident), name.ident.to_string())),
        syn::UseTree::Rename(rename) if rename.ident == "self" => all.push((before, rename.rename.to_string())),
        syn::UseTree::Rename(rename) => all.push((joined(&rename.ident), rename.rename.to_string())),
        syn::UseTree::Glob(_) => all.push((before, String::new())),
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before.clone(), all);
            }
        }
    }
}
