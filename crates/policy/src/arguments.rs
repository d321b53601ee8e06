//! Conditions on arguments, where the schema shows that a tool can be used more safely than as a whole.
//!
//! A decision and the tool's schema in, a decision with conditions out. A condition is never invented from prose: it
//! needs a parameter whose name and type say what it is. Where a limit of the user's own is needed (amounts, addresses,
//! folders) there is none until the profile states it.

use super::condition::Test;
use super::decide::decide_by;
use super::decision::{Decision, PolicyEffect, Window};
use super::guarded;
use super::parameter::{is_one_of, is_path, is_type, is_url};
use super::profile::{Arguments, Profile};
use std::collections::BTreeSet;

use mcpdex_model::{
    Category, Class, Confidence, Evidence, Field, OperationVerdict, Parameter, Risk, Tool, ToolOrigin, Trait, Verdict,
    parameters,
};

/// Decides by class, traits and the rest, and then looks at the arguments.
pub fn decide_with_arguments(
    profile: &Profile,
    verdict: &Verdict,
    origin: Option<ToolOrigin>,
    tool: &Tool,
) -> Decision {
    let mut decision = decide_by(profile, verdict, origin);
    if !verdict.recognised || verdict.confidence == Confidence::Low {
        return decision;
    }
    let known = parameters(tool.input_schema.as_ref());
    if profile.arguments.operations {
        operations(profile, verdict, origin, tool.description.as_deref().unwrap_or_default(), &known, &mut decision);
    }
    guarded::admit(profile, verdict, tool, &known, &mut decision);
    amounts(profile, verdict, &known, &mut decision);
    rehearsal(profile, verdict, &known, &mut decision);
    if decision.effect.is_allowed() {
        flags(profile, verdict, &known, &mut decision);
        places(profile, verdict, &known, &mut decision);
    }
    decision
}

/// A tool with several operations: those that would be allowed by themselves are, the others are not.
fn operations(
    profile: &Profile,
    verdict: &Verdict,
    origin: Option<ToolOrigin>,
    description: &str,
    known: &[Parameter],
    decision: &mut Decision,
) {
    let Some(first) = verdict.operations.first() else { return };
    let selects = known.iter().find(|p| p.name == first.parameter);
    let one_parameter = verdict.operations.iter().all(|o| o.parameter == first.parameter);
    if !one_parameter || !selects.is_some_and(|p| is_type(p, &["string"]) && !p.choices.is_empty()) {
        return;
    }
    let effect_of = |operation: &OperationVerdict| {
        let alone = Verdict {
            class: operation.class,
            traits: operation.traits.clone(),
            risk: operation.risk,
            category: Category::of(operation.class, &operation.traits),
            recognised: operation.recognised,
            ..verdict.clone()
        };
        decide_by(profile, &alone, origin).effect
    };
    // What the name, the title or the description says holds for every value that the text does not speak of.
    let said = |e: &Evidence| matches!(e.field, Field::Name | Field::Title | Field::Description);
    let told = told_operations(&verdict.operations, description);
    let speaks_of = |value: &str| told.contains(value);
    let bound = verdict.evidence.iter().any(said);
    let effect_of = |operation: &OperationVerdict| {
        if bound && !speaks_of(&operation.value) { decision.effect } else { effect_of(operation) }
    };
    let effects: Vec<(&str, PolicyEffect)> =
        verdict.operations.iter().map(|o| (o.value.as_str(), effect_of(o))).collect();
    let allowed: Vec<String> = effects.iter().filter(|(_, e)| e.is_allowed()).map(|(v, _)| (*v).to_owned()).collect();
    if allowed.is_empty() || (allowed.len() == effects.len() && decision.effect.is_allowed()) {
        return;
    }
    decision.otherwise = decision.effect.stricter(PolicyEffect::Ask);
    decision.effect =
        effects.iter().map(|(_, e)| *e).filter(|e| e.is_allowed()).fold(PolicyEffect::Allow, PolicyEffect::stricter);
    let refused = effects.len() - allowed.len();
    decision.reason = format!("{}, but only in {refused} of its {} operations", decision.reason, effects.len());
    decision.need(&first.parameter, Test::OneOf(allowed), "the other operations do more than this one");
}

/// The operations that a text tells of: in a sentence that names several of them, or at the start of a line. A single word of
/// a sentence ("only SELECT statements are accepted") is no description of an operation.
fn told_operations<'v>(operations: &'v [OperationVerdict], description: &str) -> BTreeSet<&'v str> {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
    };
    let values: Vec<(&str, Vec<String>)> =
        operations.iter().map(|of| (of.value.as_str(), words(&of.value))).filter(|(_, of)| !of.is_empty()).collect();
    let mut told = BTreeSet::new();
    for sentence in description.split(['\n', '。', ';']).flat_map(|line| line.split(". ")) {
        let said = words(sentence);
        let named: Vec<&(&str, Vec<String>)> =
            values.iter().filter(|(_, value)| said.windows(value.len()).any(|part| part == value)).collect();
        let alone = named.len() == 1;
        told.extend(named.iter().filter(|(_, value)| !alone || heads(sentence, value, &said)).map(|(name, _)| *name));
    }
    told
}

/// Whether a line explains the value that it begins with: `delete: takes it away`, `- **list** the shelves`.
fn heads(line: &str, value: &[String], said: &[String]) -> bool {
    let marked = line.trim_start().starts_with(|sign: char| !sign.is_alphabetic());
    let explained = line.split_once([':', '=', '–', '—']).is_some_and(|(head, _)| {
        head.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count() == value.len()
    });
    said.starts_with(value) && (marked || explained)
}

/// Money: allowed up to the amount that the profile states.
fn amounts(profile: &Profile, verdict: &Verdict, known: &[Parameter], decision: &mut Decision) {
    let Some(most) = profile.arguments.amount_at_most else { return };
    if verdict.category != Category::Financial || decision.effect != PolicyEffect::Ask {
        return;
    }
    let words = ["amount", "total", "total_amount", "amount_cents", "amount_usd"];
    let candidates: Vec<&Parameter> =
        known.iter().filter(|p| is_one_of(&p.name, &words) && is_type(p, &["number", "integer"])).collect();
    let [parameter] = candidates.as_slice() else { return };
    decision.effect = PolicyEffect::Limit { max: 10, window: Window::Hour };
    decision.need(&parameter.name, Test::AtMost(most), "the profile lets amounts up to this pass");
}

/// A destructive tool that can rehearse.
fn rehearsal(profile: &Profile, verdict: &Verdict, known: &[Parameter], decision: &mut Decision) {
    if verdict.category != Category::Destructive || decision.effect.is_allowed() {
        return;
    }
    let switch = known.iter().find(|p| is_one_of(&p.name, &profile.arguments.dry_run) && is_type(p, &["boolean"]));
    if let Some(parameter) = switch {
        decision.otherwise = decision.effect;
        decision.effect = PolicyEffect::Limit { max: 10, window: Window::Minute };
        decision.need(&parameter.name, Test::True, "with it the tool only shows what it would do");
    }
}

/// Switches that must stay off. What a switch can lose makes a verdict grave; where it did not, the tool runs as a whole where
/// nobody can look at it.
fn flags(profile: &Profile, verdict: &Verdict, known: &[Parameter], decision: &mut Decision) {
    if verdict.class == Class::Read {
        return;
    }
    let alone = decision.conditions.is_empty() && verdict.risk <= Risk::Medium;
    for parameter in known {
        if is_one_of(&parameter.name, &profile.arguments.flags) && is_type(parameter, &["boolean"]) {
            decision.need(&parameter.name, Test::FalseOrAbsent, "with it the tool does more or skips a safeguard");
            decision.tightened = alone;
        }
    }
}

/// Addresses and folders, where the profile names those that may be reached. What a list or an object of them holds, no test
/// can look at: such a tool waits for a person.
fn places(profile: &Profile, verdict: &Verdict, known: &[Parameter], decision: &mut Decision) {
    let Arguments { urls, paths, public_urls, .. } = &profile.arguments;
    // A file is moved from a `source` to a `destination`; elsewhere the words mean anything.
    let moves = |name: &str| verdict.traits.contains(&Trait::FileAccess) && is_one_of(name, &["source", "destination"]);
    for parameter in known {
        let taken = decision.conditions.iter().any(|c| c.argument == parameter.name);
        let (test, reason) = match &parameter.name {
            _ if taken || is_type(parameter, &["boolean", "number", "integer"]) => continue,
            name if is_url(name) && !urls.is_empty() => {
                (Test::Address(urls.clone()), "only these addresses may be reached")
            }
            name if is_url(name) && *public_urls => (Test::Public, "only public addresses may be reached"),
            name if (is_path(name) || moves(name)) && !paths.is_empty() => {
                (Test::Inside(paths.clone()), "only these folders may be reached")
            }
            _ => continue,
        };
        if !is_type(parameter, &["string"]) {
            let effect = decision.otherwise.stricter(PolicyEffect::Ask);
            let reason = format!("{}, and what `{}` holds cannot be looked at", decision.reason, parameter.name);
            *decision = Decision::plain(effect, reason);
            return;
        }
        decision.need(&parameter.name, test, reason);
        decision.tightened = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(properties: &str) -> Tool {
        Tool::from_json(&format!(r#"{{"name":"t","inputSchema":{{"type":"object","properties":{properties}}}}}"#))
            .expect("valid")
    }

    fn operation(value: &str, class: Class, traits: &[Trait]) -> OperationVerdict {
        let traits = traits.iter().copied().collect();
        let risk = Risk::of(class, &traits);
        OperationVerdict { parameter: "mode".into(), value: value.into(), class, traits, risk, recognised: true }
    }

    fn many() -> (Verdict, Tool) {
        let mut manage = Verdict::bare("manage_shelf", Class::Write, &[Trait::Destructive]);
        manage.operations = vec![
            operation("list", Class::Read, &[]),
            operation("rename", Class::Write, &[]),
            operation("burn", Class::Write, &[Trait::Destructive]),
        ];
        (manage, tool(r#"{"mode":{"type":"string","enum":["list","rename","burn"]}}"#))
    }

    #[test]
    fn a_tool_of_several_operations_is_allowed_for_those_that_may_be() {
        let (manage, tool) = many();
        let decision = decide_with_arguments(Profile::balanced(), &manage, None, &tool);
        assert_eq!(decision.effect.to_string(), "30/minute");
        assert_eq!(decision.otherwise, PolicyEffect::Hide);
        assert_eq!(decision.conditions[0].test, Test::OneOf(vec!["list".into(), "rename".into()]));
    }

    #[test]
    fn a_word_of_a_sentence_tells_of_no_operation_and_a_list_does() {
        let operations = ["list", "rename", "burn"].map(|value| operation(value, Class::Read, &[]));
        for (text, told) in [
            ("Only list statements are accepted.", vec![]),
            ("Work with shelves. list or burn them.", vec!["burn", "list"]),
            ("Work with shelves.\n- list: shows them\n- **burn** the shelf", vec!["burn", "list"]),
            ("Work with shelves.\nrename = gives another name", vec!["rename"]),
            ("All of them: list is safe", vec![]),
        ] {
            assert_eq!(told_operations(&operations, text).into_iter().collect::<Vec<_>>(), told, "{text}");
        }
    }

    #[test]
    fn an_uncertain_verdict_is_not_loosened_by_its_operations() {
        let (mut manage, tool) = many();
        manage.confidence = Confidence::Low;
        let decision = decide_with_arguments(Profile::balanced(), &manage, None, &tool);
        assert_eq!((decision.effect, decision.conditions.len()), (PolicyEffect::Hide, 0));
    }

    #[test]
    fn dangerous_switches_must_stay_off_and_only_where_something_changes() {
        let schema = tool(r#"{"force":{"type":"boolean"},"Recursive":{"type":"boolean"},"purge":{"type":"string"}}"#);
        let write = decide_with_arguments(Profile::balanced(), &Verdict::bare("t", Class::Write, &[]), None, &schema);
        let names: Vec<_> = write.conditions.iter().map(|c| c.argument.as_str()).collect();
        assert_eq!(names, ["force", "Recursive"]);
        assert_eq!((write.effect.to_string().as_str(), write.otherwise), ("30/minute", PolicyEffect::Ask));
        assert!(write.tightened);
        let high = Verdict { risk: Risk::High, ..Verdict::bare("t", Class::Execute, &[]) };
        assert!(!decide_with_arguments(Profile::balanced(), &high, None, &schema).tightened);
        let read = decide_with_arguments(Profile::balanced(), &Verdict::bare("t", Class::Read, &[]), None, &schema);
        assert!(read.conditions.is_empty());
    }

    #[test]
    fn amounts_addresses_and_folders_need_a_limit_of_the_users_own() {
        let schema = tool(r#"{"amount":{"type":"number"},"url":{"type":"string"},"path":{"type":"string"}}"#);
        let pay = Verdict::bare("t", Class::Write, &[Trait::Financial]);
        let decision = decide_with_arguments(Profile::balanced(), &pay, None, &schema);
        assert_eq!((decision.effect, decision.conditions.len()), (PolicyEffect::Ask, 0));
        let text = "about='x'\n[arguments]\namount_at_most=50\nurls=['https://api.example.com/']\npaths=['/srv/']\n\
                    [[rule]]\neffect='ask'\nbecause='y'";
        let own = Profile::from_toml("own", text).expect("valid");
        let decision = decide_with_arguments(&own, &pay, None, &schema);
        assert_eq!(decision.conditions.len(), 3);
        assert_eq!(decision.otherwise, PolicyEffect::Ask);
    }

    #[test]
    fn an_address_or_a_path_that_no_test_can_look_at_waits_for_a_person() {
        let own = |arguments: &str| {
            let rule = "[[rule]]\neffect='30/minute'\nbecause='y'";
            Profile::from_toml("own", &format!("about='x'\n{rule}\n[arguments]\n{arguments}")).expect("valid")
        };
        let read = Verdict::bare("t", Class::Read, &[Trait::NetworkEgress]);
        let decide = |arguments: &str, properties: &str| {
            let decision = decide_with_arguments(&own(arguments), &read, None, &tool(properties));
            (decision.effect.is_allowed(), decision.conditions.into_iter().map(|c| c.test).collect::<Vec<_>>())
        };
        assert_eq!(decide("public_urls=true", r#"{"pageUrl":{"type":"string"}}"#), (true, vec![Test::Public]));
        let listed = Test::Address(vec!["https://pots.example/".to_owned()]);
        let urls = "urls=['https://pots.example/']\npublic_urls=true";
        assert_eq!(decide(urls, r#"{"feed_uri":{"type":"string"}}"#), (true, vec![listed]));
        for list in
            [r#"{"urls":{"type":"array","items":{"type":"string"}}}"#, r#"{"url":{"type":"object"}}"#, r#"{"url":{}}"#]
        {
            assert_eq!(decide("public_urls=true", list), (false, Vec::new()), "{list}");
        }
        assert_eq!(decide("paths=['/srv/pots/']", r#"{"file_paths":{"type":"array"}}"#), (false, Vec::new()));
        assert_eq!(decide("", r#"{"urls":{"type":"array"},"url":{"type":"string"}}"#), (true, Vec::new()));
    }

    #[test]
    fn a_destructive_tool_may_rehearse_where_the_profile_says_so() {
        let schema = tool(r#"{"dryRun":{"type":"boolean"}}"#);
        let wipe = Verdict::bare("t", Class::Write, &[Trait::Destructive]);
        let permissive = Profile::named("permissive").expect("built in");
        let decision = decide_with_arguments(permissive, &wipe, None, &schema);
        assert_eq!(decision.conditions[0].test, Test::True);
        assert!(decide_with_arguments(Profile::balanced(), &wipe, None, &schema).conditions.is_empty());
    }
}
