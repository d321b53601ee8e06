//! What every reader has in common, whatever its language: how long it may work, how a place is told, what it says is
//! missing, how a tool and its schema are put together. Computes only, and knows no syntax: each language keeps its own
//! tree, its own values and its own idioms.
//!
//! | role | here | in a language's folder |
//! |---|---|---|
//! | what the work may cost, and which limit ended it | [`budget`] | `limit`: what was left out by then |
//! | which file is being parsed, seen from outside | [`watch`] | |
//! | a file and a line, and what is no part of the server | [`site`], [`aside`] | `source`: the files |
//! | what may be missing from the list | [`notes`] | `absent`: why there is nothing at all |
//! | what must hold for a tool to be there | [`condition`] | `condition`, `setting` |
//! | a tool's fields on their way | [`draft`] | `tool`: which value is which field |
//! | values as JSON | [`json`] | `json`: what the language's values are |
//! | JSON Schema | [`schema`] | `schema`, `types`: what the language's types are |

pub(crate) mod aside;
pub(crate) mod budget;
pub(crate) mod condition;
pub(crate) mod draft;
pub(crate) mod json;
pub(crate) mod notes;
pub(crate) mod schema;
pub(crate) mod site;
pub(crate) mod watch;
