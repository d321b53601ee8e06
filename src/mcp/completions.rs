//! What a person has begun to write into a prompt or an address, completed from the catalogue: names that begin so, made
//! harmless as every text of strangers. What cannot be completed, a prompt that is not known among it, has no suggestions.

use super::harmless::harmless_text;
use crate::cli::InstallClient;
use crate::policy::Target;
use crate::query::{Catalogue, QueryError};
use crate::store::Reader;
use clap::ValueEnum;
use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, ErrorData, Reference};
use std::sync::Arc;

/// Characters that are looked at; no name of ours is that long.
const LONGEST: usize = 512;

/// What is completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Tool,
    Server,
    Target,
    Client,
}

/// What an argument of a prompt, or the name in an address, stands for.
fn wanted(reference: &Reference, argument: &str) -> Option<Wanted> {
    match reference {
        Reference::Prompt(prompt) if super::prompts::has_argument(&prompt.name, argument) => match argument {
            "tool" => Some(Wanted::Tool),
            "server" => Some(Wanted::Server),
            "target" => Some(Wanted::Target),
            "client" => Some(Wanted::Client),
            _ => None,
        },
        Reference::Resource(resource) if argument == "name" => {
            let page = resource.uri.strip_prefix("mcpdex://")?;
            let is_of = |kind: &str| page.strip_prefix(kind).is_some_and(|rest| rest.starts_with(['/', '.']));
            if is_of("tool") { Some(Wanted::Tool) } else { is_of("server").then_some(Wanted::Server) }
        }
        _ => None,
    }
}

/// At most a hundred completions, in order.
///
/// # Errors
/// The catalogue cannot be asked.
pub(super) async fn complete(
    catalogue: &Arc<Catalogue>,
    request: CompleteRequestParams,
) -> Result<CompleteResult, ErrorData> {
    let start: String = request.argument.value.chars().take(LONGEST).collect();
    let server = request.context.as_ref().and_then(|context| context.get_argument("server")).cloned();
    let mut names = match wanted(&request.r#ref, &request.argument.name) {
        None => Vec::new(),
        Some(Wanted::Target) => beginning(&start, Target::ALL.iter().map(|target| target.as_str().to_owned())),
        Some(Wanted::Client) => {
            let clients = InstallClient::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            beginning(&start, clients.map(|client| client.get_name().to_owned()))
        }
        Some(kind) => {
            let asked = catalogue.ask(move |moment| names(moment.reader, kind, &start, server.as_deref())).await;
            asked.map_err(|_| ErrorData::internal_error("the catalogue could not be asked", None))?
        }
    };
    let is_more = names.len() > CompletionInfo::MAX_VALUES;
    names.truncate(CompletionInfo::MAX_VALUES);
    let names = names.iter().map(|name| harmless_text(name)).collect();
    let completion = CompletionInfo::with_pagination(names, None, is_more)
        .map_err(|_| ErrorData::internal_error("there are too many completions", None))?;
    Ok(CompleteResult::new(completion))
}

fn names(reader: &Reader, kind: Wanted, start: &str, server: Option<&str>) -> Result<Vec<String>, QueryError> {
    let found = match (kind, server) {
        (Wanted::Tool, Some(server)) => reader.tool_names_of(server)?,
        (Wanted::Tool, None) => reader.tool_names_near(start)?,
        (_, _) if start.is_empty() => reader.server_names_after("", CompletionInfo::MAX_VALUES + 1)?,
        (_, _) => reader.server_names_near(start)?,
    };
    Ok(beginning(start, found.into_iter()))
}

fn beginning(start: &str, names: impl Iterator<Item = String>) -> Vec<String> {
    let start = start.to_lowercase();
    let mut names: Vec<String> = names.filter(|name| name.to_lowercase().starts_with(&start)).collect();
    names.sort();
    names
}
