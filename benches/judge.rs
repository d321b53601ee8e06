//! What `mcpdex classify` costs from file to output: tools per second of CPU and of wall time with one thread and with two,
//! with all texts and `--brief`, and its peak memory beside that for a tenth of the tools (read from /proc, so on Linux
//! only). Where the time of judging goes is for the bench of `crates/classify` to say.
//!
//! `cargo bench --bench judge -- FILE.jsonl[.gz] [ROWS]` repeats the rows of FILE with varied names up to ROWS (default
//! 1000000); without a file it uses rows of its own.

use serde_json::{Map, Value};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
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

/// Calls `with` for one server after the other, as a crawl brings them: its tools as JSON, with names that differ from
/// round to round, until there are `wanted` tools.
fn varied(rows: &[Map<String, Value>], wanted: usize, mut with: impl FnMut(&[String])) {
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
            with(&texts);
            done += texts.len();
        }
        round += 1;
    }
}

/// What a run of `mcpdex classify` took.
struct Run {
    /// The highest resident memory, in MiB.
    memory: f64,
    /// In seconds, to a hundredth.
    cpu: f64,
    wall: f64,
}

/// Runs `mcpdex classify` with these options over `file`, and looks at its figures in /proc until it ends.
fn run(file: &Path, options: &[&str]) -> Run {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_mcpdex"))
        .arg("classify")
        .arg(file)
        .args(options)
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let of = |what: &str| std::fs::read_to_string(format!("/proc/{}/{what}", child.id())).unwrap_or_default();
    let mut ran = Run { memory: 0.0, cpu: 0.0, wall: 0.0 };
    loop {
        let (status, stat) = (of("status"), of("stat"));
        let memory =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
        ran.memory = ran.memory.max(memory.unwrap_or(0.0f64) / 1024.0);
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let ticks = |at: usize| fields.get(at).and_then(|n| n.parse::<f64>().ok());
        ran.cpu = ran.cpu.max(ticks(11).zip(ticks(12)).map_or(0.0, |(user, system)| (user + system) / 100.0));
        if stat.is_empty() || fields.first() == Some(&"Z") {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(child.wait().expect("it ended").success(), "every tool is judged");
    ran.wall = begun.elapsed().as_secs_f64();
    ran
}

/// A file of so many tools.
fn file(rows: &[Map<String, Value>], wanted: usize, folder: &Path) -> PathBuf {
    let path = folder.join(format!("{wanted}.jsonl"));
    let mut out = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file can be made"));
    varied(rows, wanted, |texts| texts.iter().for_each(|text| writeln!(out, "{text}").expect("the disk has room")));
    out.flush().expect("the disk has room");
    path
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let rows = rows(args.first().map(String::as_str));
    let wanted: usize = args.get(1).and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (few, many) = (file(&rows, wanted / 10, folder.path()), file(&rows, wanted, folder.path()));
    println!(
        "{wanted} tools, {} bytes each",
        std::fs::metadata(&many).map_or(0, |file| file.len()) / wanted.max(1) as u64
    );
    let mut alone = 0.0;
    for (what, options) in [
        ("one thread", &["--threads", "1"][..]),
        ("two threads", &["--threads", "2"]),
        ("brief, one thread", &["--brief", "--threads", "1"]),
        ("brief, two threads", &["--brief", "--threads", "2"]),
    ] {
        let ran = run(&many, options);
        let per = |seconds: f64| wanted as f64 / seconds;
        print!("{what:<19} {:>8.0} tools/CPU-s {:>8.0} tools/s, {:.1} MiB", per(ran.cpu), per(ran.wall), ran.memory);
        match options.last() {
            Some(&"1") => {
                alone = ran.wall;
                let tenth = run(&few, options).memory;
                println!(", {:.2} times that of a tenth of the tools", ran.memory / tenth);
            }
            _ => println!(", {:.2} times as fast as one", alone / ran.wall),
        }
    }
}
