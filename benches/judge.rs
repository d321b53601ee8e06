//! What judging costs beside reading the JSON, in one run on one core: tools per second and the ratio of the two.
//!
//! `cargo bench --bench judge -- FILE.jsonl[.gz] [ROWS]` repeats the rows of FILE with varied names up to ROWS (default
//! 200000); without a file it uses rows of its own.

use mcpdex::classify::{Ruleset, ServerContext};
use mcpdex::model::Tool;
use serde_json::{Map, Value};
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read};
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

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let rows = rows(args.first().map(String::as_str));
    let wanted: usize = args.get(1).and_then(|n| n.parse().ok()).unwrap_or(200_000);
    let rules = Ruleset::builtin().expect("the pack compiles");
    let (mut parsing, mut judging) = (Duration::ZERO, Duration::ZERO);
    let (mut done, mut bytes, mut round) = (0usize, 0usize, 0usize);
    while done < wanted {
        // One server after the other, as a crawl brings them.
        let mut at = 0;
        while at < rows.len() && done < wanted {
            let server = rows[at].get("server").cloned();
            let mut end = at;
            while end < rows.len() && rows[end].get("server") == server.as_ref() && end - at < 2_000 {
                end += 1;
            }
            let texts: Vec<String> = rows[at..end]
                .iter()
                .map(|row| {
                    let mut row = row.clone();
                    if let Some(Value::String(name)) = row.get_mut("name") {
                        name.push_str(&format!("_{round}"));
                    }
                    Value::Object(row).to_string()
                })
                .collect();
            let start = Instant::now();
            for text in &texts {
                black_box(serde_json::from_str::<Value>(text).expect("valid"));
            }
            parsing += start.elapsed();
            let tools: Vec<Tool> = texts.iter().filter_map(|text| Tool::from_json(text).ok()).collect();
            let start = Instant::now();
            let context = ServerContext::of(server.as_ref().and_then(Value::as_str).unwrap_or(""), &tools);
            for tool in &tools {
                black_box(rules.judge(&context, tool));
            }
            judging += start.elapsed();
            done += tools.len();
            bytes += texts.iter().map(String::len).sum::<usize>();
            at = end;
        }
        round += 1;
    }
    let per = |time: Duration| done as f64 / time.as_secs_f64();
    println!("{done} tools, {:.0} bytes each", bytes as f64 / done as f64);
    println!("parse to Value      {:>9.0} tools/s", per(parsing));
    println!("normalise and judge {:>9.0} tools/s", per(judging));
    println!("judging costs {:.2} times parsing", judging.as_secs_f64() / parsing.as_secs_f64());
}
