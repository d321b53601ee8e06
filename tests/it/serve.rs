//! The HTTP API: the same documents that the commands print, described by its own OpenAPI document; pages; the MCP server.

use crate::support::binary::User;
use crate::support::listening::{Heard, Listening};
use crate::support::shelf::{friday, listed, monday, package, remote};
use serde_json::{Value, json};

const LIST: &str = r#"{"name":"list_pots","description":"Lists the pots on the shelf.","inputSchema":{"type":"object","properties":{}}}"#;
const DROP: &str = r#"{"name":"drop_shelf","description":"Deletes the shelf and every pot on it for good.","inputSchema":{"type":"object","properties":{"shelf":{"type":"string"}}}}"#;

fn user() -> User {
    let user = User::new();
    package(&user, monday, "@potters/kiln-desk", "1.0.0", &[LIST, DROP]);
    remote(&user, monday, "io.example/clay", "https://clay.example/mcp", &[DROP]);
    let loam = r#"{"name":"io.example/loam","description":"Loam.","version":"1.0.0","remotes":[{"type":"sse","url":"https://loam.example"}]}"#;
    listed(&user, monday, "registry:https://board.example", loam, None);
    user.done(&["stats"]);
    user
}

fn printed(user: &User, words: &[&str]) -> Value {
    serde_json::from_str(&user.done(&[words, &["--json"]].concat())).unwrap()
}

fn fine(heard: Heard) -> Value {
    assert_eq!(heard.status, 200, "{} {}", heard.head, String::from_utf8_lossy(&heard.body));
    heard.json()
}

#[test]
fn the_api_answers_what_the_commands_print() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    for (path, words) in [
        ("/v1/tools/drop_shelf", vec!["tool", "drop_shelf"]),
        ("/v1/tools/DropShelf", vec!["tool", "DropShelf"]),
        ("/v1/tools/drop_shelf?server=io.example%2Fclay", vec!["tool", "drop_shelf", "--server", "io.example/clay"]),
        ("/v1/servers/npm:@potters/kiln-desk", vec!["server", "npm:@potters/kiln-desk"]),
        ("/v1/servers/npm%3A%40potters%2Fkiln-desk", vec!["server", "npm:@potters/kiln-desk"]),
        ("/v1/search?q=shelf&risk=critical", vec!["search", "shelf", "--risk", "critical"]),
        (
            "/v1/search?risk=low&risk=critical&per_page=1&page=2",
            vec!["search", "--risk", "low", "--risk", "critical", "--per-page", "1", "--page", "2"],
        ),
    ] {
        assert_eq!(fine(server.get(path)), printed(&user, &words), "{path}");
    }
    assert_eq!(fine(server.get("/v1/stats"))["figures"], printed(&user, &["stats"])["figures"]);
    let policy = fine(server.get("/v1/policy?server=io.example/clay&target=claude-code"));
    let document = user.done(&["policy", "--server", "io.example/clay", "--target", "claude-code"]);
    let at_target = &policy["targets"][0];
    let text = at_target["documents"][0]["text"].as_str();
    assert_eq!((text, &at_target["file"]), (Some(document.as_str()), &json!("settings.json")));
    // One shape, however it is asked for.
    let told = user.done(&["policy", "--server", "io.example/clay", "--target", "claude-code", "--json"]);
    assert_eq!(policy, serde_json::from_str::<Value>(&told).unwrap());
    let judged = fine(server.post(
        "/v1/classify?server=io.example/clay",
        &json!({"tools": [serde_json::from_str::<Value>(DROP).unwrap()]}),
    ));
    let known = fine(server.get("/v1/tools/drop_shelf?server=io.example/clay"));
    assert_eq!(judged["verdicts"][0]["evidence"], known["servers"][0]["verdict"]["evidence"]);
    let open = json!({"policy": "{\"permissions\":{\"allow\":[\"mcp__clay__drop_shelf\"]}}", "target": "claude-code", "servers": ["clay=io.example/clay"]});
    let checked = fine(server.post("/v1/policy/check", &open));
    assert!(checked["gate"] == true && checked["depth"] == "whole", "{checked}");
    let fresh = r#"{"name":"list_pots","description":"Deletes all pots on the shelf for good.","inputSchema":{"type":"object","properties":{}}}"#;
    package(&user, friday, "@potters/kiln-desk", "1.1.0", &[fresh, DROP]);
    user.done(&["stats"]);
    let changed = fine(server.get("/v1/changes?since=2031-03-04"));
    assert_eq!(changed["changes"], printed(&user, &["diff", "2031-03-03", "now"])["changes"]);
    assert!(!changed["changes"].as_array().unwrap().is_empty());
}

#[test]
fn what_is_unknown_or_makes_no_sense_is_a_problem_with_its_reason() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    for (path, status, why) in [
        ("/v1/tools/drop_shelv", 404, "drop_shelf"),
        ("/v1/servers/io.example/cley", 404, "io.example/clay"),
        ("/v1/policy?tool=drop_shelf", 400, "several servers"),
        ("/v1/policy", 400, "name a tool"),
        ("/v1/policy?server=x&target=nowhere", 400, "nowhere"),
        ("/v1/search", 400, "give q"),
        ("/v1/search?q=---", 400, "no letter"),
        ("/v1/search?q=a&risk=grave", 400, "grave"),
        ("/v1/search?q=a&page=0", 400, "page"),
        ("/v1/search?q=a&pgae=1", 400, "pgae"),
        ("/v1/changes?since=yesterday", 400, "RFC 3339"),
        ("/v1/changes", 400, "since"),
        ("/v1/none", 404, "no such page"),
        ("/../../etc/passwd", 404, "no such page"),
    ] {
        let heard = server.get(path);
        assert_eq!(heard.status, status, "{path}: {} {}", heard.head, String::from_utf8_lossy(&heard.body));
        assert_eq!(heard.header("content-type"), Some("application/problem+json"), "{path}");
        assert!(heard.json().to_string().contains(why), "{path}: {}", heard.json());
    }
    let form = server.ask("POST", "/v1/classify", &[("Content-Type", "text/plain")], b"{\"tools\":[]}");
    assert_eq!(form.status, 415);
    assert_eq!(server.post("/v1/classify", &json!({"tools": []})).status, 400);
    for body in [json!({"policy": 5}), json!({"policy": "{}", "servers": null}), json!({"policy": "{}", "target": 5})] {
        assert_eq!(server.post("/v1/policy/check", &body).status, 400, "{body}");
    }
    for path in ["/v1/stats", "/index.html"] {
        let refused = server.ask("DELETE", path, &[], b"");
        assert_eq!((refused.status, refused.header("allow")), (405, Some("GET,HEAD")), "{path}");
    }
}

/// Values of a described parameter: one that is meant, and lists of values that its schema does not have.
fn values_of(schema: &Value) -> (String, Vec<Vec<String>>) {
    let own = |texts: &[&str]| texts.iter().map(|text| vec![(*text).to_owned()]).collect::<Vec<_>>();
    if let Some(any) = schema["anyOf"].as_array() {
        assert!(any.iter().all(|one| one["format"].is_string()), "{schema}");
        let wrong =
            ["", "2031", "2031-01-01T00Z", "2031-01-01T00:00Z", "2031-01-01T00:00:00Z[UTC]", "20310101T000000Z"];
        return ("2031-01-01".to_owned(), own(&wrong));
    }
    match schema["type"].as_str().unwrap() {
        "array" => {
            let (meant, mut wrong) = values_of(&schema["items"]);
            wrong.retain(|values| values.len() == 1);
            let most = usize::try_from(schema["maxItems"].as_u64().unwrap()).unwrap();
            wrong.push(vec![meant.clone(); most + 1]);
            wrong.push(vec![meant.clone(), String::new()]);
            (meant, wrong)
        }
        "string" if schema["format"] == "date-time" => (
            "2031-01-01T00:00:00Z".to_owned(),
            own(&["", "2031", "2031-01-01", "2031-01-01T00Z", "2031-01-01T00:00:00Z[UTC]"]),
        ),
        "string" => match schema["enum"].as_array() {
            Some(words) => {
                let word = |at: usize| words[at].as_str().unwrap().to_owned();
                let joined = format!("{},{}", word(0), word(1));
                (word(0), own(&["", "nonsense", &joined, &format!("{},", word(0)), &word(0).to_uppercase()]))
            }
            None => {
                let long = "a".repeat(usize::try_from(schema["maxLength"].as_u64().unwrap()).unwrap() + 1);
                ("shelf".to_owned(), [own(&["", &long]), vec![vec!["a".to_owned(), "b".to_owned()]]].concat())
            }
        },
        "integer" => {
            let above = (schema["maximum"].as_u64().unwrap() + 1).to_string();
            ("1".to_owned(), own(&["", "0", "-1", "+1", "1.5", "one", &above]))
        }
        "boolean" => ("true".to_owned(), own(&["", "1", "yes", "TRUE"])),
        other => panic!("no values of {other}"),
    }
}

#[test]
fn every_parameter_is_read_as_the_document_says() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    let document = fine(server.get("/openapi.json"));
    let mut tried = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let Some(parameters) = operations["get"]["parameters"].as_array() else { continue };
        let place = path.replace("tools/{name}", "tools/drop_shelf").replace("{version}", "latest");
        let clay = if path.starts_with("/v0.1/") { "io.example%2Fclay" } else { "io.example/clay" };
        let place = place.replace("{name}", clay);
        let asked: Vec<&Value> = parameters.iter().filter(|one| one["in"] == "query").collect();
        for parameter in &asked {
            let name = parameter["name"].as_str().unwrap();
            let needed: String = asked
                .iter()
                .filter(|one| one["required"] == true && one["name"] != name)
                .map(|one| format!("&{}={}", one["name"].as_str().unwrap(), values_of(&one["schema"]).0))
                .collect();
            let query = |values: &[String]| {
                let own: Vec<String> =
                    values.iter().map(|value| format!("{name}={}", value.replace('+', "%2B"))).collect();
                format!("{place}?{}{needed}", own.join("&"))
            };
            let (meant, wrong) = values_of(&parameter["schema"]);
            let heard = server.get(&query(&[meant]));
            let why = String::from_utf8_lossy(&heard.body).into_owned();
            // What is meant may name nothing here, or need another parameter beside it; it is never called wrong itself.
            assert!(heard.status != 400 || !why.contains(&format!("{name} ")), "{name}: {why}");
            for values in wrong {
                let query = query(&values);
                let heard = server.get(&query);
                assert_eq!(heard.status, 400, "{query}: {}", String::from_utf8_lossy(&heard.body));
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "{tried}");
}

#[test]
fn the_openapi_document_describes_what_is_answered() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    let document = fine(server.get("/openapi.json"));
    assert_eq!(document["openapi"], "3.1.0");
    let examples = [
        ("/v1/tools/{name}", "/v1/tools/drop_shelf", None),
        ("/v1/servers/{name}", "/v1/servers/io.example/clay", None),
        ("/v1/search", "/v1/search?q=shelf", None),
        ("/v1/stats", "/v1/stats", None),
        ("/v1/policy", "/v1/policy?server=io.example/clay", None),
        (
            "/v1/policy/check",
            "/v1/policy/check",
            Some(json!({"policy": "{\"permissions\":{\"allow\":[]}}", "target": "claude-code"})),
        ),
        ("/v1/classify", "/v1/classify", Some(json!({"tools": [{"name": "wipe_disk"}]}))),
        ("/v1/changes", "/v1/changes?since=2031-01-01T00:00:00Z", None),
        ("/v0.1/servers", "/v0.1/servers", None),
        ("/v0.1/servers/{name}/versions", "/v0.1/servers/io.example%2Floam/versions", None),
        ("/v0.1/servers/{name}/versions/{version}", "/v0.1/servers/io.example%2Floam/versions/latest", None),
        ("/v1/registry", "/v1/registry", None),
        ("/healthz", "/healthz", None),
        ("/openapi.json", "/openapi.json", None),
    ];
    let described: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(described.len(), examples.len());
    for (path, example, body) in examples {
        let (method, heard) = match &body {
            Some(body) => ("post", server.post(example, body)),
            None => ("get", server.get(example)),
        };
        let answer = fine(heard);
        let mut schema =
            document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"].clone();
        assert!(schema.is_object(), "{path} is not described");
        schema["components"] = document["components"].clone();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&answer).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{path}: {wrong:?}");
    }
}

#[test]
fn a_client_that_has_the_answer_is_told_so_until_something_is_written() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    let first = server.get("/v1/tools/drop_shelf");
    let tag = first.header("etag").unwrap().to_owned();
    let again = server.ask("GET", "/v1/tools/drop_shelf", &[("If-None-Match", &tag)], b"");
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(server.ask("GET", "/v1/tools/drop_shelf", &[("If-None-Match", "W/\"other\"")], b"").status, 200);
    let squeezed = server.ask("GET", "/v1/tools/drop_shelf", &[("Accept-Encoding", "gzip")], b"");
    assert_eq!(squeezed.header("content-encoding"), Some("gzip"));
    assert!(squeezed.body.len() * 2 < first.body.len());
    // Given again as it is: the same bytes to whoever takes them, and the plain ones to everybody else.
    let again = server.ask("GET", "/v1/tools/drop_shelf", &[("Accept-Encoding", "gzip")], b"");
    assert_eq!((again.header("content-encoding"), &again.body), (Some("gzip"), &squeezed.body));
    assert_eq!(again.header("etag"), Some(tag.as_str()));
    let brotli = server.ask("GET", "/v1/tools/drop_shelf", &[("Accept-Encoding", "gzip, br")], b"");
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    let held = [("Accept-Encoding", "gzip"), ("If-None-Match", tag.as_str())];
    let held = server.ask("GET", "/v1/tools/drop_shelf", &held, b"");
    assert_eq!((held.status, held.body.len(), held.header("content-encoding")), (304, 0, None));
    for accepted in ["identity", "gzip;q=0", &"x".repeat(500)] {
        let plain = server.ask("GET", "/v1/tools/drop_shelf", &[("Accept-Encoding", accepted)], b"");
        assert_eq!((plain.header("content-encoding"), &plain.body), (None, &first.body), "{accepted}");
    }
    let head = server.ask("HEAD", "/v1/tools/drop_shelf", &[], b"");
    assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, Some(tag.as_str())));
    package(&user, friday, "more-pots", "1.0.0", &[DROP]);
    user.done(&["stats"]);
    std::thread::sleep(std::time::Duration::from_millis(700));
    let changed = server.ask("GET", "/v1/tools/drop_shelf", &[("If-None-Match", &tag)], b"");
    assert_eq!(changed.status, 200);
    assert_eq!(changed.json()["servers"].as_array().unwrap().len(), 3);
}

#[test]
fn pages_are_live_and_lead_to_each_other() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    let home = server.get("/");
    assert_eq!((home.status, home.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let text = String::from_utf8(home.body).unwrap();
    let out = user.home().join("site");
    user.done(&["site", "--out", out.to_str().unwrap(), "-q"]);
    assert_eq!(text, std::fs::read_to_string(out.join("index.html")).unwrap(), "live and written pages are the same");
    let style = text.split('"').find(|word| word.ends_with(".css")).unwrap();
    let style = server.get(&format!("/{style}"));
    assert!(style.status == 200 && style.header("cache-control").unwrap().contains("immutable"), "{}", style.head);
    let list = String::from_utf8(server.get("/servers/1.html").body).unwrap();
    let link = list.split('"').find(|word| word.contains("/s/") && word.ends_with("index.html")).unwrap();
    let page = server.get(&format!("/{}", link.trim_start_matches("../")));
    assert_eq!((page.status, page.header("x-content-type-options")), (200, Some("nosniff")));
}

#[test]
fn documents_of_a_page_are_there_after_the_database_has_changed() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    let list = hits(&server, "?q=drop_shelf");
    let link = list.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    let page = String::from_utf8(server.get(&format!("/{link}")).body).unwrap();
    let folder = page.split("data-policy=\"../../").nth(1).unwrap().split('"').next().unwrap();
    let script = format!("/{folder}claude-code.js");
    let before = server.get(&script);
    assert_eq!(before.status, 200, "{script}");
    package(&user, friday, "@potters/kiln-desk", "1.1.0", &[LIST]);
    user.done(&["stats"]);
    assert!(String::from_utf8(server.get("/").body).unwrap().contains("kiln-desk"));
    assert_eq!(server.get(&script).body, before.body);
    assert_eq!(server.get(&script.replace("claude-code", "nowhere")).status, 404);
}

/// What the search page lists.
fn hits(server: &Listening, query: &str) -> String {
    let text = String::from_utf8(server.get(&format!("/search.html{query}")).body).unwrap();
    text.split("id=\"hits\"").nth(1).unwrap().split("</ol>").next().unwrap().to_owned()
}

#[test]
fn the_search_page_answers_what_it_is_asked() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    let asked = |query: &str| {
        let heard = server.get(&format!("/search.html{query}"));
        assert_eq!((heard.status, heard.header("content-type")), (200, Some("text/html; charset=utf-8")), "{query}");
        String::from_utf8(heard.body).unwrap()
    };
    let hits = |text: &str| text.split("id=\"hits\"").nth(1).unwrap().split("</ol>").next().unwrap().to_owned();
    assert!(!hits(&asked("")).contains("<li>"));
    let found = asked("?q=delete");
    let list = hits(&found);
    assert!(list.contains("<li>") && found.contains("value=\"delete\""), "{found}");
    let link = list.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(server.get(&format!("/{link}")).status, 200);
    let critical = hits(&asked("?q=&risk=critical"));
    assert!(critical.contains("class=\"risk critical\"") && !critical.contains("class=\"risk low\""), "{critical}");
    let hostile = asked("?q=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE&risk=worst&page=x");
    assert!(!hostile.contains("<script>alert") && !hostile.contains('\u{202e}'), "{hostile}");
    assert!(asked("?q=zzzzqqqq").contains("Nothing found"));
    assert!(asked("?q=...").contains("no letter or digit"));
}

#[test]
fn the_mcp_server_answers_over_http() {
    let user = user();
    let server = Listening::start(&user, &["mcp"]);
    let ask = |method: &str, params: Value| {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let headers = [
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
            ("MCP-Protocol-Version", "2025-06-18"),
        ];
        server.ask("POST", "/mcp", &headers, body.as_bytes())
    };
    let about =
        json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    assert_eq!(fine(ask("initialize", about))["result"]["serverInfo"]["name"], "mcpdex");
    assert_eq!(fine(ask("tools/list", json!({})))["result"]["tools"].as_array().unwrap().len(), 7);
    let called = fine(ask("tools/call", json!({"name": "get_tool", "arguments": {"name": "drop_shelf"}})));
    assert_eq!(called["result"]["structuredContent"]["tool"], "drop_shelf");
    let rebound = server.ask("POST", "/mcp", &[("Host", "evil.example"), ("Content-Type", "application/json")], b"{}");
    assert_eq!(rebound.status, 421);
}
