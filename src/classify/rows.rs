//! Tools as people hand them over: JSON lines, or a `tools/list` result; in, one row after the other; out, bounded in
//! memory whatever the length of the input. A bad row is reported with its line and hides no other.

use crate::model::{Tool, ToolError};
use serde_json::{Map, Value};
use std::io::{BufRead, Read};

/// A tool with the server that it belongs to.
#[derive(Debug, Clone)]
pub struct Row {
    /// Line of the input, counted from 1; in a `tools/list` result, the place of the tool.
    pub line: usize,
    /// Empty where the input names none.
    pub server: String,
    pub tool: Tool,
    /// Fields of the row that are not part of a tool (labels, for instance).
    pub extra: Map<String, Value>,
}

/// Why a row is no tool.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {line}: {problem}")]
pub struct RowError {
    pub line: usize,
    pub problem: String,
}

/// The longest row that is read, in bytes; a longer one is skipped and reported.
pub(super) const MAX_ROW: usize = 32 * 1024 * 1024;
/// The largest `tools/list` document that is read, in bytes.
pub(super) const MAX_DOCUMENT: u64 = 256 * 1024 * 1024;

const OF_A_TOOL: [&str; 6] = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"];

/// Reads one row from its JSON text.
///
/// # Errors
/// The text is not a JSON object with a name.
pub fn row(line: usize, text: String) -> Result<Row, RowError> {
    let value: Value = serde_json::from_str(&text)
        .map_err(|e| RowError { line, problem: ToolError::Syntax(e.to_string()).to_string() })?;
    let Value::Object(object) = value else {
        return Err(RowError { line, problem: "is not a JSON object".to_owned() });
    };
    row_of(line, object, text)
}

fn row_of(line: usize, mut object: Map<String, Value>, raw: String) -> Result<Row, RowError> {
    let server = match object.shift_remove("server") {
        Some(Value::String(server)) => server,
        _ => String::new(),
    };
    if !object.contains_key("name")
        && let Some(name) = object.shift_remove("tool")
    {
        object.insert("name".to_owned(), name);
    }
    let mut extra = Map::new();
    let others: Vec<String> = object.keys().filter(|key| !OF_A_TOOL.contains(&key.as_str())).cloned().collect();
    for key in others {
        if let Some(value) = object.shift_remove(&key) {
            extra.insert(key, value);
        }
    }
    let tool = Tool::from_object(object, raw).map_err(|e| RowError { line, problem: e.to_string() })?;
    Ok(Row { line, server, tool, extra })
}

/// The rows of an input, one text each.
pub struct Rows<R> {
    input: R,
    line: usize,
    /// Rows of a document, which is read whole.
    document: std::vec::IntoIter<(Option<String>, Value)>,
    pending: Option<Vec<u8>>,
}

/// One row before it is parsed.
#[derive(Debug)]
pub enum RawRow {
    Text(usize, String),
    Parsed(usize, Option<String>, Value),
    Bad(RowError),
}

impl RawRow {
    /// Parses the row.
    ///
    /// # Errors
    /// It is no tool.
    pub fn parse(self) -> Result<Row, RowError> {
        match self {
            RawRow::Text(line, text) => row(line, text),
            RawRow::Bad(error) => Err(error),
            RawRow::Parsed(line, server, Value::Object(mut object)) => {
                if let Some(server) = server {
                    object.entry("server").or_insert(Value::String(server));
                }
                let raw = Value::Object(object.clone()).to_string();
                row_of(line, object, raw)
            }
            RawRow::Parsed(line, ..) => Err(RowError { line, problem: "is not a JSON object".to_owned() }),
        }
    }
}

impl<R: BufRead> Rows<R> {
    /// Looks at the beginning of `input` and decides how to read it.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn new(mut input: R) -> std::io::Result<Rows<R>> {
        let mut first = Vec::new();
        let mut line = 0;
        while first.iter().all(u8::is_ascii_whitespace) {
            first.clear();
            line += 1;
            if input.by_ref().take(MAX_ROW as u64).read_until(b'\n', &mut first)? == 0 {
                break;
            }
        }
        let mut rows = Rows { input, line: line - 1, document: Vec::new().into_iter(), pending: Some(first) };
        rows.try_document()?;
        Ok(rows)
    }

    fn try_document(&mut self) -> std::io::Result<()> {
        let first = self.pending.as_deref().unwrap_or_default();
        let parsed: Result<Value, _> = serde_json::from_slice(first);
        let tools = match parsed {
            Ok(value) => match tools_of(&value) {
                Some(tools) => tools,
                None => return Ok(()),
            },
            // A document over several lines starts with a bracket and does not parse by its first line.
            Err(e) if e.is_eof() && matches!(first.trim_ascii_start().first(), Some(b'{' | b'[')) => {
                let mut whole = first.to_vec();
                self.input.by_ref().take(MAX_DOCUMENT).read_to_end(&mut whole)?;
                match serde_json::from_slice(&whole).ok().as_ref().and_then(tools_of) {
                    Some(tools) => tools,
                    None => {
                        self.pending = Some(whole);
                        return Ok(());
                    }
                }
            }
            Err(_) => return Ok(()),
        };
        self.pending = None;
        self.line = 0;
        self.document = tools.into_iter();
        Ok(())
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn next_row(&mut self) -> std::io::Result<Option<RawRow>> {
        if let Some((server, value)) = self.document.next() {
            self.line += 1;
            return Ok(Some(RawRow::Parsed(self.line, server, value)));
        }
        loop {
            let mut bytes = Vec::new();
            if let Some(pending) = self.pending.take() {
                // What was looked at may hold several lines.
                let end = pending.iter().position(|b| *b == b'\n').map_or(pending.len(), |at| at + 1);
                if end < pending.len() {
                    self.pending = Some(pending[end..].to_vec());
                }
                bytes.extend_from_slice(&pending[..end]);
            } else if self.input.by_ref().take(MAX_ROW as u64).read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.line += 1;
            let line = self.line;
            if bytes.len() >= MAX_ROW && !bytes.ends_with(b"\n") {
                self.skip_line()?;
                return Ok(Some(RawRow::Bad(RowError { line, problem: format!("is longer than {MAX_ROW} bytes") })));
            }
            if bytes.is_empty() {
                return Ok(None);
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return Ok(Some(match String::from_utf8(bytes) {
                Ok(text) => RawRow::Text(line, text.trim_end().to_owned()),
                Err(_) => RawRow::Bad(RowError { line, problem: "is not UTF-8".to_owned() }),
            }));
        }
    }

    fn skip_line(&mut self) -> std::io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let (used, done) = match buffer.iter().position(|b| *b == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), false),
            };
            self.input.consume(used);
            if done {
                return Ok(());
            }
        }
    }
}

/// The tools of a `tools/list` result, a JSON-RPC answer or an array.
fn tools_of(value: &Value) -> Option<Vec<(Option<String>, Value)>> {
    let (list, server) = match value {
        Value::Array(list) => (list, None),
        Value::Object(object) => {
            let inner = object.get("result").unwrap_or(value);
            let server = object.get("server").and_then(Value::as_str).map(str::to_owned);
            (inner.get("tools")?.as_array()?, server)
        }
        _ => return None,
    };
    Some(list.iter().map(|tool| (server.clone(), tool.clone())).collect())
}
