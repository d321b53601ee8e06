//! Classes whose methods a framework registers by their marks (`MCPMixin`, `@mcp_tool`).

use super::machine::Machine;
use super::value::{Args, Instance, Value};
use std::rc::Rc;

impl Machine<'_> {
    /// `object.register_all(server, prefix)` and its kin; `None` where `object` is none of the framework's.
    pub(super) fn register_marked(
        &mut self,
        instance: &Rc<Instance>,
        name: &str,
        args: &Args,
        module: usize,
    ) -> Option<Value> {
        let is_mixin = instance.class.has_external_base(&|path| path.ends_with("MCPMixin"));
        if !is_mixin || !matches!(name, "register_all" | "register_tools") {
            return None;
        }
        let server = args.get(0, "mcp_server").cloned().unwrap_or_default();
        let number = self.server_number(&server, module, args.line)?;
        let prefix = args.get(1, "prefix").and_then(Value::as_text);
        let separator = args.named("separator").or_else(|| args.named("tools_separator")).and_then(Value::as_text);
        let separator = separator.unwrap_or_else(|| Rc::from("_"));
        let object = Value::Instance(Rc::clone(instance));
        for member in super::inspect::names(&object) {
            let Value::Bound(bound) = self.attribute(&object, &member) else { continue };
            let mark = match bound.1.attributes.borrow().get("__tool__") {
                Some(Value::Made(made)) => Rc::clone(made),
                _ => continue,
            };
            let stated = mark.args.get(0, "name").and_then(Value::as_text).unwrap_or_else(|| Rc::clone(&member));
            let full = match &prefix {
                Some(prefix) => Value::text(format!("{prefix}{separator}{stated}")),
                None => Value::Str(stated),
            };
            let options = Args { named: vec![(Rc::from("name"), full)], line: args.line, ..Args::default() };
            self.register(number, &Value::Bound(bound), &options, module);
        }
        Some(Value::None)
    }
}
