//! Small texts that several parts of one reading hold: borrowed where they stand somewhere already, made once otherwise.

use std::ops::Deref;
use std::rc::Rc;

/// A text that is cheap to hand on.
#[derive(Debug, Clone)]
pub(crate) enum SharedText<'t> {
    Borrowed(&'t str),
    Made(Rc<str>),
}

impl SharedText<'_> {
    pub(crate) fn made(text: &str) -> SharedText<'static> {
        SharedText::Made(Rc::from(text))
    }
}

impl Deref for SharedText<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            SharedText::Borrowed(text) => text,
            SharedText::Made(text) => text,
        }
    }
}
