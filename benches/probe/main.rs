//! How fast the probe lists, against a bare `reqwest` loop that sends the same requests and parses nothing, and against
//! the official SDK's client; and what 512 conversations at once cost in memory. Each conversation is with another
//! host (its own name and its own loopback address), so nothing is gained from an open connection.
//!
//! The probe runs as mcpdex ships it, with an allocator of its own. The others run with the system's, as programs do
//! unless they choose another, and once more with the same as the probe.
//!
//! `cargo bench --bench probe [-- SECONDS]`. The server and every client are processes of their own.

mod load;
mod server;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve"] => tokio::runtime::Runtime::new().expect("a runtime").block_on(server::serve()),
        [] => compare("4"),
        [seconds] => compare(seconds),
        words => load::run(words).unwrap_or_else(|| eprintln!("expected nothing or a number of seconds")),
    }
}

/// Which allocator a client has.
#[derive(Clone, Copy, PartialEq)]
enum Allocator {
    Own,
    System,
}

/// Runs the server and every client in turn, three rounds, and prints the medians and their ratios.
fn compare(seconds: &str) {
    let program = std::env::current_exe().expect("the own path");
    let mut server = Command::new(&program).arg("serve").stdout(Stdio::piped()).spawn().expect("the server starts");
    let mut port = String::new();
    BufReader::new(server.stdout.as_mut().expect("piped")).read_line(&mut port).expect("the port");
    let measure = |kind: &str, allocator: Allocator, at_once: &str, seconds: &str| -> (f64, f64) {
        let mut client = Command::new(&program);
        if allocator == Allocator::System {
            client = Command::new(std::env::var_os("CARGO").expect("cargo runs its benches"));
            client.args(["bench", "--quiet", "--bench", "probe_baseline", "--"]);
        }
        client.args(["client", kind, port.trim(), at_once, seconds]);
        let output = client.stderr(Stdio::inherit()).output().expect("the client runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let mut numbers = text.split_whitespace().map(|word| word.parse::<f64>().expect("a number"));
        (numbers.next().expect("a rate"), numbers.next().expect("a size"))
    };
    // Compiles the other program, before anything is timed.
    measure("reqwest", Allocator::System, "1", "0.1");
    let clients = [
        ("probe", Allocator::Own),
        ("reqwest", Allocator::System),
        ("sdk", Allocator::System),
        ("reqwest", Allocator::Own),
        ("sdk", Allocator::Own),
    ];
    let mut rates: [Vec<f64>; 5] = Default::default();
    for _ in 0..3 {
        for (rates, (kind, allocator)) in rates.iter_mut().zip(clients) {
            rates.push(measure(kind, allocator, "64", seconds).0);
        }
    }
    let (_, memory) = measure("probe", Allocator::Own, "512", seconds);
    let _ = server.kill();
    let _ = server.wait();
    let [ours, others @ ..] = rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    });
    println!("sessions/s, 64 at once, medians of 3: probe {ours:.0}");
    for (allocator, [bare, sdk]) in
        [("the system's allocator", [others[0], others[1]]), ("mcpdex's allocator", [others[2], others[3]])]
    {
        println!("with {allocator}: bare reqwest {bare:.0}, SDK client {sdk:.0}");
        println!("  probe / bare reqwest: {:.2} (at least 0.8)", ours / bare);
        println!("  probe / SDK client:   {:.2} (at least 2.5)", ours / sdk);
    }
    println!("memory of 512 conversations at once: {memory:.0} MiB at most (below 100)");
}
