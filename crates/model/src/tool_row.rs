//! The flat row that tables and columns are made of, its columns written once: the struct, their names, what they hold
//! and how they are shown as text all follow from one list.

use serde::Serialize;
use std::borrow::Cow;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    Text,
    MaybeText,
    MaybeNumber,
}

/// A column of [`ToolRow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: ColumnKind,
}

macro_rules! columns {
    (@type Text) => { String };
    (@type MaybeText) => { Option<String> };
    (@type MaybeNumber) => { Option<i64> };
    (@cell Text, $value:expr) => { Some(Cow::Borrowed($value.as_str())) };
    (@cell MaybeText, $value:expr) => { $value.as_deref().map(Cow::Borrowed) };
    (@cell MaybeNumber, $value:expr) => { $value.map(|number| Cow::Owned(number.to_string())) };
    ($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $kind:tt),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        pub struct $name { $($(#[$fmeta])* pub $field: columns!(@type $kind)),+ }

        impl $name {
            /// The columns, in order.
            pub const COLUMNS: &'static [Column] =
                &[$(Column { name: stringify!($field), kind: ColumnKind::$kind }),+];

            /// The values as text, in the order of [`Self::COLUMNS`]; `None` where there is nothing.
            pub fn cells(&self) -> [Option<Cow<'_, str>>; Self::COLUMNS.len()] {
                [$(columns!(@cell $kind, self.$field)),+]
            }
        }
    };
}

columns! {
    /// A current tool in one flat row, words as text.
    ToolRow {
        server: Text,
        tool: Text,
        title: MaybeText,
        description: MaybeText,
        class: Text,
        risk: Text,
        category: Text,
        confidence: Text,
        /// Separated by spaces.
        traits: Text,
        rationale: Text,
        origin: Text,
        target: Text,
        version: MaybeText,
        first_seen: Text,
        last_seen: Text,
        tokens: MaybeNumber,
        /// The JSON object as it came.
        definition: Text,
    }
}
