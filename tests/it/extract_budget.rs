//! What ends a reading is the processor's time, the clock or the memory, in every language, and which one is told. No test
//! here looks at a clock: a scripted budget costs the same at every look.

use crate::support::pack::package;
use mcpdex::extract::{Budget, Extraction, ReadLimits, SourceTree, Spent, extract};
use mcpdex::model::{Ecosystem, PartialKind, PartialReason};
use std::time::Duration;

/// How deep the functions of [`servers`] call each other, twice each: as many calls as two to this.
const DEEP: usize = 15;

/// A language, its ecosystem, and the paths and texts of a server's files.
type Server = (&'static str, Ecosystem, Vec<(&'static str, String)>);

/// In each language a server that registers `first`, then calls functions that call each other again and
/// again, then registers `last`.
fn servers() -> Vec<Server> {
    let functions = |line: &dyn Fn(usize) -> String| (0..DEEP).map(line).collect::<String>();
    let python = format!(
        "from fastmcp import FastMCP\nmcp = FastMCP('x')\n{}def f{DEEP}(): pass\n@mcp.tool()\ndef first(): ...\nf0()\n\
         @mcp.tool()\ndef last(): ...\nmcp.run()\n",
        functions(&|n| format!("def f{n}():\n    f{0}()\n    f{0}()\n", n + 1)),
    );
    let javascript = format!(
        "import {{ McpServer }} from '@modelcontextprotocol/sdk/server/mcp.js';\nconst s = new McpServer({{}});\n\
         {}function f{DEEP}() {{}}\ns.tool('first', () => {{}});\nf0();\ns.tool('last', () => {{}});\n",
        functions(&|n| format!("function f{n}() {{ f{0}(); f{0}(); }}\n", n + 1)),
    );
    let go = format!(
        "package main\nimport \"github.com/mark3labs/mcp-go/mcp\"\n{}func f{DEEP}() {{}}\n\
         func main() {{\n s.AddTool(mcp.NewTool(\"first\"), nil)\n f0()\n s.AddTool(mcp.NewTool(\"last\"), nil)\n}}\n",
        functions(&|n| format!("func f{n}() {{\n f{0}()\n f{0}()\n}}\n", n + 1)),
    );
    let tool = |name: &str| {
        format!("McpServerTool.Create((string a) => a, new McpServerToolCreateOptions {{ Name = \"{name}\" }})")
    };
    let csharp = format!(
        "static class Deep {{\n{}public static void F{DEEP}() {{ }}\n}}\nclass Program {{ static void Main() {{\n\
         builder.Services.AddMcpServer().WithTools(new[] {{ {} }});\nDeep.F0();\n\
         builder.Services.AddMcpServer().WithTools(new[] {{ {} }});\n}} }}\n",
        functions(&|n| format!("public static void F{n}() {{ F{0}(); F{0}(); }}\n", n + 1)),
        tool("first"),
        tool("last"),
    );
    let tool = |name: &str| format!("server.addTool(new Tool(\"{name}\", \"x\", \"{{}}\"), (a, b) -> null);");
    let java = format!(
        "class Deep {{\n{}static void f{DEEP}() {{ }}\n}}\nclass Main {{ public static void main(String[] args) {{\n\
         McpSyncServer server = McpServer.sync(null).build();\n{}\nDeep.f0();\n{}\n}} }}\n",
        functions(&|n| format!("static void f{n}() {{ f{0}(); f{0}(); }}\n", n + 1)),
        tool("first"),
        tool("last"),
    );
    let kotlin = format!(
        "{}fun f{DEEP}() {{ }}\nfun main() {{\n server.addTool(name = \"first\", description = \"a\") {{ }}\n f0()\n\
         server.addTool(name = \"last\", description = \"b\") {{ }}\n}}\n",
        functions(&|n| format!("fun f{n}() {{\n f{0}()\n f{0}()\n}}\n", n + 1)),
    );
    vec![
        ("python", Ecosystem::Pypi, vec![("server.py", python)]),
        (
            "javascript",
            Ecosystem::Npm,
            vec![("index.js", javascript), ("package.json", r#"{"name":"lantern","main":"index.js"}"#.to_owned())],
        ),
        ("go", Ecosystem::Npm, vec![("main.go", go)]),
        ("csharp", Ecosystem::Npm, vec![("Program.cs", csharp)]),
        ("java", Ecosystem::Npm, vec![("Main.java", java)]),
        ("kotlin", Ecosystem::Npm, vec![("Main.kt", kotlin)]),
    ]
}

fn read(ecosystem: Ecosystem, files: &[(&str, String)], each: Spent) -> Extraction {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.clone().into_bytes())).collect();
    let tree = SourceTree { package: package(ecosystem, "lantern"), files };
    let limits = ReadLimits { cpu_millis: 25_000, millis: 50_000, memory_bytes: 100_000_000, ..ReadLimits::default() };
    extract(&tree, &Budget::scripted(limits, each)).unwrap()
}

fn names(found: &Extraction) -> Vec<String> {
    let name =
        |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["name"].as_str().unwrap().to_owned();
    found.tools.iter().map(|tool| name(&tool.json)).collect()
}

#[test]
fn each_limit_ends_a_reading_in_every_language_and_is_told() {
    let limits = [
        (
            "the processor time for this package (25 s) ran out",
            Spent { cpu: Duration::from_secs(1), ..Spent::default() },
        ),
        ("the time for this package (50 s) ran out", Spent { time: Duration::from_secs(2), ..Spent::default() }),
        ("the memory for this package (50 MB) ran out", Spent { memory: 2_000_000, ..Spent::default() }),
    ];
    for (language, ecosystem, files) in servers() {
        for (told, each) in limits {
            let found = read(ecosystem, &files, each);
            assert_eq!(names(&found), ["first"], "{language}: {:?}", found.partial);
            let notes: Vec<_> = found.partial.iter().filter(|note| note.detail.contains(told)).collect();
            assert_eq!(notes.len(), 1, "{language}: {:?}", found.partial);
            assert_eq!((notes[0].reason, notes[0].kind), (PartialReason::LimitReached, PartialKind::MissingTool));
        }
    }
}

#[test]
fn a_reading_that_no_limit_ends_is_whole() {
    for (language, ecosystem, files) in servers() {
        let found = read(ecosystem, &files, Spent::default());
        assert_eq!(names(&found), ["first", "last"], "{language}: {:?}", found.partial);
        assert!(found.is_complete(), "{language}: {:?}", found.partial);
    }
}

#[test]
fn a_file_that_the_time_does_not_reach_is_named() {
    let text: String = (0..5_000).map(|n| format!("pub const A{n}: u32 = {n};\n")).collect();
    let each = Spent { cpu: Duration::from_secs(1), ..Spent::default() };
    let found = read(Ecosystem::Npm, &[("src/main.rs", format!("use rmcp::tool;\n{text}"))], each);
    let is_told = |note: &mcpdex::model::Partial| {
        note.site.as_ref().is_some_and(|site| site.file == "src/main.rs") && note.detail.contains("ran out before")
    };
    assert!(found.partial.iter().any(is_told), "{:?}", found.partial);
}
