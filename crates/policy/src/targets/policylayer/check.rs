//! What a person can write into a policy.json, and as which rules the gateway reads it.

use crate::decision::{PolicyEffect, Window};
use crate::written::conditions::{CONDITION, conditions};
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::Node;
use crate::written::rule::{Name, Role, RuleBook, RuleTest, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, needed};
use crate::written::source::Source;
use std::collections::BTreeMap;

const POSTURE: Shape = Shape::OneOf(&["allow", "deny"]);

static LIMIT: Fields = Fields {
    what: "a limit",
    known: &[
        needed("counter", Shape::Filled),
        needed("window", Shape::OneOf(&["minute", "hour", "day"])),
        needed("max", Shape::Whole(1, u32::MAX as u64)),
        needed("scope", Shape::OneOf(&["grant"])),
    ],
    wrong: &[("limit", "`max`"), ("per", "`window`"), ("name", "`counter`")],
    open: false,
};

static PREDICATE: Fields = Fields {
    what: "a requirement or refusal",
    known: &[needed("conditions", Shape::List(&Shape::Table(&CONDITION))), needed("on_deny", Shape::Text)],
    wrong: &[
        ("reason", "`on_deny`"),
        ("message", "`on_deny`"),
        ("condition", "`conditions`"),
        ("when", "`conditions`"),
    ],
    open: false,
};

const AS_REFUSAL: &str = "`deny_if`: [{\"conditions\": [], \"on_deny\": \"…\"}]";
const AS_LIMIT: &str = "`limits`: [{\"counter\": \"…\", \"window\": \"minute\", \"max\": 10, \"scope\": \"grant\"}]";

static RULE: Fields = Fields {
    what: "a tool's rule",
    known: &[
        may("require", Shape::List(&Shape::Table(&PREDICATE))),
        may("deny_if", Shape::List(&Shape::Table(&PREDICATE))),
        may("limits", Shape::List(&Shape::Table(&LIMIT))),
    ],
    wrong: &[
        ("rate_limit", AS_LIMIT),
        ("rateLimit", AS_LIMIT),
        ("limit", AS_LIMIT),
        ("action", AS_REFUSAL),
        ("reason", "the text as `on_deny` of a refusal in `deny_if`"),
        ("on_deny", "the text as `on_deny` of a refusal in `deny_if`"),
        ("rules", "`require`, `deny_if` and `limits`, which this format has instead of rules"),
        ("conditions", "the conditions inside an entry of `deny_if`"),
        ("deny", AS_REFUSAL),
        ("approval", AS_REFUSAL),
        ("require_approval", AS_REFUSAL),
        ("allow", "{} for a tool that is allowed"),
        ("hide", "the tool's name into the list `hide` at the top"),
        ("hidden", "the tool's name into the list `hide` at the top"),
    ],
    open: false,
};

static ALL_TOOLS: Fields = Fields {
    what: "`all_tools`",
    known: &[may("limits", Shape::List(&Shape::Table(&LIMIT)))],
    wrong: &[("rate_limit", AS_LIMIT)],
    open: false,
};

static DOCUMENT: Fields = Fields {
    what: "a policy.json",
    known: &[
        needed("version", Shape::OneOf(&["1"])),
        needed("default", POSTURE),
        may("hide", Shape::Names),
        may("all_tools", Shape::Table(&ALL_TOOLS)),
        may("tools", Shape::Keyed(&Shape::Table(&RULE))),
    ],
    wrong: &[
        ("hidden", "`hide`"),
        ("deny", "`hide`, or `deny_if` of each tool"),
        ("block", "`hide`"),
        ("allow", "`tools` with {} for each"),
        ("limits", "`all_tools`: {\"limits\": […]}"),
        ("rate_limit", "`all_tools`: {\"limits\": […]}"),
        ("action", "`default`"),
        ("rules", "`tools`"),
    ],
    open: false,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    let Some(root) = source.root() else { return };
    let top = root.span.start..root.span.start;
    hold(root, &Shape::Table(&DOCUMENT), &top, "the document", &mut book.finds);
    let default = match root.get("default").and_then(Node::text) {
        Some("allow") => PolicyEffect::Allow,
        _ => PolicyEffect::Deny,
    };
    let span = root.entry("default").map_or(top, |entry| entry.at.clone());
    let every = || Selector::Tool { server: None, tool: Name::Any };
    book.rules.push(WrittenRule::new(span, "default", every(), default).rank(0).role(Role::Default));
    for (name, span) in root.get("hide").into_iter().flat_map(Node::texts) {
        let tool = if name == "*" { Name::Any } else { Name::Is(name.to_owned()) };
        let selector = Selector::Tool { server: None, tool };
        book.rules.push(WrittenRule::new(span.clone(), "hide", selector, PolicyEffect::Hide).rank(4));
    }
    let mut counters = Counters::default();
    if let Some(all) = root.at(&["all_tools", "limits"]) {
        limits(all, &every(), usize::MAX, &mut counters, book);
    }
    for (group, entry) in root.get("tools").into_iter().flat_map(Node::kept).enumerate() {
        let selector = Selector::Tool { server: None, tool: Name::Is(entry.key.clone()) };
        let listed = WrittenRule::new(entry.at.clone(), "tools", selector.clone(), PolicyEffect::Allow);
        book.rules.push(listed.role(Role::Lists).group(group));
        for (key, requires) in [("require", true), ("deny_if", false)] {
            for one in entry.node.get(key).into_iter().flat_map(Node::items) {
                predicate(one, key, requires, &selector, group, book);
            }
        }
        if let Some(list) = entry.node.get("limits") {
            limits(list, &selector, group, &mut counters, book);
        }
    }
}

fn predicate(one: &Node, key: &str, requires: bool, selector: &Selector, group: usize, book: &mut RuleBook) {
    let Some(list) = one.get("conditions") else { return };
    let all = conditions(list, false, &mut book.finds);
    let empty = list.items().is_empty();
    if empty && requires {
        let message = "a requirement without conditions always holds and requires nothing";
        book.finds.push(PolicyFinding::new(PolicyFault::ConstantCondition, one.span.clone(), message));
        return;
    }
    let test = match all {
        _ if empty => RuleTest::Always,
        Some(all) => RuleTest::Operators { all: all.into(), negated: requires },
        // What the target cannot read refuses.
        None => RuleTest::Always,
    };
    let rule = WrittenRule::new(one.span.clone(), key, selector.clone(), PolicyEffect::Deny);
    book.rules.push(rule.rank(3).test(test).group(group));
}

/// Where each counter stands first.
#[derive(Default)]
struct Counters(BTreeMap<String, ()>);

fn limits(list: &Node, selector: &Selector, group: usize, counters: &mut Counters, book: &mut RuleBook) {
    for one in list.items() {
        let word = one.get("window").and_then(Node::text).unwrap_or_default();
        let window = [Window::Minute, Window::Hour, Window::Day].into_iter().find(|window| window.as_str() == word);
        let max = one.get("max").and_then(Node::whole).and_then(|max| u32::try_from(max).ok()).filter(|max| *max > 0);
        if let Some(counter) = one.get("counter")
            && let Some(name) = counter.text().filter(|name| counters.0.insert((*name).to_owned(), ()).is_some())
        {
            let message = format!("the counter `{name}` is that of another limit too");
            let finding = PolicyFinding::new(PolicyFault::DuplicateCounter, counter.span.clone(), message);
            book.finds.push(finding.help("give each limit a counter of its own"));
        }
        let effect = match (window, max) {
            (Some(window), Some(max)) => PolicyEffect::Limit { max, window },
            _ => PolicyEffect::Deny,
        };
        let rule = WrittenRule::new(one.span.clone(), "limits", selector.clone(), effect);
        book.rules.push(rule.role(Role::Tightens).group(group));
    }
}
