//! What a person can write into opencode's `permission`: the last entry that fits decides, and what none fits runs.

use crate::decision::PolicyEffect;
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may};
use crate::written::source::Source;

const ACTION: Shape = Shape::OneOf(&["allow", "ask", "deny"]);
static ACTIONS: Shape = Shape::Keyed(&ACTION);
static PERMISSIONS: Shape = Shape::Keyed(&Shape::Either(&[ACTION, Shape::Keyed(&ACTION)]));

/// Permissions for tools of the client's own.
const OWN: [&str; 20] = [
    "read",
    "edit",
    "write",
    "glob",
    "grep",
    "list",
    "bash",
    "task",
    "skill",
    "lsp",
    "patch",
    "todoread",
    "todowrite",
    "webfetch",
    "websearch",
    "codesearch",
    "question",
    "external_directory",
    "doom_loop",
    "plan_enter",
];

static CONFIG: Fields = Fields {
    what: "opencode.json",
    known: &[may("permission", Shape::Any)],
    wrong: &[("permissions", "`permission`")],
    open: true,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    book.joined = |alias, tool| format!("{alias}_{tool}");
    let Some(root) = source.root() else { return };
    hold(root, &Shape::Table(&CONFIG), &root.span, "the configuration", &mut book.finds);
    let every = || Selector::Full(Name::Any);
    let Some(permission) = root.entry("permission") else { return };
    let default = WrittenRule::new(permission.at.clone(), "permission", every(), PolicyEffect::Allow);
    book.rules.push(default.rank(-1).role(Role::Default));
    if permission.node.text().is_some() {
        hold(&permission.node, &ACTION, &permission.at, "permission", &mut book.finds);
        if let Some(effect) = effect(permission.node.text()) {
            let rule = WrittenRule::new(permission.at.clone(), "permission", every(), effect);
            book.rules.push(rule.rank(0).role(Role::Default));
        }
        return;
    }
    hold(&permission.node, &PERMISSIONS, &permission.at, "permission", &mut book.finds);
    for (rank, entry) in permission.node.entries().iter().enumerate() {
        if entry.node.is_map() {
            // Patterns below a tool speak of its arguments, which only the client's own tools have.
            hold(&entry.node, &ACTIONS, &entry.at, &entry.key, &mut Vec::new());
            continue;
        }
        // Of a name that comes twice the parser keeps the last.
        let kept = permission.node.entry(&entry.key).is_some_and(|last| last.at == entry.at);
        let (false, true, Some(effect)) = (OWN.contains(&entry.key.as_str()), kept, effect(entry.node.text())) else {
            continue;
        };
        let name = match entry.key.as_str() {
            "*" => Name::Any,
            key if key.contains(['*', '?']) => Name::Glob(key.to_owned()),
            key => Name::Is(key.to_owned()),
        };
        let rule = WrittenRule::new(entry.at.clone(), "permission", Selector::Full(name), effect);
        let role = if entry.key == "*" { Role::Default } else { Role::Decides };
        book.rules.push(rule.rank(i64::try_from(rank).unwrap_or(i64::MAX)).role(role));
    }
}

fn effect(word: Option<&str>) -> Option<PolicyEffect> {
    Some(match word? {
        "allow" => PolicyEffect::Allow,
        "ask" => PolicyEffect::Ask,
        "deny" => PolicyEffect::Deny,
        _ => return None,
    })
}
