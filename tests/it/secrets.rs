//! What a person gave to a server stands in no output, no file and no name: every planted value is looked for in all
//! that mcpdex prints and writes.

use crate::support::binary::{Ran, User};
use crate::support::shelf::{monday, package};
use std::path::Path;

const LOOK: &str = r#"{"name":"list_pots","description":"List pots."}"#;

/// Every file below a folder but the configuration itself.
fn files(folder: &Path, but: &str, into: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            files(&entry.path(), but, into);
        } else if entry.file_name() != but {
            into.extend(std::fs::read(entry.path()).unwrap());
        }
    }
}

/// Runs everything that reads a configuration and gives back all that was printed and written.
fn everything(user: &User, config: &str) -> String {
    let mut all = String::new();
    let mut add = |ran: Ran| all += &format!("{}{}\n", ran.out, ran.err);
    for format in ["table", "json", "jsonl", "csv", "sarif", "markdown"] {
        add(user.run(&["scan", "--offline", "--format", format, config]));
    }
    add(user.run(&["crawl", "--listed", config]));
    add(user.run(&["crawl", "--listed", "--json", config]));
    add(user.run(&["pin", "--offline", "--lock", "lock.json", config]));
    add(user.run(&["check", "--offline", "--lock", "lock.json", config]));
    add(user.run(&["export"]));
    add(user.run(&["export", "--format", "csv", "--out", "tables"]));
    for target in ["claude-code", "codex", "gemini", "litellm", "agentgateway", "openai", "policylayer"] {
        add(user.run(&["policy", "--lossy", "--target", target, "--clients", config]));
    }
    add(user.run(&["stats"]));
    add(user.run(&["doctor"]));
    let mut written = Vec::new();
    files(user.home(), config, &mut written);
    all + &String::from_utf8_lossy(&written)
}

/// What of the planted values came out, with what stands around it.
fn planted(text: &str) -> Vec<String> {
    let around =
        |at: usize| text[..at].chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<String>();
    text.match_indices("planted")
        .map(|(at, _)| format!("…{}{}", around(at), text[at..].chars().take(12).collect::<String>()))
        .collect()
}

fn assert_clean(config: &str, entries: &[&str]) -> User {
    let user = User::new();
    package(&user, monday, "kiln", "1.0.0", &[LOOK]);
    let text = match config.ends_with(".toml") {
        true => entries.join("\n"),
        false => format!("{{\"mcpServers\":{{{}}}}}", entries.join(",\n")),
    };
    std::fs::write(user.home().join(config), text).unwrap();
    let found = planted(&everything(&user, config));
    assert!(found.is_empty(), "{found:#?}");
    user
}

/// The server of an entry, as `scan --json` names it.
fn servers(user: &User, config: &str) -> serde_json::Value {
    let report: serde_json::Value =
        serde_json::from_str(&user.run(&["scan", "--offline", "--json", config]).out).unwrap();
    report["servers"].as_array().unwrap().iter().map(|s| s["server"].clone()).collect()
}

#[test]
fn a_command_that_is_one_text_is_split_and_no_word_behind_the_program_comes_out() {
    let user = assert_clean(
        "mcp.json",
        &[
            r#""a":{"command":"npx -y kiln --token planted-1"}"#,
            r#""b":{"command":"/opt/clay/run planted-2 --pw planted-3 -pplanted-4"}"#,
            r#""c":{"command":"KILN_KEY=planted-5 OTHER='planted 6' npx -y kiln"}"#,
            r#""d":{"command":"KILN_KEY=planted-7","args":["npx","-y","kiln"]}"#,
            r#""e":{"command":"curl?token=planted-8","args":[]}"#,
            r#""f":{"command":"npx","args":["-y","kiln","--access-token=planted-9","mongodb://me:planted-10@h.example/x"]}"#,
            r#""g":{"command":"docker","args":["run","-i","-e","KEY=planted-11","--label","a=planted-12","clay/form:0.4"]}"#,
            r#""h":{"command":"docker run -eKEY=planted-13 --unheard planted-14 clay/form"}"#,
            r#""i":{"command":["npx","mcp-remote","https://x.example/mcp?k=planted-15","--header","X-Key: planted-16"]}"#,
            r#""j":{"command":"uvx --from 'kiln @ https://me:planted-17@h.example/k.whl' kiln"}"#,
            r#""k":{"command":"npx --token planted-18 kiln"}"#,
            r#""l":{"command":"bash","args":["-c","TOKEN=planted-19 npx -y kiln"]}"#,
            r#""m":{"command":"C:\\Program Files\\nodejs\\npx.cmd -y kiln --key planted-20"}"#,
            r#""n":{"command":{"path":"npx","args":["kiln","planted-21"]}}"#,
            r#""o":{"command":"npx","args":["planted-22 words"]}"#,
            r#""p":{"command":"npx 'kiln --token planted-23"}"#,
            r#""q":{"command":"npx","args":["kiln"],"env":{"KEY":"planted-25"}}"#,
        ],
    );
    let found = servers(&user, "mcp.json");
    let named = |at: usize| found[at].as_str().unwrap_or_default();
    assert_eq!((named(0), named(2), named(3), named(13)), ("npm:kiln", "npm:kiln", "npm:kiln", "npm:kiln"), "{found}");
}

#[test]
fn an_address_keeps_no_user_no_value_and_no_fragment() {
    assert_clean(
        "mcp.json",
        &[
            r#""a":{"url":"https://h.example/mcp#access_token=planted-1"}"#,
            r#""b":{"url":"https://h.example/mcp?key=planted-2&sid=planted-3&planted-4"}"#,
            r#""c":{"url":"https://me:planted-5@h.example/mcp"}"#,
            r#""d":{"serverUrl":"h.example/mcp?page=planted-6"}"#,
            r#""e":{"httpUrl":"https://h.example/mcp?k=${KEY:-planted-7}"}"#,
            r#""f":{"url":"https://h.example/a;sid=planted-8/mcp","headers":{"X-Key":"planted-9"}}"#,
            r#""g":{"url":"https://h.example/planted1aBcDeFgHiJkLmNoP0123456789/mcp"}"#,
            r#""h":{"url":"https://planted-10@h.example/sse?#planted-11"}"#,
            r#""i":{"url":"https:\\\\me:planted-12@h.example\\mcp?k=planted-13"}"#,
            r#""j":{"url":"https:me:planted-14@h.example/mcp"}"#,
            r#""k":{"url":"HTTPS:/\/pla	nted-15:planted-16@h.example/mcp"}"#,
        ],
    );
}

#[test]
fn the_name_that_a_configuration_gives_loses_its_secrets_where_it_names_a_server() {
    let user = User::new();
    let text = r#"{"mcpServers":{"KEY=planted-1":{"command":"node"},"https://me:planted-2@h.example/?k=planted-3":{"command":"node"}}}"#;
    std::fs::write(user.home().join("mcp.json"), text).unwrap();
    for words in [&["scan", "--offline", "--json", "mcp.json"][..], &["crawl", "--listed", "mcp.json"], &["export"]] {
        let ran = user.run(words);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(planted(&format!("{}{}", ran.out, ran.err)).is_empty(), "{words:?}: {}", ran.out);
    }
    assert!(user.run(&["export"]).out.contains("config:KEY=[redacted]"));
}

#[test]
fn a_configuration_in_toml_keeps_no_more_and_a_broken_one_is_not_quoted() {
    assert_clean(
        "config.toml",
        &[
            "[mcp_servers.a]\ncommand = \"KEY=planted-1 npx -y kiln --token planted-2\"",
            "[mcp_servers.b]\nurl = \"https://me:planted-3@h.example/mcp?k=planted-4#planted-5\"",
            "[mcp_servers.c]\ncommand = \"docker\"\nargs = [\"run\", \"--env\", \"K=planted-6\", \"clay/form\", \"planted-7\"]",
            "[mcp_servers.c.env]\nKEY = \"planted-8\"",
        ],
    );
    assert_clean("config.toml", &["[mcp_servers.a]\ntoken = planted-1"]);
    assert_clean("mcp.json", &["\"a\":{\"command\":\"npx kiln --token planted-1"]);
}

#[test]
fn manifests_lists_and_pages_keep_no_secret_in_their_addresses() {
    for (file, text) in [
        (
            "server.json",
            r#"{"name":"io.example/kiln","version":"1","remotes":[{"type":"sse","url":"https://me:planted-1@h.example/mcp?any=planted-2#planted-3"}],
               "packages":[{"registryType":"npm","identifier":"kiln","registryBaseUrl":"https://me:planted-4@r.example/?any=planted-5"}]}"#,
        ),
        (
            "tools.json",
            r#"{"server":"https://me:planted-1@h.example/mcp?any=planted-2#planted-3","tools":[{"name":"list_pots"}]}"#,
        ),
        ("page.md", "* [kiln](https://h.example/mcp?any=planted-1#planted-2)\n* `npx -y kiln --token planted-3`\n"),
    ] {
        let user = User::new();
        std::fs::write(user.home().join(file), text).unwrap();
        let ran = user.run(&["crawl", "--listed", "--json", file]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let export = user.run(&["export"]);
        let mut written = Vec::new();
        files(user.home(), file, &mut written);
        let all = format!("{}{}{}{}", ran.out, ran.err, export.out, String::from_utf8_lossy(&written));
        assert!(all.contains("h.example/mcp"), "it was read: {all}");
        assert!(planted(&all).is_empty(), "{file}: {:#?}", planted(&all));
    }
}

#[test]
fn what_is_typed_is_not_repeated_with_its_secrets() {
    let user = User::new();
    for words in [
        &["crawl", "registry:ftp://me:planted-1@h.example/?k=planted-2"][..],
        &["crawl", "https://me:planted-3@h.example/mcp"],
        &["crawl", "KEY=planted-4"],
        &["crawl", "--npm-registry", "ftp://me:planted-5@h.example/?k=planted-6", "npm:kiln"],
        &["crawl", "--pypi-index", "h.example/planted-7", "pypi:kiln"],
        &["probe", "me:planted-8@h.example/?k=planted-9"],
        &["probe", "--json", "http://me:planted-10@127.0.0.1:1/mcp?k=planted-11#planted-12"],
        &["probe", "http://127.0.0.1:1/mcp", "--header", "Authorization planted-13"],
    ] {
        let ran = user.run(words);
        assert_ne!(ran.code, 0, "{words:?}");
        assert!(planted(&format!("{}{}", ran.out, ran.err)).is_empty(), "{words:?}: {}{}", ran.out, ran.err);
    }
}
