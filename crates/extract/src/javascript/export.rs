//! What a module exports: looked up when it is used, so that modules may import each other in a circle.

use super::machine::{MAX_DEPTH, Machine};
use super::module::{Export, Module};
use super::resolve::Target;
use super::source::FileId;
use super::value::{Foreign, Object, Shape, Text, Value};

impl<'t> Machine<'t> {
    /// The value of one export of a module of the package.
    pub(super) fn export(&mut self, file: FileId, name: &str, depth: u32) -> Value {
        if depth > 12 || self.depth + 2 >= MAX_DEPTH || !self.step() {
            return Value::Unknown;
        }
        let Some(module) = self.load(file) else { return Value::Unknown };
        self.depth += 2;
        let value = self.export_of_module(&module, name, depth);
        self.depth -= 2;
        value
    }

    fn export_of_module(&mut self, module: &Module, name: &str, depth: u32) -> Value {
        match module.exports.get(name) {
            Some(Export::Local(local)) => return self.bound(module.scope, local),
            Some(Export::Of(target, name)) => return self.export_of(target, name),
            Some(Export::Namespace(target)) => return self.namespace_of(target),
            None => {}
        }
        for star in &module.stars {
            let value = match star {
                Target::File(file) => self.export(*file, name, depth + 1),
                other => self.export_of(other, name),
            };
            if !matches!(value, Value::Undefined) {
                return value;
            }
        }
        if module.modern {
            return Value::Undefined;
        }
        let exports = self.common_exports(module);
        let marked = matches!(self.member(&exports, "__esModule").truth(), Some(true));
        if name == "default" && !marked { exports } else { self.member(&exports, name) }
    }

    pub(super) fn common_exports(&mut self, module: &Module) -> Value {
        self.member(&Value::Object(module.common), "exports")
    }

    pub(super) fn export_of(&mut self, target: &Target, name: &str) -> Value {
        match target {
            Target::File(file) => self.export(*file, name, 0),
            Target::Data(text) => {
                let value = self.parse_json(text);
                if name == "default" { value } else { self.member(&value, name) }
            }
            Target::Package(package) => {
                let whole = Foreign::package(package, "");
                self.member(&whole, name)
            }
        }
    }

    pub(super) fn namespace_of(&mut self, target: &Target) -> Value {
        match target {
            Target::File(file) => Value::Object(self.add(Object::new(Shape::Module(*file)))),
            Target::Data(text) => {
                let value = self.parse_json(text);
                self.object_of(vec![("default".into(), value)])
            }
            Target::Package(package) => Foreign::package(package, ""),
        }
    }

    /// The names that a module exports.
    pub(super) fn export_names(&mut self, file: FileId, depth: u32) -> Vec<Text> {
        if depth > 12 || !self.step() {
            return Vec::new();
        }
        let Some(module) = self.load(file) else { return Vec::new() };
        let mut names: Vec<Text> = module.exports.keys().cloned().collect();
        for star in &module.stars {
            if let Target::File(other) = star {
                for name in self.export_names(*other, depth + 1) {
                    if name.as_ref() != "default" && !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
        }
        if !module.modern {
            let exports = self.common_exports(&module);
            if let Some((members, _)) = self.members(&exports) {
                names.extend(members.into_iter().map(|(name, _)| name));
            }
        }
        names
    }
}
