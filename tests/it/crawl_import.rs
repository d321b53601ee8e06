//! Crawling what is on this machine: files, folders, client configurations and list pages; that nothing of them is lost,
//! that what a registry serves page by page gives the same, and that no secret in any of it is kept.

use crate::support::binary::User;
use crate::support::corpus::corpus;
use crate::support::database::content;
use crate::support::mirror::{Mirror, Reply};
use crate::support::schema::assert_valid;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

fn rows(path: &Path) -> Vec<Value> {
    let lines = BufReader::new(GzDecoder::new(std::fs::File::open(path).unwrap())).lines();
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
}

fn crawl(user: &User, words: &[&str]) -> Value {
    let mut all = vec!["crawl", "--json"];
    all.extend(words);
    let ran = user.run(&all);
    assert!(ran.code == 0, "{words:?}: {} {}", ran.code, ran.err);
    assert_valid("crawl", &ran.out)
}

/// Serves manifests as the registry's API does, a hundred a page.
fn registry(rows: &[Value]) -> (Mirror, String) {
    let mirror = Mirror::start();
    for (number, page) in rows.chunks(100).enumerate() {
        let servers: Vec<Value> =
            page.iter().map(|row| json!({"server": row["server"], "_meta": row["registry_meta"]})).collect();
        let last = (number + 1) * 100 >= rows.len();
        let metadata = if last { json!({}) } else { json!({"nextCursor": (number + 1).to_string()}) };
        let target = match number {
            0 => "/v0.1/servers?limit=100&version=latest".to_owned(),
            n => format!("/v0.1/servers?limit=100&version=latest&cursor={n}"),
        };
        mirror.on(&target, Reply::json(json!({"servers": servers, "metadata": metadata})));
    }
    let source = format!("registry:{}", mirror.url("").as_str().trim_end_matches('/'));
    (mirror, source)
}

#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn real_manifests_from_a_file_and_from_a_registry_give_the_same_database() {
    let path = corpus("manifests.jsonl.gz");
    let rows = rows(&path);
    let (_mirror, source) = registry(&rows);
    let (from_file, from_registry) = (User::new(), User::new());
    let file = crawl(&from_file, &[path.to_str().unwrap(), "--listed"]);
    let served = crawl(&from_registry, &[&source, "--listed"]);
    for report in [&file, &served] {
        // None is lost: what is not a server in the database is a problem in the report.
        let problems = report["problems"].as_array().unwrap().len();
        let superseded = report["run"]["superseded"].as_u64().unwrap() as usize;
        let listed = report["run"]["listings"].as_u64().unwrap() as usize;
        assert_eq!(listed + problems + superseded, rows.len());
    }
    let without_source = |user: &User, source: &str| {
        let mut content = content(&user.database());
        content.retain(|what, _| what != "runs" && what != "sources");
        let source = source.to_owned();
        content.values_mut().flatten().for_each(|row| *row = row.replace(&source, "SOURCE"));
        content.values_mut().for_each(|rows| rows.sort());
        content
    };
    let (a, b) =
        (without_source(&from_file, &format!("file:{}", path.display())), without_source(&from_registry, &source));
    for (what, rows) in &a {
        let differing: Vec<_> = rows.iter().zip(&b[what]).filter(|(a, b)| a != b).take(2).collect();
        assert!(rows.len() == b[what].len() && differing.is_empty(), "{what}: {differing:?}");
    }
    println!("{} rows: {} servers from either, {}", rows.len(), file["servers"], file["problems"]);
}

#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn recorded_tools_are_imported_judged_and_summarised_in_one_command() {
    let path = corpus("tools-dev.jsonl.gz");
    let rows = rows(&path);
    let user = User::new();
    let report = crawl(&user, &[path.to_str().unwrap()]);
    let seen = report["run"]["tools"].as_u64().unwrap() as usize;
    assert_eq!(seen + report["problems"].as_array().unwrap().len(), rows.len());
    assert_eq!(report["run"]["judged"], report["tools"]);
    println!(
        "{} tools of {} servers: {:.0} tools/s ({:.2} s learning, {:.2} s judging), current {}",
        seen,
        report["servers"],
        report["run"]["tools_per_second"].as_f64().unwrap(),
        report["run"]["learning_seconds"].as_f64().unwrap(),
        report["run"]["judging_seconds"].as_f64().unwrap(),
        report["tools"]
    );
}

#[test]
fn files_and_folders_of_every_shape_are_read_and_bad_rows_are_reported_with_their_place() {
    let user = User::new();
    let folder = user.home().join("lists");
    std::fs::create_dir_all(folder.join("deeper")).unwrap();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(b"{\"server\":\"clay/kiln\",\"name\":\"fire_kiln\",\"description\":\"Fire.\"}\n{broken\n").unwrap();
    std::fs::write(folder.join("tools.jsonl.gz"), gzip.finish().unwrap()).unwrap();
    std::fs::write(folder.join("deeper/slip.json"), r#"{"tools":[{"name":"pour_slip","inputSchema":{}}]}"#).unwrap();
    std::fs::write(folder.join("server.json"), r#"{"name":"clay/wheel","packages":[]}"#).unwrap();
    std::fs::write(folder.join("photo.png"), b"no list").unwrap();
    let report = crawl(&user, &["./lists"]);
    assert_eq!((&report["servers"], &report["tools"]), (&3.into(), &2.into()), "{report}");
    let problems = report["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1, "{problems:?}");
    let detail = problems[0]["detail"].as_str().unwrap();
    assert!(detail.contains("tools.jsonl.gz") && detail.contains("row 2 "), "{detail}");
    assert!(user.done(&["tool", "pour_slip"]).contains("file:deeper/slip"));
    // Read again, nothing is duplicated.
    let before = content(&user.database());
    crawl(&user, &["./lists"]);
    let after = content(&user.database());
    for what in ["servers", "listings", "observations", "tools", "verdicts"] {
        assert_eq!(before[what], after[what], "{what}");
    }
}

/// A hundred secrets as people leave them in manifests and configurations, each marked so that it can be looked for.
fn planted() -> (Vec<String>, Vec<(&'static str, String)>) {
    // Letters and digits in no order, so that nothing but their look gives them away; made here, never real.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |length: usize| -> String {
        (0..length)
            .map(|_| {
                state ^= state << 7;
                state ^= state >> 9;
                b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"[(state % 56) as usize] as char
            })
            .collect()
    };
    let mut secrets = Vec::new();
    let mut secret = |prefix: &str, length: usize| -> String {
        let text = format!("{prefix}{}", random(length));
        secrets.push(text.clone());
        text
    };
    let mut manifests = Vec::new();
    for number in 0..10 {
        let token = secret("", 24);
        manifests.push(json!({
            "name": format!("clay/kiln-{number}"),
            "description": format!("Use {} to fire.", secret(["ghp_", "sk-", "glpat-", "npm_", "hf_"][number % 5], 36)),
            "packages": [{
                "registryType": "oci", "identifier": "clay.example/kiln:1",
                "environmentVariables": [
                    {"name": "KILN_TOKEN", "value": secret("", 12)},
                    {"name": "KILN_MODE", "isSecret": true, "default": secret("", 9)},
                ],
                "runtimeArguments": [{"type": "named", "name": "--api-key", "value": secret("", 16)}],
            }],
            "remotes": [{
                "type": "streamable-http",
                "url": format!("https://user:{}@kiln.example/mcp?token={}", secret("", 14), token),
                "headers": [{"name": "Authorization", "value": format!("Bearer {}", secret("", 20))}],
            }],
        }));
    }
    let mut files = vec![("manifests.json", Value::Array(manifests).to_string())];
    for (file, key) in
        [("claude_desktop_config.json", "mcpServers"), ("mcp.json", "servers"), ("settings.json", "context_servers")]
    {
        let mut servers = serde_json::Map::new();
        for number in 0..3 {
            servers.insert(
                format!("local-{number}"),
                json!({
                    "command": "docker",
                    "args": ["run", "-e", format!("K={}", secret("", 22)), "clay.example/kiln", "--password", secret("", 10)],
                    "env": {"API_KEY": secret("", 8), "PLAIN": secret("", 6)},
                }),
            );
            servers.insert(
                format!("remote-{number}"),
                json!({
                    "url": format!("https://kiln.example/{}/mcp?key={}", secret("", 26), secret("", 7)),
                    "headers": {"X-Anything": secret("", 11)},
                }),
            );
        }
        files.push((file, json!({key: servers}).to_string()));
    }
    let toml = format!(
        "[mcp_servers.codex]\ncommand = \"node\"\nargs = [\"x.js\", \"--token={}\"]\n[mcp_servers.codex.env]\nA = \"{}\"\n\
         [mcp_servers.far]\nurl = \"https://kiln.example/sse?api_key={}\"\nbearer_token = \"{}\"\n",
        secret("", 30),
        secret("", 9),
        secret("", 18),
        secret("", 21)
    );
    files.push(("config.toml", toml));
    files.push(("broken.json", format!("{{\"mcpServers\": {{\"x\": {{\"env\": {{\"KEY\": \"{}\"}}", secret("", 15))));
    files.push(("broken.toml", format!("[mcp_servers.x]\nkey = {}\n", secret("", 15))));
    (secrets, files)
}

#[test]
fn a_hundred_planted_secrets_are_neither_in_the_database_nor_in_any_output() {
    let (mut secrets, files) = planted();
    secrets.push("abcDEF1234567890".to_owned());
    assert!(secrets.len() >= 100, "{}", secrets.len());
    let user = User::new();
    let folder = user.home().join("planted");
    std::fs::create_dir(&folder).unwrap();
    for (name, text) in &files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let served: Vec<Value> = serde_json::from_str(&files[0].1).unwrap();
    let rows: Vec<Value> = served.into_iter().map(|server| json!({"server": server})).collect();
    let (_mirror, source) = registry(&rows);
    user.run(&["crawl", "sample"]);
    // Somebody reads all the while, so that what is written stays in the log beside the database.
    let mut reader = rusqlite::Connection::open(user.database()).unwrap();
    let reading = reader.transaction().unwrap();
    reading.query_row("SELECT count(*) FROM server", [], |row| row.get::<_, i64>(0)).unwrap();
    let mut said = Vec::new();
    for words in [
        vec!["crawl", "./planted", &source, "--static"],
        vec!["crawl", "./planted", &source, "--listed", "--json"],
        vec!["crawl", "./planted/broken.json", "--listed"],
        vec!["crawl", "./planted/broken.toml", "--listed", "--json"],
        vec!["crawl", "https://kiln.invalid/mcp?token=abcDEF1234567890", "--timeout", "1"],
    ] {
        let ran = user.run(&words);
        said.push((words.join(" "), format!("{}\n{}", ran.out, ran.err)));
    }
    let mut everywhere = said;
    let database = user.database();
    for entry in std::fs::read_dir(database.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        everywhere
            .push((path.display().to_string(), String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned()));
    }
    let log = everywhere.iter().find(|(place, _)| place.ends_with("-wal"));
    assert!(log.is_some_and(|(_, text)| text.contains("clay/kiln-9")), "the log of the database was not looked at");
    let connection = rusqlite::Connection::open(&database).unwrap();
    let listed: i64 = connection.query_row("SELECT count(*) FROM listing", [], |row| row.get(0)).unwrap();
    // Ten manifests by file and by registry, three kinds of entries in configurations, and the address.
    assert!(listed > 8 + 20 + 4, "{listed} listings: the planted files were not read");
    let mut leaks = Vec::new();
    for (place, text) in &everywhere {
        leaks.extend(
            secrets.iter().filter(|secret| text.contains(*secret)).map(|secret| format!("{secret} in {place}")),
        );
    }
    assert!(leaks.is_empty(), "{} of {}: {leaks:#?}", leaks.len(), secrets.len());
    println!("{} secrets planted in {} files, none found in {} places", secrets.len(), files.len(), everywhere.len());
}

#[test]
fn client_configurations_are_found_in_their_usual_places() {
    let user = User::new();
    for (place, text) in [
        (
            ".config/Claude/claude_desktop_config.json",
            r#"{"mcpServers":{"a":{"command":"docker","args":["run","a.example/a"]}}}"#,
        ),
        (
            ".claude.json",
            r#"{"projects":{"/p":{"mcpServers":{"b":{"command":"docker","args":["run","b.example/b"]}}}}}"#,
        ),
        (".cursor/mcp.json", r#"{"mcpServers":{"c":{"url":"https://{c}.example/mcp"}}}"#),
        (".config/Code/User/mcp.json", r#"{"servers":{"d":{"command":"docker","args":["run","d.example/d"]}}}"#),
        (".codex/config.toml", "[mcp_servers.e]\ncommand = \"docker\"\nargs = [\"run\", \"e.example/e\"]\n"),
        (".gemini/settings.json", r#"{"mcpServers":{"f":{"httpUrl":"https://{f}.example/mcp"}}}"#),
        (".mcp.json", r#"{"mcpServers":{"g":{"command":"node","args":["g.js"]}}}"#),
    ] {
        let file = user.home().join(place);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let ran = user.run(&["crawl", "clients", "--json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    assert_eq!(report["servers"], 7, "{report}");
    let unread: Vec<&str> =
        report["unread"].as_array().unwrap().iter().map(|unread| unread["server"].as_str().unwrap()).collect();
    assert!(unread.contains(&"oci:e.example/e") && unread.contains(&"config:g"), "{unread:?}");
    let empty = User::new().run(&["crawl", "clients"]);
    assert_eq!(empty.code, 4);
    assert!(empty.err.contains("no configuration of a client was found"), "{}", empty.err);
}

#[test]
fn without_a_source_the_official_registry_is_crawled() {
    // A proxy that refuses everything sees where the crawl wants to go.
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (stream, _) = proxy.accept().unwrap();
        let mut first = String::new();
        BufReader::new(&stream).read_line(&mut first).unwrap();
        (&stream).write_all(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        first
    });
    let user = User::new();
    let ran = user.command(&["crawl"]).env("HTTPS_PROXY", &address).output().unwrap();
    assert_eq!(ran.status.code(), Some(4), "{ran:?}");
    assert!(asked.join().unwrap().starts_with("CONNECT registry.modelcontextprotocol.io:443 "));
    let connection = rusqlite::Connection::open(user.database()).unwrap();
    let sources: String = connection.query_row("SELECT sources FROM run", [], |row| row.get(0)).unwrap();
    assert_eq!(sources, r#"["registry:https://registry.modelcontextprotocol.io/v0.1"]"#);
}

#[test]
fn list_pages_yield_candidates_and_robots_txt_is_honoured() {
    let page = "<!doctype html><html><body><a href='https://github.com/clay/kiln'>Kiln</a>\
        <a href='http://127.0.0.1:2/mcp'>there</a></body></html>";
    let mirror = Mirror::start();
    mirror.on("/robots.txt", Reply::of("text/plain", "User-agent: mcpdex\nDisallow: /closed\n"));
    mirror.on("/open.html", Reply::of("text/html", page)).on("/closed.html", Reply::of("text/html", page));
    let user = User::new();
    let ran = user.run(&["crawl", mirror.url("/open.html").as_str(), "--json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    assert_eq!(report["servers"], 2, "{report}");
    // What a page names is a stranger's word: the address guard holds it out.
    assert_eq!(report["by_outcome"]["blocked"], 1, "{report}");
    let ran = user.run(&["crawl", mirror.url("/closed.html").as_str()]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("robots.txt does not allow it"), "{}", ran.err);
    assert!(!mirror.targets().contains(&"/closed.html".to_owned()), "{:?}", mirror.targets());
    let silent = Mirror::start();
    silent.on("/robots.txt", Reply::status(503)).on("/open.html", Reply::of("text/html", page));
    let ran = user.run(&["crawl", silent.url("/open.html").as_str()]);
    assert!(ran.err.contains("robots.txt cannot be read"), "{}", ran.err);
}

#[test]
fn a_registry_is_asked_for_what_changed_and_an_unchanged_package_is_not_fetched_again() {
    let (first, second) = ("/v0.1/servers?limit=100&version=latest", "2030-01-01");
    let mirror = Mirror::start();
    let entry = |name: &str, status: &str| json!({"server": {"name": name, "version": "1"}, "_meta": {"io.modelcontextprotocol.registry/official": {"status": status}}});
    mirror.on(first, Reply::json(json!({"servers": [entry("clay/a", "active"), entry("clay/b", "active")]})));
    let user = User::new();
    let source = format!("registry:{}", mirror.url("").as_str().trim_end_matches('/'));
    assert_eq!(crawl_any(&user, &[&source])["servers"], 2);
    // The second time it is asked for changes since a little before the first, and gets a tombstone.
    let connection = rusqlite::Connection::open(user.database()).unwrap();
    connection.execute("UPDATE source SET swept = ?1", [format!("{second}T00:10:00Z")]).unwrap();
    drop(connection);
    let changed = format!("{first}&updated_since={second}T00%3A00%3A00Z");
    mirror.on(&changed, Reply::json(json!({"servers": [entry("clay/b", "deleted")]})));
    let report = crawl_any(&user, &[&source]);
    assert!(mirror.targets().contains(&changed), "{:?}", mirror.targets());
    assert_eq!((&report["servers"], &report["run"]["listings"]), (&1.into(), &1.into()), "{report}");
    let connection = rusqlite::Connection::open(user.database()).unwrap();
    let status: String = connection
        .query_row("SELECT status FROM listing JOIN server ON server.id = server_id WHERE name = 'clay/b'", [], |r| {
            r.get(0)
        })
        .unwrap();
    assert_eq!(status, "deleted");
    assert_eq!(crawl_any(&user, &[&source, "--full"])["run"]["listings"], 2);
}

/// Crawls where every server may fail, which is no success.
fn crawl_any(user: &User, words: &[&str]) -> Value {
    let mut all = vec!["crawl", "--json"];
    all.extend(words);
    let ran = user.run(&all);
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{words:?}: {}", ran.err))
}
