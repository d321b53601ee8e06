//! Paragraphs and tables that fit the terminal.

use super::visible;
use comfy_table::{ContentArrangement, Table, presets};

/// Lines are not drawn wider than this, however wide the terminal.
const WIDEST: usize = 110;

/// The width to fill, in columns.
pub(super) fn width() -> usize {
    textwrap::termwidth().clamp(40, WIDEST)
}

/// Text from a server as indented, wrapped paragraphs; its own line breaks are kept.
pub(super) fn paragraph(text: &str, indent: &str) -> String {
    let options = textwrap::Options::new(width()).initial_indent(indent).subsequent_indent(indent);
    let mut out = String::new();
    for line in visible(text).replace('\t', "    ").lines() {
        let own = line.len() - line.trim_start_matches(' ').len();
        let indent = format!("{indent}{}", " ".repeat(own.min(24)));
        let options = options.clone().initial_indent(&indent).subsequent_indent(&indent);
        out.push_str(textwrap::fill(line.trim(), options).trim_end());
        out.push('\n');
    }
    out
}

/// A plain table: a header line, no frames, columns wrapped to the width.
pub(super) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width().saturating_sub(2)).unwrap_or(u16::MAX));
    table.set_header(header.to_vec());
    for row in rows {
        table.add_row(row.iter().map(|cell| visible(cell).into_owned()).collect::<Vec<_>>());
    }
    let mut out = String::new();
    for line in table.lines() {
        out.push(' ');
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
