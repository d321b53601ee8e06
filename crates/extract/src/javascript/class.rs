//! Classes: their methods, fields, constructors and `super`.

use super::call::CallSite;
use super::kind::{Field, FieldOf, Kind, children, has_token};
use super::machine::Machine;
use super::value::{Class, Foreign, Object, ObjectId, Property, ScopeId, Shape, Value};
use std::rc::Rc;
use tree_sitter::Node;

/// The name under which a method's scope knows the class that it belongs to. No identifier can be spelled like this.
const HOME: &str = "%home";

impl<'t> Machine<'t> {
    /// A class as a value, its static members initialised.
    pub(super) fn class(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let scope = self.open_scope(Some(scope));
        let mut cursor = node.walk();
        let heritage = node.named_children(&mut cursor).find(|child| child.kind() == "class_heritage");
        let parent = match heritage {
            Some(heritage) => match parent_of(heritage) {
                Some(parent) => self.eval(parent, scope),
                None => Value::Unknown,
            },
            None => Value::Undefined,
        };
        let Some(body) = node.field(Field::Body) else { return Value::Unknown };
        if let Some(library) = self.vendored_library(body) {
            return library;
        }
        let prototype = self.plain();
        self.object_mut(prototype).parent = self.prototype_of(&parent);
        let members = children(body);
        let mut class = Class {
            scope,
            file: self.file(),
            parent: parent.clone(),
            prototype,
            constructor: None,
            fields: Vec::new(),
        };
        let is_static = |member: Node<'t>| has_token(member, "static");
        for member in &members {
            match Kind::of(*member) {
                Kind::Method if member.field(Field::Name).is_some_and(|n| self.text(n) == "constructor") => {
                    class.constructor = Some(*member);
                }
                Kind::Field if !is_static(*member) => class.fields.push(*member),
                _ => {}
            }
        }
        let mut object = Object::new(Shape::Class(Rc::new(class)));
        object.site = Some(self.site(node));
        if matches!(parent, Value::Object(_) | Value::Foreign(_)) {
            object.parent = parent;
        }
        object.properties.insert("prototype".into(), Property::Data(Value::Object(prototype)));
        let id = self.add(object);
        let value = Value::Object(id);
        self.set(prototype, "constructor".into(), value.clone());
        self.declare(scope, HOME, value.clone());
        self.declare(scope, "this", value.clone());
        if let Some(name) = node.field(Field::Name) {
            let name = self.text(name);
            self.declare(scope, name, value.clone());
        }
        self.decorators(node, scope);
        for member in members {
            match Kind::of(member) {
                Kind::Method => self.method(if is_static(member) { id } else { prototype }, member, scope),
                Kind::Field if is_static(member) => self.field(id, member, scope),
                Kind::StaticBlock => {
                    if let Some(block) = member.field(Field::Body) {
                        self.statement(block, scope);
                    }
                }
                _ => {}
            }
        }
        value
    }

    /// Where instances of `parent` find their members.
    fn prototype_of(&mut self, parent: &Value) -> Value {
        match parent {
            Value::Object(id) => match &self.object(*id).shape {
                Shape::Class(class) => Value::Object(class.prototype),
                _ => self.member(parent, "prototype"),
            },
            Value::Undefined | Value::Null => Value::Undefined,
            Value::Foreign(foreign) => Value::foreign(foreign.called()),
            _ => Value::Unknown,
        }
    }

    fn field(&mut self, owner: ObjectId, field: Node<'t>, scope: ScopeId) {
        let key = field.field(Field::Property).or_else(|| field.field(Field::Name));
        let Some(key) = key else { return };
        let Some(name) = self.key(key, scope) else { return };
        let value = match field.field(Field::Value) {
            Some(node) => {
                let site = self.site(node);
                let value = self.eval(node, scope);
                if name.as_ref() == "name" {
                    self.remember_name(&value, site);
                }
                value
            }
            None => Value::Undefined,
        };
        self.object_mut(owner).properties.insert(name, Property::Data(value));
    }

    pub(super) fn new_expression(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let Some(constructor) = node.field(Field::Constructor) else { return Value::Unknown };
        let site = Some(self.call_site(node));
        let callee = self.eval(constructor, scope);
        let arguments = match node.field(Field::Arguments) {
            Some(arguments) => self.arguments(arguments, scope),
            None => Vec::new(),
        };
        self.construct_value(&callee, arguments, site)
    }

    /// `new callee(...arguments)`.
    pub(super) fn construct_value(&mut self, callee: &Value, arguments: Vec<Value>, site: Option<CallSite>) -> Value {
        match callee.settled() {
            Value::Object(id) => match self.object(*id).shape.called() {
                Shape::Class(class) => match self.zod_instance(&arguments) {
                    Some(schema) => schema,
                    None => self.instantiate(&class, arguments),
                },
                Shape::Function(function) => {
                    let text = self.function_text(function);
                    if let Some(schema) = self.bundled_schema(function.node, &arguments, text) {
                        return schema;
                    }
                    let mut object = Object::new(Shape::Plain);
                    object.parent = self.member(callee, "prototype");
                    let this = Value::Object(self.add(object));
                    match self.invoke(function, this.clone(), arguments) {
                        returned @ Value::Object(_) => returned,
                        _ => this,
                    }
                }
                _ => Value::Unknown,
            },
            Value::Foreign(foreign) => self.new_foreign(&foreign.clone(), arguments, site),
            _ => {
                self.escapes(&Foreign::nowhere(""), &arguments, site);
                self.follow_callbacks(&arguments);
                Value::foreign(Foreign::nowhere("()"))
            }
        }
    }

    /// `new class(...arguments)`.
    pub(super) fn instantiate(&mut self, class: &Rc<Class<'t>>, arguments: Vec<Value>) -> Value {
        let mut object = Object::new(Shape::Plain);
        object.parent = Value::Object(class.prototype);
        let this = Value::Object(self.add(object));
        self.construct(class, &this, arguments, 0);
        this
    }

    /// Runs the constructors and field initialisers of `class` on `this`, those of its parents first.
    fn construct(&mut self, class: &Rc<Class<'t>>, this: &Value, arguments: Vec<Value>, depth: usize) {
        if depth > 16 || !self.step() {
            return;
        }
        let derived = !class.parent.is_nullish();
        if !derived {
            self.initialise(class, this);
        }
        match class.constructor {
            Some(constructor) => {
                let function =
                    super::value::Function { node: constructor, scope: class.scope, file: class.file, arrow: false };
                self.invoke(function, this.clone(), arguments);
            }
            None if derived => self.construct_parent(class, this, arguments, depth + 1),
            None => {}
        }
    }

    fn construct_parent(&mut self, class: &Rc<Class<'t>>, this: &Value, arguments: Vec<Value>, depth: usize) {
        match &class.parent {
            Value::Object(id) => match self.object(*id).shape.clone() {
                Shape::Class(parent) => self.construct(&parent, this, arguments, depth),
                Shape::Function(function) => {
                    self.invoke(function, this.clone(), arguments);
                }
                _ => {}
            },
            _ => self.follow_callbacks(&arguments),
        }
        self.initialise(class, this);
    }

    fn initialise(&mut self, class: &Rc<Class<'t>>, this: &Value) {
        let Value::Object(owner) = this else { return };
        if class.fields.is_empty() || self.frames.len() > 90 {
            return;
        }
        let scope = self.open_scope(Some(class.scope));
        self.declare(scope, "this", this.clone());
        self.enter(class.file, (0, scope));
        for field in class.fields.clone() {
            self.field(*owner, field, scope);
        }
        self.leave();
    }

    /// `super(...)` in a constructor.
    pub(super) fn super_call(&mut self, arguments: Vec<Value>, scope: ScopeId) -> Value {
        let this = self.lookup("this", scope);
        if let Value::Object(id) = self.lookup(HOME, scope)
            && let Shape::Class(class) = self.object(id).shape.clone()
        {
            self.construct_parent(&class, &this, arguments, self.frames.len().min(17));
        }
        Value::Undefined
    }

    /// `super.name`.
    pub(super) fn super_member(&mut self, name: &str, scope: ScopeId) -> Value {
        if let Value::Object(id) = self.lookup(HOME, scope)
            && let Shape::Class(class) = self.object(id).shape.clone()
        {
            let prototype = self.object(class.prototype).parent.clone();
            return self.member(&prototype, name);
        }
        Value::foreign(Foreign::nowhere(name))
    }

    /// Classes of libraries that are known by name, when a bundle carries them along: above all the SDK's own servers,
    /// whose definitions are no tools. What is called on them means what it means on the library. Bundlers do not rename
    /// members, so the members tell.
    fn vendored_library(&self, body: Node<'t>) -> Option<Value> {
        let mut cursor = body.walk();
        let members = body.named_children(&mut cursor).filter_map(|member| member.field(Field::Name));
        let names: Vec<&str> = members.map(|name| self.text(name)).collect();
        let has = |wanted: &[&str]| wanted.iter().all(|wanted| names.contains(wanted));
        let text = self.text(body);
        if (has(&["registerTool", "connect"]) || has(&["tool", "connect"])) && text.contains("_registeredTools") {
            Some(Foreign::package("@modelcontextprotocol/sdk", "McpServer"))
        } else if has(&["setRequestHandler", "connect"]) && text.contains("_requestHandlers") {
            Some(Foreign::package("@modelcontextprotocol/sdk", "Protocol"))
        } else if has(&["getClientCapabilities", "assertCapabilityForMethod"]) {
            Some(Foreign::package("@modelcontextprotocol/sdk", "Server"))
        } else if has(&["getServerCapabilities", "listTools", "callTool"]) {
            Some(Foreign::package("@modelcontextprotocol/sdk", "Client"))
        } else if has(&["addTool", "addResource", "addPrompt", "start"]) {
            Some(Foreign::package("fastmcp", "FastMCP"))
        } else if has(&["action", "option", "addCommand", "parseAsync"]) {
            Some(Foreign::package("commander", "Command"))
        } else if has(&["option", "options", "demandOption", "parseSync"]) {
            Some(Foreign::package("yargs", "Yargs"))
        } else {
            None
        }
    }
}

/// The expression after `extends`.
fn parent_of(heritage: Node<'_>) -> Option<Node<'_>> {
    let first = children(heritage).into_iter().find(|child| child.kind() != "implements_clause")?;
    if first.kind() == "extends_clause" { first.field(Field::Value) } else { Some(first) }
}
