//! Values as they go to a server, and come from it.

use crate::sql::value::{Params, ValueRef};
use crate::sql::{Error, Result};
use std::borrow::Cow;
use std::error::Error as StdError;
use tokio_postgres::Row as PgRow;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{Format, FromSql, IsNull, ToSql, Type, to_sql_checked};

/// A value as text; `None` where there is none.
#[derive(Debug)]
pub(super) struct Bound(Option<String>);

impl Bound {
    pub(super) fn of(text: String) -> Bound {
        Bound(Some(text))
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

pub(super) fn as_sql(value: &Bound) -> &(dyn ToSql + Sync) {
    value
}

pub(super) fn bound(values: &impl Params) -> Result<Vec<Bound>> {
    let mut all = Vec::new();
    values.each(&mut |value| {
        all.push(Bound(match value {
            ValueRef::Null => None,
            ValueRef::Integer(number) => Some(number.to_string()),
            ValueRef::Real(number) => Some(number.to_string()),
            ValueRef::Text(text) => Some(kept(text).into_owned()),
            ValueRef::Json(text) => Some(kept_json(text)),
            ValueRef::Blob(bytes) => Some(format!("\\x{}", mcpdex_model::text::hex(bytes))),
        }));
        Ok(())
    })?;
    Ok(all)
}

/// A text without the one sign that this database cannot hold. The next one takes its place, so that the order of texts
/// stays, in what is written and in what is asked for alike.
pub(crate) fn kept(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{1}").into() } else { text.into() }
}

/// The same of JSON, where the sign is told by letters: this database keeps them, but answers nothing that looks into such a
/// document.
fn kept_json(document: &str) -> String {
    const SIGN: &str = r"\u0000";
    let (mut kept, mut rest) = (String::with_capacity(document.len()), document);
    while let Some(at) = rest.find('\\') {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        // Any other escape is two signs, of which the second may be one more `\`.
        if let Some(after) = rest.strip_prefix(SIGN) {
            kept.push_str(r"\u0001");
            rest = after;
        } else {
            let read = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            kept.push_str(&rest[..read]);
            rest = &rest[read..];
        }
    }
    kept.push_str(rest);
    kept
}

impl ToSql for Bound {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match &self.0 {
            None => Ok(IsNull::Yes),
            Some(text) => {
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

/// What a column holds, where it lies in the answer.
struct Held<'r>(ValueRef<'r>);

impl<'r> FromSql<'r> for Held<'r> {
    fn from_sql(of: &Type, raw: &'r [u8]) -> std::result::Result<Held<'r>, Box<dyn StdError + Sync + Send>> {
        Ok(Held(match *of {
            Type::BOOL => ValueRef::Integer(i64::from(bool::from_sql(of, raw)?)),
            Type::INT2 => ValueRef::Integer(i64::from(i16::from_sql(of, raw)?)),
            Type::INT4 => ValueRef::Integer(i64::from(i32::from_sql(of, raw)?)),
            Type::INT8 => ValueRef::Integer(i64::from_sql(of, raw)?),
            Type::FLOAT8 => ValueRef::Real(f64::from_sql(of, raw)?),
            Type::BYTEA => ValueRef::Blob(raw),
            _ => ValueRef::Text(std::str::from_utf8(raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> std::result::Result<Held<'r>, Box<dyn StdError + Sync + Send>> {
        Ok(Held(ValueRef::Null))
    }

    fn accepts(of: &Type) -> bool {
        matches!(
            *of,
            Type::BOOL
                | Type::INT2
                | Type::INT4
                | Type::INT8
                | Type::FLOAT8
                | Type::BYTEA
                | Type::TEXT
                | Type::VARCHAR
                | Type::NAME
                | Type::JSON
                | Type::UNKNOWN
        )
    }
}

/// A column by its place.
pub(crate) fn column(row: &PgRow, at: usize) -> Result<ValueRef<'_>> {
    Ok(row.try_get::<_, Held<'_>>(at)?.0)
}

/// The place of a column by its name.
pub(crate) fn place_of(row: &PgRow, name: &str) -> Result<usize> {
    let found = row.columns().iter().position(|column| column.name() == name);
    found.ok_or_else(|| Error::Column { column: name.to_owned(), what: "is not there" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_of_nothing_is_told_as_the_next_one_in_json_too() {
        assert_eq!(
            kept_json(r#"["a\u0000b","\\u0000","\\\u0000","\"é"]"#),
            r#"["a\u0001b","\\u0000","\\\u0001","\"é"]"#
        );
        assert_eq!(kept_json("[]"), "[]");
        assert_eq!((kept("a\0b"), kept("ab")), ("a\u{1}b".into(), "ab".into()));
    }
}
