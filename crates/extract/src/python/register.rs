//! The servers of a package: which tools are registered on which of them, and which of them a client gets to see.

use super::absent::Clues;
use super::ast::Name;
use super::condition::either;
use super::docstring::Split;
use super::machine::{Machine, is_mcp, is_server};
use super::tool;
use super::transform;
use super::value::{Args, Registrar, Role, Value};
use crate::{Extraction, SourceTool};
use mcpdex_model::{PartialReason, ToolSite};
use std::collections::BTreeSet;
use std::rc::Rc;

/// What tells two servers apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Object(usize),
    Path(Rc<str>),
    /// Every server that could not be followed to where it is made.
    Unknown,
}

/// Where a server's tools come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// From code that registers them.
    Code,
    /// From another server, asked at run time.
    Proxy,
    /// From an API description, read at run time.
    Generated,
}

/// One server object.
pub(super) struct Server {
    key: Key,
    origin: Origin,
    site: ToolSite,
    /// Made by the framework that may split docstrings.
    is_fastmcp: bool,
    pub(super) tools: Vec<(Name, SourceTool)>,
    /// Functions that answer `tools/list`.
    pub handlers: Vec<(Value, ToolSite)>,
    /// Servers mounted on this one: number, prefix of their tools' names, and where.
    pub(super) mounts: Vec<(usize, Option<Rc<str>>)>,
    is_mounted: bool,
    /// Something starts it.
    runs: bool,
}

/// Whether calling `name` of a framework makes a server from something that is not code of the package.
pub(super) fn makes_server(name: &str) -> bool {
    origin(name) != Origin::Code
}

fn origin(name: &str) -> Origin {
    match name {
        "as_proxy" | "create_proxy" | "FastMCPProxy" | "ProxyClient" => Origin::Proxy,
        "from_openapi" | "from_fastapi" | "FastMCPOpenAPI" | "FastApiMCP" => Origin::Generated,
        _ => Origin::Code,
    }
}

/// Methods that start a server or hand it to something that does.
fn starts(name: &str) -> bool {
    name.starts_with("run")
        || name.ends_with("_app")
        || matches!(name, "create_initialization_options" | "serve" | "start" | "connect" | "mount_http")
}

impl Machine<'_> {
    /// The number of the server that `value` is; `None` when it is something else.
    pub(super) fn server_number(&mut self, value: &Value, module: usize, line: u32) -> Option<usize> {
        let is_fastmcp = match value {
            Value::Made(made) => made.path.starts_with("fastmcp."),
            Value::External(path) => path.starts_with("fastmcp."),
            Value::Instance(instance) => instance.class.has_external_base(&|path| path.starts_with("fastmcp.")),
            _ => self.package.requires_fastmcp_only(),
        };
        let key = match value {
            Value::Made(made) if is_server(&made.path) || makes_server(made.kind()) => Key::Object(made.id),
            // An object of a framework that is not known to be a server may well be one.
            Value::Made(made) if is_mcp(&made.path) => Key::Object(made.id),
            Value::Instance(instance) if instance.class.has_external_base(&is_server) => Key::Object(instance.id),
            Value::External(path) if is_mcp(path) => Key::Path(Rc::clone(path)),
            Value::Unknown | Value::Method(_) => Key::Unknown,
            _ => return None,
        };
        let number = self.server_of(key, Origin::Code, module, line);
        self.servers[number].is_fastmcp |= is_fastmcp;
        Some(number)
    }

    fn server_of(&mut self, key: Key, origin: Origin, module: usize, line: u32) -> usize {
        if let Some(known) = self.servers.iter().position(|server| server.key == key) {
            return known;
        }
        let site = self.site(module, line);
        self.servers.push(Server {
            key,
            origin,
            site,
            is_fastmcp: false,
            tools: Vec::new(),
            handlers: Vec::new(),
            mounts: Vec::new(),
            is_mounted: false,
            runs: false,
        });
        self.servers.len() - 1
    }

    /// A server that is made by serving functions, and runs.
    pub(super) fn server_of_routes(&mut self, key: Key, module: usize, line: u32) -> usize {
        let number = self.server_of(key, Origin::Code, module, line);
        self.servers[number].runs = true;
        number
    }

    /// The server that another package defines at `path`.
    pub(super) fn server_at(&mut self, path: &str, module: usize, line: u32) -> usize {
        self.server_of(Key::Path(Rc::from(path)), Origin::Code, module, line)
    }

    /// Takes note of a server that was just made.
    pub(super) fn note_server(&mut self, value: &Value, module: usize) {
        let Value::Made(made) = value else { return };
        let number = self.server_of(Key::Object(made.id), origin(made.kind()), module, made.args.line);
        let app = made.args.named("app").or_else(|| made.args.named("fastapi")).or_else(|| made.args.plain.first());
        if origin(made.kind()) == Origin::Generated
            && (app.cloned().is_some_and(|app| self.convert(number, &app, &made.args, module))
                || self.describe_server(number, made.kind(), &made.args, module))
        {
            // What the routes are is known; no description is read at run time.
            self.servers[number].origin = Origin::Code;
        }
        self.note_arguments(number, value, &made.args, module);
    }

    /// Takes note of an object of a class that extends a server.
    pub(super) fn note_server_instance(&mut self, value: &Value, args: &Args, module: usize) {
        if let Value::Instance(instance) = value
            && instance.class.has_external_base(&is_server)
        {
            let number = self.server_of(Key::Object(instance.id), Origin::Code, module, args.line);
            self.note_arguments(number, value, args, module);
        }
    }

    fn note_arguments(&mut self, number: usize, server: &Value, args: &Args, module: usize) {
        if let Some(lifespan @ (Value::Function(_) | Value::Bound(_))) = args.named("lifespan") {
            self.later.push((lifespan.clone(), Args { plain: vec![server.clone()], ..Args::default() }));
        }
        if let Some(handler) = args.named("on_list_tools") {
            let site = self.site(module, args.line);
            self.servers[number].handlers.push((handler.clone(), site));
        }
        for what in ["middleware", "transforms", "tool_transformations", "providers", "include_tags", "exclude_tags"] {
            if let Some(given) = args.named(what).filter(|given| given.truth() != Some(false)) {
                let each = given.items().unwrap_or_else(|| vec![given.clone()]);
                each.iter().for_each(|one| self.note_change(what, one, args, module));
            }
        }
        if let Some(tools) = args.named("tools").and_then(Value::items) {
            for tool in tools {
                let given = Args { plain: vec![tool], line: args.line, ..Args::default() };
                self.add_tool(number, &given, module);
            }
        }
    }

    /// Calls a method of a server; `None` when `receiver` is none, or has no such method that matters here.
    pub(super) fn server_method(&mut self, receiver: &Value, name: &str, args: &Args, module: usize) -> Option<Value> {
        let known = !receiver.is_unknown();
        let matters = match name {
            "tool" | "add_tool" | "list_tools" => true,
            "mount"
            | "import_server"
            | "remove_tool"
            | "add_provider"
            | "add_request_handler"
            | "add_middleware"
            | "add_transform"
            | "add_tool_transformation" => known,
            "disable" | "enable" => known && self.is_server_value(receiver),
            name => known && (starts(name) || makes_server(name)),
        };
        if !matters {
            return None;
        }
        if makes_server(name) {
            let path = match receiver {
                Value::Made(made) if is_mcp(&made.path) => format!("{}.{name}", made.path),
                Value::Class(class) if class.has_external_base(&is_server) => format!("fastmcp.{name}"),
                _ => return None,
            };
            let value = self.made(&path, args.clone(), module);
            self.note_server(&value, module);
            return Some(value);
        }
        let server = self.server_number(receiver, module, args.line)?;
        Some(match name {
            "tool" => self.tool_decorator(server, args.clone(), module),
            "add_tool" => {
                self.add_tool(server, args, module);
                Value::None
            }
            "list_tools" => {
                let args = args.clone();
                Value::Registrar(Rc::new(Registrar { server: Some(server), args, role: Role::ListTools, module }))
            }
            "mount" | "import_server" => {
                self.mount(server, args, module);
                Value::None
            }
            "remove_tool" => {
                self.remove_tool(receiver, args.get(0, "name"), args.line, module);
                Value::None
            }
            "add_request_handler" => {
                self.add_request_handler(server, args, module);
                Value::None
            }
            "add_middleware" | "add_transform" | "add_tool_transformation" | "add_provider" | "disable" | "enable" => {
                let what = args.plain.first().cloned().unwrap_or_default();
                self.note_change(name, &what, args, module);
                Value::None
            }
            _ => {
                self.servers[server].runs = true;
                return None;
            }
        })
    }

    /// `server.mount(other, prefix)` in all the orders of arguments that its versions had.
    fn mount(&mut self, server: usize, args: &Args, module: usize) {
        let all = || args.plain.iter().chain(args.named("server"));
        let prefix = ["prefix", "namespace"].iter().find_map(|name| args.named(name));
        let prefix = prefix.or_else(|| all().find(|value| matches!(value, Value::Str(_)))).and_then(Value::as_text);
        let child = all().find(|value| !matches!(value, Value::Str(_) | Value::None)).cloned().unwrap_or_default();
        let site = self.site(module, args.line);
        let number = match &child {
            Value::Unknown | Value::Method(_) => None,
            child => self.server_number(child, module, args.line),
        };
        let Some(number) = number else {
            self.note(PartialReason::MountedServer, "a server that is made at run time is mounted here", site);
            return;
        };
        self.servers[number].is_mounted = true;
        match (self.servers[number].origin, &self.servers[number].key) {
            (Origin::Proxy, _) => {
                self.note(PartialReason::MountedServer, "a proxy of another server is mounted here", site);
            }
            (Origin::Generated, _) => {
                self.note(PartialReason::GeneratedTools, "tools are made from an API description", site);
            }
            (Origin::Code, Key::Path(path)) => {
                let detail = format!("a server of another package, `{path}`, is mounted here");
                self.note(PartialReason::MountedServer, &detail, site);
            }
            (Origin::Code, _) if number != server => self.servers[server].mounts.push((number, prefix)),
            (Origin::Code, _) => {}
        }
    }

    /// `server.add_tool(…)`: a function with options, or a finished tool.
    pub(super) fn add_tool(&mut self, server: usize, args: &Args, module: usize) {
        let Some(given) = args.plain.first().or_else(|| args.named("fn")).or_else(|| args.named("tool")).cloned()
        else {
            return;
        };
        match &given {
            Value::Made(made) if made.kind() == "partial" => {
                let rest = Args { plain: args.plain.iter().skip(1).cloned().collect(), ..args.clone() };
                self.register(server, &given, &rest, module);
            }
            Value::Function(_) | Value::Bound(_) => {
                let rest = Args { plain: args.plain.iter().skip(1).cloned().collect(), ..args.clone() };
                self.register(server, &given, &rest, module);
            }
            Value::Made(made) if made.kind() == "from_tool" => {
                let split = if self.servers[server].is_fastmcp { self.package.split() } else { Split::Never };
                match transform::from_tool(self, &Rc::clone(made), split) {
                    Some(found) => self.keep(server, found, &given),
                    None => {
                        let site = self.site(module, args.line);
                        self.note(PartialReason::UnresolvedValue, "a tool that is made from one at run time", site);
                    }
                }
            }
            Value::Made(made) if made.kind().starts_with("from_function") || made.kind() == "FunctionTool" => {
                let made = Rc::clone(made);
                let function = made.args.get(0, "fn").cloned().unwrap_or_default();
                let rest = Args { plain: Vec::new(), ..made.args.clone() };
                self.register(server, &function, &rest, module);
            }
            _ => {
                let site = self.site(module, args.line);
                if let Some(found) = self.tool_object(&given, &site) {
                    self.keep(server, found, &given);
                }
            }
        }
    }

    /// Registers `function` as a tool of `server`, with the options that its decorator gave.
    pub(super) fn register(&mut self, server: usize, function: &Value, options: &Args, module: usize) {
        let split = if self.servers[server].is_fastmcp { self.package.split() } else { Split::Never };
        if let Some(found) = tool::from_function(self, function, options, module, split) {
            self.keep(server, found, function);
        }
        self.register_alternate(function, |machine, other| machine.register(server, other, options, module));
    }

    /// Keeps a tool that was registered as `value`, under what must hold for it to be there.
    pub(super) fn keep(&mut self, server: usize, (name, found): (Name, SourceTool), value: &Value) {
        if self.is_shut() {
            return;
        }
        self.registered.insert((found.site.file.clone(), found.site.line));
        let found = found.under(self.condition_of(value));
        let most = self.work.budget.limits.tools;
        let tools = &mut self.servers[server].tools;
        let has_room = tools.len() <= most;
        // Two ways through the program may register one tool twice; servers keep the first, and either way gives it.
        match tools.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.condition = either(known.condition.take(), found.condition),
            None if has_room => tools.push((name, found)),
            None => {}
        }
    }

    /// Walks what is called later, asks every handler, and gathers the tools of the servers that a client sees.
    pub(super) fn finish(mut self) -> (Extraction, Clues) {
        let mut turn = 0;
        while turn < self.later.len() && turn < 500 {
            let (function, args) = self.later[turn].clone();
            let args = Args { is_entry: args.plain.is_empty(), ..args };
            self.call(&function, args, 0);
            turn += 1;
        }
        let mut server = 0;
        while server < self.servers.len() {
            let handlers = std::mem::take(&mut self.servers[server].handlers);
            for (handler, site) in handlers {
                self.ask(server, &handler, site);
            }
            server += 1;
        }
        self.note_hooks();
        let any_runs = self.servers.iter().any(|server| server.runs && server.has_something());
        let mut tools = Vec::new();
        let mut seen = BTreeSet::new();
        for number in 0..self.servers.len() {
            let server = &self.servers[number];
            let is_shown = !server.is_mounted && (!any_runs || server.runs || server.key == Key::Unknown);
            if !is_shown {
                continue;
            }
            let (origin, site) = (server.origin, server.site.clone());
            match origin {
                Origin::Code => {}
                Origin::Proxy => {
                    self.note(PartialReason::MountedServer, "the tools of another server are passed on", site);
                }
                Origin::Generated => {
                    self.note(PartialReason::GeneratedTools, "tools are made from an API description", site);
                }
            }
            self.gather(number, "", 0, &mut seen, &mut tools);
        }
        let is_source = |server: &&Server| server.origin != Origin::Code;
        let clues = Clues {
            has_source: self.servers.iter().any(|server| is_source(&server))
                || self.notes.iter().any(|partial| partial.reason == PartialReason::MountedServer),
            server: self.servers.iter().find(|server| matches!(server.key, Key::Object(_))).map(|one| one.site.clone()),
            framework: self.framework,
            registered: self.registered,
            programs: self.programs,
            starts: self.starts,
        };
        (Extraction { tools, partial: self.notes.into_vec() }, clues)
    }
}

impl Server {
    fn has_something(&self) -> bool {
        !self.tools.is_empty() || !self.mounts.is_empty() || self.origin != Origin::Code
    }
}
