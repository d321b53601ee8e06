//! `mcpdex probe`: lists one server, at an address or as a program, without touching the database.

use super::Exit;
use super::interrupt::unless_asked;
use crate::cli::{Global, ProbeArgs, RunSandbox};
use crate::model::{Outcome, ProbeResult};
use crate::net::{Client, Config, Trust};
use crate::probe::sandbox::{self, Run, RunLimits, Sandbox};
use crate::probe::{self, Ask, credentials, stdio};
use crate::report::{ProbeReport, visible};
use crate::source::address::address;
use crate::source::{given, launch};
use anyhow::{Context, bail};
use mcpdex_process::{Environment, LookedAt};
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

pub(super) fn run(global: &Global, args: &ProbeArgs) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
    let (target, result, sandbox) = match &args.url {
        Some(url) => {
            let url = Url::parse(url).with_context(|| format!("`{}` is not an address", address(url).text))?;
            let result = runtime.block_on(unless_asked(at_address(&url, args)))??;
            (address(url.as_str()).text, result, None)
        }
        None => {
            let (result, sandbox) = runtime.block_on(unless_asked(as_program(global, args)))??;
            (launch::command_line(&args.command), result, Some(sandbox.as_str()))
        }
    };
    let told = |text: &String| given::text(text);
    let result = ProbeResult {
        detail: result.detail.as_ref().map(told),
        tried: result.tried.iter().map(told).collect(),
        ..result
    };
    let read = result.outcome.is_read();
    let report = ProbeReport::new(target, result, sandbox);
    super::print_rows(&report, args.format.meant(global.json), ProbeReport::to_text)?;
    Ok(if read { Exit::Done } else { Exit::Unread })
}

async fn at_address(url: &Url, args: &ProbeArgs) -> anyhow::Result<ProbeResult> {
    let client = Client::new(Config { allow_private: args.allow_private, ..Config::default() })?;
    // Whoever types an address may mean a private one; what it leads to is a stranger's.
    let mut ask = Ask::new(url.clone(), Trust::Operator);
    ask.introduce = true;
    if let Some(seconds) = args.timeout {
        ask.limits.total = Duration::from_secs(seconds);
    }
    let variable = |name: &str| std::env::var(name).ok();
    if let Some(path) = &args.credentials {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        ask.headers = credentials::from_file(&text, url, variable).with_context(|| format!("in {}", path.display()))?;
    }
    for line in &args.header {
        ask.headers.push(credentials::from_line(line, variable)?);
    }
    Ok(probe::ask(&client, &ask).await)
}

async fn as_program(global: &Global, args: &ProbeArgs) -> anyhow::Result<(ProbeResult, Sandbox)> {
    let say = |text: &str| {
        if !global.quiet {
            eprintln!("{}", visible(text));
        }
    };
    let chosen = match (args.run_unsandboxed, args.run_sandbox) {
        (true, _) => Ok(Sandbox::None),
        (false, Some(RunSandbox::Bubblewrap)) => sandbox::named_sandbox(Sandbox::Bubblewrap).await,
        (false, Some(RunSandbox::Landlock)) => sandbox::named_sandbox(Sandbox::Landlock).await,
        (false, None) => sandbox::best_sandbox().await,
    };
    let sandbox = match chosen {
        Ok(sandbox) => sandbox,
        Err(error) => return Ok((ProbeResult::without_list(Outcome::Blocked, error.to_string()), Sandbox::None)),
    };
    let environment = environment(args)?;
    let fetched = match sandbox::fetch(&args.command, &Environment::of_process(LookedAt::here())).await {
        Ok(fetched) => fetched,
        Err(error) => return Ok((ProbeResult::without_list(error.outcome(), error.to_string()), sandbox)),
    };
    if let Some(package) = &fetched.package {
        say(&format!("fetched {}, its install scripts were not run", given::text(package)));
    }
    let network = if args.run_network { "with network" } else { "without network" };
    let shown = launch::command_line(&args.command);
    say(&format!("running a stranger's program in {}, {network}: {shown}", sandbox.as_str()));
    let mut reads = fetched.reads.clone();
    reads.extend(args.run_read.iter().cloned());
    let mut limits = RunLimits::default();
    if let Some(seconds) = args.timeout {
        limits.total = Duration::from_secs(seconds);
    }
    let run = Run {
        command: fetched.command.clone(),
        reads,
        environment,
        network: args.run_network,
        sandbox,
        limits,
        program: std::env::current_exe().context("cannot find the own program file")?,
    };
    Ok((stdio::run(&run).await, sandbox))
}

/// What the program may know: what the manifest declares and what the user names, nothing of the user's own.
fn environment(args: &ProbeArgs) -> anyhow::Result<BTreeMap<String, String>> {
    let mut environment = BTreeMap::new();
    if let Some(path) = &args.manifest {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        environment = sandbox::declared(&text);
    }
    for word in &args.run_env {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None => (word.as_str(), sandbox::placeholder(word)),
        };
        if name.is_empty() || name.contains('\0') || value.contains('\0') {
            bail!("--run-env takes NAME or NAME=VALUE");
        }
        environment.insert(name.to_owned(), value);
    }
    Ok(environment)
}
