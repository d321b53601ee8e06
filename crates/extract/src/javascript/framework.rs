//! Servers that are made by a framework in one call: `new Server({tools: [...]})`, tables of tools by name, and folders
//! of tool classes.

use super::call::CallSite;
use super::kind::Kind;
use super::machine::Machine;
use super::resolve::folder_of;
use super::value::{Foreign, Shape, Text, Value};

impl<'t> Machine<'t> {
    /// Looks whether a call or construction of something foreign is given the tools of a server. True when it is.
    pub(super) fn constructed_server(&mut self, callee: &Foreign, arguments: &[Value], site: Option<CallSite>) -> bool {
        let Some(site) = site else { return false };
        let Some(package) = callee.package_name() else { return false };
        if !package.contains("mcp") {
            return self.unknown_framework(callee, arguments, site);
        }
        if package == "mcp-framework" && callee.last() == "MCPServer" {
            self.folder_of_tools(site);
            return true;
        }
        let Some(options @ Value::Object(_)) = arguments.first() else { return false };
        let mut tools = self.member(options, "tools");
        if self.is_function(&tools) {
            tools = self.call(&tools, Value::Undefined, vec![Value::Unknown], None);
        }
        if let Some((tools, open)) = self.elements(&tools) {
            let is_tool = |tool: &Value| match tool {
                Value::Object(id) => self.object(*id).properties.contains_key("name"),
                _ => false,
            };
            if !tools.iter().any(is_tool) {
                return false;
            }
            self.tool_list(&tools, open, site.site);
            return true;
        }
        self.table_of_tools(&tools, site)
    }

    /// `createApp({tools: [...]})` of a package that is not known to make servers.
    fn unknown_framework(&mut self, callee: &Foreign, arguments: &[Value], site: CallSite) -> bool {
        let Some(options @ Value::Object(_)) = arguments.first().map(Value::settled) else { return false };
        let tools = self.member(options, "tools");
        match self.listed_tools(&tools) {
            Some((tools, open)) => self.handed_over(callee, &tools, open, site.site),
            None => false,
        }
    }

    /// `{name: {description, parameters}, ...}`.
    fn table_of_tools(&mut self, table: &Value, site: CallSite) -> bool {
        let Some((members, _)) = self.members(table) else { return false };
        let mut found = false;
        for (name, tool) in members {
            let Value::Object(id) = tool else { continue };
            let object = self.object(id);
            let described = object.properties.contains_key("description");
            if !matches!(object.shape, Shape::Plain) || !described {
                continue;
            }
            let own = object.site.unwrap_or(site.site);
            let parts = self.parts_of(&tool);
            self.found(&name, parts, CallSite { site: own, last_line: own.line });
            found = true;
        }
        found
    }

    /// The framework loads every module in the folder `tools` beside the entry and makes a tool of each class.
    fn folder_of_tools(&mut self, site: CallSite) {
        let folder = folder_of(self.sources.path(site.site.file));
        let prefix = if folder.is_empty() { "tools/".to_owned() } else { format!("{folder}/tools/") };
        let sources = self.sources;
        for file in sources.under(&prefix) {
            if !sources.path(file).ends_with(".json") && !sources.path(file).ends_with(".d.ts") {
                let tool = self.export(file, "default", 0);
                self.tool_of_class(&tool);
            }
        }
    }

    /// A class whose instances name and describe themselves, or such an instance.
    fn tool_of_class(&mut self, class: &Value) {
        let Value::Object(id) = class else { return };
        let instance = match self.object(*id).shape.clone() {
            Shape::Class(class) => self.instantiate(&class, Vec::new()),
            Shape::Plain => class.clone(),
            _ => return,
        };
        let Value::Text(name) = self.member(&instance, "name") else { return };
        let mut parts = self.parts_of(&instance);
        parts.input = self.described_fields(parts.input);
        let site = self.name_sites.get(&(name.as_ptr() as usize)).map(|(_, site)| *site);
        let Some(site) = site.or(self.object(*id).site) else { return };
        self.found(&name, parts, CallSite { site, last_line: site.line });
    }

    /// `{field: {type: z.string(), description: "..."}}` as the table of parameters that it stands for.
    fn described_fields(&mut self, schema: Value) -> Value {
        let Some((members, false)) = self.members(&schema) else { return schema };
        let mut fields: Vec<(Text, Value)> = Vec::new();
        for (name, field) in members {
            let Value::Schema(kind) = self.member(&field, "type") else { return schema };
            let mut kind = (*kind).clone();
            if let Value::Text(description) = self.member(&field, "description") {
                kind.description = Some(description);
            }
            fields.push((name, Value::Schema(kind.into())));
        }
        self.object_of(fields)
    }

    /// Evaluates the decorators of a class and its members: some of them register tools.
    pub(super) fn decorators(&mut self, class: tree_sitter::Node<'t>, scope: super::value::ScopeId) {
        let mut pending = vec![class];
        while let Some(node) = pending.pop() {
            let mut group = Decorated { before: self.findings.tools(), unknown: None };
            for part in super::kind::children(node) {
                match Kind::of(part) {
                    Kind::Decorator => self.decorator(part, scope, &mut group),
                    Kind::Method if node.kind() == "class_body" => {
                        self.undecorated(&mut group);
                        pending.push(part);
                    }
                    _ if part.kind() == "class_body" => pending.push(part),
                    _ => {}
                }
            }
            self.undecorated(&mut group);
        }
    }

    fn decorator(&mut self, node: tree_sitter::Node<'t>, scope: super::value::ScopeId, group: &mut Decorated) {
        let Some(expression) = super::kind::children(node).first().copied() else { return };
        let name = self.text(expression).split('(').next().unwrap_or_default().trim();
        if !KNOWN_DECORATORS.contains(&name.rsplit('.').next().unwrap_or_default()) {
            group.unknown.get_or_insert((name.to_owned(), self.site(node)));
        }
        self.eval(expression, scope);
    }

    /// The decorators of one member end: one that is not known, beside one that registered a tool, may have changed it.
    fn undecorated(&mut self, group: &mut Decorated) {
        let tools = self.findings.tools();
        if let (true, Some((name, site))) = (tools > group.before, group.unknown.take()) {
            let detail = format!("the decorator `{name}` stands on a tool and is not understood; it may change it");
            self.findings.missing(mcpdex_model::PartialReason::UnresolvedValue, detail, Some(site));
        }
        *group = Decorated { before: tools, unknown: None };
    }
}

/// The decorators of one class or member, while they are looked at.
struct Decorated {
    /// How many tools were known before.
    before: usize,
    unknown: Option<(String, super::source::Site)>,
}

/// Decorators that register tools, or that change nothing about their names.
const KNOWN_DECORATORS: [&str; 18] = [
    "Tool",
    "tool",
    "McpTool",
    "Injectable",
    "Module",
    "Resource",
    "Prompt",
    "Public",
    "PublicTool",
    "UseGuards",
    "ToolGuards",
    "ToolScopes",
    "ToolRoles",
    "UseInterceptors",
    "UseFilters",
    "Inject",
    "Controller",
    "injectable",
];

/// Marks the definitions of Effect's tools. No program can write it.
const EFFECT_TOOL: &str = "\0effect";

impl<'t> Machine<'t> {
    /// `Tool.make(name, {description, parameters})`, `Toolkit.make(...tools)` and `McpServer.toolkit(toolkit)` of Effect.
    pub(super) fn effect_tool(
        &mut self,
        callee: &Foreign,
        arguments: &[Value],
        site: Option<CallSite>,
    ) -> Option<Value> {
        let package = callee.package_name()?;
        if !package.starts_with("@effect/ai") && !package.starts_with("effect/unstable/ai") {
            return None;
        }
        let mut path = callee.path.rsplit('.');
        let (last, before) = (path.next()?, path.next().or(package.rsplit('/').next()).unwrap_or_default());
        match (before, last) {
            ("Tool", "make") => {
                let Some(Value::Text(name)) = arguments.first() else { return None };
                let options = arguments.get(1).cloned().unwrap_or(Value::Undefined);
                let mut members = vec![("name".into(), Value::Text(name.clone())), (EFFECT_TOOL.into(), Value::Null)];
                for part in ["description", "parameters"] {
                    let value = self.member(&options, part);
                    if !value.is_nullish() {
                        members.push((part.into(), value));
                    }
                }
                let tool = self.object_of(members);
                if let (Value::Object(id), Some(site)) = (&tool, site) {
                    self.object_mut(*id).site = Some(site.site);
                }
                Some(tool)
            }
            ("Toolkit", "make") => Some(self.list(arguments.to_vec(), false)),
            ("McpServer", "toolkit" | "registerToolkit") => {
                let (tools, open) = arguments.first().and_then(|list| self.elements(list))?;
                for tool in &tools {
                    self.tool_object(tool, site?.site, true);
                }
                if open {
                    self.tool_list(&[Value::Unknown], false, site?.site);
                }
                None
            }
            _ => None,
        }
    }

    pub(super) fn is_effect_tool(&self, id: super::value::ObjectId) -> bool {
        self.object(id).properties.contains_key(EFFECT_TOOL)
    }

    /// The framework `xmcp` makes a tool of every module in a folder: `metadata`, `schema` and the default function.
    pub(super) fn modules_of_tools(&mut self, folder: &str) {
        let sources = self.sources;
        for file in sources.under(folder) {
            let path = sources.path(file);
            let Some((stem, _)) = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')) else { continue };
            if path.ends_with(".json") || path.ends_with(".d.ts") {
                continue;
            }
            let run = self.export(file, "default", 0);
            if !self.is_function(&run) {
                continue;
            }
            let metadata = self.export(file, "metadata", 0);
            let name = match self.member(&metadata, "name") {
                Value::Text(name) => name,
                _ => stem.into(),
            };
            let mut parts = self.parts_of(&metadata);
            parts.input = self.export(file, "schema", 0);
            let site = super::source::Site { file, line: 1 };
            let site = self.name_sites.get(&(name.as_ptr() as usize)).map_or(site, |(_, site)| *site);
            self.found(&name, parts, CallSite { site, last_line: site.line });
        }
    }
}
