//! What the handler of a tool reaches in its package's own source: a tool's name and place in, the calls out that delete,
//! write, start a program, connect or read the environment, each with file and line. It follows functions of the package a
//! few levels, runs nothing, and says where it had to stop.
//!
//! ```text
//! trees ─ index, program ─▶ names ─ locate ─▶ handler ─ lower ─▶ terms ─ walk, call ─▶ deeds
//! ```
//!
//! It is evidence beside the definition, and can only make a verdict graver: a handler that was not found, or not followed
//! to its end, says nothing in favour of a tool.

mod beside;
mod binding;
mod call;
mod deed;
pub(crate) mod forest;
mod import;
mod index;
mod kotlin;
mod literal;
mod locate;
mod lower;
mod module;
mod only;
mod pattern;
mod program;
mod scope;
mod table;
mod term;
mod value;
mod walk;

use super::{Budget, SourceTool};
use forest::Forest;
use locate::Handler;
use mcpdex_model::{CodeSeen, DeedKind, DeedReach, ToolSite};
use program::{Program, Scoping};
use walk::Walk;

/// Tools of one package whose handlers are looked at.
const MAX_TOOLS: usize = 1_500;

/// Looks at the handlers of `tools`, as far as the time allows. `language` is that of the files in `forest`, by the name of
/// its reader.
pub(crate) fn observe(forest: &dyn Forest, language: &str, budget: &Budget, tools: &mut [SourceTool]) {
    let (scoping, table) = match language {
        "python" => (Scoping::Python, "python"),
        "javascript" => (Scoping::JavaScript, "javascript"),
        "go" => (Scoping::Folders, "go"),
        "rust" => (Scoping::Rust, "rust"),
        "csharp" => (Scoping::Everywhere, "csharp"),
        "java" => (Scoping::Everywhere, "java"),
        "kotlin" => (Scoping::Everywhere, "kotlin"),
        _ => return,
    };
    let (Some(table), Some(shared)) = (table::of(table), table::shared()) else { return };
    if tools.is_empty() {
        return;
    }
    let program = Program::new(forest, scoping, table, shared, budget);
    for tool in tools.iter_mut().take(MAX_TOOLS) {
        if budget.expired() {
            return;
        }
        let object: serde_json::Value = serde_json::from_str(&tool.json).unwrap_or_default();
        let Some(name) = object.get("name").and_then(|name| name.as_str()) else { continue };
        tool.code = seen(&program, name, &tool.site);
    }
}

/// What the handler of one tool reaches; `None` where no handler was found.
fn seen(program: &Program<'_>, name: &str, site: &ToolSite) -> Option<CodeSeen> {
    let handlers = locate::handlers(program, name, site);
    let mut walk = Walk::new(program);
    let mut place = None;
    for handler in handlers {
        let (file, line, value) = match handler {
            Handler::Func(id) => {
                let line = program.func(id).map_or(0, |func| lower::line(func.node));
                (id.file, line, walk.handle(id))
            }
            Handler::Branch { file, around, node } => {
                let term = program.lower(file, node);
                (file, lower::line(node), walk.handle_branch(file, around, &term))
            }
        };
        place.get_or_insert_with(|| ToolSite { file: program.forest.path(file).to_owned(), line });
        if value.from == DeedReach::Secret {
            // What it returns holds the environment.
            let all = walk.deeds.iter_mut().filter(|deed| deed.kind == DeedKind::Environment && deed.detail.is_some());
            all.for_each(|deed| deed.reach = DeedReach::Secret);
        }
    }
    let whole = !walk.is_cut && !program.is_cut.get();
    Some(CodeSeen { handler: place?, whole, deeds: walk.deeds })
}
