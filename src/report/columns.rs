//! The current tools as Parquet: one row a tool, in row groups of bounded size.

use crate::model::{ColumnKind, ToolRow};
use anyhow::Context;
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::Write;
use std::sync::Arc;

/// How hard columns are packed: half the bytes of the least.
const LEVEL: i32 = 9;

/// Rows that are held before they are written.
const GROUP: usize = 20_000;

/// Writes rows as Parquet.
pub struct Columns<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    rows: Vec<ToolRow>,
}

impl<W: Write + Send> Columns<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn begin(out: W) -> anyhow::Result<Columns<W>> {
        let fields: String = ToolRow::COLUMNS
            .iter()
            .map(|column| match column.kind {
                ColumnKind::Text => format!("required binary {} (UTF8); ", column.name),
                ColumnKind::MaybeText => format!("optional binary {} (UTF8); ", column.name),
                ColumnKind::MaybeNumber => format!("optional int64 {}; ", column.name),
            })
            .collect();
        let schema = parse_message_type(&format!("message tool {{ {fields} }}")).context("cannot make the schema")?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(LEVEL)?))
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
        self.rows.push(row.clone());
        if self.rows.len() >= GROUP { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        let cells: Vec<_> = self.rows.iter().map(ToolRow::cells).collect();
        for (at, about) in ToolRow::COLUMNS.iter().enumerate() {
            let Some(mut column) = group.next_column()? else { break };
            let levels: Vec<i16> = cells.iter().map(|row| i16::from(row[at].is_some())).collect();
            let levels = (about.kind != ColumnKind::Text).then_some(&levels[..]);
            let present = cells.iter().filter_map(|row| row[at].as_deref());
            if about.kind == ColumnKind::MaybeNumber {
                let numbers: Vec<i64> = present.filter_map(|text| text.parse().ok()).collect();
                column.typed::<Int64Type>().write_batch(&numbers, levels, None)?;
            } else {
                let texts: Vec<ByteArray> = present.map(ByteArray::from).collect();
                column.typed::<ByteArrayType>().write_batch(&texts, levels, None)?;
            }
            column.close()?;
        }
        group.close()?;
        drop(cells);
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
