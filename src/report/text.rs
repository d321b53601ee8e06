//! Paragraphs and tables: as wide as the terminal, and in one piece where a program reads them.

use super::style::{by_risk, faint};
use super::visible;
use crate::model::Risk;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use std::io::IsTerminal;
use textwrap::{WordSeparator, WordSplitter};

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
            let options = textwrap::Options::new(width).initial_indent(first).subsequent_indent(rest);
            // Addresses, paths and names stay in one piece. Scripts without blanks break where their own rules say.
            let options = options.word_splitter(WordSplitter::NoHyphenation);
            let spaced = options.clone().word_separator(WordSeparator::AsciiSpace).break_words(false);
            textwrap::fill(line, if line.is_ascii() { spaced } else { options })
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
    keep_words_whole(&mut table);
    let mut out = String::new();
    for line in table.lines() {
        out.push(' ');
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The first line of a text, cut at the end of a word where it has more signs than that; what was cut off is marked.
pub(super) fn first_line(text: &str, most: usize) -> String {
    let text = text.trim();
    let line = text.lines().next().unwrap_or_default().trim_end();
    let Some((end, _)) = line.char_indices().nth(most.saturating_sub(1)) else { return line.to_owned() };
    if line[end..].chars().nth(1).is_none() {
        return line.to_owned();
    }
    // Scripts without blanks, and a word that fills the half of it, are cut where the room ends.
    let kept = match line[..end].rfind(char::is_whitespace) {
        Some(blank) if blank * 2 >= end => line[..blank].trim_end_matches([' ', ',', ';', ':', '\u{2014}']),
        _ => &line[..end],
    };
    format!("{kept}…")
}

/// The last line of what was judged: by what.
pub(super) fn judged_by(ruleset: &str) -> String {
    format!("{}\n", faint(format!("ruleset {}", visible(ruleset))))
}

/// Columns this narrow hold words and numbers, which are not wrapped.
const NARROW: usize = 11;

/// Names stand in the first column: where they leave half of the width to the others, they are not wrapped.
fn keep_words_whole(table: &mut Table) {
    let Some(width) = width() else { return };
    let widths: Vec<usize> = table.column_max_content_widths().into_iter().map(usize::from).collect();
    let narrow: usize = widths.iter().skip(1).filter(|widest| **widest <= NARROW).map(|widest| widest + 2).sum();
    let names_fit = widths.first().is_some_and(|names| *names <= width / 2 && names + narrow + 4 <= width);
    let words_fit = narrow <= width * 3 / 4;
    for (at, widest) in widths.into_iter().enumerate() {
        let fits = if at == 0 { names_fit } else { words_fit && widest <= NARROW };
        if let Some(column) = table.column_mut(at).filter(|_| fits) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
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
