//! What a JavaScript program loads or runs that nobody can see: it may add tools, so the list says so, with file and line,
//! whatever words stand around it.

use crate::support::pack::package;
use mcpdex::extract::{Budget, Extraction, ReadLimits, SourceTree, extract};
use mcpdex::model::{Ecosystem, ToolOrigin};

/// A server with the tool `ring`, that starts with what `extra.js` does.
fn read(extra: &str) -> Extraction {
    let server = "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\nimport './extra.js';\n\
                  export const server = new McpServer({});\nserver.tool('ring', () => {});\n";
    let manifest = r#"{"name":"lantern","main":"index.js","type":"module"}"#;
    let files = [("index.js", server), ("extra.js", extra), ("package.json", manifest)];
    let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).into();
    extract(&SourceTree { package: package(Ecosystem::Npm, "lantern"), files }, &Budget::start(ReadLimits::default()))
        .unwrap()
}

#[test]
fn what_is_loaded_or_run_by_a_name_made_at_run_time_makes_the_list_partial() {
    for extra in [
        "import fs from 'node:fs';\nfor (const file of fs.readdirSync(process.env.EXTRA)) await import(file);\n",
        "import { pathToFileURL } from 'node:url';\nawait import(pathToFileURL(process.argv[2]).href);\n",
        "import { readFileSync } from 'node:fs';\neval(readFileSync(process.env.EXTRA, 'utf8'));\n",
        "import { readFileSync } from 'node:fs';\nnew Function(readFileSync(process.env.EXTRA, 'utf8'))();\n",
        "const extra = fetchExtra();\nrequire(extra.name);\n",
    ] {
        let found = read(extra);
        assert_eq!(found.tools.len(), 1, "{extra}");
        assert!(!found.is_complete(), "{extra}");
        let is_told = |note: &mcpdex::model::Partial| {
            note.site.as_ref().is_some_and(|site| site.file == "extra.js" && site.line == 2)
        };
        assert!(found.partial.iter().any(is_told), "{extra}: {:?}", found.partial);
    }
}

#[test]
fn what_is_loaded_by_its_name_leaves_the_list_whole() {
    for extra in [
        "await import('node:fs');\n",
        "const name = 'left';\nawait import(`./${name}.js`);\n",
        "eval('1 + 1');\n",
        "export async function later(name) { return import(name); }\n",
    ] {
        let found = read(extra);
        assert!(found.is_complete(), "{extra}: {:?}", found.partial);
    }
}

#[test]
fn a_definition_that_is_not_reached_stands_apart_with_what_its_module_knows_of_it() {
    let found = read(
        "import { z } from 'zod';\nconst ABOUT = 'Rings twice';\n\
         export function more(server, prefix) {\n  server.registerTool('ring_twice', { description: ABOUT, inputSchema: { bell: z.string() } }, ring);\n\
         \x20 server.tool(prefix + '_thrice', ring);\n  server.tool('ring', ring);\n}\n",
    );
    assert!(found.is_complete(), "{:?}", found.partial);
    let told: Vec<_> = found.tools.iter().map(|tool| (tool.origin, tool.site.file.as_str(), tool.site.line)).collect();
    assert_eq!(told, [(ToolOrigin::Static, "index.js", 4), (ToolOrigin::Defined, "extra.js", 4)]);
    let defined: serde_json::Value = serde_json::from_str(&found.tools[1].json).unwrap();
    assert_eq!(defined["description"], "Rings twice");
    assert_eq!(defined["inputSchema"]["required"], serde_json::json!(["bell"]));
}
