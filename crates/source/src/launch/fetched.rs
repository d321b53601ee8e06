//! Runners that fetch by a word of another kind: `deno run npm:…`, `dnx`, `go run MODULE@VERSION`.

use super::options::{Grammar, options};
use super::reading::{Reading, Starts, Why};
use super::spec::{self, Named};
use super::word::{is_place, is_template, is_whole_template};
use mcpdex_model::{Ecosystem, Package};

const DENO: Grammar = Grammar {
    flags: &[
        "-A",
        "--allow-all",
        "-N",
        "--allow-net",
        "-R",
        "--allow-read",
        "-W",
        "--allow-write",
        "-E",
        "--allow-env",
        "-S",
        "--allow-sys",
        "-I",
        "--allow-import",
        "--allow-run",
        "--allow-ffi",
        "--allow-hrtime",
        "--allow-scripts",
        "-P",
        "--permission-set",
        "--deny-net",
        "--deny-read",
        "--deny-write",
        "--deny-env",
        "--deny-sys",
        "--deny-run",
        "--deny-ffi",
        "--deny-import",
        "-q",
        "--quiet",
        "--no-prompt",
        "--no-check",
        "--check",
        "--no-lock",
        "--frozen",
        "--lock",
        "--node-modules-dir",
        "--reload",
        "-r",
        "--no-config",
        "--env-file",
        "--unstable",
        "--unstable-sloppy-imports",
        "--unstable-kv",
        "--unstable-net",
        "--unstable-cron",
        "--unstable-node-globals",
        "--unstable-temporal",
        "--unstable-worker-options",
        "--v8-flags",
        "--strace-ops",
        "--vendor",
        "--no-code-cache",
        "--inspect",
        "--inspect-brk",
        "--inspect-wait",
        "--watch",
    ],
    values: &[
        "-c",
        "--config",
        "--import-map",
        "--cert",
        "--seed",
        "--location",
        "--ext",
        "-L",
        "--log-level",
        "--preload",
        "--require",
    ],
    foreign: &[],
    installed: &["--cached-only", "--no-remote", "--no-npm"],
    negated: false,
};

const DOTNET: Grammar = Grammar {
    flags: &[
        "-y",
        "--yes",
        "--interactive",
        "--allow-roll-forward",
        "--prerelease",
        "--disable-parallel",
        "--ignore-failed-sources",
        "--no-http-cache",
    ],
    values: &["--version", "--framework", "-v", "--verbosity"],
    foreign: &["--source", "--add-source", "--configfile"],
    installed: &[],
    negated: false,
};

/// Reads the words behind a runner called `name`.
pub(super) fn read(name: &str, rest: &[String]) -> Reading {
    match name {
        "deno" => deno(rest),
        "dnx" => dnx(rest),
        "dotnet" => match rest.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["dnx", ..] => dnx(&rest[1..]),
            ["tool", "exec", ..] => dnx(&rest[2..]),
            _ => Reading::local(Why::Script, rest.last().map_or("", String::as_str)),
        },
        _ => go(rest),
    }
}

fn deno(rest: &[String]) -> Reading {
    let rest = match rest.split_first() {
        Some((word, rest)) if word == "run" || word == "x" || word == "serve" => rest,
        // The word may be left out.
        Some((word, _)) if word.contains(':') || word.starts_with('-') => rest,
        Some((word, _)) => return Reading::local(Why::Script, word),
        None => return Reading::local(Why::Nothing, "deno"),
    };
    let given = match options(rest, &DENO) {
        Ok(given) => given,
        Err(refusal) => return Reading::refused(refusal, ""),
    };
    let Some(word) = rest.get(given.at) else { return Reading::local(Why::Nothing, "deno") };
    let arguments = &rest[given.at + 1..];
    if let Some(name) = word.strip_prefix("npm:") {
        let name = name.trim_start_matches('/');
        // `npm:@scope/name@1.0.0/program`
        let parts: Vec<&str> = name.split('/').collect();
        let taken = if name.starts_with('@') { 2 } else { 1 };
        let program = parts.get(taken).copied();
        return match spec::npm(&parts[..taken.min(parts.len())].join("/")) {
            Named::Package { package, spec, pinned } => Reading::package(package, spec, pinned, program, arguments),
            Named::Template => Reading::of(Starts::Template),
            _ => Reading::local(Why::NoName, ""),
        };
    }
    if word.starts_with("jsr:") {
        return Reading::local(Why::UnknownIndex, "");
    }
    if is_whole_template(word) {
        return Reading::of(Starts::Template);
    }
    if word.starts_with("https://") || word.starts_with("http://") {
        return Reading::of(Starts::Download { fixed: false });
    }
    Reading::local(Why::Script, word)
}

/// `dnx NAME[@VERSION] [OPTION]…`: a package of NuGet.
fn dnx(rest: &[String]) -> Reading {
    let end = rest.iter().position(|word| word == "--").unwrap_or(rest.len());
    let given = match options(&rest[..end], &DOTNET) {
        Ok(given) => given,
        Err(refusal) => return Reading::refused(refusal, ""),
    };
    let Some(word) = rest[..end].get(given.at) else { return Reading::local(Why::Nothing, "dnx") };
    let behind = match options(&rest[given.at + 1..end], &DOTNET) {
        Ok(behind) => behind,
        Err(refusal) => return Reading::refused(refusal, ""),
    };
    if is_template(word) {
        return Reading::of(Starts::Template);
    }
    let (name, version) = word.split_once('@').map_or((word.as_str(), None), |(name, version)| (name, Some(version)));
    let stated = given.values(&["--version"]).into_iter().chain(behind.values(&["--version"])).next();
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-+".contains(c));
    if is_place(word) || !plain(name) {
        return Reading::local(Why::NoName, "");
    }
    let version = version.or(stated).filter(|text| plain(text) && text.starts_with(|c: char| c.is_ascii_digit()));
    let pinned = version.is_some_and(|text| text.split('.').count() >= 3);
    let package = Package::named(Ecosystem::Nuget, name, version.filter(|_| pinned).map(str::to_owned));
    Reading::package(package, word.clone(), pinned, None, rest.get(end + 1..).unwrap_or_default())
}

/// `go run MODULE@VERSION`: a module by its address; without a version it is a folder here.
fn go(rest: &[String]) -> Reading {
    let words: Vec<&str> = rest.iter().map(String::as_str).collect();
    match words[..] {
        ["run", ref behind @ ..] => {
            let word = behind.iter().find(|word| !word.starts_with('-')).copied().unwrap_or_default();
            match word.split_once('@') {
                // A released version is kept with its checksum by Go itself.
                Some((module, version)) if module.contains('.') && !is_place(module) => {
                    let fixed = version.strip_prefix('v').is_some_and(|text| node_semver::Version::parse(text).is_ok());
                    Reading::of(Starts::Download { fixed })
                }
                _ => Reading::local(Why::Script, word),
            }
        }
        _ => Reading::local(Why::Program, "go"),
    }
}
