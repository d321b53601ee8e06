//! What today's format asks of each part of a manifest.

use serde_json::Value;

/// Characters of a title and of a description, at most.
pub(super) const SHORT: usize = 100;

/// Whether a name is one that the registry's API can carry: `namespace/name` in its letters, 3 to 200 of them.
pub fn is_registry_name(name: &str) -> bool {
    let fits = |part: &str, more: &[char]| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-' || more.contains(&c))
    };
    (3..=200).contains(&name.len())
        && name.split_once('/').is_some_and(|(space, name)| fits(space, &[]) && fits(name, &['_']))
}

pub(super) fn is_repository(value: &Value) -> bool {
    value.get("url").is_some_and(is_address)
        && value.get("source").is_some_and(Value::is_string)
        && ["id", "subfolder"].iter().all(|key| value.get(*key).is_none_or(Value::is_string))
}

pub(super) fn is_short(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty() && text.chars().count() <= SHORT)
}

pub(super) fn is_version(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty() && text != "latest" && text.chars().count() <= 255)
}

pub(super) fn is_package_version(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty() && text != "latest")
}

pub(super) fn is_address(value: &Value) -> bool {
    value.as_str().is_some_and(|text| url::Url::parse(text).is_ok())
}

pub(super) fn is_sha256(value: &Value) -> bool {
    let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    value.as_str().is_some_and(|text| text.len() == 64 && text.bytes().all(is_digit))
}

pub(super) fn is_format(value: &Value) -> bool {
    matches!(value.as_str(), Some("string" | "number" | "boolean" | "filepath"))
}

pub(super) fn is_image(value: &Value) -> bool {
    let kind = value.as_str().and_then(|text| text.strip_prefix("image/"));
    matches!(kind, Some("png" | "jpeg" | "jpg" | "svg+xml" | "webp"))
}

pub(super) fn is_theme(value: &Value) -> bool {
    matches!(value.as_str(), Some("light" | "dark"))
}

pub(super) fn are_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|all| all.iter().all(Value::is_string))
}

pub(super) fn are_sizes(value: &Value) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_size = |text: &str| text == "any" || text.split_once('x').is_some_and(|(w, h)| is_number(w) && is_number(h));
    value.as_array().is_some_and(|all| all.iter().all(|size| size.as_str().is_some_and(is_size)))
}

/// An address, or one that begins with a variable in braces.
pub(super) fn is_template(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_plain = rest.is_some_and(|rest| !rest.is_empty());
    let variable = url.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    !url.contains(char::is_whitespace) && (is_plain || variable.is_some_and(is_name))
}
