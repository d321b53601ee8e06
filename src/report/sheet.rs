//! The current tools as tables: CSV that no spreadsheet runs, Markdown that no text breaks.

use super::visible;
use crate::model::ToolRow;
use std::io::Write;

/// A cell that a spreadsheet does not take for a formula: an apostrophe before what begins like one.
pub(super) fn cell(text: &str) -> String {
    let begins = text.trim_start_matches([' ', '\u{a0}']).chars().next();
    let risky =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠' | '|');
    if begins.is_some_and(risky) { format!("'{text}") } else { text.to_owned() }
}

/// Text in a cell of a Markdown table: no markup of its own, no link, no line break.
pub(super) fn escape_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '|' | '!' | '~' => {
                out.push('\\');
                out.push(c);
            }
            // An address that stands alone becomes a link in some dialects.
            ':' => out.push_str("&#58;"),
            '@' => out.push_str("&#64;"),
            c => out.push(c),
        }
    }
    out
}

/// Writes rows as CSV, a header first.
#[derive(Debug)]
pub struct Sheet<W: Write>(csv::Writer<W>);

impl<W: Write> Sheet<W> {
    /// Begins a sheet.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn begin(out: W) -> std::io::Result<Sheet<W>> {
        let mut sheet = csv::Writer::from_writer(out);
        sheet.write_record(ToolRow::COLUMNS.iter().map(|column| column.name))?;
        Ok(Sheet(sheet))
    }

    /// Writes one row.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn row(&mut self, row: &ToolRow) -> std::io::Result<()> {
        self.0.write_record(row.cells().map(|value| cell(&value.unwrap_or_default())))?;
        Ok(())
    }

    /// Ends the sheet.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn end(mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// The first lines of a Markdown table of tools.
pub const MARKDOWN_HEAD: &str = "| server | tool | class | risk | traits | rationale |\n|---|---|---|---|---|---|\n";

/// One row of a Markdown table of tools.
pub fn markdown_row(row: &ToolRow) -> String {
    let cells = [&row.server, &row.tool, &row.class, &row.risk, &row.traits, &row.rationale];
    format!("| {} |\n", cells.map(|text| escape_markdown(text)).join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_like_a_formula_and_ordinary_text_is_left_alone() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "|calc"] {
            assert!(cell(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(cell("read_file"), "read_file");
    }

    #[test]
    fn markdown_of_strangers_is_text() {
        assert_eq!(escape_markdown("a|b [x](http://y) <b>\n"), "a\\|b \\[x\\]\\(http&#58;//y\\) &lt;b&gt; ");
    }
}
