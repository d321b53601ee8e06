//! JSON pointers (RFC 6901).

/// A key as it stands in a pointer.
pub fn escape_key(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The pointer to what has this key in the object that `parent` points to; the whole document is the empty text.
pub fn pointer_to(parent: &str, key: &str) -> String {
    format!("{parent}/{}", escape_key(key))
}

#[cfg(test)]
mod tests {
    use super::pointer_to;

    #[test]
    fn a_key_with_signs_of_a_pointer_is_found_by_its_pointer() {
        let document = serde_json::json!({ "a/b~c": { "": 1 } });
        let pointer = pointer_to(&pointer_to("", "a/b~c"), "");
        assert_eq!(document.pointer(&pointer), Some(&serde_json::json!(1)));
    }
}
