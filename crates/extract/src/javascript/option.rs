//! Command lines: what a program sees when it is started without options. The libraries that parse options are known by
//! name; the defaults that the program gives them are kept.

use super::machine::Machine;
use super::source::FileId;
use super::value::{Binding, Foreign, Object, ObjectId, Property, Setting, Shape, Text, Value};

/// Packages that parse options.
const LIBRARIES: [&str; 15] = [
    "@oclif/core",
    "yargs",
    "yargs/yargs",
    "yargs/helpers",
    "commander",
    "minimist",
    "meow",
    "cac",
    "arg",
    "mri",
    "citty",
    "util",
    "node:util",
    "command-line-args",
    "@commander-js/extra-typings",
];

/// What commands call the function that runs them, or that loads what runs them.
const RUNNERS: [&str; 7] = ["loader", "func", "action", "handler", "run", "main", "execute"];

/// Whether a package parses options.
pub(super) fn is_option_library(package: &str) -> bool {
    LIBRARIES.contains(&package)
}

/// Whether a value is what an option parser gave.
fn is_parsed(value: &Foreign) -> bool {
    value.package_name().is_some_and(is_option_library) && value.is_result()
}

impl<'t> Machine<'t> {
    /// Follows the commands that the variables of a module hold, with options that nobody passed: a library of commands
    /// that was bundled into the package is not known by its name.
    pub(super) fn follow_commands(&mut self, file: FileId) {
        let Some(module) = self.modules.get(&file).cloned() else { return };
        let Some(names) = self.names(module.scope) else { return };
        let mut held: Vec<(&str, ObjectId)> = names
            .iter()
            .filter_map(|(name, binding)| match binding {
                Binding::Value(Value::Object(id)) => Some((*name, *id)),
                _ => None,
            })
            .collect();
        held.sort_unstable_by_key(|(name, _)| *name);
        for (_, command) in held {
            for runner in RUNNERS {
                let Some(Property::Data(run)) = self.object(command).properties.get(runner).cloned() else { continue };
                let options = vec![self.options(); 2];
                let value = self.call(&run, Value::Object(command), options.clone(), None);
                if self.is_function(&value) {
                    self.call(&value, Value::Undefined, options, None);
                }
            }
        }
    }

    /// Follows every command that a framework loads from a folder: classes whose `run` is called without options.
    pub(super) fn follow_command_folder(&mut self, folder: &str) {
        let sources = self.sources;
        for file in sources.under(folder) {
            let path = sources.path(file);
            if path.ends_with(".json") || path.ends_with(".d.ts") {
                continue;
            }
            let command = self.export(file, "default", 0);
            let Value::Object(id) = command else { continue };
            let Shape::Class(class) = self.object(id).shape.clone() else { continue };
            let instance = self.instantiate(&class, Vec::new());
            let run = self.member(&instance, "run");
            if self.is_function(&run) {
                self.call(&run, instance, Vec::new(), None);
            }
        }
    }

    /// A member of what an option parser gave: an option that nobody passed.
    pub(super) fn option_member(&mut self, parsed: &Foreign, name: &str) -> Value {
        if matches!(name, "argv" | "values" | "flags" | "options") {
            return Value::foreign(parsed.member(name));
        }
        self.option(name)
    }

    /// The option of that name, where an object was made of all options (`{...parsed}`) and has no such member itself.
    pub(super) fn option_of_bag(&mut self, id: ObjectId, name: &str) -> Option<Value> {
        let Object { parent: Value::Foreign(parsed), properties, .. } = self.object(id) else { return None };
        if properties.contains_key(name) || !is_parsed(parsed) {
            return None;
        }
        let parsed = parsed.clone();
        Some(self.option_member(&parsed, name))
    }

    /// All options that were parsed become members of an object, over those of the same name that it has.
    pub(super) fn take_bag(&mut self, into: ObjectId, from: &Value) {
        let parsed = match from.settled() {
            Value::Foreign(parsed) => parsed.clone(),
            Value::Object(id) => match &self.object(*id).parent {
                Value::Foreign(parsed) => parsed.clone(),
                _ => return,
            },
            _ => return,
        };
        if !is_parsed(&parsed) {
            return;
        }
        let own: Vec<(Text, Value)> = self
            .object(into)
            .properties
            .iter()
            .filter_map(|(name, property)| match property {
                Property::Data(value @ (Value::Bool(_) | Value::Text(_) | Value::Number(_))) => {
                    Some((name.clone(), value.clone()))
                }
                _ => None,
            })
            .collect();
        for (name, given) in own {
            let option = match self.option_member(&parsed, &name) {
                Value::Setting(option) if option.plain.is_nullish() => {
                    Setting { plain: given, ..option.as_ref().clone() }.value()
                }
                other => other,
            };
            self.object_mut(into).properties.insert(name, Property::Data(option));
        }
        let object = self.object_mut(into);
        object.open = true;
        if matches!(object.parent, Value::Undefined) {
            object.parent = Value::Foreign(parsed);
        }
    }

    /// All options together, as callbacks are given them.
    pub(super) fn options(&self) -> Value {
        self.setting(super::setting::ALL_OPTIONS)
    }

    /// An option by the name that the program reads it under, as it is when nobody passes it.
    pub(super) fn option(&self, name: &str) -> Value {
        let mut flag = String::from("--");
        for c in name.chars() {
            if c.is_ascii_uppercase() {
                flag.push('-');
            }
            flag.push(c.to_ascii_lowercase());
        }
        match self.option_defaults.get(camel_case(name).as_str()) {
            Some(default) => self.setting_of(&flag, default.clone()),
            None => self.setting(&flag),
        }
    }

    /// Keeps the defaults that a call of an option parser declares: `option("name", {default})`, `options({...})`,
    /// `option("-p, --port <port>", "text", default)`, `parseArgs({options})`.
    pub(super) fn declare_options(&mut self, callee: &Foreign, arguments: &[Value]) {
        match (callee.last(), arguments) {
            ("options" | "option", [table @ Value::Object(_)]) => self.declare_table(table),
            ("option" | "options", [Value::Text(flags), rest @ ..]) => {
                let name = option_name(flags);
                let default = match rest {
                    [definition @ Value::Object(_)] => self.member(definition, "default"),
                    [_, default] | [_, _, default] if !default.is_unknown() => default.clone(),
                    _ => Value::Undefined,
                };
                self.declare_default(&name, default);
            }
            ("parseArgs" | "default" | "()" | "", [configuration @ Value::Object(_), ..])
            | ("default" | "()" | "", [_, configuration @ Value::Object(_), ..]) => {
                for name in ["options", "flags", "default"] {
                    let table = self.member(configuration, name);
                    self.declare_table(&table);
                }
            }
            _ => {}
        }
    }

    fn declare_table(&mut self, table: &Value) {
        for (name, definition) in self.members(table).map(|(members, _)| members).unwrap_or_default() {
            let default = match definition {
                Value::Object(_) => self.member(&definition, "default"),
                Value::Bool(_) | Value::Number(_) | Value::Text(_) => definition,
                _ => Value::Undefined,
            };
            self.declare_default(&name, default);
        }
    }

    fn declare_default(&mut self, name: &str, default: Value) {
        if !self.defaults || default.is_unknown() || matches!(default, Value::Undefined | Value::Object(_)) {
            return;
        }
        let name: Text = camel_case(name).into();
        self.option_defaults.insert(name, default);
    }
}

/// The long name in `-p, --port <port>`.
fn option_name(flags: &str) -> String {
    let long = flags.split([' ', ',', '|']).find_map(|part| part.strip_prefix("--"));
    long.unwrap_or(flags).trim_start_matches("no-").split(['=', '<', '[']).next().unwrap_or_default().to_owned()
}

fn camel_case(name: &str) -> String {
    let mut out = String::new();
    let mut raise = false;
    for c in name.chars() {
        if c == '-' {
            raise = true;
        } else if std::mem::take(&mut raise) {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_name_of_an_option_is_what_the_program_reads() {
        assert_eq!(camel_case(&option_name("-p, --dry-run <mode>")), "dryRun");
        assert_eq!(option_name("verbose"), "verbose");
    }
}
