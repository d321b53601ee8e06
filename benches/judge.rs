//! What judging costs beside reading the JSON, in one run on one core: tools per second and the ratio of the two; and
//! the peak memory of `mcpdex classify` beside that for a tenth of the tools (read from /proc, so on Linux only).
//!
//! `cargo bench --bench judge -- FILE.jsonl[.gz] [ROWS]` repeats the rows of FILE with varied names up to ROWS (default
//! 1000000); without a file it uses rows of its own.

use mcpdex::classify::{Ruleset, ServerContext};
use mcpdex::model::Tool;
use serde_json::{Map, Value};
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn rows(path: Option<&str>) -> Vec<Map<String, Value>> {
    let text = match path {
        Some(path) => {
            let mut bytes = Vec::new();
            std::fs::File::open(path).expect("the file opens").read_to_end(&mut bytes).expect("the file is readable");
            let mut text = String::new();
            if bytes.starts_with(&[0x1f, 0x8b]) {
                flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("gzip of UTF-8");
                text
            } else {
                String::from_utf8(bytes).expect("UTF-8")
            }
        }
        None => (0..500)
            .map(|n| format!("{{\"server\":\"s{}\",\"name\":\"create_page_{n}\",\"description\":\"Creates a page of the handbook and sends it to the team.\",\"inputSchema\":{{\"type\":\"object\",\"properties\":{{\"title\":{{\"type\":\"string\",\"description\":\"Title of the page\"}}}}}}}}\n", n / 20))
            .collect(),
    };
    BufReader::new(text.as_bytes()).lines().filter_map(|line| serde_json::from_str(&line.ok()?).ok()).collect()
}

/// Calls `with` for one server after the other, as a crawl brings them: its name and its tools as JSON, with names that
/// differ from round to round, until there are `wanted` tools.
fn varied(rows: &[Map<String, Value>], wanted: usize, mut with: impl FnMut(&str, &[String])) {
    let (mut done, mut round) = (0, 0);
    while done < wanted {
        for run in rows.chunk_by(|one, next| one.get("server") == next.get("server")) {
            let run = &run[..run.len().min(wanted - done)];
            let texts: Vec<String> = run
                .iter()
                .map(|row| {
                    let mut row = row.clone();
                    if let Some(Value::String(name)) = row.get_mut("name") {
                        name.push_str(&format!("_{round}"));
                    }
                    Value::Object(row).to_string()
                })
                .collect();
            with(run.first().and_then(|row| row.get("server")?.as_str()).unwrap_or(""), &texts);
            done += texts.len();
        }
        round += 1;
    }
}

/// Prints what parsing and what judging costs.
fn time(rows: &[Map<String, Value>], wanted: usize) {
    let rules = Ruleset::builtin().expect("the pack compiles");
    let (mut parsing, mut judging) = (Duration::ZERO, Duration::ZERO);
    let mut bytes = 0;
    varied(rows, wanted, |server, texts| {
        let start = Instant::now();
        for text in texts {
            black_box(serde_json::from_str::<Value>(text).expect("valid"));
        }
        parsing += start.elapsed();
        let tools: Vec<Tool> = texts.iter().filter_map(|text| Tool::from_json(text).ok()).collect();
        assert_eq!(tools.len(), texts.len(), "every row is a tool");
        let start = Instant::now();
        let context = ServerContext::of(server, &tools);
        for tool in &tools {
            black_box(rules.judge(&context, tool));
        }
        judging += start.elapsed();
        bytes += texts.iter().map(String::len).sum::<usize>();
    });
    let per = |time: Duration| wanted as f64 / time.as_secs_f64();
    println!("{wanted} tools, {:.0} bytes each", bytes as f64 / wanted as f64);
    println!("parse to Value      {:>9.0} tools/s", per(parsing));
    println!("normalise and judge {:>9.0} tools/s", per(judging));
    println!("judging costs {:.2} times parsing", judging.as_secs_f64() / parsing.as_secs_f64());
}

/// The highest resident memory, in MiB, of `mcpdex classify` that is given so many tools.
fn peak(rows: &[Map<String, Value>], wanted: usize) -> f64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mcpdex"))
        .args(["classify", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("piped");
    varied(rows, wanted, |_, texts| {
        for text in texts {
            writeln!(input, "{text}").expect("it reads on");
        }
    });
    drop(input);
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut highest = 0.0f64;
    while child.try_wait().expect("it is ours").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next());
        highest = highest.max(line.and_then(|n| n.parse().ok()).unwrap_or(0.0));
        std::thread::sleep(Duration::from_micros(200));
    }
    assert!(child.wait().expect("it ended").success(), "every tool is judged");
    highest / 1024.0
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let rows = rows(args.first().map(String::as_str));
    let wanted: usize = args.get(1).and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    time(&rows, wanted);
    let (few, many) = (peak(&rows, wanted / 10), peak(&rows, wanted));
    println!("peak memory {many:.1} MiB, {:.2} times that of a tenth of the tools ({few:.1} MiB)", many / few);
}
