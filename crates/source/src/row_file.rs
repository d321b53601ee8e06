//! Documents of rows (JSON lines) of any size: a reader in, servers out one after the other, each with the whole list of
//! its tools. Memory grows with the number of rows, by a few bytes each, and never with what stands in them: a first
//! reading finds which rows are tools of which server and hands on every other row as it comes, a second takes the rows of
//! one server at a time. It must never give one server two lists, wherever its rows stand.

use super::document::{Document, Entry};
use mcpdex_model::{lenient, text};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// The longest row that is read, in bytes.
const LONGEST: u64 = 64 << 20;
/// Bytes that are read at a time.
const BUFFER: usize = 1 << 18;
/// What a reading of the same bytes is known by changes with the program, which may read more of them.
const READ_BY: &str = concat!("rows read by ", env!("CARGO_PKG_VERSION"));

/// Where a row stands.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u64,
    length: u32,
    /// Counted from 1.
    row: u32,
}

/// The rows of one server's tools.
#[derive(Debug, Default)]
struct Rows {
    spans: Vec<Span>,
    /// One of them was not plainly a tool, so that all are read with care.
    careful: bool,
}

/// A server of the rows.
#[derive(Debug)]
pub struct RowEntry {
    /// Without a list where `unchanged`.
    pub entry: Entry,
    /// Its list is the one that is known already: the rows were not read again.
    pub unchanged: bool,
    /// What the list's rows are known by; `None` where it has no list.
    pub digest: Option<String>,
}

/// What was not an entry.
#[derive(Debug, Default)]
pub struct RowRemarks {
    pub superseded: usize,
    pub redacted: usize,
    /// What could not be read, one sentence each, in the order of the rows.
    pub problems: Vec<String>,
}

/// A document of rows.
#[derive(Debug)]
pub struct RowFile<R> {
    reader: BufReader<R>,
    document: Document,
    source: String,
    stem: String,
    /// Where the next row stands.
    at: u64,
    row: u32,
    line: Vec<u8>,
    lists: BTreeMap<String, Rows>,
    ready: VecDeque<Entry>,
    problems: Vec<(u32, String)>,
    first_reading: bool,
}

impl<R: Read + Seek> RowFile<R> {
    /// A document of rows, or the reader again, at its beginning, where its first two rows do not say that it is one.
    ///
    /// # Errors
    /// The reader cannot be read.
    pub fn open(reader: R, source: &str, stem: &str) -> io::Result<Result<RowFile<R>, R>> {
        let mut rows = RowFile {
            reader: BufReader::with_capacity(BUFFER, reader),
            document: Document::new(source, stem),
            source: source.to_owned(),
            stem: stem.to_owned(),
            at: 0,
            row: 0,
            line: Vec::new(),
            lists: BTreeMap::new(),
            ready: VecDeque::new(),
            problems: Vec::new(),
            first_reading: true,
        };
        let is_rows = rows.begins_with_rows()?;
        rows.reader.seek(SeekFrom::Start(0))?;
        (rows.at, rows.row) = (0, 0);
        Ok(if is_rows { Ok(rows) } else { Err(rows.reader.into_inner()) })
    }

    /// Whether the first row is a whole value and another one follows, as in no other kind of document.
    fn begins_with_rows(&mut self) -> io::Result<bool> {
        let (mut first, mut found) = (true, 0);
        while found < 2 {
            if self.take_line()?.is_none() {
                return Ok(false);
            }
            let line = if first { bare(&self.line) } else { &self.line };
            let line = line.trim_ascii();
            first = false;
            if line.is_empty() {
                continue;
            }
            let opens = line.starts_with(b"{") || line.starts_with(b"[");
            if !opens || found == 0 && serde_json::from_slice::<&RawValue>(line).is_err() {
                return Ok(false);
            }
            found += 1;
        }
        Ok(true)
    }

    /// Reads a row into `line`; where it stands, and whether it was too long to be kept.
    fn take_line(&mut self) -> io::Result<Option<(Span, bool)>> {
        self.line.clear();
        let start = self.at;
        let mut length = (&mut self.reader).take(LONGEST + 1).read_until(b'\n', &mut self.line)? as u64;
        if length == 0 {
            return Ok(None);
        }
        let long = length > LONGEST;
        while long && self.line.last() != Some(&b'\n') {
            self.line.clear();
            match (&mut self.reader).take(LONGEST).read_until(b'\n', &mut self.line)? as u64 {
                0 => break,
                more => length += more,
            }
        }
        self.at += length;
        self.row = self.row.saturating_add(1);
        Ok(Some((Span { start, length: u32::try_from(length).unwrap_or(u32::MAX), row: self.row }, long)))
    }

    /// The next server; `is_seen` is asked, by server and digest, whether a list of these rows is kept already.
    ///
    /// # Errors
    /// The reader cannot be read.
    pub fn next_entry(&mut self, is_seen: &dyn Fn(&str, &str) -> bool) -> io::Result<Option<RowEntry>> {
        loop {
            if let Some(entry) = self.ready.pop_front() {
                return Ok(Some(RowEntry { entry, unchanged: false, digest: None }));
            }
            if self.first_reading {
                match self.take_line()? {
                    Some((span, long)) => self.sort(span, long),
                    None => self.first_reading = false,
                }
                continue;
            }
            let Some((server, rows)) = self.lists.pop_first() else { return Ok(None) };
            if let Some(found) = self.list(&server, &rows, is_seen)? {
                return Ok(Some(found));
            }
        }
    }

    /// What is to be told beside the servers. Call it when there are no more.
    pub fn finish(mut self) -> RowRemarks {
        self.problems.sort_by_key(|(row, _)| *row);
        RowRemarks {
            superseded: self.document.superseded,
            redacted: self.document.redacted,
            problems: self.problems.into_iter().map(|(_, problem)| problem).collect(),
        }
    }

    /// Keeps the place of a tool, and reads any other row.
    fn sort(&mut self, span: Span, long: bool) {
        if long {
            return self.problems.push((span.row, format!("row {} is longer than {LONGEST} bytes", span.row)));
        }
        let line = if span.row == 1 { bare(&self.line) } else { &self.line };
        let Ok(text) = std::str::from_utf8(line) else {
            return self.problems.push((span.row, format!("row {} is no UTF-8 text", span.row)));
        };
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        if let Some(server) = plain_tool(text) {
            return self.lists.entry(server).or_default().spans.push(span);
        }
        let mut alone = Document::new(&self.source, &self.stem);
        alone.line(span.row as usize, text);
        let servers = alone.servers_of_lone_tools();
        if servers.is_empty() {
            self.document.superseded += alone.superseded;
            self.document.redacted += alone.redacted;
            self.problems.extend(alone.problems.into_iter().map(|problem| (span.row, problem)));
            self.ready.extend(alone.entries);
            return;
        }
        for server in servers {
            let rows = self.lists.entry(server).or_default();
            rows.careful = true;
            rows.spans.push(span);
        }
    }

    /// Reads the list of a server.
    fn list(
        &mut self,
        server: &str,
        rows: &Rows,
        is_seen: &dyn Fn(&str, &str) -> bool,
    ) -> io::Result<Option<RowEntry>> {
        let mut texts = Vec::with_capacity(rows.spans.len());
        let mut digest = Sha256::new_with_prefix(READ_BY);
        for span in &rows.spans {
            let ahead = i64::try_from(span.start).ok().zip(i64::try_from(self.at).ok()).map(|(to, from)| to - from);
            match ahead {
                Some(ahead) => self.reader.seek_relative(ahead)?,
                None => self.reader.seek(SeekFrom::Start(span.start)).map(drop)?,
            }
            let mut line = vec![0; span.length as usize];
            self.at = span.start;
            self.reader.read_exact(&mut line)?;
            self.at += u64::from(span.length);
            digest.update(u64::from(span.length).to_be_bytes());
            digest.update(&line);
            texts.push(line);
        }
        let digest = text::hex(&digest.finalize());
        if is_seen(server, &digest) {
            let entry = Entry::of(self.document.listing(server), None);
            return Ok(Some(RowEntry { entry, unchanged: true, digest: Some(digest) }));
        }
        for (span, line) in rows.spans.iter().zip(&texts) {
            let line = if span.row == 1 { bare(line) } else { line };
            let text = String::from_utf8_lossy(line);
            match rows.careful {
                true => self.document.line(span.row as usize, &text),
                false => self.document.tool_row(span.row as usize, server, text.trim()),
            }
            let problems = std::mem::take(&mut self.document.problems);
            self.problems.extend(problems.into_iter().map(|problem| (span.row, problem)));
        }
        self.document.finish();
        let mut entries = std::mem::take(&mut self.document.entries).into_iter();
        let first = entries.next();
        // Rows that changed between the readings may hold anything.
        self.ready.extend(entries);
        Ok(first.map(|entry| RowEntry { entry, unchanged: false, digest: Some(digest) }))
    }
}

fn bare(line: &[u8]) -> &[u8] {
    line.strip_prefix(lenient::BYTE_ORDER_MARK).unwrap_or(line)
}

/// The server of a row that is well-formed and has what a tool in a row of its own has, and nothing that could make it
/// something else; `None`: the row must be looked at with care.
fn plain_tool(text: &str) -> Option<String> {
    struct Keys;
    #[derive(Default)]
    struct Seen<'t> {
        server: Option<&'t RawValue>,
        named: bool,
        strange: bool,
    }
    impl<'de> Visitor<'de> for Keys {
        type Value = Seen<'de>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Seen<'de>, A::Error> {
            let mut seen = Seen::default();
            while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                match key.as_ref() {
                    "server" => {
                        let value = map.next_value::<&RawValue>()?;
                        // Of two servers readers take one or the other.
                        seen.strange |= seen.server.replace(value).is_some();
                        continue;
                    }
                    "name" => {
                        let value = map.next_value::<&RawValue>()?.get();
                        seen.named |= value.starts_with('"') && value.len() > 2;
                        continue;
                    }
                    "title" | "description" | "inputSchema" | "outputSchema" | "annotations" | "provenance"
                    | "source" => {}
                    _ => seen.strange = true,
                }
                map.next_value::<IgnoredAny>()?;
            }
            Ok(seen)
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seen = serde::Deserializer::deserialize_map(&mut deserializer, Keys).ok()?;
    deserializer.end().ok()?;
    if seen.strange || !seen.named {
        return None;
    }
    let server: Cow<'_, str> = serde_json::from_str(seen.server?.get()).ok()?;
    (!server.trim().is_empty()).then(|| server.into_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;
    use std::io::Cursor;

    const ROWS: &str = concat!(
        "{\"server\":\"a/c\",\"name\":\"cool\",\"description\":\"Cool.\"}\n",
        "{\"name\":\"a/m\",\"packages\":[]}\n",
        "\n",
        "{\"server\":\"a/b\",\"tool\":\"fire\",\"label\":1}\n",
        "{broken\n",
        "{\"server\":\"a/c\",\"name\":\"fire\",}\n",
        "{\"server\":\"a/b\",\"name\":\"\"}\n",
        "{\"server\":\"a/c\",\"name\":\"glaze\",\"name\":\"burn\"}\n",
    );

    fn open(text: &[u8]) -> RowFile<Cursor<Vec<u8>>> {
        RowFile::open(Cursor::new(text.to_vec()), "file:kiln.jsonl", "kiln").unwrap().expect("rows")
    }

    fn drained(mut rows: RowFile<Cursor<Vec<u8>>>) -> (Vec<Entry>, Vec<String>) {
        let mut entries = Vec::new();
        while let Some(found) = rows.next_entry(&|_, _| false).unwrap() {
            entries.push(found.entry);
        }
        (entries, rows.finish().problems)
    }

    #[test]
    fn rows_give_what_the_whole_document_gives_wherever_a_servers_rows_stand() {
        for text in [ROWS.to_owned(), format!("\u{feff}{ROWS}"), ROWS.replace('\n', "\r\n")] {
            let mut whole = Document::new("file:kiln.jsonl", "kiln");
            whole.bytes(text.as_bytes()).unwrap();
            whole.finish();
            let (entries, problems) = drained(open(text.as_bytes()));
            assert_eq!((entries, problems), (whole.entries, whole.problems), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_document_of_rows_is_handed_back_from_its_beginning() {
        for text in
            ["", "{}", "{\"tools\":[\n{}]}", "[1]\n", "{\"a\":1}\n// a note\n", "[a]\nb = 1\n", "\u{fffe}{}\n{}"]
        {
            let mut reader = RowFile::open(Cursor::new(text.as_bytes()), "s", "s").unwrap().expect_err(text);
            let mut again = String::new();
            reader.read_to_string(&mut again).unwrap();
            assert_eq!(again, text);
        }
    }

    #[test]
    fn a_list_is_known_again_by_its_rows_and_a_changed_row_is_news() {
        let digests = |text: &str| {
            let mut rows = open(text.as_bytes());
            let mut found = BTreeMap::new();
            while let Some(row) = rows.next_entry(&|_, _| false).unwrap() {
                found.extend(row.digest.map(|digest| (row.entry.listing.server.0.clone(), digest)));
            }
            found
        };
        let (before, after) = (digests(ROWS), digests(&ROWS.replace("Cool.", "Cools.")));
        assert_eq!(before["a/b"], after["a/b"]);
        assert_ne!(before["a/c"], after["a/c"]);
        let mut rows = open(ROWS.as_bytes());
        let mut seen = 0;
        while let Some(found) = rows.next_entry(&|server, digest| before[server] == digest).unwrap() {
            seen += usize::from(found.unchanged);
            assert!(!found.unchanged || found.entry.tools.is_none());
        }
        assert_eq!(seen, 2);
    }

    #[test]
    fn a_row_that_is_no_text_hides_no_other() {
        let (entries, problems) = drained(open(b"{\"server\":\"a/b\",\"name\":\"fire\"}\n{\"name\":\"\xff\"}\n"));
        assert_eq!((entries.len(), problems.len()), (1, 1), "{problems:?}");
        assert!(problems[0].starts_with("row 2 "), "{problems:?}");
    }
}
