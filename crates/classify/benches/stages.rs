//! Where the time of judging goes, in one process and on one core: CPU time per tool of reading a row, of the context of
//! a server, of judging and of writing the verdict, beside parsing the same rows; then the whole of it on one and on two
//! threads; how long the rules take to be ready; and the digest of all verdicts, so that two builds can be compared.
//!
//! `cargo bench -p mcpdex-classify --bench stages -- FILE.jsonl[.gz] [ROUNDS]`; without a file it uses rows of its own. CPU
//! time is read from /proc, so elsewhere than on Linux wall time stands in its place.

use mcpdex_classify::{AnnotationTrust, BriefVerdict, Judge, Overrides, Row, Ruleset, ServerContext, row};
use mcpdex_model::Verdict;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::io::Read;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn lines(path: Option<&str>) -> Vec<String> {
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
        None => (0..5_000)
            .map(|n| format!("{{\"server\":\"s{}\",\"name\":\"create_page_{n}\",\"description\":\"Creates page {n} of the handbook and sends it to the team.\",\"inputSchema\":{{\"type\":\"object\",\"properties\":{{\"title\":{{\"type\":\"string\",\"description\":\"Title of the page\"}}}}}}}}\n", n / 20))
            .collect(),
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// CPU time of this thread so far, in seconds.
fn of_thread(began: Instant) -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|n| n.parse::<f64>().ok());
    nanos.map_or(began.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

/// CPU time of the process so far, in seconds, to a hundredth.
fn of_process(began: Instant) -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|n| n.parse::<f64>().ok());
    let both = ticks(11).zip(ticks(12)).map(|(user, system)| (user + system) / 100.0);
    both.unwrap_or(began.elapsed().as_secs_f64())
}

/// What is timed, in the order of one tool's way.
const STAGES: [&str; 9] = [
    "parse to Value (beside)",
    "read the row",
    "context of the server",
    "judge",
    "write the verdict",
    "free the verdict",
    "judge briefly",
    "write the brief verdict",
    "free the row",
];
/// Which of them a verdict with all its texts takes, and which a brief one.
const FULL: [usize; 6] = [1, 2, 3, 4, 5, 8];
const BRIEF: [usize; 5] = [1, 2, 6, 7, 8];

type Sums = [f64; STAGES.len()];

/// Times the stages over all rows, a piece at a time, so that looking at the clock costs nothing.
fn stages(rules: &Ruleset, lines: &[String], began: Instant, digest: &mut Sha256) -> Sums {
    let mut sums = Sums::default();
    for piece in lines.chunks(2_048) {
        let texts = piece.to_vec();
        let mut last = of_thread(began);
        let mut lap = |stage: usize| {
            let now = of_thread(began);
            sums[stage] += now - last;
            last = now;
        };
        for text in piece {
            let _ = black_box(serde_json::from_str::<Value>(text));
        }
        lap(0);
        let rows: Vec<Row> = texts.into_iter().enumerate().filter_map(|(at, text)| row(at, text).ok()).collect();
        lap(1);
        let contexts: Vec<(usize, ServerContext)> = rows
            .chunk_by(|one, next| one.server == next.server)
            .map(|run| (run.len(), ServerContext::of(&run[0].server, run.iter().map(|row| &row.tool))))
            .collect();
        lap(2);
        let in_context = || {
            let of_rows = contexts.iter().flat_map(|(count, context)| std::iter::repeat_n(context, *count));
            rows.iter().map(|row| &row.tool).zip(of_rows)
        };
        let verdicts: Vec<Verdict> = in_context().map(|(tool, context)| rules.judge(context, tool)).collect();
        lap(3);
        let written: Vec<Vec<u8>> = verdicts.iter().filter_map(|verdict| serde_json::to_vec(verdict).ok()).collect();
        lap(4);
        drop(verdicts);
        lap(5);
        let trust = AnnotationTrust::RaiseOnly;
        let brief: Vec<BriefVerdict<'_>> =
            in_context().map(|(tool, context)| rules.judge_briefly(context, tool, trust)).collect();
        lap(6);
        black_box(brief.iter().filter_map(|verdict| serde_json::to_vec(verdict).ok()).collect::<Vec<_>>());
        drop(brief);
        lap(7);
        drop((rows, contexts));
        lap(8);
        written.iter().for_each(|bytes| digest.update(bytes));
    }
    sums
}

/// The whole way from lines to lines; returns wall time, CPU time and the digest of what came out.
fn whole(rules: &Ruleset, text: &[u8], threads: usize, began: Instant) -> (f64, f64, String) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let overrides = Overrides::default();
    let judge = Judge { rules, trust: Default::default(), overrides: &overrides };
    let mut digest = Vec::new();
    let (wall, cpu) = (Instant::now(), of_process(began));
    pool.install(|| {
        judge.run(
            text,
            |judged| judged.ok().and_then(|(_, verdict)| serde_json::to_vec(&verdict).ok()),
            |lines| {
                lines.into_iter().flatten().for_each(|line| digest.extend_from_slice(&line));
                Ok(())
            },
        )
    })
    .expect("memory is read");
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), of_process(began) - cpu);
    (wall, cpu, hex(Sha256::new().chain_update(&digest)))
}

fn hex(digest: Sha256) -> String {
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let lines = lines(args.first().map(String::as_str));
    let rounds: usize = args.get(1).and_then(|n| n.parse().ok()).unwrap_or(5);
    let began = Instant::now();
    let cpu = of_thread(began);
    let rules = Ruleset::builtin().expect("the pack compiles");
    println!("rules ready in {:.1} ms of CPU", (of_thread(began) - cpu) * 1e3);
    let bytes: usize = lines.iter().map(String::len).sum();
    println!("{} tools of {} bytes, {rounds} rounds", lines.len(), bytes / lines.len().max(1));
    let mut least = Sums::default().map(|_| f64::MAX);
    let mut digest = Sha256::new();
    for _ in 0..rounds {
        digest = Sha256::new();
        let sums = stages(&rules, &lines, began, &mut digest);
        least.iter_mut().zip(sums).for_each(|(least, sum)| *least = least.min(sum));
    }
    let micros = |sum: f64| sum * 1e6 / lines.len() as f64;
    for (what, sum) in STAGES.iter().zip(least) {
        println!("{what:<25} {:6.2} µs a tool", micros(sum));
    }
    for (what, stages) in [("together", &FULL[..]), ("together, brief", &BRIEF[..])] {
        let all: f64 = stages.iter().map(|stage| least[*stage]).sum();
        println!("{what:<25} {:6.2} µs: {:.0} tools/CPU-s", micros(all), lines.len() as f64 / all);
    }
    println!("judging costs {:.2} times parsing", least[3] / least[0]);
    println!("digest of the verdicts {}", hex(digest));
    let text = lines.join("\n").into_bytes();
    let mut times = [(f64::MAX, f64::MAX); 2];
    for _ in 0..rounds {
        for (at, time) in times.iter_mut().enumerate() {
            let (wall, cpu, _) = whole(&rules, &text, at + 1, began);
            *time = (time.0.min(wall), time.1.min(cpu));
        }
    }
    let [one, two] = times;
    let rate = |seconds: f64| lines.len() as f64 / seconds;
    println!("line to line, one thread  {:.0} tools/CPU-s, {:.0} tools/s", rate(one.1), rate(one.0));
    println!(
        "line to line, two threads {:.0} tools/CPU-s, {:.0} tools/s: {:.2} times one",
        rate(two.1),
        rate(two.0),
        one.0 / two.0
    );
}
