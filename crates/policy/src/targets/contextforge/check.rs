//! What a person can write as rules of ContextForge's policy decision point: what is refused comes first, and a rule refuses
//! by how its id begins.

use crate::decision::PolicyEffect;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::Node;
use crate::written::rule::{Name, Role, RuleBook, RuleTest, Selector, WrittenRule};
use crate::written::selector::wildcard;
use crate::written::shape::{Fields, Shape, hold, may, shortened};
use crate::written::source::Source;
use std::rc::Rc;

static RULE: Fields = Fields {
    what: "a rule",
    known: &[
        may("id", Shape::Filled),
        may("roles", Shape::Names),
        may("actions", Shape::Names),
        may("resource_types", Shape::Names),
        may("resource_ids", Shape::Names),
        may("conditions", Shape::Any),
        may("reason", Shape::Text),
        may("description", Shape::Any),
        may("effect", Shape::Any),
        may("priority", Shape::Any),
    ],
    wrong: &[("tools", "`actions`: [\"tools.invoke.SERVER-TOOL\"]"), ("action", "`actions`"), ("role", "`roles`")],
    open: false,
};

static RULES: Shape = Shape::List(&Shape::Table(&RULE));

/// How an action begins by which a tool is called.
const INVOKE: &str = "tools.invoke.";

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    // The gateway's name of a tool holds that of its server.
    book.joined = |_, tool| tool.to_owned();
    let Some(root) = source.root() else { return };
    hold(root, &RULES, &root.span, "the rules", &mut book.finds);
    let at = root.span.start..root.span.start;
    book.rules
        .push(WrittenRule::new(at, "rules", Selector::Full(Name::Any), PolicyEffect::Deny).rank(0).role(Role::Default));
    for one in root.items() {
        rule(one, book);
    }
}

fn rule(one: &Node, book: &mut RuleBook) {
    let texts = |key: &str| -> Vec<String> {
        match one.get(key) {
            Some(list) => list.texts().map(|(text, _)| text.to_owned()).collect(),
            None => vec!["*".to_owned()],
        }
    };
    let refuses = one.get("id").and_then(Node::text).is_some_and(|id| id.starts_with("deny:"));
    let said = one.get("effect").and_then(Node::text).is_some_and(|effect| effect.eq_ignore_ascii_case("deny"));
    if let (true, false, Some(effect)) = (said, refuses, one.entry("effect")) {
        let message = "this rule allows: only one whose id begins with `deny:` refuses";
        let finding = PolicyFinding::new(PolicyFault::IgnoredRule, effect.at.clone(), message);
        book.finds.push(finding.help("begin the id with `deny:`"));
    }
    if !texts("resource_types").iter().any(|kind| kind == "*" || kind == "tool") {
        return;
    }
    // Who calls nobody knows here: a rule for some holds where it lets no more through.
    let of_all =
        texts("roles").iter().any(|role| role == "*") && one.get("conditions").is_none_or(|c| c.entries().is_empty());
    let test = if of_all { RuleTest::Always } else { RuleTest::Engine(Rc::new(move |_| refuses)) };
    let ids = texts("resource_ids");
    let (label, effect, rank) =
        if refuses { ("deny:", PolicyEffect::Deny, 2) } else { ("allow", PolicyEffect::Allow, 1) };
    let at = one.span.start..one.span.start;
    let push = |name: &str, span: &std::ops::Range<usize>, book: &mut RuleBook| {
        let odd = |c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || "-*?[]!".contains(c));
        if name.contains(odd) {
            let right = name.to_lowercase().replace(odd, "-");
            let message = format!(
                "`{}` matches no tool: the gateway spells names in small letters, digits and `-`",
                shortened(name)
            );
            let finding = PolicyFinding::new(PolicyFault::IgnoredRule, span.clone(), message);
            return book.finds.push(finding.help(format!("write `{}`", shortened(&right))));
        }
        let name = match name {
            "*" => Name::Any,
            name if name.contains(['*', '?', '[']) => Name::Glob(name.to_owned()),
            name => Name::Is(name.to_owned()),
        };
        book.rules
            .push(WrittenRule::new(span.clone(), label, Selector::Full(name), effect).rank(rank).test(test.clone()));
    };
    let Some(actions) = one.get("actions") else {
        return ids.iter().for_each(|id| push(id, &at, book));
    };
    for (action, span) in actions.texts() {
        let name = match action.strip_prefix(INVOKE) {
            Some(name) => name,
            None if "tools.invoke.x".starts_with(action.trim_end_matches('*')) && action.ends_with('*') => "*",
            None => {
                // Actions on other things are no affair of a tool's.
                if action.starts_with("tool") {
                    let message = format!("`{}` is no action that calls a tool", shortened(action));
                    let finding = PolicyFinding::new(PolicyFault::IgnoredRule, span.clone(), message);
                    book.finds.push(finding.help("write `tools.invoke.SERVER-TOOL`"));
                }
                continue;
            }
        };
        if ids.iter().any(|id| id == "*" || id == name) {
            push(name, span, book);
        } else {
            let within = |id: &&String| name == "*" || wildcard(name, id);
            ids.iter().filter(within).for_each(|id| push(id, span, book));
        }
    }
}
