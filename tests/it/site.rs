//! The catalogue as pages, looked at as bytes: nothing of a server acts in them, every link leads somewhere, the same
//! database gives the same bytes, and what did not change is not written again.

use crate::support::binary::User;
use crate::support::shelf::{failed, friday, monday, package, remote};
use mcpdex::model::Outcome;
use mcpdex::policy::Target;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const PLAIN: &str = r#"{"name":"list_rows","description":"List rows.","inputSchema":{"type":"object","properties":{"table":{"type":"string","description":"Which table."}}}}"#;
const WIPE: &str = r#"{"name":"wipe_rows","description":"Deletes every row of the table for good.","inputSchema":{"type":"object","required":["table"],"properties":{"table":{"type":"string"}}}}"#;

const MILDER: &str =
    r#"{"name":"wipe_rows","description":"Lists what a wipe would take.","inputSchema":{"type":"object"}}"#;

/// Names and descriptions that mean harm to a page, as JSON definitions.
pub(crate) fn hostile() -> Vec<String> {
    let names = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "{{ 7 * 7 }}{% raw %}",
        "../../../etc/passwd",
        "de\u{202e}eteler\u{200b}_\u{e0041}rows",
        "javascript:alert(1)",
        "</title></style></textarea><svg/onload=alert(1)>",
        "a\u{0}b\u{7}c",
        "消す\u{2028}全部",
        "-->]]><!--",
        "&lt;b&gt;&#60;script&#62;",
    ];
    let described = |name: &str| {
        let text =
            format!("Deletes {name} <a href=javascript:alert(1)>all rows</a> ${{7*7}} <iframe src=//evil.example>");
        serde_json::json!({
            "name": name, "title": name, "description": text,
            "inputSchema": { "type": "object", "properties": { name: { "type": "string", "description": text, "enum": [name] } } },
        })
        .to_string()
    };
    let long = serde_json::json!({ "name": "n".repeat(4_000), "description": "<b>".repeat(350_000) }).to_string();
    names.iter().map(|name| described(name)).chain([long]).collect()
}

pub(crate) fn catalogue() -> User {
    let user = User::new();
    user.done(&["crawl", "sample", "--quiet"]);
    package(&user, monday, "rows", "1.0.0", &[PLAIN]);
    package(&user, friday, "rows", "1.1.0", &[PLAIN, WIPE]);
    remote(&user, friday, "example.rows/live", "https://rows.example/mcp", &[PLAIN, WIPE, MILDER]);
    failed(&user, friday, "silent", Outcome::Unreachable);
    user
}

/// Every file below a folder, by its path from there.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut rest: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(next) = rest.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                rest.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

pub(crate) fn pages(user: &User, folder: &str) -> BTreeMap<String, String> {
    let all = files(&user.home().join(folder));
    all.into_iter()
        .filter(|(name, _)| name.ends_with(".html"))
        .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap()))
        .collect()
}

/// The values of an attribute.
pub(crate) fn attributes<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let begin = format!(" {name}=\"");
    text.split(begin.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// Where a link of a page leads, from the root of the catalogue.
pub(crate) fn target(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('#').next().unwrap().split('?').next().unwrap().split('/') {
        match part {
            ".." => {
                parts.pop().unwrap();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

#[test]
fn the_first_page_names_tools_that_servers_gained_and_none_that_they_had() {
    let user = User::new();
    package(&user, monday, "old-desk", "1.0.0", &[PLAIN]);
    package(&user, friday, "old-desk", "1.1.0", &[MILDER, PLAIN]);
    package(&user, monday, "still-desk", "1.0.0", &[WIPE]);
    let changed = PLAIN.replace("List rows.", "List rows of a table.");
    package(&user, friday, "still-desk", "1.1.0", &[WIPE, &changed]);
    user.done(&["site", "--out", "pages"]);
    let all = pages(&user, "pages");
    let home = &all["index.html"];
    let newest = home.split("id=\"newest\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(newest.matches("<li>").count(), 2, "{newest}");
    for (tool, server) in [("wipe_rows", "npm:old-desk"), ("list_rows", "npm:still-desk")] {
        assert!(newest.contains(&format!("<code>{tool}</code>")) && newest.contains(server), "{newest}");
    }
    assert!(newest.contains("2031-03-07") && !newest.contains("2031-03-03"), "{newest}");
}

#[test]
fn every_link_leads_to_a_file_or_to_the_page_itself() {
    let user = catalogue();
    user.done(&["site", "--out", "pages", "--quiet"]);
    let all = files(&user.home().join("pages"));
    let mut links = 0;
    for (page, text) in pages(&user, "pages") {
        let ids: BTreeSet<&str> = attributes(&text, "id").into_iter().collect();
        assert_eq!(ids.len(), attributes(&text, "id").len(), "{page} has an id twice");
        for link in attributes(&text, "data-policy") {
            for one in Target::ALL {
                let script = format!("{link}{one}.js");
                assert!(all.contains_key(&target(&page, &script)), "{page}: {script}");
            }
        }
        let own = ["href", "src", "action"].into_iter().flat_map(|name| attributes(&text, name));
        for link in own {
            if link.starts_with("https://") {
                continue;
            }
            match link.strip_prefix('#') {
                Some(id) => assert!(ids.contains(id), "{page}: {link}"),
                None => assert!(all.contains_key(&target(&page, link)), "{page}: {link}"),
            }
            links += 1;
        }
    }
    assert!(links > 2_000, "only {links} links were looked at");
}

#[test]
fn the_reader_of_links_sees_a_dead_one() {
    assert_eq!(target("s/ab/index.html", "../../rules/index.html"), "rules/index.html");
    assert_eq!(target("s/ab/index.html", "cd.html#e1"), "s/ab/cd.html");
    assert_eq!(attributes("<a href=\"x\"><b id=\"y\" class=\"href\">", "href"), ["x"]);
}

#[test]
fn hostile_text_is_inert_in_the_bytes() {
    let user = catalogue();
    let hostile = hostile();
    let tools: Vec<&str> = hostile.iter().map(String::as_str).collect();
    package(&user, friday, "hostile", "1.0.0", &tools);
    remote(&user, friday, "<script>alert(2)</script>\u{202e}", "https://evil.example/\"><script>", &tools);
    user.done(&["site", "--out", "pages", "--quiet"]);
    let all = files(&user.home().join("pages"));
    for name in all.keys() {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"/.-".contains(&b);
        assert!(name.bytes().all(plain) && !name.contains(".."), "{name}");
    }
    let scripts = |text: &str| text.matches("<script").count();
    for (page, text) in pages(&user, "pages") {
        let expected = if page == "search.html" { 2 } else { 1 };
        assert_eq!(scripts(&text), expected, "{page} has a script of somebody else");
        for (what, sign) in
            [("a handler", "<img"), ("a frame", "<iframe"), ("a style", "<style"), ("an object", "<object")]
        {
            assert!(!text.contains(sign), "{page} holds {what}");
        }
        for link in ["href", "src", "action"].into_iter().flat_map(|name| attributes(&text, name)) {
            assert!(!link.trim().to_ascii_lowercase().starts_with("javascript"), "{page}: {link}");
            assert!(!link.contains("evil.example"), "{page}: {link}");
        }
        let hidden = text.chars().find(|c| mcpdex::model::is_hidden(*c) || *c == '\0');
        assert_eq!(hidden, None, "{page} holds a sign that nobody sees");
        assert!(text.contains("Content-Security-Policy"), "{page}");
        assert!(text.len() < 200_000, "{page} is {} bytes long", text.len());
        let parsed = opened(&text);
        assert!(parsed.iter().all(|name| KNOWN.contains(&name.as_str())), "{page}: {parsed:?}");
    }
    for (name, bytes) in all.iter().filter(|(name, _)| name.ends_with(".js")) {
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(!text.contains(['\u{2028}', '\u{2029}', '\u{202e}', '\0']), "{name}");
    }
}

/// Elements that templates write.
const KNOWN: &[&str] = &[
    "!doctype",
    "html",
    "head",
    "meta",
    "title",
    "link",
    "script",
    "body",
    "a",
    "header",
    "svg",
    "path",
    "nav",
    "form",
    "label",
    "input",
    "button",
    "main",
    "h1",
    "h2",
    "h3",
    "p",
    "section",
    "q",
    "dl",
    "div",
    "dt",
    "dd",
    "rect",
    "b",
    "span",
    "blockquote",
    "mark",
    "sup",
    "ol",
    "ul",
    "li",
    "code",
    "br",
    "details",
    "summary",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "pre",
    "aside",
    "footer",
    "figure",
    "figcaption",
    "select",
    "option",
    "fieldset",
    "legend",
    "noscript",
];

/// The names of all elements that a text opens.
fn opened(text: &str) -> BTreeSet<String> {
    let names = text.split('<').skip(1).filter(|rest| !rest.starts_with('/'));
    names
        .map(|rest| {
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '!').collect::<String>().to_lowercase()
        })
        .collect()
}

#[test]
fn the_same_database_gives_the_same_bytes() {
    let user = catalogue();
    for folder in ["one", "two"] {
        user.done(&["site", "--out", folder, "--quiet", "--base-url", "https://mcp.example.com/catalogue"]);
    }
    let (one, two) = (files(&user.home().join("one")), files(&user.home().join("two")));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    assert!(one == two, "pages differ from run to run");
    for name in ["sitemap.xml", "sitemap-1.xml", "feed.xml", "robots.txt"] {
        assert!(one.contains_key(name), "{name}");
    }
    let feed = String::from_utf8(one["feed.xml"].clone()).unwrap();
    let read = roxmltree::Document::parse(&feed).unwrap();
    let titles: Vec<_> =
        read.descendants().filter(|n| n.has_tag_name(("http://www.w3.org/2005/Atom", "title"))).collect();
    assert!(titles.iter().any(|title| title.text().unwrap_or("").contains("wipe_rows on npm:rows")), "{feed}");
    let map = String::from_utf8(one["sitemap-1.xml"].clone()).unwrap();
    let read = roxmltree::Document::parse(&map).unwrap();
    let mut listed = 0;
    for place in read.descendants().filter(|node| node.tag_name().name() == "loc") {
        let address = place.text().unwrap().strip_prefix("https://mcp.example.com/catalogue/").unwrap();
        let page = String::from_utf8(one[address].clone()).unwrap();
        assert!(
            page.contains(&format!("<link rel=\"canonical\" href=\"https://mcp.example.com/catalogue/{address}\">"))
        );
        listed += 1;
    }
    assert!(listed > 60);
    let twins: Vec<&String> = one
        .keys()
        .filter(|name| name.starts_with("s/") && name.ends_with(".json") && !name.ends_with("/policy.json"))
        .collect();
    assert!(twins.len() > 45);
    for twin in twins {
        let value: serde_json::Value = serde_json::from_slice(&one[twin]).unwrap();
        let schema = if twin.ends_with("index.json") { "server" } else { "tool" };
        crate::support::schema::assert_valid(schema, &value.to_string());
    }
}

#[test]
fn only_what_changed_is_written_and_what_is_gone_goes() {
    let user = catalogue();
    user.done(&["site", "--out", "pages", "--quiet"]);
    let folder = user.home().join("pages");
    let times = |folder: &Path| -> BTreeMap<String, std::time::SystemTime> {
        let modified = |name: &String| std::fs::metadata(folder.join(name)).unwrap().modified().unwrap();
        files(folder).keys().map(|name| (name.clone(), modified(name))).collect()
    };
    let before = times(&folder);
    user.done(&["site", "--out", "pages", "--quiet"]);
    assert_eq!(before, times(&folder), "nothing had changed");
    // One server changes: its pages and those of many servers are others, and a tool that it no longer lists is gone.
    package(&user, friday, "rows", "1.2.0", &[WIPE]);
    let was = pages(&user, "pages");
    user.done(&["site", "--out", "pages", "--quiet"]);
    let after = times(&folder);
    let written: Vec<&String> =
        after.iter().filter(|(name, time)| before.get(*name) != Some(time)).map(|(name, _)| name).collect();
    assert!(written.iter().any(|name| name.as_str() == "index.html"), "{written:?}");
    let sample: Vec<_> =
        was.iter().filter(|(_, text)| text.contains("example.sample/bodega</h1>")).map(|(name, _)| name).collect();
    assert!(!sample.is_empty() && sample.iter().all(|name| before.get(*name) == after.get(*name)), "{written:?}");
    let gone: Vec<&String> = before.keys().filter(|name| !after.contains_key(*name)).collect();
    assert_eq!(gone.len(), 1, "{gone:?}");
    // As if all had been written anew.
    user.done(&["site", "--out", "anew", "--quiet"]);
    let (mut kept, mut anew) = (files(&folder), files(&user.home().join("anew")));
    let unused = |name: &String| name.starts_with("policy/") || name.ends_with(".txt");
    kept.retain(|name, _| !unused(name));
    anew.retain(|name, _| !unused(name));
    assert!(kept == anew);
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let user = catalogue();
    std::fs::create_dir(user.home().join("mine")).unwrap();
    std::fs::write(user.home().join("mine/index.html"), "mine").unwrap();
    let output = user.run(&["site", "--out", "mine"]);
    assert_eq!(output.code, 1);
    assert!(output.err.contains("holds something else"), "{}", output.err);
    assert_eq!(files(&user.home().join("mine")).len(), 1);
    let output = user.run(&["site", "--out", "web", "--base-url", "file:///tmp"]);
    assert_eq!(output.code, 2, "{}", output.err);
}

#[test]
fn a_tool_page_tells_what_the_commands_tell() {
    let user = catalogue();
    user.done(&["site", "--out", "pages", "--quiet"]);
    let all = pages(&user, "pages");
    let heading = "<h1 class=\"name\">wipe_rows</h1>";
    let of_server = |text: &String| text.contains(heading) && text.contains(">npm:rows</a>");
    let page = all.values().find(|text| of_server(text)).unwrap();
    // The evidence is marked where it stands.
    assert!(page.contains("<mark>Deletes</mark>"), "{page}");
    // The policy is the one that the command prints.
    let policy = user.done(&["policy", "wipe_rows", "--server", "npm:rows"]);
    let shown =
        page.split("role=\"region\" aria-label=\"Recommended\">").nth(1).unwrap().split("</pre>").next().unwrap();
    assert_eq!(shown.replace("&quot;", "\"").trim(), policy.trim());
    assert!(page.contains("What changed") && page.contains("The same name elsewhere"), "{page}");
    // Both definitions of a name that is listed twice are shown.
    assert!(all.values().any(|text| text.contains(heading) && text.contains("lists this name 2 times")));
    let silent = all.values().find(|text| text.contains("<h1 class=\"name\">npm:silent</h1>")).unwrap();
    assert!(silent.contains("nothing is known of what it can do") && silent.contains("unreachable"));
}

#[test]
fn whatever_evidence_is_called_by_has_a_page() {
    let user = catalogue();
    user.done(&["site", "--out", "pages", "--quiet"]);
    let pages = pages(&user, "pages");
    for (page, text) in &pages {
        assert!(!text.contains("<br><code>"), "{page} names a rule without a page");
    }
    let deed = &pages["rules/handler-deletes.html"];
    assert!(deed.contains("It looks at calls in the code behind a tool that delete something."), "{deed}");
    let named = &pages["rules/index.html"];
    for id in ["handler-deletes", "hidden-text", "unknown-operation"] {
        assert!(named.contains(&format!("href=\"../rules/{id}.html\"")), "{id}");
    }
}
