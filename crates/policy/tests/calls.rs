//! Calls held against a policy: the figures are those of a naive evaluation, and transcripts are read.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use mcpdex_policy::{
    CallRecord, PolicyEffect, PolicyFile, RecordedDecision, ReplayCount, Target, TargetOptions, Window, WrittenPolicy,
    read_calls, replay_calls,
};
use proptest::prelude::*;
use serde_json::{Map, json};
use support::catalogue::catalogue;

fn policy(target: Target, text: &str) -> WrittenPolicy {
    let files = [PolicyFile { file: "policy".to_owned(), text: text.to_owned() }];
    WrittenPolicy::read(&files, Some(target), &TargetOptions::default()).unwrap()
}

const LIMITED: &str = r#"
version: "1"
default: deny
hide: [smash_pots]
tools:
  list_pots: { rules: [] }
  paint_pot:
    rules:
      - { name: minute, rate_limit: 3/minute }
      - { name: hour, rate_limit: 20/hour }
  sell_pot:
    rules:
      - name: spend
        conditions: [{ path: state.sell_pot.spend, op: lte, value: 100 }]
        state: { counter: spend, window: day, increment_from: args.amount }
  fire_kiln: { rules: [{ name: "no", action: deny }] }
  "*":
    rules: [{ name: all, rate_limit: 40/hour }]
"#;

fn call(at: i64, tool: &str, amount: i64) -> CallRecord {
    let arguments =
        if tool == "sell_pot" { Map::from_iter([("amount".to_owned(), json!(amount))]) } else { Map::new() };
    CallRecord { at: Some(at), server: None, tool: tool.to_owned(), arguments, decision: None }
}

/// Each call against every call before it.
fn naive(calls: &[CallRecord]) -> ReplayCount {
    let mut calls: Vec<&CallRecord> = calls.iter().collect();
    calls.sort_by_key(|call| call.at);
    let window = |window: Window| match window {
        Window::Minute => 60_000,
        Window::Hour => 3_600_000,
        Window::Day => 86_400_000,
    };
    let mut let_through: Vec<&CallRecord> = Vec::new();
    let mut count = ReplayCount::default();
    for call in calls {
        count.calls += 1;
        let at = call.at.unwrap();
        let used = |only: &str, length: i64, cost: &dyn Fn(&CallRecord) -> i64| -> i64 {
            let same = |other: &&&CallRecord| {
                (only == "*" || other.tool == only) && other.at.unwrap().div_euclid(length) == at.div_euclid(length)
            };
            let_through.iter().filter(same).map(|other| cost(other)).sum()
        };
        let one = |_: &CallRecord| 1;
        let amount = |call: &CallRecord| call.arguments["amount"].as_i64().unwrap().max(0);
        let all = used("*", window(Window::Hour), &one) < 40;
        let room = match call.tool.as_str() {
            "list_pots" => all,
            "paint_pot" => {
                all && used("paint_pot", window(Window::Minute), &one) < 3
                    && used("paint_pot", window(Window::Hour), &one) < 20
            }
            "sell_pot" => all && used("sell_pot", window(Window::Day), &amount) + amount(call) <= 100,
            _ => {
                count.refused += 1;
                continue;
            }
        };
        if room {
            count.allowed += 1;
            let_through.push(call);
        } else {
            count.limited += 1;
        }
    }
    count
}

fn calls() -> impl Strategy<Value = Vec<CallRecord>> {
    let tool = prop_oneof![
        4 => Just("list_pots"), 4 => Just("paint_pot"), 3 => Just("sell_pot"), 1 => Just("fire_kiln"), 1 => Just("smash_pots"),
        1 => Just("other"),
    ];
    // Two hours and a bit around midnight, in any order.
    let one = (-4_000_000_i64..4_000_000, tool, -5_i64..40)
        .prop_map(|(at, tool, amount)| call(1_769_817_600_000 + at, tool, amount));
    proptest::collection::vec(one, 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn figures_are_those_of_a_naive_evaluation(calls in calls()) {
        let report = replay_calls(&policy(Target::Intercept, LIMITED), &calls, &[]);
        prop_assert_eq!(report.total, naive(&calls));
        let of_days: u64 = report.days.values().map(|day| day.calls).sum();
        prop_assert_eq!(of_days, report.total.calls);
        let of_tools: u64 = report.tools.iter().map(|tool| tool.count.calls).sum();
        prop_assert_eq!(of_tools, report.total.calls);
    }
}

#[test]
fn a_full_window_is_empty_again_in_the_next_minute_of_the_clock() {
    let calls: Vec<CallRecord> = [0, 1, 2, 59_999, 60_000].map(|at| call(at, "paint_pot", 0)).to_vec();
    let total = replay_calls(&policy(Target::Intercept, LIMITED), &calls, &[]).total;
    assert_eq!((total.allowed, total.limited), (4, 1));
}

#[test]
fn the_decisions_that_would_save_most_come_with_their_risk_and_without_what_is_critical() {
    let text = r#"{ "permissions": { "allow": ["mcp__kiln__list_pots"] } }"#;
    let mut calls = Vec::new();
    for (tool, times) in
        [("list_pots", 9), ("paint_pot", 6), ("fire_kiln", 3), ("smash_pots", 8), ("get_pot", 1), ("lost", 2)]
    {
        let one = CallRecord { server: Some("kiln".to_owned()), at: None, ..call(0, tool, 0) };
        calls.extend(std::iter::repeat_n(one, times));
    }
    let report = replay_calls(&policy(Target::ClaudeCode, text), &calls, &catalogue(false));
    assert_eq!((report.total.allowed, report.total.asked, report.untimed), (9, 20, 29));
    let saved: Vec<_> =
        report.savings.iter().map(|one| (one.tool.as_str(), one.saves, one.risk.map(|r| r.as_str()))).collect();
    let wanted = [
        ("paint_pot", 6, Some("medium")),
        ("fire_kiln", 3, Some("high")),
        ("lost", 2, None),
        ("get_pot", 1, Some("low")),
    ];
    assert_eq!(saved, wanted);
    assert_eq!(report.never, 8);
}

#[test]
fn what_was_decided_then_is_compared_with_now() {
    let text = r#"{"at": "2026-01-31T23:59:59Z", "server": "kiln", "tool": "list_pots", "arguments": {}, "decision": "ask"}
{"at": 1769904000, "server": "kiln", "tool": "list_pots", "decision": "allow"}

{"at": "yesterday", "tool": "x"}
{"tool": 3}
no json"#;
    let log = read_calls(text);
    assert_eq!(log.calls.len(), 2);
    assert_eq!(log.unread.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 5, 6]);
    let report =
        replay_calls(&policy(Target::ClaudeCode, r#"{"permissions": {"allow": ["mcp__kiln"]}}"#), &log.calls, &[]);
    assert_eq!(report.changed.into_iter().collect::<Vec<_>>(), [("ask to allow".to_owned(), 1)]);
    assert_eq!(report.days.keys().collect::<Vec<_>>(), ["2026-01-31", "2026-02-01"]);
}

#[test]
fn transcripts_of_both_clients_are_read() {
    let claude = r#"{"type":"summary","summary":"Pots"}
{"type":"user","timestamp":"2026-01-31T10:00:00.000Z","message":{"role":"user","content":"sell it"}}
{"type":"assistant","timestamp":"2026-01-31T10:00:01.500Z","message":{"role":"assistant","content":[{"type":"text","text":"Now."},{"type":"tool_use","id":"a","name":"mcp__kiln__sell_pot","input":{"amount":3}},{"type":"tool_use","id":"b","name":"Bash","input":{"command":"ls"}}]}}
{"type":"user","timestamp":"2026-01-31T10:00:02.000Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":true,"content":"The user doesn't want to proceed with this tool use."}]}}"#;
    let log = read_calls(claude);
    assert!(log.unread.is_empty(), "{:?}", log.unread);
    let [one] = log.calls.as_slice() else { panic!("{:?}", log.calls) };
    assert_eq!((one.server.as_deref(), one.tool.as_str()), (Some("kiln"), "sell_pot"));
    assert_eq!((one.at, one.decision), (Some(1_769_853_601_500), Some(RecordedDecision::Refused)));
    assert_eq!(one.arguments["amount"], json!(3));

    let codex = r#"{"timestamp":"2026-01-31T10:00:00Z","type":"session_meta","payload":{"id":"s"}}
{"timestamp":"2026-01-31T10:00:01Z","type":"response_item","payload":{"type":"function_call","name":"mcp__kiln__list_pots","arguments":"{\"n\":1}","call_id":"c1"}}
{"timestamp":"2026-01-31T10:00:01Z","type":"event_msg","payload":{"type":"mcp_tool_call_begin","call_id":"c1","invocation":{"server":"kiln","tool":"list_pots","arguments":{"n":1}}}}
{"timestamp":"2026-01-31T10:00:02Z","type":"event_msg","payload":{"type":"mcp_tool_call_end","call_id":"c1","invocation":{"server":"kiln","tool":"list_pots","arguments":{"n":1}},"result":{"Ok":{}}}}
{"timestamp":"2026-01-31T10:00:03Z","type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"{}","call_id":"c2"}}"#;
    let log = read_calls(codex);
    assert!(log.unread.is_empty(), "{:?}", log.unread);
    let [one] = log.calls.as_slice() else { panic!("{:?}", log.calls) };
    assert_eq!(
        (one.server.as_deref(), one.tool.as_str(), one.at),
        (Some("kiln"), "list_pots", Some(1_769_853_601_000))
    );
}

/// What a session file holds: tool, arguments, decision, and whether each call has a time.
fn session(name: &str) -> Vec<(String, Option<RecordedDecision>, bool)> {
    let path = std::path::Path::new("tests/data/sessions").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    let log = read_calls(&text);
    assert!(log.unread.is_empty(), "{name}: {:?}", log.unread);
    assert_eq!(log.session_lines, text.lines().count(), "{name}");
    assert!(log.calls.iter().all(|call| call.server.as_deref() == Some("kiln")), "{name}: {:?}", log.calls);
    let arguments: Vec<_> = log.calls.iter().map(|call| json!(call.arguments)).collect();
    assert_eq!(arguments, [json!({"shelf": "top"}), json!({"amount": 5}), json!({"shelf": "low"})], "{name}");
    log.calls.into_iter().map(|call| (call.tool, call.decision, call.at.is_some())).collect()
}

#[test]
fn sessions_are_read_as_the_clients_of_today_write_them() {
    let refused = Some(RecordedDecision::Refused);
    let calls = |last: Option<RecordedDecision>, timed: bool| {
        [("list_pots", None), ("sell_pot", refused), ("smash_pot", last)]
            .map(|(tool, decision)| (tool.to_owned(), decision, timed))
            .to_vec()
    };
    // What the client hid from its model was called nevertheless, and ended as no such tool.
    assert_eq!(session("claude-code.jsonl"), calls(None, true));
    assert_eq!(session("claude-code-stream.jsonl"), calls(refused, true));
    assert_eq!(session("codex.jsonl"), calls(refused, true));
    assert_eq!(session("codex-exec.jsonl"), calls(refused, false));
}

#[test]
fn refusals_are_told_by_kind_and_by_text() {
    let told = |result: &str| {
        let call = r#"{"type":"assistant","message":{"content":[{"type":"tool_use","id":"a","name":"mcp__kiln__sell_pot","input":{}}]}}"#;
        read_calls(&format!("{call}\n{result}")).calls[0].decision
    };
    let result = |text: &str, more: &str| {
        format!(
            r#"{{"type":"user"{more},"message":{{"content":[{{"type":"tool_result","tool_use_id":"a","is_error":true,"content":"{text}"}}]}}}}"#
        )
    };
    let refused = Some(RecordedDecision::Refused);
    assert_eq!(told(&result("Permission for this tool use was denied. Try another.", "")), refused);
    assert_eq!(told(&result("No.", r#","toolDenialKind":"user-rejected""#)), refused);
    assert_eq!(told(&result("the kiln is cold", "")), None);
    let older = r#"{"type":"event_msg","payload":{"type":"mcp_tool_call_end","call_id":"c","invocation":{"server":"kiln","tool":"sell_pot"},"result":{"Err":"user rejected MCP tool call"}}}"#;
    assert_eq!(read_calls(older).calls[0].decision, refused);
}

#[test]
fn other_files_are_no_sessions() {
    let history = r#"{"display":"sort the pots","timestamp":1769853601500,"project":"/home/potter"}"#;
    let events = r#"{"type":"click","x":3}"#;
    for foreign in [history, events, "[", r#"{"type":"item.completed"}"#] {
        let log = read_calls(foreign);
        assert_eq!((log.calls.len(), log.session_lines, log.unread.len()), (0, 0, 1), "{foreign}");
    }
    let quiet = r#"{"type":"summary","summary":"Pots","leafUuid":"u"}"#;
    assert_eq!((read_calls(quiet).session_lines, read_calls(quiet).calls.len()), (1, 0));
}

#[test]
fn a_policy_that_an_engine_decides_counts_by_what_the_engine_says() {
    if !cfg!(feature = "verify") {
        return;
    }
    let text = "package mcp.authz\nimport rego.v1\ndefault decision := \"deny\"\ndecision := \"allow\" if {\n  input.tool == \"paint_pot\"\n  input.calls.minute < 2\n}\n";
    let calls: Vec<CallRecord> = (0..5).map(|at| call(at, "paint_pot", 0)).collect();
    let rego = policy(Target::Rego, text);
    assert_eq!(
        rego.answer("k", "k", "paint_pot", &Map::new()).effect,
        PolicyEffect::Limit { max: 2, window: Window::Minute }
    );
    let total = replay_calls(&rego, &calls, &[]).total;
    assert_eq!((total.allowed, total.limited), (2, 3));
}
