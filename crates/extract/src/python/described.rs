//! Servers that are made of an API description which the package holds (`FastMCP.from_openapi`).

use super::json::to_json;
use super::machine::Machine;
use super::value::{Args, Value};
use crate::SourceTool;
use crate::openapi::{self, ApiDocument, Convention, Naming};
use mcpdex_model::{Partial, PartialReason};
use std::rc::Rc;

/// Arguments that decide which operations become tools, in ways that are not followed.
const CHANGING: &[&str] = &["route_maps", "route_map_fn", "mcp_component_fn"];

impl Machine<'_> {
    /// Registers what a converter makes of a description; whether the description is known.
    pub(super) fn describe_server(&mut self, server: usize, kind: &str, args: &Args, module: usize) -> bool {
        if !matches!(kind, "from_openapi" | "FastMCPOpenAPI") {
            return false;
        }
        let Some(given @ Value::Dict(_)) = args.get(0, "openapi_spec") else { return false };
        let mut holes = Vec::new();
        let Some(document) = to_json(given, "", &mut holes).and_then(ApiDocument::of_value) else { return false };
        let site = self.site(module, args.line);
        let mut naming = Naming::of(Convention::FastMcp);
        if let Some(Value::Dict(pairs)) = args.named("mcp_names") {
            let text = |value: &Value| value.as_text().map(|text| text.to_string());
            naming.names.extend(pairs.borrow().iter().filter_map(|(id, name)| Some((text(id)?, text(name)?))));
        }
        let is_changed =
            CHANGING.iter().any(|name| args.named(name).is_some_and(|value| !matches!(value, Value::None)));
        if is_changed {
            let detail = "which operations of the API description become tools is decided by a map";
            self.note(PartialReason::GeneratedTools, detail, site.clone());
        }
        if !holes.is_empty() {
            let detail = "parts of the API description are made at run time";
            self.note(PartialReason::GeneratedTools, detail, site.clone());
        }
        let reading = openapi::tools(&document, &naming);
        for why in &reading.missing {
            self.note(PartialReason::GeneratedTools, why, site.clone());
        }
        for api in reading.tools {
            let Some(name) = api.tool.get("name").and_then(|name| name.as_str()).map(Rc::<str>::from) else { continue };
            let unsure = |what: String| {
                let detail = format!("{what} could not be followed to its value");
                Partial::inexact(PartialReason::UnresolvedValue, detail, Some(site.clone()))
            };
            let partial = api.unsure.into_iter().map(unsure).collect();
            let found = SourceTool::new(&api.tool, site.clone(), partial);
            self.keep(server, (name, found), &Value::Unknown);
        }
        true
    }
}
