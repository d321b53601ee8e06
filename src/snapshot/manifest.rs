//! The manifest of a snapshot: its text in, what the folder has to hold out. A manifest that is not understood to the last
//! key, or that names a file outside of its folder, is refused.

use serde::{Deserialize, Serialize};

/// The form of a snapshot.
pub(super) const SCHEMA: &str = "mcpdex/snapshot/1";

/// Bytes of a manifest.
pub(super) const MAX_MANIFEST: u64 = 64 << 20;

/// Bytes that one file of rows may unpack to; those that are written stay far below.
pub(super) const MAX_ROWS_FILE: u64 = 1 << 30;

/// What a snapshot holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotManifest {
    pub schema: String,
    /// The version of the program that wrote it.
    pub mcpdex: String,
    /// The digest of the rules and overrides that judged.
    pub ruleset: String,
    /// The version of the database whose rows these are.
    pub database: i64,
    /// When the oldest and the newest list were last seen (RFC 3339).
    pub seen: Option<[String; 2]>,
    pub counts: SnapshotCounts,
    /// In the order in which the rows are to be read.
    pub files: Vec<SnapshotFile>,
}

/// What is in a snapshot in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotCounts {
    /// Current tools: rows of all files of tools.
    pub tools: u64,
    /// Lines of all files of rows.
    pub rows: u64,
}

/// One file of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotFile {
    /// Below the folder, with `/` between the parts; ends with the file's hash.
    pub path: String,
    pub content: FileContent,
    /// In hexadecimal.
    pub sha256: String,
    pub bytes: u64,
    /// Lines, or rows of Parquet.
    pub rows: u64,
    /// Bytes of the lines unpacked; of Parquet those of the file.
    pub plain_bytes: u64,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileContent {
    /// Rows of the database, as lines of JSON, zstd.
    Rows,
    /// Current tools with their verdicts, Parquet.
    Tools,
}

impl FileContent {
    const fn folder(self) -> &'static str {
        match self {
            FileContent::Rows => "rows",
            FileContent::Tools => "tools",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            FileContent::Rows => "jsonl.zst",
            FileContent::Tools => "parquet",
        }
    }

    /// Where a file with this content and hash lies: `part` is the table, or `risk=RISK`.
    #[cfg(any(feature = "parquet", test))]
    pub(super) fn path(self, part: &str, sha256: &str) -> String {
        format!("{}/{part}/{sha256}.{}", self.folder(), self.ending())
    }

    /// The content and the hash of a file that lies here; `None` where no file of a snapshot does.
    pub(super) fn of_path(path: &str) -> Option<(FileContent, &str)> {
        let mut parts = path.split('/');
        let (folder, part, name) = (parts.next()?, parts.next()?, parts.next()?);
        let content = [FileContent::Rows, FileContent::Tools].into_iter().find(|one| one.folder() == folder)?;
        let hash = name.strip_suffix(content.ending())?.strip_suffix('.')?;
        let is_part = !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'='));
        (parts.next().is_none() && is_part && is_sha256(hash)).then_some((content, hash))
    }
}

/// Whether a text is a hash in hexadecimal, in its one spelling.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

impl SnapshotManifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// What about it is not understood or cannot be.
    pub(super) fn read(text: &[u8]) -> Result<SnapshotManifest, String> {
        #[derive(Deserialize)]
        struct Schema {
            schema: String,
        }
        let schema: Schema = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if schema.schema != SCHEMA {
            let found: String = schema.schema.chars().take(80).collect();
            return Err(format!("it is a snapshot of another form (`{found}`); this mcpdex reads {SCHEMA}"));
        }
        let manifest: SnapshotManifest = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        let (mut tools, mut rows) = (0u64, 0u64);
        for file in &manifest.files {
            let shown: String = file.path.chars().take(200).collect();
            if FileContent::of_path(&file.path) != Some((file.content, file.sha256.as_str())) {
                return Err(format!("`{shown}` is no place for a file of a snapshot with that hash"));
            }
            if file.content == FileContent::Rows && file.plain_bytes > MAX_ROWS_FILE {
                return Err(format!("`{shown}` unpacks to more than a file of rows may"));
            }
            let sum = if file.content == FileContent::Tools { &mut tools } else { &mut rows };
            *sum = sum.checked_add(file.rows).ok_or("its counts are larger than any can be")?;
        }
        if (SnapshotCounts { tools, rows }) != manifest.counts {
            return Err("its files do not add up to its counts".to_owned());
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lies_in_its_place_and_nowhere_else() {
        let hash = "a".repeat(64);
        let own = FileContent::Tools.path("risk=low", &hash);
        assert_eq!(FileContent::of_path(&own), Some((FileContent::Tools, hash.as_str())));
        for path in [
            format!("rows/../{hash}.jsonl.zst"),
            format!("/rows/server/{hash}.jsonl.zst"),
            format!("rows/server/x/{hash}.jsonl.zst"),
            format!("rows/server/{hash}.parquet"),
            format!("rows/server/{}.jsonl.zst", hash.to_uppercase()),
            format!("rows\\server/{hash}.jsonl.zst"),
            format!("rows/server/../../{hash}.jsonl.zst"),
            "rows/server/.jsonl.zst".to_owned(),
        ] {
            assert_eq!(FileContent::of_path(&path), None, "{path}");
        }
    }

    #[test]
    fn a_manifest_that_is_not_understood_or_does_not_add_up_is_refused() {
        let hash = "a".repeat(64);
        let file = format!(
            r#"{{"path":"rows/server/{hash}.jsonl.zst","content":"rows","sha256":"{hash}","bytes":1,"rows":2,"plain_bytes":9}}"#
        );
        let text = format!(
            r#"{{"schema":"{SCHEMA}","mcpdex":"1","ruleset":"r","database":10,"seen":null,"counts":{{"tools":0,"rows":2}},"files":[{file}]}}"#
        );
        assert!(SnapshotManifest::read(text.as_bytes()).is_ok());
        for (from, to) in [
            ("snapshot/1", "snapshot/2"),
            (r#""rows":2}"#, r#""rows":3}"#),
            (r#""seen":null"#, r#""seen":null,"more":1"#),
            ("rows/server", "rows/.."),
            (r#""content":"rows""#, r#""content":"tools""#),
            (r#""plain_bytes":9"#, r#""plain_bytes":99999999999"#),
            (r#""bytes":1,"#, r#""bytes":-1,"#),
        ] {
            let changed = text.replacen(from, to, 1);
            assert!(changed != text && SnapshotManifest::read(changed.as_bytes()).is_err(), "{from} → {to}");
        }
    }
}
