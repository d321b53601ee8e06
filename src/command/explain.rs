//! `mcpdex explain`: why a tool was judged as it was, clause by clause.

use super::Exit;
use super::judging::{RulesArgs, open};
use crate::classify::{Explanation, Row, Rows, ServerContext};
use crate::report::visible;
use std::path::PathBuf;

/// Tell every clause that fired on a tool, won, lost or was cancelled.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// The server's name.
    pub server: String,
    /// The tool's name.
    pub tool: String,
    /// Take the tool from this file (JSON lines or a `tools/list` result) rather than from the database; `-` is stdin.
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub rules: RulesArgs,
}

/// Runs the command.
///
/// # Errors
/// The rules or the file cannot be read, or it holds no such tool.
pub(super) fn run(args: &ExplainArgs, json: bool) -> anyhow::Result<Exit> {
    let rules = args.rules.load()?;
    let mut rows = Rows::new(open(Some(&args.file))?)?;
    let mut of_server: Vec<Row> = Vec::new();
    while let Some(raw) = rows.next_row()? {
        match raw.parse() {
            // A `tools/list` result names no server: it is the one that was asked for.
            Ok(row) if row.server == args.server || row.server.is_empty() => of_server.push(row),
            Ok(_) => {}
            Err(error) => eprintln!("error: {}", visible(&error.to_string())),
        }
    }
    let context = ServerContext::of(&args.server, of_server.iter().map(|row| &row.tool));
    let Some(row) = of_server.iter().find(|row| row.tool.name == args.tool) else {
        anyhow::bail!("{} has no tool `{}` of server `{}`", args.file.display(), args.tool, args.server);
    };
    let explanation = rules.explain(&context, &row.tool);
    if json {
        println!("{}", serde_json::to_string_pretty(&explanation)?);
    } else {
        print(&explanation);
    }
    Ok(Exit::Done)
}

/// Prints an explanation for people.
pub(super) fn print(explanation: &Explanation) {
    let verdict = &explanation.verdict;
    println!("{}: {}, risk {}, confidence {}", visible(&verdict.name), verdict.class, verdict.risk, verdict.confidence);
    println!("{}", visible(&verdict.rationale));
    println!("\nread as");
    for action in &explanation.actions {
        let verb = action.verb.as_deref().unwrap_or("(no verb)");
        let weaker = if action.weaker > 0 { "  [weaker]" } else { "" };
        println!("  {:<12} {} → {}{weaker}", action.place, visible(verb), visible(&action.object.join(" ")));
    }
    println!("\nclauses that fired");
    for fired in &explanation.fired {
        let class = fired.class.map_or("-", |class| class.as_str());
        println!("  {:<10} {} #{} ({class}, strength {})", fired.fate, fired.rule, fired.clause, fired.strength);
        if let Some(reason) = &fired.reason {
            println!("             {reason}");
        }
        for e in &fired.evidence {
            println!("             {} “{}” {}..{}", e.pointer, visible(&e.text), e.start, e.end);
        }
    }
}
