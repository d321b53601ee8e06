//! Programs that start another one: `env`, `cmd /c`, `wsl`, a shell with one plain command, vaults, version managers.
//! The words behind the wrapper in, what they start out.

use super::options::{Grammar, options};
use super::reading::{Reading, Starts, Why};
use super::shell;
use super::word::program_name;

const NONE: Grammar = Grammar { flags: &[], values: &[], foreign: &[], installed: &[], negated: false };

/// Wrappers whose command begins at the first word that is no option.
const PLAIN: &[(&str, Grammar)] = &[
    (
        "env",
        Grammar {
            flags: &["-i", "--ignore-environment", "-0", "-v"],
            values: &["-u", "--unset", "-C", "--chdir"],
            ..NONE
        },
    ),
    ("cross-env", NONE),
    ("cross-env-shell", NONE),
    ("nohup", NONE),
    ("setsid", Grammar { flags: &["-w", "--wait", "-f", "--fork", "-c", "--ctty"], ..NONE }),
    ("exec", NONE),
    ("command", NONE),
    ("time", Grammar { flags: &["-p", "-v"], ..NONE }),
    ("nice", Grammar { values: &["-n", "--adjustment"], ..NONE }),
    ("ionice", Grammar { values: &["-c", "-n", "--class", "--classdata"], ..NONE }),
    ("stdbuf", Grammar { values: &["-i", "-o", "-e", "--input", "--output", "--error"], ..NONE }),
    ("unbuffer", NONE),
    ("caffeinate", Grammar { flags: &["-d", "-i", "-m", "-s", "-u"], values: &["-t", "-w"], ..NONE }),
    (
        "sudo",
        Grammar {
            flags: &["-E", "-n", "-H", "-S", "--preserve-env", "--non-interactive"],
            values: &["-u", "--user", "-g", "--group"],
            ..NONE
        },
    ),
    ("doas", Grammar { flags: &["-n"], values: &["-u"], ..NONE }),
    ("winpty", NONE),
    ("start", Grammar { flags: &["/b", "/wait", "/min"], ..NONE }),
];

/// Wrappers whose own words end at `--`, after these first ones.
const DASHED: &[(&str, &[&str])] = &[
    ("op", &["run"]),
    ("doppler", &["run"]),
    ("infisical", &["run"]),
    ("dotenvx", &["run"]),
    ("dotenv", &[]),
    ("env-cmd", &[]),
    ("mise", &["exec", "x"]),
    ("rtx", &["exec", "x"]),
    ("aws-vault", &["exec"]),
    ("saml2aws", &["exec"]),
    ("chamber", &["exec"]),
    ("teller", &["run"]),
    ("bws", &["run"]),
    ("pass-cli", &["run"]),
    ("berglas", &["exec"]),
    ("summon", &[]),
    ("varlock", &["run"]),
    ("with-contenv", &[]),
    ("devbox", &["run"]),
];

type Next<'a> = &'a dyn Fn(&[String]) -> Reading;

/// Reads what a wrapper starts; `None` when the program is none.
pub(super) fn read(name: &str, rest: &[String], next: Next<'_>) -> Option<Reading> {
    if let Some((_, grammar)) = PLAIN.iter().find(|(known, _)| *known == name) {
        return Some(match options(rest, grammar) {
            Ok(given) => next(&rest[given.at..]),
            Err(refusal) => Reading::refused(refusal, name),
        });
    }
    if let Some((_, first)) = DASHED.iter().find(|(known, _)| *known == name) {
        let fits = first.is_empty() || rest.first().is_some_and(|word| first.contains(&word.as_str()));
        let dashes = rest.iter().position(|word| word == "--").filter(|_| fits);
        // Without the dashes nothing tells the options of the wrapper from the command.
        return Some(match dashes {
            Some(at) => next(&rest[at + 1..]),
            None => Reading::local(Why::Program, name),
        });
    }
    Some(match name {
        "timeout" | "gtimeout" => timeout(rest, next),
        "cmd" => cmd(rest, next),
        "wsl" => wsl(rest, next),
        name if is_shell(name) => posix(rest, next),
        "powershell" | "pwsh" => powershell(rest, next),
        "fnm" => managed(rest, &["exec"], &Grammar { values: &["--using"], ..NONE }, next),
        "volta" => managed(
            rest,
            &["run"],
            &Grammar { values: &["--node", "--npm", "--yarn"], flags: &["--bundled-npm", "--no-yarn"], ..NONE },
            next,
        ),
        "asdf" => managed(rest, &["exec"], &NONE, next),
        "direnv" | "nvm" | "nodenv" | "pyenv" => after_one(name, rest, next),
        _ => return None,
    })
}

/// `timeout [OPTION]… DURATION COMMAND`
fn timeout(rest: &[String], next: Next<'_>) -> Reading {
    let grammar = Grammar {
        flags: &["--preserve-status", "--foreground", "-v"],
        values: &["-k", "-s", "--kill-after", "--signal"],
        ..NONE
    };
    match options(rest, &grammar) {
        Ok(given) => next(rest.get(given.at + 1..).unwrap_or_default()),
        Err(refusal) => Reading::refused(refusal, "timeout"),
    }
}

fn cmd(rest: &[String], next: Next<'_>) -> Reading {
    let at = rest.iter().take_while(|word| {
        let word = word.to_ascii_lowercase();
        word.starts_with('/') && word.len() == 2 && word != "/c" && word != "/k"
    });
    let rest = &rest[at.count()..];
    match rest.split_first() {
        Some((switch, line)) if switch.eq_ignore_ascii_case("/c") || switch.eq_ignore_ascii_case("/k") => {
            line_of(line, next)
        }
        _ => Reading::local(Why::Script, "cmd"),
    }
}

fn wsl(rest: &[String], next: Next<'_>) -> Reading {
    let grammar = Grammar {
        flags: &["-e", "--exec", "--system"],
        values: &["-d", "--distribution", "-u", "--user", "--cd", "--shell-type", "--distribution-id"],
        ..NONE
    };
    match options(rest, &grammar) {
        Ok(given) => line_of(&rest[given.at..], next),
        Err(refusal) => Reading::refused(refusal, "wsl"),
    }
}

/// Several words, or one that holds them all.
fn line_of(words: &[String], next: Next<'_>) -> Reading {
    const OPERATORS: [&str; 7] = ["&&", "||", "|", ";", "&", ">", "<"];
    if words.iter().any(|word| OPERATORS.contains(&word.as_str())) {
        return Reading::local(Why::SeveralCommands, "");
    }
    match words {
        [line] if line.contains(' ') && program_name(line).is_none_or(|name| name.contains(' ')) => {
            one_line(line, next)
        }
        _ => next(words),
    }
}

fn one_line(line: &str, next: Next<'_>) -> Reading {
    if shell::pipes_a_download(line) {
        return Reading::of(Starts::Download { fixed: false });
    }
    match shell::split(line) {
        Some(words) if !words.is_empty() => next(&words),
        Some(_) => Reading::local(Why::Nothing, ""),
        None => Reading::local(Why::SeveralCommands, ""),
    }
}

/// Whether a program of this name, without its folder, is a shell that takes `-c LINE`.
pub fn is_shell(name: &str) -> bool {
    matches!(name, "bash" | "sh" | "zsh" | "dash" | "ksh" | "fish" | "ash")
}

/// `bash -lc LINE`
fn posix(rest: &[String], next: Next<'_>) -> Reading {
    let mut command = false;
    for (at, word) in rest.iter().enumerate() {
        match word.strip_prefix('-') {
            Some("-login" | "-noprofile" | "-norc" | "-posix") => {}
            Some(letters) if !letters.is_empty() && letters.chars().all(|c| "lceiuxp".contains(c)) => {
                command |= letters.contains('c');
            }
            Some(_) => return Reading::local(Why::UnknownOption, ""),
            None if command => return one_line(word, next),
            None => return Reading::local(Why::Script, &rest[at]),
        }
    }
    Reading::local(Why::Nothing, "")
}

fn powershell(rest: &[String], next: Next<'_>) -> Reading {
    let mut at = 0;
    while let Some(word) = rest.get(at) {
        at += 1;
        match word.to_ascii_lowercase().as_str() {
            "-noprofile" | "-nop" | "-nologo" | "-noninteractive" | "-noni" | "-noexit" | "-mta" | "-sta" => {}
            "-executionpolicy" | "-ep" | "-ex" | "-windowstyle" | "-w" | "-workingdirectory" | "-wd" => at += 1,
            "-command" | "-c" => {
                let line = rest[at..].join(" ");
                let line = line.trim().trim_start_matches('&').trim();
                let line = line.strip_prefix('{').and_then(|inside| inside.strip_suffix('}')).unwrap_or(line);
                return one_line(line.trim(), next);
            }
            other if other.starts_with('-') => return Reading::local(Why::Script, ""),
            _ => return Reading::local(Why::Script, word),
        }
    }
    Reading::local(Why::Nothing, "")
}

/// A version manager: its own word, options, the command.
fn managed(rest: &[String], first: &[&str], grammar: &Grammar, next: Next<'_>) -> Reading {
    let Some((word, rest)) = rest.split_first() else { return Reading::local(Why::Nothing, "") };
    if !first.contains(&word.as_str()) {
        return Reading::local(Why::Program, "");
    }
    match options(rest, grammar) {
        Ok(given) => next(&rest[given.at..]),
        Err(refusal) => Reading::refused(refusal, ""),
    }
}

/// `direnv exec DIR COMMAND`, `nvm exec VERSION COMMAND`, `pyenv exec COMMAND`.
fn after_one(name: &str, rest: &[String], next: Next<'_>) -> Reading {
    match rest.split_first() {
        Some((word, rest)) if word == "exec" && matches!(name, "pyenv" | "nodenv") => next(rest),
        Some((word, rest)) if word == "exec" && rest.len() > 1 && !rest[0].starts_with('-') => next(&rest[1..]),
        _ => Reading::local(Why::Program, name),
    }
}
