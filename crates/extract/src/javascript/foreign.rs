//! Calls of what the package does not contain: the runtime, its modules and other packages. What is known of them is
//! computed; for the rest their callbacks are followed. No file outside of the package is ever looked at.

use super::call::CallSite;
use super::kind::Kind;
use super::machine::Machine;
use super::operator::{to_number, to_text};
use super::value::{Foreign, Object, Origin, Shape, Value};
use tree_sitter::Node;

/// The origin of what a registration gives back: a handle of the tool. No package can be named like this.
const REGISTERED: &str = "%registered";

impl<'t> Machine<'t> {
    pub(super) fn call_foreign(&mut self, callee: &Foreign, arguments: Vec<Value>, site: Option<CallSite>) -> Value {
        if let Some(value) = self.of_setting(callee, &arguments, site) {
            return value;
        }
        if let Origin::Package(package) = &callee.origin
            && package.as_ref() == REGISTERED
            && matches!(callee.last(), "disable" | "remove" | "enable" | "update")
        {
            return self.registered_method(callee);
        }
        if self.registration(callee, &arguments, site) {
            return match arguments.first() {
                Some(Value::Text(name)) => Foreign::package(REGISTERED, name),
                _ => Value::foreign(callee.called()),
            };
        }
        if callee.last() == "getClientCapabilities" {
            // Nothing is known of the client; by default it announces nothing.
            return self.setting("client capabilities");
        }
        if let Some(schema) = self.library_schema(callee, &arguments) {
            return schema;
        }
        if let Some(definition) = self.effect_tool(callee, &arguments, site) {
            return definition;
        }
        if let Some(maker) = self.zod_maker(callee, &arguments) {
            return self.zod_call(maker, &arguments);
        }
        if let Some(converted) = self.conversion_by_name(callee.last(), &arguments) {
            return converted;
        }
        let known = match &callee.origin {
            Origin::Global => self.global(&callee.path, &arguments, site),
            Origin::Package(package) => match package.strip_prefix("node:").unwrap_or(package) {
                "path" | "path/posix" | "url" | "fs" | "fs/promises" | "module" | "os" => {
                    self.runtime_module(callee.last(), &arguments)
                }
                _ => self.other_package(callee, &arguments),
            },
            Origin::Nowhere => None,
        };
        if let Some(value) = known {
            return value;
        }
        if self.constructed_server(callee, &arguments, site) {
            return Value::foreign(callee.called());
        }
        if let Origin::Package(package) = &callee.origin {
            if super::option::is_option_library(package) {
                self.declare_options(callee, &arguments);
                // Its callbacks are given options that nobody passed.
                let options = self.options();
                self.follow_callbacks_with(&arguments, &options);
            }
            self.findings.package_used(package);
            if matches!(package.as_ref(), "vm" | "node:vm") {
                self.computed_code("`vm`", &arguments, site);
            }
        }
        self.escapes(callee, &arguments, site);
        if let (Some(site), "listTools") = (site, callee.last()) {
            self.findings.mounted(site.site);
        }
        self.follow_callbacks(&arguments);
        match arguments.first() {
            // Whatever takes a schema alone and is not known is taken for a conversion of it.
            Some(schema @ Value::Schema(_)) if callee.origin != Origin::Nowhere => schema.clone(),
            _ => self.result_of(callee, arguments),
        }
    }

    /// A method of a tool's handle: a tool that is switched off is not listed.
    fn registered_method(&mut self, method: &Foreign) -> Value {
        let conditions: Vec<_> = self.conditions.iter().map(|(condition, _)| condition.clone()).collect();
        for (suffix, on) in [(".disable", false), (".remove", false), (".enable", true)] {
            if let Some(name) = method.path.strip_suffix(suffix) {
                self.findings.switch(name, on, &conditions);
            }
        }
        Value::Undefined
    }

    /// A function whose name says that it makes a JSON Schema of its argument.
    pub(super) fn conversion_by_name(&mut self, name: &str, arguments: &[Value]) -> Option<Value> {
        let Some(Value::Schema(schema)) = arguments.first() else { return None };
        if name.len() > 200 || !name.to_ascii_lowercase().replace('_', "").contains("jsonschema") {
            return None;
        }
        let schema = schema.clone();
        let object = self.schema_object(&schema);
        Some(self.defined_under_a_name(name, object, arguments.get(1)))
    }

    /// `zodToJsonSchema(schema, "name")` or `{name}` gives a reference to a definition of that name.
    fn defined_under_a_name(&mut self, function: &str, schema: Value, options: Option<&Value>) -> Value {
        if !function.ends_with("zodToJsonSchema") {
            return schema;
        }
        let (name, folder) = match options {
            Some(Value::Text(name)) => (Value::Text(name.clone()), Value::Undefined),
            Some(options @ Value::Object(_)) => (self.member(options, "name"), self.member(options, "definitionPath")),
            _ => return schema,
        };
        let Value::Text(name) = name else { return schema };
        let folder = folder.as_text().cloned().unwrap_or_else(|| "definitions".into());
        let reference = Value::text(&format!("#/{folder}/{name}"));
        let definitions = self.object_of(vec![(name, schema)]);
        self.object_of(vec![("$ref".into(), reference), (folder, definitions)])
    }

    /// The same for a function of the package, named at the place of the call.
    pub(super) fn named_conversion(&mut self, function: Node<'t>, arguments: &[Value]) -> Option<Value> {
        let name = if Kind::of(function) == Kind::Call { "" } else { self.text(function) };
        self.conversion_by_name(name, arguments)
    }

    fn other_package(&mut self, callee: &Foreign, arguments: &[Value]) -> Option<Value> {
        let name = callee.last();
        // Functions that hand a definition through, known by their name.
        let definer = matches!(name, "tool" | "createTool" | "defineTool" | "defineConfig" | "defineAction");
        if let (true, Some(definition @ Value::Object(id))) = (definer, arguments.first())
            && matches!(self.object(*id).shape, Shape::Plain)
        {
            return Some(definition.clone());
        }
        if matches!(name, "dedent" | "default" | "") && callee.package_name().is_some_and(|p| p.contains("dedent")) {
            return arguments.first().cloned();
        }
        None
    }

    /// `new callee(...arguments)` of something that is not in the package.
    pub(super) fn new_foreign(&mut self, callee: &Foreign, arguments: Vec<Value>, site: Option<CallSite>) -> Value {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        if callee.origin == Origin::Global {
            match callee.path.as_ref() {
                "Map" | "WeakMap" => {
                    let mut object = Object::new(Shape::Map(Vec::new()));
                    let mut entries = Vec::new();
                    if let Some((pairs, open)) = self.iterate(&first) {
                        object.open = open;
                        for pair in pairs {
                            match self.elements(&pair).as_ref().map(|(pair, _)| pair.as_slice()) {
                                Some([key, value, ..]) => entries.push((key.clone(), value.clone())),
                                _ => object.open = true,
                            }
                        }
                    } else {
                        object.open = !first.is_nullish();
                    }
                    object.shape = Shape::Map(entries);
                    return Value::Object(self.add(object));
                }
                "Set" | "WeakSet" => {
                    let (elements, open) = self.iterate(&first).unwrap_or((Vec::new(), !first.is_nullish()));
                    let mut distinct: Vec<Value> = Vec::new();
                    for element in elements.into_iter().take(2_000) {
                        let old = |known: &Value| super::operator::equal(known, &element, false) == Some(true);
                        if !distinct.iter().any(old) {
                            distinct.push(element);
                        }
                    }
                    let mut object = Object::new(Shape::Set(distinct));
                    object.open = open;
                    return Value::Object(self.add(object));
                }
                // What it leads to is taken for itself.
                "WeakRef" => return first,
                "Array" => return self.list(Vec::new(), !arguments.is_empty()),
                "Object" => return Value::Object(self.plain()),
                "Error" | "TypeError" | "RangeError" => {
                    return self.object_of(vec![("message".into(), first)]);
                }
                "URL" => return self.address(&first, arguments.get(1)),
                "Proxy" => {
                    let handler = arguments.get(1).cloned().unwrap_or(Value::Undefined);
                    return self.proxy(first, &handler, site);
                }
                "Function" => {
                    self.computed_code("`Function`", &arguments, site);
                    return Value::Unknown;
                }
                _ => {}
            }
        }
        if self.constructed_server(callee, &arguments, site) {
            return Value::foreign(callee.called());
        }
        if let Origin::Package(package) = &callee.origin {
            self.findings.package_used(package);
            if matches!(package.as_ref(), "vm" | "node:vm") {
                self.computed_code("`vm`", &arguments, site);
            }
        }
        self.escapes(callee, &arguments, site);
        self.follow_callbacks(&arguments);
        self.result_of(callee, arguments)
    }

    /// `Array.from({length}, callback)`.
    fn counted(&mut self, length: f64, callback: Option<&Value>) -> Value {
        let most = super::machine::MAX_LIST;
        let count = if length.is_finite() && length > 0.0 { (length as usize).min(most) } else { 0 };
        let mut elements = Vec::new();
        for at in 0..count {
            if self.fuel == 0 || self.exhausted {
                return self.list(elements, true);
            }
            elements.push(match callback {
                Some(callback) => {
                    let arguments = vec![Value::Undefined, Value::Number(at as f64)];
                    self.call(callback, Value::Undefined, arguments, None)
                }
                None => Value::Undefined,
            });
        }
        self.list(elements, length > most as f64)
    }

    /// What a call gives that could not be followed; what it was handed is kept.
    fn result_of(&self, callee: &Foreign, arguments: Vec<Value>) -> Value {
        let mut result = callee.called();
        if callee.origin != Origin::Global {
            let structure = |value: &Value| matches!(value.settled(), Value::Object(_));
            result.given = arguments.into_iter().filter(structure).take(4).collect();
        }
        Value::foreign(result)
    }

    fn global(&mut self, path: &str, arguments: &[Value], site: Option<CallSite>) -> Option<Value> {
        if let Some(name) = path.strip_prefix("Reflect.") {
            return Some(self.reflect(name, arguments, site));
        }
        if matches!(path, "eval" | "Function") {
            self.computed_code(&format!("`{path}`"), arguments, site);
            return Some(Value::Unknown);
        }
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        if let Some(name) = path.strip_prefix("Object.") {
            return Some(self.object_function(name, arguments));
        }
        Some(match path {
            "require" | "import.meta.require" => match &first {
                Value::Text(name) => {
                    let target = self.resolve(self.file(), name);
                    self.required(&target)
                }
                _ => {
                    self.computed_import(site);
                    Value::Unknown
                }
            },
            "Array.isArray" => match &first {
                Value::Object(id) => Value::Bool(matches!(self.object(*id).shape, Shape::List(_))),
                value if value.is_unknown() => Value::Unknown,
                _ => Value::Bool(false),
            },
            "Array.from" => {
                if let (Value::Object(id), Value::Number(length)) = (&first, self.member(&first, "length"))
                    && matches!(self.object(*id).shape, Shape::Plain)
                {
                    return Some(self.counted(length, arguments.get(1)));
                }
                let Some((elements, open)) = self.iterate(&first) else { return Some(Value::Unknown) };
                match arguments.get(1) {
                    Some(callback) => {
                        let mapped = elements
                            .into_iter()
                            .map(|element| self.call(callback, Value::Undefined, vec![element], None))
                            .collect();
                        self.list(mapped, open)
                    }
                    None => self.list(elements, open),
                }
            }
            "Array.of" => self.list(arguments.to_vec(), false),
            "JSON.stringify" => {
                let pretty = matches!(arguments.get(2), Some(Value::Number(n)) if *n == 2.0);
                match self.known_json(&first) {
                    Some(json) if pretty => {
                        serde_json::to_string_pretty(&json).map_or(Value::Unknown, |t| Value::text(&t))
                    }
                    Some(json) if arguments.get(2).is_none_or(Value::is_nullish) => Value::text(&json.to_string()),
                    _ => Value::Unknown,
                }
            }
            "JSON.parse" => {
                // A second argument is called with each name and value.
                self.follow_callbacks(arguments.get(1..).unwrap_or_default());
                match &first {
                    Value::Text(text) => self.parse_json(&text.clone()),
                    _ => Value::Unknown,
                }
            }
            "String" => self.as_text(&first).map_or(Value::Unknown, |text| Value::text(&text)),
            "Number" | "parseInt" | "parseFloat" | "Number.parseInt" | "Number.parseFloat" => {
                to_number(&first).map_or(Value::Unknown, Value::Number)
            }
            "Boolean" => first.truth().map_or(Value::Unknown, Value::Bool),
            "Symbol" | "Symbol.for" => {
                let name = to_text(&first).unwrap_or_default();
                Foreign::global(&format!("Symbol.{name}"))
            }
            "Promise.resolve" | "structuredClone" | "Promise.all" | "Promise.allSettled" => first,
            "console.log" | "console.error" | "console.warn" | "console.info" | "console.debug" | "process.exit" => {
                Value::Undefined
            }
            _ => return None,
        })
    }

    /// Where a bundled zod 4 is asked for a schema: its constructors carry their definitions.
    pub(super) fn bundled_schema(&mut self, node: Node<'t>, arguments: &[Value], text: &str) -> Option<Value> {
        if text.contains("_zod") { self.zod_four_instance(node, arguments) } else { None }
    }

    /// The text of a function, to tell whose it is.
    pub(super) fn function_text(&self, function: super::value::Function<'t>) -> &'t str {
        self.sources.text(function.file).get(function.node.byte_range()).unwrap_or_default()
    }
}
