//! Source that is written to hurt its reader, in every language: it costs its file or its package, within the limits, and
//! no other package.

use crate::support::pack::{package, tar_gz_files};
use mcpdex::extract::archive::ArchiveKind;
use mcpdex::extract::worker::{WorkerError, extract_archive};
use mcpdex::extract::{Extraction, ReadLimits};
use mcpdex::model::Ecosystem;
use std::path::Path;
use std::time::{Duration, Instant};

/// A server with the one tool `ring`, whose description is made in the hostile file.
struct Victim {
    name: &'static str,
    path: &'static str,
    text: &'static str,
    /// The hostile file, and what stands around a hostile expression in it.
    hostile: &'static str,
    before: &'static str,
    after: &'static str,
    /// Definitions that go round in a circle.
    cycle: &'static str,
}

const VICTIMS: [Victim; 8] = [
    Victim {
        name: "python",
        path: "server.py",
        text: "from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool\ndef ring(): ...\nimport deep\nmcp.run()\n",
        hostile: "deep.py",
        before: "DEEP = ",
        after: "\n",
        cycle: "import server\nfrom deep import DEEP\ndef f(): return g()\ndef g(): return f()\nDEEP = f()\n",
    },
    Victim {
        name: "javascript",
        path: "index.js",
        text: "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\nconst s = new McpServer({});\ns.tool('ring', 'Ring', {}, () => {});\nimport { DEEP } from './deep.js';\n",
        hostile: "deep.js",
        before: "export const DEEP = ",
        after: ";\n",
        cycle: "import * as me from './index.js';\nexport const DEEP = f();\nfunction f() { return g(); }\nfunction g() { return f(); }\n",
    },
    Victim {
        name: "typescript",
        path: "index.ts",
        text: "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\nconst s: McpServer = new McpServer({});\ns.tool('ring', 'Ring', {}, () => {});\nimport { DEEP } from './deep';\n",
        hostile: "deep.ts",
        before: "export const DEEP = ",
        after: ";\n",
        cycle: "import * as me from './index';\nexport const DEEP: string = f();\nfunction f() { return g(); }\nfunction g() { return f(); }\n",
    },
    Victim {
        name: "go",
        path: "main.go",
        text: "package main\nimport \"github.com/mark3labs/mcp-go/mcp\"\nfunc main() { s.AddTool(mcp.NewTool(\"ring\", mcp.WithDescription(Deep)), nil) }\n",
        hostile: "deep.go",
        before: "package main\nvar Deep = ",
        after: "\n",
        cycle: "package main\nvar Deep = Other\nvar Other = f()\nfunc f() string { return g() + Deep }\nfunc g() string { for { f(); f(); g() }; return f() }\n",
    },
    Victim {
        name: "rust",
        path: "src/main.rs",
        text: "#[tool_router]\nimpl Bell {\n  #[tool(description = DEEP)]\n  fn ring(&self) {}\n}\n#[tool_handler]\nimpl ServerHandler for Bell {}\nfn main() { serve(Bell::new()) }\n",
        hostile: "src/deep.rs",
        before: "const DEEP: &str = ",
        after: ";\n",
        cycle: "const DEEP: &str = OTHER;\nconst OTHER: &str = f();\nconst fn f() -> &'static str { g() }\nconst fn g() -> &'static str { f() }\n",
    },
    Victim {
        name: "csharp",
        path: "Program.cs",
        text: "builder.Services.AddMcpServer().WithToolsFromAssembly();\n[McpServerToolType]\nclass Bell { [McpServerTool, Description(Deep.Text)] public static string Ring() => \"\"; }\n",
        hostile: "Deep.cs",
        before: "class Deep { public const string Text = ",
        after: "; }\n",
        cycle: "class Deep : Other { public static string Text = F(); static string F() => G(); static string G() => F() + Text; }\nclass Other : Deep { }\n",
    },
    Victim {
        name: "java",
        path: "Main.java",
        text: "@Component\nclass Main { @McpTool(description = Deep.TEXT) String ring() { return \"\"; } }\n",
        hostile: "Deep.java",
        before: "class Deep { static final String TEXT = ",
        after: "; }\n",
        cycle: "class Deep extends Other { static String TEXT = f(); static String f() { return g(); } static String g() { return f() + TEXT; } }\nclass Other extends Deep { Other other; }\n",
    },
    Victim {
        name: "kotlin",
        path: "Main.kt",
        text: "fun main() {\n  server.addTool(name = \"ring\", description = DEEP) { }\n}\n",
        hostile: "Deep.kt",
        before: "val DEEP = ",
        after: "\n",
        cycle: "val DEEP = other\nval other = f()\nfun f(): String = g()\nfun g(): String = f() + DEEP\n",
    },
];

const MILLIS: u64 = 20_000;

fn work(files: &[(&str, &[u8])]) -> Result<Extraction, WorkerError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // Hostile text compresses too well for the guard of the archive, which is not what is looked at here.
    let limits = ReadLimits { cpu_millis: MILLIS / 2, millis: MILLIS, ratio: 1 << 20, ..ReadLimits::default() };
    let archive = tar_gz_files(files);
    let package = package(Ecosystem::Npm, "lantern");
    let program = Path::new(env!("CARGO_BIN_EXE_mcpdex"));
    runtime.block_on(extract_archive(program, &archive, ArchiveKind::TarGz, package, &limits))
}

/// What stands in the hostile file, with a name for the report. Those with `true` have to be survived.
fn attacks(victim: &Victim) -> Vec<(&'static str, bool, Vec<u8>)> {
    let within = |text: String| format!("{}{text}{}", victim.before, victim.after).into_bytes();
    let mut invalid = within("\"\u{e9}\"".to_owned());
    invalid.extend([0xff, 0xfe, 0xc3, 0x28, 0]);
    vec![
        ("80 kB of open brackets", true, within("[{".repeat(40_000))),
        ("80 kB of open parentheses", true, within("(".repeat(80_000))),
        ("80 kB of open braces", true, "{".repeat(80_000).into_bytes()),
        ("closed brackets that nest", false, within(format!("{}1{}", "(".repeat(990), ")".repeat(990)))),
        ("a line of a megabyte", true, within(format!("\"{}\"", "a".repeat(1 << 20)))),
        ("a name of a megabyte", false, within("a".repeat(1 << 20))),
        ("bytes that are no text", true, invalid),
        ("20,000 texts put together", true, within(vec!["\"0123456789\""; 20_000].join(" + "))),
        ("a chain of members", false, within(format!("a{}", ".b".repeat(100_000)))),
        ("a chain of calls", false, within(format!("a{}", ".b()".repeat(50_000)))),
        ("minus signs", false, within(format!("{}1", "-".repeat(100_000)))),
        ("question marks", false, within(format!("{}1", "a ? b : ".repeat(30_000)))),
        ("quotes", false, within("\"'`".repeat(50_000))),
        ("arrows", false, within("x => ".repeat(20_000))),
        ("angles", false, within(format!("A{}", "<A".repeat(50_000)))),
        ("comments that are opened and never closed", true, within("/*".repeat(12_500))),
        ("comments that nest and close", false, within(format!("{}{} 1", "/*".repeat(6_000), "*/".repeat(6_000)))),
        ("documentation that is opened and never closed", true, within("/** ".repeat(20_000))),
        ("templates in templates", false, within("\"${".repeat(8_000))),
        ("templates of three quotes", false, within("\"\"\"${".repeat(6_000))),
        ("backquotes in templates", false, within("`${".repeat(8_000))),
        ("interpolations", false, within("$\"{".repeat(8_000))),
        ("raw text with many signs", false, within(format!("r{}\"", "#".repeat(25_000)))),
        ("open generics", false, within("A<".repeat(12_500))),
        ("slashes", false, within("/a ".repeat(12_500))),
        ("open quotes on lines of their own", false, within("\"a\n".repeat(8_000))),
        ("three quotes on lines of their own", false, within("'''a\n".repeat(8_001))),
        ("definitions in a circle", true, victim.cycle.as_bytes().to_vec()),
    ]
}

fn attack(victim: &Victim) {
    let mut deaths = Vec::new();
    for (what, must_survive, hostile) in attacks(victim) {
        let started = Instant::now();
        let manifest = br#"{"name":"lantern","main":"index.js"}"#.as_slice();
        let files = [
            (victim.path, victim.text.as_bytes()),
            (victim.hostile, hostile.as_slice()),
            (
                "package.json",
                if victim.name == "typescript" { br#"{"name":"lantern","main":"index.ts"}"# } else { manifest },
            ),
        ];
        let result = work(&files);
        let name = victim.name;
        assert!(started.elapsed() < Duration::from_millis(MILLIS) * 2, "{name}: {what} took {:?}", started.elapsed());
        match result {
            Ok(found) => {
                let is_ring = |tool: &mcpdex::extract::SourceTool| tool.json.starts_with("{\"name\":\"ring\"");
                assert!(found.tools.iter().any(is_ring), "{name}: {what} hid the tool: {found:?}");
            }
            Err(WorkerError::Died(_) | WorkerError::Timeout(_)) if !must_survive => deaths.push(what),
            Err(error) => panic!("{name}: {what}: {error}"),
        }
    }
    // Whatever became of the workers, the next package is read.
    let found = work(&[(victim.path, victim.text.as_bytes())]).unwrap();
    assert_eq!(found.tools.len(), 1, "{}", victim.name);
    if !deaths.is_empty() {
        println!("{}: the worker died of {}", victim.name, deaths.join(", "));
    }
}

macro_rules! attacks {
    ($($test:ident = $at:literal),+ $(,)?) => {
        $(#[test]
        fn $test() {
            attack(&VICTIMS[$at]);
        })+
    };
}

attacks! {
    hostile_python_costs_itself_alone = 0,
    hostile_javascript_costs_itself_alone = 1,
    hostile_typescript_costs_itself_alone = 2,
    hostile_go_costs_itself_alone = 3,
    hostile_rust_costs_itself_alone = 4,
    hostile_csharp_costs_itself_alone = 5,
    hostile_java_costs_itself_alone = 6,
    hostile_kotlin_costs_itself_alone = 7,
}

/// By the parser's own count and not by the clock: the same file is always left out, and always for this reason.
#[test]
fn a_file_that_makes_the_parser_start_over_is_left_out_and_that_is_said() {
    for hostile in ["/*".repeat(12_500), "/*".repeat(100_000)] {
        let victim = &VICTIMS[7];
        let files = [(victim.path, victim.text.as_bytes()), (victim.hostile, hostile.as_bytes())];
        let found = work(&files).unwrap();
        assert_eq!(found.tools.len(), 1, "{found:?}");
        let said = found.partial.iter().any(|partial| partial.detail.contains("start over again and again"));
        assert!(said, "{:?}: {:?}", &hostile[..20], found.partial);
    }
}

/// Texts that end within what a scanner reads ahead: it has to notice that the text is over.
#[test]
fn a_text_that_ends_within_an_annotation_ends_its_reading() {
    let builder = "class Config {\n    fun tools(): Tool {\n        return Tool.builder()\n            .name(\"lamp\")\n           @";
    let texts = [
        "class Lamp\n@",
        "class Lamp\n@Wick",
        "val lamp = 1\n@",
        "val lamp = 1\n@Wick(",
        "val lamp = 1\n  @get:Wick(\"a\"",
        builder,
    ];
    for text in texts {
        let victim = &VICTIMS[7];
        let files = [(victim.path, victim.text.as_bytes()), (victim.hostile, text.as_bytes())];
        let started = Instant::now();
        let found = work(&files).unwrap();
        assert_eq!(found.tools.len(), 1, "{text}: {found:?}");
        // Nothing had to be left out for it.
        assert!(!found.partial.iter().any(|note| note.detail.contains("did not come back")), "{text}: {found:?}");
        assert!(started.elapsed() < Duration::from_secs(10), "{text}: {:?}", started.elapsed());
    }
}

/// By the parser's own count, in the middle of such an annotation.
#[test]
fn an_annotation_at_which_the_parser_is_stopped_ends_its_reading() {
    let text = format!("{}\n@Wick(\"", "/*".repeat(12_500));
    let victim = &VICTIMS[7];
    let found = work(&[(victim.path, victim.text.as_bytes()), (victim.hostile, text.as_bytes())]).unwrap();
    assert_eq!(found.tools.len(), 1, "{found:?}");
}
