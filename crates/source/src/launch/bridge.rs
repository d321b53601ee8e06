//! Bridges: programs that pass everything on to an address or to another command. What is behind them is the server, and
//! the package of the bridge has no tools.

use super::options::{Grammar, options};
use super::reading::{PackageRun, Reading, Starts, address};
use super::shell;
use super::word::is_template;
use mcpdex_model::{Ecosystem, Transport};

type Next<'a> = &'a dyn Fn(&[String]) -> Reading;

/// How a bridge says what is behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bridge {
    /// The first address among its words.
    Remote,
    /// `--sse URL`, `--streamableHttp URL`, `--stdio "COMMAND"`.
    Gateway,
    /// An address, or a command.
    Proxy,
    /// `--` and a command.
    Served,
    /// `run NAME`: a server of a hosting service.
    Hosted,
    /// `run URL`.
    FastMcp,
}

/// The bridge of a package, by the last part of its name, which forks keep.
fn of_package(run: &PackageRun) -> Option<Bridge> {
    let name = run.package.identifier.as_str();
    if name == "@smithery/cli" {
        return Some(Bridge::Hosted);
    }
    let last = name.rsplit('/').next().unwrap_or(name);
    let last = last.split([':', '@']).next().unwrap_or(last);
    match (run.package.ecosystem, run.program.as_deref()) {
        // Another program of the package is not the bridge.
        (_, Some(program)) if !matches!(program, "mcp-remote" | "supergateway" | "mcp-proxy" | "mcpo" | "fastmcp") => {
            None
        }
        _ => by_name(last),
    }
}

fn by_name(name: &str) -> Option<Bridge> {
    match name {
        "mcp-remote"
        | "mcp-remote-client"
        | "mcp-remote-proxy"
        | "mcp-http-bridge"
        | "mcp-sse-bridge"
        | "mcp-stdio-bridge"
        | "mcp-http-proxy"
        | "mcp-sse-proxy"
        | "mcp-streamablehttp-proxy"
        | "mcp-streamable-http-proxy"
        | "mcp-stdio-to-streamable-http-adapter"
        | "mcp-stdio-proxy"
        | "mcp-connect" => Some(Bridge::Remote),
        "supergateway" => Some(Bridge::Gateway),
        "mcp-proxy" | "mcp-bridge" => Some(Bridge::Proxy),
        "mcpo" => Some(Bridge::Served),
        "fastmcp" | "mcp" => Some(Bridge::FastMcp),
        "smithery" => Some(Bridge::Hosted),
        _ => None,
    }
}

/// A bridge that is installed as a program, which the words name.
pub(super) fn installed(name: &str, rest: &[String], next: Next<'_>) -> Option<Reading> {
    let bridge = by_name(name).filter(|bridge| *bridge != Bridge::FastMcp || names_address(rest))?;
    Some(Reading { bridge: true, ..follow(bridge, rest, next) })
}

/// What is behind a package, where it is a bridge.
pub(super) fn behind(reading: Reading, next: Next<'_>) -> Reading {
    let Starts::Package(run) = &reading.starts else { return reading };
    let Some(bridge) =
        of_package(run).filter(|_| matches!(run.package.ecosystem, Ecosystem::Npm | Ecosystem::Pypi | Ecosystem::Oci))
    else {
        return reading;
    };
    if bridge == Bridge::FastMcp && !names_address(&run.arguments) {
        return reading;
    }
    let found = follow(bridge, &run.arguments, next);
    // Whether it is pinned is said of the bridge's own package.
    Reading { starts: found.starts, bridge: true, unpinned: reading.unpinned }
}

fn is_address(word: &str) -> bool {
    word.contains("://") || is_template(word)
}

fn names_address(words: &[String]) -> bool {
    words.iter().take(2).any(|word| is_address(word))
}

fn follow(bridge: Bridge, words: &[String], next: Next<'_>) -> Reading {
    let unsaid = || Reading::of(Starts::Unsaid);
    match bridge {
        Bridge::Remote => remote(words).unwrap_or_else(unsaid),
        Bridge::Gateway => gateway(words, next),
        Bridge::Proxy => proxy(words, next),
        Bridge::Served => match words.iter().position(|word| word == "--") {
            Some(at) => next(&words[at + 1..]),
            None => unsaid(),
        },
        Bridge::Hosted => hosted(words).unwrap_or_else(unsaid),
        Bridge::FastMcp => remote(words).unwrap_or_else(unsaid),
    }
}

/// The first word that is an address. The values of options come before it only where they are none.
fn remote(words: &[String]) -> Option<Reading> {
    let mut behind_option = false;
    for word in words {
        // What follows `--header` and its like is the value of it.
        let value = std::mem::replace(&mut behind_option, false);
        if word.starts_with('-') {
            if let Some((name, value)) = word.split_once('=')
                && is_url_option(name)
            {
                return Some(Reading::of(address(value, transport(words))));
            }
            behind_option = !is_url_option(word);
        } else if !value && is_address(word) {
            return Some(Reading::of(address(word, transport(words))));
        }
    }
    // An option of its own that stands alone may come right before the address.
    let plain = words.iter().find(|word| word.starts_with("http://") || word.starts_with("https://"));
    plain.map(|word| Reading::of(address(word, transport(words))))
}

fn is_url_option(name: &str) -> bool {
    matches!(
        name,
        "--url"
            | "--uri"
            | "--server"
            | "--server-url"
            | "--endpoint"
            | "--sse"
            | "--sse-url"
            | "--remote"
            | "--remote-url"
    )
}

fn transport(words: &[String]) -> Option<Transport> {
    let at = words.iter().position(|word| word == "--transport" || word == "-t" || word.starts_with("--transport="))?;
    let value = words[at].split_once('=').map(|(_, value)| value).or(words.get(at + 1).map(String::as_str))?;
    match value {
        "sse-only" | "sse-first" | "sse" => Some(Transport::Sse),
        "http-only" | "streamablehttp" | "streamable-http" | "http" => Some(Transport::StreamableHttp),
        _ => None,
    }
}

fn gateway(words: &[String], next: Next<'_>) -> Reading {
    for (at, word) in words.iter().enumerate() {
        let (name, attached) = word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
        let Some(value) = attached.or(words.get(at + 1).map(String::as_str)) else { continue };
        match name.to_ascii_lowercase().as_str() {
            "--sse" => return Reading::of(address(value, Some(Transport::Sse))),
            "--streamablehttp" => return Reading::of(address(value, Some(Transport::StreamableHttp))),
            "--stdio" => {
                return match shell::split(value) {
                    Some(words) if !words.is_empty() => next(&words),
                    _ => Reading::of(Starts::Unsaid),
                };
            }
            _ => {}
        }
    }
    Reading::of(Starts::Unsaid)
}

/// `mcp-proxy [OPTION]… URL` or `mcp-proxy [OPTION]… COMMAND…`.
fn proxy(words: &[String], next: Next<'_>) -> Reading {
    const PROXY: Grammar = Grammar {
        flags: &[
            "--stateless",
            "--no-stateless",
            "--pass-environment",
            "--no-pass-environment",
            "--debug",
            "--no-debug",
            "--shell",
            "--no-verify-ssl",
        ],
        values: &[
            "--transport",
            "-H",
            "--headers",
            "-e",
            "--env",
            "--cwd",
            "--port",
            "--host",
            "--sse-port",
            "--sse-host",
            "--allow-origin",
            "--log-level",
            "--server",
            "--endpoint",
            "--sseEndpoint",
            "--streamEndpoint",
            "--client-id",
            "--client-secret",
            "--token-url",
            "--verify-ssl",
            "--apiKey",
        ],
        foreign: &[],
        installed: &[],
        negated: false,
    };
    // `-H NAME VALUE` takes two words.
    let mut plain: Vec<String> = Vec::new();
    let mut skip = 0;
    for word in words {
        if skip > 0 {
            skip -= 1;
        } else if word == "-H" || word == "--headers" || word == "-e" || word == "--env" {
            skip = 2;
        } else {
            plain.push(word.clone());
        }
    }
    let Ok(given) = options(&plain, &PROXY) else {
        return remote(words).unwrap_or_else(|| Reading::of(Starts::Unsaid));
    };
    match plain.get(given.at) {
        Some(word) if is_address(word) => Reading::of(address(word, transport(words))),
        Some(_) => next(&plain[given.at..]),
        None => Reading::of(Starts::Unsaid),
    }
}

/// `run NAME [OPTION]…`: the service answers for the server at an address made of its name.
fn hosted(words: &[String]) -> Option<Reading> {
    let at = words.iter().position(|word| word == "run")?;
    let name = words.get(at + 1).filter(|word| !word.starts_with('-'))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "@/._-".contains(c);
    if is_template(name) || !name.chars().all(plain) || name.is_empty() {
        return Some(Reading::of(Starts::Template));
    }
    let url = format!("https://server.smithery.ai/{name}/mcp");
    Some(Reading::of(address(&url, Some(Transport::StreamableHttp))))
}
