//! A public package never stands in for something that is not it: an index on loopback offers packages under the names of
//! local scripts, of values of options and of modules, and is asked for none of them.

use crate::support::binary::{User, ran};
use crate::support::mirror::{Mirror, Reply};

/// Entries that start no package of an index, each with the names that a guess would make of it.
const LOCAL: [&str; 30] = [
    r#"{"command":"uv","args":["run","--directory","/srv/pay","server.py"]}"#,
    r#"{"command":"uv","args":["--directory","/srv/pay","run","server.py"]}"#,
    r#"{"command":"uv","args":["run","kiln"]}"#,
    r#"{"command":"uv","args":["run","--with","fastmcp","fastmcp","run","server.py"]}"#,
    r#"{"command":"uv","args":["run","-m","kiln_server"]}"#,
    r#"{"command":"uvx","args":["server.py"]}"#,
    r#"{"command":"uvx","args":["--from",".","kiln"]}"#,
    r#"{"command":"uvx","args":["--frobnicate","allow","kiln"]}"#,
    r#"{"command":"uvx","args":["--default-index","https://packages.example/simple","kiln"]}"#,
    r#"{"command":"uvx","args":["fastmcp","run","server.py"]}"#,
    r#"{"command":"python","args":["-m","kiln_server"]}"#,
    r#"{"command":"python3","args":["server.py"]}"#,
    r#"{"command":"pipx","args":["run","--path","server.py"]}"#,
    r#"{"command":"npx","args":["tsx","/srv/kiln/index.ts"]}"#,
    r#"{"command":"npx","args":["-y","nodemon","index.js"]}"#,
    r#"{"command":"npx","args":["./kiln"]}"#,
    r#"{"command":"npx","args":["server.js"]}"#,
    r#"{"command":"npx","args":["--frobnicate","often","kiln"]}"#,
    r#"{"command":"npx","args":["--registry","https://packages.example","kiln"]}"#,
    r#"{"command":"npx","args":["--no-install","kiln"]}"#,
    r#"{"command":"npx","args":["-c","kiln --stdio"]}"#,
    r#"{"command":"npx","args":["clay/kiln"]}"#,
    r#"{"command":"npx","args":["-y","mcp-remote","https://kiln.example/mcp"]}"#,
    r#"{"command":"npm","args":["run","kiln"]}"#,
    r#"{"command":"yarn","args":["kiln"]}"#,
    r#"{"command":"bun","args":["run","kiln.ts"]}"#,
    r#"{"command":"./npx","args":["-y","kiln"]}"#,
    r#"{"command":"/home/me/guard.sh","args":["--command-args","npx","-y","kiln"]}"#,
    r#"{"command":"bash","args":["-c","cd /srv && npx -y kiln"]}"#,
    r#"{"command":"kiln","args":["--stdio"]}"#,
];

/// Runs a command against an index on loopback that has a page for every name, and says what the index was asked for.
fn asked(entries: &[&str], words: &[&str]) -> Vec<String> {
    let index = Mirror::start();
    let page = r#"{"name":"x","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"x","version":"1.0.0","dist":{"tarball":"http://127.0.0.1:1/x.tgz"}}}}"#;
    index.on("/*", Reply::json(page));
    let user = User::new();
    let entry = |(at, text): (usize, &&str)| format!("\"e{at}\":{text}");
    let text = entries.iter().enumerate().map(entry).collect::<Vec<_>>().join(",");
    std::fs::write(user.home().join("mcp.json"), format!("{{\"mcpServers\":{{{text}}}}}")).unwrap();
    let base = index.url("/");
    let output = user
        .command(words)
        .env("NPM_CONFIG_REGISTRY", base.as_str())
        .env("PIP_INDEX_URL", base.as_str())
        .env("UV_INDEX_URL", base.as_str())
        .output()
        .unwrap();
    let ran = ran(output);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    index.targets()
}

#[test]
fn no_package_of_a_strangers_is_asked_for_in_place_of_what_is_configured() {
    for words in [&["scan", "mcp.json"][..], &["crawl", "--static", "mcp.json"], &["pin", "mcp.json"]] {
        assert_eq!(asked(&LOCAL, words), Vec::<String>::new(), "{words:?}");
    }
}

#[test]
fn what_the_words_do_name_is_asked_for_under_that_name() {
    for (entry, name) in [
        (r#"{"command":"npx","args":["--loglevel","error","kiln"]}"#, "kiln"),
        (r#"{"command":"uvx","args":["--prerelease","allow","clay-kiln"]}"#, "clay-kiln"),
        (r#"{"command":"uvx","args":["--index-strategy","unsafe-best-match","clay-kiln"]}"#, "clay-kiln"),
    ] {
        let asked = asked(&[entry], &["scan", "mcp.json"]);
        assert!(!asked.is_empty() && asked.iter().all(|target| target.contains(name)), "{entry}: {asked:?}");
    }
}
