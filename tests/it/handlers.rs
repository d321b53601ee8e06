//! What handlers do against what their definitions say: eighty-four invented handlers in six languages under
//! `tests/data/handlers`, in which each line that does something names the tools that reach it (`does TOOL: KIND`).
//! The head of each file says which tools do more than their definition says, which less, and which are honest.

use crate::support::binary::User;
use crate::support::pack::package;
use crate::support::schema::assert_valid;
use crate::support::shelf::{live_seen, monday, package_seen};
use mcpdex::classify::{AnnotationTrust, Ruleset, ServerContext};
use mcpdex::extract::{Budget, Extraction, ReadLimits, SourceTree, extract};
use mcpdex::model::{Class, DeedReach, Ecosystem, Field, Risk, Sighting, Tool, Verdict};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A tool, a line and a kind of deed.
type Mark = (String, u32, String);

struct Server {
    path: String,
    found: Extraction,
    marks: BTreeSet<Mark>,
    more: BTreeSet<String>,
    less: BTreeSet<String>,
    honest: BTreeSet<String>,
}

/// A language, the path of a server's file, and what stands beside it.
type Place = (&'static str, &'static str, Option<(&'static str, &'static str)>);

/// Where each language keeps the file of a server, and what stands beside it.
const LANGUAGES: [Place; 6] = [
    ("python", "server.py", None),
    ("typescript", "index", Some(("package.json", r#"{ "name": "handlers", "version": "1.0.0", "type": "module" }"#))),
    ("go", "main.go", Some(("go.mod", "module example.test/handlers\n"))),
    ("rust", "src/main.rs", Some(("Cargo.toml", "[package]\nname = \"handlers\"\n"))),
    ("csharp", "Program.cs", None),
    ("kotlin", "src/main/kotlin/mill/Main.kt", None),
];

fn servers() -> Vec<Server> {
    let mut all = Vec::new();
    for (language, place, beside) in LANGUAGES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/handlers").join(language);
        let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let text = std::fs::read_to_string(&path).unwrap();
            let ending = path.extension().unwrap().to_str().unwrap();
            let place = if place.contains('.') { place.to_owned() } else { format!("{place}.{ending}") };
            let mut files = BTreeMap::from([(place, text.clone().into_bytes())]);
            files.extend(beside.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())));
            let ecosystem = if language == "python" { Ecosystem::Pypi } else { Ecosystem::Npm };
            let tree = SourceTree { package: package(ecosystem, "handlers"), files };
            let found = extract(&tree, &Budget::start(ReadLimits::default())).unwrap();
            let head = |word: &str| -> BTreeSet<String> {
                let line = text.lines().find_map(|line| line.trim_start_matches(['/', '#', ' ']).strip_prefix(word));
                line.into_iter().flat_map(|names| names.split(',')).map(|name| name.trim().to_owned()).collect()
            };
            let (more, less, honest) = (head("more:"), head("less:"), head("honest:"));
            let path = format!("{language}/{}", path.file_name().unwrap().to_str().unwrap());
            all.push(Server { path, found, marks: marks(&text), more, less, honest });
        }
    }
    all
}

fn marks(text: &str) -> BTreeSet<Mark> {
    let mut marks = BTreeSet::new();
    for (at, line) in text.lines().enumerate() {
        let Some((_, told)) = line.split_once("does ") else { continue };
        for mark in told.split(',') {
            let (tool, kind) = mark.split_once(':').unwrap();
            marks.insert((tool.trim().to_owned(), at as u32 + 1, kind.trim().to_owned()));
        }
    }
    marks
}

fn name(json: &str) -> String {
    let object: serde_json::Value = serde_json::from_str(json).unwrap();
    object["name"].as_str().unwrap().to_owned()
}

/// What was seen, without what only touches a place of the program's own for a while.
fn seen(found: &Extraction) -> BTreeSet<Mark> {
    let deeds = found.tools.iter().flat_map(|tool| {
        let deeds = tool.code.iter().flat_map(|code| &code.deeds).filter(|deed| deed.reach != DeedReach::Scratch);
        deeds.map(|deed| (name(&tool.json), deed.site.line, deed.kind.to_string()))
    });
    deeds.collect()
}

#[test]
fn what_handlers_do_is_found_and_nothing_is_invented() {
    let (mut wanted, mut found, mut told) = (0, 0, String::new());
    let (mut dishonest, mut honest, mut invented) = (0, 0, 0);
    for server in servers() {
        (dishonest, honest) = (dishonest + server.more.len() + server.less.len(), honest + server.honest.len());
        let seen = seen(&server.found);
        for mark in &server.marks {
            let counts = !server.honest.contains(&mark.0);
            wanted += usize::from(counts);
            found += usize::from(counts && seen.contains(mark));
            if !seen.contains(mark) {
                told += &format!("{}: not found {mark:?}\n", server.path);
            }
        }
        for mark in seen.difference(&server.marks) {
            invented += 1;
            told += &format!("{}: nothing says that {mark:?}\n", server.path);
        }
        for tool in &server.found.tools {
            let name = name(&tool.json);
            if tool.code.is_none() {
                told += &format!("{}: no handler of {name}\n", server.path);
            }
        }
        let names: BTreeSet<String> = server.found.tools.iter().map(|tool| name(&tool.json)).collect();
        let all: BTreeSet<String> = server.more.iter().chain(&server.less).chain(&server.honest).cloned().collect();
        assert_eq!(names, all, "{}", server.path);
    }
    println!("{found} of {wanted} deeds of the {dishonest} found; {honest} honest\n{told}");
    assert_eq!((dishonest, honest), (60, 24));
    assert_eq!(invented, 0, "{told}");
    assert!(found * 10 >= wanted * 9, "{found} of {wanted} deeds\n{told}");
}

// with the program: what a verdict makes of it, and who tells it

/// Every tool of a server as the judge gets it, with and without what its code does.
fn judged(server: &Server) -> Vec<(String, Verdict, Verdict)> {
    let rules = Ruleset::builtin().unwrap();
    let read = |with: bool| -> Vec<Tool> {
        let tools = server.found.tools.iter().map(|found| {
            let tool = Tool::from_json(&found.json).unwrap();
            Tool { code: found.code.clone().filter(|_| with), ..tool }
        });
        tools.collect()
    };
    let (with, without) = (read(true), read(false));
    let context = ServerContext::of("io.example/handlers", &with);
    let both = with.iter().zip(&without);
    both.map(|(with, without)| (with.name.clone(), rules.judge(&context, with), rules.judge(&context, without)))
        .collect()
}

#[test]
fn code_that_does_more_is_a_finding_honest_code_is_none_and_nothing_gets_milder() {
    let (mut told, mut missed) = (0, String::new());
    for server in servers() {
        for (name, with, without) in judged(&server) {
            assert!((with.class, with.risk) >= (without.class, without.risk), "{}: {name}", server.path);
            assert!(without.traits.is_subset(&with.traits), "{}: {name}", server.path);
            if server.more.contains(&name) {
                told += usize::from(with.contradictions().next().is_some());
                if with.contradictions().next().is_none() {
                    missed += &format!("{}: {name}: {}\n", server.path, with.rationale);
                }
            } else {
                assert_eq!(with.contradictions().next(), None, "{}: {name}", server.path);
                assert_eq!((with.class, with.risk), (without.class, without.risk), "{}: {name}", server.path);
            }
        }
    }
    println!("{told} of 49 contradictions told\n{missed}");
    assert!(told >= 46, "{told} of 49\n{missed}");
}

#[test]
fn a_brief_verdict_weighs_the_code_as_the_full_one_does() {
    let rules = Ruleset::builtin().unwrap();
    let mut by_code = 0;
    for server in servers() {
        let hints = [r#""annotations":{"readOnlyHint":true}"#, r#""annotations":{"destructiveHint":true}"#];
        for (found, hint) in server.found.tools.iter().flat_map(|found| hints.map(|hint| (found, hint))) {
            let mut object: serde_json::Map<String, Value> = serde_json::from_str(&found.json).unwrap();
            object.remove("annotations");
            let rest = Value::Object(object).to_string();
            // Once as it is; once with hints; once with a key that stands twice, so that there are two readings.
            let hinted = format!("{{{hint},{}", &rest[1..]);
            let twice = format!(r#"{{"description":"Deletes every file for good.",{}"#, &rest[1..]);
            for json in [&found.json, &hinted, &twice] {
                let tool = Tool { code: found.code.clone(), ..Tool::from_json(json).unwrap() };
                let context = ServerContext::of("io.example/handlers", [&tool]);
                for trust in [AnnotationTrust::RaiseOnly, AnnotationTrust::Full, AnnotationTrust::Ignore] {
                    let full = rules.judge_trusting(&context, &tool, trust);
                    let brief = rules.judge_briefly(&context, &tool, trust);
                    assert_eq!(
                        (brief.class, brief.risk, &brief.traits, brief.confidence, brief.recognised),
                        (full.class, full.risk, &full.traits, full.confidence, full.recognised),
                        "{}: {json}",
                        server.path
                    );
                    let of_code = full.evidence.iter().filter(|evidence| evidence.field == Field::Code);
                    let of_code: BTreeSet<&str> = of_code.map(|evidence| evidence.rule.as_str()).collect();
                    let told = brief.rules.iter().copied().filter(|rule| rule.starts_with("handler-"));
                    assert_eq!(told.collect::<BTreeSet<_>>(), of_code, "{}: {json}", server.path);
                    by_code += of_code.len();
                }
            }
        }
    }
    assert!(by_code > 0, "no verdict rests on code");
}

#[test]
fn the_evidence_is_the_call_with_its_place_and_a_rule() {
    let all = servers();
    let server = all.iter().find(|server| server.path == "python/greenhouse.py").unwrap();
    let (_, with, _) = judged(server).into_iter().find(|(name, _, _)| name == "bed_state").unwrap();
    assert_eq!((with.class, with.risk), (Class::Write, Risk::Critical));
    let evidence = with.evidence.iter().find(|evidence| evidence.field == Field::Code).unwrap();
    assert_eq!(
        (evidence.rule.as_str(), evidence.pointer.as_str(), evidence.text.as_str()),
        ("handler-deletes", "server.py:20", "shutil.rmtree")
    );
    assert!(with.rationale.contains("its handler deletes: `shutil.rmtree` at server.py:20"), "{}", with.rationale);
}

/// A user whose database holds one package that was read from source.
fn user_with(server: &Server) -> User {
    let user = User::new();
    let tools = server.found.tools.iter().map(|found| {
        let tool = Tool { code: found.code.clone(), ..Tool::from_json(&found.json).unwrap() };
        (tool, Sighting { site: Some(found.site.clone()), ..Sighting::default() })
    });
    package_seen(&user, monday, "greenhouse", "1.0.0", tools.collect());
    user
}

#[test]
fn the_database_keeps_it_and_tool_and_server_tell_it() {
    let all = servers();
    let user = user_with(all.iter().find(|server| server.path == "python/greenhouse.py").unwrap());
    let text = user.done(&["tool", "bed_state"]);
    for part in ["What its handler does (server.py:40", "delete  `shutil.rmtree`", "server.py:20", "Contradiction: its"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let told: Value = serde_json::from_str(&user.done(&["tool", "bed_state", "--json"])).unwrap();
    let deed = &told["servers"][0]["code"]["deeds"][0];
    assert_eq!(
        (&deed["kind"], &deed["reach"], &deed["site"]["line"]),
        (&json!("delete"), &json!("chosen"), &json!(20))
    );
    assert_eq!(told["servers"][0]["verdict"]["class"], "write");
    let text = user.done(&["server", "npm:greenhouse"]);
    assert!(text.contains("speaks of reading, and its handler deletes"), "{text}");
    // The honest ones are told with what they do, and not found fault with.
    let text = user.done(&["tool", "plant_note"]);
    assert!(text.contains("scratch") && !text.contains("Contradiction"), "{text}");
    // A list of the running server is judged by the code that was read from its source, too.
    let live = vec![(
        Tool::from_json(r#"{"name":"bed_state","description":"Gets the state of a bed."}"#).unwrap(),
        Sighting::default(),
    )];
    live_seen(&user, monday, "greenhouse", live);
    let text = user.done(&["tool", "bed_state"]);
    assert!(text.contains("Contradiction: its") && text.contains("live"), "{text}");
}

#[test]
fn scan_finds_fault_with_a_server_whose_code_does_more_than_its_definitions_say() {
    let all = servers();
    let user = user_with(all.iter().find(|server| server.path == "python/greenhouse.py").unwrap());
    let configuration = r#"{"mcpServers":{"garden":{"command":"npx","args":["-y","greenhouse@1.0.0"]}}}"#;
    std::fs::write(user.home().join("garden.json"), configuration).unwrap();
    let scan = |words: &[&str]| user.run(&[&["scan", "garden.json", "--offline"], words].concat());
    let report = assert_valid("scan", &scan(&["--json"]).out);
    let findings = report["findings"].as_array().unwrap();
    let of_code: Vec<&Value> =
        findings.iter().filter(|finding| finding["message"].as_str().unwrap().contains("speaks of reading")).collect();
    let told: BTreeSet<&str> = of_code.iter().map(|finding| finding["tool"].as_str().unwrap()).collect();
    assert!(told.contains("bed_state"), "{report}");
    // The honest tools of the same server do what they say, and are not found fault with.
    let honest = &all.iter().find(|server| server.path == "python/greenhouse.py").unwrap().honest;
    assert!(honest.iter().all(|name| !told.contains(name.as_str())), "{told:?}");
    let state = of_code.iter().find(|finding| finding["tool"] == "bed_state").unwrap();
    let message = state["message"].as_str().unwrap();
    for part in ["its handler deletes", "shutil.rmtree", "server.py:20"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let ran = scan(&[]);
    let line = ran.out.lines().find(|line| line.contains("bed_state") && line.contains("does more than it says"));
    assert!(line.is_some_and(|line| line.contains("critical")), "{}", ran.out);
    let severity = state["severity"].as_str().unwrap();
    assert_eq!(scan(&["--fail-on", severity]).code, 3);
}

#[test]
fn extract_tells_each_deed_with_its_place_in_json() {
    let user = User::new();
    let folder = user.home().join("greenhouse");
    std::fs::create_dir_all(&folder).unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/handlers/python/greenhouse.py");
    std::fs::copy(source, folder.join("server.py")).unwrap();
    std::fs::write(folder.join("pyproject.toml"), "[project]\nname = \"greenhouse\"\nversion = \"1.0.0\"\n").unwrap();
    let text = user.done(&["extract", folder.to_str().unwrap(), "--json"]);
    let line = text.lines().find(|line| line.contains("\"seed_stock\"")).unwrap();
    let tool: Value = serde_json::from_str(line).unwrap();
    let deed = &tool["code"]["deeds"][0];
    assert_eq!(
        (&deed["kind"], &deed["call"], &deed["site"]["file"], &deed["site"]["line"]),
        (&json!("delete"), &json!("os.remove"), &json!("server.py"), &json!(35))
    );
    assert!(tool["code"]["whole"] == true && tool["code"]["handler"]["line"] == 30, "{tool}");
}
