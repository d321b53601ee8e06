//! JavaScript and TypeScript servers of invented packages: which tools are found, with what, and what is said to be
//! missing.

use crate::support::pack::package;
use mcpdex::extract::{Budget, Extraction, Limits, SourceTree, extract};
use mcpdex::model::{Ecosystem, PartialReason, ToolSite};
use proptest::prelude::*;
use serde_json::{Value, json};

const MANIFEST: &str = r#"{"name":"lantern","bin":{"lantern":"dist/index.js"},"dependencies":{"zod":"^3.25.0"}}"#;

fn read(files: &[(&str, &str)]) -> Extraction {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let tree = SourceTree { package: package(Ecosystem::Npm, "lantern"), files };
    extract(&tree, &Budget::start(Limits::default())).unwrap()
}

/// A package of one module, with the usual imports before it.
fn read_module(text: &str) -> Extraction {
    let imports = "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\n\
        import { z } from 'zod';\nconst server = new McpServer({ name: 'lantern', version: '1' });\n";
    read(&[("package.json", MANIFEST), ("dist/index.js", &format!("{imports}{text}"))])
}

fn tools(found: &Extraction) -> Vec<Value> {
    found.tools.iter().map(|tool| serde_json::from_str(&tool.json).unwrap()).collect()
}

fn names(found: &Extraction) -> Vec<String> {
    tools(found).iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

fn reasons(found: &Extraction) -> Vec<PartialReason> {
    found.partial.iter().map(|partial| partial.reason).collect()
}

#[test]
fn a_registered_tool_carries_everything_that_its_author_set_and_the_place_of_its_registration() {
    let found = read_module(
        r#"
const lamp = 'the ' + "lamp";
server.registerTool("dim_lamp", {
    title: "Dim",
    description: ["Dims " + lamp, `to ${lamp === 'x' ? 1 : 2} levels`].join("\n"),
    inputSchema: {
        level: z.number().int().min(0).max(9).describe("how dark"),
        room: z.enum(["hall", "attic"]).default("hall"),
        note: z.string().optional(),
    },
    annotations: { readOnlyHint: false, destructiveHint: false },
}, async () => ({ content: [] }));
"#,
    );
    assert_eq!(
        tools(&found),
        [json!({
            "name": "dim_lamp",
            "title": "Dim",
            "description": "Dims the lamp\nto 2 levels",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "level": { "type": "integer", "minimum": 0, "maximum": 9, "description": "how dark" },
                    "room": { "type": "string", "enum": ["hall", "attic"], "default": "hall" },
                    "note": { "type": "string" },
                },
                "required": ["level"],
            },
            "annotations": { "readOnlyHint": false, "destructiveHint": false },
        })]
    );
    assert_eq!(found.tools[0].site, ToolSite { file: "dist/index.js".to_owned(), line: 6 });
    assert_eq!((found.tools[0].partial.len(), found.partial.len()), (0, 0));
}

#[test]
fn the_arguments_of_the_older_call_are_told_apart_by_their_shape() {
    let found = read_module(
        r#"
const run = async () => ({ content: [] });
server.tool("bare", run);
server.tool("told", "Says so.", run);
server.tool("shaped", { wick: z.string() }, run);
server.tool("hinted", "Looks.", { readOnlyHint: true }, run);
server.tool("full", "All of it.", { wick: z.string() }, { idempotentHint: true }, run);
server.tool("empty", "Nothing to pass.", {}, { readOnlyHint: true }, run);
"#,
    );
    let tools = tools(&found);
    assert_eq!(names(&found), ["bare", "told", "shaped", "hinted", "full", "empty"]);
    assert_eq!(tools[1]["description"], "Says so.");
    assert_eq!(tools[2]["inputSchema"]["required"], json!(["wick"]));
    assert_eq!(
        (&tools[3]["annotations"]["readOnlyHint"], &tools[3]["inputSchema"]["properties"]),
        (&json!(true), &json!({}))
    );
    assert_eq!(
        (&tools[4]["annotations"]["idempotentHint"], &tools[4]["inputSchema"]["required"]),
        (&json!(true), &json!(["wick"]))
    );
    assert_eq!(tools[5]["annotations"]["readOnlyHint"], true);
}

#[test]
fn only_what_is_reached_from_the_entry_point_counts() {
    let found = read(&[
        ("package.json", MANIFEST),
        (
            "dist/index.js",
            r#"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { registerLamps } from "./lamps.js";
import * as wicks from "./wicks/index.js";
const server = new McpServer({ name: "lantern" });
async function main() {
    registerLamps(server);
    wicks.register({ server });
}
main().catch(() => process.exit(1));
"#,
        ),
        (
            "dist/lamps.js",
            r#"
export function registerLamps(server) { server.tool("light", "Lights.", async () => ({})); }
export function registerOldLamps(server) { server.tool("never_called", "Old.", async () => ({})); }
"#,
        ),
        ("dist/wicks/index.js", "export * from './trim.js';"),
        (
            "dist/wicks/trim.js",
            "import { TRIM } from '../names.js';\nexport const register = ({ server }) => server.registerTool(TRIM.NAME, { description: TRIM.TEXT }, () => {});",
        ),
        ("dist/names.js", "export const TRIM = Object.freeze({ NAME: 'trim_wick', TEXT: 'Trims.' });"),
        ("dist/unused.js", "import { server } from './index.js'; server.tool('never_loaded', 'No.', () => {});"),
        ("examples/server.js", "server.tool('example_only', 'No.', () => {});"),
        ("test/server.test.js", "server.tool('test_only', 'No.', () => {});"),
    ]);
    assert_eq!(names(&found), ["light", "trim_wick"]);
    assert_eq!(found.tools[1].site, ToolSite { file: "dist/wicks/trim.js".to_owned(), line: 2 });
}

#[test]
fn a_list_handler_yields_literals_constants_spreads_and_converted_schemas() {
    let found = read(&[
        ("package.json", MANIFEST),
        (
            "dist/index.js",
            r#"
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema, CallToolRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { zodToJsonSchema } from "zod-to-json-schema";
import { z } from "zod";
import { TRIM, moreTools } from "./tools.js";
const Oil = z.object({ grade: z.string().describe("which oil"), litres: z.number().optional() }).strict();
const server = new Server({ name: "lantern" }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, async () => {
    return { tools: [
        { name: "light", description: "Lights.", inputSchema: { type: "object", properties: { lamp: { type: "string" } }, required: ["lamp"] } },
        TRIM,
        { name: "fill", description: "Fills.", inputSchema: zodToJsonSchema(Oil), annotations: { readOnlyHint: false } },
        ...moreTools.map(tool => ({ name: tool.name, description: tool.about, inputSchema: z.toJSONSchema(tool.takes) })),
    ] };
});
server.setRequestHandler(CallToolRequestSchema, async (request) => {
    switch (request.params.name) { case "light": return { tools: [{ name: "not_a_tool" }] }; }
});
"#,
        ),
        (
            "dist/tools.js",
            r#"
import { z } from "zod";
export const TRIM = { name: "trim", description: "Trims.", inputSchema: { type: "object", properties: {} } };
export const moreTools = [
    { name: "carry", about: "Carries.", takes: z.object({ to: z.union([z.string(), z.number()]) }) },
];
"#,
        ),
    ]);
    let tools = tools(&found);
    assert_eq!(names(&found), ["light", "trim", "fill", "carry"]);
    assert_eq!(
        tools[2]["inputSchema"],
        json!({
            "type": "object",
            "properties": { "grade": { "type": "string", "description": "which oil" }, "litres": { "type": "number" } },
            "required": ["grade"],
            "additionalProperties": false,
        })
    );
    assert_eq!(tools[3]["inputSchema"]["required"], json!(["to"]));
    assert_eq!(found.tools[1].site, ToolSite { file: "dist/tools.js".to_owned(), line: 3 });
    assert_eq!(found.tools[3].site, ToolSite { file: "dist/tools.js".to_owned(), line: 5 });
    assert!(found.partial.is_empty(), "{:?}", found.partial);
}

#[test]
fn tools_in_lists_and_maps_are_registered_one_by_one() {
    let found = read_module(
        r#"
const list = [
    { name: "one", config: { description: "First.", inputSchema: { a: z.string() } } },
    { name: "two", config: { description: "Second." } },
];
for (const { name, config } of list) server.registerTool(name, config, async () => {});
const table = { three: { description: "Third.", schema: z.object({ b: z.boolean() }) }, four: { description: "Fourth." } };
Object.entries(table).forEach(([name, tool]) => {
    server.registerTool(`lamp_${name}`, { description: tool.description, inputSchema: tool.schema?.shape ?? {} }, () => {});
});
const kinds = new Map([["five", "Fifth."]]);
kinds.set("six", "Sixth.");
for (const [name, text] of kinds) server.tool(name, text, async () => {});
for (let i = 7; i < 9; i++) server.tool("lamp" + i, async () => {});
"#,
    );
    assert_eq!(names(&found), ["one", "two", "lamp_three", "lamp_four", "five", "six", "lamp7", "lamp8"]);
    assert_eq!(tools(&found)[2]["inputSchema"]["required"], json!(["b"]));
    assert_eq!(found.tools[1].site.line, 7);
}

#[test]
fn wrappers_and_classes_of_the_package_are_followed_into_the_call_of_the_sdk() {
    let found = read_module(
        r#"
class Tool {
    static group = "lamp";
    constructor(name) { this.name = `${Tool.group}_${name}`; }
    describe() { return "Nothing."; }
    get config() { return { description: this.describe(), inputSchema: this.shape ?? {} }; }
}
class Light extends Tool {
    shape = { oil: z.string() };
    constructor() { super("light"); }
    describe() { return super.describe() + " Lights."; }
}
class Registry {
    #server;
    constructor(target) { this.#server = target; }
    registerTool(name, config, run) {
        this.#server.registerTool(name, { ...config, annotations: { openWorldHint: false } }, run);
    }
    addAll(tools) { tools.forEach((tool) => this.registerTool(tool.name, tool.config, () => {})); return this; }
}
new Registry(server).addAll([new Light(), new Tool("snuff")]).registerTool("extra", { description: "More." }, () => {});
const bound = server.tool.bind(server);
bound("bound_one", "Bound.", async () => {});
function pass() { return server.tool.apply(server, arguments); }
pass("passed_one", "Passed.", async () => {});
"#,
    );
    assert_eq!(names(&found), ["lamp_light", "lamp_snuff", "extra", "bound_one", "passed_one"]);
    let tools = tools(&found);
    assert_eq!(tools[0]["description"], "Nothing. Lights.");
    assert_eq!(tools[0]["inputSchema"]["required"], json!(["oil"]));
    assert_eq!(tools[2]["annotations"], json!({ "openWorldHint": false }));
}

#[test]
fn frameworks_that_take_one_object_are_read() {
    let found = read(&[
        ("package.json", MANIFEST),
        (
            "dist/index.js",
            r#"
import { FastMCP } from "fastmcp";
import { registerAppTool } from "@modelcontextprotocol/ext-apps/server";
import { z } from "zod";
const server = new FastMCP({ name: "lantern", version: "1.0.0" });
server.addTool({ name: "light", description: "Lights.", parameters: z.object({ lamp: z.string() }), annotations: { title: "Light" }, execute: async () => "" });
registerAppTool(server, "show", { description: "Shows.", inputSchema: { page: z.number() }, _meta: {} }, async () => ({}));
server.start({ transportType: "stdio" });
"#,
        ),
    ]);
    assert_eq!(names(&found), ["light", "show"]);
    assert_eq!(tools(&found)[0]["inputSchema"]["required"], json!(["lamp"]));
    assert_eq!(tools(&found)[1]["inputSchema"]["required"], json!(["page"]));
}

#[test]
fn frameworks_that_load_classes_or_take_tables_are_read() {
    let found = read(&[
        ("package.json", MANIFEST),
        ("dist/index.js", "import { MCPServer } from 'mcp-framework'; const server = new MCPServer(); server.start();"),
        (
            "dist/tools/LightTool.js",
            r#"
import { MCPTool } from "mcp-framework";
import { z } from "zod";
class LightTool extends MCPTool {
    name = "light";
    description = "Lights.";
    schema = { lamp: { type: z.string(), description: "which" }, dim: { type: z.boolean().optional(), description: "less" } };
    async execute(input) { return input.lamp; }
}
export default LightTool;
"#,
        ),
    ]);
    assert_eq!(
        tools(&found)[0]["inputSchema"],
        json!({
            "type": "object",
            "properties": {
                "lamp": { "type": "string", "description": "which" },
                "dim": { "type": "boolean", "description": "less" },
            },
            "required": ["lamp"],
        })
    );
    assert_eq!(found.tools[0].site, ToolSite { file: "dist/tools/LightTool.js".to_owned(), line: 5 });

    let found = read_module(
        r#"
import { createMcpServer, tool } from "lamp-mcp-kit";
import { Tool } from "@lamp/mcp-nest";
createMcpServer({ name: "lantern", tools: async () => ({ trim: tool({ description: "Trims.", parameters: z.object({ wick: z.string() }) }) }) });
class Lamps {
    async light() {}
}
__decorate([Tool({ name: "light", description: "Lights.", parameters: z.object({ oil: z.string() }) })], Lamps.prototype, "light", null);
"#,
    );
    assert_eq!(names(&found), ["trim", "light"]);
    assert_eq!(tools(&found)[1]["inputSchema"]["required"], json!(["oil"]));
}

#[test]
fn a_bundle_that_carries_zod_and_the_sdk_under_other_names_yields_the_tools_and_nothing_of_the_sdk() {
    let found = read(&[
        ("package.json", MANIFEST),
        (
            "dist/index.js",
            r#"
var D=Object.defineProperty,X=(t,e)=>{for(var r in e)D(t,r,{get:e[r],enumerable:!0})};
var q={};X(q,{string:()=>S,number:()=>N,object:()=>O,array:()=>A,optional:()=>P,union:()=>U,enum:()=>E,literal:()=>L});
function S(e){return new Zs(e)}function N(){}function O(){}function A(){}function P(){}function U(){}function E(){}function L(){}
var Zs=class{constructor(e){this._def=e}};
var Sr=class{constructor(){this._requestHandlers=new Map}setRequestHandler(e,r){this._requestHandlers.set(e.shape.method.value,r)}connect(){}};
var M=class{constructor(e){this.server=new Sr(e),this._registeredTools={}}connect(e){return this.server.connect(e)}
setToolRequestHandlers(){this.server.setRequestHandler(Lt,()=>({tools:Object.entries(this._registeredTools).map(([e,r])=>({name:e,description:r.description}))}))}
tool(e,...r){let n;typeof r[0]=="string"&&(n=r.shift());return this._createRegisteredTool(e,n)}
registerTool(e,r,n){return this._createRegisteredTool(e,r.description)}_createRegisteredTool(e,r){this._registeredTools[e]={description:r};this.setToolRequestHandlers()}};
var Lt=q.object({method:q.literal("tools/list")}),Ct=q.object({method:q.literal("tools/call")});
var s=new M({name:"lantern"});
(function(e){e.tool("trim","Trims.",{wick:q.string().describe("which"),deep:q.number().optional()},async()=>({content:[]})),e.registerTool("fill",{description:"Fills.",inputSchema:{oil:q.enum(["whale","olive"])}},async({oil:t})=>({content:[]}))})(s);
var w=new Sr;w.setRequestHandler(Ct,async()=>({}));w.setRequestHandler(Lt,async()=>({tools:[{name:"carry",description:"Carries.",inputSchema:{type:"object"}}]}));
s.connect();
"#,
        ),
    ]);
    assert_eq!(names(&found), ["trim", "fill", "carry"]);
    let tools = tools(&found);
    assert_eq!(
        tools[0]["inputSchema"],
        json!({
            "type": "object",
            "properties": { "wick": { "type": "string", "description": "which" }, "deep": { "type": "number" } },
            "required": ["wick"],
        })
    );
    assert_eq!(tools[1]["inputSchema"]["properties"]["oil"]["enum"], json!(["whale", "olive"]));
}

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
    assert_eq!(names(&found), ["light", "with_key"]);
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

/// The JSON Schema of one parameter, and whether it is required, as the SDK lists it under a generation of zod.
fn parameter(zod: &str, expression: &str) -> (Value, bool) {
    let manifest = format!(r#"{{"main":"index.js","dependencies":{{"zod":"{zod}"}}}}"#);
    let text = format!(
        "import {{ z }} from 'zod'; import {{ McpServer }} from '@modelcontextprotocol/sdk/server/mcp.js';\n\
         const Kind = {{ Hall: 'hall', Attic: 'attic' }};\n\
         new McpServer().registerTool('t', {{ inputSchema: {{ p: {expression} }} }}, () => {{}});"
    );
    let found = read(&[("package.json", &manifest), ("index.js", &text)]);
    let schema = &tools(&found)[0]["inputSchema"];
    (schema["properties"]["p"].clone(), schema["required"] == json!(["p"]))
}

#[test]
fn schemas_say_what_the_sdk_says_of_them() {
    let cases = [
        ("z.string().email()", json!({ "type": "string", "format": "email" }), true),
        ("z.string().min(2).max(9)", json!({ "type": "string", "minLength": 2, "maxLength": 9 }), true),
        ("z.number().positive()", json!({ "type": "number", "exclusiveMinimum": 0 }), true),
        ("z.number().int().default(3)", json!({ "type": "integer", "default": 3 }), false),
        (
            "z.array(z.string()).min(1).optional()",
            json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 }),
            false,
        ),
        (
            "z.record(z.string(), z.number())",
            json!({ "type": "object", "additionalProperties": { "type": "number" } }),
            true,
        ),
        ("z.literal('a')", json!({ "type": "string", "const": "a" }), true),
        ("z.enum(['a', 'b']).exclude(['a'])", json!({ "type": "string", "enum": ["b"] }), true),
        ("z.nativeEnum(Kind)", json!({ "type": "string", "enum": ["hall", "attic"] }), true),
        ("z.enum(Object.values(Kind))", json!({ "type": "string", "enum": ["hall", "attic"] }), true),
        (
            "z.union([z.string(), z.boolean()]).describe('x')",
            json!({ "anyOf": [{ "type": "string" }, { "type": "boolean" }], "description": "x" }),
            true,
        ),
        (
            "z.string().or(z.number()).nullish()",
            json!({ "anyOf": [{ "anyOf": [{ "type": "string" }, { "type": "number" }] }, { "type": "null" }] }),
            false,
        ),
        (
            "z.discriminatedUnion('k', [z.object({ k: z.literal('a') })])",
            json!({ "anyOf": [{ "type": "object", "properties": { "k": { "type": "string", "const": "a" } }, "required": ["k"] }] }),
            true,
        ),
        ("z.string().describe('before').optional()", json!({ "type": "string", "description": "before" }), false),
        (
            "z.object({ a: z.string() }).partial()",
            json!({ "type": "object", "properties": { "a": { "type": "string" } } }),
            true,
        ),
        (
            "z.object({ a: z.string(), b: z.string() }).pick({ a: true }).extend({ c: z.number() }).strict()",
            json!({ "type": "object", "properties": { "a": { "type": "string" }, "c": { "type": "number" } }, "required": ["a", "c"], "additionalProperties": false }),
            true,
        ),
        (
            "z.object({ a: z.string(), b: z.string() }).omit({ a: true }).merge(z.object({ d: z.null() })).passthrough()",
            json!({ "type": "object", "properties": { "b": { "type": "string" }, "d": { "type": "null" } }, "required": ["b", "d"], "additionalProperties": true }),
            true,
        ),
        ("z.object({ a: z.string() }).shape.a", json!({ "type": "string" }), true),
        ("z.object({ a: z.string() }).keyof()", json!({ "type": "string", "enum": ["a"] }), true),
        ("z.preprocess((v) => v, z.number())", json!({ "type": "number" }), true),
        ("z.string().transform(Number).pipe(z.number())", json!({ "type": "string" }), true),
        ("z.string().refine((v) => v, 'no').catch('x')", json!({ "type": "string" }), false),
        ("z.lazy(() => z.boolean())", json!({ "type": "boolean" }), true),
        (
            "z.intersection(z.object({}), z.object({}))",
            json!({ "allOf": [{ "type": "object", "properties": {} }, { "type": "object", "properties": {} }] }),
            true,
        ),
        (
            "z.tuple([z.string(), z.number()])",
            json!({ "type": "array", "items": [{ "type": "string" }, { "type": "number" }] }),
            true,
        ),
    ];
    for (expression, schema, required) in cases {
        assert_eq!(parameter("^3.23.8", expression), (schema, required), "{expression}");
    }
}

#[test]
fn the_generations_of_zod_disagree_on_what_may_be_left_out() {
    let string = json!({ "type": "string" });
    let cases = [
        ("z.any()", json!({}), false, json!({}), true),
        ("z.coerce.string()", string.clone(), false, string.clone(), true),
        ("z.coerce.number()", json!({ "type": "number" }), true, json!({ "type": "number" }), true),
        (
            "z.string().nullable()",
            json!({ "type": ["string", "null"] }),
            true,
            json!({ "anyOf": [string, { "type": "null" }] }),
            true,
        ),
    ];
    for (expression, three, three_required, four, four_required) in cases {
        assert_eq!(parameter("~3.25", expression), (three, three_required), "zod 3: {expression}");
        assert_eq!(parameter(">=4.1.0", expression), (four, four_required), "zod 4: {expression}");
    }
}

/// Words of which programs are made, so that random ones get further than the first token.
fn program() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "server",
        ".tool(",
        ".registerTool(",
        "\"a\"",
        "'b'",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        ",",
        ";",
        "=>",
        "=",
        "z.object(",
        "z.string()",
        ".describe(",
        ".optional()",
        "const x",
        "x",
        "for (const t of",
        "...",
        "`${",
        "}`",
        "class A extends",
        "new A()",
        "import x from './index.js';",
        "export default",
        "function f(",
        "return",
        "async",
        "await",
        "name:",
        "description:",
        "inputSchema:",
        "if (",
        "else",
        "this",
        "super(",
        ".map(",
        "Object.entries(",
        "yield",
        "?.",
        "??",
        "require('./index.js')",
        "module.exports",
        "switch (",
        "case 1:",
        "1",
        "\\u{1F600}",
        "é",
    ]);
    prop::collection::vec(word, 0..120).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_bytes_give_tools_or_a_reason_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000), name in "(index|b)\\.(js|ts|tsx|mjs|json)") {
        let tree = SourceTree {
            package: package(Ecosystem::Npm, "lantern"),
            files: [
                ("package.json".to_owned(), format!("{{\"main\":\"{name}\"}}").into_bytes()),
                (name, bytes),
            ].into(),
        };
        let _ = extract(&tree, &Budget::start(Limits::default()));
    }

    #[test]
    fn any_program_gives_tools_or_a_reason_and_never_a_panic(text in program(), manifest in "\\PC{0,40}") {
        let found = read(&[("package.json", "{\"main\":\"index.js\"}"), ("index.js", &text), ("manifest.json", &manifest)]);
        for tool in tools(&found) {
            prop_assert!(tool["name"].is_string());
        }
    }
}
