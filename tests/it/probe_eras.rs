//! Servers of every era are listed, by the shortest way that each understands.

use crate::support::hostile::{Act, Hostile, Seen, answer, client, error, json, result, stream};
use mcpdex::model::{Outcome, ProbeResult, SecretString, Transport};
use mcpdex::probe::{self, Ask};
use std::sync::{Arc, Mutex, mpsc};

const TOOLS: &str = r#"{"tools":[{"name":"copy_row","description":"Copies a row","inputSchema":{"type":"object"}}]}"#;

async fn ask(ask: &Ask) -> ProbeResult {
    probe::ask(&client(&[]), ask).await
}

fn names(heard: &ProbeResult) -> Vec<&str> {
    heard.tools.iter().map(|tool| tool.name.as_str()).collect()
}

/// A server with handshake: JSON or events, with or without sessions.
fn handshake(revision: &'static str, streamed: bool, session: bool) -> Hostile {
    let say = move |status: u16, extra: &str, text: String| match streamed {
        true => {
            let events = format!(
                ": hi\r\n\r\nevent: message\r\ndata: {{\"method\":\"notifications/message\"}}\r\n\r\ndata: {text}\r\n\r\n"
            );
            answer(status, &format!("content-type: text/event-stream\r\n{extra}"), events.as_bytes())
        }
        false => answer(status, &format!("content-type: application/json\r\n{extra}"), text.as_bytes()),
    };
    Hostile::start(move |seen: &Seen| {
        let known = !session || seen.header("mcp-session-id") == Some("s-1");
        match seen.rpc().as_str() {
            "initialize" => {
                let extra = if session { "mcp-session-id: s-1\r\n" } else { "" };
                let hello = format!(
                    r#"{{"protocolVersion":"{revision}","capabilities":{{"tools":{{}}}},"serverInfo":{{"name":"rows","version":"2"}}}}"#
                );
                say(200, extra, result(seen, &hello))
            }
            "notifications/initialized" if known => answer(202, "", b""),
            "tools/list" if known && seen.header("mcp-protocol-version") == Some(revision) => {
                say(200, "", result(seen, TOOLS))
            }
            _ if seen.method == "DELETE" => answer(204, "", b""),
            _ => json(400, &error(seen, -32000, "Bad Request: no valid session")),
        }
    })
}

#[tokio::test]
async fn a_modern_server_is_listed_with_one_request() {
    let server = Hostile::listing(r#"[{"name":"copy_row"}]"#);
    let heard = ask(&server.ask()).await;
    assert_eq!((heard.outcome, names(&heard)), (Outcome::Ok, vec!["copy_row"]));
    assert_eq!(heard.revision.as_deref(), Some("2026-07-28"));
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].header("mcp-method"), Some("tools/list"));
    assert_eq!(seen[0].header("mcp-protocol-version"), Some("2026-07-28"));
    assert_eq!(seen[0].header("origin"), None);
    assert!(seen[0].body.contains("io.modelcontextprotocol/clientInfo"));
}

#[tokio::test]
async fn every_revision_with_a_handshake_is_listed_as_json_and_as_events_with_and_without_sessions() {
    for revision in ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] {
        for (streamed, session) in [(false, false), (false, true), (true, false), (true, true)] {
            let server = handshake(revision, streamed, session);
            let heard = ask(&server.ask()).await;
            let case = format!("{revision} streamed={streamed} session={session}: {heard:?}");
            assert_eq!((heard.outcome, names(&heard)), (Outcome::Ok, vec!["copy_row"]), "{case}");
            assert_eq!(heard.revision.as_deref(), Some(revision), "{case}");
            assert_eq!(heard.server.as_ref().and_then(|s| s.name.as_deref()), Some("rows"), "{case}");
            let mut expected =
                vec!["POST tools/list", "POST initialize", "POST notifications/initialized", "POST tools/list"];
            expected.extend(session.then_some("DELETE"));
            assert_eq!(server.asked(), expected, "{case}");
        }
    }
}

#[tokio::test]
async fn a_server_of_the_first_revision_is_listed_over_its_stream() {
    let (to_stream, events) = mpsc::channel::<String>();
    let (to_stream, events) = (Mutex::new(to_stream), Arc::new(Mutex::new(events)));
    let server = Hostile::start(move |seen| {
        let say = |text: String| to_stream.lock().unwrap().send(format!("event: message\ndata: {text}\n\n")).unwrap();
        match (seen.method.as_str(), seen.path.as_str(), seen.rpc().as_str()) {
            ("GET", "/sse", _) => {
                vec![stream("event: endpoint\ndata: /messages?s=1\n\n: ping\n\n"), Act::Follow(events.clone())]
            }
            ("POST", "/messages?s=1", "initialize") => {
                say(r#"{"jsonrpc":"2.0","id":"p","method":"ping"}"#.to_owned());
                say(result(seen, r#"{"protocolVersion":"2024-11-05","capabilities":{"tools":{}}}"#));
                answer(202, "", b"Accepted")
            }
            ("POST", "/messages?s=1", "tools/list") => {
                say(result(seen, TOOLS));
                answer(202, "", b"Accepted")
            }
            ("POST", "/messages?s=1", _) => answer(202, "", b"Accepted"),
            _ => answer(405, "", b"Method Not Allowed"),
        }
    });
    let heard = ask(&server.ask_at("mcp.example", "/sse")).await;
    assert_eq!((heard.outcome, names(&heard)), (Outcome::Ok, vec!["copy_row"]), "{heard:?}");
    assert_eq!((heard.transport, heard.revision.as_deref()), (Some(Transport::Sse), Some("2024-11-05")));
    let pong = server.seen().into_iter().find(|seen| seen.body.contains(r#""id":"p""#)).expect("the ping is answered");
    assert!(pong.body.contains(r#""result":{}"#));
    assert_eq!(heard.tried.len(), 2);
}

#[tokio::test]
async fn a_server_that_names_its_revisions_is_asked_in_one_of_them() {
    let server = Hostile::start(|seen| match (seen.rpc().as_str(), seen.body.contains("2025-06-18")) {
        ("initialize", true) => {
            json(200, &result(seen, r#"{"protocolVersion":"2025-06-18","capabilities":{"tools":{}}}"#))
        }
        ("tools/list", _) if seen.header("mcp-protocol-version") == Some("2025-06-18") => {
            json(200, &result(seen, TOOLS))
        }
        ("notifications/initialized", _) => answer(202, "", b""),
        _ => {
            let text = format!(
                r#"{{"id":{},"error":{{"code":-32022,"message":"no","data":{{"supported":["2025-06-18","1.0"]}}}}}}"#,
                seen.id()
            );
            json(400, &text)
        }
    });
    let heard = ask(&server.ask()).await;
    assert_eq!((heard.outcome, names(&heard)), (Outcome::Ok, vec!["copy_row"]), "{heard:?}");
}

#[tokio::test]
async fn a_server_that_states_no_tools_has_an_empty_list() {
    let modern = Hostile::start(|seen| match seen.rpc().as_str() {
        "server/discover" => {
            json(200, &result(seen, r#"{"supportedVersions":["2026-07-28"],"capabilities":{"prompts":{}}}"#))
        }
        _ => json(404, &error(seen, -32601, "Method not found")),
    });
    let older = Hostile::start(|seen| match seen.rpc().as_str() {
        "initialize" => json(200, &result(seen, r#"{"protocolVersion":"2025-06-18","capabilities":{"prompts":{}}}"#)),
        _ => json(200, &error(seen, -32601, "Method not found")),
    });
    for server in [modern, older] {
        let heard = ask(&server.ask()).await;
        assert_eq!((heard.outcome, heard.tools.len()), (Outcome::Ok, 0), "{heard:?}");
    }
}

#[tokio::test]
async fn a_lost_session_is_begun_again_once() {
    let lost = Mutex::new(false);
    let server = Hostile::start(move |seen| match seen.rpc().as_str() {
        "initialize" => {
            let body = result(seen, r#"{"protocolVersion":"2025-06-18","capabilities":{"tools":{}}}"#);
            answer(200, "content-type: application/json\r\nmcp-session-id: s\r\n", body.as_bytes())
        }
        "tools/list" if seen.header("mcp-session-id").is_none() => json(400, &error(seen, -32600, "no session")),
        "tools/list" if !std::mem::replace(&mut *lost.lock().unwrap(), true) => answer(404, "", b"session not found"),
        "tools/list" => json(200, &result(seen, TOOLS)),
        _ => answer(202, "", b""),
    });
    let heard = ask(&server.ask()).await;
    assert_eq!((heard.outcome, names(&heard)), (Outcome::Ok, vec!["copy_row"]), "{heard:?}");
    assert_eq!(server.asked().iter().filter(|asked| *asked == "POST initialize").count(), 2);
}

#[tokio::test]
async fn pages_are_turned_and_an_empty_cursor_means_more() {
    let server = Hostile::start(|seen| {
        let (tool, next) = match seen.cursor().as_deref() {
            None => ("a", r#","nextCursor":"""#),
            Some("") => ("b", r#","nextCursor":"x""#),
            Some(_) => ("c", r#","nextCursor":null"#),
        };
        json(200, &result(seen, &format!(r#"{{"tools":[{{"name":"{tool}"}}]{next}}}"#)))
    });
    let heard = ask(&server.ask()).await;
    assert_eq!((names(&heard), heard.pages, heard.partial.len()), (vec!["a", "b", "c"], 3, 0));
}

#[tokio::test]
async fn a_list_that_breaks_off_is_kept_and_said_to_be_incomplete() {
    let server = Hostile::start(|seen| match seen.cursor() {
        None => json(200, &result(seen, r#"{"tools":[{"name":"a"}],"nextCursor":"2"}"#)),
        Some(_) => vec![Act::Close],
    });
    let heard = ask(&server.ask()).await;
    assert_eq!((heard.outcome, names(&heard)), (Outcome::Ok, vec!["a"]));
    assert!(heard.partial[0].detail.contains("ends after page 1"), "{:?}", heard.partial);
}

#[tokio::test]
async fn given_credentials_go_to_their_own_origin_and_no_further() {
    let other = Hostile::listing(r#"[{"name":"elsewhere"}]"#);
    let to = format!("location: http://other.example:{}/mcp\r\n", other.port);
    let server = Hostile::start(move |seen| match seen.path.as_str() {
        "/away" => answer(307, &to, b""),
        _ if seen.header("authorization") == Some("Bearer sesame") => json(200, &result(seen, TOOLS)),
        _ => answer(401, "", b""),
    });
    for (path, tool) in [("/mcp", "copy_row"), ("/away", "elsewhere")] {
        let mut asked = server.ask_at("mcp.example", path);
        asked.headers = vec![("Authorization".to_owned(), SecretString::from("Bearer sesame"))];
        let heard = ask(&asked).await;
        assert_eq!(names(&heard), [tool]);
        assert!(!format!("{asked:?}{heard:?}").contains("sesame"));
    }
    assert_eq!(other.seen()[0].header("authorization"), None);
}

#[tokio::test]
async fn no_conversation_ever_calls_a_tool() {
    let server = handshake("2025-11-25", true, true);
    ask(&server.ask()).await;
    assert!(server.asked().iter().all(|asked| !asked.contains("tools/call")));
    let sources = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/crates/probe/src")).unwrap();
    for file in sources.flatten().filter(|file| file.path().is_file()) {
        let text = std::fs::read_to_string(file.path()).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<String>();
        assert!(!code.contains("tools/call"), "{}", file.path().display());
    }
}
