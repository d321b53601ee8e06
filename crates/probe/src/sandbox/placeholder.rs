//! Environment variables that a manifest declares: their declarations in, harmless values out. Many servers only look
//! whether a variable is there before they list their tools. No value of the user's own environment is ever used.

use mcpdex_model::lenient;
use serde_json::Value;
use std::collections::BTreeMap;

/// A value that stands in for a secret or setting, by the variable's name.
pub fn placeholder(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    let ends = |words: &[&str]| words.iter().any(|word| upper.ends_with(word));
    let has = |words: &[&str]| words.iter().any(|word| upper.split('_').any(|part| part == *word));
    let value = if ends(&["URL", "URI", "ENDPOINT"]) || has(&["WEBHOOK"]) {
        "https://placeholder.invalid"
    } else if has(&["HOST", "DOMAIN", "HOSTNAME"]) {
        "placeholder.invalid"
    } else if has(&["EMAIL", "MAIL"]) {
        "placeholder@placeholder.invalid"
    } else if ends(&["PORT"]) {
        "65000"
    } else if ends(&["TIMEOUT", "LIMIT", "COUNT", "SIZE"]) {
        "10"
    } else if has(&["ENABLE", "ENABLED", "DEBUG", "VERBOSE"]) {
        "false"
    } else if ends(&["PATH", "DIR", "DIRECTORY", "FOLDER"]) {
        "/tmp"
    } else {
        "placeholder"
    };
    value.to_owned()
}

/// The variables that a manifest (`server.json`) declares for its packages, with values: the manifest's own default or
/// first choice, else a placeholder of the declared format. Of secrets only placeholders are used.
pub fn declared(manifest: &str) -> BTreeMap<String, String> {
    let Ok((value, _)) = lenient::parse(manifest) else { return BTreeMap::new() };
    let server = value.get("server").unwrap_or(&value);
    let packages = server.get("packages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut found = BTreeMap::new();
    for package in packages {
        let variables =
            ["environmentVariables", "environment_variables"].iter().find_map(|key| package.get(key)?.as_array());
        for variable in variables.into_iter().flatten().take(200) {
            let Some(name) = variable.get("name").and_then(Value::as_str).filter(|name| is_name(name)) else {
                continue;
            };
            found.insert(name.to_owned(), value_of(name, variable));
        }
    }
    found
}

fn value_of(name: &str, variable: &Value) -> String {
    let text = |key: &str| variable.get(key)?.as_str().filter(|text| !text.is_empty() && !text.contains('\0'));
    let flag = |key: &str| variable.get(key).and_then(Value::as_bool).unwrap_or(false);
    if !flag("isSecret") && !flag("is_secret") {
        let choice = variable.get("choices").and_then(|choices| choices.get(0)?.as_str());
        let stated = text("value").filter(|value| !value.contains('{')).or(text("default")).or(choice);
        if let Some(stated) = stated {
            return stated.chars().take(1_000).collect();
        }
    }
    match text("format") {
        Some("number") => "1".to_owned(),
        Some("boolean") => "false".to_owned(),
        Some("filepath") => "/tmp/placeholder".to_owned(),
        _ => placeholder(name),
    }
}

/// Whether a name may be set: a plain one, and none by which a loader or interpreter would be led to run something else.
pub(super) fn is_name(name: &str) -> bool {
    const LEADS_ASTRAY: [&str; 8] =
        ["LD_", "DYLD_", "NODE_OPTIONS", "PYTHONPATH", "PYTHONSTARTUP", "BASH_ENV", "PATH", "IFS"];
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let astray = LEADS_ASTRAY.iter().any(|bad| match bad.ends_with('_') {
        true => name.starts_with(bad),
        false => name == *bad,
    });
    plain && !name.is_empty() && name.len() <= 200 && !name.starts_with(|c: char| c.is_ascii_digit()) && !astray
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_variables_get_values_and_secrets_only_placeholders() {
        let manifest = r#"{"packages":[{"environmentVariables":[
            {"name":"ROWS_TOKEN","isSecret":true,"default":"real-looking"},
            {"name":"ROWS_URL"},{"name":"ROWS_MODE","choices":["fast","slow"]},
            {"name":"ROWS_DEPTH","format":"number"},{"name":"ROWS_REGION","default":"north"},
            {"name":"LD_PRELOAD","default":"/tmp/x.so"},{"name":"NODE_OPTIONS","default":"x"},{"name":"a b"},{"x":1}]}]}"#;
        let found = declared(manifest);
        let pairs: Vec<_> = found.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("ROWS_DEPTH", "1"),
                ("ROWS_MODE", "fast"),
                ("ROWS_REGION", "north"),
                ("ROWS_TOKEN", "placeholder"),
                ("ROWS_URL", "https://placeholder.invalid"),
            ]
        );
        assert!(declared("<html>").is_empty());
    }
}
