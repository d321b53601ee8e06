//! From planned servers to a verified document: fit, write, read back, replay.

use super::decision::{Decision, PolicyEffect, Uncounted, Window};
use super::fit::fit;
use super::fitted::FittedServer;
use super::format::{PolicyFile, TargetOptions};
use super::loss::{Loss, Losses, Refused};
use super::plan::{PlannedServer, PlannedTool};
use super::replay::evaluator::Call;
use super::replay::verify::verify;
use super::targets::Target;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A document that does what was decided, as far as its target can.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyDocument {
    /// The document itself, then the files that belong beside it.
    pub files: Vec<PolicyFile>,
    /// What it does not say as it was decided.
    pub losses: Vec<Loss>,
    /// How many calls were replayed against it.
    pub calls: usize,
}

impl PolicyDocument {
    /// The text of the document itself.
    pub fn text(&self) -> &str {
        self.files.first().map_or("", |output| output.text.as_str())
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
    options: &TargetOptions,
    uncounted: Uncounted,
) -> Result<PolicyDocument, Refused> {
    let mut losses = Losses::default();
    let fitted = fit(target, servers, options, uncounted, &mut losses)?;
    let mut files = target.format().write(&fitted, options);
    let calls = verify(target, &fitted, &files, options)?;
    if !target.capability().comments {
        files.push(reasons(&fitted));
    }
    Ok(PolicyDocument { files, losses: losses.done(), calls })
}

/// Whether files that stand somewhere do what was decided: they are read back as the target would and asked; the number of
/// calls that were replayed.
///
/// # Errors
/// The target cannot say what was decided, or the files do something else (see [`Refused::Unverified`]).
pub fn verify_files(
    target: Target,
    servers: &[PlannedServer],
    files: &[PolicyFile],
    options: &TargetOptions,
    uncounted: Uncounted,
) -> Result<usize, Refused> {
    let fitted = fit(target, servers, options, uncounted, &mut Losses::default())?;
    verify(target, &fitted, files, options)
}

/// What a written document does with one call, as its target would read it.
///
/// # Errors
/// The document cannot be read back.
pub fn answer(
    target: Target,
    files: &[PolicyFile],
    options: &TargetOptions,
    server: &PlannedServer,
    tool: &str,
    arguments: &Map<String, Value>,
) -> Result<PolicyEffect, String> {
    let alias = target.format().alias(&server.alias).map_err(str::to_owned)?;
    let evaluator = target.load(files, options)?;
    let answer = evaluator.answer(&Call { server: &server.name, alias: &alias, tool, arguments, near: None });
    match evaluator.fault() {
        Some(fault) => Err(format!("its engine fails: {fault}")),
        None => Ok(answer),
    }
}

/// The reasons, for formats that have no comments.
fn reasons(servers: &[FittedServer<'_>]) -> PolicyFile {
    let row = |server: &FittedServer<'_>, names: &[&str], written: String, reason: &str| json!({ "server": server.name, "tools": names, "written": written, "because": reason });
    let mut rows: Vec<Value> = Vec::new();
    for server in servers {
        for tool in &server.tools {
            rows.push(row(server, &tool.stands_for, tool.effect.to_string(), &tool.reason));
        }
    }
    PolicyFile { file: "reasons.json".to_owned(), text: format!("{:#}\n", Value::Array(rows)) }
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

/// The two changes that people ask for: refused altogether, and calls counted with nothing else looked at. Neither depends
/// on what was judged.
pub fn changes((max, window): (u32, Window)) -> [Decision; 2] {
    [
        Decision::plain(PolicyEffect::Hide, "it is to be blocked completely"),
        Decision::plain(PolicyEffect::Limit { max, window }, "its calls are to be counted"),
    ]
}

/// Advises on one tool of one server. `limit` is what the second change counts.
pub fn advise(
    target: Target,
    server: &PlannedServer,
    options: &TargetOptions,
    uncounted: Uncounted,
    limit: (u32, Window),
) -> Advice {
    let changed = |decision: &Decision| {
        let again = |tool: &PlannedTool| PlannedTool { decision: decision.clone(), ..tool.clone() };
        let tools = server.tools.iter().map(again).collect();
        let server = PlannedServer { tools, ..server.clone() };
        let written = document(target, std::slice::from_ref(&server), options, uncounted);
        written.map(|document| document.text().to_owned()).map_err(|refused| refused.to_string())
    };
    let [block, limit] = changes(limit);
    let written = document(target, std::slice::from_ref(server), options, uncounted);
    let (document, losses) = match written {
        Ok(document) => (Ok(document.text().to_owned()), document.losses),
        Err(refused) => (Err(refused.to_string()), Vec::new()),
    };
    Advice {
        target,
        effect: server.tools.first().map(|tool| tool.decision.sentence()).unwrap_or_default(),
        document,
        steps: target.capability().steps,
        block: changed(&block),
        limit: changed(&limit),
        losses,
    }
}
