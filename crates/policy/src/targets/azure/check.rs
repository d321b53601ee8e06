//! What a person can write as the MCP tool of an agent of Azure: as for OpenAI, with plain lists of names.

use crate::targets::openai::check::{read_tools, tool_fields};
use crate::written::rule::RuleBook;
use crate::written::shape::{Fields, Shape, may, needed};
use crate::written::source::Source;

static NAMES: Fields = Fields {
    what: "a list of tools",
    known: &[may("tool_names", Shape::Names), may("read_only", Shape::Bool)],
    wrong: &[],
    open: false,
};

static APPROVAL: Fields = Fields {
    what: "`require_approval`",
    known: &[may("always", Shape::Names), may("never", Shape::Names)],
    wrong: &[("ask", "`always`"), ("allow", "`never`"), ("tool_names", "`always` or `never` with a list")],
    open: false,
};

static TOOL: Fields = tool_fields!(&APPROVAL);

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    read_tools(source, &TOOL, "", book);
}
