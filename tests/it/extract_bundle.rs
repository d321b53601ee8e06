//! Large files: what nothing leads to is never parsed, and what something leads to is read as in a small one.

use crate::support::pack::package;
use mcpdex::extract::{Budget, Extraction, ReadLimits, SourceTree, extract};
use mcpdex::model::{Ecosystem, ToolOrigin};

/// More than a megabyte of functions and classes that nothing uses.
fn ballast() -> String {
    let one = |n: usize| {
        let lines: String =
            (0..20).map(|line| format!("    value = store.get(`lamp ${{value}}`, {line}) / 2;\n")).collect();
        format!(
            "function unused{n}(value) {{\n{lines}    return /[}}/]+/.test(value);\n}}\nclass Unused{n} extends Base {{\n  static kind = {n};\n  run(value) {{\n{lines}  }}\n}}\n"
        )
    };
    (0..500).map(one).collect()
}

fn read(text: String) -> Extraction {
    let manifest = r#"{"name":"lantern","main":"index.js"}"#;
    let files = [("index.js", text), ("package.json", manifest.to_owned())];
    let files = files.map(|(path, text)| (path.to_owned(), text.into_bytes())).into();
    extract(&SourceTree { package: package(Ecosystem::Npm, "lantern"), files }, &Budget::start(ReadLimits::default()))
        .unwrap()
}

/// What is read, without mere definitions: they are not looked for in large files.
fn listed(text: String) -> Extraction {
    let mut found = read(text);
    found.tools.retain(|tool| tool.origin == ToolOrigin::Static);
    found
}

/// Every kind of thing that is put off and that the registrations need, before or behind them.
const SERVER: &str = "
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
const server = new McpServer({ name: 'lantern', version: '1' });
class Room extends Place {
  constructor(name) { super(); this.name = name; }
  register() { server.registerTool(this.name, { description: about(this.name), inputSchema: shape }, light); }
}
function about(name) { return TEXTS[name] ?? `${PREFIX} ${name}`; }
var TEXTS = { hall: 'Lights the hall' }, PREFIX = 'Lights';
var Place = class { };
var light = async (args) => { server.tool('never', light); };
const shape = { lamp: z.string() };
if (process.env.CELLAR) new Room('cellar').register();
new Room('hall').register();
export function main() { new Room('attic').register(); }
main();
";

#[test]
fn a_bundle_is_read_as_the_same_source_without_its_ballast() {
    let small = listed(SERVER.to_owned());
    assert_eq!(small.tools.len(), 3, "{small:?}");
    for (before, after) in
        [(ballast(), String::new()), (String::new(), ballast()), (ballast(), ballast().replace("nused", "nneeded"))]
    {
        let lines = u32::try_from(before.matches('\n').count()).unwrap();
        let mut large = listed(format!("{before}{SERVER}{after}"));
        for tool in &mut large.tools {
            tool.site.line -= lines;
        }
        assert_eq!(large, small);
    }
}

#[test]
fn what_nothing_leads_to_is_not_parsed() {
    // Brackets that nest too deep for the parser are refused where they are parsed, and only there.
    let deep = format!("function deep() {{ return {}1{}; }}\n", "[".repeat(1_500), "]".repeat(1_500));
    let unused = read(format!("{SERVER}{deep}{}", ballast()));
    assert_eq!((unused.tools.len(), unused.is_complete()), (3, true), "{:?}", unused.partial);
    let used = read(format!("{SERVER}{deep}deep();\n{}", ballast()));
    assert!(!used.is_complete(), "{used:?}");
    let line = u32::try_from(SERVER.matches('\n').count()).unwrap() + 1;
    assert!(
        used.partial.iter().any(|note| note.site.as_ref().is_some_and(|site| site.line == line)),
        "{:?}",
        used.partial
    );
}

#[test]
fn a_large_file_that_is_not_clear_is_parsed_as_a_whole() {
    let small = listed(SERVER.to_owned());
    // Whether this divides or begins an expression is told by what stood before the bracket.
    let mut large = listed(format!("{SERVER}x = {{}} / 2;\n{}", ballast()));
    large.partial.clear();
    assert_eq!(large.tools, small.tools);
}
