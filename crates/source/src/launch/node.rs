//! The runners of npm's world: `npx`, `npm exec`, `pnpm dlx`, `yarn dlx`, `bunx`, and `node` where it runs one of them.

use super::options::{Given, Grammar, options};
use super::reading::{Reading, Starts, Why};
use super::spec::{self, Named};
use super::word::{is_script, program_name};

type Next<'a> = &'a dyn Fn(&[String]) -> Reading;

const NPM: Grammar = Grammar {
    flags: &[
        "-y",
        "--yes",
        "-q",
        "--quiet",
        "-s",
        "--silent",
        "-d",
        "--verbose",
        "--prefer-online",
        "--prefer-offline",
        "--ignore-scripts",
        "--color",
        "-f",
        "--force",
        "--legacy-peer-deps",
        "--ignore-existing",
        "--always-spawn",
        "--foreground-scripts",
        "--progress",
        "--audit",
        "--fund",
        "--strict-ssl",
        "--update-notifier",
        "--json",
        "--long",
        "--shell-auto-fallback",
        "--engine-strict",
        "--strict-peer-deps",
        "--dd",
        "--ddd",
        "-dd",
        "-ddd",
    ],
    values: &[
        "-p",
        "--package",
        "-c",
        "--call",
        "--loglevel",
        "--cache",
        "--node-options",
        "-n",
        "--node-arg",
        "--shell",
        "--script-shell",
        "--fetch-timeout",
        "--fetch-retries",
        "--fetch-retry-mintimeout",
        "--fetch-retry-maxtimeout",
        "--maxsockets",
        "--before",
        "--omit",
        "--include",
        "--cafile",
        "--proxy",
        "--https-proxy",
        "--noproxy",
        "--logs-dir",
        "--logs-max",
        "--tag",
        "--install-strategy",
    ],
    foreign: &["--registry", "--reg", "--userconfig", "--globalconfig", "--replace-registry-host", "@scope:registry"],
    installed: &["--no-install", "--no", "--offline", "-w", "--workspace", "--workspaces", "-ws", "--prefix", "-C"],
    negated: true,
};

const BUN: Grammar = Grammar {
    flags: &["--bun", "-b", "--verbose", "--silent", "-y", "--yes"],
    values: &["-p", "--package"],
    foreign: &["--registry"],
    installed: &["--no-install"],
    negated: false,
};

const PNPM: Grammar = Grammar {
    flags: &[
        "-s",
        "--silent",
        "--color",
        "--no-color",
        "--aggregate-output",
        "--stream",
        "--use-stderr",
        "--prefer-offline",
        "--ignore-scripts",
    ],
    values: &[
        "-p",
        "--package",
        "-c",
        "--shell-mode",
        "-C",
        "--dir",
        "--loglevel",
        "--reporter",
        "--allow-build",
        "--cpu",
        "--os",
        "--libc",
    ],
    foreign: &["--registry", "@scope:registry"],
    installed: &["--offline", "-w", "--workspace-root", "-F", "--filter", "-r", "--recursive"],
    negated: false,
};

const YARN: Grammar =
    Grammar { flags: &["-q", "--quiet"], values: &["-p", "--package"], foreign: &[], installed: &[], negated: false };

/// Packages that run a file or a command of this machine.
const RUNNERS: [&str; 26] = [
    "tsx",
    "ts-node",
    "ts-node-esm",
    "ts-node-dev",
    "tsnd",
    "nodemon",
    "vite-node",
    "esno",
    "esmo",
    "jiti",
    "sucrase-node",
    "babel-node",
    "@swc-node/register",
    "@swc-node/cli",
    "node",
    "bun",
    "deno",
    "electron",
    "pm2",
    "concurrently",
    "npm-run-all",
    "turbo",
    "nx",
    "lerna",
    "zx",
    "tsm",
];

/// Reads the words behind a runner called `name`.
pub(super) fn read(name: &str, rest: &[String], next: Next<'_>) -> Reading {
    match name {
        "npx" => run(rest, &NPM, None, next),
        "pnpx" => run(rest, &PNPM, None, next),
        "bunx" => run(rest, &BUN, None, next),
        "npm" => sub(rest, &NPM, &["exec", "x"], next),
        "pnpm" => sub(rest, &PNPM, &["dlx"], next),
        "yarn" => sub(rest, &YARN, &["dlx"], next),
        "bun" => sub(rest, &BUN, &["x"], next),
        _ => node(rest, next),
    }
}

/// A runner with its word first, options before and behind it.
fn sub(rest: &[String], grammar: &Grammar, names: &[&str], next: Next<'_>) -> Reading {
    let before = match options(rest, grammar) {
        Ok(given) => given,
        Err(refusal) => return Reading::refused(refusal, ""),
    };
    match rest.get(before.at).map(String::as_str) {
        Some(word) if names.contains(&word) => run(&rest[before.at + 1..], grammar, Some(&before), next),
        // Scripts of the project, and what is installed in it.
        Some(_) => Reading::local(Why::Script, rest.last().map_or("", String::as_str)),
        None => Reading::local(Why::Nothing, ""),
    }
}

fn run(rest: &[String], grammar: &Grammar, before: Option<&Given<'_>>, next: Next<'_>) -> Reading {
    let given = match options(rest, grammar) {
        Ok(given) => given,
        Err(refusal) => return Reading::refused(refusal, ""),
    };
    const PACKAGE: [&str; 2] = ["-p", "--package"];
    let mut packages = given.values(&PACKAGE);
    packages.extend(before.map(|before| before.values(&PACKAGE)).unwrap_or_default());
    let calls = given.has(&["-c", "--call", "--shell-mode"]);
    let words = &rest[given.at..];
    let named = match packages[..] {
        // `npx -c LINE` runs what is installed.
        [] if calls => return Reading::local(Why::SeveralCommands, ""),
        [] => match words.first() {
            Some(word) => spec::npm(word),
            None => return Reading::local(Why::Nothing, ""),
        },
        [package] => spec::npm(package),
        _ => return Reading::local(Why::SeveralPackages, ""),
    };
    let by_name = !packages.is_empty();
    match named {
        Named::Package { package, spec, pinned } => {
            let arguments = words.get(1..).unwrap_or_default();
            let bare = package.identifier.as_str();
            let called = by_name.then(|| words.first().map(String::as_str)).flatten();
            if matches!(bare, "cross-env" | "dotenv-cli" | "dotenvx" | "@dotenvx/dotenvx" | "env-cmd") && !by_name {
                let wrapper = bare.trim_start_matches("@dotenvx/").trim_end_matches("-cli").to_owned();
                return next(&std::iter::once(wrapper).chain(arguments.iter().cloned()).collect::<Vec<_>>());
            }
            // A package that is handed a file of code runs that file, whatever the package is.
            let file = arguments.iter().find(|word| !word.starts_with('-')).filter(|word| is_script(word));
            if RUNNERS.contains(&called.unwrap_or(bare)) || file.is_some() {
                return Reading::local(Why::Script, file.or(arguments.first()).map_or(bare, String::as_str));
            }
            Reading::package(package, spec, pinned, called, arguments)
        }
        Named::Download { fixed } => Reading::of(Starts::Download { fixed }),
        Named::Template => Reading::of(Starts::Template),
        Named::Place => Reading::local(Why::Script, words.first().map_or("", String::as_str)),
        Named::No => Reading::local(Why::NoName, ""),
    }
}

/// `node [OPTION]… FILE`, where the file may be npm's own.
fn node(rest: &[String], next: Next<'_>) -> Reading {
    const FLAGS: [&str; 8] = [
        "--no-warnings",
        "--no-deprecation",
        "--enable-source-maps",
        "--use-system-ca",
        "--use-openssl-ca",
        "--trace-warnings",
        "--no-experimental-fetch",
        "--harmony",
    ];
    let mut words = rest.iter().enumerate().filter(|(_, word)| !FLAGS.contains(&word.as_str()));
    let Some((at, file)) = words.next() else { return Reading::local(Why::Nothing, "node") };
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let absolute = program_name(file).is_some() && file.contains(['/', '\\']);
    let runner = match name {
        "npx-cli.js" | "npx" | "npx.js" => "npx",
        "npm-cli.js" | "npm" => "npm",
        "pnpm.cjs" | "pnpm" => "pnpm",
        _ => "",
    };
    if absolute && !runner.is_empty() {
        let words: Vec<String> = std::iter::once(runner.to_owned()).chain(rest[at + 1..].iter().cloned()).collect();
        return next(&words);
    }
    Reading::local(Why::Script, file)
}
