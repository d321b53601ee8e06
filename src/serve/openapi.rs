//! The OpenAPI 3.1 document. Answers are described by the published JSON Schemas, word for word.

use super::parameters::{LONGEST, MOST};
use super::registry;
use crate::model::{Class, Risk, ToolOrigin, Trait};
use crate::policy::Target;
use crate::query::schema_components;
use serde_json::{Map, Value, json};

/// Name, where it stands, whether it has to be given, what it is, its schema.
pub(super) type Parameter = (&'static str, &'static str, bool, &'static str, Value);

/// One address of the API.
pub(super) struct Described {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) summary: &'static str,
    pub(super) parameters: fn() -> Vec<Parameter>,
    /// What is posted.
    pub(super) body: Option<fn() -> Value>,
    /// The schema of the answer.
    pub(super) answer: fn() -> Value,
    /// It may name something that is not known.
    pub(super) names: bool,
}

pub(super) fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub(super) fn text() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": LONGEST })
}

fn any_of(words: Vec<&str>) -> Value {
    json!({ "type": "array", "maxItems": MOST, "items": { "type": "string", "enum": words } })
}

fn texts() -> Value {
    json!({ "type": "array", "maxItems": MOST, "items": text() })
}

fn time() -> Value {
    json!({ "anyOf": [{ "type": "string", "format": "date" }, { "type": "string", "format": "date-time" }] })
}

const DESCRIBED: [Described; 10] = [
    Described {
        method: "get",
        path: "/v1/tools/{name}",
        summary: "What a tool does on every server that has it, and the recommended policy",
        parameters: || {
            vec![
                ("name", "path", true, "the tool's name", text()),
                ("server", "query", false, "only on this server: name, package or address", text()),
            ]
        },
        body: None,
        answer: || schema("tool"),
        names: true,
    },
    Described {
        method: "get",
        path: "/v1/servers/{name}",
        summary: "Everything that is known of a server",
        parameters: || vec![("name", "path", true, "name, package or address", text())],
        body: None,
        answer: || schema("server"),
        names: true,
    },
    Described {
        method: "get",
        path: "/v1/search",
        summary: "Tools by words and filters",
        parameters: || {
            vec![
                ("q", "query", false, "words that the tool or its server has", text()),
                (
                    "class",
                    "query",
                    false,
                    "any of these classes",
                    any_of(Class::ALL.iter().map(|w| w.as_str()).collect()),
                ),
                ("risk", "query", false, "any of these risks", any_of(Risk::ALL.iter().map(|w| w.as_str()).collect())),
                (
                    "trait",
                    "query",
                    false,
                    "all of these traits",
                    any_of(Trait::ALL.iter().map(|w| w.as_str()).collect()),
                ),
                ("origin", "query", false, "learnt so", any_of(ToolOrigin::ALL.iter().map(|w| w.as_str()).collect())),
                ("server", "query", false, "any of these servers", texts()),
                ("source", "query", false, "listed by any of these sources", texts()),
                ("changed_since", "query", false, "of lists that changed since", time()),
                ("page", "query", false, "which page", json!({"type": "integer", "minimum": 1, "maximum": 1000})),
                (
                    "per_page",
                    "query",
                    false,
                    "tools on a page",
                    json!({"type": "integer", "minimum": 1, "maximum": 200}),
                ),
            ]
        },
        body: None,
        answer: || schema("search"),
        names: false,
    },
    Described {
        method: "get",
        path: "/v1/stats",
        summary: "The database in numbers",
        parameters: Vec::new,
        body: None,
        answer: || schema("stats"),
        names: false,
    },
    Described {
        method: "get",
        path: "/v1/policy",
        summary: "The recommended policy of a tool or a server",
        parameters: || {
            let targets: Vec<&str> = Target::ALL.iter().map(|target| target.as_str()).collect();
            vec![
                ("server", "query", false, "name, package or address", text()),
                ("tool", "query", false, "only for this tool", text()),
                ("target", "query", false, "the enforcement point", json!({ "type": "string", "enum": targets })),
                ("alias", "query", false, "what the configuration calls the server", text()),
            ]
        },
        body: None,
        answer: || schema("policy"),
        names: true,
    },
    Described {
        method: "post",
        path: "/v1/policy/check",
        summary: "What is wrong with a policy that is posted",
        parameters: Vec::new,
        body: Some(|| {
            let targets: Vec<&str> = Target::ALL.iter().map(|target| target.as_str()).collect();
            json!({
                "type": "object",
                "required": ["policy"],
                "additionalProperties": false,
                "properties": {
                    "policy": { "description": "its text", "type": "string" },
                    "target": { "anyOf": [{ "type": "null" }, { "type": "string", "enum": targets }] },
                    "servers": { "description": "`SERVER` or `ALIAS=SERVER` to hold it against", "type": "array", "maxItems": 32,
                        "items": { "type": "string" } },
                },
            })
        }),
        answer: || schema("policy-check"),
        names: true,
    },
    Described {
        method: "post",
        path: "/v1/classify",
        summary: "The verdicts on tools that are posted, as a tools/list result or a line of JSON each",
        parameters: || vec![("server", "query", false, "whose tools they are", text())],
        body: Some(|| {
            json!({
                "type": "object",
                "required": ["tools"],
                "properties": { "tools": {
                    "description": "one at least has to be a tool with a name; any other is read as leniently as a server's own \
                                    list, and what cannot be read as a tool is listed in `problems`",
                    "type": "array", "minItems": 1, "maxItems": 2000,
                    "items": { "properties": { "name": { "description": "a number is taken for its digits" } } },
                } },
            })
        }),
        answer: || schema("classified"),
        names: false,
    },
    Described {
        method: "get",
        path: "/v1/changes",
        summary: "What servers offer otherwise than at a time, risk-raising changes first",
        parameters: || {
            vec![
                ("since", "query", true, "a day or a time", time()),
                ("server", "query", false, "only of these servers", texts()),
                ("raising", "query", false, "only what raises a risk", json!({ "type": "boolean" })),
            ]
        },
        body: None,
        answer: || schema("diff"),
        names: false,
    },
    Described {
        method: "get",
        path: "/healthz",
        summary: "Whether the database can be asked",
        parameters: Vec::new,
        body: None,
        answer: || json!({ "type": "object", "required": ["status"], "properties": { "status": { "const": "ok" } } }),
        names: false,
    },
    Described {
        method: "get",
        path: "/openapi.json",
        summary: "This document",
        parameters: Vec::new,
        body: None,
        answer: || json!({ "type": "object", "required": ["openapi"] }),
        names: false,
    },
];

fn problem(description: &str) -> Value {
    let content = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/problem" } } });
    json!({ "description": description, "content": content })
}

impl Described {
    fn operation(&self) -> Value {
        let parameters: Vec<Value> = (self.parameters)()
            .into_iter()
            .map(|(name, place, required, about, schema)| {
                let mut parameter =
                    json!({ "name": name, "in": place, "required": required, "description": about, "schema": schema });
                if parameter["schema"]["type"] == "array" {
                    parameter["style"] = json!("form");
                    parameter["explode"] = json!(true);
                }
                parameter
            })
            .collect();
        let mut responses = Map::new();
        let content = json!({ "application/json": { "schema": (self.answer)() } });
        responses.insert("200".to_owned(), json!({ "description": "the answer", "content": content }));
        responses.insert("400".to_owned(), problem("the question makes no sense"));
        responses.insert("401".to_owned(), problem("a token is needed"));
        responses.insert("403".to_owned(), problem("another origin, or a token that is not for this"));
        if self.names {
            responses.insert("404".to_owned(), problem("what was named is not known"));
        }
        if self.body.is_some() {
            responses.insert("413".to_owned(), json!({ "description": "the body is larger than 4 MiB" }));
            responses.insert("415".to_owned(), problem("the body is not said to be JSON"));
        } else {
            responses
                .insert("304".to_owned(), json!({ "description": "the tag of If-None-Match is that of the answer" }));
        }
        responses.insert("414".to_owned(), json!({ "description": "the address is too long to be read" }));
        responses.insert("431".to_owned(), json!({ "description": "the headers are too long to be read" }));
        responses.insert("421".to_owned(), problem("another host was asked for"));
        responses.insert("429".to_owned(), problem("too many requests"));
        responses.insert("503".to_owned(), problem("too much is asked at a time, or it took too long"));
        let mut operation = json!({ "summary": self.summary, "parameters": parameters, "responses": responses });
        if let Some(body) = self.body {
            operation["requestBody"] =
                json!({ "required": true, "content": { "application/json": { "schema": body() } } });
        }
        operation
    }
}

/// The document.
pub fn openapi_document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for one in DESCRIBED.iter().chain(&registry::DESCRIBED) {
        let path = paths.entry(one.path).or_insert_with(|| json!({}));
        path[one.method] = one.operation();
    }
    let mut components = schema_components("#/components/schemas/");
    components.insert(
        "problem".to_owned(),
        json!({
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": { "type": "string" }, "title": { "type": "string" }, "status": { "type": "integer" },
                "detail": { "type": "string" },
                "nearest": { "description": "names that may have been meant", "type": "array", "items": { "type": "string" } },
            },
        }),
    );
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "mcpdex",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What tools of MCP servers do and how dangerous they are. Names, descriptions and quoted evidence \
                            are text of third parties.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{}, { "token": [] }],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}
