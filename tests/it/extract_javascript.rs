//! JavaScript and TypeScript servers of invented packages: which tools are found, with what, and what is said to be
//! missing.

use crate::support::pack::package;
use mcpdex::extract::{Budget, Extraction, ReadLimits, SourceTree, extract};
use mcpdex::model::{Ecosystem, PartialReason, ToolOrigin, ToolSite};
use serde_json::{Value, json};

pub(crate) const MANIFEST: &str =
    r#"{"name":"lantern","bin":{"lantern":"dist/index.js"},"dependencies":{"zod":"^3.25.0"}}"#;

pub(crate) fn read(files: &[(&str, &str)]) -> Extraction {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let tree = SourceTree { package: package(Ecosystem::Npm, "lantern"), files };
    extract(&tree, &Budget::start(ReadLimits::default())).unwrap()
}

/// A package of one module, with the usual imports before it.
pub(crate) fn read_module(text: &str) -> Extraction {
    let imports = "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\n\
        import { z } from 'zod';\nconst server = new McpServer({ name: 'lantern', version: '1' });\n";
    read(&[("package.json", MANIFEST), ("dist/index.js", &format!("{imports}{text}"))])
}

pub(crate) fn tools(found: &Extraction) -> Vec<Value> {
    found.tools.iter().map(|tool| serde_json::from_str(&tool.json).unwrap()).collect()
}

pub(crate) fn names(found: &Extraction) -> Vec<String> {
    tools(found).iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn reasons(found: &Extraction) -> Vec<PartialReason> {
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
    assert_eq!(names(&found), ["light", "trim_wick", "never_called", "never_loaded"]);
    // What stands in the package's source and is not reached is defined, and no more than that.
    let origins = found.tools.iter().map(|tool| tool.origin);
    let (listed, defined) = (ToolOrigin::Static, ToolOrigin::Defined);
    assert!(origins.eq([listed, listed, defined, defined]) && found.is_complete(), "{:?}", found.partial);
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
