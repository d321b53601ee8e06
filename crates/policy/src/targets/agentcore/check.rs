//! What a person can write as Cedar for AgentCore: one action per tool, its target and name with a separator between.

#![cfg(feature = "verify")]

use crate::decision::PolicyEffect;
use crate::replay::cedar::{plain, uid};
use crate::replay::evaluator::Call;
use crate::targets::toolhive::check::{holds, written};
use crate::written::cedar::{CedarRule, alone, cedar_rule, misread, place_of, statements};
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::rule::{Name, Role, RuleBook, RuleTest, Selector, WrittenRule};
use crate::written::shape::shortened;
use crate::written::source::Source;
use cedar_policy::{Context, Entities, PolicySet, Request, RestrictedExpression};
use serde_json::Value;
use std::ops::Range;
use std::rc::Rc;

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    book.joined = |alias, tool| format!("{alias}___{tool}");
    let every = Selector::Tool { server: None, tool: Name::Any };
    let all = statements(source.text);
    let first = all.first().map_or(0, |at| at.start);
    let default = WrittenRule::new(first..first, "policies", every, PolicyEffect::Hide);
    book.rules.push(default.rank(0).role(Role::Default));
    let schema = source.beside.iter().find_map(|file| serde_json::from_str::<Value>(&file.text).ok());
    let schema = Rc::new(schema.unwrap_or_default());
    for (number, at) in all.into_iter().enumerate() {
        policy(&source.text[at.clone()], &at, number, source, &schema, book);
    }
}

fn policy(text: &str, at: &Range<usize>, number: usize, source: &Source<'_>, schema: &Rc<Value>, book: &mut RuleBook) {
    let rule = match cedar_rule(text, number) {
        Ok(rule) => rule,
        Err(error) => return book.finds.push(misread(error, at.start)),
    };
    let test = asks(&rule, source, schema);
    if rule.actions.is_empty() {
        let every = Selector::Tool { server: None, tool: Name::Any };
        return book.rules.push(written(&rule, every, at, test));
    }
    let separator = source.options.separator.as_str();
    for action in &rule.actions {
        let place = place_of(text, action).map_or(at.clone(), |inside| at.start + inside.start..at.start + inside.end);
        let split = action.split_once(separator).filter(|(target, tool)| !target.is_empty() && !tool.is_empty());
        if split.is_none() || action.contains('*') {
            let help = match action.split_once("__") {
                _ if action.contains('*') => "name each tool's action: there are no wildcards".to_owned(),
                Some((target, tool)) if separator == "___" => format!(
                    "write `{target}___{}`, or say `--set separator=__` where the gateway spells it so",
                    shortened(tool.trim_start_matches('_'))
                ),
                _ => format!("write `TARGET{separator}TOOL`"),
            };
            let message = format!("`{}` is the action of no tool", shortened(action));
            let finding = PolicyFinding::new(PolicyFault::IgnoredRule, place.clone(), message).help(help);
            // Unless a tool is really called so, which those who know the tools look after.
            book.finds.push(PolicyFinding { tools: vec![action.clone()], ..finding });
        }
        let Some((target, tool)) = split else { continue };
        let selector = Selector::Tool { server: Some(target.to_owned()), tool: Name::Is(tool.to_owned()) };
        book.rules.push(written(&rule, selector, &place, test.clone()));
    }
}

fn asks(rule: &CedarRule, source: &Source<'_>, schema: &Rc<Value>) -> RuleTest {
    // A scope that names the gateway alone says nothing of a call.
    if !rule.has_conditions {
        return RuleTest::Always;
    }
    let Some(policies) = alone(&rule.policy) else { return RuleTest::Always };
    let (separator, gateway) =
        (source.options.separator.clone(), rule.resource.clone().unwrap_or_else(|| source.options.gateway.clone()));
    let (permits, schema, policies) = (rule.permits, Rc::clone(schema), Rc::new(policies));
    RuleTest::Engine(Rc::new(move |call| asked(call, &policies, &schema, (&separator, &gateway), permits)))
}

fn asked(
    call: &Call<'_>,
    policies: &PolicySet,
    schema: &Value,
    (separator, gateway): (&str, &str),
    permits: bool,
) -> bool {
    let action = format!("{}{separator}{}", call.alias, call.tool);
    let request = || -> Option<Request> {
        let mut pairs = Vec::new();
        for (name, value) in call.arguments {
            let decimal = &schema["AgentCore"]["actions"][&action]["appliesTo"]["context"]["attributes"]["input"]["attributes"]
                [name]["name"];
            let value = match value {
                Value::Null => return None,
                Value::Array(list) => RestrictedExpression::new_set(list.iter().filter_map(|v| plain(v, false))),
                Value::Object(_) => RestrictedExpression::new_record([]).ok()?,
                other => plain(other, decimal == "decimal")?,
            };
            pairs.push((name.clone(), value));
        }
        let input = RestrictedExpression::new_record(pairs).ok()?;
        let context = Context::from_pairs([("input".to_owned(), input)]).ok()?;
        let principal = uid("AgentCore::OAuthUser", "someone")?;
        let resource = uid("AgentCore::Gateway", gateway)?;
        Request::new(principal, uid("AgentCore::Action", &action)?, resource, context, None).ok()
    };
    match request() {
        Some(request) => holds(policies, &request, &Entities::empty(), permits),
        None => !permits,
    }
}
