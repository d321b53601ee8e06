//! A statement as a PostgreSQL server takes it: values by `$1`, without what tells SQLite how to go about it.

/// Words that only SQLite understands, and what stands in their place.
const WORDS: [(&str, &str); 7] = [
    ("CROSS JOIN ", "JOIN "),
    ("NOT INDEXED ", ""),
    ("json_each(", "listed("),
    // Texts of strangers are as long as they like, and an index of a server holds their digests.
    ("source, version, coalesce(claimed, ''))", "listing_key(source, version, claimed))"),
    (
        "rule = ?1 AND field = ?2 AND pointer = ?3",
        "digest_of(rule) = digest_of($1) AND field = $2 AND digest_of(pointer) = digest_of($3)",
    ),
    ("listing.source = ?1", "digest_of(listing.source) = digest_of($1)"),
    ("server_alias.alias = ?1", "digest_of(server_alias.alias) = digest_of($1)"),
];

/// Rewrites a statement. What stands in quotes stays.
pub(super) fn told(sql: &str) -> String {
    let mut told = String::with_capacity(sql.len() + 16);
    let (mut rest, mut values) = (sql, 0_usize);
    while let Some(sign) = rest.chars().next() {
        if sign == '\'' {
            let end = rest[1..].find('\'').map_or(rest.len(), |at| at + 2);
            told.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        if sign == '?' {
            let digits = rest[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - 1);
            values += 1;
            match &rest[1..=digits] {
                "" => told.push_str(&format!("${values}")),
                number => told.extend(["$", number]),
            }
            rest = &rest[1 + digits..];
            continue;
        }
        if let Some(after) = rest.strip_prefix("INDEXED BY ") {
            let name = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
            rest = &after[name..];
            continue;
        }
        if let Some((word, other)) = WORDS.iter().find(|(word, _)| rest.starts_with(word)) {
            told.push_str(other);
            rest = &rest[word.len()..];
            continue;
        }
        told.push(sign);
        rest = &rest[sign.len_utf8()..];
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_and_hints_are_left_out() {
        let one = "SELECT '?1', name FROM tool INDEXED BY tool_by_name WHERE name = ?1 AND id > ?12";
        assert_eq!(told(one), "SELECT '?1', name FROM tool  WHERE name = $1 AND id > $12");
        let other = "SELECT 1 FROM a CROSS JOIN b ON b.id = a.id WHERE x = ? AND y = ?";
        assert_eq!(told(other), "SELECT 1 FROM a JOIN b ON b.id = a.id WHERE x = $1 AND y = $2");
        assert_eq!(
            told("DELETE FROM listing WHERE listing.source = ?1 AND id = ?2"),
            "DELETE FROM listing WHERE digest_of(listing.source) = digest_of($1) AND id = $2"
        );
        assert_eq!(told("SELECT server_id FROM tool NOT INDEXED WHERE true"), "SELECT server_id FROM tool WHERE true");
    }
}
