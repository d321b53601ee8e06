//! Servers that are made of an API description which the package holds (`FastMCP.from_openapi`).

use super::condition::Gate;
use super::json::to_json;
use super::machine::Machine;
use super::value::{Args, Value};
use crate::SourceTool;
use crate::openapi::{self, ApiDocument, Becomes, Convention, Naming, Route as ApiRule};
use mcpdex_model::{Partial, PartialReason};
use serde_json::{Map, Value as Json};
use std::rc::Rc;

impl Machine<'_> {
    /// Registers what a converter makes of a description; whether the description is known.
    pub(super) fn describe_server(&mut self, server: usize, kind: &str, args: &Args, module: usize) -> bool {
        if !matches!(kind, "from_openapi" | "FastMCPOpenAPI") {
            return false;
        }
        let Some(given @ Value::Dict(_)) = args.get(0, "openapi_spec") else { return false };
        let mut holes = Vec::new();
        let Some(document) = to_json(given, &mut holes).and_then(ApiDocument::of_value) else { return false };
        let site = self.site(module, args.line);
        let mut naming = Naming::of(Convention::FastMcp);
        if let Some(Value::Dict(pairs)) = args.named("mcp_names") {
            let text = |value: &Value| value.as_text().map(|text| text.to_string());
            naming.names.extend(pairs.borrow().iter().filter_map(|(id, name)| Some((text(id)?, text(name)?))));
        }
        if let Some(maps) = args.named("route_maps").filter(|maps| !matches!(maps, Value::None)) {
            match self.items_of(maps, module).and_then(|maps| maps.iter().map(rule).collect::<Option<Vec<_>>>()) {
                Some(rules) => naming.routes = rules,
                None => {
                    let detail = "which operations of the API description become tools is decided at run time";
                    self.note(PartialReason::GeneratedTools, detail, site.clone());
                }
            }
        }
        let decides = args.named("route_map_fn").filter(|value| !matches!(value, Value::None)).cloned();
        let rewrites = args.named("mcp_component_fn").filter(|value| !matches!(value, Value::None)).cloned();
        if !holes.is_empty() {
            let detail = "parts of the API description are made at run time";
            self.note(PartialReason::GeneratedTools, detail, site.clone());
        }
        let reading = openapi::tools(&document, &naming);
        for why in &reading.missing {
            self.note(PartialReason::GeneratedTools, why, site.clone());
        }
        for api in reading.tools {
            let unsure = |what: String| {
                let detail = format!("{what} could not be followed to its value");
                Partial::inexact(PartialReason::UnresolvedValue, detail, Some(site.clone()))
            };
            let mut doubts = api.unsure;
            let mut object = api.tool;
            let route = self.http_route(given, &api.call, args.line, module).unwrap_or_default();
            if let Some(rewrites) = &rewrites {
                doubts.extend(self.rewrite(rewrites, &route, &mut object, args.line, module));
            }
            let partial = doubts.into_iter().map(unsure).collect();
            let Some(name) = object.get("name").and_then(Json::as_str).map(Rc::<str>::from) else { continue };
            let found = SourceTool::new(&object, site.clone(), partial);
            let outside = self.gates.len();
            match decides.as_ref().map(|decides| self.becomes_tool(decides, &route, args.line, module)) {
                Some(Some(false)) => continue,
                Some(None) => {
                    let text = Rc::from("route_map_fn");
                    self.gates.push(Gate::in_words(text));
                }
                Some(Some(true)) | None => {}
            }
            self.keep(server, (name, found), &Value::Unknown);
            self.gates.truncate(outside);
        }
        true
    }

    /// One operation (`METHOD /path`) as the converter shows it to functions of the package.
    fn http_route(&mut self, spec: &Value, call: &str, line: u32, module: usize) -> Option<Value> {
        let (method, path) = call.split_once(' ')?;
        let inside = |value: &Value, key: &str| match value {
            Value::Dict(pairs) => {
                let pairs = pairs.borrow();
                let of = |wanted: &str| pairs.iter().find(|(k, _)| k.as_text().is_some_and(|k| &*k == wanted));
                of(key).map(|(_, value)| value.clone())
            }
            _ => None,
        };
        let operation = inside(&inside(&inside(spec, "paths")?, path)?, &method.to_lowercase())?;
        let named = vec![
            (Rc::from("operation_id"), inside(&operation, "operationId").unwrap_or(Value::None)),
            (Rc::from("path"), Value::text(path)),
            (Rc::from("method"), Value::text(method)),
            (Rc::from("tags"), inside(&operation, "tags").unwrap_or_else(|| Value::list(Vec::new()))),
        ];
        Some(self.made("fastmcp.HTTPRoute", Args { named, line, ..Args::default() }, module))
    }

    /// What the package's own function says of an operation: whether it becomes a tool.
    fn becomes_tool(&mut self, decides: &Value, route: &Value, line: u32, module: usize) -> Option<bool> {
        let usual = Value::External(Rc::from("fastmcp.MCPType.TOOL"));
        match self.call(decides, Args { plain: vec![route.clone(), usual], line, ..Args::default() }, module) {
            Value::None => Some(true),
            Value::External(path) => Some(path.ends_with(".TOOL")),
            _ => None,
        }
    }

    /// Lets the package's own function change a tool; what of that is not known is given back.
    fn rewrite(
        &mut self,
        rewrites: &Value,
        route: &Value,
        tool: &mut Map<String, Json>,
        line: u32,
        module: usize,
    ) -> Option<String> {
        let text = |key: &str| tool.get(key).and_then(Json::as_str).map_or(Value::None, Value::text);
        let named = ["name", "title", "description"].map(|key| (Rc::from(key), text(key))).to_vec();
        let component = self.made("fastmcp.OpenAPITool", Args { named, line, ..Args::default() }, module);
        let (Value::Function(_) | Value::Bound(_), Value::Made(made)) = (rewrites, &component) else {
            return Some("what `mcp_component_fn` makes of it".to_owned());
        };
        let id = made.id;
        self.call(rewrites, Args { plain: vec![route.clone(), component.clone()], line, ..Args::default() }, module);
        for key in ["name", "title", "description"] {
            match self.patched.remove(&(id, Rc::from(key))) {
                None => {}
                Some(value) => match value.as_text() {
                    Some(text) => drop(tool.insert(key.to_owned(), Json::from(&*text))),
                    None => return Some(format!("the {key} that `mcp_component_fn` gives it")),
                },
            }
        }
        None
    }
}

/// One `RouteMap(methods=…, pattern=…, tags=…, mcp_type=…)`; `None` where it is not known.
fn rule(value: &Value) -> Option<ApiRule> {
    let Value::Made(made) = value else { return None };
    let texts = |name: &str| match made.args.named(name) {
        None | Some(Value::None) => Some(Vec::new()),
        // `methods="*"`
        Some(Value::Str(text)) if &**text == "*" => Some(Vec::new()),
        Some(list) => list.items()?.iter().map(|item| Some(item.as_text()?.to_string())).collect::<Option<Vec<_>>>(),
    };
    let pattern = match made.args.named("pattern") {
        None | Some(Value::None) => String::new(),
        Some(pattern) => pattern.as_text()?.to_string(),
    };
    let kind = made.args.named("mcp_type").or_else(|| made.args.named("route_type"))?;
    let becomes = if kind.path()?.ends_with(".TOOL") { Becomes::Tool } else { Becomes::Nothing };
    Some(ApiRule { methods: texts("methods")?, pattern, tags: texts("tags")?, becomes })
}
