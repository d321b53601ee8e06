//! What reading tools out of source costs beside bare parsing of the same files: processor seconds, their ratio, and the most
//! memory that either held. Each figure is of a process of its own, so that none inherits another's memory.
//!
//! `cargo bench --bench extract -- [FOLDER...]` reads every folder as one package (unpack real ones there, by name, outside
//! of the repository). Without a folder it reads source that it makes itself: one package for each language, and a bundle.

use mcpdex::extract::{Budget, LANGUAGES, PackageInfo, ReadLimits, SourceTree, extract, is_wanted};
use mcpdex::model::Ecosystem;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

/// Rounds of each measurement; the best counts, since what else runs on the machine only ever makes it slower.
const ROUNDS: usize = 5;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if let [flag, mode, name] = args.as_slice()
        && flag == "--measure"
    {
        return measure(mode, name);
    }
    let names: Vec<String> = if args.is_empty() { GENERATED.map(|(name, _)| name.to_owned()).to_vec() } else { args };
    println!(
        "{:<44} {:>8} {:>6} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "package", "kB", "tools", "parse s", "read s", "read/parse", "parse MB", "read MB"
    );
    let (mut bytes, mut parsing, mut reading) = (0, 0.0, 0.0);
    for name in names {
        let (parsed, read) = (child("parse", &name), child("read", &name));
        let shown: String = name.chars().rev().take(44).collect::<Vec<_>>().into_iter().rev().collect();
        println!(
            "{shown:<44} {:>8} {:>6} {:>9.3} {:>9.3} {:>9.2} {:>9.1} {:>9.1}",
            parsed.bytes / 1000,
            read.tools,
            parsed.seconds,
            read.seconds,
            read.seconds / parsed.seconds.max(1e-9),
            parsed.memory as f64 / 1e6,
            read.memory as f64 / 1e6,
        );
        bytes += parsed.bytes;
        parsing += parsed.seconds;
        reading += read.seconds;
    }
    let speed = |seconds: f64| bytes as f64 / 1e6 / seconds.max(1e-9);
    println!(
        "all: {} kB, parse {:.1} MB/s, read {:.1} MB/s, read/parse {:.2}",
        bytes / 1000,
        speed(parsing),
        speed(reading),
        reading / parsing.max(1e-9),
    );
}

/// What one process found.
struct Figures {
    bytes: usize,
    tools: usize,
    /// Processor seconds of the best round.
    seconds: f64,
    /// The most bytes of memory that the process held, the source among them.
    memory: u64,
}

fn child(mode: &str, name: &str) -> Figures {
    let program = std::env::current_exe().expect("the bench knows its own path");
    let output = Command::new(program).args(["--measure", mode, name]).output().expect("the bench starts itself");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let figures: Vec<&str> = text.split_whitespace().collect();
    let [bytes, tools, seconds, memory] = figures.as_slice() else {
        panic!("{mode} {name}: {}", String::from_utf8_lossy(&output.stderr));
    };
    Figures {
        bytes: bytes.parse().expect("a number"),
        tools: tools.parse().expect("a number"),
        seconds: seconds.parse().expect("a number"),
        memory: memory.parse().expect("a number"),
    }
}

/// Parses or reads one package and prints its figures.
fn measure(mode: &str, name: &str) {
    let tree = match GENERATED.iter().find(|(known, _)| *known == name) {
        Some((_, make)) => tree(make(FILES).into_iter().map(|(path, text)| (path, text.into_bytes())).collect()),
        None => load(Path::new(name)),
    };
    let files: Vec<(tree_sitter::Language, &[u8])> = tree
        .files
        .iter()
        .filter(|(path, _)| LANGUAGES.iter().any(|language| language.owns(path)))
        .filter_map(|(path, bytes)| Some((grammar(path.rsplit_once('.')?.1)?, bytes.as_slice())))
        .collect();
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let limits = ReadLimits { cpu_millis: 600_000, millis: 600_000, ..ReadLimits::default() };
    let (mut seconds, mut tools, mut memory) = (f64::MAX, 0, 0);
    for _ in 0..ROUNDS {
        let start = processor_seconds();
        if mode == "parse" {
            for (language, bytes) in &files {
                let mut parser = tree_sitter::Parser::new();
                parser.set_language(language).expect("the grammar fits");
                black_box(parser.parse(bytes, None));
            }
        } else {
            tools = black_box(extract(&tree, &Budget::start(limits)).expect("the readers run")).tools.len();
        }
        seconds = seconds.min(processor_seconds() - start);
        // Of the first round: later ones find the memory that it left.
        memory = if memory == 0 { memory_of("VmHWM:").unwrap_or(1) } else { memory };
    }
    println!("{bytes} {tools} {seconds} {memory}");
}

/// Processor seconds of this process so far.
#[cfg(unix)]
fn processor_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Seconds by the clock, where the system tells no others.
#[cfg(not(unix))]
fn processor_seconds() -> f64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

fn grammar(ending: &str) -> Option<tree_sitter::Language> {
    Some(match ending {
        "py" => tree_sitter_python::LANGUAGE.into(),
        "js" | "mjs" | "cjs" | "jsx" => tree_sitter_javascript::LANGUAGE.into(),
        "ts" | "mts" | "cts" => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        "tsx" => tree_sitter_typescript::LANGUAGE_TSX.into(),
        "go" => tree_sitter_go::LANGUAGE.into(),
        "rs" => tree_sitter_rust::LANGUAGE.into(),
        "cs" => tree_sitter_c_sharp::LANGUAGE.into(),
        "java" => tree_sitter_java::LANGUAGE.into(),
        "kt" => tree_sitter_kotlin_ng::LANGUAGE.into(),
        _ => return None,
    })
}

/// Bytes that `/proc` states under `key` for this process, where there is such a thing.
fn memory_of(key: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

fn load(root: &Path) -> SourceTree {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is readable") {
            let path = entry.expect("the folder is readable").path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            if is_wanted(&name) && path.is_file() {
                files.insert(name, std::fs::read(&path).expect("the file is readable"));
            }
        }
    }
    tree(files)
}

fn tree(files: BTreeMap<String, Vec<u8>>) -> SourceTree {
    let package = PackageInfo { ecosystem: Ecosystem::Npm, name: "lantern".to_owned(), version: None };
    SourceTree { package, files }
}

/// Files of one generated package beside the one that registers.
const FILES: usize = 40;
/// Tools in each.
const TOOLS: usize = 12;

/// Makes the files of a package, with as many files beside the one that registers.
type Maker = fn(usize) -> Vec<(String, String)>;

/// A package for each language: files with tools, and as much code beside them as a handler usually is; and a bundle.
const GENERATED: [(&str, Maker); 8] = [
    ("generated python", python),
    ("generated typescript", typescript),
    ("generated go", go),
    ("generated rust", rust),
    ("generated csharp", csharp),
    ("generated java", java),
    ("generated kotlin", kotlin),
    ("generated bundle", bundle),
];

/// Lines of a handler, `line` with a number in place of `%`.
fn handler(line: &str) -> String {
    (10..25).map(|n| line.replace('%', &n.to_string()) + "\n").collect()
}

/// One file for each number, its text put together from a head, a tool for each number, and a foot; `~` is the file's
/// number, `^` the tool's.
fn each(files: usize, path: &str, head: &str, tool: &str, foot: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for file in 0..files {
        let mut text = String::new();
        let of_file = |part: &str| part.replace('~', &file.to_string());
        let _ = writeln!(text, "{}", of_file(head));
        for tool_at in 0..TOOLS {
            let _ = writeln!(text, "{}", of_file(tool).replace('^', &tool_at.to_string()));
        }
        let _ = writeln!(text, "{}", of_file(foot));
        all.push((of_file(path), text));
    }
    all
}

fn python(files: usize) -> Vec<(String, String)> {
    let body = handler("    value = store.get(f'lamp-{lamp}', minutes + %)  # a comment");
    let tool = format!(
        "@mcp.tool(name='lamp_~_^', description='Light lamp ^ ' + ABOUT)\nasync def light_^(lamp: str, minutes: int = 3) -> str:\n{body}    return value\n"
    );
    let head = "from lantern.core import mcp, store\nABOUT = 'of room ~'\n";
    let mut all = each(files, "lantern/room_~.py", head, &tool, "");
    let imports: String = (0..files).map(|n| format!("from lantern import room_{n}\n")).collect();
    all.push((
        "lantern/core.py".to_owned(),
        "from fastmcp import FastMCP\nmcp = FastMCP('x')\nstore = {}\n".to_owned(),
    ));
    all.push(("lantern/__init__.py".to_owned(), String::new()));
    all.push(("lantern/__main__.py".to_owned(), format!("from lantern.core import mcp\n{imports}mcp.run()\n")));
    all
}

fn typescript(files: usize) -> Vec<(String, String)> {
    let body = handler("    const value = store.get(`lamp-${lamp}`, minutes + %); // a comment");
    let tool = format!(
        "  server.registerTool('lamp_~_^', {{ description: 'Light lamp ^ ' + ABOUT, inputSchema: {{ lamp: z.string(), minutes: z.number().optional() }} }}, async ({{ lamp, minutes }}) => {{\n{body}    return value;\n  }});"
    );
    let head = "import { z } from 'zod';\nconst ABOUT: string = 'of room ~';\nexport function register(server: any) {";
    let mut all = each(files, "src/room_~.ts", head, &tool, "}");
    let imports: String = (0..files).map(|n| format!("import {{ register as r{n} }} from './room_{n}';\n")).collect();
    let calls: String = (0..files).map(|n| format!("r{n}(server);\n")).collect();
    let main =
        "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\nconst server = new McpServer({});\n";
    all.push(("src/index.ts".to_owned(), format!("{imports}{main}{calls}")));
    all.push(("package.json".to_owned(), "{\"name\":\"lantern\",\"main\":\"src/index.ts\"}".to_owned()));
    all
}

fn go(files: usize) -> Vec<(String, String)> {
    let body = handler("\t\tvalue := store.Get(ctx, \"lamp\", request.Minutes+%) // a comment");
    let tool = format!(
        "\ts.AddTool(mcp.NewTool(\"lamp_~_^\", mcp.WithDescription(\"Light lamp ^ \"+about~), mcp.WithString(\"lamp\", mcp.Required())), func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {{\n{body}\t\treturn value, nil\n\t}})"
    );
    let head = "package main\nimport \"github.com/mark3labs/mcp-go/mcp\"\nconst about~ = \"of room ~\"\nfunc register~(s *server.MCPServer) {";
    let mut all = each(files, "room_~.go", head, &tool, "}");
    let calls: String = (0..files).map(|n| format!("\tregister{n}(s)\n")).collect();
    all.push((
        "main.go".to_owned(),
        format!("package main\nfunc main() {{\n\ts := server.NewMCPServer(\"x\", \"1\")\n{calls}}}\n"),
    ));
    all
}

fn rust(files: usize) -> Vec<(String, String)> {
    let body = handler("        let value = self.store.get(&request.lamp, request.minutes + %); // a comment");
    let tool = format!(
        "    /// Light lamp ^ of room ~\n    #[tool(name = \"lamp_~_^\")]\n    async fn light_^(&self, Parameters(request): Parameters<Light~>) -> String {{\n{body}        value\n    }}"
    );
    let head = "#[derive(JsonSchema)]\nstruct Light~ { /// Which lamp\n lamp: String, minutes: Option<u32> }\n#[tool_router]\nimpl Room~ {";
    let foot = "}\n#[tool_handler]\nimpl ServerHandler for Room~ {}";
    let mut all = each(files, "src/room_~.rs", head, &tool, foot);
    let calls: String = (0..files).map(|n| format!("    serve(Room{n}::new());\n")).collect();
    all.push(("src/main.rs".to_owned(), format!("fn main() {{\n{calls}}}\n")));
    all
}

fn csharp(files: usize) -> Vec<(String, String)> {
    let body = handler("        var value = await store.GetAsync($\"lamp {lamp}\", minutes + %); // a comment");
    let tool = format!(
        "    [McpServerTool(Name = \"lamp_~_^\"), Description(\"Light lamp ^ \" + About)]\n    public static async Task<string> Light^([Description(\"Which\")] string lamp, int minutes = 3)\n    {{\n{body}        return value;\n    }}"
    );
    let head = "namespace Lantern;\n[McpServerToolType]\npublic static class Room~\n{\n    const string About = \"of room ~\";";
    let mut all = each(files, "Room~.cs", head, &tool, "}");
    all.push(("Program.cs".to_owned(), "builder.Services.AddMcpServer().WithToolsFromAssembly();\n".to_owned()));
    all
}

fn java(files: usize) -> Vec<(String, String)> {
    let body = handler("        var value% = store.get(\"lamp \" + lamp, minutes + 1); // a comment");
    let tool = format!(
        "    @McpTool(name = \"lamp_~_^\", description = \"Light lamp ^ \" + ABOUT)\n    public String light^(@McpToolParam(description = \"Which\") String lamp, int minutes) {{\n{body}        return lamp;\n    }}"
    );
    let head = "package lantern;\n@Component\npublic class Room~ {\n    static final String ABOUT = \"of room ~\";";
    each(files, "src/main/java/lantern/Room~.java", head, &tool, "}")
}

fn kotlin(files: usize) -> Vec<(String, String)> {
    let body = handler("        val value% = store.get(\"lamp\", minutes + 1) // a comment");
    let tool = format!(
        "    server.addTool(name = \"lamp_~_^\", description = \"Light lamp ^ \" + about~) {{ request ->\n{body}        CallToolResult()\n    }}"
    );
    let head = "package lantern\nconst val about~ = \"of room ~\"\nfun register~(server: Server) {";
    let mut all = each(files, "src/main/kotlin/lantern/Room~.kt", head, &tool, "}");
    let calls: String = (0..files).map(|n| format!("    register{n}(server)\n")).collect();
    all.push(("src/main/kotlin/lantern/Main.kt".to_owned(), format!("package lantern\nfun main() {{\n{calls}}}\n")));
    all
}

/// One file of some megabytes: what a bundler makes of a server with a few tools and all that it depends on.
fn bundle(files: usize) -> Vec<(String, String)> {
    let mut text = String::from(
        "import { z } from 'zod';\nimport { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\n",
    );
    for n in 0..files * 100 {
        let body = handler("    const value% = store.get(`lamp-${lamp}`, minutes + %); // a comment");
        let _ = writeln!(text, "function light{n}(lamp, minutes) {{\n{body}    return value10;\n}}");
        let _ = writeln!(text, "class Room{n} extends Room {{\n  light(lamp, minutes) {{\n{body}  }}\n}}");
    }
    text += "const server = new McpServer({ name: 'lantern', version: '1' });\n";
    for n in 0..TOOLS {
        let _ = writeln!(
            text,
            "server.registerTool('lamp_{n}', {{ description: 'Light lamp {n}', inputSchema: {{ lamp: z.string() }} }}, light{n});"
        );
    }
    let manifest = "{\"name\":\"lantern\",\"main\":\"dist/index.js\",\"type\":\"module\"}".to_owned();
    vec![("dist/index.js".to_owned(), text), ("package.json".to_owned(), manifest)]
}
