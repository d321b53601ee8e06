//! Server-sent events: chunks of bytes in, events out. Never holds more than one event of at most [`MAX_EVENT`] bytes,
//! and counts what passes, so that an endless stream of pings or notifications is an error and not a wait.

/// Bytes of one event.
pub(super) const MAX_EVENT: usize = 8 << 20;

/// Events and comment lines of one stream.
const MAX_LINES: usize = 50_000;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// `message` where the stream does not name it.
    pub(super) name: String,
    /// The `data:` lines, joined by line feeds.
    pub(super) data: String,
}

/// The stream goes beyond a limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Excess {
    #[error("an event is larger than {MAX_EVENT} bytes")]
    Event,
    #[error("the event stream has more than {MAX_LINES} lines")]
    Lines,
}

/// Reads one stream.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// The last line ended in a carriage return: a line feed right after it belongs to it.
    after_return: bool,
    name: String,
    data: Option<String>,
    lines: usize,
    started: bool,
}

impl Reader {
    /// Takes a chunk and hands out the events that it completes.
    pub(super) fn push(&mut self, mut chunk: &[u8]) -> Result<Vec<Event>, Excess> {
        let mut events = Vec::new();
        while !chunk.is_empty() {
            if std::mem::take(&mut self.after_return) && chunk[0] == b'\n' {
                chunk = &chunk[1..];
                continue;
            }
            let end = chunk.iter().position(|b| matches!(b, b'\n' | b'\r'));
            self.line.extend_from_slice(&chunk[..end.unwrap_or(chunk.len())]);
            if self.line.len() + self.data.as_ref().map_or(0, String::len) > MAX_EVENT {
                return Err(Excess::Event);
            }
            let Some(end) = end else { break };
            self.after_return = chunk[end] == b'\r';
            chunk = &chunk[end + 1..];
            let line = std::mem::take(&mut self.line);
            events.extend(self.take_line(&line)?);
        }
        Ok(events)
    }

    fn take_line(&mut self, line: &[u8]) -> Result<Option<Event>, Excess> {
        self.lines += 1;
        if self.lines > MAX_LINES {
            return Err(Excess::Lines);
        }
        let line = if std::mem::replace(&mut self.started, true) {
            line
        } else {
            line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
        };
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            return Ok(self.data.take().map(|data| {
                let name = if name.is_empty() { "message".to_owned() } else { name };
                Event { name, data }
            }));
        }
        let text = String::from_utf8_lossy(line);
        let (field, value) = text.split_once(':').unwrap_or((&text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // Comments (an empty field), ids and retry times say nothing about tools.
            _ => {}
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, data: &str) -> Event {
        Event { name: name.to_owned(), data: data.to_owned() }
    }

    const STREAM: &[u8] =
        b"\xef\xbb\xbf: hello\r\n\r\nevent: endpoint\r\ndata: /m?s=1\r\n\r\ndata:{\"a\":\ndata: 1}\nid: 7\n\n\
        event: ping\n\ndata\rdata:b\r\r";

    #[test]
    fn a_stream_reads_the_same_however_it_is_cut() {
        let expected = [event("endpoint", "/m?s=1"), event("message", "{\"a\":\n1}"), event("message", "\nb")];
        for size in 1..=STREAM.len() {
            let mut reader = Reader::default();
            let events: Vec<_> =
                STREAM.chunks(size).flat_map(|chunk| reader.push(chunk).expect("within limits")).collect();
            assert_eq!(events, expected, "chunks of {size}");
        }
    }

    #[test]
    fn endless_comments_and_endless_events_are_errors() {
        let mut reader = Reader::default();
        let pings = b": ping\n".repeat(1_000);
        assert_eq!((0..1_000).find_map(|_| reader.push(&pings).err()), Some(Excess::Lines));
        let mut reader = Reader::default();
        let part = vec![b'x'; 1 << 20];
        assert_eq!((0..10).find_map(|_| reader.push(&part).err()), Some(Excess::Event));
    }
}
