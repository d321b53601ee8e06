//! Expressions: a syntax node and a scope in, what is known of its value out. What cannot be known is
//! [`Value::Unknown`], never a guess.

use super::kind::{Field, FieldOf, Kind, children, has_token};
use super::machine::{MAX_DEPTH, MAX_TEXT, Machine};
use super::operator::{self, to_text, unescape};
use super::source::Site;
use super::value::{Foreign, Function, Object, ObjectId, Origin, Property, ScopeId, Shape, Text, Value};
use tree_sitter::Node;

impl<'t> Machine<'t> {
    /// What is known of an expression's value. Bounded in depth and work.
    pub(super) fn eval(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        if self.depth >= MAX_DEPTH || !self.step() {
            return Value::Unknown;
        }
        self.depth += 1;
        let value = self.eval_kind(node, scope);
        self.depth -= 1;
        match value {
            Value::Text(text) if text.len() > MAX_TEXT => Value::Unknown,
            Value::Text(text) => {
                self.spend(text.len() / 1024);
                Value::Text(text)
            }
            value => value,
        }
    }

    fn eval_kind(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        match Kind::of(node) {
            Kind::Identifier => self.lookup(self.text(node), scope),
            Kind::UndefinedWord => Value::Undefined,
            Kind::This => self.lookup("this", scope),
            Kind::Text => Value::text(&unescape(inside(self.text(node), 1), false)),
            Kind::Template => self.template(node, scope),
            Kind::Number => operator::number_literal(self.text(node)).map_or(Value::Unknown, Value::Number),
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Null => Value::Null,
            Kind::Array => self.array(node, scope),
            Kind::Object => self.object_literal(node, scope),
            Kind::Function | Kind::Generator | Kind::Arrow | Kind::FunctionDeclaration => self.closure(node, scope),
            Kind::Class => self.class(node, scope),
            Kind::Call => self.call_expression(node, scope),
            Kind::New => self.new_expression(node, scope),
            Kind::Member => self.member_expression(node, scope),
            Kind::Subscript => self.subscript(node, scope),
            Kind::Assignment => self.assignment(node, scope),
            Kind::AugmentedAssignment => self.augmented(node, scope),
            Kind::Update => self.update(node, scope),
            Kind::Unary => self.unary(node, scope),
            Kind::Binary => self.binary(node, scope),
            Kind::Ternary => self.ternary(node, scope),
            Kind::Sequence => {
                let mut last = Value::Undefined;
                for part in children(node) {
                    last = self.eval(part, scope);
                }
                last
            }
            Kind::Yield => self.yielded(node, scope),
            Kind::Await | Kind::Wrapped => match children(node).first() {
                Some(inner) => self.eval(*inner, scope),
                None => Value::Unknown,
            },
            Kind::TypeAssertion => match children(node).last() {
                Some(inner) => self.eval(*inner, scope),
                None => Value::Unknown,
            },
            Kind::MetaProperty if self.text(node) == "import.meta" => Foreign::global("import.meta"),
            Kind::Regex => Foreign::global("RegExp.()"),
            _ => Value::Unknown,
        }
    }

    /// The value of a name; a name that no scope declares is a global of the runtime.
    pub(super) fn lookup(&mut self, name: &'t str, scope: ScopeId) -> Value {
        match self.declaring(scope, name) {
            Some(scope) => self.bound(scope, name),
            None if name == "this" => Value::Unknown,
            None if name == "NaN" => Value::Number(f64::NAN),
            None if !self.attached.is_empty() => {
                let holder = |name: &str| match Foreign::global(name) {
                    Value::Foreign(foreign) => Some(foreign),
                    _ => None,
                };
                let put = ["globalThis", "global", "window"]
                    .into_iter()
                    .find_map(|global| self.attached(holder(global)?.as_ref(), name));
                put.unwrap_or_else(|| Foreign::global(name))
            }
            None => Foreign::global(name),
        }
    }

    fn template(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let (chunks, values) = self.template_parts(node, scope);
        let mut text = String::new();
        for (at, chunk) in chunks.iter().enumerate() {
            text.push_str(&unescape(chunk, true));
            if let Some(value) = values.get(at) {
                match self.as_text(value) {
                    Some(known) => text.push_str(&known),
                    None => {
                        return match value {
                            Value::Setting(setting) => setting.derived(Value::Undefined).value(),
                            _ => Value::Unknown,
                        };
                    }
                }
            }
        }
        Value::text(&text)
    }

    /// A value as text, lists joined by commas as JavaScript does.
    pub(super) fn as_text(&self, value: &Value) -> Option<String> {
        if let Some((elements, false)) = self.elements(value) {
            let parts: Option<Vec<String>> = elements.iter().map(to_text).collect();
            return parts.map(|parts| parts.join(","));
        }
        to_text(value)
    }

    /// The source of a template's chunks and the values between them.
    pub(super) fn template_parts(&mut self, node: Node<'t>, scope: ScopeId) -> (Vec<&'t str>, Vec<Value>) {
        let source = self.sources.text(self.file());
        let (mut chunks, mut values) = (Vec::new(), Vec::new());
        let mut from = node.start_byte() + 1;
        let mut cursor = node.walk();
        let holes: Vec<Node<'t>> =
            node.named_children(&mut cursor).filter(|child| child.kind() == "template_substitution").collect();
        for hole in holes {
            chunks.push(source.get(from..hole.start_byte()).unwrap_or_default());
            from = hole.end_byte();
            let value = match children(hole).first() {
                Some(inner) => self.eval(*inner, scope),
                None => Value::Unknown,
            };
            values.push(value);
        }
        chunks.push(source.get(from..node.end_byte().saturating_sub(1)).unwrap_or_default());
        (chunks, values)
    }

    fn array(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let (elements, open) = self.eval_all(node, scope);
        let list = self.list(elements, open);
        if let Value::Object(id) = list {
            self.object_mut(id).site = Some(self.site(node));
        }
        list
    }

    /// The values of a list of expressions (array elements or arguments) and whether there may be more.
    pub(super) fn eval_all(&mut self, node: Node<'t>, scope: ScopeId) -> (Vec<Value>, bool) {
        let (mut elements, mut open) = (Vec::new(), false);
        for child in children(node) {
            if Kind::of(child) != Kind::Spread {
                elements.push(self.eval(child, scope));
                continue;
            }
            let Some(inner) = children(child).first().copied() else { continue };
            let spread = self.eval(inner, scope);
            match self.iterate(&spread) {
                Some((more, more_open)) => {
                    elements.extend(more);
                    open |= more_open;
                }
                None if spread.is_nullish() || matches!(spread, Value::Bool(false)) => {}
                None => {
                    open = true;
                    // Remember what is missing, so that a report can name it.
                    elements.push(if spread.is_unknown() { spread } else { Value::Unknown });
                }
            }
        }
        (elements, open)
    }

    fn object_literal(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let mut object = Object::new(Shape::Plain);
        object.site = Some(self.site(node));
        let id = self.add(object);
        for child in children(node) {
            match Kind::of(child) {
                Kind::Pair => {
                    let (Some(key), Some(value)) = (child.field(Field::Key), child.field(Field::Value)) else {
                        continue;
                    };
                    let name = self.key(key, scope);
                    let value_site = self.site(value);
                    let value = self.eval(value, scope);
                    match name {
                        Some(name) if name.as_ref() == "__proto__" => {
                            if !value.is_nullish() {
                                self.object_mut(id).parent = value;
                            }
                        }
                        Some(name) => {
                            if name.as_ref() == "name" {
                                self.remember_name(&value, value_site);
                            }
                            self.object_mut(id).properties.insert(name, Property::Data(value));
                        }
                        None => self.object_mut(id).open = true,
                    }
                }
                Kind::Identifier => {
                    let name = self.text(child);
                    let value = self.lookup(name, scope);
                    self.object_mut(id).properties.insert(name.into(), Property::Data(value));
                }
                Kind::Method => self.method(id, child, scope),
                Kind::Spread => {
                    if let Some(inner) = children(child).first() {
                        let from = self.eval(*inner, scope);
                        self.copy_members(id, &from);
                    }
                }
                _ => {}
            }
        }
        Value::Object(id)
    }

    /// Remembers where the text of a possible tool name stands.
    pub(super) fn remember_name(&mut self, value: &Value, site: Site) {
        if let Value::Text(text) = value {
            let address = text.as_ptr() as usize;
            self.name_sites.entry(address).or_insert_with(|| (text.clone(), site));
        }
    }

    /// The name of a property as it is written in an object, class or pattern.
    pub(super) fn key(&mut self, key: Node<'t>, scope: ScopeId) -> Option<Text> {
        match Kind::of(key) {
            Kind::Text => Some(unescape(inside(self.text(key), 1), false).into()),
            Kind::Number => operator::number_literal(self.text(key)).map(|n| operator::number_text(n).into()),
            Kind::ComputedName => {
                let inner = children(key).first().copied()?;
                let value = self.eval(inner, scope);
                self.property_name(&value)
            }
            _ => Some(self.text(key).into()),
        }
    }

    /// Adds a method, getter or setter to an object or prototype.
    pub(super) fn method(&mut self, owner: ObjectId, node: Node<'t>, scope: ScopeId) {
        let Some(key) = node.field(Field::Name) else { return };
        if has_token(node, "set") {
            self.note_setter(node);
            return;
        }
        let getter = has_token(node, "get");
        let function = self.closure(node, scope);
        let Some(name) = self.key(key, scope) else {
            self.object_mut(owner).open = true;
            return;
        };
        let property = if getter { Property::Getter(function) } else { Property::Data(function) };
        self.object_mut(owner).properties.insert(name, property);
    }

    pub(super) fn closure(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let arrow = Kind::of(node) == Kind::Arrow;
        let file = self.file();
        let mut scope = scope;
        // A function expression knows itself by its name.
        let own_name = match Kind::of(node) {
            Kind::Function => node.field(Field::Name).map(|name| self.text(name)),
            _ => None,
        };
        if own_name.is_some() {
            scope = self.open_scope(Some(scope));
        }
        let value = Value::Object(self.add(Object::new(Shape::Function(Function { node, scope, file, arrow }))));
        if let Some(name) = own_name {
            self.declare(scope, name, value.clone());
        }
        value
    }

    fn member_expression(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let (Some(object), Some(property)) = (node.field(Field::Object), node.field(Field::Property)) else {
            return Value::Unknown;
        };
        let name = self.text(property);
        if Kind::of(object) == Kind::Super {
            return self.super_member(name, scope);
        }
        let receiver = self.eval(object, scope);
        if let Value::Foreign(foreign) = &receiver
            && foreign.origin == Origin::Global
            && foreign.path.as_ref() == "import.meta"
        {
            let path = self.sources.path(self.file());
            match name {
                "url" => return Value::text(&format!("file:///{path}")),
                "filename" => return Value::text(&format!("/{path}")),
                "dirname" => return Value::text(&super::resolve::folder_of(&format!("/{path}"))),
                _ => {}
            }
        }
        self.member(&receiver, name)
    }

    fn subscript(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let (Some(object), Some(index)) = (node.field(Field::Object), node.field(Field::Index)) else {
            return Value::Unknown;
        };
        let receiver = self.eval(object, scope);
        let index = self.eval(index, scope);
        if let Value::Setting(setting) = &index
            && matches!(receiver, Value::Object(_))
        {
            return self.selected_member(&receiver, &setting.clone());
        }
        match self.property_name(&index) {
            Some(name) => self.member(&receiver, &name),
            None if receiver.is_nullish() => Value::Undefined,
            None => Value::Unknown,
        }
    }

    fn assignment(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let (Some(left), Some(right)) = (node.field(Field::Left), node.field(Field::Right)) else {
            return Value::Unknown;
        };
        let value = self.eval(right, scope);
        self.bind(left, value.clone(), scope, super::pattern::Mode::Assign);
        value
    }

    fn augmented(&mut self, node: Node<'t>, scope: ScopeId) -> Value {
        let (Some(left), Some(right)) = (node.field(Field::Left), node.field(Field::Right)) else {
            return Value::Unknown;
        };
        let operator = node.field(Field::Operator).map_or("", |o| self.text(o)).trim_end_matches('=');
        let old = self.eval(left, scope);
        let value = match operator {
            "||" | "&&" | "??" => self.short_circuit(operator, old, (left, right), scope),
            _ => {
                let right = self.eval(right, scope);
                self.operate(operator, old, right)
            }
        };
        self.bind(left, value.clone(), scope, super::pattern::Mode::Assign);
        value
    }
}

impl<'t> Machine<'t> {}

/// `text` without `quote` bytes at either end.
pub(super) fn inside(text: &str, quote: usize) -> &str {
    text.get(quote..text.len().saturating_sub(quote)).unwrap_or_default()
}
