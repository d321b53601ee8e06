//! Values as they go to a server, and come from it.

use crate::sql::value::{Params, Value, ValueRef};
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
}

/// Values of one's own, as this database keeps them.
pub(super) fn owned(values: &impl Params) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    values.each(&mut |value| {
        all.push(match value {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Integer(number),
            ValueRef::Real(number) => Value::Text(number.to_string()),
            ValueRef::Text(text) => Value::Text(kept(text).into_owned()),
            ValueRef::Json(text) => Value::Text(kept_json(text)),
            ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        });
        Ok(())
    })?;
    Ok(all)
}

/// The values of one column of many rows: an array as the server keeps it.
#[derive(Debug)]
pub(super) struct Column(Vec<u8>);

impl Column {
    /// Of values that are all of this type, or none.
    pub(super) fn of<'v>(of: &str, values: impl ExactSizeIterator<Item = &'v Value>) -> Result<Column> {
        let wrong = || Error::Column { column: of.to_owned(), what: "is none of the types of many rows" };
        let element = match of {
            "bigint" => Type::INT8,
            "integer" => Type::INT4,
            "boolean" => Type::BOOL,
            "text" | "words" => Type::TEXT,
            "bytea" => Type::BYTEA,
            _ => return Err(wrong()),
        };
        let rows = i32::try_from(values.len()).map_err(|_| wrong())?;
        let mut bytes = Vec::new();
        // One dimension, with values that are none; its type, its length, its first number.
        for word in [1, 1, element.oid().cast_signed(), rows, 1] {
            bytes.extend(word.to_be_bytes());
        }
        for value in values {
            let mut add = |value: &[u8]| -> Result<()> {
                bytes.extend(i32::try_from(value.len()).map_err(|_| wrong())?.to_be_bytes());
                bytes.extend(value);
                Ok(())
            };
            match (value, &element) {
                (Value::Null, _) => bytes.extend((-1_i32).to_be_bytes()),
                (Value::Integer(number), &Type::INT8) => add(&number.to_be_bytes())?,
                (Value::Integer(number), &Type::INT4) => {
                    add(&i32::try_from(*number).map_err(|_| wrong())?.to_be_bytes())?;
                }
                (Value::Integer(number), &Type::BOOL) => add(&[u8::from(*number != 0)])?,
                (Value::Text(text), &Type::TEXT) => add(text.as_bytes())?,
                (Value::Blob(blob), &Type::BYTEA) => add(blob)?,
                _ => return Err(wrong()),
            }
        }
        Ok(Column(bytes))
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl ToSql for Column {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Box<dyn StdError + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Binary
    }

    to_sql_checked!();
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
