//! Names in a statement: plain ones, and no variable, text or call in place of one.

use super::unproven::{Unproven, unknown};
use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

pub(super) fn object(name: &ObjectName) -> Result<(), Unproven> {
    name.0.iter().try_for_each(|part| match part {
        ObjectNamePart::Identifier(part) => plain(part),
        ObjectNamePart::Function(_) => unknown("has a name that is not plain"),
    })
}

/// A name that is neither a variable nor a text.
pub(super) fn plain(name: &Ident) -> Result<(), Unproven> {
    let variable = name.value.starts_with(['@', '$', ':']);
    if name.quote_style == Some('\'') || variable || name.value.contains('\0') {
        return unknown("has a name that is not plain");
    }
    Ok(())
}

/// The name of a function in lower case; empty for one of a schema, which a user may have put there.
pub(super) fn function_name(name: &ObjectName) -> Result<String, Unproven> {
    object(name)?;
    match name.0.as_slice() {
        [ObjectNamePart::Identifier(one)] => Ok(one.value.to_ascii_lowercase()),
        _ => unknown("calls a function of a schema of its own"),
    }
}
