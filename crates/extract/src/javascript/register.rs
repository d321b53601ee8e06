//! Recognises registrations: calls of an SDK's server in, tools out. The names of the methods and the shapes of the
//! arguments decide, never a package's own name.

use super::call::CallSite;
use super::condition::Condition;
use super::machine::Machine;
use super::schema::{Form, Schema};
use super::source::Site;
use super::tool::Parts;
use super::value::{Foreign, Origin, Shape, Text, Value};
use mcpdex_model::PartialReason;
use serde_json::Value as Json;

/// Modules of the runtime whose methods register nothing.
const RUNTIME: &[&str] =
    &["fs", "path", "url", "util", "events", "http", "https", "child_process", "crypto", "os", "module"];

impl<'t> Machine<'t> {
    /// Looks whether a call of something foreign registers tools. True when it does (or would, if more were known).
    pub(super) fn registration(&mut self, callee: &Foreign, arguments: &[Value], site: Option<CallSite>) -> bool {
        let Some(site) = site else { return false };
        if let Some(Value::Setting(name)) = arguments.first()
            && matches!(callee.last(), "registerTool" | "tool" | "addTool")
            && matches!(name.plain, Value::Text(_))
            && !name.others.is_empty()
            && name.others.iter().all(|(other, _)| matches!(other, Value::Text(_)))
        {
            // The name is one of several: each of them may be there.
            let mut ways = name.others.clone();
            if let [(_, condition)] = ways.as_slice() {
                let otherwise = condition.turned();
                ways.insert(0, (name.plain.clone(), otherwise));
            } else {
                ways.insert(0, (name.plain.clone(), Condition::quoted("otherwise")));
            }
            let mut is_one = false;
            for (name, condition) in ways {
                let mut arguments = arguments.to_vec();
                arguments[0] = name;
                is_one |= self.under(condition, |machine| machine.registration(callee, &arguments, Some(site)));
            }
            return is_one;
        }
        let settled: Vec<Value> = arguments.iter().map(|argument| argument.settled().clone()).collect();
        let arguments = settled.as_slice();
        let runtime = |name: &str| RUNTIME.contains(&name.strip_prefix("node:").unwrap_or(name));
        if callee.origin == Origin::Global || callee.package_name().is_some_and(runtime) {
            return false;
        }
        match callee.last() {
            "registerTool" | "registerToolTask" => self.register_tool(arguments, site),
            "tool" => self.tool_call(arguments, site),
            "registerAppTool" if arguments.len() >= 3 => self.register_tool(&arguments[1..], site),
            "addTool" => match arguments.first() {
                Some(Value::Text(_)) => self.tool_call(arguments, site),
                _ => self.add_tool(arguments, site),
            },
            "addTools" | "registerTools" => match arguments.first().and_then(|list| self.elements(list)) {
                Some((tools, open)) => {
                    self.tool_list(&tools, open, site.site);
                    true
                }
                None => false,
            },
            "setRequestHandler" => self.request_handler(arguments, site),
            // A decorator, as compilers leave it.
            "Tool" if callee.package_name().is_some_and(|name| name.contains("mcp")) => self.add_tool(arguments, site),
            _ => false,
        }
    }

    /// What a call that was not reached would register.
    pub(super) fn define_tool(&mut self, method: &str, arguments: &[Value], site: CallSite) {
        match method {
            "registerTool" => self.register_tool(arguments, site),
            "addTool" => self.add_tool(arguments, site),
            _ => self.tool_call(arguments, site),
        };
    }

    /// `registerTool(name, {title, description, inputSchema, ...}, callback)`.
    fn register_tool(&mut self, arguments: &[Value], site: CallSite) -> bool {
        let [name, configuration, ..] = arguments else {
            return self.add_tool(arguments, site);
        };
        match (name, configuration) {
            (Value::Text(name), Value::Object(_)) => {
                let parts = self.parts_of(configuration);
                self.found(&name.clone(), parts, site);
                true
            }
            (Value::Text(name), unknown) if unknown.is_unknown() => {
                let parts = Parts { description: Value::Unknown, input: Value::Unknown, ..Parts::default() };
                self.found(&name.clone(), parts, site);
                true
            }
            (Value::Object(_), _) => self.add_tool(arguments, site),
            (name, _) if name.is_unknown() => {
                self.unnamed(site.site);
                true
            }
            _ => false,
        }
    }

    /// `tool(name, [description], [shape], [annotations], callback)`; which argument is which, their shapes tell, as in
    /// the SDK.
    fn tool_call(&mut self, arguments: &[Value], site: CallSite) -> bool {
        let [name, rest @ ..] = arguments else { return false };
        if let Value::Object(id) = name
            && matches!(self.object(*id).shape, Shape::Plain)
            && !matches!(self.member(name, "name"), Value::Undefined)
        {
            self.tool_object(name, site.site, true);
            return true;
        }
        let Some((callback, mut rest)) = rest.split_last() else { return false };
        if !(self.is_function(callback) || callback.is_unknown()) {
            return false;
        }
        let Value::Text(name) = name else {
            if name.is_unknown() && !rest.is_empty() && self.is_function(callback) {
                self.unnamed(site.site);
                return true;
            }
            return false;
        };
        let mut parts = Parts::default();
        if let [description, more @ ..] = rest {
            let told = match description {
                Value::Text(_) => true,
                unknown => unknown.is_unknown() && (more.is_empty() || more.len() > 1 || self.is_shape(&more[0])),
            };
            if told {
                parts.description = description.clone();
                rest = more;
            }
        }
        if let [first, more @ ..] = rest {
            if self.is_shape(first) || first.is_unknown() || matches!(first, Value::Schema(_)) {
                parts.input = first.clone();
                if let [annotations, ..] = more {
                    parts.annotations = annotations.clone();
                }
            } else if self.is_json_schema(first) {
                // The SDK takes this for annotations; authors mean it as the schema, and newer SDKs refuse it.
                parts.input = Value::Undefined;
            } else {
                parts.annotations = first.clone();
            }
        }
        self.found(&name.clone(), parts, site);
        true
    }

    /// `addTool({name, description, parameters, ...}, [callback])`.
    fn add_tool(&mut self, arguments: &[Value], site: CallSite) -> bool {
        let Some(definition) = arguments.first() else { return false };
        match definition {
            Value::Object(id) if matches!(self.object(*id).shape, Shape::Plain) => {
                self.tool_object(definition, site.site, true);
                true
            }
            unknown if unknown.is_unknown() => {
                self.unnamed(site.site);
                true
            }
            _ => false,
        }
    }

    /// `setRequestHandler(ListToolsRequestSchema, handler)`; the newer SDK names the method by text.
    fn request_handler(&mut self, arguments: &[Value], site: CallSite) -> bool {
        let [what, handler, ..] = arguments else { return false };
        let method = match what {
            Value::Text(method) => Some(method.to_string()),
            Value::Schema(schema) => method_of(schema),
            Value::Foreign(foreign) if foreign.last().ends_with("Schema") => Some(match foreign.last() {
                "ListToolsRequestSchema" => "tools/list".to_owned(),
                other => other.to_owned(),
            }),
            _ => None,
        };
        let handler = arguments.get(2).filter(|_| !self.is_function(handler)).unwrap_or(handler);
        match method.as_deref() {
            Some("tools/list") => {
                let handler = self.handed_through(handler, site.site);
                self.findings.handler(handler, site.site, true);
            }
            // Which request it answers is not known: its answer will tell.
            None => self.findings.handler(handler.clone(), site.site, false),
            Some(_) => {}
        }
        true
    }

    /// Asks the list handlers, once everything else was followed.
    pub(super) fn ask_handlers(&mut self) {
        let handlers = std::mem::take(&mut self.findings.handlers);
        for (handler, site, certain) in handlers {
            let answer = self.call(&handler, Value::Undefined, vec![Value::Unknown, Value::Unknown], None);
            let tools = self.member(&answer, "tools");
            let tools = if certain { self.handed_through(&tools, site) } else { tools };
            match self.listed_tools(&tools) {
                Some((tools, open)) => {
                    let is_tool = |value: &Value| matches!(value, Value::Object(id) if self.object(*id).properties.contains_key("name"));
                    if certain || tools.iter().any(is_tool) {
                        self.tool_list(&tools, open, site);
                    }
                }
                None if certain => self.unknown_tool(&tools, site),
                None => {}
            }
        }
    }

    /// The tools of a list, each an object.
    pub(super) fn tool_list(&mut self, tools: &[Value], open: bool, site: Site) {
        let mut told = false;
        for tool in tools {
            match tool {
                Value::When(inner) => {
                    let (value, condition) = (inner.value.clone(), inner.condition.clone());
                    self.under(condition, |machine| machine.tool_list(&[value], false, site));
                }
                Value::Setting(setting) => {
                    let setting = setting.clone();
                    if !setting.is_absent() {
                        self.tool_list(std::slice::from_ref(&setting.plain), false, site);
                    }
                    for (other, condition) in setting.others.clone() {
                        self.under(condition, |machine| machine.tool_list(&[other], false, site));
                    }
                }
                Value::Undefined | Value::Null | Value::Bool(false) => {}
                Value::Object(_) => self.tool_object(tool, site, false),
                other => {
                    told = true;
                    match self.handed_through(other, site) {
                        Value::Object(id) if matches!(self.object(id).shape, Shape::Plain) => {
                            self.tool_object(&Value::Object(id), site, true);
                        }
                        _ => self.unknown_tool(other, site),
                    }
                }
            }
        }
        if open && !told {
            self.unknown_tool(&Value::Unknown, site);
        }
    }

    /// One tool as an object: `{name, description, inputSchema, ...}`.
    pub(super) fn tool_object(&mut self, tool: &Value, site: Site, framework: bool) {
        let name = self.member(tool, "name").settled().clone();
        let own = match tool {
            Value::Object(id) => self.object(*id).site.unwrap_or(site),
            _ => site,
        };
        let Value::Text(name) = name else {
            if !matches!(name, Value::Undefined) {
                self.unnamed(own);
            } else if let Value::Object(id) = tool
                && self.is_open(*id)
            {
                self.unknown_tool(&Value::Unknown, own);
            }
            return;
        };
        let parts = if framework { self.parts_of(tool) } else { self.listed_parts(tool) };
        let site = CallSite { site: own, last_line: own.line };
        self.found(&name, parts, site);
    }

    fn unnamed(&mut self, site: Site) {
        let detail = "a tool is registered whose name is made at run time";
        self.findings.missing(PartialReason::UnresolvedValue, detail, Some(site));
    }

    fn unknown_tool(&mut self, value: &Value, site: Site) {
        if let Value::Foreign(foreign) = value
            && foreign.path.contains("listTools")
        {
            self.findings.mounted(site);
        }
        let detail = "tools are added to the list at run time";
        self.findings.missing(PartialReason::GeneratedTools, detail, Some(site));
    }

    /// Adds a tool, at the place where its name was written.
    pub(super) fn found(&mut self, name: &Text, parts: Parts, call: CallSite) {
        let site = self.sources.tool_site(self.site_of(name, call));
        let draft = self.describe(name, parts, site);
        self.fuel += super::machine::FUEL_OF_A_TOOL;
        let conditions = self.conditions.iter().map(|(condition, _)| condition.clone()).collect();
        self.findings.tool(draft, conditions);
    }

    fn site_of(&self, name: &Text, call: CallSite) -> Site {
        match self.name_sites.get(&(name.as_ptr() as usize)) {
            Some((_, written)) => {
                let inside =
                    written.file == call.site.file && (call.site.line..=call.last_line).contains(&written.line);
                if inside { call.site } else { *written }
            }
            None => call.site,
        }
    }

    /// A method of the package was called as an SDK's would be, and following it found nothing: perhaps it keeps its
    /// tools in a way that cannot be followed.
    pub(super) fn wrapped_registration(&mut self, method: &str, arguments: &[Value], site: Option<CallSite>) {
        let Some(site) = site else { return };
        let (name, definition) = match (method, arguments) {
            ("registerTool", [Value::Text(name), configuration @ Value::Object(_), ..]) => {
                (name.clone(), configuration)
            }
            ("addTool" | "registerTool", [definition @ Value::Object(_), ..]) => {
                match self.member(definition, "name") {
                    Value::Text(name) => (name, definition),
                    _ => return,
                }
            }
            _ => return,
        };
        if !matches!(self.member(definition, "description"), Value::Text(_)) {
            return;
        }
        let parts = self.parts_of(definition);
        let site = self.sources.tool_site(self.site_of(&name, site));
        let draft = self.describe(&name, parts, site);
        self.findings.doubtful(draft);
    }

    /// Takes every object that was made and has all the parts of a tool for a tool: what remains when the registration
    /// goes through something that cannot be followed.
    pub(super) fn take_definitions(&mut self) {
        let mut first = None;
        for id in self.objects() {
            let object = self.object(id);
            let (Shape::Plain, Some(site)) = (&object.shape, object.site) else { continue };
            let text = |name: &str| match object.properties.get(name) {
                Some(super::value::Property::Data(Value::Text(text))) => Some(text.clone()),
                _ => None,
            };
            let has = |names: &[&str]| names.iter().any(|name| object.properties.contains_key(*name));
            let (Some(name), Some(_)) = (text("name"), text("description")) else { continue };
            let known = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'));
            let schema = ["inputSchema", "parameters", "paramsSchema", "schema"];
            let acts = ["handler", "execute", "logic", "run", "callback", "call", "outputSchema", "annotations"];
            let resource = has(&["uri", "uriTemplate", "uriPattern"]);
            if !known || resource || !has(&schema) || !has(&acts) {
                continue;
            }
            first.get_or_insert(site);
            self.tool_object(&Value::Object(id), site, true);
        }
        if let Some(site) = first {
            let detail = "tools are defined here and registered in a way that could not be followed";
            self.findings.missing(PartialReason::UnresolvedValue, detail, Some(site));
        }
    }
}

/// The method that a request schema of the SDK stands for.
fn method_of(schema: &Schema) -> Option<String> {
    let Form::Object { shape, .. } = &schema.form else { return None };
    let (_, method) = shape.iter().find(|(name, _)| name.as_ref() == "method")?;
    let Form::Plain(fragment) = &method.form else { return None };
    let value = fragment.get("const").or_else(|| fragment.get("enum")?.get(0))?;
    match value {
        Json::String(text) => Some(text.clone()),
        _ => None,
    }
}
