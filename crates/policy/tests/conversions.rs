//! Policies from one format into another and back, compared, and merged into what a person wrote.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use mcpdex_model::{Confidence, Risk};
use mcpdex_policy::{
    CheckedServer, CheckedTool, ComparedChange, Decision, Deviation, PlannedServer, PlannedTool, PolicyEffect,
    PolicyFile, Target, TargetOptions, Uncounted, WrittenError, WrittenPolicy, answer, compare, convert, document,
    merge,
};
use serde_json::{Map, json};
use support::kiln;

/// Targets whose documents this build reads.
fn targets() -> impl Iterator<Item = Target> {
    let reads = |target: &Target| {
        let files = [PolicyFile { file: "policy".to_owned(), text: String::new() }];
        !matches!(WrittenPolicy::read(&files, Some(*target), &TargetOptions::default()), Err(WrittenError::NoReader(_)))
    };
    Target::ALL.iter().copied().filter(reads)
}

fn options() -> TargetOptions {
    TargetOptions { lossy: true, ..TargetOptions::default() }
}

fn read(target: Target, files: &[PolicyFile]) -> WrittenPolicy {
    WrittenPolicy::read(files, Some(target), &options()).unwrap()
}

fn one(target: Target, text: &str) -> WrittenPolicy {
    read(target, &[PolicyFile { file: "policy".to_owned(), text: text.to_owned() }])
}

fn checked(plan: &PlannedServer) -> CheckedServer {
    let tools = plan.tools.iter().map(|planned| CheckedTool {
        planned: planned.clone(),
        risk: Risk::Low,
        confidence: Confidence::High,
        before: None,
    });
    CheckedServer { name: plan.name.clone(), alias: plan.alias.clone(), tools: tools.collect() }
}

#[test]
fn a_policy_converted_there_and_back_decides_as_before_but_for_the_losses_that_were_listed() {
    let calls = [
        json!({}),
        json!({"mode": "get"}),
        json!({"mode": "x"}),
        json!({"force": true}),
        json!({"dry_run": true}),
        json!({"amount": 50}),
        json!({"amount": 500}),
    ];
    for from in targets() {
        let first = document(from, &[kiln()], &options(), Uncounted::Stricter).unwrap();
        let original = read(from, &first.files);
        // Engines take their time without optimisation: one partner stands for all.
        let slow = |to: &Target| [from, *to].iter().any(|target| target.capability().engine.is_some());
        let partner = |to: &Target| [from, *to].contains(&Target::PolicyLayer);
        for to in targets().filter(|to| *to != from && (!slow(to) || partner(to))) {
            let there = convert(&original, &[checked(&kiln())], to, &options(), Uncounted::Stricter).unwrap();
            let back =
                convert(&read(to, &there.files), &[checked(&kiln())], from, &options(), Uncounted::Stricter).unwrap();
            for tool in &kiln().tools {
                let lost = there.losses.iter().chain(&back.losses).any(|loss| loss.is_of(&tool.name));
                for arguments in &calls {
                    let arguments: Map<_, _> = arguments.as_object().cloned().unwrap();
                    let asked = |files: &[PolicyFile]| {
                        answer(from, files, &options(), &kiln(), &tool.name, &arguments).unwrap()
                    };
                    let (old, new) = (asked(&first.files), asked(&back.files));
                    let same = old == new || (old.is_refused() && new.is_refused());
                    assert!(same || lost, "{from} to {to} and back: `{}` {arguments:?} {old} {new}", tool.name);
                    // A loss lets more through only where a target cannot refuse, which is said.
                    let all = || there.losses.iter().chain(&back.losses).filter(|loss| loss.is_of(&tool.name));
                    let said = all().any(|loss| matches!(loss.change, Deviation::Asked | Deviation::Looser));
                    let stricter = old.stricter(new) == new;
                    assert!(same || said || stricter, "{from} to {to}: `{}` {arguments:?} {old} {new}", tool.name);
                }
            }
        }
    }
}

#[test]
fn conditions_are_carried_from_one_format_to_another() {
    let written = document(Target::Intercept, &[kiln()], &options(), Uncounted::Stricter).unwrap();
    let intercept = read(Target::Intercept, &written.files);
    let there = convert(&intercept, &[checked(&kiln())], Target::PolicyLayer, &options(), Uncounted::Stricter).unwrap();
    for (tool, loss) in [("sort_pot", false), ("test_pot", false), ("sell_pot", false), ("open_pot", true)] {
        assert_eq!(there.losses.iter().any(|one| one.is_of(tool)), loss, "{tool}: {:?}", there.losses);
    }
    assert!(there.text().contains("not_in"), "{}", there.text());
}

#[test]
fn two_policies_of_different_formats_are_compared_by_what_they_do() {
    let plan = PlannedServer { tools: kiln().tools.into_iter().take(5).collect(), ..kiln() };
    let a = one(
        Target::ClaudeCode,
        r#"{"permissions": {"allow": ["mcp__kiln__read_pot", "mcp__kiln__stir_pot"], "ask": ["mcp__kiln__pay_pot"], "deny": ["mcp__kiln__burn_pot", "mcp__kiln__drop_pot"]}}"#,
    );
    let b = one(
        Target::Kiro,
        r#"{"mcpServers": {"kiln": {"autoApprove": ["read_pot", "pay_pot"], "disabledTools": ["burn_pot", "drop_pot"]}}}"#,
    );
    let found = compare(&a, &b, &[checked(&plan)]);
    let rows: Vec<_> = found
        .differing
        .iter()
        .map(|row| (row.tool.as_str(), row.change, row.before.as_str(), row.after.as_str()))
        .collect();
    let wanted =
        [("pay_pot", ComparedChange::Milder, "ask", "allow"), ("stir_pot", ComparedChange::Stricter, "allow", "ask")];
    assert_eq!(rows, wanted);
    assert!(compare(&a, &a, &[checked(&plan)]).differing.is_empty());
    // An amount tells two policies apart that agree on a call without arguments.
    let limit = |most: u32| {
        format!(
            r#"{{"version": "1", "default": "deny", "tools": {{"pay_pot": {{"deny_if": [{{"conditions": [{{"path": "args.amount", "op": "gt", "value": {most}}}], "on_deny": "No."}}]}}}}}}"#
        )
    };
    let found =
        compare(&one(Target::PolicyLayer, &limit(100)), &one(Target::PolicyLayer, &limit(50)), &[checked(&plan)]);
    let [row] = found.differing.as_slice() else { panic!("{found:?}") };
    assert_eq!((row.change, row.example.is_some()), (ComparedChange::Stricter, true));
}

/// What a person wrote, for each format that is edited in place, with things in it that nothing may touch.
const WRITTEN: &[(Target, &str)] = &[
    (
        Target::PolicyLayer,
        "{\n  \"version\": \"1\",\n      \"default\":\"deny\",\n  \"hide\": [ \"mine\" ],\n\n  \"tools\": { \"other\" : {} }\n}\n",
    ),
    (
        Target::ClaudeCode,
        "{\n  // my own\n  \"model\": \"x\",\n  \"permissions\": {\n    \"allow\": [\"Bash(ls)\" /* safe */, \"mcp__mine__read\"],\n    \"deny\": []\n  }\n}\n",
    ),
    (
        Target::Cursor,
        "{\n\t\"terminalAllowlist\": [\"ls\"], // tabs\n\t\"mcpAllowlist\": [\n\t\t\"mine:read\",\n\t]\n}",
    ),
    (
        Target::VsCode,
        "{\r\n  \"editor.fontSize\": 12,\r\n  // eligible\r\n  \"chat.tools.eligibleForAutoApproval\": { \"mine/x\": false }\r\n}\r\n",
    ),
    (
        Target::OpenCode,
        "{ \"model\": \"m\", \"permission\": { \"*\": \"ask\", \"bash\": { \"git *\": \"allow\" }, \"mine_x\": \"deny\" } }",
    ),
    (
        Target::Kiro,
        "{ \"mcpServers\": { \"mine\": { \"command\": \"x\" }, \"kiln\": { \"command\": \"kiln\", \"autoApprove\": [] } } }",
    ),
    (
        Target::Codex,
        "# mine\nmodel = \"x\"   # keep\n\n[mcp_servers.mine]\ncommand = 'x'\n\n[mcp_servers.kiln]\ncommand = \"kiln\"\nenabled_tools = [\n  \"read_pot\", # reading\n  \"burn_pot\",\n]\n\n[tui]\ntheme = \"dark\"\n",
    ),
    (
        Target::Gemini,
        "# mine\n[[rule]]\nmcpName = \"mine\"\ntoolName = \"*\"\ndecision = 'deny' # for good\npriority = 50\n\n[[rule]]\nmcpName = \"kiln\"\ntoolName = [\"read_pot\", \"burn_pot\"]\ndecision = \"allow\"\npriority = 100\n",
    ),
];

/// The lines of a person's file that are not lines of an entry that was touched.
fn untouched(text: &str) -> Vec<&str> {
    let names = [
        "pot",
        "kiln",
        "allow",
        "deny",
        "permission",
        "enabled_tools",
        "tools",
        "mcpServers",
        "Allowlist",
        "hide",
        "eligible",
        "mcpName",
        "version",
    ];
    text.lines().filter(|line| !line.trim().is_empty() && !names.iter().any(|name| line.contains(name))).collect()
}

fn plan() -> PlannedServer {
    // Without conditions, which none of the formats but two can say.
    PlannedServer { tools: kiln().tools.into_iter().take(5).collect(), ..kiln() }
}

#[test]
fn merging_puts_in_what_is_recommended_keeps_the_rest_and_does_nothing_a_second_time() {
    for (target, text) in WRITTEN {
        let merged = merge(*target, text, &[plan()], &options(), Uncounted::Stricter)
            .unwrap_or_else(|e| panic!("{target}: {e}"));
        assert!(merged.overruled.is_empty(), "{target}: {merged:?}");
        assert!(!merged.changed.is_empty() && merged.text != *text, "{target}: {merged:?}");
        for line in untouched(text) {
            assert!(merged.text.contains(line), "{target}: `{line}` is gone from\n{}", merged.text);
        }
        assert_eq!(merged.text.contains('\r'), text.contains('\r'), "{target}");
        let again = merge(*target, &merged.text, &[plan()], &options(), Uncounted::Stricter).unwrap();
        assert_eq!(again.text, merged.text, "{target}");
        assert!(again.changed.is_empty(), "{target}: {again:?}");
        let wanted = document(*target, &[plan()], &options(), Uncounted::Stricter).unwrap();
        let policy = one(*target, &merged.text);
        for tool in &plan().tools {
            let meant = answer(*target, &wanted.files, &options(), &plan(), &tool.name, &Map::new()).unwrap();
            let found = policy.answer("io.example/kiln", "kiln", &tool.name, &Map::new()).effect;
            let same = meant == found || (meant.is_refused() && found.is_refused());
            assert!(
                same || merged.kept.contains(&tool.name),
                "{target}: `{}` {meant} {found}\n{}",
                tool.name,
                merged.text
            );
        }
    }
}

#[test]
fn a_stricter_decision_of_a_person_stays_and_a_milder_one_is_changed() {
    let text =
        r#"{"permissions": {"deny": ["mcp__kiln__read_pot"], "allow": ["mcp__kiln__burn_pot", "mcp__kiln__pay_pot"]}}"#;
    let merged = merge(Target::ClaudeCode, text, &[plan()], &options(), Uncounted::Stricter).unwrap();
    assert_eq!(merged.kept, ["read_pot"]);
    let policy = one(Target::ClaudeCode, &merged.text);
    let effect = |tool: &str| policy.answer("k", "kiln", tool, &Map::new()).effect;
    assert_eq!(effect("read_pot"), PolicyEffect::Deny);
    assert_eq!(effect("burn_pot"), PolicyEffect::Deny);
    assert_eq!(effect("pay_pot"), PolicyEffect::Ask);
}

#[test]
fn a_rule_of_a_person_that_overrules_an_entry_is_said() {
    let text = r#"{"permissions": {"allow": [], "ask": ["mcp__kiln"]}}"#;
    let merged = merge(Target::ClaudeCode, text, &[plan()], &options(), Uncounted::Stricter).unwrap();
    assert!(merged.kept.contains(&"read_pot".to_owned()), "{merged:?}");
    let refused = merge(Target::ClaudeCode, "{\"permissions\": 3}", &[plan()], &options(), Uncounted::Stricter);
    assert!(refused.is_err());
    assert!(merge(Target::ClaudeCode, "{", &[plan()], &options(), Uncounted::Stricter).is_err());
    assert!(
        merge(Target::AgentCore, "permit(principal, action, resource);", &[plan()], &options(), Uncounted::Stricter)
            .is_err()
    );
}

#[test]
fn an_empty_file_gets_the_entries() {
    for target in [Target::PolicyLayer, Target::ClaudeCode, Target::Cursor, Target::VsCode, Target::Kiro] {
        let merged =
            merge(target, "{}", &[plan()], &options(), Uncounted::Stricter).unwrap_or_else(|e| panic!("{target}: {e}"));
        assert!(merged.text.contains("read_pot"), "{target}: {}", merged.text);
    }
    let tool = PlannedTool::new("read_pot", Decision::plain(PolicyEffect::Hide, "no"));
    let hidden = PlannedServer { tools: vec![tool], ..kiln() };
    let merged = merge(Target::Codex, "", &[hidden], &options(), Uncounted::Stricter).unwrap();
    assert!(
        merged.text.contains("disabled_tools") && !merged.text.contains("enabled_tools = [\"read"),
        "{}",
        merged.text
    );
}

#[test]
fn a_rule_for_some_callers_lets_nothing_through_and_refuses_all() {
    let envoy = |rules: &str, rest: &str| {
        format!(
            "apiVersion: aigateway.envoyproxy.io/v1alpha1\nkind: MCPRoute\nmetadata: {{ name: kiln }}\nspec:\n  backendRefs: [{{ name: kiln }}]\n  \
             securityPolicy: {{ authorization: {{ defaultAction: {rest}, rules: [{{ {rules}, target: {{ tools: [{{ backend: kiln, tool: read_pot }}] }} }}] }} }}\n"
        )
    };
    let gemini =
        |rule: &str| format!("[[rule]]\nmcpName = \"kiln\"\ntoolName = \"read_pot\"\npriority = 100\n{rule}\n");
    let some = "source: { jwt: { scopes: [read] } }";
    let cel = "cel: 'true'";
    for (target, text, refused) in [
        (Target::Envoy, envoy(&format!("action: Allow, {some}"), "Deny"), true),
        (Target::Envoy, envoy(&format!("action: Allow, {some}, {cel}"), "Deny"), true),
        (Target::Envoy, envoy(&format!("action: Allow, {cel}"), "Deny"), false),
        (Target::Envoy, envoy(&format!("action: Deny, {some}"), "Allow"), true),
        (Target::Envoy, envoy(&format!("action: Deny, {some}, {cel}"), "Allow"), true),
        (Target::Gemini, gemini("decision = \"allow\"\nargsPattern = \".*\""), false),
        (Target::Gemini, gemini("decision = \"allow\"\nmodes = [\"yolo\"]"), true),
        (Target::Gemini, gemini("decision = \"allow\"\nargsPattern = \".*\"\nmodes = [\"yolo\"]"), true),
        (Target::Gemini, gemini("decision = \"deny\"\nmodes = [\"yolo\"]"), true),
    ] {
        if !targets().any(|read| read == target) {
            continue;
        }
        let policy = one(target, &text);
        let arguments = Map::new();
        let ruling = policy.answer("io.example/kiln", "kiln", "read_pot", &arguments);
        assert_eq!(!ruling.effect.is_allowed(), refused, "{target}: {text}\n{ruling:?}");
    }
}
