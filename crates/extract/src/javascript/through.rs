//! Values that went through code that is not in the package: what was handed in is taken for what came out, and that is
//! said, because the code may add, drop or change tools.

use super::machine::Machine;
use super::source::Site;
use super::value::{Foreign, Origin, Property, Shape, Value};
use mcpdex_model::PartialReason;

impl<'t> Machine<'t> {
    /// What was handed to the call that gave `value`: a list of tools, a definition, or a function that answers. The value
    /// itself where it is known, or nothing of that kind was handed in.
    pub(super) fn handed_through(&mut self, value: &Value, site: Site) -> Value {
        let Value::Foreign(foreign) = value else { return value.clone() };
        let Some(inner) = foreign.given.iter().find(|given| self.is_of_tools(given)).cloned() else {
            return value.clone();
        };
        let detail = format!(
            "tools go through {}, which is not followed and may add, drop or change them at run time",
            named(foreign)
        );
        self.findings.missing(PartialReason::UnresolvedValue, detail, Some(site));
        inner.settled().clone()
    }

    fn is_of_tools(&self, value: &Value) -> bool {
        if self.is_function(value) {
            return true;
        }
        if let Some((elements, _)) = self.elements(value) {
            return elements.iter().any(|element| self.is_definition(element));
        }
        self.is_definition(value)
    }

    /// Whether a value is an object that names and describes itself.
    pub(super) fn is_definition(&self, value: &Value) -> bool {
        let Value::Object(id) = value.settled() else { return false };
        let object = self.object(*id);
        let told = |name: &str| match object.properties.get(name) {
            Some(Property::Data(value)) => matches!(value.settled(), Value::Text(_)),
            _ => false,
        };
        matches!(object.shape, Shape::Plain) && told("name") && told("description")
    }

    /// The elements of a list of tools; one that depends on settings gives all that it may hold.
    pub(super) fn listed_tools(&mut self, value: &Value) -> Option<(Vec<Value>, bool)> {
        match value {
            Value::Setting(_) | Value::When(_) => self.iterate(value),
            Value::Object(id) if matches!(self.object(*id).shape, Shape::Map(_)) => None,
            _ => self.elements(value),
        }
    }

    /// A server that is made by a function of an unknown package, which is given the definitions of its tools.
    pub(super) fn handed_over(&mut self, callee: &Foreign, tools: &[Value], open: bool, site: Site) -> bool {
        let described = |tool: &Value| {
            let Value::Object(id) = tool.settled() else { return false };
            let has = |name: &str| self.object(*id).properties.contains_key(name);
            let input = ["inputSchema", "parameters", "schema", "input", "args", "paramsSchema"];
            self.is_definition(tool) && input.iter().any(|name| has(name))
        };
        if tools.is_empty() || !tools.iter().all(described) {
            return false;
        }
        let detail = format!(
            "the tools are handed to {}, which is not followed and may add, drop or rename tools",
            named(callee)
        );
        self.findings.missing(PartialReason::UnresolvedValue, detail, Some(site));
        for tool in tools {
            self.tool_object(tool.settled(), site, true);
        }
        if open {
            self.tool_list(&[Value::Unknown], false, site);
        }
        true
    }
}

/// A function of another package as people know it.
fn named(foreign: &Foreign) -> String {
    let name = foreign.path.split('.').rfind(|part| *part != "()").unwrap_or_default();
    match (&foreign.origin, name) {
        (Origin::Package(package), "") => format!("`{package}`"),
        (Origin::Package(package), name) => format!("`{name}` of `{package}`"),
        (_, "") => "a function".to_owned(),
        (_, name) => format!("`{name}`"),
    }
}
