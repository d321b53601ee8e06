//! The page about targets: what each can express and what becomes of the rest, from the code that decides it.

use super::capability::RefusalMode;
use super::condition::{Condition, Test};
use super::decision::{Decision, PolicyEffect, Uncounted, Window};
use super::fit::fit;
use super::format::TargetOptions;
use super::loss::{Deviation, Losses};
use super::plan::{PlannedServer, PlannedTool};
use super::profile::Profile;
use super::targets::Target;
use std::fmt::Write;

/// The table of the documentation: what each target can express, and what becomes of the rest.
pub fn table() -> String {
    let mut out = String::from(
        "| `--target` | what | refuses | asks | counts | hides | arguments | tools it does not name | decided by |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for target in Target::ALL {
        let f = target.capability();
        let yes = |can: bool| if can { "yes" } else { "no" };
        let refuses = match f.refusal {
            RefusalMode::ByRule => "by rule",
            RefusalMode::ByOmission => "by leaving out",
            RefusalMode::Never => "no",
        };
        line(
            &mut out,
            format_args!(
                "| `{target}` | {} | {refuses} | {} | {} | {} | {} | {} | {} |",
                f.title,
                yes(f.ask),
                yes(f.rate),
                yes(f.hide),
                f.arguments.unwrap_or("no"),
                f.default,
                f.engine.unwrap_or("own evaluator"),
            ),
        );
    }
    out.push_str("\nWhat becomes of what a target cannot express, with the default profile:\n\n");
    out.push_str("| `--target` | 10/minute | ask | deny | hide | 30/minute for two of three operations, else hide |\n");
    out.push_str("|---|---|---|---|---|---|\n");
    let wanted = specimens();
    for target in Target::ALL {
        let cells: Vec<String> = wanted.iter().map(|decision| becomes(*target, decision)).collect();
        line(&mut out, format_args!("| `{target}` | {} |", cells.join(" | ")));
    }
    out.push_str("\nNames and limits:\n\n| `--target` | file | names | lists | comments |\n|---|---|---|---|---|\n");
    for target in Target::ALL {
        let f = target.capability();
        let comments = if f.comments { "in the file" } else { "in reasons.json" };
        line(&mut out, format_args!("| `{target}` | {} | {} | {} | {comments} |", f.file, f.names, f.lists));
    }
    for profile in Profile::builtin() {
        let (name, about) = (&profile.name, &profile.about);
        line(&mut out, format_args!("\nThe profile *{name}*: {about}. The first line that holds decides.\n"));
        out.push_str(
            "| when | then | what a guard admits | where a target cannot count | where it cannot ask |\n\
             |---|---|---|---|---|\n",
        );
        for cells in profile.lines() {
            line(&mut out, format_args!("| {} |", cells.join(" | ")));
        }
    }
    out.push_str("\nWhatever a profile says, what no rule recognised or is uncertain gets no more than *ask*.\n");
    out
}

fn specimens() -> [Decision; 5] {
    let limit = |max| PolicyEffect::Limit { max, window: Window::Minute };
    let test = Test::OneOf(vec!["get".to_owned(), "list".to_owned()]);
    let condition = Condition { argument: "mode".to_owned(), test, reason: String::new() };
    let conditional = Decision {
        conditions: vec![condition],
        otherwise: PolicyEffect::Hide,
        ..Decision::plain(limit(30), String::new())
    };
    let plain = |effect| Decision::plain(effect, "");
    [plain(limit(10)), plain(PolicyEffect::Ask), plain(PolicyEffect::Deny), plain(PolicyEffect::Hide), conditional]
}

/// What a decision becomes at a target, in the words of its own loss report.
fn becomes(target: Target, decision: &Decision) -> String {
    let servers = [PlannedServer {
        name: "example".to_owned(),
        alias: "example".to_owned(),
        launch: None,
        tools: vec![PlannedTool::new("tool", decision.clone())],
    }];
    let mut losses = Losses::default();
    let fitted = fit(target, &servers, &TargetOptions::default(), Uncounted::Stricter, &mut losses);
    match (fitted, losses.done().pop()) {
        (Err(refused), _) => refused.to_string(),
        (Ok(_), Some(loss)) if loss.change == Deviation::Asked => format!("**{}**, named", loss.written),
        (Ok(_), Some(loss)) => loss.written,
        (Ok(_), None) => "as decided".to_owned(),
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("a string takes all");
}
