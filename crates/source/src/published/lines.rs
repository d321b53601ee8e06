//! A page as people read it: HTML, Markdown or plain text in; headings, lines, rows of cells, quotes and code out.

use crate::html::{self, Piece};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// One line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    Heading(String),
    Text(String),
    Row(Vec<String>),
    Quote(String),
    Code(String),
}

/// Bytes of one line and of one cell; more of it is no label and no name.
const MAX_LINE: usize = 4_000;
/// Bytes of a block of code.
const MAX_CODE: usize = 256 << 10;
/// Cells of one row.
const MAX_CELLS: usize = 40;

/// The lines of a page.
pub(super) fn of(text: &str) -> Vec<Line> {
    let mut page = Page::default();
    if html::is_html(text) {
        html::read(text, &mut |piece| page.piece(&piece));
        page.end();
    } else if text.trim_start().starts_with('#') || text.contains("\n#") || text.contains("\n|") || text.contains("```")
    {
        page.markdown(text);
    } else {
        plain(text, &mut page);
    }
    page.lines
}

/// What is being read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Block {
    #[default]
    Text,
    Heading,
    Quote,
    Code,
}

#[derive(Default)]
struct Page {
    lines: Vec<Line>,
    block: Block,
    text: String,
    /// The row of a table that is open.
    row: Option<Vec<String>>,
}

impl Page {
    fn push(&mut self, text: &str) {
        let most = if self.block == Block::Code { MAX_CODE } else { MAX_LINE };
        if self.text.len() < most {
            self.text.extend(text.chars().take(most));
        }
    }

    /// Ends the block, the line or the cell that is open.
    fn end(&mut self) {
        let text = std::mem::take(&mut self.text);
        if self.block == Block::Code {
            self.lines.push(Line::Code(text));
            return;
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(row) = &mut self.row {
            if row.len() < MAX_CELLS {
                row.push(text);
            }
        } else if !text.is_empty() {
            self.lines.push(match self.block {
                Block::Heading => Line::Heading(text),
                Block::Quote => Line::Quote(text),
                _ => Line::Text(text),
            });
        }
    }

    fn end_row(&mut self) {
        if let Some(row) = self.row.take() {
            self.text.clear();
            self.lines.push(Line::Row(row));
        }
    }

    fn open(&mut self, block: Block) {
        if self.row.is_none() {
            self.end();
        }
        self.block = block;
    }

    fn close(&mut self) {
        if self.row.is_none() {
            self.end();
        }
        self.block = Block::Text;
    }

    fn piece(&mut self, piece: &Piece<'_>) {
        match *piece {
            Piece::Text(text) => self.push(text),
            Piece::Open { name, .. } => match name {
                "h1" | "h2" | "h3" | "h4" | "title" => self.open(Block::Heading),
                "pre" => self.open(Block::Code),
                "blockquote" => self.open(Block::Quote),
                "tr" => {
                    self.end_row();
                    self.open(Block::Text);
                    self.row = Some(Vec::new());
                }
                "td" | "th" => self.text.clear(),
                "p" | "div" | "li" | "dt" | "dd" | "section" | "br"
                    if self.row.is_none() && self.block == Block::Text =>
                {
                    self.end();
                }
                _ => {}
            },
            Piece::Close(name) => match name {
                "td" | "th" => self.end(),
                "tr" | "table" => self.end_row(),
                "h1" | "h2" | "h3" | "h4" | "title" | "pre" | "blockquote" => self.close(),
                "p" | "div" | "li" | "dt" | "dd" if self.row.is_none() && self.block == Block::Text => self.end(),
                _ => {}
            },
        }
    }

    fn markdown(&mut self, text: &str) {
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { .. }) => self.open(Block::Heading),
                Event::Start(Tag::CodeBlock(_)) => self.open(Block::Code),
                Event::Start(Tag::BlockQuote(_)) => self.open(Block::Quote),
                Event::Start(Tag::TableRow | Tag::TableHead) => self.row = Some(Vec::new()),
                Event::Start(Tag::TableCell) => self.text.clear(),
                Event::End(TagEnd::TableCell) => self.end(),
                Event::End(TagEnd::TableRow | TagEnd::TableHead) => self.end_row(),
                Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::BlockQuote(_)) => self.close(),
                Event::End(TagEnd::Paragraph | TagEnd::Item) if self.block == Block::Text => self.end(),
                Event::Text(text) | Event::Code(text) => self.push(&text),
                Event::SoftBreak | Event::HardBreak if self.block == Block::Text => self.end(),
                Event::SoftBreak | Event::HardBreak => self.push(" "),
                _ => {}
            }
        }
        self.end();
    }
}

/// Lines as they stand; one that begins an object is code to the end of it.
fn plain(text: &str, page: &mut Page) {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !line.trim_start().starts_with('{') {
            page.push(line);
            page.end();
            continue;
        }
        page.block = Block::Code;
        page.push(line);
        let mut open = depth(line);
        while open > 0 {
            let Some(more) = lines.next() else { break };
            page.push("\n");
            page.push(more);
            open += depth(more);
        }
        page.end();
        page.block = Block::Text;
    }
}

/// Brackets that a line opens, less those that it closes; good enough for where an object ends.
fn depth(line: &str) -> i64 {
    line.chars()
        .map(|c| {
            if c == '{' {
                1
            } else if c == '}' {
                -1
            } else {
                0
            }
        })
        .sum()
}
