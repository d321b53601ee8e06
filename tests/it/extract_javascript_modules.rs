//! How the JavaScript reader follows modules, packages and start-up code, and where it stops.

use crate::extract_javascript::{MANIFEST, names, read, read_module, reasons, tools};
use mcpdex::model::PartialReason;
use serde_json::json;

#[test]
fn compiled_common_modules_are_followed() {
    let found = read(&[
        ("package.json", MANIFEST),
        (
            "dist/index.js",
            r#"
"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) { return (mod && mod.__esModule) ? mod : { "default": mod }; };
var __awaiter = (this && this.__awaiter) || function (thisArg, _arguments, P, generator) { return new Promise(() => generator.apply(thisArg, _arguments || []).next()); };
Object.defineProperty(exports, "__esModule", { value: true });
const mcp_js_1 = require("@modelcontextprotocol/sdk/server/mcp.js");
const zod_1 = __importDefault(require("zod"));
const lamps_1 = require("./lamps");
const package_json_1 = __importDefault(require("../package.json"));
function main() {
    return __awaiter(this, void 0, void 0, function* () {
        const server = new mcp_js_1.McpServer({ name: package_json_1.default.name, version: "1" });
        (0, lamps_1.default)(server, zod_1.default);
        yield server.connect();
    });
}
main();
"#,
        ),
        (
            "dist/lamps.js",
            r#"
"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Kind = void 0;
var Kind;
(function (Kind) { Kind["Hall"] = "hall"; Kind["Attic"] = "attic"; })(Kind || (exports.Kind = Kind = {}));
exports.default = register;
function register(server, zod) {
    server.tool("light", "Lights.", { where: zod.z.nativeEnum(Kind) }, () => {});
}
"#,
        ),
    ]);
    assert_eq!(names(&found), ["light"]);
    assert_eq!(tools(&found)[0]["inputSchema"]["properties"]["where"]["enum"], json!(["hall", "attic"]));
}

#[test]
fn packages_that_lie_in_the_tree_are_followed_and_known_libraries_are_not() {
    let found = read(&[
        ("package.json", MANIFEST),
        ("dist/index.js", "import { serve } from '@lamp/mcp-core/server'; serve();"),
        (
            "node_modules/@lamp/mcp-core/package.json",
            r#"{"name":"@lamp/mcp-core","exports":{"./server":{"types":"./s.d.ts","import":"./lib/server.mjs"}}}"#,
        ),
        (
            "node_modules/@lamp/mcp-core/lib/server.mjs",
            "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\n\
             export const serve = () => new McpServer({}).registerTool('light', { description: 'Lights.' }, () => {});",
        ),
        ("node_modules/@modelcontextprotocol/sdk/package.json", r#"{"name":"@modelcontextprotocol/sdk"}"#),
        ("node_modules/@modelcontextprotocol/sdk/server/mcp.js", "export class McpServer { registerTool() {} }"),
    ]);
    assert_eq!(names(&found), ["light"]);
    assert_eq!(found.tools[0].site.file, "node_modules/@lamp/mcp-core/lib/server.mjs");
}

#[test]
fn typescript_sources_are_read_where_the_package_was_not_built() {
    let found = read(&[
        ("package.json", r#"{"name":"lantern","main":"dist/index.js","dependencies":{"zod":"^4.0.0"}}"#),
        (
            "src/index.ts",
            r#"
import { McpServer, type Transport } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { Names } from "./names.js";
interface Options { readonly dry?: boolean }
namespace Texts { export const LIGHT = "Lights"; }
export class Lantern {
    constructor(private readonly server: McpServer, options?: Options) {}
    public register(): void {
        this.server.registerTool(Names.Light, {
            description: `${Texts.LIGHT} ${Names.Light as string}.`,
            inputSchema: { at: z.iso.datetime(), any: z.any(), tags: z.array(z.string()).optional() } satisfies z.ZodRawShape,
        }, async (args: unknown): Promise<never> => { throw new Error("no"); });
    }
}
const lantern = new Lantern(new McpServer({ name: "lantern", version: "1" })!);
lantern.register();
"#,
        ),
        ("src/names.ts", "export enum Names { Light = 'light', Snuff = 'snuff' }"),
    ]);
    assert_eq!(names(&found), ["light"]);
    let tool = &tools(&found)[0];
    assert_eq!(tool["description"], "Lights light.");
    assert_eq!(tool["inputSchema"]["required"], json!(["at", "any"]));
}

#[test]
fn what_cannot_be_followed_is_said_and_never_guessed() {
    let found = read_module(
        r#"
import { pickName, loadTools } from "elsewhere";
server.registerTool(pickName(), { description: "No name." }, async () => {});
server.tool(`lamp_${pickName()}`, "A hole.", {}, async () => {});
server.registerTool("odd", { description: pickName(), inputSchema: loadTools() }, async () => {});
server.registerTool("half", { description: "Half.", inputSchema: { a: z.string(), b: pickName() } }, async () => {});
"#,
    );
    assert_eq!(names(&found), ["odd", "half"]);
    assert_eq!(tools(&found)[0], json!({ "name": "odd" }));
    assert_eq!(found.tools[0].partial.len(), 2);
    assert_eq!(tools(&found)[1]["inputSchema"]["required"], json!(["a"]));
    assert_eq!(found.tools[1].partial.len(), 1);
    assert_eq!(reasons(&found), [PartialReason::UnresolvedValue, PartialReason::UnresolvedValue]);
    let lines: Vec<u32> = found.partial.iter().map(|partial| partial.site.as_ref().unwrap().line).collect();
    assert_eq!(lines, [6, 7]);
}

#[test]
fn the_tools_of_another_server_are_said_to_be_missing() {
    let found = read_module(
        r#"
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
const client = new Client({ name: "proxy" });
server.server.setRequestHandler(ListToolsRequestSchema, async () => {
    const remote = await client.listTools();
    return { tools: [{ name: "own", description: "Own.", inputSchema: { type: "object" } }, ...remote.tools] };
});
"#,
    );
    assert_eq!(names(&found), ["own"]);
    assert!(reasons(&found).contains(&PartialReason::MountedServer), "{:?}", found.partial);
}

#[test]
fn a_program_is_read_as_it_starts_without_options() {
    let found = read_module(
        r#"
const args = process.argv.slice(2);
if (args[0] === "setup") { setup(); } else { serve(); }
function setup() { server.tool("setup_only", "No.", () => {}); }
function serve() {
    if (!process.env.LAMP_API_KEY) { console.error("no key"); process.exit(1); }
    server.tool("light", "Lights.", () => {});
    if (process.env.ENABLE_FIRE === "true") server.tool("burn", "Burns.", () => {});
    if (process.env.LAMP_API_KEY) server.tool("with_key", "Keyed.", () => {});
    const off = server.registerTool("off", { description: "Off." }, () => {});
    off.disable();
}
"#,
    );
    assert_eq!(names(&found), ["setup_only", "light", "burn", "with_key"]);
    let conditions: Vec<Option<(&str, Option<bool>)>> = found
        .tools
        .iter()
        .map(|tool| tool.condition.as_ref().map(|condition| (condition.text.as_str(), condition.plain_start)))
        .collect();
    let off = Some(false);
    assert_eq!(conditions, [Some(("setup", off)), None, Some(("ENABLE_FIRE=true", off)), Some(("LAMP_API_KEY", None))]);
}

#[test]
fn a_package_whose_tools_are_made_elsewhere_names_the_package_that_makes_them() {
    let found = read(&[
        ("package.json", MANIFEST),
        ("dist/index.js", "import { runServer } from 'lamp-mcp-core'; runServer({ name: 'lantern' });"),
    ]);
    assert_eq!(names(&found), [""; 0]);
    assert_eq!(reasons(&found), [PartialReason::UnresolvedValue]);
    assert!(found.partial[0].detail.contains("`lamp-mcp-core`"), "{}", found.partial[0].detail);
}

#[test]
fn modules_that_import_each_other_and_endless_programs_end() {
    let found = read(&[
        ("package.json", MANIFEST),
        (
            "dist/index.js",
            r#"
import { b } from "./b.js";
export const a = b + 1;
function forever(n) { return forever(n + 1) + forever(n + 2); }
let text = "x";
for (;;) { text += text; forever(1); }
"#,
        ),
        (
            "dist/b.js",
            "import { a } from './index.js'; export * from './b.js'; export * from './c.js'; export const b = a;",
        ),
        (
            "dist/c.js",
            "export * from './b.js'; import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\n\
             const z = { get z() { return this.z; } };\nnew McpServer().tool('still_found', String(z.z), () => {});",
        ),
    ]);
    assert_eq!(names(&found), ["still_found"]);
}

#[test]
fn deep_nesting_costs_the_file_and_not_the_process() {
    for deep in ["[", "(", "{", "a=>", "!", "a?", "`${", "new ", "a.b(", "if(1)"] {
        let text = deep.repeat(60_000);
        let found = read(&[("package.json", MANIFEST), ("dist/index.js", &text)]);
        assert!(found.tools.is_empty());
    }
    let sum = format!("const text = {}'z'; export default text;", "'a' + ".repeat(20_000));
    let found = read(&[("package.json", MANIFEST), ("dist/index.js", &sum)]);
    assert!(found.tools.is_empty());
}

#[test]
fn commands_of_a_bundled_library_are_followed_to_what_they_load() {
    let text = r#"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
var late = {};
Object.defineProperty(late, "main", { enumerable: true, get: () => main });
async function main(flags) {
    switch (flags.transport) {
        case "stdio": await serve(flags); break;
        default: throw new Error("unknown transport");
    }
}
async function serve(flags) {
    const server = new McpServer({ name: "glazing", version: "1" });
    const wanted = flags.tool && new Set(flags.tool);
    const add = (tool) => {
        if (wanted && !wanted.has(tool.name)) return;
        server.tool(tool.name, tool.about, async () => ({ content: [] }));
    };
    add({ name: "mix_glaze", about: "Mixes a glaze." });
}
function q(e) { let a; return "func" in e ? a = async () => e.func : a = e.loader, { kind: Symbol("c"), loader: a }; }
async function z(app, argv) {
    const command = app.routes[argv[0]];
    if (!command) { process.exit(1); }
    const run = await command.loader();
    await run({});
}
var start = q({ loader: async () => {
    const { main: m } = await Promise.resolve().then(() => late);
    return m;
} });
z({ routes: { start } }, process.argv.slice(2));
"#;
    let found = read_module(text);
    assert_eq!(names(&found), ["mix_glaze"]);
}
