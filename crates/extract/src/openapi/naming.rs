//! How the converters that are in use name an operation's tool and what they say about it.

use super::document::Operation;
use regex::Regex;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// The rules of one family of converters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    /// FastMCP's `from_openapi` and `from_fastapi` (from version 2.8 on, where every route is a tool).
    FastMcp,
    /// `fastapi-mcp`: FastAPI's own operation identifiers, references written out.
    FastApiMcp,
    /// `openapi-mcp-generator` and its kin: the body is one parameter, `requestBody`.
    Generator,
    /// Proxies that put `API-` before the identifier and hints after the method.
    Proxy,
    /// The identifier as it is, or method and path; for converters that are not known.
    Plain,
}

const ALL: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const USUAL: [&str; 5] = ["get", "post", "put", "delete", "patch"];

impl Convention {
    /// The methods that count, and whether operations of a path come in their order.
    pub(super) fn methods(self) -> (&'static [&'static str], bool) {
        match self {
            Convention::FastMcp | Convention::Generator => (&ALL, true),
            Convention::FastApiMcp | Convention::Proxy | Convention::Plain => (&USUAL, false),
        }
    }
}

/// What an operation becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Becomes {
    Tool,
    /// A resource, or nothing at all.
    Nothing,
}

/// One rule of a converter's route map; the first that fits decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Methods in any letters; empty for all.
    pub methods: Vec<String>,
    /// A regular expression that the path must match somewhere; empty for every path.
    pub pattern: String,
    /// Tags that the operation must all have.
    pub tags: Vec<String>,
    pub becomes: Becomes,
}

/// The rules that one server gives its converter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    pub convention: Convention,
    /// Names by operation identifier.
    pub names: BTreeMap<String, String>,
    /// In the order in which they are asked.
    pub routes: Vec<Route>,
    /// Stands before every name; `None` for what the convention has.
    pub prefix: Option<String>,
}

impl Naming {
    /// The convention without anything of the server's own.
    pub fn of(convention: Convention) -> Self {
        Naming { convention, names: BTreeMap::new(), routes: Vec::new(), prefix: None }
    }

    /// What an operation becomes; the pattern that cannot be read, where one stands in front of the answer.
    pub(super) fn becomes(&self, operation: &Operation<'_>) -> Result<Becomes, String> {
        let tags: Vec<&str> = operation
            .object
            .get("tags")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .collect();
        for route in &self.routes {
            let fits =
                route.methods.is_empty() || route.methods.iter().any(|m| m.eq_ignore_ascii_case(operation.method));
            if !fits || !route.tags.iter().all(|tag| tags.contains(&tag.as_str())) {
                continue;
            }
            if !route.pattern.is_empty() {
                let pattern = Regex::new(&route.pattern).map_err(|_| route.pattern.clone())?;
                if !pattern.is_match(operation.path) {
                    continue;
                }
            }
            return Ok(route.becomes);
        }
        // The generator's own switch.
        let switched_off =
            self.convention == Convention::Generator && operation.object.get("x-mcp") == Some(&Json::Bool(false));
        Ok(if switched_off { Becomes::Nothing } else { Becomes::Tool })
    }

    /// The tool's name, which no other has; `None` where the converter leaves the operation out.
    pub(super) fn name(&self, operation: &Operation<'_>, taken: &mut BTreeSet<String>) -> Option<String> {
        let id = operation.text("operationId");
        let chosen = id.and_then(|id| self.names.get(id)).map(String::as_str);
        let name = match (self.convention, id) {
            (Convention::FastMcp, _) => fastmcp(operation, chosen),
            (Convention::FastApiMcp | Convention::Proxy, None) => return None,
            (Convention::FastApiMcp, Some(id)) => chosen.unwrap_or(id).to_owned(),
            (Convention::Proxy, Some(id)) => cut(&format!("{}{id}", self.prefix.as_deref().unwrap_or("API-")), 64),
            (Convention::Generator, id) => {
                let name = chosen.or(id).map_or_else(|| generated(operation), str::to_owned);
                name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
            }
            (Convention::Plain, Some(id)) => chosen.unwrap_or(id).to_owned(),
            (Convention::Plain, None) => slug(&format!("{}_{}", operation.method, operation.path.replace('/', "_"))),
        };
        let name = match (self.convention, &self.prefix) {
            (Convention::Proxy, _) | (_, None) => name,
            (_, Some(prefix)) => format!("{prefix}{name}"),
        };
        let mut unique = name.clone();
        let mut count = 1;
        while !taken.insert(unique.clone()) {
            count += 1;
            unique = format!("{name}_{count}");
        }
        (!unique.is_empty()).then_some(unique)
    }
}

fn fastmcp(operation: &Operation<'_>, chosen: Option<&str>) -> String {
    let fallback = || format!("{}_{}", operation.method.to_uppercase(), operation.path);
    let name = match (chosen, operation.text("operationId")) {
        (Some(chosen), _) => slug(chosen),
        // FastAPI's own identifiers repeat the path behind two underscores.
        (None, Some(id)) => slug(id.split("__").next().unwrap_or(id)),
        (None, None) => operation.text("summary").map_or_else(|| slug(&fallback()), slug),
    };
    cut(if name.is_empty() { slug(&fallback()) } else { name }.as_str(), 56)
}

/// `GetLampsByRoom` of `GET /lamps/{room}`.
fn generated(operation: &Operation<'_>) -> String {
    let parts: Vec<&str> = operation.path.split('/').filter(|part| !part.is_empty()).collect();
    let mut name = capital(operation.method);
    for (at, part) in parts.iter().enumerate() {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(parameter) if at + 1 == parts.len() => name += &format!("By{}", capital(&parameter.to_lowercase())),
            Some(_) => {}
            None => part.split(['-', '_']).for_each(|word| name += &capital(&word.to_lowercase())),
        }
    }
    if parts.is_empty() { name + "Root" } else { name }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Letters, digits and single underscores, none of them at the ends.
fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars() {
        let joins = matches!(c, '_' | '-' | '.') || c.is_whitespace();
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if joins && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    slug.trim_matches('_').to_owned()
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// What the tool says about itself, and what of that is not certain.
pub(super) fn description(operation: &Operation<'_>, convention: Convention) -> (String, Vec<String>) {
    let (summary, about) = (operation.text("summary"), operation.text("description"));
    let method = operation.method.to_uppercase();
    let executes = || format!("Executes {method} {}", operation.path);
    match convention {
        Convention::FastMcp | Convention::Generator | Convention::Plain => {
            (about.or(summary).map_or_else(executes, str::to_owned), Vec::new())
        }
        Convention::FastApiMcp => {
            let mut text = summary.map_or_else(|| format!("{method} {}", operation.path), str::to_owned);
            if let Some(about) = about {
                text += &format!("\n\n{about}");
            }
            // It goes on with examples of the answers, which are made up at run time.
            let goes_on =
                operation.object.get("responses").and_then(Json::as_object).is_some_and(|all| !all.is_empty());
            (text, if goes_on { vec!["the end of the description".to_owned()] } else { Vec::new() })
        }
        Convention::Proxy => {
            let mut text = summary.or(about).unwrap_or_default().to_owned();
            let answers = operation.object.get("responses").and_then(Json::as_object).into_iter().flatten();
            let failures: Vec<String> = answers
                .filter(|(code, _)| code.starts_with(['4', '5']))
                .map(|(code, answer)| {
                    format!("{code}: {}", answer.get("description").and_then(Json::as_str).unwrap_or_default())
                })
                .collect();
            if !failures.is_empty() {
                text += &format!("\nError Responses:\n{}", failures.join("\n"));
            }
            (text, Vec::new())
        }
    }
}

/// The hints that a converter derives from the method.
pub(super) fn annotations(operation: &Operation<'_>, convention: Convention) -> Option<Json> {
    if convention != Convention::Proxy {
        return None;
    }
    let hint = if operation.method == "get" { "readOnlyHint" } else { "destructiveHint" };
    Some(json!({ hint: true }))
}
