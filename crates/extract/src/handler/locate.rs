//! Where the handler of a tool stands: from the place of its registration, or from where its name decides what is done.

use super::beside::{acts_of, beside, function_of, inline};
use super::index::Func;
use super::kotlin;
use super::lower::named;
use super::program::{Program, Scoping};
use super::term::FuncId;
use mcpdex_model::ToolSite;
use tree_sitter::Node;

/// What runs when a tool is called.
#[derive(Debug, Clone, Copy)]
pub(super) enum Handler<'t> {
    Func(FuncId),
    /// A part of a function that serves several tools.
    Branch {
        file: usize,
        around: Option<FuncId>,
        node: Node<'t>,
    },
}

/// How many places of a name are looked at in one file.
const MAX_PLACES: usize = 40;
/// How far up from a name.
const MAX_LEVELS: u32 = 16;

/// The handlers of the tool `name` that is registered at `site`; none where they were not found.
pub(super) fn handlers<'t>(program: &Program<'t>, name: &str, site: &ToolSite) -> Vec<Handler<'t>> {
    let home = program.modules.at(&site.file);
    if let Some(file) = home {
        if let Some(id) = marked(program, file, site.line) {
            return vec![Handler::Func(id)];
        }
        let mut places: Vec<(usize, Node<'t>)> = Vec::new();
        for part in program.forest.parts(file) {
            places.extend(self::places(program, part, name).into_iter().map(|node| (part, node)));
        }
        places
            .sort_by_key(|(_, node)| (row(*node)).abs_diff(site.line) + u32::from(row(*node) + 1 < site.line) * 1_000);
        for (file, node) in &places {
            let found = ascend(program, *file, *node);
            if !found.is_empty() {
                return found;
            }
        }
        for (file, node) in places {
            let found = decides(program, file, node);
            if !found.is_empty() {
                return found;
            }
        }
    }
    for file in (0..program.forest.files()).filter(|file| Some(program.forest.whole(*file)) != home) {
        if !program.forest.holds(file, name) {
            continue;
        }
        for node in places(program, file, name) {
            let mut found = decides(program, file, node);
            if found.is_empty() {
                found = ascend(program, file, node);
            }
            if !found.is_empty() {
                return found;
            }
        }
    }
    by_name(program, name)
}

fn row(node: Node<'_>) -> u32 {
    super::lower::line(node)
}

/// The function that is marked as a tool at this line: by a decorator, an attribute, an annotation.
fn marked(program: &Program<'_>, file: usize, line: u32) -> Option<FuncId> {
    let is_marked = |func: &Func<'_>| match program.scoping {
        Scoping::Python => func.node.parent().is_some_and(|parent| parent.kind() == "decorated_definition"),
        Scoping::Rust => func.node.kind() == "function_item" && func.head.0 < row(func.node),
        Scoping::Everywhere => match func.node.kind() {
            "method_declaration" | "local_function_statement" => true,
            "function_declaration" => kotlin::is_annotated(func.node),
            _ => false,
        },
        Scoping::JavaScript | Scoping::Folders => false,
    };
    let funcs = program.file(file)?.funcs.iter().enumerate();
    let at = |func: &Func<'_>| (func.head.0..=func.head.1).contains(&line) && is_marked(func);
    let found = funcs.filter(|(_, func)| at(func)).max_by_key(|(_, func)| func.head.0);
    found.map(|(at, _)| FuncId { file, at })
}

/// The nodes of a file that hold the name as text, or as the key of an object.
fn places<'t>(program: &Program<'t>, file: usize, name: &str) -> Vec<Node<'t>> {
    let text = program.forest.text(file);
    // What does not hold the name is not parsed for it.
    if name.len() < 2 || !program.forest.holds(file, name) || program.file(file).is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for at in indices(program, file, name) {
        if found.len() >= MAX_PLACES {
            break;
        }
        let (before, after) = (text[..at].chars().next_back(), text[at + name.len()..].chars().next());
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        if is_part(before) || is_part(after) {
            continue;
        }
        let Some(mut node) = program.node_at(file, at..at + name.len()) else { continue };
        while !node.kind().ends_with("string") && !node.kind().contains("string_literal") {
            match node.parent().filter(|parent| parent.byte_range().len() <= name.len() + 6) {
                Some(parent) => node = parent,
                None => break,
            }
        }
        let is_text = node.kind().contains("string");
        if is_text || node.kind() == "property_identifier" {
            found.push(node);
        }
    }
    found
}

/// Where a word stands in what belongs to a file or part.
fn indices<'p>(program: &'p Program<'_>, file: usize, word: &'p str) -> impl Iterator<Item = usize> + 'p {
    let text = program.forest.text(file);
    program.forest.ranges(file).into_owned().into_iter().flat_map(move |range| {
        let start = range.start;
        text.get(range).unwrap_or_default().match_indices(word).map(move |(at, _)| start + at)
    })
}

/// From a name up through what it is a part of: the first function that stands beside it.
fn ascend<'t>(program: &Program<'t>, file: usize, from: Node<'t>) -> Vec<Handler<'t>> {
    let mut node = from;
    for _ in 0..MAX_LEVELS {
        let Some(parent) = node.parent() else { return Vec::new() };
        match parent.kind() {
            "list" | "array" | "array_expression" | "collection_expression" | "initializer_expression" => {
                let entries = named(parent);
                // A list of tools: what stands beside one is another's.
                if !entries.iter().any(|entry| entry.kind().contains("string")) {
                    return Vec::new();
                }
                let found = beside(program, file, node, &entries, false);
                if !found.is_empty() {
                    return found;
                }
            }
            "decorator" => {
                let next = parent.next_named_sibling().filter(|next| next.kind() == "method_definition");
                return next.and_then(|next| inline(program, file, next)).into_iter().collect();
            }
            "class_body" | "declaration_list" => return acts_of(program, file, parent),
            "block" if parent.parent().is_some_and(|class| class.kind() == "class_definition") => {
                return acts_of(program, file, parent);
            }
            "block" | "statement_block" | "program" | "module" | "source_file" | "compilation_unit" => {
                return Vec::new();
            }
            "variable_declarator"
            | "short_var_declaration"
            | "assignment"
            | "var_spec"
            | "let_declaration"
            | "assignment_expression" => {
                let left = ["name", "left", "pattern"].iter().find_map(|field| parent.child_by_field_name(field));
                let bound = left.and_then(|left| text_of(program, file, left));
                return bound.map_or_else(Vec::new, |bound| used_with(program, file, &bound));
            }
            "return_statement" => {
                let found = beside(program, file, node, &named(parent), true);
                if !found.is_empty() {
                    return found;
                }
                // A function that makes the tool: what stands beside its call.
                let around = around(program, file, parent).and_then(|id| program.func(id));
                return around.map_or_else(Vec::new, |func| used_with(program, file, &func.name));
            }
            kind if kind.ends_with("_element") || matches!(kind, "pair" | "keyword_argument" | "value_argument") => {}
            _ => {
                let found = beside(program, file, node, &named(parent), true);
                if !found.is_empty() {
                    return found;
                }
            }
        }
        node = parent;
    }
    Vec::new()
}

pub(super) fn text_of(program: &Program<'_>, file: usize, node: Node<'_>) -> Option<String> {
    let text = program.forest.text(file).get(node.byte_range())?;
    let first =
        text.split(|c: char| !(c.is_alphanumeric() || c == '_')).find(|word| !word.is_empty() && *word != "mut")?;
    Some(first.to_owned())
}

/// The functions beside a tool that a name stands for, wherever the name is handed over.
fn used_with<'t>(program: &Program<'t>, file: usize, name: &str) -> Vec<Handler<'t>> {
    let files = (0..program.forest.files()).filter(|at| *at == file || program.forest.holds(*at, name));
    for at in std::iter::once(file).chain(files) {
        if program.file(at).is_none() {
            continue;
        }
        let text = program.forest.text(at);
        for start in indices(program, at, name).take(200) {
            let Some(node) = program.node_at(at, start..start + name.len()) else { continue };
            if !node.kind().contains("identifier") || text.get(node.byte_range()) != Some(name) {
                continue;
            }
            let mut inner = node;
            for _ in 0..4 {
                let Some(parent) = inner.parent() else { break };
                if parent.kind().contains("argument") || parent.kind() == "literal_value" {
                    let found = beside(program, at, inner, &named(parent), true);
                    if !found.is_empty() {
                        return found;
                    }
                }
                inner = parent;
            }
        }
    }
    Vec::new()
}

/// The function around a node.
pub(super) fn around(program: &Program<'_>, file: usize, node: Node<'_>) -> Option<FuncId> {
    let own = program.file(file)?;
    let mut at = node.parent();
    while let Some(one) = at {
        if let Some(id) = own.by_node.get(&one.id()) {
            return Some(*id);
        }
        at = one.parent();
    }
    None
}

/// What is done where a name decides it: a case, a comparison, an entry of a table.
fn decides<'t>(program: &Program<'t>, file: usize, from: Node<'t>) -> Vec<Handler<'t>> {
    let mut node = from;
    for _ in 0..6 {
        let Some(parent) = node.parent() else { return Vec::new() };
        let branch = |body: Node<'t>| vec![Handler::Branch { file, around: around(program, file, body), node: body }];
        match parent.kind() {
            "switch_case"
            | "expression_case"
            | "case_clause"
            | "switch_section"
            | "switch_block_statement_group"
            | "match_arm"
            | "switch_expression_arm"
            | "switch_rule" => {
                // Cases that share what they do fall through to the one that does it.
                let mut case = parent;
                while named(case).len() <= 1 {
                    match case.next_named_sibling().filter(|next| next.kind() == case.kind()) {
                        Some(next) => case = next,
                        None => break,
                    }
                }
                return branch(case);
            }
            "if_statement" | "elif_clause" | "if_expression" => {
                let body = parent.child_by_field_name("consequence");
                let in_test = parent.child_by_field_name("condition").is_some_and(|test| test.id() == node.id());
                return body.filter(|_| in_test).map_or_else(Vec::new, branch);
            }
            "pair" | "keyed_element" | "field_initializer" => {
                let value = parent.child_by_field_name("value").or_else(|| named(parent).last().copied());
                let is_key = value.is_some_and(|value| value.id() != node.id());
                let handler = value.filter(|_| is_key).and_then(|value| function_of(program, file, value));
                return handler.into_iter().collect();
            }
            "subscript" | "subscript_expression" | "index_expression" => {
                let set = parent.parent().filter(|set| set.child_by_field_name("right").is_some());
                let value = set.and_then(|set| set.child_by_field_name("right"));
                return value.and_then(|value| function_of(program, file, value)).into_iter().collect();
            }
            "comparison_operator"
            | "binary_expression"
            | "parenthesized_expression"
            | "boolean_operator"
            | "tuple"
            | "list"
            | "array"
            | "interpreted_string_literal"
            | "string"
            | "case_pattern"
            | "expression_list"
            | "match_pattern"
            | "or_pattern"
            | "union_pattern"
            | "constant_pattern"
            | "case_switch_label"
            | "switch_label"
            | "arguments"
            | "method_invocation"
            | "equality_expression"
            | "constant_expression" => {}
            _ => return Vec::new(),
        }
        node = parent;
    }
    Vec::new()
}

/// The one function that is called as the tool is, however its name is spelled.
fn by_name<'t>(program: &Program<'t>, name: &str) -> Vec<Handler<'t>> {
    let bare =
        |name: &str| -> String { name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase() };
    let wanted = bare(name);
    if wanted.len() < 5 {
        return Vec::new();
    }
    let mut found = Vec::new();
    let last = name.rsplit(['_', '-', '.']).next().unwrap_or(name).to_lowercase();
    for file in 0..program.forest.files() {
        if !program.forest.ranges(file).iter().any(|range| {
            let text = program.forest.text(file).get(range.clone()).unwrap_or_default();
            text.to_lowercase().contains(&last)
        }) {
            continue;
        }
        let Some(own) = program.file(file) else { continue };
        let named = own.funcs.iter().enumerate().filter(|(_, func)| {
            let own = bare(&func.name);
            own == wanted || own.strip_prefix("handle").or(own.strip_suffix("handler")) == Some(&wanted)
        });
        found.extend(named.map(|(at, _)| Handler::Func(FuncId { file, at })));
    }
    if found.len() == 1 { found } else { Vec::new() }
}
