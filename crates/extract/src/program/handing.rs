//! Servers, and collections of their tools, that are handed to code which is not in the source: what it does with them is not
//! known, so it is told. Calls in, notes out.

use super::call::Args;
use super::machine::{Machine, Scope};
use super::names::Decl;
use super::source::Site;
use super::value::{Made, Value};
use mcpdex_model::PartialReason;

/// Calls that only keep, show or start what they are given, by the last part of their names in small letters.
const HARMLESS: &[&str] = &[
    "println",
    "with",
    "print",
    "printf",
    "writeline",
    "write",
    "info",
    "debug",
    "warn",
    "warning",
    "error",
    "trace",
    "log",
    "loginformation",
    "logdebug",
    "of",
    "listof",
    "pair",
    "to",
    "set",
    "put",
    "offer",
    "complete",
    "add",
    "remove",
    "requirenonnull",
    "addshutdownhook",
    "connect",
    "createsession",
    "close",
    "closegracefully",
    "start",
    "runasync",
    "run",
    "serve",
    "await",
    "thread",
    "addsingleton",
    "count",
    "any",
    "sort",
    "reverse",
    "tolist",
];

impl<'t> Machine<'t> {
    /// Notes that a call which nothing is known of was given a server, or tools of one that is still put together.
    pub(super) fn note_handing(&mut self, made: &Made<'t>) {
        // Go's paths tell its own modules and standard library from those of others; its reader looks at them.
        if self.dialect.language() == "Go" {
            return;
        }
        let last = made.last().to_ascii_lowercase();
        if !HARMLESS.contains(&last.as_str()) && !last.ends_with("transport") && !last.ends_with("transportprovider") {
            self.note_given(&made.args, &made.path, made.site);
        }
    }

    /// Notes that a method of a server is taken as a value, by which whoever gets it registers tools. Go's reader follows
    /// such values.
    pub(super) fn note_taken(&mut self, base: &Value<'t>, name: &str, scope: &Scope<'t>) {
        let dialect = self.dialect;
        if dialect.language() == "Go" || !matches!(base, Value::Made(_)) || !dialect.holds_tools(base) {
            return;
        }
        let registers = name.to_ascii_lowercase().starts_with("addtool")
            || matches!(self.program.find(scope.file, name), Some(Decl::Func(..)));
        if registers {
            let detail = format!("`{name}` of the server is taken as a value, and its calls are not followed");
            self.note(PartialReason::UnresolvedValue, detail, None);
        }
    }

    /// The same of a function that is declared and written elsewhere.
    pub(super) fn note_given(&mut self, args: &Args<'t>, to: &str, site: Site) {
        let dialect = self.dialect;
        let is_given = |value: &Value<'t>| match value {
            Value::List(items) => {
                dialect.holds_tools(value) || items.borrow().iter().any(|item| dialect.holds_tools(item))
            }
            value => dialect.holds_tools(value),
        };
        if args.iter().any(|(_, value)| is_given(value)) {
            let shown: String = to.chars().take(80).collect();
            let detail =
                format!("the server is handed to `{shown}`, which is not in the source and may register more tools");
            self.note(PartialReason::MountedServer, detail, Some(site));
        }
    }
}
