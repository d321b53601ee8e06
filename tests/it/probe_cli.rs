//! `mcpdex probe` and `mcpdex crawl URL` as a user runs them.

use crate::support::binary::User;
use crate::support::hostile::{Hostile, answer, json, result};
use crate::support::schema::assert_valid;
use serde_json::{Value, json as value};
use std::sync::atomic::{AtomicBool, Ordering};

fn document(text: &str) -> Value {
    assert_valid("probe", text)
}

#[test]
fn an_address_is_listed_without_a_database_and_terminals_are_safe() {
    let server = Hostile::listing(r#"[{"name":"copy_row","description":"\u001b[31mCopies","inputSchema":[]}]"#);
    let (user, url) = (User::new(), format!("http://127.0.0.1:{}/mcp?key=sesame", server.port));
    let text = user.done(&["probe", &url]);
    assert!(text.contains("copy_row") && !text.contains('\u{1b}') && !text.contains("sesame"), "{text}");
    let found = document(&user.done(&["probe", &url, "--json"]));
    assert_eq!(found["tools"][0]["raw"], r#"{"name":"copy_row","description":"\u001b[31mCopies","inputSchema":[]}"#);
    assert_eq!(found["tools"][0]["oddities"][0]["pointer"], "/inputSchema");
    assert!(!user.database().exists());
}

#[test]
fn a_closed_server_says_what_it_wants_and_opens_for_given_credentials() {
    let server = Hostile::start(|seen| match seen.header("authorization") {
        Some("Bearer sesame") => json(200, &result(seen, r#"{"tools":[{"name":"copy_row"}],"ttlMs":1}"#)),
        _ => answer(401, "www-authenticate: Bearer scope=\"rows:read\"\r\n", b""),
    });
    let (user, url) = (User::new(), format!("http://127.0.0.1:{}/mcp", server.port));
    let closed = user.run(&["probe", &url, "--json"]);
    assert_eq!((closed.code, document(&closed.out)["auth"]["scopes"].clone()), (4, value!(["rows:read"])));
    let file = user.home().join("credentials.toml");
    std::fs::write(&file, format!("[[server]]\nurl = '{url}'\nheaders = {{ Authorization = 'Bearer ${{ROWS}}' }}"))
        .unwrap();
    for words in [["--credentials", file.to_str().unwrap()], ["--header", "Authorization: Bearer ${ROWS}"]] {
        let output = user.command(&["probe", &url, words[0], words[1]]).env("ROWS", "sesame").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains("copy_row") && !text.contains("sesame"), "{text}");
        assert_eq!(user.run(&["probe", &url, words[0], words[1]]).code, 1, "the variable is not set");
    }
}

#[test]
fn what_a_typed_address_leads_to_is_a_strangers() {
    let inside = Hostile::listing(r#"[{"name":"inside"}]"#);
    let to = format!("location: http://127.0.0.1:{}/mcp\r\n", inside.port);
    let server = Hostile::start(move |_| answer(307, &to, b""));
    let (user, url) = (User::new(), format!("http://127.0.0.1:{}/mcp", server.port));
    let ran = user.run(&["probe", &url, "--json"]);
    assert_eq!((ran.code, document(&ran.out)["outcome"].clone()), (4, value!("blocked")));
    assert!(inside.seen().is_empty());
    assert!(user.done(&["probe", &url, "--allow-private"]).contains("inside"));
}

#[test]
fn origins_that_disagree_are_both_kept_and_the_better_wins_field_by_field() {
    let open = std::sync::Arc::new(AtomicBool::new(false));
    let is_open = open.clone();
    let server = Hostile::start(move |seen| match seen.path.as_str() {
        "/.well-known/mcp/server-card.json" => json(
            200,
            r#"{"tools":[{"name":"copy_row","description":"Copies a row",
                "inputSchema":{"type":"object","properties":{"table":{"type":"string"}}}}]}"#,
        ),
        "/mcp" if is_open.load(Ordering::Relaxed) => {
            json(200, &result(seen, r#"{"tools":[{"name":"copy_row","description":"Copies one row"}],"ttlMs":1}"#))
        }
        "/mcp" => answer(401, "", b""),
        _ => answer(404, "", b""),
    });
    let (user, url) = (User::new(), format!("http://127.0.0.1:{}/mcp", server.port));
    user.done(&["crawl", &url]);
    let view = |user: &User| -> Value {
        let text = user.done(&["tool", "copy_row", "--json"]);
        serde_json::from_str::<Value>(&text).unwrap()["servers"][0].clone()
    };
    let card = view(&user);
    assert_eq!((&card["origin"], &card["description"]), (&value!("card"), &value!("Copies a row")));
    open.store(true, Ordering::Relaxed);
    user.done(&["crawl", &url]);
    let live = view(&user);
    assert_eq!((&live["origin"], &live["description"]), (&value!("live"), &value!("Copies one row")));
    assert_eq!(live["parameters"][0]["name"], "table");
    let other = |field: &str| value!([{"field": field, "origin": "card", "target": url}]);
    assert_eq!(live["origins"], value!({"taken": other("inputSchema"), "differs": other("description")}));
    let text = user.done(&["tool", "copy_row"]);
    assert!(text.contains("`inputSchema` is missing there and was taken from"), "{text}");
    assert!(text.contains("`description` is stated differently by"), "{text}");
}
