//! What the HTTP server refuses and survives: foreign hosts and origins, missing tokens, haste, slowness, size, numbers, and
//! being ended in the middle of a request.

use crate::support::binary::User;
use crate::support::listening::{Listening, heard};
use crate::support::shelf::{monday, package};
use serde_json::Value;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

const DROP: &str = r#"{"name":"drop_shelf","description":"Deletes the shelf and every pot on it for good.","inputSchema":{"type":"object","properties":{"shelf":{"type":"string"}}}}"#;

fn user() -> User {
    let user = User::new();
    package(&user, monday, "kiln-desk", "1.0.0", &[DROP]);
    user.done(&["stats"]);
    user
}

#[test]
fn a_rebound_host_and_a_page_of_another_origin_are_refused() {
    let user = user();
    let server = Listening::start(&user, &["serve", "--host", "tools.example"]);
    let port = server.address.rsplit(':').next().unwrap().to_owned();
    let status = |headers: &[(&str, &str)]| server.ask("GET", "/v1/stats", headers, b"").status;
    for host in
        ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:80", "[::2]", "10.0.0.1"]
    {
        assert_eq!(status(&[("Host", host)]), 421, "{host}");
    }
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:9", "tools.example", "tools.example:443"] {
        assert_eq!(status(&[("Host", host)]), 200, "{host}");
    }
    for origin in ["http://evil.example", "null", "http://127.0.0.1", "https://tools.example", "http://127.0.0.1:1"] {
        assert_eq!(status(&[("Origin", origin)]), 403, "{origin}");
    }
    assert_eq!(status(&[("Origin", &format!("http://127.0.0.1:{port}"))]), 200);
    assert_eq!(server.raw(b"GET /v1/stats HTTP/1.0\r\n\r\n").status, 400);
    let two = format!(
        "GET /v1/stats HTTP/1.1\r\nHost: {0}\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        server.address
    );
    assert_eq!(server.raw(two.as_bytes()).status, 400);
    let absolute =
        format!("GET http://evil.example/v1/stats HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    assert_eq!(server.raw(absolute.as_bytes()).status, 421);
}

#[test]
fn a_token_opens_what_it_is_for_and_stands_in_no_log() {
    let user = user();
    let file = user.home().join("tokens");
    let [reader, judge] = ["reader-token-planted-0123456789", "judge-token-planted-0123456789"];
    std::fs::write(&file, format!("read {reader}\nread,classify {judge}\n")).unwrap();
    let path = file.to_str().unwrap();
    let words = ["serve", "--token-file", path, "--access-log", "-vv"];
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let open = user.run(&["serve", "--token-file", path, "--listen", "127.0.0.1:0"]);
        assert!(open.code == 1 && open.err.contains("chmod 600"), "{}", open.err);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let server = Listening::start(&user, &words);
    let status = |method: &str, path: &str, token: Option<&str>| {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
        server
            .ask(method, path, &headers, if method == "POST" { b"{\"tools\":[{\"name\":\"x\"}]}" } else { b"" })
            .status
    };
    for path in ["/", "/v1/stats", "/metrics", "/openapi.json", "/v1/none"] {
        assert_eq!(status("GET", path, None), 401, "{path}");
        assert_eq!(status("GET", path, Some("guessed-token-0123456789abcdef")), 401, "{path}");
        assert_ne!(status("GET", path, Some(reader)), 401, "{path}");
    }
    assert_eq!(status("GET", "/healthz", None), 200);
    assert_eq!(status("POST", "/v1/classify", Some(reader)), 403);
    assert_eq!(status("POST", "/v1/classify", Some(judge)), 200);
    // As people paste it by mistake.
    status("GET", &format!("/v1/search?q={reader}"), Some(reader));
    std::thread::sleep(Duration::from_millis(200));
    let log = server.log();
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert!(lines.len() >= 15 && lines.iter().all(|line| line["status"].is_u64() && line["path"].is_string()), "{log}");
    assert!(!log.contains("planted") && !log.contains("guessed"), "{log}");
}

#[test]
fn beyond_loopback_nobody_is_answered_without_a_token() {
    let user = user();
    for words in [["serve", "--listen", "0.0.0.0:0"], ["mcp", "--listen", "[::]:0"]] {
        let ran = user.run(&words);
        assert!(ran.code == 2 && ran.err.contains("--token-file"), "{words:?}: {} {}", ran.code, ran.err);
    }
}

#[test]
fn haste_is_slowed_down() {
    let user = user();
    let server = Listening::start(&user, &["serve", "--rate", "2"]);
    let answers: Vec<u16> = (0..12).map(|_| server.get("/healthz").status).collect();
    assert!(answers[..4].iter().all(|status| *status == 200) && answers.contains(&429), "{answers:?}");
    let held = loop {
        let heard = server.get("/healthz");
        if heard.status == 429 {
            break heard;
        }
    };
    assert!(held.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
}

#[test]
fn a_large_body_costs_nothing() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    server.get("/v1/stats");
    let before = server.peak();
    let head = |length: &str| {
        format!(
            "POST /v1/classify HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n{length}\r\n\r\n",
            server.address
        )
    };
    let declared = server.raw(head("Content-Length: 1073741824").as_bytes());
    assert_eq!(declared.status, 413);
    // As much as it takes of one whose size is not said, up to a gigabyte.
    let mut stream = server.connect();
    stream.write_all(head("Transfer-Encoding: chunked").as_bytes()).unwrap();
    let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 1 << 20], b"\r\n"].concat();
    let taken = (0..1_024).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    assert!(taken < 64, "{taken} MiB were taken");
    let grown = server.peak() - before;
    assert!(grown < 48, "{grown} MiB more");
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn whoever_is_slow_is_cut_off_and_holds_nobody_up() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    let begun = Instant::now();
    let mut slow: Vec<_> = (0..50).map(|_| server.connect()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: local").unwrap();
    }
    let asked = Instant::now();
    assert_eq!(server.get("/healthz").status, 200);
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    for stream in &mut slow {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).ok();
    }
    let took = begun.elapsed();
    assert!(took > Duration::from_secs(5) && took < Duration::from_secs(18), "{took:?}");
}

#[test]
fn connections_that_are_too_many_are_closed_and_the_others_answered() {
    let user = user();
    let server = Listening::start(&user, &["serve"]);
    let before = server.peak();
    let mut held: Vec<_> = (0..900).map(|_| server.connect()).collect();
    assert_eq!(server.get("/healthz").status, 200);
    held.extend((0..200).map_while(|_| std::net::TcpStream::connect(&server.address).ok()));
    std::thread::sleep(Duration::from_millis(500));
    let last = held.last_mut().unwrap();
    last.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let _ = last.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(!matches!(last.read(&mut [0; 16]), Ok(1..)), "more connections than are let in were answered");
    let grown = server.peak() - before;
    assert!(grown < 64, "{grown} MiB more");
    drop(held);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(server.get("/healthz").status, 200);
}

/// A connection that is let in and never answered would be worse than one that is closed.
#[cfg(unix)]
#[test]
fn where_few_files_may_be_open_fewer_connections_are_let_in_and_each_of_them_is_answered() {
    let user = user();
    let program = env!("CARGO_BIN_EXE_mcpdex");
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "ulimit -n 160; exec \"$0\" serve --listen 127.0.0.1:0", program]);
    command.env_clear().env("HOME", user.home()).current_dir(user.home());
    let server = Listening::of(command);
    let mut held: Vec<_> = (0..100).map(|_| server.connect()).collect();
    let mut answered = 0;
    for stream in &mut held {
        let _ = stream.write_all(b"GET /v1/stats HTTP/1.1\r\nHost: localhost\r\n\r\n");
        // Closed, or answered: nothing waits until it times out.
        match stream.read(&mut [0; 16]) {
            Ok(1..) => answered += 1,
            Ok(0) => {}
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
        }
    }
    assert!((8..=40).contains(&answered), "{answered} of 100 were answered");
}

#[cfg(unix)]
#[test]
fn a_stop_in_mid_request_ends_in_order_and_soon() {
    let user = user();
    let mut server = Listening::start(&user, &["serve"]);
    let mut half = server.connect();
    let head =
        "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n";
    half.write_all(head.as_bytes()).unwrap();
    let mut never = server.connect();
    never.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let told = std::process::Command::new("kill").arg(server.child.id().to_string()).status().unwrap();
    assert!(told.success());
    std::thread::sleep(Duration::from_millis(100));
    // What was being asked is still answered.
    half.write_all(b"{\"tools\":[{\"name\":\"xy\"}]}").unwrap();
    assert_eq!(heard(&mut half).status, 200);
    assert!(std::net::TcpStream::connect(&server.address).is_err(), "nobody new is let in");
    let ended = server.child.wait().unwrap();
    assert_eq!(ended.code(), Some(130));
    assert!(server.log().contains("what was asked is still answered"), "{}", server.log());
}
