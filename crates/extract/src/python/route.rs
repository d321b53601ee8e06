//! Functions that a web framework serves, and the tools that converters make of them: FastAPI's routes, gradio's events.

use super::ast::Name;
use super::machine::Machine;
use super::register::Key;
use super::value::{Args, Made, Value};
use mcpdex_model::PartialReason;
use std::rc::Rc;

/// One function that answers requests.
#[derive(Debug, Clone)]
pub(super) struct Route {
    /// The application or router that it belongs to; `None` where any that is launched has it.
    app: Option<usize>,
    function: Value,
    /// The name that a tool made of it has; the function's own where there is none.
    name: Option<Value>,
    path: Option<Rc<str>>,
    method: Name,
    line: u32,
    module: usize,
}

/// Methods of an application that serve a function.
const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];

/// Methods of gradio's components that call a function.
const EVENTS: &[&str] = &["click", "submit", "change", "input", "select", "upload", "load", "release"];

impl Machine<'_> {
    /// `app.get("/path", operation_id=…)`, `button.click(function, …)`, `demo.launch(mcp_server=True)`; `None` for others.
    pub(super) fn route_method(&mut self, made: &Rc<Made>, name: &str, args: &Args, module: usize) -> Option<Value> {
        if made.path.starts_with("fastapi.") {
            if METHODS.contains(&name) {
                let mut args = args.clone();
                args.named.push((Rc::from("__app__"), Value::Made(Rc::clone(made))));
                args.named.push((Rc::from("__method__"), Value::text(name)));
                return Some(self.made("route", args, module));
            }
            if name == "include_router"
                && let Some(Value::Made(router)) = args.plain.first()
            {
                let prefix = args.named("prefix").and_then(Value::as_text);
                self.include(made.id, router, prefix.as_deref());
                return Some(Value::None);
            }
        }
        if made.path.starts_with("gradio.") {
            if EVENTS.contains(&name) {
                self.serve(None, args.get(0, "fn").cloned(), args, module);
            }
            if name == "launch" && args.named("mcp_server").and_then(Value::truth) == Some(true) {
                self.launch(made, args, module);
                return Some(Value::None);
            }
        }
        None
    }

    /// Takes note of what gradio is given when something of it is made.
    pub(super) fn note_gradio(&mut self, path: &str, args: &Args, module: usize) {
        let kind = super::value::last(path);
        if path.starts_with("gradio.") && matches!(kind, "Interface" | "ChatInterface" | "api") {
            self.serve(None, args.get(0, "fn").cloned(), args, module);
        }
    }

    /// `@app.get(…)` on its function.
    pub(super) fn add_route(&mut self, route: &Made, function: &Value) {
        let app = match route.args.named("__app__") {
            Some(Value::Made(app)) => Some(app.id),
            _ => None,
        };
        self.routes.push(Route {
            app,
            function: function.clone(),
            name: route.args.named("operation_id").cloned(),
            path: route.args.get(0, "path").and_then(Value::as_text),
            method: route.args.named("__method__").and_then(Value::as_text).unwrap_or_else(|| Rc::from("get")),
            line: route.args.line,
            module: route.module,
        });
    }

    fn serve(&mut self, app: Option<usize>, function: Option<Value>, args: &Args, module: usize) {
        let Some(function @ (Value::Function(_) | Value::Bound(_))) = function else { return };
        let name = args.named("api_name").cloned();
        // `api_name=False` keeps an event to the page.
        if matches!(name, Some(Value::Bool(false))) {
            return;
        }
        let name = name.filter(|name| name.as_text().is_some());
        let method = Rc::from("");
        self.routes.push(Route { app, function, name, path: None, method, line: args.line, module });
    }

    fn include(&mut self, app: usize, router: &Made, prefix: Option<&str>) {
        let own = router.args.named("prefix").and_then(Value::as_text).unwrap_or_default();
        let more: Vec<Route> = self.routes.iter().filter(|route| route.app == Some(router.id)).cloned().collect();
        for route in more {
            let path = route.path.map(|path| Rc::from(format!("{}{own}{path}", prefix.unwrap_or_default())));
            self.routes.push(Route { app: Some(app), path, ..route });
        }
    }

    /// Gradio shows every function that it calls as a tool.
    fn launch(&mut self, made: &Made, args: &Args, module: usize) {
        let number = self.server_of_routes(Key::Object(made.id), module, args.line);
        for route in self.routes.clone().into_iter().filter(|route| route.app.is_none()) {
            self.register_route(number, &route, route.name.clone());
        }
    }

    /// The tools that a converter makes of an application's routes; whether it is known.
    pub(super) fn convert(&mut self, server: usize, app: &Value, args: &Args, module: usize) -> bool {
        let Value::Made(app) = app else { return false };
        if !app.path.starts_with("fastapi.") {
            return false;
        }
        let changed = [
            "route_maps",
            "route_map_fn",
            "mcp_names",
            "include_operations",
            "exclude_operations",
            "include_tags",
            "exclude_tags",
            "mcp_component_fn",
        ];
        if changed.iter().any(|name| args.named(name).is_some()) {
            let site = self.site(module, args.line);
            self.note(PartialReason::GeneratedTools, "which routes become tools is decided by a map", site);
        }
        for route in self.routes.clone().into_iter().filter(|route| route.app == Some(app.id)) {
            let name = route.name.clone().filter(|name| name.as_text().is_some()).or_else(|| usual_name(&route));
            self.register_route(server, &route, name);
        }
        true
    }

    fn register_route(&mut self, server: usize, route: &Route, name: Option<Value>) {
        let named = name.into_iter().map(|name| (Rc::from("name"), name)).collect();
        let options = Args { named, line: route.line, ..Args::default() };
        self.register(server, &route.function, &options, route.module);
    }
}

/// The identity that FastAPI gives a route that states none: function, path and method.
fn usual_name(route: &Route) -> Option<Value> {
    let function = match &route.function {
        Value::Function(function) => Rc::clone(&function.def.name),
        Value::Bound(bound) => Rc::clone(&bound.1.def.name),
        _ => return None,
    };
    let whole = format!("{function}{}", route.path.as_deref()?);
    let plain: String = whole.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    Some(Value::text(format!("{plain}_{}", route.method)))
}
