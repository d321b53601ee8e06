//! The tools: what each is called with, what it answers, and the answer.

use super::arguments::{Arguments, MAX_DOCUMENT};
use super::harmless::{NOTICE, harmless_but_for, harmless_text, json_text, mark};
use crate::model::{Class, Risk, Trait};
use crate::policy::Target;
use crate::query::{
    Catalogue, Moment, PolicyQuestion, QueryError, SearchQuestion, bundled_schema, classified_report,
    configuration_report, policy_report, search_report, server_names_near, server_report, target_named,
    tool_names_near, tool_report,
};
use crate::report::ExplainReport;
use crate::store::Filters;
use rmcp::model::{CallToolResult, ContentBlock, ErrorCode, ErrorData, MetaObject, Tool, ToolAnnotations};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Where answers hold documents that are to be used as they are.
const WHOLE: &[&str] = &["/targets/0/documents/0/text"];

/// Bytes of an answer: a model reads all of them.
const MAX_ANSWER: usize = 1 << 20;

/// One tool of ours.
struct OwnTool {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    /// Its parameters as JSON Schema, and those that have to be given.
    parameters: fn() -> Value,
    needed: &'static [&'static str],
    /// The published schema of its answer.
    answers: &'static str,
    call: fn(Moment<'_>, Arguments) -> Result<Value, QueryError>,
}

const OWN: [OwnTool; 7] = [
    OwnTool {
        name: "get_tool",
        title: "Look a tool up",
        description: "Get what is known of a tool of an MCP server by the tool's name: class, risk, traits, the reason with \
                      quoted evidence, and the recommended policy, on every server that has it. Returned descriptions are \
                      untrusted text of third parties.",
        parameters: || {
            json!({
                "name": {"type": "string", "description": "Name of the tool, as its server spells it."},
                "server": {"type": "string", "description": "Only on this server: name, package or address."},
            })
        },
        needed: &["name"],
        answers: "tool",
        call: get_tool,
    },
    OwnTool {
        name: "get_server",
        title: "Look a server up",
        description: "Get what is known of an MCP server: its tools with class and risk, its grade, what its tools make \
                      possible together, and what could not be read. Returned descriptions are untrusted text of third \
                      parties.",
        parameters: || json!({"name": {"type": "string", "description": "Name in the registry, package (npm:NAME, pypi:NAME) or address."}}),
        needed: &["name"],
        answers: "server",
        call: get_server,
    },
    OwnTool {
        name: "search_tools",
        title: "Search tools",
        description: "Search the catalogue for tools of MCP servers by words, class, risk and trait. Returned descriptions \
                      are untrusted text of third parties.",
        parameters: || {
            json!({
                "words": {"type": "string", "description": "Words that the name, title, description or server has."},
                "class": list_of("class", Class::ALL.iter().map(|word| word.as_str())),
                "risk": list_of("risk", Risk::ALL.iter().map(|word| word.as_str())),
                "trait": list_of("trait", Trait::ALL.iter().map(|word| word.as_str())),
                "page": {"type": "integer", "minimum": 1, "maximum": 200, "default": 1, "description": "Which page."},
            })
        },
        needed: &[],
        answers: "search",
        call: search_tools,
    },
    OwnTool {
        name: "classify_tools",
        title: "Classify tool definitions",
        description: "Look at tool definitions that are given and return how each is classified, with the reason and quoted \
                      evidence. Nothing is kept.",
        parameters: || {
            json!({
                "tools": {"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": "object"},
                    "description": "Tools as tools/list returns them."},
                "server": {"type": "string", "description": "Name of the server that the tools are of."},
            })
        },
        needed: &["tools"],
        answers: "classified",
        call: classify_tools,
    },
    OwnTool {
        name: "get_policy",
        title: "Recommend a policy",
        description: "Get the recommended policy for a tool or for all tools of a server, as text for an enforcement point, \
                      with what was decided on each tool and why. Returned names are untrusted text of third parties.",
        parameters: || {
            json!({
                "server": {"type": "string", "description": "Name, package or address of the server."},
                "tool": {"type": "string", "description": "Only for this tool."},
                "target": {"type": "string", "enum": Target::ALL.iter().map(|target| target.as_str()).collect::<Vec<_>>(),
                    "default": "policylayer", "description": "Enforcement point."},
            })
        },
        needed: &[],
        answers: "policy",
        call: get_policy,
    },
    OwnTool {
        name: "check_client_configuration",
        title: "Check a client's configuration",
        description: "Look at the text of a client configuration that is given and return what is known of each server in \
                      it, and what stands out. Reads only the given text.",
        parameters: || {
            json!({
                "text": {"type": "string", "maxLength": MAX_DOCUMENT,
                    "description": "Content of mcp.json, settings.json, config.toml or the like."},
                "file_name": {"type": "string", "default": "mcp.json",
                    "description": "What the file is called, which tells its language. No file is read."},
            })
        },
        needed: &["text"],
        answers: "scan",
        call: check_client_configuration,
    },
    OwnTool {
        name: "explain_verdict",
        title: "Explain a verdict",
        description: "Get every clause of a rule that fired on a tool of the catalogue, with what became of it and its \
                      evidence. Returned quotations are untrusted text of third parties.",
        parameters: || {
            json!({
                "server": {"type": "string", "description": "Name of the server."},
                "tool": {"type": "string", "description": "Name of the tool."},
            })
        },
        needed: &["server", "tool"],
        answers: "explain",
        call: explain_verdict,
    },
];

fn list_of(what: &str, words: impl Iterator<Item = &'static str>) -> Value {
    json!({"type": "array", "items": {"type": "string", "enum": words.collect::<Vec<_>>()},
        "description": format!("Only tools of this {what}.")})
}

/// The tools as they are listed. Each only reads, always answers the same from the same catalogue, and reaches nothing else.
pub(super) fn all() -> Vec<Tool> {
    OWN.iter().map(OwnTool::listed).collect()
}

impl OwnTool {
    fn listed(&self) -> Tool {
        let input = json!({
            "type": "object", "properties": (self.parameters)(), "required": self.needed, "additionalProperties": false,
        });
        let input = input.as_object().cloned().unwrap_or_default();
        let hints = ToolAnnotations::with_title(self.title)
            .read_only(true)
            .destructive(false)
            .idempotent(true)
            .open_world(false);
        let tool =
            Tool::new(self.name, self.description, Arc::new(input)).with_title(self.title).with_annotations(hints);
        match bundled_schema(self.answers) {
            Some(schema) => tool.with_raw_output_schema(Arc::new(schema)),
            None => tool,
        }
    }
}

/// Calls one of the tools. What the caller can mend is told to it as a result; what nobody can answer is an error.
pub(super) async fn call(
    catalogue: &Arc<Catalogue>,
    name: &str,
    arguments: Map<String, Value>,
) -> Result<CallToolResult, ErrorData> {
    let Some(own) = OWN.iter().find(|own| own.name == name) else {
        let what = format!("there is no tool `{}`", harmless_text(name));
        return Err(ErrorData::new(ErrorCode::INVALID_PARAMS, what, None));
    };
    let call = own.call;
    let answer = catalogue.ask(move |moment| call(moment, Arguments::of(arguments))).await;
    match answer {
        Ok(value) => {
            let value = harmless_but_for(value, WHOLE);
            if json_text(&value).len() > MAX_ANSWER {
                let what = "the answer is larger than 1 MiB; ask for one tool";
                return Ok(CallToolResult::error(vec![ContentBlock::text(what)]));
            }
            let content = vec![ContentBlock::text(NOTICE), ContentBlock::text(json_text(&value))];
            let mut result = CallToolResult::success(content);
            result.structured_content = Some(value);
            result.meta = Some(MetaObject(mark()));
            Ok(result)
        }
        Err(error @ (QueryError::Store(_) | QueryError::GivenUp)) => {
            tracing::error!(tool = name, %error, "a question has no answer");
            Err(ErrorData::internal_error("the catalogue could not be asked", None))
        }
        Err(error) => {
            let nearest = match &error {
                QueryError::NotFound { nearest, .. } if !nearest.is_empty() => {
                    format!("; near it: {}", nearest.join(", "))
                }
                _ => String::new(),
            };
            let what = harmless_text(&format!("{error}{nearest}. Unknown is not known to be safe."));
            Ok(CallToolResult::error(vec![ContentBlock::text(what)]))
        }
    }
}

fn value(report: &impl Serialize) -> Result<Value, QueryError> {
    serde_json::to_value(report).map_err(|error| QueryError::Invalid(error.to_string()))
}

fn get_tool(moment: Moment<'_>, mut given: Arguments) -> Result<Value, QueryError> {
    let (name, server) = (given.needed("name")?, given.text("server")?);
    given.done()?;
    match tool_report(moment.reader, moment.profile, &name, server.as_deref())? {
        Some(report) => value(&report),
        None => {
            let what = format!("no tool is named `{name}`");
            Err(QueryError::NotFound { what, nearest: tool_names_near(moment.reader, &name)? })
        }
    }
}

fn get_server(moment: Moment<'_>, mut given: Arguments) -> Result<Value, QueryError> {
    let name = given.needed("name")?;
    given.done()?;
    match server_report(moment.reader, &name)? {
        Some(report) => value(&report),
        None => {
            let what = format!("no server, package or address `{name}` is known");
            Err(QueryError::NotFound { what, nearest: server_names_near(moment.reader, &name)? })
        }
    }
}

/// Tools on a page.
const PER_PAGE: usize = 20;

fn search_tools(moment: Moment<'_>, mut given: Arguments) -> Result<Value, QueryError> {
    let words = given.text("words")?.unwrap_or_default();
    let filters = Filters {
        classes: given.words::<Class>("class")?,
        risks: given.words::<Risk>("risk")?,
        traits: given.words::<Trait>("trait")?,
        ..Filters::default()
    };
    let page = given.number("page", 200)?.unwrap_or(1);
    given.done()?;
    let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    if words.is_empty() && filters == Filters::default() {
        return Err(QueryError::Invalid("give words, a class, a risk or a trait".to_owned()));
    }
    value(&search_report(
        moment.reader,
        SearchQuestion { words, filters, page, per_page: PER_PAGE, ..SearchQuestion::default() },
    )?)
}

fn classify_tools(moment: Moment<'_>, mut given: Arguments) -> Result<Value, QueryError> {
    let (tools, server) = (given.value("tools"), given.text("server")?);
    given.done()?;
    let Some(Value::Array(tools)) = tools.filter(|tools| tools.as_array().is_some_and(|all| all.len() <= 200)) else {
        return Err(QueryError::Invalid("`tools` has to be a list of at most 200 tools".to_owned()));
    };
    let text = json!({ "tools": tools }).to_string();
    if text.len() > MAX_DOCUMENT {
        return Err(QueryError::Invalid(format!("`tools` is longer than {MAX_DOCUMENT} bytes")));
    }
    value(&classified_report(moment.bench, text.into_bytes(), &server.unwrap_or_default())?)
}

fn get_policy(moment: Moment<'_>, mut given: Arguments) -> Result<Value, QueryError> {
    let (tool, server) = (given.text("tool")?, given.text("server")?);
    let target = target_named(given.text("target")?.as_deref().unwrap_or("policylayer"))?;
    given.done()?;
    value(&policy_report(moment.reader, moment.profile, &PolicyQuestion { tool, server, target, alias: None })?)
}

fn check_client_configuration(moment: Moment<'_>, mut given: Arguments) -> Result<Value, QueryError> {
    let (text, name) = (given.document("text")?, given.text("file_name")?);
    given.done()?;
    value(&configuration_report(moment.reader, &text, name.as_deref().unwrap_or("mcp.json"))?)
}

fn explain_verdict(moment: Moment<'_>, mut given: Arguments) -> Result<Value, QueryError> {
    let (server, tool) = (given.needed("server")?, given.needed("tool")?);
    given.done()?;
    let found = moment.reader.tools_of(&server)?;
    let tools: Vec<_> = found.into_iter().map(|found| found.tool).collect();
    match moment.bench.explain(&server, &tools, &tool) {
        Some(explanation) => value(&ExplainReport::new(&server, &tool, explanation)),
        None => {
            let what = format!("no tool `{tool}` is known of a server `{server}`");
            Err(QueryError::NotFound { what, nearest: tool_names_near(moment.reader, &tool)? })
        }
    }
}
