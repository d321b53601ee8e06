//! What stands past a limit of the readers is not read, and that is told: lists that are very long, blocks that nest very
//! deep.

use crate::support::pack::package;
use mcpdex::extract::{Budget, Extraction, ReadLimits, SourceTree, Spent, extract};
use mcpdex::model::Ecosystem;
use serde_json::Value;

/// More names than are looked at in one list.
const MANY: usize = 2_100;

/// More blocks within each other than are followed.
const DEEP: usize = 260;

/// A server of one file in one language: the text around a list of names, or around a block.
struct Language {
    name: &'static str,
    path: &'static str,
    /// A server that registers one tool for each of `NAMES`, each in double quotes with commas between.
    listed: &'static str,
    /// A server that registers `first`, then `last` within `OPEN` and `CLOSE`, as often as it takes.
    nested: &'static str,
    block: [&'static str; 2],
}

const LANGUAGES: [Language; 4] = [
    Language {
        name: "go",
        path: "main.go",
        listed: "package main\nimport \"github.com/mark3labs/mcp-go/mcp\"\nfunc main() {\n for _, name := range []string{NAMES} {\n  \
                 s.AddTool(mcp.NewTool(name, mcp.WithDescription(\"Turns.\")), nil)\n }\n}\n",
        nested: "package main\nimport \"github.com/mark3labs/mcp-go/mcp\"\nfunc main() {\n s.AddTool(mcp.NewTool(\"first\"), nil)\n \
                 OPEN s.AddTool(mcp.NewTool(\"last\"), nil) CLOSE\n}\n",
        block: ["{\n", "}\n"],
    },
    Language {
        name: "java",
        path: "Main.java",
        listed: "class Main { public static void main(String[] args) {\nMcpSyncServer server = McpServer.sync(null).build();\n\
                 for (String name : List.of(NAMES)) { server.addTool(new Tool(name, \"x\", \"{}\"), (a, b) -> null); }\n} }\n",
        nested: "class Main { public static void main(String[] args) {\nMcpSyncServer server = McpServer.sync(null).build();\n\
                 server.addTool(new Tool(\"first\", \"x\", \"{}\"), (a, b) -> null);\n\
                 OPEN server.addTool(new Tool(\"last\", \"x\", \"{}\"), (a, b) -> null); CLOSE\n} }\n",
        block: ["{\n", "}\n"],
    },
    Language {
        name: "csharp",
        path: "Program.cs",
        listed: "class Program { static void Main() {\nforeach (var name in new[] { NAMES }) {\n\
                 builder.Services.AddMcpServer().WithTools(new[] { McpServerTool.Create((string a) => a, \
                 new McpServerToolCreateOptions { Name = name }) });\n}\n} }\n",
        nested: "class Program { static void Main() {\n\
                 builder.Services.AddMcpServer().WithTools(new[] { McpServerTool.Create((string a) => a, \
                 new McpServerToolCreateOptions { Name = \"first\" }) });\n\
                 OPEN builder.Services.AddMcpServer().WithTools(new[] { McpServerTool.Create((string a) => a, \
                 new McpServerToolCreateOptions { Name = \"last\" }) }); CLOSE\n} }\n",
        block: ["{\n", "}\n"],
    },
    Language {
        name: "kotlin",
        path: "Main.kt",
        listed: "fun main() {\n for (name in listOf(NAMES)) {\n  server.addTool(name = name, description = \"a\") { }\n }\n}\n",
        nested: "fun main() {\n server.addTool(name = \"first\", description = \"a\") { }\n OPEN \
                 server.addTool(name = \"last\", description = \"b\") { } CLOSE\n}\n",
        block: ["if (true) {\n", "}\n"],
    },
];

fn read(language: &Language, text: String) -> Extraction {
    let files = [(language.path.to_owned(), text.into_bytes())].into_iter().collect();
    let tree = SourceTree { package: package(Ecosystem::Npm, "lantern"), files };
    extract(&tree, &Budget::scripted(ReadLimits::default(), Spent::default())).unwrap()
}

fn names(found: &Extraction) -> Vec<String> {
    let name = |text: &str| serde_json::from_str::<Value>(text).unwrap()["name"].as_str().unwrap().to_owned();
    found.tools.iter().map(|tool| name(&tool.json)).collect()
}

#[test]
fn a_list_that_is_longer_than_what_is_looked_at_is_not_called_whole() {
    for language in &LANGUAGES {
        let of = |count: usize| {
            let names: Vec<String> = (0..count).map(|at| format!("\"turn_{at}\"")).collect();
            read(language, language.listed.replace("NAMES", &names.join(", ")))
        };
        let few = of(40);
        assert_eq!(few.tools.len(), 40, "{}: {:?}", language.name, few.partial);
        assert!(few.is_complete(), "{}: {:?}", language.name, few.partial);
        let many = of(MANY);
        assert_eq!(many.tools.len(), 2_000, "{}: {:?}", language.name, many.partial);
        assert!(!many.is_complete(), "{}", language.name);
    }
}

#[test]
fn a_block_that_nests_deeper_than_what_is_followed_is_told() {
    for language in &LANGUAGES {
        let of = |count: usize| {
            let text = language.nested.replace("OPEN", &language.block[0].repeat(count));
            read(language, text.replace("CLOSE", &language.block[1].repeat(count)))
        };
        let shallow = of(3);
        assert_eq!(names(&shallow), ["first", "last"], "{}: {:?}", language.name, shallow.partial);
        assert!(shallow.is_complete(), "{}: {:?}", language.name, shallow.partial);
        let deep = of(DEEP);
        assert_eq!(names(&deep), ["first"], "{}: {:?}", language.name, deep.partial);
        let told = deep.partial.iter().find(|note| note.detail.contains("nests too deep"));
        assert!(told.is_some_and(|note| note.site.is_some()), "{}: {:?}", language.name, deep.partial);
    }
}
