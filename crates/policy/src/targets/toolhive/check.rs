//! What a person can write into ToolHive's authorization file, or as the Cedar that goes into it.
//!
//! Each policy is a rule for the tools of its scope; what `when` and `unless` say is asked of the engine.

#![cfg(feature = "verify")]

use super::replay::request;
use crate::decision::PolicyEffect;
use crate::written::cedar::{CedarRule, alone, cedar_rule, misread, statements, unguarded};
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::Node;
use crate::written::rule::{Name, Role, RuleBook, RuleTest, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, needed};
use crate::written::source::{Notation, Source};
use cedar_policy::{Authorizer, Decision, Entities, PolicySet, Request};
use std::ops::Range;
use std::rc::Rc;

static CEDAR: Fields = Fields {
    what: "`cedar`",
    known: &[
        needed("policies", Shape::List(&Shape::Text)),
        needed("entities_json", Shape::Text),
        may("group_claim_name", Shape::Any),
        may("group_claim", Shape::Any),
        may("primary_upstream_provider", Shape::Any),
        may("role_claim_name", Shape::Any),
    ],
    wrong: &[("policy", "`policies`"), ("rules", "`policies`"), ("entities", "`entities_json`")],
    open: false,
};

static DOCUMENT: Fields = Fields {
    what: "an authorization file",
    known: &[
        needed("version", Shape::OneOf(&["1.0"])),
        needed("type", Shape::OneOf(&["cedarv1"])),
        needed("cedar", Shape::Table(&CEDAR)),
    ],
    wrong: &[("policies", "`cedar`: {policies: […]}"), ("rules", "`cedar`: {policies: […]}"), ("kind", "`type`")],
    open: false,
};

/// The actions that the proxy asks about.
const ACTIONS: [&str; 6] = ["call_tool", "list_tools", "get_prompt", "list_prompts", "read_resource", "list_resources"];
/// What the proxy knows of a tool from its annotations, where it has any.
const HINTS: [&str; 4] = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    let every = Selector::Tool { server: None, tool: Name::Any };
    if source.notation == Notation::Cedar {
        book.rules.push(WrittenRule::new(0..0, "policies", every, PolicyEffect::Hide).rank(0).role(Role::Default));
        for (number, at) in statements(source.text).into_iter().enumerate() {
            policy(&source.text[at.clone()], &at, number, true, book);
        }
        return;
    }
    let Some(root) = source.root() else { return };
    let top = root.span.start..root.span.start;
    hold(root, &Shape::Table(&DOCUMENT), &top, "the file", &mut book.finds);
    let policies = root.get("cedar").and_then(|cedar| cedar.entry("policies"));
    let at = policies.map_or(top, |policies| policies.at.clone());
    book.rules.push(WrittenRule::new(at.clone(), "policies", every, PolicyEffect::Hide).rank(0).role(Role::Default));
    let items = policies.map_or(&[][..], |policies| policies.node.items());
    if policies.is_some_and(|policies| policies.node.items().is_empty()) {
        let message = "`policies` is empty, and the server refuses to start without one";
        book.finds.push(PolicyFinding::new(PolicyFault::WrongValue, at, message));
    }
    for (number, item) in items.iter().enumerate() {
        if let Some(text) = item.text() {
            let exact = inside(item, text, source.text);
            policy(text, exact.as_ref().unwrap_or(&item.span), number, exact.is_some(), book);
        }
    }
}

/// Where the text of a scalar stands as it is, so that places in it are places of the document.
fn inside(item: &Node, text: &str, document: &str) -> Option<Range<usize>> {
    let start = document.get(item.span.clone())?.find(text)? + item.span.start;
    Some(start..start + text.len())
}

/// Takes one policy. `exact` says whether its text stands in the document as it is.
fn policy(text: &str, at: &Range<usize>, number: usize, exact: bool, book: &mut RuleBook) {
    let rule = match cedar_rule(text, number) {
        Ok(rule) => rule,
        Err(error) => {
            let finding =
                if exact { misread(error, at.start) } else { PolicyFinding { span: at.clone(), ..misread(error, 0) } };
            return book.finds.push(finding);
        }
    };
    let ignored = |book: &mut RuleBook, message: String, help: &str| {
        book.finds.push(PolicyFinding::new(PolicyFault::IgnoredRule, at.clone(), message).help(help));
    };
    if let Some(odd) = rule.actions.iter().find(|action| !ACTIONS.contains(&action.as_str())) {
        let message = format!("the proxy never asks about the action `{odd}`, so this policy matches no call");
        return ignored(book, message, "write `Action::\"call_tool\"`");
    }
    if let Some(hint) = unguarded(text, &HINTS) {
        let message = format!("a tool without `{hint}` makes this policy an error, and it does not count");
        ignored(book, message, &format!("write `resource has {hint} && resource.{hint} == …`"));
    }
    if !rule.actions.is_empty() && !rule.actions.iter().any(|action| action == "call_tool") {
        return;
    }
    let tool = rule.resource.clone().map_or(Name::Any, Name::Is);
    let selector = Selector::Tool { server: None, tool };
    book.rules.push(written(&rule, selector, at, asks(&rule)));
}

/// A policy as a rule: what is forbidden is stronger than what is permitted.
pub(in crate::targets) fn written(
    rule: &CedarRule,
    selector: Selector,
    at: &Range<usize>,
    test: RuleTest,
) -> WrittenRule {
    let (label, effect, rank) =
        if rule.permits { ("permit", PolicyEffect::Allow, 1) } else { ("forbid", PolicyEffect::Hide, 2) };
    WrittenRule::new(at.clone(), label, selector, effect).rank(rank).test(test)
}

fn asks(rule: &CedarRule) -> RuleTest {
    if !rule.has_conditions && scope_is_plain(rule) {
        return RuleTest::Always;
    }
    let Some(policies) = alone(&rule.policy) else { return RuleTest::Always };
    let permits = rule.permits;
    let policies = Rc::new(policies);
    RuleTest::Engine(Rc::new(move |call| match request(call) {
        Some((request, entities)) => holds(&policies, &request, &entities, permits),
        // What cannot be asked is not permitted.
        None => !permits,
    }))
}

/// Whether the scope says nothing of who calls.
fn scope_is_plain(rule: &CedarRule) -> bool {
    matches!(rule.policy.principal_constraint(), cedar_policy::PrincipalConstraint::Any)
        && !matches!(
            rule.policy.resource_constraint(),
            cedar_policy::ResourceConstraint::In(_) | cedar_policy::ResourceConstraint::IsIn(..)
        )
}

/// Whether one policy holds of a request: it is among the reasons of the decision.
pub(in crate::targets) fn holds(policies: &PolicySet, request: &Request, entities: &Entities, permits: bool) -> bool {
    let response = Authorizer::new().is_authorized(request, policies, entities);
    let wanted = if permits { Decision::Allow } else { Decision::Deny };
    response.decision() == wanted && response.diagnostics().reason().next().is_some()
}
