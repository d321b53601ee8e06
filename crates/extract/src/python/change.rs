//! What changes a server beside registering on it: handlers that are put in, tools that are taken away or put into its
//! own table, and what rewrites its list on the way to the client.

use super::ast::Ex;
use super::condition::all_of;
use super::machine::Machine;
use super::setting::negated;
use super::value::{Args, Value};
use super::visit::{Seen, visit};
use mcpdex_model::{PartialReason, ToolCondition};

/// Middleware of the frameworks that passes lists on as they are.
const PASSING: &[&str] = &["Logging", "Timing", "RateLimit", "ErrorHandling", "Retry", "Caching", "Ping", "Tracing"];

impl Machine<'_> {
    /// `server.request_handlers[ListToolsRequest] = handler`
    pub(super) fn set_request_handler(
        &mut self,
        server: &Value,
        key: &Value,
        handler: Value,
        line: u32,
        module: usize,
    ) {
        if key.path().is_some_and(|path| path.ends_with("ListToolsRequest"))
            && let Some(number) = self.server_number(server, module, line)
        {
            let site = self.site(module, line);
            self.servers[number].handlers.push((handler, site));
        }
    }

    /// `server.add_request_handler("tools/list", Parameters, handler)`
    pub(super) fn add_request_handler(&mut self, server: usize, args: &Args, module: usize) {
        let site = self.site(module, args.line);
        match args.get(0, "method").and_then(Value::as_text).as_deref() {
            Some("tools/list") => {
                let handler = args.named("handler").or_else(|| args.plain.last()).cloned().unwrap_or_default();
                self.servers[server].handlers.push((handler, site));
            }
            Some(_) => {}
            None => self.note(PartialReason::UnresolvedValue, "what a handler answers is made at run time", site),
        }
    }

    /// `server._tool_manager._tools[key] = tool`
    pub(super) fn set_tool(&mut self, server: &Value, key: &Value, tool: &Value, line: u32, module: usize) {
        let Some(number) = self.server_number(server, module, line) else { return };
        let mut named = vec![];
        named.extend(key.as_text().map(|name| ("name".into(), Value::Str(name))));
        let args = Args { plain: vec![tool.clone()], named, line, ..Args::default() };
        self.add_tool(number, &args, module);
    }

    /// Takes a tool away; under a condition it is there where that does not hold.
    pub(super) fn remove_tool(&mut self, server: &Value, name: Option<&Value>, line: u32, module: usize) {
        let Some(number) = self.server_number(server, module, line) else { return };
        let Some(name) = name.and_then(Value::as_text) else {
            let site = self.site(module, line);
            return self.note(
                PartialReason::UnresolvedValue,
                "tools are taken away whose names are made at run time",
                site,
            );
        };
        if self.doubt == 0 {
            self.servers[number].tools.retain(|(known, _)| *known != name);
            return;
        }
        let Some(taken) = all_of(&self.gates) else { return };
        let kept = ToolCondition { text: negated(&taken.text), plain_start: taken.plain_start.map(|plain| !plain) };
        for (_, found) in self.servers[number].tools.iter_mut().filter(|(known, _)| *known == name) {
            found.condition = ToolCondition::and(found.condition.take(), Some(kept.clone()));
        }
    }

    /// Notes that something may add, drop or rewrite tools on their way to the client.
    pub(super) fn note_change(&mut self, how: &str, what: &Value, args: &Args, module: usize) {
        let (changes, name) = match what {
            Value::Instance(instance) => {
                let class = &instance.class;
                let lists = ["on_list_tools", "on_message", "on_request", "__call__", "list_tools", "transform_tools"];
                // Middleware that only sees calls changes no list.
                let lists = if how.contains("middleware") { &lists[..1] } else { &lists[..] };
                let is_own = lists.iter().any(|method| class.find(method).is_some());
                (is_own || !how.contains("middleware"), class.def.name.to_string())
            }
            // A function that never speaks of listing passes lists on.
            Value::Function(function) => {
                let mut lists = false;
                visit(&function.def.body, &mut |seen| {
                    if let Seen::Expr(expr) = seen
                        && let Ex::Str(text) = &*expr.kind
                    {
                        lists |= &**text == "tools/list";
                    }
                });
                (lists || !how.contains("middleware"), function.def.name.to_string())
            }
            Value::Made(made) => (!PASSING.iter().any(|word| made.kind().contains(word)), made.kind().to_owned()),
            Value::External(path) => (true, path.to_string()),
            _ => (true, String::new()),
        };
        if changes {
            let of = if name.is_empty() { String::new() } else { format!(" (`{name}`)") };
            let detail = format!("what is registered may be changed on its way to the client: {how}{of}");
            let site = self.site(module, args.line);
            self.note(PartialReason::GeneratedTools, &detail, site);
        }
    }
}
