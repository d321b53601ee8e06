//! One crawl over every kind of source at once: every listing is accounted for by its source, a server that several sources
//! list is one server and is tried once, and what is malformed or hostile in one source takes nothing from another.

use crate::fetch::{npm, npm_dist, pypi, wheel};
use crate::images::{PYTHON, Registry};
use crate::support::binary::User;
use crate::support::mirror::{Mirror, Reply};
use crate::support::pack::{tar_gz_files, zip};
use mcpdex::source::artifact::sha256_hex;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const GITHUB: &str = "https://github.com/clay/kiln";

fn write(user: &User, name: &str, text: impl AsRef<[u8]>) {
    let path = user.home().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn fire() -> Value {
    json!({"name": "fire", "description": "Fires a pot.", "inputSchema": {"type": "object"}})
}

fn manifest(name: &str, rest: Value) -> Value {
    let mut server = json!({"name": name, "version": "1", "description": "x"});
    server.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    json!({"server": server, "_meta": {}})
}

/// Three pages of a registry; the cursor has signs that an address does not.
fn registry(mirror: &Mirror, path: &str, pages: [Vec<Value>; 3]) {
    let cursors = ["", "io.example/kiln:1", "io.example/slip:1+b"];
    for (at, servers) in pages.into_iter().enumerate() {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("limit", "100").append_pair("version", "latest");
        if at > 0 {
            query.append_pair("cursor", cursors[at]);
        }
        let next = cursors.get(at + 1);
        let page = json!({"servers": servers, "metadata": {"count": servers.len(), "nextCursor": next}});
        mirror.on(&format!("{path}/servers?{}", query.finish()), Reply::json(page));
    }
}

/// Sources on the web, each with what it lists.
fn on_the_web(mirror: &Mirror) -> Vec<(String, Vec<String>)> {
    let endpoint = mirror.url("/mcp").to_string();
    let npm_package = |name: &str| json!([{"registryType": "npm", "identifier": name, "transport": {"type": "stdio"}}]);
    let remotes = json!([{"type": "streamable-http", "url": endpoint}]);
    registry(
        mirror,
        "/v0.1",
        [
            vec![
                manifest("io.example/kiln", json!({"remotes": remotes})),
                json!({"server": {"description": "nameless"}}),
            ],
            vec![manifest("io.example/sly", json!({"packages": npm_package("../../etc")}))],
            vec![manifest(
                "io.github.clay/kiln",
                json!({"packages": npm_package("@clay/kiln"), "repository": {"url": GITHUB}}),
            )],
        ],
    );
    registry(
        mirror,
        "/curated/v0.1",
        [
            vec![manifest("clay/glaze", json!({"repository": {"url": "https://github.com/clay/glaze"}}))],
            vec![json!(7), manifest("clay/../etc", json!({}))],
            vec![manifest("clay/slip", json!({"repository": {"url": "javascript:alert(1)"}}))],
        ],
    );
    let glama = |name: &str, tools: Value| json!({"id": name, "namespace": "clay", "slug": name, "name": name, "repository": {"url": format!("https://github.com/clay/{name}")}, "tools": tools});
    for (at, (servers, next)) in [
        (json!([glama("kiln", json!([fire()])), 7]), Some("a b")),
        (json!([{"id": "../x", "name": "<script>", "namespace": "", "slug": "", "repository": {"url": "javascript:x"}}]), Some("c")),
        (json!([glama("slip", json!([fire()]))]), None),
    ]
    .into_iter()
    .enumerate()
    {
        let page = json!({"pageInfo": {"hasNextPage": next.is_some(), "endCursor": next}, "servers": servers});
        mirror.on(["/glama", "/glama?after=a+b", "/glama?after=c"][at], Reply::json(page));
    }
    for (at, servers) in [
        json!([{"qualifiedName": "@clay/kiln"}, {"qualifiedName": ""}]),
        json!([{"qualifiedName": "../../etc"}, 7]),
        json!([{"qualifiedName": "clay-slip"}]),
    ]
    .into_iter()
    .enumerate()
    {
        let page = json!({"servers": servers, "pagination": {"currentPage": at + 1, "totalPages": 3}});
        mirror.on(["/smithery", "/smithery?page=2", "/smithery?page=3"][at], Reply::json(page));
    }
    mirror.on(
        "/smithery/@clay/kiln",
        Reply::json(json!({"qualifiedName": "@clay/kiln", "tools": [fire(), {"nome": "x"}]})),
    );
    // The next page is said to be somewhere else; only how far it is in counts.
    for (at, entry) in [
        json!({"name": "Kiln", "package_registry": "npm", "package_name": "@clay/kiln"}),
        json!({"name": "Sly", "package_registry": "npm", "package_name": "../sly", "source_code_url": "javascript:x"}),
        json!({"name": "Slip", "source_code_url": "https://github.com/clay/slip"}),
    ]
    .into_iter()
    .enumerate()
    {
        let next = (at < 2).then(|| format!("https://elsewhere.example/?offset={}", at + 1));
        let page = json!({"servers": [entry], "next": next, "total_count": 3});
        mirror.on(["/pulse", "/pulse?offset=1", "/pulse?offset=2"][at], Reply::json(page));
    }
    mirror
        .on("/mcp", Reply::json(json!({"jsonrpc": "2.0", "id": 1, "result": {"resultType": "complete", "tools": [fire()]}})))
        .on("/toolsdk.json", Reply::json(json!({"@clay/kiln": {"category": "craft", "path": "x", "tools": {"fire": {"name": "fire"}}},
            "../sly": {"category": "craft", "path": "x"}, "slip": {"category": "craft", "path": "x"}, "zed": 7})))
        .on("/list", Reply::of("text/html", format!("<html><a href='{GITHUB}'>Kiln</a><a href='/list?2' rel=next>on</a>")))
        .on("/list?2", Reply::of("text/html", "<html><a href='javascript:x'>sly</a><a href='https://github.com/../..'>no</a><link rel=next href='?3'>"))
        .on("/list?3", Reply::of("text/html", "<html><code>npx -y @clay/kiln</code>"))
        .on("/list.md", Reply::of("text/markdown", format!("- [Kiln]({GITHUB}) - fires\n- [Glaze](https://github.com/clay/glaze)\n")))
        .on("/.well-known/mcp.json", Reply::json(json!({"name": "io.example/sly", "endpoint": endpoint, "tools": [fire(), 7]})));
    let url = |path: &str| mirror.url(path).to_string();
    let github = |name: &str| format!("https://github.com/clay/{name}");
    [
        (
            format!("registry:{}", url("/v0.1")),
            vec!["io.example/kiln".into(), "io.example/sly".into(), "io.github.clay/kiln".into()],
        ),
        (
            format!("registry:{}", url("/curated/v0.1")),
            vec!["clay/../etc".into(), "clay/glaze".into(), "clay/slip".into()],
        ),
        (format!("directory:{}", url("/glama")), vec!["glama:../x".into(), github("kiln"), github("slip")]),
        (
            format!("directory:{}", url("/smithery")),
            vec!["smithery:../../etc".into(), "smithery:@clay/kiln".into(), "smithery:clay-slip".into()],
        ),
        (format!("directory:{}", url("/pulse")), vec![github("slip"), "npm:@clay/kiln".into(), "pulsemcp:Sly".into()]),
        (format!("directory:{}", url("/toolsdk.json")), vec!["npm:@clay/kiln".into(), "toolsdk:slip".into()]),
        (format!("list:{}", url("/list")), vec![github("kiln"), "npm:@clay/kiln".into()]),
        (format!("list:{}", url("/list.md")), vec![github("glaze"), github("kiln")]),
        (format!("well-known:{}", url("/")), vec![endpoint.clone()]),
        (url("/mcp"), vec![endpoint]),
        ("npm:@clay/kiln".to_owned(), vec!["npm:@clay/kiln".into()]),
        ("pypi:kiln".to_owned(), vec!["pypi:kiln".into()]),
    ]
    .into()
}

/// Sources on this machine, each with what it lists.
fn on_the_disk(user: &User, image: &str, endpoint: &str) -> Vec<(String, Vec<String>)> {
    let bundle = r#"{"manifest_version":"0.3","name":"kiln","version":"1","server":{"entry_point":"x.js"},"tools":[{"name":"fire"}]}"#;
    let own = ["npx", "-y", "@clay/kiln"];
    let files: [(&str, Vec<u8>, Vec<&str>); 14] = [
        ("catalogue.json", json!({"servers": {"kiln": {"image": image.trim_start_matches("oci:"), "tools": ["fire"], "tool_definitions": [fire()]}, "sly": 7}}).to_string().into(), vec![image]),
        ("toolhive.json", json!({"servers": {"kiln": {"image": image.trim_start_matches("oci:"), "tools": ["fire"]}},
            "remote_servers": {"kiln-remote": {"url": endpoint, "transport": "streamable-http", "tools": ["fire"]}, "sly": 7,
                "slyer": {"url": "javascript:x", "transport": "sse"}}}).to_string().into(), vec![endpoint, "javascript:x", image]),
        ("docker.json", json!({"registry": {"kiln": {"image": image.trim_start_matches("oci:"), "tools": [{"name": "fire"}]}, "sly": 7}}).to_string().into(), vec![image]),
        ("search.json", json!({"total_count": 1, "incomplete_results": false, "items": [{"full_name": "clay/kiln"}, {"full_name": "x", "html_url": "javascript:x"}, 7]}).to_string().into(), vec![GITHUB]),
        ("mcp.json", json!({"mcpServers": {"k": {"command": own[0], "args": own[1..]}, "sly": {"command": 7}}}).to_string().into(), vec!["npm:@clay/kiln"]),
        ("kiln.mcpb", zip(&[("manifest.json", bundle.as_bytes())]), vec!["file:kiln"]),
        ("obot.yaml", b"name: Kiln\nruntime: npx\nnpxConfig:\n  package: '@clay/kiln@1.0.0'\ntoolPreview:\n- name: fire\n  description: Fires a pot.\n- nome: x\n".to_vec(), vec!["npm:@clay/kiln"]),
        ("mcpm.json", json!({"name": "slip", "installations": {"uvx": {"command": "uvx", "args": ["slip-server"]}, "sly": 7}, "tools": [{"name": "pour", "inputSchema": {}}]}).to_string().into(), vec!["pypi:slip-server"]),
        (".claude-plugin/marketplace.json", json!({"name": "m", "owner": {"name": "Clay"}, "plugins": [{"name": "kiln", "source": "./kiln", "mcpServers": {"k": {"command": own[0], "args": own[1..]}}}, {"name": "nowhere"}]}).to_string().into(), vec!["npm:@clay/kiln"]),
        ("gemini/gemini-extension.json", json!({"name": "oven", "mcpServers": {"k": {"command": own[0], "args": own[1..]}, "sly": 7}}).to_string().into(), vec!["npm:@clay/kiln"]),
        ("vscode/package.json", json!({"name": "kiln", "publisher": "clay", "contributes": {"languageModelTools": [{"name": "state", "modelDescription": "Shows the state.", "inputSchema": {"type": "object"}}, 7]}}).to_string().into(), vec!["vscode:clay.kiln"]),
        ("tools.jsonl", b"{\"server\":\"npm:@clay/kiln\",\"name\":\"fire\",\"description\":\"Fires a pot.\"}\n{\"server\":\"npm:@clay/kiln\"\n".to_vec(), vec!["npm:@clay/kiln"]),
        ("skills/potter/SKILL.md", format!("---\nname: potter\ndescription: x\nallowed-tools: mcp__kiln__fire, 7\n---\nSee [the kiln]({GITHUB}) and mcp__oven__bake.\n").into(), vec![GITHUB]),
        ("README.md", format!("- [Kiln]({GITHUB}) - fires\n- `uvx slip-server`\n").into(), vec![GITHUB, "pypi:slip-server"]),
    ];
    let mut sources = Vec::new();
    for (name, bytes, servers) in files {
        write(user, name, bytes);
        sources.push((format!("file:{name}"), servers.into_iter().map(str::to_owned).collect()));
    }
    // A checkout is one source, however many entries it holds.
    for (name, text) in [
        (
            "clay/kiln/server.yaml",
            format!("identifier: clay/kiln/kiln\nrepo:\n  url: {GITHUB}\nserver:\n  name: Kiln\n"),
        ),
        ("clay/kiln/tools.yaml", "tools:\n  - name: fire\n    inputSchema: {type: object}\n  - 7\n".to_owned()),
        (
            "sly/server.yaml",
            "identifier: ../../sly\nrepo:\n  url: javascript:x\nserver:\n  name: <script>\n".to_owned(),
        ),
        ("clay/odd/server.yaml", "identifier: 7\nserver: 7\n".to_owned()),
    ] {
        write(user, &format!("metorial/{name}"), text);
    }
    sources.push(("file:metorial".to_owned(), vec!["file:clay/kiln".into(), "file:sly".into()]));
    sources
}

#[test]
fn one_crawl_over_all_sources_accounts_for_every_listing_and_tries_each_server_once() {
    let (images, mirror) = (Registry::start(), Mirror::start());
    images
        .holds(&json!({"Cmd": ["python", "/app/server.py"]}), &[tar_gz_files(&[("app/server.py", PYTHON.as_bytes())])]);
    let user = images.user(&json!({}));
    npm(&mirror, "@clay/kiln", npm_dist(&mirror));
    pypi(&mirror, false, &sha256_hex(&wheel()));
    let mut sources = on_the_web(&mirror);
    sources.extend(on_the_disk(&user, &images.image(), mirror.url("/mcp").as_str()));
    sources.push((images.image(), vec![images.image()]));
    let (npm_registry, index) = (mirror.url("/").to_string(), mirror.url("/simple").to_string());
    let fixed = ["crawl", "--live", "--static", "--json", "--allow-private"];
    let registries = ["--npm-registry", &npm_registry, "--pypi-index", &index];
    let words: Vec<&str> =
        fixed.into_iter().chain(registries).chain(sources.iter().map(|(source, _)| source.as_str())).collect();
    let ran = user.run(&words);
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let rows = |sql: &str| -> Vec<(String, String)> {
        let mut statement = base.prepare(sql).unwrap();
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (source, name) in rows(
        "SELECT l.source, coalesce(l.claimed, s.name) AS name
                                FROM listing l JOIN server s ON s.id = l.server_id ORDER BY l.source, name",
    ) {
        found.entry(source).or_default().push(name);
    }
    let expected: BTreeMap<String, Vec<String>> = sources.iter().cloned().collect();
    let differ: Vec<String> = expected
        .iter()
        .filter(|(source, names)| found.get(*source) != Some(names))
        .map(|(source, names)| format!("{source}: {:?}, and not {names:?}", found.get(source)))
        .collect();
    assert!(differ.is_empty(), "{}\n{}", differ.join("\n"), ran.err);
    assert_eq!(found.len(), expected.len(), "{:?}", found.keys());
    let listings: usize = expected.values().map(Vec::len).sum();
    // The list of tools that lies beside an entry of a checkout states its listing once more.
    assert_eq!(report["run"]["listings"], listings + 1, "{report}");
    // What is malformed is told, one entry each, and ends no source.
    let problems: Vec<&str> =
        report["problems"].as_array().unwrap().iter().map(|problem| problem["detail"].as_str().unwrap()).collect();
    for (what, count) in [
        ("has no name", 1),
        ("/glama: entry 1", 1),
        ("/smithery: entry 1", 2),
        ("/toolsdk.json: entry", 2),
        ("catalogue.json: ", 1),
        ("docker.json: ", 1),
        ("toolhive.json: ", 1),
        ("metorial/clay/odd/server.yaml: ", 1),
        ("search.json: ", 2),
        ("mcp.json: ", 1),
        ("gemini/gemini-extension.json: ", 1),
        (".claude-plugin/marketplace.json: ", 1),
        ("tools.jsonl: row 2 ", 1),
        ("SKILL.md: the skill names `fire` of a server that it calls `kiln`", 1),
        ("SKILL.md: the skill names `bake` of a server that it calls `oven`", 1),
    ] {
        let told = problems.iter().filter(|problem| problem.contains(what)).count();
        assert_eq!(told, count, "{what}: {problems:#?}");
    }
    // One server with the listings of many sources: what names the package and what is the owner's repository.
    let servers: BTreeMap<String, String> =
        rows("SELECT DISTINCT coalesce(l.claimed, s.name), s.name FROM listing l JOIN server s ON s.id = l.server_id")
            .into_iter()
            .collect();
    for name in ["npm:@clay/kiln", GITHUB] {
        assert_eq!(servers[name], "io.github.clay/kiln", "{servers:#?}");
    }
    for name in ["io.example/sly", "clay/glaze", "pypi:slip-server", "vscode:clay.kiln", "file:kiln"] {
        assert_eq!(servers[name], name, "{servers:#?}");
    }
    // Each place is asked once, whoever names it: the endpoint, the package, the image.
    for (mirror, place) in
        [(&mirror, "/mcp"), (&mirror, "/kiln-1.2.0.tgz"), (&images.mirror, "/v2/clay/kiln/manifests/1.0")]
    {
        let asked = mirror.targets().iter().filter(|target| *target == place).count();
        assert_eq!(asked, 1, "{place}: {:?}", mirror.targets());
    }
    let tried = rows(
        "SELECT DISTINCT s.name, a.outcome FROM attempt a JOIN server s ON s.id = a.server_id WHERE a.origin = 'live'",
    );
    let outcomes = [("io.example/kiln", "ok"), ("javascript:x", "blocked")];
    assert_eq!(tried, outcomes.map(|(server, outcome)| (server.to_owned(), outcome.to_owned())));
}
