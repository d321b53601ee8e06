//! What goes into a statement: a value at a time, borrowed from whoever asks.

use super::Result;

/// A value of a column, where it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ValueRef<'v> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'v str),
    /// A text that is JSON, in which a sign that a database cannot hold is told by letters.
    Json(&'v str),
    Blob(&'v [u8]),
}

/// A value of one's own.
#[derive(Debug, Clone, PartialEq, Hash)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Json(String),
    Blob(Vec<u8>),
}

/// What can be a value of a statement.
pub(crate) trait ToSql {
    fn value(&self) -> ValueRef<'_>;
}

impl<T: ToSql + ?Sized> ToSql for &T {
    fn value(&self) -> ValueRef<'_> {
        (**self).value()
    }
}

impl<T: ToSql> ToSql for Option<T> {
    fn value(&self) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, ToSql::value)
    }
}

impl ToSql for str {
    fn value(&self) -> ValueRef<'_> {
        ValueRef::Text(self)
    }
}

impl ToSql for String {
    fn value(&self) -> ValueRef<'_> {
        ValueRef::Text(self)
    }
}

/// A text that is JSON, as the columns hold it into which a statement or a view looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AsJson<'t>(pub(crate) &'t str);

impl ToSql for AsJson<'_> {
    fn value(&self) -> ValueRef<'_> {
        ValueRef::Json(self.0)
    }
}

impl ToSql for [u8] {
    fn value(&self) -> ValueRef<'_> {
        ValueRef::Blob(self)
    }
}

impl ToSql for i64 {
    fn value(&self) -> ValueRef<'_> {
        ValueRef::Integer(*self)
    }
}

impl ToSql for u32 {
    fn value(&self) -> ValueRef<'_> {
        ValueRef::Integer(i64::from(*self))
    }
}

impl ToSql for bool {
    fn value(&self) -> ValueRef<'_> {
        ValueRef::Integer(i64::from(*self))
    }
}

impl ToSql for Value {
    fn value(&self) -> ValueRef<'_> {
        match self {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text),
            Value::Json(text) => ValueRef::Json(text),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Integer(number)
    }
}

/// The values of a statement, in the order of their numbers.
pub(crate) trait Params {
    /// Hands each value to `take`.
    ///
    /// # Errors
    /// That of `take`.
    fn each(&self, take: &mut dyn FnMut(ValueRef<'_>) -> Result<()>) -> Result<()>;
}

impl Params for () {
    fn each(&self, _: &mut dyn FnMut(ValueRef<'_>) -> Result<()>) -> Result<()> {
        Ok(())
    }
}

impl<T: ToSql> Params for &[T] {
    fn each(&self, take: &mut dyn FnMut(ValueRef<'_>) -> Result<()>) -> Result<()> {
        self.iter().try_for_each(|value| take(value.value()))
    }
}

impl<T: ToSql, const N: usize> Params for [T; N] {
    fn each(&self, take: &mut dyn FnMut(ValueRef<'_>) -> Result<()>) -> Result<()> {
        self.iter().try_for_each(|value| take(value.value()))
    }
}

/// Values of several kinds.
macro_rules! tuple {
    ($($name:ident),+) => {
        impl<$($name: ToSql),+> Params for ($($name,)+) {
            #[allow(non_snake_case, reason = "a value goes by the name of its type")]
            fn each(&self, take: &mut dyn FnMut(ValueRef<'_>) -> Result<()>) -> Result<()> {
                let ($($name,)+) = self;
                $(take($name.value())?;)+
                Ok(())
            }
        }
    };
}

tuple!(A, B);
tuple!(A, B, C);
tuple!(A, B, C, D);
tuple!(A, B, C, D, E);
tuple!(A, B, C, D, E, F);

/// Values of any number and kind, each borrowed.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$(&$value as &dyn $crate::sql::ToSql),*] as &[&dyn $crate::sql::ToSql]
    };
}

pub(crate) use params;
