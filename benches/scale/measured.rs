//! Runs a program to its end and tells what it took: a command in, seconds and bytes out.

use std::path::Path;
use std::process::{Command, Stdio};

/// What one process took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) wall: f64,
    /// User and system time.
    pub(crate) cpu: f64,
    /// The highest resident memory, in bytes.
    pub(crate) peak: u64,
}

impl Run {
    /// In words, with what one of `items` took.
    pub(crate) fn told(&self, items: usize) -> String {
        let rate = if items > 1 { format!(", {:.0}/CPU-s", items as f64 / self.cpu) } else { String::new() };
        format!("{:.2} s, {:.2} CPU-s{rate}, {} MiB", self.wall, self.cpu, self.peak >> 20)
    }
}

/// What some processes took, in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    pub(crate) cpu: Vec<f64>,
}

impl Runs {
    pub(crate) fn add(&mut self, run: Run) {
        self.cpu.push(run.cpu * 1e3);
    }
}

/// A command of mcpdex on a database, in surroundings of its own.
pub(crate) struct Asked(Command);

pub(crate) fn mcpdex(database: &Path, place: &Path, words: &[&str]) -> Asked {
    let program = std::env::var_os("MCPDEX_BENCH_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_mcpdex").into());
    let mut command = Command::new(program);
    command.args(words).env("MCPDEX_DB", database).env("XDG_CONFIG_HOME", place);
    Asked(command)
}

impl Asked {
    pub(crate) fn measured(self) -> Run {
        measured(self.0)
    }
}

/// Runs a command; what it prints is thrown away, and how it ends is its own affair: what is not there ends otherwise.
///
/// What a starter of python3 itself ran before (version managers do) is counted among its children, and taken off.
pub(crate) fn measured(command: Command) -> Run {
    const SCRIPT: &str = "import resource, subprocess, sys, time\n\
        spent = lambda used: used.ru_utime + used.ru_stime\n\
        before = spent(resource.getrusage(resource.RUSAGE_CHILDREN))\n\
        start = time.perf_counter()\n\
        subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n\
        wall = time.perf_counter() - start\n\
        used = resource.getrusage(resource.RUSAGE_CHILDREN)\n\
        print(wall, spent(used) - before, used.ru_maxrss * 1024)";
    let mut python = Command::new("python3");
    python.arg("-c").arg(SCRIPT).arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    for (key, value) in command.get_envs() {
        if let Some(value) = value {
            python.env(key, value);
        }
    }
    let output = python.output().expect("python3 starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [wall, cpu, peak] = numbers[..] else { panic!("{}", String::from_utf8_lossy(&output.stderr)) };
    Run { wall, cpu, peak: peak as u64 }
}

pub(crate) fn percentile(times: &[f64], share: f64) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times.get(((times.len().max(1) - 1) as f64 * share).round() as usize).copied().unwrap_or(0.0)
}

pub(crate) fn median(times: &[f64]) -> f64 {
    percentile(times, 0.5)
}
