//! The schemas that the JavaScript reader makes of zod, and that no text makes it panic.

use crate::extract_javascript::{read, tools};
use crate::support::pack::package;
use mcpdex::extract::{Budget, ReadLimits, SourceTree, extract};
use mcpdex::model::Ecosystem;
use proptest::prelude::*;
use serde_json::{Value, json};

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

#[test]
fn wrappers_leave_out_what_each_generation_of_zod_lets_be_left_out() {
    // As `zod-to-json-schema` and `z.toJSONSchema` of zod 3.25.76 list them.
    let cases = [
        ("z.string().default('a').transform((x) => x)", false, false),
        ("z.string().transform((x) => x)", true, true),
        ("z.string().optional().transform((x) => x)", false, false),
        ("z.union([z.string(), z.number().optional()])", false, false),
        ("z.preprocess((x) => x, z.string().optional())", false, true),
        ("z.string().catch('a')", false, false),
        ("z.string().nullable().default(null)", false, false),
        ("z.lazy(() => z.string().optional())", false, false),
    ];
    for (expression, three, four) in cases {
        assert_eq!(parameter("~3.25", expression).1, three, "zod 3: {expression}");
        assert_eq!(parameter(">=4.1.0", expression).1, four, "zod 4: {expression}");
    }
    assert!(parameter("~3.25", "z.string().default(undefined)").1);
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
        let _ = extract(&tree, &Budget::start(ReadLimits::default()));
    }

    #[test]
    fn any_program_gives_tools_or_a_reason_and_never_a_panic(text in program(), manifest in "\\PC{0,40}") {
        let found = read(&[("package.json", "{\"main\":\"index.js\"}"), ("index.js", &text), ("manifest.json", &manifest)]);
        for tool in tools(&found) {
            prop_assert!(tool["name"].is_string());
        }
    }
}

#[test]
fn a_converter_in_a_bundle_is_known_by_what_it_does_whatever_its_name() {
    let text = r#"
import { z } from "zod";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
const q7 = (d, r) => {
    const out = { type: "string" };
    for (const check of d.checks ?? []) {
        switch (check.kind) {
            case "email": r.strict ? (out.anyOf = [{ format: "email" }]) : (out.format = "email"); break;
            case "url": out.format = "uri"; break;
        }
    }
    return out;
};
const K2 = (s, o) => { const d = s._def; return { $schema: "x", ...q7(d, o) }; };
const w = (s) => ({ name: "sort_seeds", inputSchema: K2(s, { strict: true }) });
const server = new Server({ name: "s", version: "1" });
server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: [w(z.object({ tray: z.string() }))] }));
"#;
    let found = read(&[("package.json", r#"{"main":"index.js","dependencies":{"zod":"3"}}"#), ("index.js", text)]);
    let tool = &tools(&found)[0];
    assert_eq!(tool["name"], "sort_seeds");
    assert_eq!(tool["inputSchema"]["properties"]["tray"], json!({ "type": "string" }));
    assert_eq!(tool["inputSchema"]["required"], json!(["tray"]));
}
