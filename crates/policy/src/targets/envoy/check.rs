//! What a person can write as an Envoy AI Gateway MCPRoute: selectors say which tools exist, then the first rule decides.

#![cfg(feature = "verify")]

use crate::decision::PolicyEffect;
use crate::replay::cel::{floating, is_true, program};
use crate::written::cel::cel_at;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::{Node, NodeEntry};
use crate::written::rule::{Name, Role, RuleBook, RuleTest, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, needed, shortened};
use crate::written::source::Source;
use regex::Regex;
use serde_json::{Value, json};
use std::rc::Rc;

static SELECTOR: Fields = Fields {
    what: "a selector",
    known: &[
        may("include", Shape::Names),
        may("includeRegex", Shape::Names),
        may("exclude", Shape::Names),
        may("excludeRegex", Shape::Names),
    ],
    wrong: &[("allow", "`include`"), ("deny", "`exclude`"), ("tools", "`include`"), ("names", "`include`")],
    open: false,
};

static BACKEND: Fields = Fields {
    what: "a backend",
    known: &[needed("name", Shape::Filled), may("toolSelector", Shape::Table(&SELECTOR))],
    wrong: &[("tools", "`toolSelector`: {include: […]}"), ("selector", "`toolSelector`")],
    open: true,
};

const ACTION: Shape = Shape::OneOf(&["Allow", "Deny"]);

static TOOL: Fields = Fields {
    what: "a tool of a rule",
    known: &[needed("backend", Shape::Filled), needed("tool", Shape::Filled)],
    wrong: &[("name", "`tool`"), ("server", "`backend`")],
    open: false,
};

static TARGET: Fields =
    Fields { what: "`target`", known: &[needed("tools", Shape::List(&Shape::Table(&TOOL)))], wrong: &[], open: false };

static RULE: Fields = Fields {
    what: "a rule",
    known: &[
        may("action", ACTION),
        may("source", Shape::Any),
        may("target", Shape::Table(&TARGET)),
        may("cel", Shape::Text),
    ],
    wrong: &[("effect", "`action`"), ("when", "`cel`"), ("condition", "`cel`"), ("tools", "`target`: {tools: […]}")],
    open: false,
};

static AUTHORIZATION: Fields = Fields {
    what: "`authorization`",
    known: &[may("defaultAction", ACTION), may("rules", Shape::List(&Shape::Table(&RULE)))],
    wrong: &[("default", "`defaultAction`")],
    open: false,
};

static SECURITY: Fields = Fields {
    what: "`securityPolicy`",
    known: &[may("authorization", Shape::Table(&AUTHORIZATION))],
    wrong: &[],
    open: true,
};

static SPEC: Fields = Fields {
    what: "`spec`",
    known: &[
        needed("backendRefs", Shape::List(&Shape::Table(&BACKEND))),
        may("securityPolicy", Shape::Table(&SECURITY)),
    ],
    wrong: &[("authorization", "`securityPolicy`: {authorization: …}"), ("backends", "`backendRefs`")],
    open: true,
};

static ROUTE: Fields = Fields {
    what: "an MCPRoute",
    known: &[
        needed("apiVersion", Shape::Filled),
        needed("kind", Shape::OneOf(&["MCPRoute"])),
        needed("metadata", Shape::Any),
        needed("spec", Shape::Table(&SPEC)),
    ],
    wrong: &[],
    open: true,
};

/// The limits of the custom resource: entries of a list, rules of a route, tools of a rule, characters of an expression.
const MOST_ENTRIES: usize = 32;
const MOST_TOOLS: usize = 16;
const LONGEST_EXPRESSION: usize = 4_096;

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    let is_route = |root: &&Node| root.get("kind").and_then(Node::text) == Some("MCPRoute");
    let Some(root) = source.roots.iter().find(is_route).or_else(|| source.root()) else { return };
    let top = root.span.start..root.span.start;
    hold(root, &Shape::Table(&ROUTE), &top, "the route", &mut book.finds);
    let every = Selector::Tool { server: None, tool: Name::Any };
    book.rules
        .push(WrittenRule::new(top, "backendRefs", every.clone(), PolicyEffect::Hide).rank(-2).role(Role::Default));
    let backends = root.at(&["spec", "backendRefs"]).map_or(&[][..], Node::items);
    for backend in backends {
        selector(backend, book);
    }
    let Some(authorization) = root.at(&["spec", "securityPolicy", "authorization"]) else { return };
    let known: Vec<&str> = backends.iter().filter_map(|backend| backend.get("name")?.text()).collect();
    let rules = authorization.entry("rules");
    let list = rules.map_or(&[][..], |rules| rules.node.items());
    too_many(rules, MOST_ENTRIES, book);
    if let Some(action) = authorization.entry("defaultAction") {
        // It decides on tools that exist.
        if action.node.text() == Some("Deny") {
            let rule = WrittenRule::new(action.at.clone(), "defaultAction", every, PolicyEffect::Deny);
            book.rules.push(rule.rank(1).role(Role::Default));
        }
    }
    for (number, one) in list.iter().enumerate() {
        let rank = 1_000 + i64::try_from(list.len() - number).unwrap_or(0);
        rule(one, rank, &known, source.text, book);
    }
}

fn too_many(list: Option<&NodeEntry>, most: usize, book: &mut RuleBook) {
    let Some(list) = list.filter(|list| list.node.items().len() > most) else { return };
    let message = format!("`{}` holds {} entries, and the gateway takes {most}", list.key, list.node.items().len());
    book.finds.push(PolicyFinding::new(PolicyFault::TooManyEntries, list.at.clone(), message));
}

fn selector(backend: &Node, book: &mut RuleBook) {
    let Some(name) = backend.get("name").and_then(Node::text) else { return };
    let of = |tool: Name| Selector::Tool { server: Some(name.to_owned()), tool };
    let at = backend.span.start..backend.span.start;
    let chosen = backend.get("toolSelector");
    let entry = |key: &str| chosen.and_then(|chosen| chosen.entry(key)).filter(|entry| !entry.node.items().is_empty());
    for (plain, pattern) in [("include", "includeRegex"), ("exclude", "excludeRegex")] {
        if let (Some(_), Some(_), Some(chosen)) = (entry(plain), entry(pattern), backend.entry("toolSelector")) {
            let message = format!("a selector takes `{plain}` or `{pattern}`, not both");
            book.finds.push(PolicyFinding::new(PolicyFault::WrongValue, chosen.at.clone(), message));
        }
    }
    let lists = ["include", "includeRegex"].iter().any(|key| entry(key).is_some());
    let (rank, effect) = if lists { (0, PolicyEffect::Hide) } else { (0, PolicyEffect::Allow) };
    let place = ["include", "includeRegex"].iter().find_map(|key| entry(key)).map_or(at, |entry| entry.at.clone());
    // What is in no list of the selector does not exist, whatever rules say.
    if lists {
        let names = entry("include").map(|list| list.node.texts().map(|(name, _)| name.to_owned()).collect());
        let patterns: Vec<Regex> = entry("includeRegex")
            .map(|list| list.node.texts().filter_map(|(pattern, _)| Regex::new(pattern).ok()).collect())
            .unwrap_or_default();
        let names: std::collections::HashSet<String> = names.unwrap_or_default();
        let others = of(Name::Not(Rc::new(names)));
        let test = match patterns.is_empty() {
            true => RuleTest::Always,
            false => RuleTest::Engine(Rc::new(move |call| !patterns.iter().any(|pattern| pattern.is_match(call.tool)))),
        };
        book.rules.push(WrittenRule::new(place, "include", others, effect).rank(10_000).test(test));
    } else {
        book.rules.push(WrittenRule::new(place, "backendRefs", of(Name::Any), effect).rank(rank));
    }
    for (key, effect, rank) in [
        ("include", PolicyEffect::Allow, 0),
        ("includeRegex", PolicyEffect::Allow, 0),
        ("exclude", PolicyEffect::Hide, 20_000),
        ("excludeRegex", PolicyEffect::Hide, 20_000),
    ] {
        too_many(entry(key), MOST_ENTRIES, book);
        for (text, span) in entry(key).into_iter().flat_map(|list| list.node.texts()) {
            let tool = match key.ends_with("Regex").then(|| Regex::new(text)) {
                None => Name::Is(text.to_owned()),
                Some(Ok(pattern)) => Name::Matches(pattern),
                Some(Err(_)) => {
                    let message = format!("the pattern `{}` does not compile", shortened(text));
                    book.finds.push(PolicyFinding::new(PolicyFault::WrongValue, span.clone(), message));
                    continue;
                }
            };
            // That a tool is included says that it exists; rules say what becomes of its calls.
            let role = if effect.is_allowed() { Role::Lists } else { Role::Decides };
            book.rules.push(WrittenRule::new(span.clone(), key, of(tool), effect).rank(rank).role(role));
        }
    }
}

fn rule(one: &Node, rank: i64, known: &[&str], document: &str, book: &mut RuleBook) {
    let effect = match one.get("action").and_then(Node::text) {
        Some("Deny") => PolicyEffect::Deny,
        _ => PolicyEffect::Allow,
    };
    let mut test = RuleTest::Always;
    if let Some((node, text)) = one.get("cel").and_then(|node| Some((node, node.text()?))) {
        if text.chars().count() > LONGEST_EXPRESSION {
            let message = format!("an expression has at most {LONGEST_EXPRESSION} characters");
            book.finds.push(PolicyFinding::new(PolicyFault::WrongValue, node.span.clone(), message));
        }
        match program(text) {
            Ok(compiled) => {
                let compiled = Rc::new(compiled);
                test = RuleTest::Engine(Rc::new(move |call| {
                    let arguments = floating(&Value::Object(call.arguments.clone()));
                    let params = json!({ "arguments": arguments });
                    let request = json!({ "mcp": { "backend": call.alias, "tool": call.tool, "params": params } });
                    is_true(&compiled, "request", &request)
                }));
            }
            Err(_) => {
                let (at, why) = cel_at(text, &node.span, document);
                book.finds.push(PolicyFinding::new(PolicyFault::Unreadable, at, why));
                return;
            }
        }
    }
    // Whose call it is nobody knows here: a rule for some callers holds where it refuses, with its expression or without,
    // and lets nothing through.
    if one.get("source").is_some() && !(effect.is_refused() && one.get("cel").is_some()) {
        test = RuleTest::Engine(Rc::new(move |_| effect.is_refused()));
    }
    let tools = one.at(&["target", "tools"]);
    too_many(one.get("target").and_then(|target| target.entry("tools")), MOST_TOOLS, book);
    for tool in tools.into_iter().flat_map(Node::items) {
        let (Some(backend), Some(name)) =
            (tool.get("backend").and_then(Node::text), tool.get("tool").and_then(Node::text))
        else {
            continue;
        };
        if !known.contains(&backend) {
            let near = crate::written::nearest::nearest(backend, known.iter().copied());
            let message = format!("the route has no backend `{}`, so this matches no call", shortened(backend));
            let finding = PolicyFinding::new(PolicyFault::IgnoredRule, tool.span.clone(), message);
            book.finds.push(match crate::written::nearest::did_you_mean(&near) {
                Some(help) => finding.help(help),
                None => finding,
            });
            continue;
        }
        let selector = Selector::Tool { server: Some(backend.to_owned()), tool: Name::Is(name.to_owned()) };
        let at = one.span.start..one.span.start;
        book.rules.push(WrittenRule::new(at, "rules", selector, effect).rank(rank).test(test.clone()));
    }
    if tools.is_none() {
        let every = Selector::Tool { server: None, tool: Name::Any };
        let at = one.span.start..one.span.start;
        book.rules.push(WrittenRule::new(at, "rules", every, effect).rank(rank).test(test));
    }
}
