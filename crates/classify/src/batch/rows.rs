//! Tools as people hand them over: JSON lines, or a `tools/list` result; in, one row after the other; out, bounded in
//! memory whatever the length of the input. A bad row is reported with its line and hides no other.

use mcpdex_model::{Oddity, Tool, ToolError, lenient, scan};
use serde_json::{Map, Value};
use std::io::{BufRead, Read};
use std::ops::Range;

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
    /// How many of the tool's oddities, from the first, tell of a text that is not quite JSON or says a thing twice.
    pub mended: usize,
}

impl Row {
    /// What the text of the row had to be mended for, or says twice, one sentence each.
    pub fn mended(&self) -> impl Iterator<Item = String> + '_ {
        self.tool.oddities[..self.mended].iter().map(|odd| match odd.pointer.as_str() {
            "" => format!("the definition {}", odd.what),
            pointer => format!("{pointer} {}", odd.what),
        })
    }

    /// The same for people who look for the row.
    pub fn told(&self) -> impl Iterator<Item = String> + '_ {
        self.mended().map(|what| format!("row {}: {what}", self.line))
    }
}

/// Why a row is no tool.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {line}: {problem}")]
pub struct RowError {
    pub line: usize,
    pub problem: String,
}

/// The longest row that is read, in bytes; a longer one is skipped and reported.
pub(crate) const MAX_ROW: usize = 32 * 1024 * 1024;
/// The largest `tools/list` document that is read, in bytes.
pub(crate) const MAX_DOCUMENT: u64 = 256 * 1024 * 1024;

const OF_A_TOOL: [&str; 6] = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"];

/// Reads one row from its JSON text, as leniently as a server's answer is read; what was mended stands among the
/// oddities of its tool, first.
///
/// # Errors
/// The text is not a JSON object with a name.
pub fn row(line: usize, text: String) -> Result<Row, RowError> {
    let bad = |problem: String| RowError { line, problem };
    let bare = text.trim_start_matches('\u{feff}');
    let (value, mended, other) =
        lenient::parse_both(bare).map_err(|e| bad(ToolError::Syntax(e.to_string()).to_string()))?;
    let Value::Object(object) = value else { return Err(bad("is not a JSON object".to_owned())) };
    let raw = if bare.len() == text.len() { text } else { bare.to_owned() };
    let mut row = row_of(line, object, raw)?;
    if let Some(Value::Object(other)) = other
        && let Ok(other) = row_of(line, other, String::new())
    {
        row.tool.other_reading = Some(Box::new(other.tool));
    }
    row.mended = mended.len();
    row.tool.oddities.splice(0..0, mended);
    Ok(row)
}

fn row_of(line: usize, mut object: Map<String, Value>, raw: String) -> Result<Row, RowError> {
    // In which order the fields stand counts for nothing from here on.
    let others: Vec<String> = object
        .keys()
        .map(String::as_str)
        .filter(|key| !OF_A_TOOL.contains(key) && *key != "server")
        .map(str::to_owned)
        .collect();
    let server = match object.swap_remove("server") {
        Some(Value::String(server)) => server,
        _ => String::new(),
    };
    if !object.contains_key("name")
        && let Some(name) = object.swap_remove("tool")
    {
        object.insert("name".to_owned(), name);
    }
    let mut extra = Map::new();
    for key in others {
        if let Some(value) = object.swap_remove(&key) {
            extra.insert(key, value);
        }
    }
    let tool = Tool::from_object(object, raw).map_err(|e| RowError { line, problem: e.to_string() })?;
    Ok(Row { line, server, tool, extra, mended: 0 })
}

/// The rows of an input, one text each.
pub struct Rows<R> {
    input: R,
    line: usize,
    /// A document, which is held whole.
    document: Option<Document>,
    /// What was looked at and is yet to be read as rows, and how far it was.
    pending: Vec<u8>,
    used: usize,
}

/// A list of tools in one piece.
struct Document {
    text: String,
    tools: std::vec::IntoIter<Range<usize>>,
    /// The server that the document names.
    server: Option<String>,
    /// What is doubtful about the document as a whole, told with its first row.
    notes: Vec<String>,
}

/// One row before it is parsed.
#[derive(Debug)]
pub enum RawRow {
    Text(usize, String),
    /// A tool of a document, with the server that the document names and what is doubtful about the document.
    Listed(usize, Option<String>, String, Vec<String>),
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
            RawRow::Listed(line, server, text, notes) => {
                let mut row = row(line, text)?;
                if let Some(server) = server
                    && row.server.is_empty()
                {
                    row.server = server;
                }
                row.mended += notes.len();
                let notes = notes.into_iter().map(|what| Oddity { pointer: String::new(), what });
                row.tool.oddities.splice(0..0, notes);
                Ok(row)
            }
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
        if first.starts_with(lenient::BYTE_ORDER_MARK) {
            first.drain(..lenient::BYTE_ORDER_MARK.len());
        } else if first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]) {
            // Lines of UTF-16 are not told by a byte: it is read whole.
            input.by_ref().take(MAX_DOCUMENT).read_to_end(&mut first)?;
            first = lenient::text_of(&first).map(|(text, _)| text.into_owned().into_bytes()).unwrap_or_default();
        }
        let mut rows = Rows { input, line: line - 1, document: None, pending: first, used: 0 };
        rows.try_document()?;
        Ok(rows)
    }

    fn try_document(&mut self) -> std::io::Result<()> {
        let start = self.pending.trim_ascii_start();
        if !matches!(start.first(), Some(b'{' | b'[' | b'/')) {
            return Ok(());
        }
        // One row that is whole is a row or a document by itself; anything else that begins like a value may be a
        // document over several lines.
        let first = std::str::from_utf8(first_line(&self.pending)).ok();
        match first.map(|line| (line, Document::of(line))) {
            Some((_, Some(document))) => self.take(document),
            Some((line, None)) if scan::members(line).is_some_and(|parts| parts.broken.is_none()) => {}
            _ => {
                self.input.by_ref().take(MAX_DOCUMENT).read_to_end(&mut self.pending)?;
                if let Some(document) = std::str::from_utf8(&self.pending).ok().and_then(Document::of) {
                    self.take(document);
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, document: Document) {
        self.line = 0;
        self.pending = Vec::new();
        self.document = Some(document);
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn next_row(&mut self) -> std::io::Result<Option<RawRow>> {
        if let Some(document) = &mut self.document
            && let Some(place) = document.tools.next()
        {
            self.line += 1;
            let text = document.text[place].to_owned();
            let notes = std::mem::take(&mut document.notes);
            return Ok(Some(RawRow::Listed(self.line, document.server.clone(), text, notes)));
        }
        loop {
            let mut bytes = Vec::new();
            if self.used < self.pending.len() {
                bytes.extend_from_slice(first_line(&self.pending[self.used..]));
                self.used += bytes.len();
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
                Ok(mut text) => {
                    text.truncate(text.trim_end().len());
                    RawRow::Text(line, text)
                }
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

/// The first line, its end included.
fn first_line(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
    &bytes[..end]
}

impl Document {
    /// The tools of a `tools/list` result, a JSON-RPC answer or an array; comments are passed over. `None`: the text is
    /// none of these, or not to its end.
    fn of(text: &str) -> Option<Document> {
        let found = tools_of(text);
        if found.is_some() || !text.trim_start().starts_with(['{', '[', '/']) {
            return found;
        }
        lenient::without_comments(text).and_then(|plain| tools_of(&plain))
    }
}

/// As [`Document::of`], without comments.
fn tools_of(text: &str) -> Option<Document> {
    let mut server = None;
    let mut notes = Vec::new();
    let lists = if text.trim_start().starts_with('[') {
        vec![text]
    } else {
        let members = whole(scan::members(text)?)?;
        server = members.iter().rev().find(|(key, _)| key == "server").and_then(|(_, value)| scan::string(value));
        let inner: Vec<_> = members.iter().filter(|(key, _)| key == "result").map(|(_, value)| *value).collect();
        let mut all = members.clone();
        for result in inner {
            all.extend(whole(scan::members(result)?)?);
        }
        notes.extend(
            scan::twice(&all)
                .into_iter()
                .map(|key| format!("the document names `{key}` more than once; all lists of tools were read")),
        );
        all.into_iter().filter(|(key, _)| key == "tools").map(|(_, value)| value).collect()
    };
    if lists.is_empty() {
        return None;
    }
    let mut tools = Vec::new();
    for list in lists {
        for tool in whole(scan::elements(list)?)? {
            // Slices of one text, so that a list of any length is held once.
            let start = tool.as_ptr() as usize - text.as_ptr() as usize;
            tools.push(start..start + tool.len());
        }
    }
    let server = server.map(std::borrow::Cow::into_owned);
    Some(Document { text: text.to_owned(), tools: tools.into_iter(), server, notes })
}

/// The parts of a value that was read to its end.
fn whole<T>(parts: scan::Parts<T>) -> Option<Vec<T>> {
    parts.broken.is_none().then_some(parts.found)
}
