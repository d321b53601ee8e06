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
            for part in super::kind::children(node) {
                match Kind::of(part) {
                    Kind::Decorator => {
                        if let Some(expression) = super::kind::children(part).first() {
                            self.eval(*expression, scope);
                        }
                    }
                    Kind::Method if node.kind() == "class_body" => pending.push(part),
                    _ if part.kind() == "class_body" => pending.push(part),
                    _ => {}
                }
            }
        }
    }
}
