//! The current tools as Parquet: one row a tool, in row groups of bounded size.

use super::sheet::{COLUMNS, values};
use crate::model::ToolRow;
use anyhow::Context;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::Write;
use std::sync::Arc;

/// Rows that are held before they are written.
const GROUP: usize = 20_000;

/// Writes rows as Parquet.
pub struct Columns<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    rows: Vec<[Option<String>; 17]>,
}

impl<W: Write + Send> Columns<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn begin(out: W) -> anyhow::Result<Columns<W>> {
        let fields: String = COLUMNS
            .iter()
            .map(|name| match *name {
                "tokens" => "optional int64 tokens; ".to_owned(),
                "title" | "description" | "version" => format!("optional binary {name} (UTF8); "),
                name => format!("required binary {name} (UTF8); "),
            })
            .collect();
        let schema = parse_message_type(&format!("message tool {{ {fields} }}")).context("cannot make the schema")?;
        let properties = WriterProperties::builder()
            .set_compression(parquet::basic::Compression::SNAPPY)
            .set_created_by(format!("mcpdex {}", env!("CARGO_PKG_VERSION")))
            .build();
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))
            .context("cannot begin the Parquet file")?;
        Ok(Columns { writer, rows: Vec::new() })
    }

    /// Takes one row.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn row(&mut self, row: &ToolRow) -> anyhow::Result<()> {
        self.rows.push(values(row));
        if self.rows.len() >= GROUP { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for at in 0..COLUMNS.len() {
            let Some(mut column) = group.next_column()? else { break };
            let levels: Vec<i16> = self.rows.iter().map(|row| i16::from(row[at].is_some())).collect();
            let optional = matches!(COLUMNS[at], "tokens" | "title" | "description" | "version");
            let levels = optional.then_some(&levels[..]);
            let present = self.rows.iter().filter_map(|row| row[at].as_deref());
            if COLUMNS[at] == "tokens" {
                let numbers: Vec<i64> = present.filter_map(|text| text.parse().ok()).collect();
                column.typed::<Int64Type>().write_batch(&numbers, levels, None)?;
            } else {
                let texts: Vec<ByteArray> = present.map(ByteArray::from).collect();
                column.typed::<ByteArrayType>().write_batch(&texts, levels, None)?;
            }
            column.close()?;
        }
        group.close()?;
        self.rows.clear();
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn end(mut self) -> anyhow::Result<()> {
        self.flush()?;
        self.writer.close().context("cannot end the Parquet file")?;
        Ok(())
    }
}
