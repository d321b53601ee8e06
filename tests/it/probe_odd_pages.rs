//! Lists that come in odd pages: what was read of them is kept, what was not is said, and the crawl goes on.

use crate::support::binary::User;
use crate::support::hostile::{Act, Hostile, Seen, answer, error, json, result};
use serde_json::Value;

/// Answers the handshake and the first page of a list, and leaves the pages after it to `rest`.
fn paged(first: &'static str, rest: impl Fn(&Seen) -> Vec<Act> + Send + Sync + 'static) -> Hostile {
    Hostile::start(move |seen| match (seen.rpc().as_str(), seen.cursor()) {
        ("tools/list", None) => json(200, &result(seen, first)),
        ("tools/list", Some(_)) => rest(seen),
        _ => json(404, &error(seen, -32601, "no such method")),
    })
}

#[test]
fn an_odd_page_loses_nothing_that_was_read_and_makes_the_list_partial() {
    const FIRST: &str = r#"{"tools":[{"name":"get_a","description":"Get a."}],"nextCursor":"b"}"#;
    let page = |text: &'static str| paged(FIRST, move |seen| json(200, &result(seen, text)));
    let turns = paged(FIRST, |seen| {
        let other = if seen.cursor().as_deref() == Some("b") { "c" } else { "b" };
        json(200, &result(seen, &format!(r#"{{"tools":[],"nextCursor":"{other}"}}"#)))
    });
    let cases = [
        ("a cursor that turns in a circle", turns),
        ("a page whose tools are an object", page(r#"{"tools":{"name":"get_b"}}"#)),
        ("a page whose tools are null", page(r#"{"tools":null}"#)),
        ("a page that is a text", page(r#""get_b""#)),
        ("a page without tools", page("{}")),
        (
            "a page that is cut off",
            paged(FIRST, |_| answer(200, "content-type: application/json\r\n", b"{\"jsonrpc\":")),
        ),
        ("a page that wants a login", paged(FIRST, |_| answer(401, "", b""))),
        ("a page that never comes", paged(FIRST, |_| vec![Act::Close])),
        ("texts and numbers among the tools", page(r#"{"tools":["get_b",7,[{"name":"get_c"}],null]}"#)),
    ];
    for (case, server) in cases {
        let user = User::new();
        let address = format!("http://127.0.0.1:{}/mcp", server.port);
        let ran = user.run(&["crawl", "--json", &address]);
        let found: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{case}: {}{}", ran.out, ran.err));
        assert_eq!(ran.code, 0, "{case}: {}", ran.err);
        assert!(found["partial"].to_string().contains(&address), "{case}: {found}");
        let tool: Value = serde_json::from_str(&user.done(&["tool", "get_a", "--json"])).unwrap();
        assert_eq!(tool["servers"][0]["description"], "Get a.", "{case}");
    }
}
