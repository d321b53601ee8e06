//! Reports that are lists, in the formats that programs and documents read: the whole as JSON, a row a line as JSON lines,
//! chosen columns as CSV and Markdown.

use super::sheet::{cell, escape_markdown};
use serde::Serialize;
use serde_json::{Map, Value};

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ListFormat {
    /// Text for people.
    #[default]
    Table,
    /// The whole report; what --json prints.
    Json,
    /// One row a line.
    Jsonl,
    /// A table that spreadsheets open without running anything.
    Csv,
    /// A table for documents.
    Markdown,
}

/// A report that is a list.
pub trait RowReport: Serialize {
    /// The columns of tables by the members of a row, in their order.
    const COLUMNS: &'static [&'static str];

    /// Its rows, an object each.
    fn rows(&self) -> Vec<Value>;

    /// The digest of the rules and overrides that judged, which stands in every row; none where nothing was judged.
    fn judged_by(&self) -> Option<&str> {
        None
    }
}

/// Any value as a row.
pub(super) fn row(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Writes a list; `text` is what people read.
///
/// # Errors
/// Never for memory.
pub fn write_rows<R: RowReport>(
    report: &R,
    format: ListFormat,
    text: impl FnOnce(&R) -> String,
) -> Result<String, csv::Error> {
    let rows = || {
        report.rows().into_iter().filter_map(|row| match row {
            Value::Object(mut row) => {
                row.extend(report.judged_by().map(|digest| ("ruleset".to_owned(), Value::from(digest))));
                Some(row)
            }
            _ => None,
        })
    };
    let columns = || R::COLUMNS.iter().copied().chain(report.judged_by().map(|_| "ruleset"));
    let cells = |row: &Map<String, Value>| columns().map(|name| spelled(row.get(name))).collect::<Vec<_>>();
    Ok(match format {
        ListFormat::Table => text(report),
        ListFormat::Json => super::to_json(report),
        ListFormat::Jsonl => rows().map(|row| format!("{}\n", Value::Object(row))).collect(),
        ListFormat::Csv => {
            let mut sheet = csv::Writer::from_writer(Vec::new());
            sheet.write_record(columns())?;
            for row in rows() {
                sheet.write_record(cells(&row).iter().map(|text| cell(text)))?;
            }
            let bytes = sheet.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
            String::from_utf8_lossy(&bytes).into_owned()
        }
        ListFormat::Markdown => {
            let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
            let mut out = line(columns().map(str::to_owned).collect());
            out += &line(columns().map(|_| "---".to_owned()).collect());
            out.extend(rows().map(|row| line(cells(&row).iter().map(|text| escape_markdown(text)).collect())));
            out
        }
    })
}

/// A member of a row in one cell.
fn spelled(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(all)) => all.iter().map(|one| spelled(Some(one))).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Serialize)]
    struct Two;

    impl RowReport for Two {
        const COLUMNS: &'static [&'static str] = &["name", "traits"];

        fn rows(&self) -> Vec<Value> {
            vec![json!({"name": "=a|b", "traits": ["x", "y"], "more": 1}), json!({"name": null, "traits": []})]
        }

        fn judged_by(&self) -> Option<&str> {
            Some("d1")
        }
    }

    #[test]
    fn each_format_holds_each_row_and_no_text_breaks_out_of_its_cell() {
        let written = |format| write_rows(&Two, format, |_| "text".to_owned()).expect("memory takes all");
        assert_eq!(written(ListFormat::Table), "text");
        assert_eq!(written(ListFormat::Csv), "name,traits,ruleset\n'=a|b,\"x, y\",d1\n,,d1\n");
        assert_eq!(
            written(ListFormat::Markdown),
            "| name | traits | ruleset |\n| --- | --- | --- |\n| =a\\|b | x, y | d1 |\n|  |  | d1 |\n"
        );
        let lines = written(ListFormat::Jsonl);
        let first: Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
        assert_eq!((lines.lines().count(), &first["more"], &first["ruleset"]), (2, &json!(1), &json!("d1")));
    }
}
