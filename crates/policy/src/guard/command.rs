//! A command line and a command that may run in, whether it is that command with plain words out: no second command, no
//! option that was not listed, no variable, no file that is written, and no word that points outside of where it runs, unless
//! it is below a folder or an address that is listed too.

use super::{address, folder};

/// Whether a command is one to list: words without a meaning to a shell, options too.
pub(crate) fn is_plain(command: &str) -> bool {
    let known = |word: &str| !word.is_empty() && word.chars().all(|c| is_known(c) || ":@=".contains(c));
    !command.starts_with('-') && command.split(' ').all(known)
}

/// Whether a line is a command, with words after it that lead nowhere, or below what is listed.
pub(crate) fn is_only(command: &str, folders: &[String], addresses: &[String], line: &str) -> bool {
    let Some(rest) = line.strip_prefix(command) else { return false };
    let apart = rest.is_empty() || rest.starts_with(' ');
    let takes = takes_words(command);
    let fits = |word: &str| match takes {
        Words::None => false,
        Words::Addresses => is_listed_address(addresses, word),
        Words::Plain => is_plain_word(word) || is_listed_path(folders, word) || is_listed_address(addresses, word),
    };
    is_plain(command) && apart && rest.split(' ').filter(|word| !word.is_empty()).all(fits)
}

/// What may stand after a command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// Names and paths below where it runs, and what is listed.
    Plain,
    /// A plain word would be a host to it.
    Addresses,
    /// A plain word would be a program, or code, to it.
    None,
}

/// Programs that run what they are given, or their subcommands that do.
const RUN: [&str; 60] = [
    "ash",
    "awk",
    "bash",
    "bun run",
    "bunx",
    "cmd",
    "cmd.exe",
    "csh",
    "dash",
    "deno",
    "doas",
    "docker compose",
    "docker exec",
    "docker run",
    "env",
    "eval",
    "exec",
    "expect",
    "find",
    "fish",
    "gawk",
    "git bisect",
    "git config",
    "git filter-branch",
    "go run",
    "ksh",
    "kubectl exec",
    "kubectl run",
    "lua",
    "nice",
    "node",
    "nohup",
    "npm exec",
    "npm x",
    "npx",
    "osascript",
    "perl",
    "php",
    "pipx",
    "podman exec",
    "podman run",
    "powershell",
    "pwsh",
    "python",
    "python2",
    "python3",
    "Rscript",
    "ruby",
    "sed",
    "setsid",
    "sh",
    "source",
    "sudo",
    "timeout",
    "uv run",
    "uvx",
    "watch",
    "xargs",
    "yarn dlx",
    "zsh",
];

/// Programs to which a plain word is a host or a package, or their subcommands to which it is.
const REACH: [&str; 43] = [
    "aria2c",
    "bun add",
    "cargo add",
    "cargo install",
    "curl",
    "dig",
    "docker pull",
    "docker push",
    "ftp",
    "gem install",
    "git clone",
    "git fetch",
    "git ls-remote",
    "git pull",
    "git push",
    "git remote",
    "git submodule",
    "go get",
    "go install",
    "helm install",
    "host",
    "nc",
    "ncat",
    "nmap",
    "npm add",
    "npm i",
    "npm install",
    "nslookup",
    "ping",
    "pip install",
    "pip3 install",
    "pnpm add",
    "podman pull",
    "rsync",
    "scp",
    "sftp",
    "socat",
    "ssh",
    "telnet",
    "uv add",
    "uv pip",
    "wget",
    "yarn add",
];

/// What may stand after a command: by its program, or by its program and the word after it. A program with subcommands of
/// either list is listed with its subcommand, or nothing may stand after it.
pub(crate) fn takes_words(command: &str) -> Words {
    let mut words = command.split(' ');
    let program = words.next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let next = words.next().filter(|next| next.starts_with(|c: char| c.is_ascii_alphabetic()));
    let with = next.map(|next| format!("{program} {next}"));
    let among = |list: &[&str]| list.iter().any(|one| *one == program || with.as_deref() == Some(*one));
    let has_subcommand = |one: &&str| one.split_once(' ').is_some_and(|(first, _)| first == program);
    match () {
        () if among(&RUN) => Words::None,
        () if among(&REACH) => Words::Addresses,
        () if with.is_none() && RUN.iter().chain(&REACH).any(has_subcommand) => Words::None,
        () => Words::Plain,
    }
}

fn is_known(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-./,+".contains(c)
}

/// A name, or a path below where the command runs: nothing before it, no step up.
fn is_plain_word(word: &str) -> bool {
    let begins = word.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    begins && !word.contains("..") && word.chars().all(is_known)
}

fn is_listed_path(folders: &[String], word: &str) -> bool {
    let plain = word.chars().all(|c| is_known(c) || c == '=' || c == '@');
    let is_below = |root: &String| folder::is_inside(root, word) || root.strip_suffix('/') == Some(word);
    plain && folders.iter().any(is_below)
}

/// Below an address of the list, without a sign that a shell gives a meaning.
fn is_listed_address(addresses: &[String], word: &str) -> bool {
    let plain = word.chars().all(|c| is_known(c) || ":%=@~".contains(c));
    plain && addresses.iter().any(|start| address::is_below(start, word))
}
