//! From planned servers to a verified document: fit, write, read back, replay.

use super::decision::{Condition, Decision, Effect, Test, Window};
use super::fit::{FittedServer, Loss, Refused, fit};
use super::plan::{PlannedServer, PlannedTool};
use super::profile::Uncounted;
use super::target::{Options, Output, Refusal, Target};
use super::verify::verify;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// A document that does what was decided, as far as its target can.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The document itself, then the files that belong beside it.
    pub outputs: Vec<Output>,
    /// What it does not say as it was decided.
    pub losses: Vec<Loss>,
    /// How many calls were replayed against it.
    pub calls: usize,
}

impl Document {
    /// The text of the document itself.
    pub fn text(&self) -> &str {
        self.outputs.first().map_or("", |output| output.text.as_str())
    }
}

/// Writes what was decided for one target and proves it by replaying calls.
///
/// A target that speaks of one server per document gets one server.
///
/// # Errors
/// The target cannot say it (see [`Refused`]), or the document would not do what was decided.
pub fn document(
    target: Target,
    servers: &[PlannedServer],
    options: &Options,
    uncounted: Uncounted,
) -> Result<Document, Refused> {
    let mut losses = Vec::new();
    let fitted = fit(target, servers, options, uncounted, &mut losses)?;
    let mut outputs = target.format().write(&fitted, options);
    let calls = verify(target, &fitted, &outputs, options)?;
    if !target.features().comments {
        outputs.push(reasons(&fitted));
    }
    Ok(Document { outputs, losses, calls })
}

/// What a written document does with one call, as its target would read it.
///
/// # Errors
/// The document cannot be read back.
pub fn answer(
    target: Target,
    outputs: &[Output],
    options: &Options,
    server: &PlannedServer,
    tool: &str,
    arguments: &Map<String, Value>,
) -> Result<Effect, String> {
    let alias = target.format().alias(&server.alias).map_err(str::to_owned)?;
    super::verify::answer(target, outputs, options, &server.name, &alias, tool, arguments)
}

/// The reasons, for formats that have no comments.
fn reasons(servers: &[FittedServer<'_>]) -> Output {
    let row = |server: &FittedServer<'_>, names: &[&str], written: String, reason: &str| json!({ "server": server.name, "tools": names, "written": written, "because": reason });
    let mut rows: Vec<Value> = Vec::new();
    for server in servers {
        for tool in &server.tools {
            rows.push(row(server, &tool.stands_for, tool.effect.to_string(), &tool.reason));
        }
    }
    Output { file: "reasons.json".to_owned(), text: format!("{:#}\n", Value::Array(rows)) }
}

/// A recommendation for one tool at one target, with the two changes that people ask for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advice {
    pub target: Target,
    /// What happens and why, in one sentence.
    pub effect: String,
    /// The document, or why there is none.
    pub document: Result<String, String>,
    /// How to apply it at that target.
    pub steps: &'static [&'static str],
    /// The same with the tool refused altogether.
    pub block: Result<String, String>,
    /// The same with calls counted and nothing else looked at.
    pub limit: Result<String, String>,
    pub losses: Vec<Loss>,
}

/// Advises on one tool of one server. `limit` is what the second change counts.
pub fn advise(
    target: Target,
    server: &PlannedServer,
    options: &Options,
    uncounted: Uncounted,
    limit: (u32, Window),
) -> Advice {
    let changed = |effect: Effect, reason: &str| {
        let again = |tool: &PlannedTool| PlannedTool { decision: Decision::plain(effect, reason), ..tool.clone() };
        let tools = server.tools.iter().map(again).collect();
        let server = PlannedServer { tools, ..server.clone() };
        let written = document(target, std::slice::from_ref(&server), options, uncounted);
        written.map(|document| document.text().to_owned()).map_err(|refused| refused.to_string())
    };
    let (max, window) = limit;
    let written = document(target, std::slice::from_ref(server), options, uncounted);
    let (document, losses) = match written {
        Ok(document) => (Ok(document.text().to_owned()), document.losses),
        Err(refused) => (Err(refused.to_string()), Vec::new()),
    };
    Advice {
        target,
        effect: server.tools.first().map(|tool| tool.decision.sentence()).unwrap_or_default(),
        document,
        steps: target.features().steps,
        block: changed(Effect::Hide, "it is to be blocked completely"),
        limit: changed(Effect::Limit { max, window }, "its calls are to be counted"),
        losses,
    }
}

/// The table of the documentation: what each target can express, and what becomes of the rest.
pub fn table() -> String {
    let mut out = String::from(
        "| `--target` | what | refuses | asks | counts | hides | arguments | tools it does not name | decided by |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for target in Target::ALL {
        let f = target.features();
        let yes = |can: bool| if can { "yes" } else { "no" };
        let refuses = match f.refusal {
            Refusal::ByRule => "by rule",
            Refusal::ByOmission => "by leaving out",
            Refusal::Never => "no",
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
        let f = target.features();
        let comments = if f.comments { "in the file" } else { "in reasons.json" };
        line(&mut out, format_args!("| `{target}` | {} | {} | {} | {comments} |", f.file, f.names, f.lists));
    }
    out
}

fn specimens() -> [Decision; 5] {
    let limit = |max| Effect::Limit { max, window: Window::Minute };
    let test = Test::OneOf(vec!["get".to_owned(), "list".to_owned()]);
    let condition = Condition { argument: "mode".to_owned(), test, reason: String::new() };
    let conditional =
        Decision { effect: limit(30), conditions: vec![condition], otherwise: Effect::Hide, reason: String::new() };
    let plain = |effect| Decision::plain(effect, "");
    [plain(limit(10)), plain(Effect::Ask), plain(Effect::Deny), plain(Effect::Hide), conditional]
}

/// What a decision becomes at a target, in the words of its own loss report.
fn becomes(target: Target, decision: &Decision) -> String {
    let servers = [PlannedServer {
        name: "example".to_owned(),
        alias: "example".to_owned(),
        launch: None,
        tools: vec![PlannedTool::new("tool", decision.clone())],
    }];
    let mut losses = Vec::new();
    let fitted = fit(target, &servers, &Options::default(), Uncounted::Stricter, &mut losses);
    match (fitted, losses.last()) {
        (Err(_), _) => "**no document** without `--lossy`, then ask".to_owned(),
        (Ok(_), Some(loss)) => loss.written.clone(),
        (Ok(_), None) => "as decided".to_owned(),
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("a string takes all");
}
