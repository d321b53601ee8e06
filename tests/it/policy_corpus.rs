//! Policies over real servers, where a corpus is at hand (`MCPDEX_CORPUS`), and against the vendors' own schemas.

use crate::support::corpus::corpus;
use crate::support::policy::plan_of;
use flate2::read::GzDecoder;
use mcpdex::classify::{Ruleset, ServerContext};
use mcpdex::model::Tool;
use mcpdex::policy::{
    PlannedServer, PlannedTool, Profile, Refused, Target, TargetOptions, alias_of, decide_with_arguments, document,
};
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};

/// The tools of every server of the corpus, decided by a profile.
fn planned(profile: &Profile) -> Vec<PlannedServer> {
    let file = std::fs::File::open(corpus("tools-dev.jsonl.gz")).unwrap();
    let mut servers: BTreeMap<String, Vec<Tool>> = BTreeMap::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let line = line.unwrap();
        let row: Value = serde_json::from_str(&line).unwrap();
        let server = row["server"].as_str().unwrap().to_owned();
        servers.entry(server).or_default().push(Tool::from_json(&line).unwrap());
    }
    let ruleset = Ruleset::builtin().unwrap();
    let plan = servers.into_par_iter().map(|(name, tools)| {
        let context = ServerContext::of(&name, &tools);
        let decided = tools.iter().map(|tool| {
            let verdict = ruleset.judge(&context, tool);
            PlannedTool {
                name: tool.name.clone(),
                decision: decide_with_arguments(profile, &verdict, None, tool),
                input_schema: tool.input_schema.clone(),
            }
        });
        PlannedServer { alias: alias_of(&name), launch: None, tools: decided.collect(), name }
    });
    plan.collect()
}

#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn every_server_of_the_corpus_is_verified_or_refused_with_the_reason_at_every_target() {
    let servers = planned(Profile::balanced());
    let tools: usize = servers.iter().map(|server| server.tools.len()).sum();
    let conditional = servers.iter().flat_map(|s| &s.tools).filter(|t| !t.decision.conditions.is_empty()).count();
    eprintln!("{} servers, {tools} tools, {conditional} with conditions on arguments", servers.len());
    for target in Target::ALL.iter().copied() {
        let options = TargetOptions::default();
        let results: Vec<_> = servers
            .par_iter()
            .map(|server| document(target, std::slice::from_ref(server), &options, Profile::balanced().uncounted))
            .collect();
        let verified = results.iter().flatten().count();
        let calls: usize = results.iter().flatten().map(|document| document.calls).sum();
        let losses: usize = results.iter().flatten().map(|document| document.losses.len()).sum();
        let mut refused = 0;
        for (server, result) in servers.iter().zip(&results) {
            match result {
                Ok(document) => assert!(document.calls >= server.tools.len().min(1), "{}", server.name),
                // A server that is called as one of the client's own kinds of tools.
                Err(Refused::Alias { target: Target::Copilot, .. }) => refused += 1,
                Err(Refused::NoEngine(_)) if cfg!(not(feature = "verify")) => refused += 1,
                Err(other) => panic!("{target}, {}: {other}", server.name),
            }
        }
        assert_eq!(verified + refused, servers.len());
        eprintln!("{target}: {verified} verified by {calls} calls, {refused} refused, {losses} losses");
    }
}

/// The tools of the corpus under names that parsers, wildcards, shells and prototypes trip over.
#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn every_server_is_verified_or_refused_with_the_reason_under_hostile_names() {
    let odd = [
        "*",
        "_global",
        "__proto__",
        "a.b",
        "a b",
        "a\nb",
        "\"",
        "'",
        "\\",
        "]",
        "`",
        "#",
        "${x}",
        "{{x}}",
        "\0",
        "\u{202e}x",
        "re\u{430}d",
        "delete\u{200b}",
        "漢字",
        "Tool::\"x\"",
        "x)",
        "(x",
        ",",
        "--allow-all-tools",
        ": ",
        "|",
    ];
    let mut servers = planned(Profile::balanced());
    for server in &mut servers {
        for (number, tool) in server.tools.iter_mut().enumerate() {
            let strange = odd[number % odd.len()];
            tool.name = match number % 4 {
                0 => strange.to_owned(),
                1 => format!("{}{strange}", tool.name),
                2 => format!("{strange}{}", tool.name.to_uppercase()),
                _ => tool.name.clone(),
            };
        }
    }
    for target in Target::ALL.iter().copied() {
        let options = TargetOptions::default();
        let results: Vec<_> = servers
            .par_iter()
            .map(|server| document(target, std::slice::from_ref(server), &options, Profile::balanced().uncounted))
            .collect();
        let mut refused = 0;
        for (server, result) in servers.iter().zip(&results) {
            match result {
                Ok(document) => assert!(document.calls >= server.tools.len().min(1), "{}", server.name),
                Err(Refused::CannotRefuse { .. }) => refused += 1,
                Err(Refused::Alias { target: Target::Copilot, .. }) => refused += 1,
                Err(Refused::NoEngine(_)) if cfg!(not(feature = "verify")) => refused += 1,
                Err(other) => panic!("{target}, {}: {other}", server.name),
            }
        }
        eprintln!("{target}: {} verified, {refused} refused", servers.len() - refused);
    }
}

#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn the_tool_of_the_reference_page_gets_its_document_byte_for_byte() {
    let servers = planned(Profile::balanced());
    let name = "build_and_push_image_to_ecr";
    let holders: Vec<_> = servers.iter().filter(|s| s.tools.iter().any(|t| t.name == name)).collect();
    assert!(!holders.is_empty(), "the corpus has no tool of the name");
    let expected = format!(
        "{{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"tools\": {{\n    \"{name}\": {{\n      \"limits\": [\n        \
         {{\n          \"counter\": \"{name}_rate\",\n          \"window\": \"minute\",\n          \"max\": 10,\n          \
         \"scope\": \"grant\"\n        }}\n      ]\n    }}\n  }}\n}}\n"
    );
    for server in holders {
        let only = server.tools.iter().filter(|tool| tool.name == name).take(1).cloned().collect();
        let server = PlannedServer { tools: only, ..server.clone() };
        let written =
            document(Target::PolicyLayer, &[server], &TargetOptions::default(), Profile::balanced().uncounted).unwrap();
        assert_eq!(written.text(), expected);
    }
}

const TOOLS: [(&str, &str); 5] =
    [("peek", "read"), ("label", "write"), ("start", "execute"), ("burn", "destructive"), ("pay", "financial")];

fn assert_accepted(schema: &Value, document: &Value, what: &str) {
    let validator = jsonschema::options().build(schema).unwrap();
    let wrong: Vec<_> = validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{what}: {}", wrong.join("\n"));
}

#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn the_vendors_schemas_accept_what_is_written() {
    let server = plan_of(Profile::balanced(), "io.github.example/shelf", &TOOLS);
    let cases = [
        (Target::ClaudeCode, 0, "claude-code-settings.schema.json"),
        (Target::Gemini, 1, "gemini-settings.schema.json"),
        (Target::AgentGateway, 0, "agentgateway.schema.json"),
    ];
    for (target, output, schema) in cases {
        if target.capability().engine.is_some() && cfg!(not(feature = "verify")) {
            continue;
        }
        let path = corpus(&format!("schemas/{schema}"));
        let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let servers = std::slice::from_ref(&server);
        let written = document(target, servers, &TargetOptions::default(), Profile::balanced().uncounted).unwrap();
        let text = &written.files[output].text;
        let document: Value = match target {
            Target::AgentGateway => serde_saphyr::from_str(text).unwrap(),
            _ => serde_json::from_str(text).unwrap(),
        };
        assert_accepted(&schema, &document, target.as_str());
    }
}

#[test]
fn our_own_schema_accepts_every_policy_json_of_the_corpus() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/schema/policylayer-policy.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut servers = vec![plan_of(Profile::balanced(), "io.github.example/shelf", &TOOLS)];
    if std::env::var_os("MCPDEX_CORPUS").is_some() {
        servers.extend(planned(Profile::balanced()));
    }
    let validator = jsonschema::options().build(&schema).unwrap();
    for server in &servers {
        let servers = std::slice::from_ref(server);
        let written =
            document(Target::PolicyLayer, servers, &TargetOptions::default(), Profile::balanced().uncounted).unwrap();
        let document: Value = serde_json::from_str(written.text()).unwrap();
        assert!(validator.is_valid(&document), "{}", server.name);
    }
}
