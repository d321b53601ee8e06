//! Which names a pattern or a list of parameters binds, and to which part of the value.

use super::kotlin;
use super::lower::named;
use super::term::{Name, Param, Part, Pattern};
use std::rc::Rc;
use tree_sitter::Node;

/// The names that a pattern binds.
pub(super) fn names(text: &str, node: Node<'_>) -> Vec<Pattern> {
    let mut out = Vec::new();
    gather(text, node, Part::Whole, 0, &mut out);
    out
}

fn gather(text: &str, node: Node<'_>, part: Part, depth: u32, out: &mut Vec<Pattern>) {
    let of = |node: Node<'_>| -> Name { Rc::from(text.get(node.byte_range()).unwrap_or_default()) };
    if depth > 20 || out.len() > 200 {
        return;
    }
    match node.kind() {
        "identifier" | "shorthand_property_identifier_pattern" | "self" | "this" => {
            let name = of(node);
            let part = if node.kind().starts_with("shorthand") { Part::Member(Rc::clone(&name)) } else { part };
            out.push(Pattern { name, part });
        }
        "shorthand_field_identifier" | "field_identifier" => {
            let name = of(node);
            out.push(Pattern { part: Part::Member(Rc::clone(&name)), name });
        }
        "pair_pattern" => {
            let key = node.child_by_field_name("key").map(of);
            let part = key.map_or(Part::Item, Part::Member);
            if let Some(value) = node.child_by_field_name("value") {
                gather(text, value, part, depth + 1, out);
            }
        }
        "field_pattern" => match (node.child_by_field_name("name"), node.child_by_field_name("pattern")) {
            (Some(name), Some(pattern)) => gather(text, pattern, Part::Member(of(name)), depth + 1, out),
            _ => named(node).into_iter().for_each(|child| gather(text, child, Part::Item, depth + 1, out)),
        },
        "assignment_pattern" | "object_assignment_pattern" => {
            if let Some(left) = node.child_by_field_name("left") {
                gather(text, left, part, depth + 1, out);
            }
        }
        // The first of several results is what was asked for; the others say how it went.
        "expression_list" => {
            for (at, child) in named(node).into_iter().enumerate() {
                let part = if at == 0 { Part::Whole } else { Part::Item };
                gather(text, child, part, depth + 1, out);
            }
        }
        // `Ok(x)`, `Parameters(x)`: what is inside is the thing itself.
        "tuple_struct_pattern" => {
            for child in named(node).into_iter().skip(1) {
                gather(text, child, Part::Whole, depth + 1, out);
            }
        }
        "struct_pattern" => {
            for child in named(node).into_iter().skip(1) {
                gather(text, child, Part::Item, depth + 1, out);
            }
        }
        "as_pattern_target"
        | "mut_pattern"
        | "ref_pattern"
        | "reference_pattern"
        | "captured_pattern"
        | "match_pattern"
        | "parenthesized_expression" => {
            named(node).into_iter().for_each(|child| gather(text, child, part.clone(), depth + 1, out));
        }
        "scoped_identifier" | "type_identifier" => {}
        _ => named(node).into_iter().for_each(|child| gather(text, child, Part::Item, depth + 1, out)),
    }
}

/// The parameters of a function: of the list, or of the one name that stands for it.
pub(super) fn parameters_of(text: &str, function: Node<'_>) -> Vec<Param> {
    if let Some(params) = kotlin::parameters(text, function) {
        return params;
    }
    let Some(list) = function.child_by_field_name("parameters").or_else(|| function.child_by_field_name("parameter"))
    else {
        return Vec::new();
    };
    if list.kind() == "identifier" || list.kind() == "implicit_parameter" {
        let name = Rc::from(text.get(list.byte_range()).unwrap_or_default());
        return vec![Param { names: vec![Pattern { name, part: Part::Whole }], ty: None }];
    }
    named(list).into_iter().map(|node| parameter(text, node)).collect()
}

fn parameter(text: &str, node: Node<'_>) -> Param {
    let field = |name: &str| node.child_by_field_name(name);
    let ty = field("type").map(|ty| Rc::from(path_text(text.get(ty.byte_range()).unwrap_or_default())));
    let whole = |name: &str| Pattern { name: Rc::from(name), part: Part::Whole };
    let names = match node.kind() {
        "self_parameter" => vec![whole("self")],
        "parameter_declaration" | "variadic_parameter_declaration" => {
            let mut cursor = node.walk();
            let all = node.children_by_field_name("name", &mut cursor);
            all.map(|name| whole(text.get(name.byte_range()).unwrap_or_default())).collect()
        }
        _ => match field("pattern").or_else(|| field("name")) {
            Some(name) => names(text, name),
            None if field("type").is_some() => named(node).first().map(|first| names(text, *first)).unwrap_or_default(),
            None => names(text, node),
        },
    };
    Param { names, ty }
}

/// What only wraps the type that counts.
const WRAPPERS: [&str; 22] = [
    "Annotated",
    "Arc",
    "Awaitable",
    "Box",
    "Cow",
    "Final",
    "Lazy",
    "Mutex",
    "Nullable",
    "OnceCell",
    "Option",
    "Optional",
    "Parameters",
    "Promise",
    "Rc",
    "Ref",
    "RwLock",
    "State",
    "Task",
    "ValueTask",
    "Optional",
    "ClassVar",
];

/// The dotted name of a type as it is written: `&mut Arc<reqwest::Client>` is `reqwest.Client`.
pub(super) fn path_text(written: &str) -> String {
    let mut rest = written.trim().trim_start_matches(':').trim();
    for _ in 0..8 {
        let bare = rest.trim_start_matches(['&', '*', '"', '(', '[', ']', '?']).trim_start();
        let bare = ["mut ", "dyn ", "impl ", "readonly ", "const "].iter().fold(bare, |b, w| b.trim_start_matches(w));
        let bare = match bare.strip_prefix('\'') {
            Some(lifetime) => lifetime.split_once(' ').map_or(lifetime, |(_, rest)| rest),
            None => bare,
        };
        let end =
            bare.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '/'))).unwrap_or(bare.len());
        let (path, more) = bare.split_at(end);
        let last = path.rsplit(['.', ':']).next().unwrap_or(path);
        if WRAPPERS.contains(&last) && more.starts_with(['<', '[']) {
            rest = &more[1..];
            continue;
        }
        return path.replace("::", ".").trim_matches(['.', ':']).to_owned();
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::path_text;

    #[test]
    fn a_type_is_told_by_its_own_name() {
        for (written, path) in [
            ("&mut Arc<reqwest::Client>", "reqwest.Client"),
            ("*http.Client", "http.Client"),
            ("Optional[httpx.AsyncClient]", "httpx.AsyncClient"),
            (": AxiosInstance", "AxiosInstance"),
            ("HttpClient?", "HttpClient"),
            ("&'a Path", "Path"),
            ("<>", ""),
        ] {
            assert_eq!(path_text(written), path, "{written}");
        }
    }
}
