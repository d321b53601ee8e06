//! Tools that do several things: a parameter with a list of operations gets a verdict for each, and the gravest is the
//! tool's own.

use crate::judge::finding::{Fate, Finding, parameter_pointer};
use crate::judge::settle::{overrule, settle};
use crate::language::action::{Action, Place, of_name};
use crate::language::name_words::words_of;
use crate::language::server_context::ServerContext;
use crate::language::statements::Statements;
use crate::language::tool_text::{Param, ToolText};
use crate::rules::ruleset::Ruleset;
use mcpdex_model::{Class, Evidence, Field, OperationVerdict, Risk, Tool, Trait};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How many operations of one parameter are judged.
const MAX_OPERATIONS: usize = 100;
/// How deep the list of values may stand in the parameter's schema.
const MAX_DEPTH: usize = 3;

/// Judges the operations of `tool` and raises `finding` to the gravest of them.
pub(crate) fn judge(set: &Ruleset, context: &ServerContext, tool: &Tool, finding: &mut Finding<'_>) {
    let mut gravest: Option<(Class, BTreeSet<Trait>, Evidence)> = None;
    let mut found = Vec::new();
    for (index, param) in finding.reading.params.iter().enumerate() {
        let Some(sure) = selects_operation(set, finding, param) else { continue };
        let mut values = Vec::new();
        collect(param.schema, &parameter_pointer(&finding.reading, index as u32), 0, &mut values);
        if values.len() < 2 {
            continue;
        }
        let verdicts: Vec<_> = values
            .iter()
            .take(MAX_OPERATIONS)
            .map(|(value, pointer)| (judge_one(set, context, tool, finding, (param, value)), value, pointer))
            .collect();
        // A list of which hardly anything is a verb is a list of something else.
        let known = verdicts.iter().filter(|((_, _, recognised, _), ..)| *recognised).count();
        let enough = if sure && is_plain_look(set, finding) {
            known == verdicts.len()
        } else if sure {
            known * 3 >= verdicts.len()
        } else {
            known > 1 && known * 3 >= verdicts.len() * 2
        };
        if !enough {
            continue;
        }
        for ((class, traits, recognised, rule), value, pointer) in verdicts {
            let risk = Risk::of(class, &traits);
            let rank = |class: Class, traits: &BTreeSet<Trait>| (Risk::of(class, traits), class);
            let graver = gravest.as_ref().is_none_or(|(c, t, _)| rank(class, &traits) > rank(*c, t));
            if recognised && graver {
                let evidence = Evidence {
                    rule,
                    field: Field::ParameterValue,
                    pointer: pointer.clone(),
                    text: (*value).to_owned(),
                    start: 0,
                    end: value.len(),
                };
                gravest = Some((class, traits.clone(), evidence));
            }
            found.push(OperationVerdict {
                parameter: param.name.to_owned(),
                value: (*value).to_owned(),
                class,
                traits,
                risk,
                recognised,
            });
        }
    }
    finding.operations = found;
    let Some((class, traits, evidence)) = gravest else { return };
    // A list of operations is a definition, not prose: all of them reading speaks louder than a name such as "manage".
    let all_read = finding.operations.iter().all(|operation| operation.recognised && operation.class == Class::Read);
    if class > finding.class || !finding.recognised || (all_read && only_weak(finding)) {
        finding.class = class;
        if all_read {
            weaken(set, finding, class);
        }
        finding.gravest_operation = Some(evidence);
    } else if !traits.is_subset(&finding.traits) {
        finding.gravest_operation = Some(evidence);
    }
    finding.recognised = true;
    finding.traits.extend(traits);
}

/// Whether name and description both say that the tool looks: "list_entries" with an `action` lists the entries of one
/// kind, unless every value of it is a deed.
fn is_plain_look(set: &Ruleset, finding: &Finding<'_>) -> bool {
    let looks = |place: Place| {
        finding.fired.iter().any(|hit| {
            hit.fate == Fate::Won
                && hit.strength >= 3
                && set.rules[hit.rule as usize].class == Some(Class::Read)
                && hit.action.is_some_and(|index| finding.actions[index as usize].place == place)
        })
    };
    finding.class == Class::Read && looks(Place::Name) && looks(Place::Description)
}

fn only_weak(finding: &Finding<'_>) -> bool {
    finding.fired.iter().filter(|hit| hit.fate == Fate::Won).all(|hit| hit.strength <= 2)
}

fn weaken(set: &Ruleset, finding: &mut Finding<'_>, class: Class) {
    for hit in finding.fired.iter_mut().filter(|hit| hit.fate == Fate::Won) {
        if set.rules[hit.rule as usize].class.is_some_and(|of| of > class) {
            hit.fate = Fate::Weaker;
        }
    }
}

/// Whether the parameter selects an operation: for sure, or if most of its values are operations.
fn selects_operation(set: &Ruleset, finding: &Finding<'_>, param: &Param<'_>) -> Option<bool> {
    let segment = &finding.reading.segments[param.segment as usize];
    let name = &finding.reading.text[segment.start as usize..segment.end as usize];
    let last = name.rsplit(' ').next().unwrap_or(name);
    let is_in = |words: &[String]| words.iter().any(|word| word == last);
    if is_in(&set.operation_parameters) {
        return Some(true);
    }
    is_in(&set.doubtful_parameters).then_some(false)
}

fn collect<'v>(schema: &'v Value, pointer: &str, depth: usize, values: &mut Vec<(&'v str, String)>) {
    if depth > MAX_DEPTH {
        return;
    }
    if let Some(Value::Array(listed)) = schema.get("enum") {
        for (index, value) in listed.iter().enumerate() {
            if let Some(text) = value.as_str() {
                values.push((text, format!("{pointer}/enum/{index}")));
            }
        }
        return;
    }
    if let Some(Value::String(only)) = schema.get("const") {
        values.push((only, format!("{pointer}/const")));
    }
    if let Some(items) = schema.get("items") {
        collect(items, &format!("{pointer}/items"), depth + 1, values);
    }
    for key in ["anyOf", "oneOf"] {
        for (index, variant) in schema.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
            collect(variant, &format!("{pointer}/{key}/{index}"), depth + 1, values);
        }
    }
}

type One = (Class, BTreeSet<Trait>, bool, String);

/// Judges one operation as if it were the name of a tool, with the words of the tool's name as its object.
fn judge_one(
    set: &Ruleset,
    context: &ServerContext,
    tool: &Tool,
    finding: &Finding<'_>,
    (param, value): (&Param<'_>, &str),
) -> One {
    let mut properties = Map::new();
    properties.insert(param.name.to_owned(), param.schema.clone());
    let mut schema = Map::new();
    schema.insert("properties".to_owned(), Value::Object(properties));
    let name = format!("{value} {}", noun_part(set, finding, &tool.name));
    let pseudo = Tool {
        name,
        title: None,
        description: None,
        input_schema: Some(schema),
        output_schema: None,
        annotations: mcpdex_model::Annotations::default(),
        oddities: Vec::new(),
        raw: String::new(),
        other_reading: None,
    };
    let reading = ToolText::of(&pseudo, &set.lexicon);
    let segment = reading.name_segment();
    let alone = ServerContext { server_words: context.server_words.clone(), ..ServerContext::default() };
    let own = words_of(value).len() as u32;
    let actions: Vec<Action> = of_name(&reading, &set.lexicon, &alone, (segment.start, segment.end))
        .into_iter()
        // The verb must be the operation's own, not one of the tool's name.
        .filter(|action| action.place == Place::Name && action.verb.is_none_or(|verb| verb.start < own))
        .map(|mut action| {
            action.plural = false;
            action.head = action.objects.iter().rposition(|word| word.start < own).or(action.head);
            action
        })
        .collect();
    let phrases = set.phrases(&reading, &[]);
    let scene = Statements { reading: &reading, context: &alone, phrases: &phrases, actions: &actions };
    let mut fired = set.fire(&scene, 0..actions.len());
    // The parameter that selects the operation is no evidence by itself, and what holds of the tool as a whole ("only
    // SELECT statements") holds of each operation.
    let overruled = |rule: u32| {
        finding.fired.iter().any(|hit| {
            hit.fate == Fate::Won && hit.action.is_none() && set.rules[hit.rule as usize].overrules.contains(&rule)
        })
    };
    fired.retain(|hit| hit.action.is_some() && !overruled(hit.rule));
    overrule(set, &mut fired);
    let (class, recognised) = settle(set, &mut fired, &actions);
    let class = class.unwrap_or(Class::Write);
    let mut traits = BTreeSet::new();
    let mut rule_id = String::new();
    for hit in fired.iter().filter(|hit| hit.fate == Fate::Won) {
        let rule = &set.rules[hit.rule as usize];
        if rule.only_for.is_empty() || rule.only_for.contains(&class) {
            traits.extend(rule.traits.iter().copied());
        }
        if rule.class == Some(class) && rule_id.is_empty() {
            rule_id.clone_from(&rule.id);
        }
    }
    (class, traits, recognised, rule_id)
}

/// The words of the tool's name without its verb: what an operation is done to.
fn noun_part(set: &Ruleset, finding: &Finding<'_>, name: &str) -> String {
    let Some(action) = finding.actions.first() else { return String::new() };
    let words: Vec<&str> = action
        .objects
        .iter()
        .map(|word| &finding.reading.text[word.start as usize..word.end as usize])
        .filter(|word| !set.operation_parameters.iter().any(|parameter| parameter == word))
        .collect();
    if name.is_empty() { String::new() } else { words.join(" ") }
}
