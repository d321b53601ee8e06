//! The text of a statement before it is parsed: what databases split into words differently is refused, so that all of them
//! agree on where a text in quotes ends.

use super::unproven::{TOO_DEEP, Unproven};

/// How many words and signs a statement may have, and how deeply its parentheses may nest. A chain of operators becomes as
/// deep a tree, and the parser tries every parenthesis in several ways.
const MOST: usize = 2_000;
const DEEPEST: usize = 12;

/// Words that begin a statement. SQL Server needs no sign between two, so one that stands where an alias could is refused.
const BEGINNINGS: [&str; 68] = [
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "BACKUP",
    "BEGIN",
    "BREAK",
    "BULK",
    "CALL",
    "CHECKPOINT",
    "CLOSE",
    "COMMIT",
    "CONTINUE",
    "COPY",
    "CREATE",
    "DBCC",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
    "DENY",
    "DETACH",
    "DISABLE",
    "DO",
    "DROP",
    "ENABLE",
    "EXEC",
    "EXECUTE",
    "EXPORT",
    "GET",
    "GO",
    "GOTO",
    "GRANT",
    "HANDLER",
    "IF",
    "IMPORT",
    "INSERT",
    "INSTALL",
    "INTO",
    "KILL",
    "LOAD",
    "LOCK",
    "MERGE",
    "MOVE",
    "OPEN",
    "PRAGMA",
    "PRINT",
    "RAISERROR",
    "RECEIVE",
    "RECONFIGURE",
    "RENAME",
    "RESTORE",
    "RETURN",
    "REVERT",
    "REVOKE",
    "ROLLBACK",
    "SAVE",
    "SEND",
    "SET",
    "SHUTDOWN",
    "THROW",
    "SETUSER",
    "READTEXT",
    "TRUNCATE",
    "UPDATE",
    "UPDATETEXT",
    "USE",
    "WAITFOR",
    "WHILE",
    "WRITETEXT",
];

/// Whether every database splits the text into the same words.
///
/// # Errors
/// Where two would not.
pub(super) fn has_one_reading(text: &str) -> Result<(), Unproven> {
    let mut before = Before::Beginning;
    let mut rest = text;
    let mut ended = false;
    let (mut pieces, mut depth) = (0_usize, 0_usize);
    while let Some(c) = rest.chars().next() {
        if ended && !c.is_ascii_whitespace() {
            return Err(Unproven::NotReading("goes on after its end"));
        }
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        pieces += usize::from(!c.is_ascii_whitespace());
        if pieces > MOST {
            return Err(Unproven::TooLarge("is longer"));
        }
        if depth > DEEPEST {
            return Err(TOO_DEEP);
        }
        let taken = match c {
            ' ' | '\t' | '\n' | '\r' => 1,
            '\'' | '"' | '`' => {
                let length = quoted(rest, c)?;
                before = Before::Value;
                length
            }
            '[' => {
                let length = bracketed(rest)?;
                before = Before::Value;
                length
            }
            ';' => {
                ended = true;
                1
            }
            _ if c.is_alphanumeric() || c == '_' => {
                let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
                before = word(&rest[..length], before, rest[length..].chars().next())?;
                length
            }
            '-' if rest.starts_with("--") => return Err(Unproven::Ambiguous("has a comment")),
            '/' if rest.starts_with("/*") => return Err(Unproven::Ambiguous("has a comment")),
            ')' | ']' => {
                before = Before::Value;
                1
            }
            '(' | ',' | '.' | '+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | '!' | '|' | '&' | '^' | '~' | ':'
            | '?' => {
                // `*` may be a column list or a product: what follows a column list may be an alias.
                before = if c == '*' { Before::Value } else { Before::Sign };
                1
            }
            _ => return Err(Unproven::Ambiguous("has a sign")),
        };
        rest = &rest[taken..];
    }
    Ok(())
}

/// What stands before a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Beginning,
    /// A sign or a word after which a name must come.
    Sign,
    /// A name or a value, after which an alias may come.
    Value,
}

fn word(word: &str, before: Before, next: Option<char>) -> Result<Before, Unproven> {
    let upper = word.to_ascii_uppercase();
    if next.is_some_and(|c| c == '\'' || c == '"') && !matches!(upper.as_str(), "N" | "X" | "DATE" | "TIME") {
        // E'..', q'..', U&'..', r'..' and their kin have rules of their own.
        if upper.len() <= 2 {
            return Err(Unproven::Ambiguous("has a prefixed text"));
        }
    }
    if before == Before::Value && BEGINNINGS.contains(&upper.as_str()) {
        return Err(Unproven::NotReading("has a word that begins another where a name would stand"));
    }
    let leads = [
        "SELECT", "DISTINCT", "ALL", "BY", "WHERE", "HAVING", "AND", "OR", "NOT", "ON", "AS", "FROM", "JOIN", "WHEN",
        "THEN", "ELSE", "CASE", "BETWEEN", "LIKE", "ILIKE", "IN", "LIMIT", "OFFSET",
    ];
    Ok(if leads.contains(&upper.as_str()) { Before::Sign } else { Before::Value })
}

/// The length of a text in quotes; inside, a quote is written twice.
fn quoted(rest: &str, quote: char) -> Result<usize, Unproven> {
    let triple = [quote; 3].iter().collect::<String>();
    if rest.starts_with(&triple) {
        return Err(Unproven::Ambiguous("has three quotes in a row"));
    }
    let mut at = 1;
    loop {
        let Some(found) = rest[at..].find(quote) else { return Err(Unproven::Unreadable) };
        let end = at + found;
        if rest[end + 1..].starts_with(quote) {
            if rest[end + 2..].starts_with(quote) {
                return Err(Unproven::Ambiguous("has three quotes in a row"));
            }
            at = end + 2;
            continue;
        }
        let inside = &rest[1..end];
        // An identifier in one database may be no quote at all in another.
        let foreign = if quote == '`' { "'\";[]`" } else { "" };
        if inside.contains(['\\', '\0']) || inside.contains(|c: char| c.is_control() && !"\t\n\r".contains(c)) {
            return Err(Unproven::Ambiguous("has an escape"));
        }
        if inside.contains(|c| foreign.contains(c)) || (quote == '`' && has_comment(inside)) {
            return Err(Unproven::Ambiguous("has a quoted name"));
        }
        if dollar_quotes(inside) {
            return Err(Unproven::Ambiguous("has dollar signs"));
        }
        return Ok(end + 1);
    }
}

/// The length of what stands in brackets: a name in SQL Server and SQLite, a subscript elsewhere.
fn bracketed(rest: &str) -> Result<usize, Unproven> {
    let Some(end) = rest.find(']') else { return Err(Unproven::Unreadable) };
    let inside = &rest[1..end];
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == ' ' || c == ',';
    if inside.chars().all(plain) { Ok(end + 1) } else { Err(Unproven::Ambiguous("has a name in brackets")) }
}

fn has_comment(text: &str) -> bool {
    text.contains("--") || text.contains("/*") || text.contains('#')
}

/// `$$` or `$tag$`, which begins a text in some databases; the sign itself is refused outside of quotes but for names.
fn dollar_quotes(text: &str) -> bool {
    let mut parts = text.split('$');
    parts.next();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_some() && part.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return true;
        }
    }
    false
}
