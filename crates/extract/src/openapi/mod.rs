//! Tools that a server makes of a description document (OpenAPI 3, Swagger 2) when it starts: a document and the rules of
//! a converter in, one tool for each operation out. Reads no file and fetches nothing; what the document refers to and does
//! not hold is named.
//!
//! The readers of languages find the document and the converter; [`tools`] does the rest.

mod document;
mod input;
mod naming;
mod schema;

pub use document::ApiDocument;
pub use naming::{Becomes, Convention, Naming, Route};

use input::Input;
use schema::Schemas;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

/// Operations of one document that are read.
const MAX_OPERATIONS: usize = 4_000;

/// One tool of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiTool {
    /// The object that `tools/list` would hold: `name`, `description`, `inputSchema`, and `annotations` where the
    /// converter makes some.
    pub tool: Map<String, Json>,
    /// The method in capitals and the path, as the document has them.
    pub call: String,
    /// Line of the operation in the document's text, counted from 1; `None` where no text is at hand.
    pub line: Option<u32>,
    /// What of this tool is not certain: completes "... could not be followed to its value".
    pub unsure: Vec<String>,
}

/// What a converter makes of a document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ApiReading {
    /// In the converter's order.
    pub tools: Vec<ApiTool>,
    /// Why tools may be missing or too many, one sentence each.
    pub missing: Vec<String>,
}

/// The tools that a converter makes of a document.
pub fn tools(document: &ApiDocument, naming: &Naming) -> ApiReading {
    let mut reading = ApiReading::default();
    let mut taken = BTreeSet::new();
    let mut schemas = Schemas::new(document, naming.convention);
    let operations = document.operations(naming.convention.methods());
    for foreign in document.foreign_paths() {
        reading.missing.push(format!("the operations of `{foreign}` are in another document"));
    }
    for (at, operation) in operations.into_iter().enumerate() {
        if at >= MAX_OPERATIONS {
            reading.missing.push(format!("the document has more than {MAX_OPERATIONS} operations"));
            break;
        }
        match naming.becomes(&operation) {
            Ok(Becomes::Tool) => {}
            Ok(Becomes::Nothing) => continue,
            Err(pattern) => reading.missing.push(format!("the route pattern `{pattern}` could not be read")),
        }
        let Some(name) = naming.name(&operation, &mut taken) else { continue };
        let Input { schema, unsure } = input::of_operation(&operation, &mut schemas, naming.convention);
        let mut tool = Map::new();
        tool.insert("name".to_owned(), json!(name));
        let (description, mut doubts) = naming::description(&operation, naming.convention);
        tool.insert("description".to_owned(), json!(description));
        tool.insert("inputSchema".to_owned(), schema);
        if let Some(annotations) = naming::annotations(&operation, naming.convention) {
            tool.insert("annotations".to_owned(), annotations);
        }
        doubts.extend(unsure);
        reading.tools.push(ApiTool {
            tool,
            call: format!("{} {}", operation.method.to_uppercase(), operation.path),
            line: operation.line,
            unsure: doubts,
        });
    }
    reading.missing.dedup();
    reading
}

#[cfg(test)]
mod tests;
