//! What a person can write as agentgateway's rules. Expressions that compare only the target and the tool's name are read as
//! rules for these; any other is asked of the CEL engine, call by call, without the claims of an identity.

#![cfg(feature = "verify")]

use crate::decision::PolicyEffect;
use crate::replay::cel::{is_true, program};
use crate::written::cel::{cel_at, named_tools};
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::{Node, NodeEntry, NodeValue};
use crate::written::rule::{Mention, Name, Role, RuleBook, RuleTest, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, needed};
use crate::written::source::Source;
use serde_json::json;
use std::rc::Rc;

static AUTHORIZATION: Fields = Fields {
    what: "`mcpAuthorization`",
    known: &[needed("rules", Shape::List(&Shape::Any))],
    wrong: &[("policy", "`rules`"), ("policies", "`rules`"), ("allow", "`rules`"), ("matchExpressions", "`rules`")],
    open: false,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    let Some(root) = source.root() else { return };
    let mut blocks = Vec::new();
    find(root, &mut blocks);
    for block in &blocks {
        hold(&block.node, &Shape::Table(&AUTHORIZATION), &block.at, &block.key, &mut book.finds);
    }
    let all = blocks.iter().filter_map(|block| block.node.entry("rules")).collect::<Vec<_>>();
    let every = || Selector::Tool { server: None, tool: Name::Any };
    let nothing = all.iter().all(|rules| matches!(&rules.node.value, NodeValue::List(items) if items.is_empty()));
    let default = if nothing { PolicyEffect::Allow } else { PolicyEffect::Hide };
    let at = all.first().map_or(root.span.start..root.span.start, |rules| rules.at.clone());
    book.rules.push(WrittenRule::new(at, "rules", every(), default).rank(0).role(Role::Default));
    for rules in all {
        if nothing {
            let message = "without a rule every tool runs";
            let finding = PolicyFinding::new(PolicyFault::EmptyMeansAll, rules.at.clone(), message);
            book.finds.push(finding.help("write the rule `\"false\"` where nothing may run"));
        }
        for item in rules.node.items() {
            let Some(text) = item.text() else {
                let message = format!("a rule is a text with an expression, not {}", item.shown());
                book.finds.push(PolicyFinding::new(PolicyFault::WrongValue, item.span.clone(), message));
                continue;
            };
            rule(item, text, source.text, book);
        }
    }
}

/// Every block of rules, wherever the configuration has it.
fn find<'n>(node: &'n Node, blocks: &mut Vec<&'n NodeEntry>) {
    for entry in node.entries() {
        if entry.key == "mcpAuthorization" { blocks.push(entry) } else { find(&entry.node, blocks) }
    }
    node.items().iter().for_each(|item| find(item, blocks));
}

fn rule(item: &Node, text: &str, document: &str, book: &mut RuleBook) {
    let at = &item.span;
    let compiled = match program(text) {
        Ok(compiled) => compiled,
        Err(_) => {
            let (at, why) = cel_at(text, at, document);
            return book.finds.push(PolicyFinding::new(PolicyFault::Unreadable, at, why));
        }
    };
    if text.contains("mcp.tool.arguments") {
        let message = "rules do not see arguments, so this one never matches";
        let finding = PolicyFinding::new(PolicyFault::IgnoredRule, at.clone(), message);
        book.finds.push(finding.help("decide on arguments in a target that sees them, or take the tool out"));
    }
    let said = named_tools(text);
    let say = |book: &mut RuleBook, message: &str| {
        book.finds.push(PolicyFinding::new(PolicyFault::ConstantCondition, at.clone(), message));
    };
    match text.trim() {
        "true" => say(book, "a rule that always holds lets every tool run"),
        // The way to let nothing run.
        "false" => {}
        _ if said.contradicts => say(book, "a tool has one name and one target, so this rule never holds"),
        _ => {}
    }
    let same = |rule: &&WrittenRule| rule.label == text;
    if book.rules.iter().find(same).is_some() {
        let finding = PolicyFinding::new(PolicyFault::DuplicateEntry, at.clone(), "the rule stands here a second time");
        return book.finds.push(finding);
    }
    let allow = |selector: Selector| WrittenRule::new(at.clone(), text, selector, PolicyEffect::Allow);
    if said.is_all && !said.contradicts {
        let tools: Vec<Name> = match said.tools.as_slice() {
            [] => vec![Name::Any],
            tools => tools.iter().map(|tool| Name::Is(tool.clone())).collect(),
        };
        for tool in tools {
            book.rules.push(allow(Selector::Tool { server: said.server.clone(), tool }));
        }
        return;
    }
    for tool in said.tools {
        book.mentions.push(Mention { server: said.server.clone(), tool, span: at.clone() });
    }
    let compiled = Rc::new(compiled);
    let test = RuleTest::Engine(Rc::new(move |call| {
        is_true(&compiled, "mcp", &json!({ "tool": { "target": call.alias, "name": call.tool } }))
    }));
    book.rules.push(allow(Selector::Tool { server: None, tool: Name::Any }).test(test));
}
