//! What the help of every command says beside its options: two examples of each, and how it ends.

use crate::model::{UnknownWord, Vocabulary};
use crate::policy::PolicyEffect;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::str::FromStr;

/// How every command ends; see `crate::command::Exit`.
pub const EXIT_CODES: &str = "\
Exit codes: 0 done · 1 failed · 2 usage · 3 findings at or above a gate · 4 something that was named gave nothing, or a \
gate had nothing to look at · 130 interrupted";

/// Examples of each command: what for, and the line.
const EXAMPLES: &[(&str, [(&str, &str); 2])] = &[
    (
        "crawl",
        [
            ("One package, and what it can do", "mcpdex crawl npm:@modelcontextprotocol/server-filesystem"),
            ("What changed in the official registry, then a gate", "mcpdex crawl --fail-on-unread"),
        ],
    ),
    (
        "tool",
        [
            ("A tool by its name, on every server", "mcpdex tool execute_sql"),
            ("On one server, for a program", "mcpdex tool execute_sql --server pypi:postgres-mcp --json"),
        ],
    ),
    (
        "server",
        [
            ("By the name of its package", "mcpdex server npm:@playwright/mcp"),
            ("By its address", "mcpdex server https://mcp.example.com/mcp"),
        ],
    ),
    (
        "search",
        [
            ("Words, in any language", "mcpdex search delete file"),
            ("Without words, by what is known", "mcpdex search --trait code-execution --risk critical"),
        ],
    ),
    (
        "list",
        [
            ("Servers whose words fit, worst first", "mcpdex list github"),
            ("What could not be read", "mcpdex list --unread"),
        ],
    ),
    (
        "compare",
        [
            ("A page that was saved", "mcpdex compare fire-kiln.html"),
            ("A folder of pages, as a table", "mcpdex compare ./pages --format markdown"),
        ],
    ),
    (
        "workers",
        [
            ("Who crawls, since when, at what", "mcpdex workers --db postgres://crawler@db.example/catalogue"),
            ("For a program", "mcpdex workers --json"),
        ],
    ),
    (
        "sources",
        [
            ("Names, addresses and what each gave last", "mcpdex sources"),
            ("With a list of your own on top, for a program", "mcpdex sources --sources mine.toml --json"),
        ],
    ),
    (
        "stats",
        [
            ("The database in numbers", "mcpdex stats"),
            ("Of another file, for a program", "mcpdex stats --db team.db --json"),
        ],
    ),
    ("diff", [("Since a day", "mcpdex diff 2026-01-31 now"), ("Two databases", "mcpdex diff before.db after.db")]),
    (
        "pin",
        [
            ("Write mcpdex.lock for the configurations here", "mcpdex pin ."),
            ("Into a file of another name", "mcpdex pin .mcp.json --lock servers.lock"),
        ],
    ),
    (
        "check",
        [
            ("Hold the configurations here against mcpdex.lock", "mcpdex check ."),
            ("For a program", "mcpdex check .mcp.json --json"),
        ],
    ),
    (
        "scan",
        [
            ("The configurations of this machine", "mcpdex scan"),
            ("A gate for a project, with a report for code scanning", "mcpdex scan . --fail-on high --format sarif"),
        ],
    ),
    (
        "guard",
        [
            ("As a hook: the client writes to stdin and reads stdout", "mcpdex guard --client claude-code"),
            ("Where nobody is there to be asked", "mcpdex guard --client cursor --no-ask"),
        ],
    ),
    (
        "serve",
        [
            ("On this machine, at http://127.0.0.1:8420", "mcpdex serve"),
            ("For others, by token", "mcpdex serve --listen 0.0.0.0:8420 --host tools.example --token-file tokens"),
        ],
    ),
    (
        "mcp",
        [
            ("Over stdin and stdout, as clients start it", "mcpdex mcp"),
            ("Write it into a client's configuration", "mcpdex mcp --install claude-code --write"),
        ],
    ),
    (
        "export",
        [
            ("Everything, to be imported elsewhere", "mcpdex export --format jsonl --out all.jsonl"),
            ("The current tools as a spreadsheet", "mcpdex export --format csv --out tools.csv"),
        ],
    ),
    (
        "site",
        [
            ("A folder of pages; open its index.html", "mcpdex site --out catalogue"),
            ("For a web server", "mcpdex site --out catalogue --base-url https://mcp.example.com/"),
        ],
    ),
    (
        "publish",
        [
            ("A snapshot, signed", "mcpdex publish /srv/snapshot --key mcpdex.key"),
            ("Without a signature", "mcpdex publish snapshot --unsigned"),
        ],
    ),
    (
        "import",
        [
            ("An export, into a new database", "mcpdex import all.jsonl --db new.db"),
            ("A snapshot, whose signature has to fit", "mcpdex import /srv/snapshot --key mcpdex.pub --db new.db"),
        ],
    ),
    (
        "merge",
        [
            ("Two teams' databases into a new one", "mcpdex merge ours.db theirs.db --out all.db"),
            ("An export into the database of --db", "mcpdex merge laptop.jsonl"),
        ],
    ),
    (
        "config",
        [
            ("What is in force", "mcpdex config show"),
            ("With a file of the team's", "mcpdex config show --config team/mcpdex.toml"),
        ],
    ),
    (
        "doctor",
        [
            ("What is configured and writable", "mcpdex doctor"),
            ("Whether registries answer, too", "mcpdex doctor --online"),
        ],
    ),
    (
        "completions",
        [
            ("Put the script where the shell looks", "mcpdex completions bash --install"),
            ("Print it", "mcpdex completions zsh"),
        ],
    ),
    ("man", [("The main page", "mcpdex man"), ("A page for every command", "mcpdex man --out man1")]),
    (
        "policy",
        [
            ("A server's tools for Claude Code", "mcpdex policy --server npm:@playwright/mcp --target claude-code"),
            ("A whole configuration for every target", "mcpdex policy --clients .mcp.json --target all --out policies"),
        ],
    ),
    (
        "classify",
        [
            ("Tools from a file", "mcpdex classify tools.jsonl"),
            ("With rules of your own", "mcpdex classify tools.jsonl --rules my-rules"),
        ],
    ),
    (
        "rules",
        [("Hold every rule against its examples", "mcpdex rules check"), ("One rule", "mcpdex rules show deletes")],
    ),
    (
        "eval",
        [
            ("Against labelled tools", "mcpdex eval labelled.jsonl"),
            ("What a change of the rules does", "mcpdex eval labelled.jsonl --against my-rules"),
        ],
    ),
    (
        "explain",
        [
            ("Every clause that fired", "mcpdex explain pypi:postgres-mcp execute_sql"),
            ("For a program", "mcpdex explain pypi:postgres-mcp execute_sql --json"),
        ],
    ),
    (
        "probe",
        [
            ("Ask a server at an address", "mcpdex probe https://mcp.example.com/mcp"),
            ("Run a package in a sandbox and ask it", "mcpdex probe --run -- npx -y @playwright/mcp"),
        ],
    ),
    ("help", [("A command", "mcpdex help scan"), ("What a gate is", "mcpdex help topics gates")]),
    (
        "extract",
        [
            ("A folder of source", "mcpdex extract ./my-server"),
            ("A package, for a program", "mcpdex extract npm:@playwright/mcp --json"),
        ],
    ),
];

// Arguments of `mcpdex help`.
#[derive(Debug, clap::Args)]
pub struct HelpArgs {
    /// A command, or `topics` and the name of one; without either, what there is.
    #[arg(value_name = "COMMAND")]
    pub words: Vec<String>,
}

/// What stands below the options of a command.
pub(super) fn below(command: &str) -> String {
    let examples = EXAMPLES.iter().filter(|(name, _)| *name == command).flat_map(|(_, examples)| examples);
    let lines: String = examples.map(|(what, line)| format!("  # {what}\n  {line}\n")).collect();
    format!("Examples:\n{lines}\n{EXIT_CODES}")
}

/// Adds to every command what stands below its options.
pub(super) fn with_examples(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.into_iter().fold(command.after_help(EXIT_CODES), |command, name| {
        let below = below(&name);
        command.mut_subcommand(name, |command| command.after_help(below))
    })
}

/// Reads how many calls a window lets through.
pub(super) fn limit(text: &str) -> Result<PolicyEffect, String> {
    match text.parse::<PolicyEffect>() {
        Ok(limit @ PolicyEffect::Limit { .. }) => Ok(limit),
        _ => Err("a limit is a number of calls and a window (minute, hour or day), for instance 10/minute".to_owned()),
    }
}

/// Reads the address of a page.
pub(super) fn page(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).map_err(|why| format!("no address: {why}"))?;
    match url.scheme() {
        "https" | "http" if url.fragment().is_none() => Ok(url.to_string()),
        _ => Err("a page is named by an http or https address without `#`".to_owned()),
    }
}

/// Reads words of a closed vocabulary or `all`, separated by commas.
pub(super) fn words_or_all<T: Vocabulary>() -> PossibleValuesParser {
    PossibleValuesParser::new(T::words().into_iter().chain(["all"]))
}

/// Reads one word of a closed vocabulary; help, completion and errors name all of them.
pub(super) fn word<T>() -> impl TypedValueParser<Value = T>
where
    T: Vocabulary + FromStr<Err = UnknownWord> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(T::words()).try_map(|word| word.parse::<T>())
}
