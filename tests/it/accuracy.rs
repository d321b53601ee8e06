//! How often the verdicts agree with labels that people gave, where a corpus is at hand (`MCPDEX_CORPUS`): the figures of
//! `mcpdex eval`, held so that no change of a rule lowers them unseen.

use crate::support::binary::User;
use crate::support::corpus::corpus;
use crate::support::schema::assert_valid;
use serde_json::Value;

fn eval(words: &[&str]) -> Value {
    let mut all = vec!["eval", "--json"];
    all.extend(words);
    assert_valid("eval", &User::new().done(&all))
}

fn number(value: &Value, pointer: &str) -> f64 {
    value.pointer(pointer).and_then(Value::as_f64).unwrap_or_else(|| panic!("no {pointer}"))
}

#[test]
fn figures_are_counted_as_they_are_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("labelled.jsonl");
    let rows = [
        r#"{"server":"harbour","name":"list_boats","description":"Lists the boats.","annotations":{"readOnlyHint":true}}"#,
        r#"{"server":"harbour","name":"read_log","description":"Renames the log.","annotations":{"readOnlyHint":true}}"#,
        r#"{"server":"harbour","name":"sink_boat","description":"Deletes a boat for good.","class":"write",
            "risk":"critical","category":"destructive","traits":["destructive"]}"#,
    ];
    std::fs::write(&file, rows.map(|row| row.replace('\n', " ")).join("\n")).unwrap();
    let noise = folder.path().join("noise.jsonl");
    std::fs::write(&noise, r#"{"server":"harbour","name":"read_log"}"#).unwrap();
    let figures = eval(&[file.to_str().unwrap(), "--noise", noise.to_str().unwrap(), "--list"]);
    assert_eq!(number(&figures, "/all/balanced_accuracy"), 75.0);
    assert_eq!(number(&figures, "/without_noise/balanced_accuracy"), 100.0);
    assert_eq!(number(&figures, "/all/category/destructive/destructive"), 1.0);
    assert_eq!(figures["disagreements"][0]["name"], "read_log");
    assert_eq!(figures["disagreements"].as_array().unwrap().len(), 1);
}

#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn reading_is_told_from_everything_else_as_authors_tell_it() {
    let (rows, noise) = (corpus("truth-dev.jsonl.gz"), corpus("truth-dev-noise.jsonl.gz"));
    let figures = eval(&[rows.to_str().unwrap(), "--noise", noise.to_str().unwrap()]);
    for (which, of_tools, of_servers) in [("all", 0.955, 0.93), ("without_noise", 0.975, 0.96)] {
        let tools = number(&figures, &format!("/{which}/balanced_accuracy")) / 100.0;
        let servers = number(&figures, &format!("/{which}/balanced_accuracy_of_servers")) / 100.0;
        eprintln!("{which}: balanced accuracy {tools:.4} of tools, {servers:.4} as mean of servers");
        assert!(tools >= of_tools && servers >= of_servers, "{which}: {tools} {servers}");
    }
    let grave = number(&figures, "/all/read_as_grave")
        / (number(&figures, "/all/read_as_read") + number(&figures, "/all/read_as_other"));
    // Getters of secrets, and of any resource of a cluster, are high by definition.
    assert!(grave <= 0.035, "read-only, yet high or critical: {grave}");
    // Of all rows ten are reads that their authors call destructive; they are among the doubtful ones.
    let low = number(&figures, "/without_noise/destructive_as_low") / number(&figures, "/without_noise/destructive");
    assert!(low <= 0.005, "destructive, yet risk low: {low}");
}

#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn categories_agree_with_those_of_the_reference() {
    let rows = corpus("intercept-labels.jsonl.gz");
    let agreement = number(&eval(&[rows.to_str().unwrap()]), "/all/category_agreement") / 100.0;
    eprintln!("category: {agreement:.4}");
    // docs/accuracy.md says where its labels do not follow the definitions.
    assert!(agreement >= 0.89, "{agreement}");
}

#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn few_tools_go_unrecognised_and_every_quotation_stands_in_the_definition() {
    let rows = corpus("tools-dev.jsonl.gz");
    let mut text = String::new();
    let file = std::fs::File::open(&rows).unwrap();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(file), &mut text).unwrap();
    let verdicts = User::new().done(&["classify", rows.to_str().unwrap()]);
    let (mut described, mut bare, mut quotations) = ([0usize; 2], [0usize; 2], 0usize);
    for (row, verdict) in text.lines().zip(verdicts.lines()) {
        let (row, verdict): (Value, Value) =
            (serde_json::from_str(row).unwrap(), serde_json::from_str(verdict).unwrap());
        let has_text = row["description"].as_str().is_some_and(|text| !text.trim().is_empty());
        let count = if has_text { &mut described } else { &mut bare };
        count[0] += 1;
        if verdict["recognised"] == false {
            count[1] += 1;
            continue;
        }
        let evidence = verdict["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty(), "no evidence for {verdict}");
        for one in evidence {
            let pointer = one["pointer"].as_str().unwrap();
            let (start, end) = (one["start"].as_u64().unwrap() as usize, one["end"].as_u64().unwrap() as usize);
            let last = pointer.rsplit('/').next().unwrap().replace("~1", "/").replace("~0", "~");
            // What is quoted of a parameter is its name, the last step of the way to it.
            let original = match one["field"].as_str() {
                Some("parameter") => last.as_str(),
                _ => row.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("nothing at {pointer}")),
            };
            assert_eq!(original.get(start..end), one["text"].as_str(), "{one} of {row}");
            quotations += 1;
        }
    }
    let share = |count: [usize; 2]| count[1] as f64 / count[0].max(1) as f64;
    eprintln!(
        "unrecognised: {:.4} of {} with a description, {:.4} of {} without; {quotations} quotations",
        share(described),
        described[0],
        share(bare),
        bare[0]
    );
    assert_eq!(described[0] + bare[0], text.lines().count());
    assert!(share(described) <= 0.015 && share(bare) <= 0.04, "{described:?} {bare:?}");
}
