//! What a person can write for Intercept, every fault that its POLICY.md lists, and as which rules the proxy reads it.

use crate::decision::{PolicyEffect, Window};
use crate::written::conditions::{CONDITION, conditions};
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::{Node, NodeEntry};
use crate::written::rule::{Name, Role, RuleBook, RuleTest, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, needed};
use crate::written::source::Source;
use std::collections::BTreeSet;

static STATE: Fields = Fields {
    what: "a counter",
    known: &[
        needed("counter", Shape::Filled),
        needed("window", Shape::OneOf(&["minute", "hour", "day"])),
        may("increment", Shape::Whole(0, u32::MAX as u64)),
        may("increment_from", Shape::Filled),
    ],
    wrong: &[("name", "`counter`"), ("max", "the bound as a condition on `state.TOOL.COUNTER`")],
    open: false,
};

static RULE: Fields = Fields {
    what: "a rule",
    known: &[
        needed("name", Shape::Filled),
        may("action", Shape::OneOf(&["evaluate", "deny"])),
        may("rate_limit", Shape::Any),
        may("conditions", Shape::List(&Shape::Table(&CONDITION))),
        may("on_deny", Shape::Text),
        may("state", Shape::Table(&STATE)),
    ],
    wrong: &[
        ("reason", "`on_deny`"),
        ("message", "`on_deny`"),
        ("limit", "`rate_limit`: 5/hour"),
        ("limits", "`rate_limit`: 5/hour"),
        ("condition", "`conditions`"),
        ("when", "`conditions`"),
        ("deny_if", "`conditions` that must hold for the call to pass"),
    ],
    open: false,
};

static TOOL: Fields = Fields {
    what: "a tool",
    known: &[needed("rules", Shape::List(&Shape::Table(&RULE)))],
    wrong: &[
        ("rate_limit", "`rules` with a rule that has a name and `rate_limit`: 5/hour"),
        ("limits", "`rules` with a rule that has a name and `rate_limit`: 5/hour"),
        ("action", "`rules` with a rule that has a name and `action`: deny"),
        ("conditions", "`rules` with a rule that has a name and these `conditions`"),
        ("hide", "the tool's name into the list `hide` at the top"),
    ],
    open: false,
};

static DOCUMENT: Fields = Fields {
    what: "a policy",
    known: &[
        needed("version", Shape::OneOf(&["1"])),
        may("description", Shape::Text),
        may("default", Shape::OneOf(&["allow", "deny"])),
        may("hide", Shape::Names),
        needed("tools", Shape::Keyed(&Shape::Table(&TOOL))),
    ],
    wrong: &[
        ("hidden", "`hide`"),
        ("rules", "`tools`"),
        ("deny", "`hide`, or a rule with `action`: deny"),
        ("all_tools", "`tools`: {\"*\": …}"),
    ],
    open: false,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    let Some(root) = source.root() else { return };
    let top = root.span.start..root.span.start;
    hold(root, &Shape::Table(&DOCUMENT), &top, "the document", &mut book.finds);
    let denies = root.get("default").and_then(Node::text).is_some_and(|word| word != "allow");
    let span = root.entry("default").or_else(|| root.entry("version")).map_or(top, |entry| entry.at.clone());
    let every = Selector::Tool { server: None, tool: Name::Any };
    let default = if denies { PolicyEffect::Deny } else { PolicyEffect::Allow };
    book.rules.push(WrittenRule::new(span, "default", every.clone(), default).rank(0).role(Role::Default));
    for (name, span) in root.get("hide").into_iter().flat_map(Node::texts) {
        let tool = if name == "*" { Name::Any } else { Name::Is(name.to_owned()) };
        let selector = Selector::Tool { server: None, tool };
        book.rules.push(WrittenRule::new(span.clone(), "hide", selector, PolicyEffect::Hide).rank(4));
    }
    let tools = root.get("tools").map(Node::kept).unwrap_or_default();
    for (group, entry) in tools.iter().copied().enumerate() {
        let selector = match entry.key.as_str() {
            "*" => every.clone(),
            name => Selector::Tool { server: None, tool: Name::Is(name.to_owned()) },
        };
        if entry.key != "*" {
            let listed = WrittenRule::new(entry.at.clone(), "tools", selector.clone(), PolicyEffect::Allow);
            book.rules.push(listed.role(Role::Lists).group(group));
        } else if denies && tools.len() == 1 {
            let message = "`*` does not let a tool pass that is not listed, since the default is deny";
            let finding = PolicyFinding::new(PolicyFault::IgnoredRule, entry.at.clone(), message);
            book.finds.push(finding.help("list each tool that may be called, with `rules: []`"));
        }
        tool(entry, &selector, group, book);
    }
}

fn tool(entry: &NodeEntry, selector: &Selector, group: usize, book: &mut RuleBook) {
    let mut counters: BTreeSet<String> = BTreeSet::new();
    let rules = entry.node.get("rules").map_or(&[][..], Node::items);
    for rule in rules {
        let mut say = |fault: PolicyFault, node: &Node, what: &str| {
            book.finds.push(PolicyFinding::new(fault, node.span.clone(), what));
        };
        let action = rule.get("action").map_or(Some("evaluate"), Node::text);
        let (denies, evaluates) = (action == Some("deny"), action == Some("evaluate"));
        let given = |key: &str| rule.entry(key).filter(|entry| !(key == "conditions" && entry.node.items().is_empty()));
        let conditions_given = given("conditions");
        if denies && conditions_given.is_some() {
            if let Some(entry) = conditions_given {
                book.finds.push(PolicyFinding::new(
                    PolicyFault::WrongValue,
                    entry.at.clone(),
                    "a rule with `action: deny` refuses always and takes no conditions",
                ));
            }
        } else if let Some(limit) = rule.entry("rate_limit") {
            let wrong = match () {
                () if denies => Some("a rule with `action: deny` takes no `rate_limit`"),
                () if conditions_given.is_some() => Some("`rate_limit` cannot stand with `conditions`"),
                () if rule.entry("state").is_some() => Some("`rate_limit` cannot stand with `state`"),
                () => None,
            };
            if let Some(wrong) = wrong {
                book.finds.push(PolicyFinding::new(PolicyFault::WrongValue, limit.at.clone(), wrong));
            }
        } else if evaluates && conditions_given.is_none() && rule.is_map() {
            say(PolicyFault::MissingKey, rule, "a rule that evaluates needs `conditions`, one at least");
        }
        one(rule, &entry.key, selector, group, &mut counters, book);
    }
}

fn one(
    rule: &Node,
    tool: &str,
    selector: &Selector,
    group: usize,
    counters: &mut BTreeSet<String>,
    book: &mut RuleBook,
) {
    let label = rule.get("name").and_then(Node::text).unwrap_or("rule").to_owned();
    let written = |effect: PolicyEffect| {
        WrittenRule::new(rule.span.clone(), label.clone(), selector.clone(), effect).group(group)
    };
    if rule.get("action").and_then(Node::text).is_some_and(|action| action != "evaluate") {
        book.rules.push(written(PolicyEffect::Deny).rank(3));
        return;
    }
    let mut counter = |name: String, node: &Node, book: &mut RuleBook| {
        if !counters.insert(name.clone()) {
            let message = format!("the tool has another counter `{name}`");
            book.finds.push(PolicyFinding::new(PolicyFault::DuplicateCounter, node.span.clone(), message));
        }
    };
    if let Some(limit) = rule.get("rate_limit") {
        let effect = limit.text().and_then(|text| text.parse::<PolicyEffect>().ok());
        match effect.filter(|effect| matches!(effect, PolicyEffect::Limit { .. })) {
            Some(effect) => {
                let window = limit.text().and_then(|text| text.split_once('/')).map_or("", |(_, window)| window);
                counter(format!("_rate_{window}"), limit, book);
                book.rules.push(written(effect).role(Role::Tightens));
            }
            None => {
                let message = format!("`rate_limit` takes a count and a window such as 5/hour, not {}", limit.shown());
                book.finds.push(PolicyFinding::new(PolicyFault::WrongValue, limit.span.clone(), message));
                book.rules.push(written(PolicyEffect::Deny).rank(3));
            }
        }
    }
    let state = rule.get("state");
    if let Some((name, node)) = state.and_then(|state| state.get("counter")).and_then(|node| Some((node.text()?, node)))
    {
        counter(name.to_owned(), node, book);
    }
    if let Some(from) = state.and_then(|state| state.get("increment_from"))
        && !from.text().is_some_and(|path| path.starts_with("args."))
    {
        let message = format!("`increment_from` starts with `args.`, not {}", from.shown());
        book.finds.push(PolicyFinding::new(PolicyFault::WrongValue, from.span.clone(), message));
    }
    let Some(list) = rule.get("conditions") else { return };
    let all = conditions(list, true, &mut book.finds);
    let plain = list.items().len() - states(list).count();
    match all {
        Some(all) if plain > 0 => {
            let test = RuleTest::Operators { all: all.into(), negated: true };
            book.rules.push(written(PolicyEffect::Deny).rank(3).test(test));
        }
        Some(_) => {}
        None => book.rules.push(written(PolicyEffect::Deny).rank(3)),
    }
    for (node, path) in states(list).filter_map(|node| Some((node, node.get("path")?.text()?))) {
        let scope = if tool == "*" { "_global" } else { tool };
        let wanted = state.and_then(|state| state.get("counter")).and_then(Node::text);
        if wanted.is_none_or(|counter| path != format!("state.{scope}.{counter}")) {
            let message = format!("no `state` of this rule counts `{path}`");
            let right = wanted.map(|counter| format!("write `state.{scope}.{counter}`"));
            let finding = PolicyFinding::new(PolicyFault::WrongValue, node.span.clone(), message);
            book.finds
                .push(finding.help(right.unwrap_or_else(|| "add `state` with `counter` and `window`".to_owned())));
            continue;
        }
        if let Some(rule) = counted(node, state).map(|effect| written(effect).role(Role::Tightens)) {
            let counts = state.and_then(|state| state.get("increment_from")).and_then(Node::text);
            book.rules.push(WrittenRule { counts: counts.map(str::to_owned), ..rule });
        }
    }
}

/// The conditions on counters.
fn states(list: &Node) -> impl Iterator<Item = &Node> {
    list.items()
        .iter()
        .filter(|one| one.get("path").and_then(Node::text).is_some_and(|path| path.starts_with("state.")))
}

/// A bound on a counter as a limit; what was counted may reach it, or, with `lt`, stay below it.
fn counted(condition: &Node, state: Option<&Node>) -> Option<PolicyEffect> {
    let word = state?.get("window")?.text()?;
    let window = [Window::Minute, Window::Hour, Window::Day].into_iter().find(|window| window.as_str() == word)?;
    let bound = condition.get("value")?.json().as_f64()?;
    let bound = match condition.get("op")?.text()? {
        "lte" => bound.floor(),
        "lt" => bound.ceil() - 1.0,
        _ => return None,
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held between the bounds before")]
    let max = bound.clamp(0.0, f64::from(u32::MAX)) as u32;
    Some(if max == 0 { PolicyEffect::Deny } else { PolicyEffect::Limit { max, window } })
}
