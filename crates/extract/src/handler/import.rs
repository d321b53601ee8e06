//! What a file knows by name from elsewhere: imports of every language as a name, a module and an item of it.

use super::index::{File, Global};
use super::lower::named;
use super::term::{Name, Part, Pattern};
use std::rc::Rc;
use tree_sitter::Node;

/// A name in a file that stands for a module, or for one of its items.
#[derive(Debug)]
pub(super) struct Import {
    pub name: Name,
    /// Empty for the file itself.
    pub module: Name,
    pub item: Option<Name>,
}

fn add(file: &mut File<'_>, name: &str, module: &str, item: Option<&str>) {
    file.imports.push(Import { name: Rc::from(name), module: Rc::from(module), item: item.map(Rc::from) });
}

fn bare(text: &str) -> &str {
    text.trim_matches(['"', '\'', '`'])
}

/// Reads an import of any language.
pub(super) fn read<'t>(text: &str, node: Node<'t>, file: &mut File<'t>) {
    let of = |node: Node<'t>| text.get(node.byte_range()).unwrap_or_default();
    let field = |name: &str| node.child_by_field_name(name);
    match node.kind() {
        "import_from_statement" => {
            let module = field("module_name").map_or("", of);
            let mut cursor = node.walk();
            for name in node.children_by_field_name("name", &mut cursor) {
                let item = name.child_by_field_name("name").map_or_else(|| of(name), of);
                let alias = name.child_by_field_name("alias").map_or(item, of);
                add(file, alias, module, Some(item));
            }
            if named(node).iter().any(|child| child.kind() == "wildcard_import") {
                file.stars.push(Rc::from(module));
            }
        }
        "import_statement" | "export_statement" if field("source").is_some() => {
            let module = bare(field("source").map_or("", of));
            let clause =
                named(node).into_iter().find(|child| matches!(child.kind(), "import_clause" | "export_clause"));
            match clause {
                Some(clause) => clause_names(text, clause, module, file),
                None if node.kind() == "export_statement" => file.stars.push(Rc::from(module)),
                None => {}
            }
        }
        "export_statement" => {
            let pattern = || Pattern { name: Rc::from("default"), part: Part::Whole };
            let is_default = of(node).trim_start_matches("export").trim_start().starts_with("default");
            if let Some(value) = field("value") {
                file.globals.push(Global { names: vec![pattern()], ty: None, value: Some(value) });
            } else if let Some(name) = field("declaration").and_then(|of| of.child_by_field_name("name"))
                && is_default
            {
                add(file, "default", "", Some(of(name)));
            }
        }
        "import_statement" => {
            let mut cursor = node.walk();
            for name in node.children_by_field_name("name", &mut cursor) {
                match name.child_by_field_name("alias") {
                    Some(alias) => add(file, of(alias), name.child_by_field_name("name").map_or("", of), None),
                    // `import a.b` binds `a`.
                    None => {
                        let first = of(name).split('.').next().unwrap_or_default();
                        add(file, first, first, None);
                    }
                }
            }
        }
        "import_spec" => {
            let module = bare(field("path").map_or("", of));
            let last = module.rsplit('/').find(|part| !is_version(part)).unwrap_or(module);
            let last = last.trim_start_matches("go-");
            add(file, field("name").map_or(last, of), module, None);
        }
        // Java: only the last name is ever written.
        "import_declaration" => {}
        "use_declaration" => {
            if let Some(argument) = field("argument") {
                used(text, argument, "", file, 0);
            }
        }
        _ => {}
    }
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

fn clause_names(text: &str, clause: Node<'_>, module: &str, file: &mut File<'_>) {
    let of = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
    for child in named(clause) {
        match child.kind() {
            "identifier" => add(file, of(child), module, Some("default")),
            "namespace_import" | "namespace_export" => {
                let name = named(child).pop().map_or("", of);
                add(file, name, module, None);
            }
            "import_specifier" | "export_specifier" => {
                let item = child.child_by_field_name("name").map_or("", of);
                let alias = child.child_by_field_name("alias").map_or(item, of);
                add(file, alias, module, Some(item));
            }
            _ => clause_names(text, child, module, file),
        }
    }
}

/// `const x = require("m")`, `const { a: b } = require("m")`, with or without a member behind.
pub(super) fn required(text: &str, node: Node<'_>, file: &mut File<'_>) {
    let of = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
    let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) else {
        return;
    };
    let words: String = of(value).chars().take(200).collect();
    let words = words.trim_start_matches("await ").trim();
    let Some(rest) = words.strip_prefix("require(").or_else(|| words.strip_prefix("import(")) else { return };
    let Some((module, after)) = rest.split_once(')') else { return };
    if !module.starts_with(['"', '\'']) {
        return;
    }
    let member = after.trim_start_matches('.').split(|c: char| !(c.is_alphanumeric() || c == '_')).next();
    let module = match member.filter(|_| after.starts_with('.')) {
        Some(member) => format!("{}/{member}", bare(module)),
        None => bare(module).to_owned(),
    };
    for pattern in super::pattern::names(text, name) {
        match &pattern.part {
            Part::Whole => add(file, &pattern.name, &module, None),
            Part::Member(item) => add(file, &pattern.name, &module, Some(item)),
            Part::Item => {}
        }
    }
}

/// The names of a `use`: lists, renames and paths within each other.
fn used(text: &str, node: Node<'_>, before: &str, file: &mut File<'_>, depth: u32) {
    let of = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default().replace("::", ".");
    if depth > 20 {
        return;
    }
    let within = |path: &str| if before.is_empty() { path.to_owned() } else { format!("{before}.{path}") };
    match node.kind() {
        "scoped_use_list" => {
            let path = within(&node.child_by_field_name("path").map(of).unwrap_or_default());
            for child in node.child_by_field_name("list").map(named).unwrap_or_default() {
                used(text, child, &path, file, depth + 1);
            }
        }
        "use_list" => named(node).into_iter().for_each(|child| used(text, child, before, file, depth + 1)),
        "use_as_clause" => {
            let path = within(&node.child_by_field_name("path").map(of).unwrap_or_default());
            let alias = node.child_by_field_name("alias").map(of).unwrap_or_default();
            add(file, &alias, &path, None);
        }
        "use_wildcard" => {
            let path = within(&named(node).first().copied().map(of).unwrap_or_default());
            file.stars.push(Rc::from(path));
        }
        "self" => {
            let last = before.rsplit('.').next().unwrap_or(before).to_owned();
            add(file, &last, before, None);
        }
        _ => {
            let path = within(&of(node));
            let last = path.rsplit('.').next().unwrap_or(&path).to_owned();
            add(file, &last, &path, None);
        }
    }
}
