//! Parameters that only the description describes: what an entry of a section of arguments says counts as if the schema
//! said it, with its place in the description.

use crate::judged::judge;
use mcpdex_model::{Field, Risk, Trait, Verdict};
use serde_json::json;

fn judged(description: &str, parameter: &str) -> Verdict {
    let schema = json!({"type": "object", "properties": {parameter: {"type": "string"}}});
    judge(&[json!({"server": "quay", "name": "show_keel", "description": description, "inputSchema": schema})])
        .remove(0)
}

#[test]
fn an_entry_of_a_section_speaks_of_its_parameter() {
    for description in [
        "Shows a keel.\n\nArgs:\n    source (str): absolute path of the drawing, read from disk\n    size: how large",
        "Shows a keel. Args: source: absolute path of the drawing, read from disk Returns: a drawing",
        "Shows a keel.\n\n- **source** - absolute path of the drawing,\n  read from disk\n",
    ] {
        let verdict = judged(description, "source");
        assert_eq!(verdict.risk, Risk::Medium, "{description}");
        assert!(verdict.traits.contains(&Trait::FileAccess), "{description}: {verdict:?}");
        let evidence = verdict.evidence.iter().find(|of| of.field == Field::ParameterDescription);
        let evidence = evidence.unwrap_or_else(|| panic!("{description}: {:?}", verdict.evidence));
        assert_eq!(evidence.pointer, "/description");
        assert_eq!(&description[evidence.start..evidence.end], evidence.text);
    }
}

#[test]
fn what_another_parameters_entry_says_is_not_its_own() {
    let verdict =
        judged("Shows a keel.\n\nArgs:\n    source: name of a keel\n    notes: kept at an absolute path", "source");
    assert!(!verdict.traits.contains(&Trait::FileAccess), "{verdict:?}");
    assert_eq!(verdict.risk, Risk::Low);
}
