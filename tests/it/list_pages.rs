//! Pages for people that list servers, and saved results of a search: every candidate once, page after page, and nothing
//! of a site that does not want it.

use crate::support::binary::User;
use crate::support::mirror::{Mirror, Reply};
use serde_json::json;

fn servers(user: &User) -> Vec<String> {
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let mut statement = base.prepare("SELECT name FROM server ORDER BY name").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn page(body: &str) -> Reply {
    Reply::of("text/html", format!("<!doctype html><html><body>{body}</body></html>"))
}

#[test]
fn three_pages_are_followed_with_the_pause_that_the_site_asks_for() {
    let (user, mirror) = (User::new(), Mirror::start());
    mirror
        .on("/robots.txt", Reply::of("text/plain", "User-agent: *\nCrawl-delay: 0.1\nDisallow: /private\n"))
        .on("/all", page("<a href='https://github.com/clay/kiln'>Kiln</a><a rel=next href='/all?page=2'>more</a>"))
        .on(
            "/all?page=2",
            page(
                "<ul><li><a href='https://github.com/clay/kiln'>Kiln again</a><li><code>npx -y @clay/glaze</code>\
                 <li><a href='javascript:alert(1)'>sly</a><li><a href='https://github.com/../..'>nowhere</a></ul>\
                 <link rel='next' href='?page=3'>",
            ),
        )
        .on("/all?page=3", page("<p>uses <a href='https://www.packages.example/x'>x</a><a href=/mcp>own</a>"));
    let list = format!("list:{}", mirror.url("/all"));
    let ran = user.run(&["crawl", "--listed", &list]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let own = mirror.url("/mcp").to_string();
    assert_eq!(servers(&user), [&*own, "https://github.com/clay/kiln", "npm:@clay/glaze"], "{}", ran.err);
    let asked = mirror.targets();
    assert_eq!(asked, ["/robots.txt", "/all", "/all?page=2", "/all?page=3"], "each once");
}

#[test]
fn a_list_that_is_not_read_to_its_end_says_so_and_keeps_what_it_gave() {
    let first = "<a href='https://github.com/clay/kiln'>Kiln</a><a rel=next href='/2'>more</a>";
    for (second, why) in [
        (Reply::status(500), "500"),
        (page("<a rel=next href='/1'>back</a>"), "leads back to an earlier page"),
        (page("<a rel=next href='/private/3'>on</a>"), "robots.txt does not allow it"),
        (Reply::redirect("/private/2"), "robots.txt does not allow it"),
    ] {
        let (user, mirror) = (User::new(), Mirror::start());
        mirror
            .on("/robots.txt", Reply::of("text/plain", "User-agent: *\nDisallow: /private\n"))
            .on("/1", page(first))
            .on("/2", second)
            .on("/private*", page("<a href='https://github.com/clay/secret'>x</a>"));
        let ran = user.run(&["crawl", "--listed", &format!("list:{}", mirror.url("/1"))]);
        assert_eq!(ran.code, 4, "{why}: {}", ran.err);
        assert!(ran.err.contains(why), "{why}: {}", ran.err);
        assert_eq!(servers(&user), ["https://github.com/clay/kiln"], "{why}");
    }
}

#[test]
fn another_site_is_never_the_next_page() {
    let (user, mirror, other) = (User::new(), Mirror::start(), Mirror::start());
    let on = other.url("/2");
    mirror.on("/1", page(&format!("<a href='https://github.com/clay/kiln'>Kiln</a><a rel=next href='{on}'>on</a>")));
    let ran = user.run(&["crawl", "--listed", &format!("list:{}", mirror.url("/1"))]);
    assert_eq!((ran.code, other.targets().len()), (0, 0), "{}", ran.err);
}

#[test]
fn a_megabyte_of_nested_tags_is_read_to_the_link_at_its_end() {
    let (user, mirror) = (User::new(), Mirror::start());
    let deep = "<div><b class=x>".repeat((1 << 20) / 16);
    mirror.on("/deep.html", page(&format!("{deep}<a href='https://github.com/clay/kiln'>Kiln</a>")));
    let ran = user.run(&["crawl", "--listed", mirror.url("/deep.html").as_str()]);
    assert_eq!((ran.code, servers(&user)), (0, vec!["https://github.com/clay/kiln".to_owned()]), "{}", ran.err);
}

#[test]
fn an_awesome_list_keeps_what_it_says_of_each() {
    let user = User::new();
    let text = "# Awesome\n\n## Craft\n\n- [Kiln](https://github.com/clay/kiln) 🐍 ☁️ - Fires pots.\n\
        - <details><summary>more</summary>\n\n  - [Glaze](https://github.com/clay/glaze 'a title') - Mixes glazes.\n\n  </details>\n\
        - [Kiln](https://github.com/clay/kiln#readme) - again\n\n| Name | Run |\n|--|--|\n| Slip | `uvx slip-server` |\n";
    std::fs::write(user.home().join("README.md"), text).unwrap();
    user.done(&["crawl", "--listed", "-q", "README.md"]);
    assert_eq!(servers(&user), ["https://github.com/clay/glaze", "https://github.com/clay/kiln", "pypi:slip-server"]);
}

#[test]
fn saved_results_of_a_search_give_repositories_and_say_what_is_not_in_them() {
    let user = User::new();
    let api = json!({"total_count": 70, "incomplete_results": false, "items": [
        {"full_name": "clay/kiln", "name": "kiln", "html_url": "https://github.com/clay/kiln", "description": "Fires."},
        {"full_name": "clay/kiln-fork", "html_url": "https://github.com/clay/kiln-fork", "fork": true},
        {"full_name": "x/y", "html_url": "javascript:alert(1)"}, {"stars": 3}, 7]});
    let client = json!([
        {"fullName": "clay/glaze", "name": "glaze", "description": "Mixes.", "url": "https://github.com/clay/glaze"},
        {"path": "server.py", "repository": {"nameWithOwner": "clay/slip"}}, {"fullName": ""}]);
    std::fs::write(user.home().join("api.json"), api.to_string()).unwrap();
    std::fs::write(user.home().join("client.json"), client.to_string()).unwrap();
    let ran = user.run(&["crawl", "--listed", "api.json", "client.json"]);
    let github = |name: &str| format!("https://github.com/clay/{name}");
    assert_eq!(servers(&user), ["glaze", "kiln", "kiln-fork", "slip"].map(github), "{}", ran.err);
    for what in ["the search found 70, of which this page holds 5", "entry 2 ", "entry 3 ", "entry 4 ", "item 2"] {
        assert!(ran.err.contains(what), "{what}: {}", ran.err);
    }
}
