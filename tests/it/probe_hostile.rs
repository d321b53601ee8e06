//! Servers that are broken or mean: nothing good is lost, nothing lasts for ever, nothing eats the machine.

use crate::support::hostile::{Act, Hostile, answer, client, dead_port, json, result, stream};
use mcpdex::model::{Outcome, PartialReason, ProbeResult};
use mcpdex::probe::{self, Ask};
use std::io::Write;
use std::time::{Duration, Instant};

async fn ask(ask: &Ask) -> ProbeResult {
    probe::ask(&client(&[]), ask).await
}

/// Shapes of one broken tool, and whether something of it can still be read.
fn shapes() -> Vec<(&'static str, String, bool)> {
    let own = |text: &str| text.to_owned();
    vec![
        ("no inputSchema", own(r#"{"name":"bad"}"#), true),
        ("inputSchema null", own(r#"{"name":"bad","inputSchema":null}"#), true),
        ("inputSchema an array", own(r#"{"name":"bad","inputSchema":[]}"#), true),
        ("description a number", own(r#"{"name":"bad","description":7,"inputSchema":{}}"#), true),
        ("a hint that is text", own(r#"{"name":"bad","annotations":{"readOnlyHint":"true"}}"#), true),
        ("icons that are text", own(r#"{"name":"bad","icons":"x","inputSchema":{}}"#), true),
        ("a name twice", own(r#"{"name":"worse","name":"bad"}"#), true),
        ("a name that is a number", own(r#"{"name":5}"#), true),
        ("half a surrogate pair", own(r#"{"name":"bad","description":"\ud800"}"#), true),
        ("a number out of range", own(r#"{"name":"bad","inputSchema":{"maximum":1e999}}"#), true),
        (
            "a million levels",
            format!(r#"{{"name":"bad","inputSchema":{}{}}}"#, "[".repeat(1_000_000), "]".repeat(1_000_000)),
            true,
        ),
        ("a bare control character", own("{\"name\":\"bad\",\"description\":\"a\u{1}b\"}"), true),
        ("not a number", own(r#"{"name":"bad","inputSchema":{"maximum":NaN}}"#), true),
        ("a trailing comma", own(r#"{"name":"bad",}"#), true),
        ("no name", own(r#"{"description":"nameless"}"#), false),
        ("an empty name", own(r#"{"name":""}"#), false),
        ("null", own("null"), false),
        ("a text", own(r#""bad""#), false),
        ("words", own("{name: bad}"), false),
    ]
}

#[tokio::test]
async fn no_malformed_tool_hides_a_good_one() {
    const GOOD: &str = r#"{"name":"copy_row","description":"Copies","inputSchema":{"type":"object"}}"#;
    for (shape, bad, readable) in shapes() {
        for tools in [format!("[{bad},{GOOD}]"), format!("[{GOOD},{bad}]")] {
            let server = Hostile::listing(Box::leak(tools.into_boxed_str()));
            let heard = ask(&server.ask()).await;
            assert_eq!(heard.outcome, Outcome::Ok, "{shape}: {heard:?}");
            let good = heard.tools.iter().find(|tool| tool.name == "copy_row").unwrap_or_else(|| panic!("{shape}"));
            assert_eq!((good.raw.as_str(), good.oddities.len()), (GOOD, 0), "{shape}");
            let other = heard.tools.iter().find(|tool| tool.name != "copy_row");
            assert_eq!(other.is_some(), readable, "{shape}");
            match other {
                Some(tool) => assert_eq!(tool.raw, bad, "{shape}: the bytes that came"),
                None => assert_eq!(heard.partial[0].reason, PartialReason::MalformedTool, "{shape}"),
            }
            // Only these two are as the protocol has them, or beyond what a lister looks at.
            if readable && !matches!(shape, "no inputSchema" | "icons that are text") {
                assert!(other.is_some_and(|tool| !tool.oddities.is_empty()), "{shape} is not flagged");
            }
        }
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_spoil_nothing_but_themselves() {
    let server = Hostile::start(|seen| {
        let text = result(seen, r#"{"tools":[{"name":"a","description":"?"},{"name":"copy_row"}]}"#);
        let mut bytes = text.into_bytes();
        let at = bytes.iter().position(|b| *b == b'?').unwrap();
        bytes[at] = 0xff;
        answer(200, "content-type: application/json\r\n", &bytes)
    });
    let heard = ask(&server.ask()).await;
    assert_eq!(heard.tools.len(), 2);
    assert_eq!(heard.tools[0].description.as_deref(), Some("\u{fffd}"));
}

#[tokio::test]
async fn endless_lists_are_cut() {
    let fresh = Hostile::start(|seen| {
        let turn = seen.id();
        let text = format!(r#"{{"tools":[{{"name":"t{turn}"}}],"nextCursor":"c{turn}"}}"#);
        json(200, &result(seen, &text))
    });
    let same = Hostile::start(|seen| json(200, &result(seen, r#"{"tools":[{"name":"t"}],"nextCursor":"c"}"#)));
    let many: &'static str = Box::leak(format!("[{}]", vec![r#"{"name":"t"}"#; 50_000].join(",")).into_boxed_str());
    for (server, tools) in [(fresh, 64), (same, 1), (Hostile::listing(many), 5_000)] {
        let heard = ask(&server.ask()).await;
        assert_eq!((heard.outcome, heard.tools.len()), (Outcome::Ok, tools));
        assert_eq!(heard.partial[0].reason, PartialReason::LimitReached);
    }
}

#[tokio::test]
async fn a_slow_drip_ends_at_the_deadline() {
    let head = b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n".to_vec();
    let body =
        Hostile::start(move |_| vec![Act::Send(head.clone()), Act::Forever(b" ".to_vec(), Duration::from_millis(50))]);
    let headers = Hostile::start(|_| {
        vec![Act::Send(b"HTTP/1.1 200 X\r\n".to_vec()), Act::Forever(b"x: y\r\n".to_vec(), Duration::from_millis(50))]
    });
    let pings = Hostile::start(|_| vec![stream(""), Act::Forever(b": ping\n\n".to_vec(), Duration::from_millis(50))]);
    for server in [body, headers, pings] {
        let mut asked = server.ask();
        asked.limits.total = Duration::from_millis(700);
        let started = Instant::now();
        let heard = ask(&asked).await;
        assert_eq!(heard.outcome, Outcome::Timeout, "{heard:?}");
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn what_is_too_large_is_dropped_on_the_way() {
    let endless = Hostile::start(|_| {
        let head = "HTTP/1.1 200 X\r\ncontent-type: application/json\r\n\r\n";
        vec![Act::Send(head.into()), Act::Forever(vec![b' '; 1 << 16], Duration::ZERO)]
    });
    let notifications = Hostile::start(|_| {
        let event = "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}\n\n".repeat(1_000);
        vec![stream(""), Act::Forever(event.into(), Duration::ZERO)]
    });
    let event = Hostile::start(|_| vec![stream("data: "), Act::Forever(vec![b'x'; 1 << 16], Duration::ZERO)]);
    let bomb = Hostile::start(|_| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..256 {
            gzip.write_all(&vec![b' '; 1 << 20]).unwrap();
        }
        answer(200, "content-type: application/json\r\ncontent-encoding: gzip\r\n", &gzip.finish().unwrap())
    });
    let headers = Hostile::start(|_| {
        let head: String = (0..2_000).map(|i| format!("x-{i}: {}\r\n", "y".repeat(400))).collect();
        answer(200, &head, b"{}")
    });
    for (what, server) in
        [("body", endless), ("notifications", notifications), ("event", event), ("bomb", bomb), ("headers", headers)]
    {
        let started = Instant::now();
        let heard = ask(&server.ask()).await;
        assert_eq!(heard.outcome, Outcome::TooLarge, "{what}: {heard:?}");
        assert!(started.elapsed() < Duration::from_secs(10), "{what}");
    }
}

#[tokio::test]
async fn every_way_to_fail_has_its_outcome() {
    let page = |status| Hostile::start(move |_| answer(status, "content-type: text/html\r\n", b"<html>hello</html>"));
    for (what, server, outcome) in [
        ("a web page", page(200), Outcome::Unreadable),
        ("not found", page(404), Outcome::Gone),
        ("forbidden", page(403), Outcome::Refused),
        ("too many", page(429), Outcome::Refused),
        ("broken", page(500), Outcome::Refused),
        ("closes", Hostile::start(|_| vec![Act::Close]), Outcome::Unreachable),
        ("garbage", Hostile::start(|_| vec![Act::Send(b"220 mail\r\n".to_vec()), Act::Close]), Outcome::Unreadable),
        ("no list", Hostile::listing("{}"), Outcome::Refused),
    ] {
        let heard = ask(&server.ask()).await;
        assert_eq!(heard.outcome, outcome, "{what}: {heard:?}");
        assert!(heard.detail.is_some() && heard.tools.is_empty(), "{what}");
    }
    let mut nobody = Hostile::listing("[]").ask();
    nobody.url.set_port(Some(dead_port())).unwrap();
    assert_eq!(ask(&nobody).await.outcome, Outcome::Unreachable);
}
