//! The words of a definition that decided, marked where they stand: a text and the places of evidence in, pieces of the
//! text out. A place that does not hold the words that it should marks nothing.

use crate::model::{Evidence, text::escape_key};
use serde_json::{Map, Value};

/// A piece of a text, with the numbers of the evidence that it is part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    /// Numbers of evidence, from 1; none for what decided nothing.
    pub(super) marks: Vec<usize>,
    /// The number that is shown behind it: of the evidence that ends here.
    pub(super) ends: Vec<usize>,
}

/// Bytes of a text that are shown; the whole stands in the machine-readable twin and in the database.
pub(super) const SHOWN: usize = 6_000;

/// Evidence with its number.
pub(super) type Numbered<'a> = [(usize, &'a Evidence)];

/// A text in pieces. What lies beyond the first [`SHOWN`] bytes is left out; how many bytes were.
pub(super) fn pieces(text: &str, pointer: &str, evidence: &Numbered<'_>) -> (Vec<Piece>, usize) {
    let here: Vec<(usize, &Evidence)> = evidence
        .iter()
        .filter(|(_, e)| e.pointer == pointer && text.get(e.start..e.end).is_some_and(|words| words == e.text))
        .map(|(number, e)| (*number, *e))
        .collect();
    let mut end = text.len().min(SHOWN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut bounds: Vec<usize> = vec![0, end];
    for (_, e) in &here {
        bounds.extend([e.start, e.end].into_iter().filter(|at| *at < end));
    }
    bounds.sort_unstable();
    bounds.dedup();
    let piece = |pair: &[usize]| {
        let (from, to) = (pair[0], pair[1]);
        let inside = |e: &Evidence| e.start <= from && to <= e.end;
        let marks: Vec<usize> = here.iter().filter(|(_, e)| inside(e)).map(|(number, _)| *number).collect();
        let ends = here.iter().filter(|(_, e)| inside(e) && e.end == to).map(|(number, _)| *number).collect();
        Piece { text: text[from..to].to_owned(), marks, ends }
    };
    (bounds.windows(2).map(piece).filter(|piece| !piece.text.is_empty()).collect(), text.len() - end)
}

/// A JSON document in pieces, indented, its keys and texts marked where evidence stands in them.
pub(super) fn document(value: &Map<String, Value>, pointer: &str, evidence: &Numbered<'_>) -> (Vec<Piece>, bool) {
    let mut printer = Printer { evidence, pieces: Vec::new(), plain: String::new(), left: SHOWN, cut: false };
    printer.object(value, pointer, 0);
    printer.flush();
    (printer.pieces, printer.cut)
}

struct Printer<'a> {
    evidence: &'a Numbered<'a>,
    pieces: Vec<Piece>,
    plain: String,
    left: usize,
    cut: bool,
}

/// Schemas may nest without end.
const DEEPEST: usize = 24;

impl Printer<'_> {
    fn flush(&mut self) {
        if !self.plain.is_empty() {
            let text = std::mem::take(&mut self.plain);
            self.pieces.push(Piece { text, marks: Vec::new(), ends: Vec::new() });
        }
    }

    fn put(&mut self, text: &str) {
        if text.len() > self.left {
            if !self.cut {
                self.plain.push('…');
            }
            (self.left, self.cut) = (0, true);
            return;
        }
        self.left -= text.len();
        self.plain.push_str(text);
    }

    fn line(&mut self, depth: usize) {
        let indent = format!("\n{}", "  ".repeat(depth));
        self.put(&indent);
    }

    fn object(&mut self, object: &Map<String, Value>, pointer: &str, depth: usize) {
        if object.is_empty() || depth > DEEPEST {
            return self.put(if object.is_empty() { "{}" } else { "{…}" });
        }
        self.put("{");
        for (at, (key, value)) in object.iter().enumerate() {
            if self.cut {
                return;
            }
            self.put(if at > 0 { "," } else { "" });
            self.line(depth + 1);
            let below = format!("{pointer}/{}", escape_key(key));
            // Evidence on a parameter's name points at the property itself.
            self.text(key, &below, true);
            self.put(": ");
            self.value(value, &below, depth + 1);
        }
        self.line(depth);
        self.put("}");
    }

    fn value(&mut self, value: &Value, pointer: &str, depth: usize) {
        match value {
            Value::Object(object) => self.object(object, pointer, depth),
            Value::Array(items) if items.is_empty() || depth > DEEPEST => {
                self.put(if items.is_empty() { "[]" } else { "[…]" });
            }
            Value::Array(items) => {
                let flat = items.iter().all(|item| !item.is_object() && !item.is_array());
                self.put("[");
                for (at, item) in items.iter().enumerate() {
                    if self.cut {
                        return;
                    }
                    self.put(match (at, flat) {
                        (0, _) => "",
                        (_, true) => ", ",
                        (_, false) => ",",
                    });
                    if !flat {
                        self.line(depth + 1);
                    }
                    self.value(item, &format!("{pointer}/{at}"), depth + 1);
                }
                if !flat {
                    self.line(depth);
                }
                self.put("]");
            }
            Value::String(text) => self.text(text, pointer, false),
            other => self.put(&other.to_string()),
        }
    }

    fn text(&mut self, text: &str, pointer: &str, is_key: bool) {
        self.put("\"");
        let here: Vec<(usize, &crate::model::Evidence)> = self
            .evidence
            .iter()
            .filter(|(_, e)| (e.field == crate::model::Field::Parameter) == is_key)
            .map(|(number, e)| (*number, *e))
            .collect();
        let (pieces, left_out) = pieces(text, pointer, &here);
        for piece in pieces {
            // Each piece is escaped for itself: JSON escapes sign by sign.
            let quoted = Value::String(piece.text).to_string();
            let inner = &quoted[1..quoted.len() - 1];
            if piece.marks.is_empty() || inner.len() > self.left {
                self.put(inner);
            } else {
                self.flush();
                self.left -= inner.len();
                self.pieces.push(Piece { text: inner.to_owned(), ..piece });
            }
        }
        if left_out > 0 {
            self.put("…");
            self.cut = true;
        }
        self.put("\"");
    }
}
