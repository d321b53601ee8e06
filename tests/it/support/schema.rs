//! Documents against the schemas that the project publishes.

use serde_json::Value;

/// Validates a document; the document read.
pub(crate) fn assert_valid(schema: &str, document: &str) -> Value {
    let read = |name: &str| -> Value {
        let path = format!("{}/data/schema/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let mut parts = jsonschema::Registry::new();
    for part in ["words", "verdict", "policylayer-policy", "finding", "list"].map(read) {
        let id = part["$id"].as_str().unwrap().to_owned();
        parts = parts.add(id, part).unwrap();
    }
    let parts = parts.prepare().unwrap();
    let validator = jsonschema::options().with_registry(&parts).build(&read(schema)).unwrap();
    let document: Value = serde_json::from_str(document).unwrap();
    let wrong: Vec<_> = validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{schema}: {}", wrong.join("\n"));
    document
}
