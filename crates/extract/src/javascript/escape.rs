//! What leaves the reader's sight: the server handed to code that is not in the package, code that is made at run time,
//! modules whose names are computed. Each may add, drop or rename tools, so each is said.

use super::call::CallSite;
use super::limit::mentions_registration;
use super::machine::Machine;
use super::outline::LARGE;
use super::value::{Foreign, Origin, Property, Shape, Value};
use mcpdex_model::PartialReason;

/// Methods that keep or carry a server and register nothing: those of transports, collections, events and logs.
const HARMLESS: [&str; 44] = [
    "connect",
    "close",
    "listen",
    "start",
    "on",
    "once",
    "off",
    "emit",
    "set",
    "get",
    "has",
    "push",
    "add",
    "delete",
    "unshift",
    "then",
    "catch",
    "finally",
    "resolve",
    "reject",
    "log",
    "info",
    "debug",
    "warn",
    "error",
    "write",
    "send",
    "use",
    "freeze",
    "assign",
    "keys",
    "values",
    "entries",
    "is",
    "bind",
    "call",
    "apply",
    "toString",
    "stringify",
    "addEventListener",
    "addListener",
    "addResource",
    "addPrompt",
    "registerAppResource",
];
/// Packages that watch a server and change nothing about its tools.
const WATCHERS: [&str; 4] = ["@modelcontextprotocol/", "@sentry/", "@opentelemetry/", "pino"];
/// Bytes of a file whose top level is looked through.
const MAX_TOP_LEVEL: usize = 300_000;

impl<'t> Machine<'t> {
    /// Whether a value is a server of an SDK, or an object made after one.
    pub(super) fn is_server(&self, value: &Value) -> bool {
        match value.settled() {
            Value::Foreign(foreign) => is_server_path(foreign),
            Value::Object(id) => {
                let mut at = *id;
                for _ in 0..8 {
                    let object = self.object(at);
                    if let Shape::Proxy(target, _) = &object.shape {
                        return self.is_server(target);
                    }
                    match &object.parent {
                        Value::Object(parent) => at = *parent,
                        Value::Foreign(foreign) => return is_server_path(foreign),
                        _ => return false,
                    }
                }
                false
            }
            _ => false,
        }
    }

    /// A server, or a plain object that holds one.
    fn holds_server(&self, value: &Value) -> bool {
        if self.is_server(value) {
            return true;
        }
        let Value::Object(id) = value.settled() else { return false };
        let object = self.object(*id);
        matches!(object.shape, Shape::Plain)
            && object.properties.len() <= 40
            && object.properties.values().any(|p| matches!(p, Property::Data(value) if self.is_server(value)))
    }

    /// Says it when a server is handed to something that could not be followed.
    pub(super) fn escapes(&mut self, callee: &Foreign, arguments: &[Value], site: Option<CallSite>) {
        let Some(site) = site else { return };
        let (what, whose) = match &callee.origin {
            Origin::Package(package) => {
                if WATCHERS.iter().any(|watcher| package.starts_with(watcher)) {
                    return;
                }
                (callee.last().to_owned(), format!(" of `{package}`"))
            }
            Origin::Nowhere => (callee.last().to_owned(), String::new()),
            Origin::Global => return,
        };
        let handed = match callee.origin {
            Origin::Package(_) => arguments.iter().any(|argument| self.holds_server(argument)),
            _ => arguments.iter().any(|argument| self.is_server(argument)),
        };
        let carries = ["Transport", "transport", "serve", "start", "listen", "connect", "shutdown", "log"];
        if !handed || HARMLESS.contains(&what.as_str()) || carries.iter().any(|word| what.contains(word)) {
            return;
        }
        let what = if what.is_empty() || what == "()" { "a function".to_owned() } else { format!("`{what}`") };
        let detail =
            format!("the server is handed to {what}{whose}, which is not followed and may add, drop or rename tools");
        self.findings.missing(PartialReason::UnresolvedValue, detail, Some(site.site));
    }

    /// A method of a server is called whose name is computed.
    pub(super) fn computed_method(&mut self, receiver: &Value, site: Option<CallSite>) {
        if let (true, Some(site)) = (self.is_server(receiver), site) {
            let detail = "a method of the server is called whose name is made at run time";
            self.findings.missing(PartialReason::UnresolvedValue, detail, Some(site.site));
        }
    }

    /// Code that is made at run time is run: `eval`, `Function`, the module `vm`.
    pub(super) fn computed_code(&mut self, what: &str, arguments: &[Value], site: Option<CallSite>) {
        let Some(site) = site else { return };
        let code = arguments.iter().map(|argument| argument.settled().as_text().cloned());
        let harmless =
            |text: &str| !mentions_registration(text) && !text.contains("import(") && !text.contains("require(");
        if arguments.is_empty() || code.flatten().filter(|text| harmless(text)).count() == arguments.len() {
            return;
        }
        let handed = arguments.iter().any(|argument| self.holds_server(argument));
        if handed || self.among_tools() || self.in_own_file() {
            let detail = format!("{what} runs code that is made at run time and may add, drop or rename tools");
            self.findings.missing(PartialReason::GeneratedTools, detail, Some(site.site));
        }
    }

    /// A module is loaded whose name is made at run time.
    pub(super) fn computed_import(&mut self, site: Option<CallSite>) {
        if let (0, Some(site)) = (self.fuel, site) {
            // Its name was not even looked at.
            self.left_unloaded(site.site);
            return;
        }
        let near = self.among_tools() || self.in_own_file();
        if let Some(site) = site {
            self.findings.computed_import(site.site, near);
        }
    }

    /// Whether what is being followed is the package's own program, and not a library that it carries along: what that
    /// runs or loads at its start may well add tools, whatever words stand around it.
    pub(super) fn in_own_file(&self) -> bool {
        self.in_own(self.file())
    }

    /// The same for any file.
    pub(super) fn in_own(&self, file: super::source::FileId) -> bool {
        !self.sources.path(file).contains("node_modules/") && self.sources.text(file).len() < LARGE
    }

    /// Whether what is being followed has to do with servers and tools: the function or module says such words.
    pub(super) fn among_tools(&self) -> bool {
        let Some(frame) = self.frames.last() else { return false };
        let whole = self.sources.text(frame.file);
        let text = match frame.body {
            Some((from, to)) => whole.get(from..to).unwrap_or_default(),
            None if whole.len() <= MAX_TOP_LEVEL => whole,
            None => return false,
        };
        text.len() <= MAX_TOP_LEVEL
            && (mentions_registration(text) || ["McpServer", "register", "Register"].iter().any(|w| text.contains(w)))
    }
}

fn is_server_path(foreign: &Foreign) -> bool {
    let Origin::Package(package) = &foreign.origin else { return false };
    let package = package.to_ascii_lowercase();
    let mut made = false;
    let mut before = "";
    for part in foreign.path.split('.') {
        if part == "()" {
            let name = before.to_ascii_lowercase();
            let of_mcp = package.contains("mcp") || package.contains("modelcontextprotocol");
            made = name.contains("mcp") || (of_mcp && name.contains("server"));
        } else if made && part != "server" {
            return false;
        }
        before = part;
    }
    made
}
