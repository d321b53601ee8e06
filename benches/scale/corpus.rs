//! Lists of tools of any length: a number in, a file of rows out.

use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value, json};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What was written.
pub(crate) struct Written {
    pub(crate) tools: usize,
    pub(crate) servers: usize,
}

/// Writes rows of tools, server by server; every round through the corpus varies names and servers, and every tenth keeps
/// the names, so that names meet on several servers.
pub(crate) fn write(file: &Path, tools: usize) -> io::Result<Written> {
    let rows = rows()?;
    let mut out = BufWriter::new(std::fs::File::create(file)?);
    let mut servers = std::collections::BTreeSet::new();
    for at in 0..tools {
        let (round, mut row) = (at / rows.len(), rows[at % rows.len()].clone());
        if round > 0 {
            let server = format!("{}-{round}", row["server"].as_str().unwrap_or_default());
            row.insert("server".to_owned(), server.into());
            if !round.is_multiple_of(10) {
                let name = format!("{}_{round}", row["name"].as_str().unwrap_or_default());
                row.insert("name".to_owned(), name.into());
            }
        }
        servers.insert(row["server"].to_string());
        serde_json::to_writer(&mut out, &row)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(Written { tools, servers: servers.len() })
}

fn rows() -> io::Result<Vec<Map<String, Value>>> {
    let Some(corpus) = std::env::var_os("MCPDEX_CORPUS") else { return Ok(invented()) };
    let file = std::fs::File::open(PathBuf::from(corpus).join("tools-dev.jsonl.gz"))?;
    BufReader::new(MultiGzDecoder::new(file))
        .lines()
        .map(|line| serde_json::from_str(&line?).map_err(io::Error::from))
        .collect()
}

/// Nine tools a server, each of an invented kind.
fn invented() -> Vec<Map<String, Value>> {
    let verbs = ["list", "get", "create", "delete", "update", "run", "search", "send", "archive"];
    let things = ["shelf", "label", "invoice", "plant", "room", "ticket", "file", "page"];
    let mut rows = Vec::new();
    for number in 0..2_000 {
        let thing = things[number % things.len()];
        for verb in verbs {
            let text = format!("{verb} the {thing} of the caller's choice, number {number} of those that are kept.");
            let schema = json!({
                "type": "object",
                "properties": { "id": { "type": "string", "description": format!("Which {thing}.") } },
                "required": ["id"],
            });
            let row = json!({
                "server": format!("io.example.bench/{thing}-{number:05}"),
                "name": format!("{verb}_{thing}"),
                "description": text,
                "inputSchema": schema,
            });
            rows.extend(row.as_object().cloned());
        }
    }
    rows
}
