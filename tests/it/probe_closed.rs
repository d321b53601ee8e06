//! A server that keeps its list closed says what it wants, and its card may say the rest.

use crate::support::hostile::{Hostile, answer, client, json};
use mcpdex::model::{Outcome, ServerId, ToolOrigin};
use mcpdex::probe;

const CARD: &str = r#"{"serverInfo":{"name":"rows","version":"1"},"authentication":{"required":true},
    "tools":[{"name":"copy_row","description":"Copies","inputSchema":{"type":"object"}}]}"#;

fn closed(challenge: &'static str) -> Hostile {
    Hostile::start(move |seen| match seen.path.as_str() {
        "/v1/mcp" => answer(401, &format!("www-authenticate: {challenge}\r\n"), b"no"),
        "/.well-known/oauth-protected-resource/v1/mcp" => json(
            200,
            r#"{"resource":"http://mcp.example/v1/mcp","scopes_supported":["rows:write","rows:read"],
                "authorization_servers":["http://other.example/"],"resource_name":"Rows"}"#,
        ),
        "/.well-known/mcp/server-card.json" => json(200, CARD),
        _ => answer(404, "", b""),
    })
}

#[tokio::test]
async fn what_a_closed_server_says_about_scopes_is_kept_and_its_card_read() {
    let server = closed(r#"Bearer scope="rows:list", Basic realm="x""#);
    let heard = probe::ask(&client(&[]), &server.ask_at("mcp.example", "/v1/mcp")).await;
    let auth = heard.auth.clone().expect("a challenge");
    assert_eq!((heard.outcome, auth.status), (Outcome::AuthRequired, 401));
    assert_eq!(auth.schemes, ["bearer", "basic"]);
    assert_eq!(auth.scopes, ["rows:list", "rows:read", "rows:write"]);
    assert_eq!(auth.resource_name.as_deref(), Some("Rows"));
    assert!(heard.detail.clone().expect("a sentence").contains("scopes: rows:list, rows:read, rows:write"));
    let observations = heard.observations(&ServerId("example/rows".into()), "http://mcp.example/v1/mcp");
    let seen: Vec<_> = observations.iter().map(|o| (o.origin, o.outcome, o.tools.len())).collect();
    assert_eq!(seen, [(ToolOrigin::Live, Outcome::AuthRequired, 0), (ToolOrigin::Card, Outcome::Ok, 1)]);
}

#[tokio::test]
async fn nothing_is_registered_and_nobody_logs_in() {
    let server = closed("Bearer");
    probe::ask(&client(&[]), &server.ask_at("mcp.example", "/v1/mcp")).await;
    let posts: Vec<_> = server.seen().into_iter().filter(|seen| seen.method != "GET").map(|seen| seen.path).collect();
    assert_eq!(posts, ["/v1/mcp"], "one attempt to list, and documents read with GET");
}

#[tokio::test]
async fn a_challenge_that_makes_no_sense_is_still_a_closed_door() {
    for challenge in ["", ",,,", "Bearer resource_metadata=\"::\"", "\"", "Bearer scope="] {
        let server = closed(challenge);
        let heard = probe::ask(&client(&[]), &server.ask_at("mcp.example", "/v1/mcp")).await;
        assert_eq!(heard.outcome, Outcome::AuthRequired, "{challenge}");
    }
}
