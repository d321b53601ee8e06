//! Functions of the runtime's modules on paths, addresses and files of the package. No other file is ever looked at.

use super::machine::Machine;
use super::resolve::{folder_of, join};
use super::value::{Foreign, Text, Value};

impl<'t> Machine<'t> {
    /// Remembers that a file of the package is read that describes an interface.
    pub(super) fn note_document(&mut self, file: super::source::FileId) {
        let text = self.sources.text(file);
        let head = text.get(..text.len().min(400)).unwrap_or_else(|| text.get(..1).unwrap_or_default());
        if ["\"openapi\"", "\"swagger\"", "openapi:", "swagger:"].iter().any(|word| head.contains(word)) {
            self.findings.reads_document(file);
        }
    }

    /// Whether there is a file or folder: the package's own are there; on a machine that is new to the program nothing
    /// else is.
    pub(super) fn exists(&mut self, arguments: &[Value]) -> Value {
        if let Some(Value::Text(text)) = arguments.first() {
            let path = join("", text.strip_prefix("file://").unwrap_or(text));
            if self.sources.find(&path).is_some() || self.sources.under(&format!("{path}/")).next().is_some() {
                return Value::Bool(true);
            }
        }
        if self.defaults { Value::Bool(false) } else { Value::Unknown }
    }

    /// The names of what lies in a folder of the package; `None` where more than names is asked for, or the folder is not
    /// there.
    pub(super) fn listed(&mut self, folder: &str, arguments: &[Value]) -> Option<Value> {
        if arguments.iter().skip(1).any(|argument| !self.is_function(argument) && !matches!(argument, Value::Text(_))) {
            return None;
        }
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut names: Vec<&str> = Vec::new();
        for file in self.sources.under(&prefix) {
            let name = self.sources.path(file)[prefix.len()..].split('/').next().unwrap_or_default();
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
        let names: Vec<Value> = names.into_iter().map(Value::text).collect();
        (!names.is_empty()).then(|| self.list(names, false))
    }

    /// `new URL(path, base)`: the text of a file's address where both are in the package.
    pub(super) fn address(&mut self, path: &Value, base: Option<&Value>) -> Value {
        match (path.settled(), base.map(Value::settled)) {
            (Value::Text(path), Some(Value::Text(base))) if base.starts_with("file:///") => {
                let folder = folder_of(base.trim_start_matches("file:///"));
                Value::text(&format!("file:///{}", join(&folder, path)))
            }
            (Value::Text(path), _) if path.starts_with("file:///") => Value::Text(path.clone()),
            _ => Value::Unknown,
        }
    }

    /// Functions of the runtime's modules on paths and on files of the package.
    pub(super) fn runtime_module(&mut self, name: &str, arguments: &[Value]) -> Option<Value> {
        let texts: Option<Vec<Text>> = arguments.iter().map(|argument| argument.as_text().cloned()).collect();
        let path = |text: &str| join("", text.strip_prefix("file://").unwrap_or(text));
        let first = match arguments.first() {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        Some(match name {
            "createRequire" => Foreign::global("require"),
            "fileURLToPath" | "pathToFileURL" => Value::text(&format!("/{}", path(&first?))),
            "dirname" => Value::text(&folder_of(&first?)),
            "basename" => {
                let first = first?;
                let last = first.rsplit('/').next().unwrap_or_default();
                let ending = arguments.get(1).and_then(Value::as_text);
                Value::text(ending.and_then(|ending| last.strip_suffix(ending.as_ref())).unwrap_or(last))
            }
            "join" | "resolve" => {
                let texts = texts?;
                if !texts.first()?.starts_with('/') {
                    return Some(Value::Unknown);
                }
                let whole = texts.iter().map(|text| text.as_ref()).collect::<Vec<_>>().join("/");
                Value::text(&format!("/{}", join("", &whole)))
            }
            // As on the machines that most servers run on.
            "platform" if arguments.is_empty() => self.setting_of("platform", Value::text("linux")),
            "type" if self.defaults && arguments.is_empty() => Value::text("Linux"),
            "existsSync" | "exists" => self.exists(arguments),
            "readdirSync" | "readdir" => self.listed(&path(&first?), arguments)?,
            "readFileSync" | "readFile" => {
                let first = first?;
                if !first.starts_with('/') && !first.starts_with("file:") {
                    return Some(Value::Unknown);
                }
                match self.sources.find(&path(&first)) {
                    Some(file) => {
                        self.note_document(file);
                        Value::text(self.sources.text(file))
                    }
                    None => {
                        self.follow_callbacks(arguments);
                        Value::Unknown
                    }
                }
            }
            _ => return None,
        })
    }
}
