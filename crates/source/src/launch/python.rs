//! The runners of Python's world: `uvx`, `uv tool run`, `pipx run`; and `uv run`, `python FILE`, `python -m MODULE`, which
//! run what is here.

use super::options::{Grammar, options};
use super::reading::{Reading, Starts, Why};
use super::spec::{self, Named};
use super::word::{is_place, is_script};

type Next<'a> = &'a dyn Fn(&[String]) -> Reading;

const INDEXES: &[&str] = &[
    "-i",
    "--index-url",
    "--default-index",
    "--index",
    "--extra-index-url",
    "-f",
    "--find-links",
    "--no-index",
    "--config-file",
];

const UV: Grammar = Grammar {
    flags: &[
        "--isolated",
        "--no-env-file",
        "-U",
        "--upgrade",
        "--reinstall",
        "--refresh",
        "--no-build",
        "--no-binary",
        "--no-build-isolation",
        "--compile-bytecode",
        "--no-sources",
        "-n",
        "--no-cache",
        "--no-cache-dir",
        "--managed-python",
        "--no-managed-python",
        "--no-python-downloads",
        "-q",
        "--quiet",
        "-v",
        "--verbose",
        "--native-tls",
        "--no-native-tls",
        "--system-certs",
        "--no-progress",
        "--no-config",
        "--lfs",
        "--pre",
        "--force-reinstall",
        "--allow-python-downloads",
    ],
    values: &[
        "--from",
        "--with",
        "-w",
        "--with-requirements",
        "-c",
        "--constraints",
        "--constraint",
        "-b",
        "--build-constraints",
        "--build-constraint",
        "--overrides",
        "--override",
        "--env-file",
        "-p",
        "--python",
        "--python-platform",
        "--index-strategy",
        "--keyring-provider",
        "--resolution",
        "--prerelease",
        "--fork-strategy",
        "--exclude-newer",
        "--exclude-newer-package",
        "-P",
        "--upgrade-package",
        "--reinstall-package",
        "--refresh-package",
        "-C",
        "--config-setting",
        "--config-settings",
        "--no-build-isolation-package",
        "--no-build-package",
        "--no-binary-package",
        "--link-mode",
        "--cache-dir",
        "--color",
        "--allow-insecure-host",
        "--directory",
        "--project",
        "--python-preference",
        "--torch-backend",
        "--no-sources-package",
        "--with-editable",
    ],
    foreign: INDEXES,
    installed: &["--offline"],
    negated: false,
};

const PIPX: Grammar = Grammar {
    flags: &[
        "--no-cache",
        "--pypackages",
        "--verbose",
        "-v",
        "--quiet",
        "-q",
        "--system-site-packages",
        "--fetch-missing-python",
    ],
    values: &["--spec", "--python", "--pip-args", "--with", "--preinstall", "--backend"],
    foreign: &["-i", "--index-url"],
    installed: &["--path"],
    negated: false,
};

/// Programs of packages that run a file, a module or another command of this machine.
const RUNNERS: [&str; 18] = [
    "python",
    "python3",
    "mcp",
    "fastmcp",
    "uvicorn",
    "gunicorn",
    "hypercorn",
    "ipython",
    "jupyter",
    "streamlit",
    "pytest",
    "poetry",
    "pdm",
    "hatch",
    "nox",
    "tox",
    "watchfiles",
    "flask",
];

/// Reads the words behind a runner called `name`.
pub(super) fn read(name: &str, rest: &[String], next: Next<'_>) -> Reading {
    match name {
        "uvx" => run(rest, &UV, "--from"),
        "uv" => uv(rest, next),
        "pipx" => pipx(rest),
        _ => python(rest, next),
    }
}

fn uv(rest: &[String], next: Next<'_>) -> Reading {
    let before = match options(rest, &UV) {
        Ok(given) => given,
        Err(refusal) => return Reading::refused(refusal, "uv"),
    };
    let rest = &rest[before.at..];
    match rest.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tool", "run", ..] => run(&rest[2..], &UV, "--from"),
        ["x", ..] => run(&rest[1..], &UV, "--from"),
        ["run", ..] => uv_run(&rest[1..], next),
        [] => Reading::local(Why::Nothing, "uv"),
        _ => Reading::local(Why::Program, "uv"),
    }
}

/// `uv run` takes its first word from the project or the disk, never from an index.
fn uv_run(rest: &[String], next: Next<'_>) -> Reading {
    let Some(script) = rest.iter().rev().find(|word| is_script(word) || is_place(word)) else {
        let bridge = rest.iter().position(|word| word == "mcp-proxy" || word == "mcp-remote");
        return match bridge {
            // What is behind it is said, however the bridge got here.
            Some(at) => {
                let reading = next(&rest[at..]);
                if reading.bridge { reading } else { Reading::local(Why::Program, "uv run") }
            }
            None => Reading::local(Why::Script, &rest.last().cloned().unwrap_or_default()),
        };
    };
    if script.starts_with("http://") || script.starts_with("https://") {
        return Reading::of(Starts::Download { fixed: false });
    }
    Reading::local(Why::Script, script)
}

fn pipx(rest: &[String]) -> Reading {
    match rest.split_first() {
        Some((word, rest)) if word == "run" => {
            // The installer's own options may name another index.
            let args = rest.iter().position(|word| word.starts_with("--pip-args"));
            let index = |word: &String| {
                INDEXES.iter().any(|index| index.starts_with("--") && word.contains(index)) || word.contains("-i ")
            };
            if args.is_some_and(|at| rest[at..].iter().take(2).any(index)) {
                return Reading::local(Why::OtherIndex, "");
            }
            run(rest, &PIPX, "--spec")
        }
        _ => Reading::local(Why::Program, "pipx"),
    }
}

fn run(rest: &[String], grammar: &Grammar, from: &str) -> Reading {
    let given = match options(rest, grammar) {
        Ok(given) => given,
        Err(refusal) => return Reading::refused(refusal, ""),
    };
    if given.has(&["--with-editable"]) {
        return Reading::local(Why::Script, "");
    }
    let words = &rest[given.at..];
    let Some(first) = words.first() else { return Reading::local(Why::Nothing, "") };
    let source = given.values(&[from]);
    let named = match source[..] {
        [] => spec::pypi(first),
        [package] => spec::pypi(package),
        _ => return Reading::local(Why::SeveralPackages, ""),
    };
    match named {
        Named::Package { package, spec, pinned } => {
            let arguments = &words[1..];
            let program = (!source.is_empty()).then_some(first.as_str());
            let bare = first.split(['@', '=', '[', '<', '>', '~']).next().unwrap_or(first);
            let positional = arguments.iter().filter(|word| !word.starts_with('-')).take(2);
            let file = positional.clone().find(|word| is_script(word) || word.contains(".py:"));
            let runs_here = RUNNERS.contains(&bare.to_ascii_lowercase().as_str())
                && !(bare == "fastmcp" || bare == "mcp")
                || matches!(bare, "fastmcp" | "mcp") && !positional.clone().any(|word| word.starts_with("http"));
            if runs_here || file.is_some() {
                return Reading::local(Why::Script, file.map_or(bare, String::as_str));
            }
            Reading::package(package, spec, pinned, program, arguments)
        }
        Named::Download { fixed } => Reading::of(Starts::Download { fixed }),
        Named::Template => Reading::of(Starts::Template),
        Named::Place => Reading::local(Why::Script, source.first().copied().unwrap_or(first)),
        Named::No => Reading::local(Why::NoName, ""),
    }
}

/// `python FILE`, `python -m MODULE`.
fn python(rest: &[String], next: Next<'_>) -> Reading {
    let mut at = 0;
    while let Some(word) = rest.get(at) {
        at += 1;
        match word.as_str() {
            "-m" => {
                let module = rest.get(at).map_or("", String::as_str);
                // Modules that are runners themselves.
                if matches!(module, "uv" | "pipx" | "mcp_proxy") {
                    let name = module.replace('_', "-");
                    let words: Vec<String> = std::iter::once(name).chain(rest[at + 1..].iter().cloned()).collect();
                    return next(&words);
                }
                return Reading::local(Why::Module, module);
            }
            "-W" | "-X" => at += 1,
            "-c" => return Reading::local(Why::Script, "python -c"),
            _ if word.starts_with('-') => {}
            file => return Reading::local(Why::Script, file),
        }
    }
    Reading::local(Why::Nothing, "python")
}
