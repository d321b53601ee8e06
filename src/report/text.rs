//! Paragraphs and tables: as wide as the terminal, and in one piece where a program reads them.

use super::style::by_risk;
use super::visible;
use crate::model::Risk;
use comfy_table::{ContentArrangement, Table, presets};
use std::io::IsTerminal;

/// A narrower terminal is written to as if it had this many columns.
const NARROWEST: usize = 40;

/// The columns to fill: those that `COLUMNS` says, else those of the terminal. `None` in a pipe or file, where what is
/// wrapped can neither be searched nor copied.
pub(super) fn width() -> Option<usize> {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<usize>().ok());
    let wide =
        told.filter(|columns| *columns > 0).or_else(|| std::io::stdout().is_terminal().then(textwrap::termwidth));
    wide.map(|columns| columns.max(NARROWEST))
}

/// Text from a server as indented paragraphs, wrapped to the width; its own line breaks are kept.
pub(super) fn paragraph(text: &str, indent: &str) -> String {
    hanging(text, indent, indent)
}

/// As [`paragraph`], the first line with an indent of its own.
pub(super) fn hanging(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::new();
    for (at, line) in visible(text).replace('\t', "    ").lines().enumerate() {
        let own = " ".repeat((line.len() - line.trim_start_matches(' ').len()).min(24));
        let (first, rest) = (format!("{}{own}", if at == 0 { first } else { rest }), format!("{rest}{own}"));
        out.push_str(fill(line.trim(), &first, &rest).trim_end());
        out.push('\n');
    }
    out
}

/// One line of text that is mcpdex's own or was made visible, wrapped; styles in it take no room.
pub(super) fn fill(line: &str, first: &str, rest: &str) -> String {
    match width() {
        Some(width) => {
            textwrap::fill(line, textwrap::Options::new(width).initial_indent(first).subsequent_indent(rest))
        }
        None => format!("{first}{line}"),
    }
}

/// A plain table: a header line, no frames, columns wrapped to the width. What stands below `risk` or `severity` is
/// coloured by its word.
pub(super) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    match width() {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(u16::try_from(width.saturating_sub(2)).unwrap_or(u16::MAX));
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    table.set_header(header.to_vec());
    for row in rows {
        let cells = row.iter().zip(header.iter().chain(std::iter::repeat(&"")));
        table.add_row(cells.map(|(cell, header)| shown(cell, header)).collect::<Vec<_>>());
    }
    let mut out = String::new();
    for line in table.lines() {
        out.push(' ');
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn shown(cell: &str, header: &str) -> String {
    let text = match width() {
        Some(_) => visible(cell).into_owned(),
        // A row is one line.
        None => visible(cell).split_whitespace().collect::<Vec<_>>().join(" "),
    };
    match cell.parse::<Risk>() {
        Ok(risk) if matches!(header, "risk" | "severity") => by_risk(risk, text),
        _ => text,
    }
}
