//! What each family of converters makes of the same operations, and where the reading ends.

use super::*;
use std::collections::BTreeMap;

const LAMPS: &str = r##"{
  "openapi": "3.0.3",
  "info": {"title": "Lamps", "version": "1"},
  "paths": {
    "/lamps": {
      "get": {
        "operationId": "list-lamps", "summary": "Lists lamps.",
        "parameters": [
          {"name": "room", "in": "query", "description": "Only of this room.", "schema": {"type": "string", "nullable": true}},
          {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
          {"$ref": "#/components/parameters/Page"}
        ],
        "responses": {"200": {"description": "all"}, "404": {"description": "no such room"}}
      },
      "post": {
        "operationId": "lamp__create", "description": "Hangs a lamp.",
        "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lamp"}}}}
      }
    },
    "/lamps/{id}": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
      "delete": {"summary": "Smash a lamp!", "tags": ["danger"]},
      "put": {
        "operationId": "replaceLamp",
        "requestBody": {"content": {"application/json": {"schema": {"allOf": [
          {"$ref": "#/components/schemas/Lamp"},
          {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "description": "Its new mark"}}}
        ]}}}}
      }
    },
    "/far": {"$ref": "far.json#/paths/far"}
  },
  "components": {
    "parameters": {"Page": {"name": "page", "in": "query", "required": true, "schema": {"type": "integer"}}},
    "schemas": {
      "Lamp": {"type": "object", "required": ["wick"], "properties": {
        "wick": {"$ref": "#/components/schemas/Wick"},
        "made": {"type": "string", "readOnly": true},
        "beside": {"type": "array", "items": {"$ref": "#/components/schemas/Lamp"}}}},
      "Wick": {"type": "string", "enum": ["flat", "round"]}
    }
  }
}"##;

fn read(text: &str, convention: Convention) -> ApiReading {
    tools(&ApiDocument::parse(text).expect("a document"), &Naming::of(convention))
}

fn names(reading: &ApiReading) -> Vec<&str> {
    reading.tools.iter().filter_map(|tool| tool.tool["name"].as_str()).collect()
}

fn keys(tool: &ApiTool) -> Vec<&str> {
    tool.tool["inputSchema"]["properties"].as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn each_convention_names_operations_in_its_own_way() {
    for (convention, expected) in [
        (Convention::FastMcp, ["list_lamps", "lamp", "replaceLamp", "Smash_a_lamp"].as_slice()),
        (Convention::FastApiMcp, &["list-lamps", "lamp__create", "replaceLamp"]),
        (Convention::Proxy, &["API-list-lamps", "API-lamp__create", "API-replaceLamp"]),
        (Convention::Generator, &["list-lamps", "lamp__create", "replaceLamp", "DeleteLampsById"]),
        (Convention::Plain, &["list-lamps", "lamp__create", "delete_lamps_id", "replaceLamp"]),
    ] {
        assert_eq!(names(&read(LAMPS, convention)), expected, "{convention:?}");
    }
}

#[test]
fn parameters_and_body_stand_side_by_side_and_definitions_come_along() {
    let reading = read(LAMPS, Convention::FastMcp);
    let [list, create, replace, smash] = reading.tools.as_slice() else { panic!("{reading:?}") };
    assert_eq!(keys(list), ["room", "X-Trace", "page"]);
    assert_eq!(list.tool["inputSchema"]["required"], json!(["page"]));
    assert_eq!(
        list.tool["inputSchema"]["properties"]["room"],
        json!({"type": ["string", "null"], "description": "Only of this room."})
    );
    assert_eq!((list.call.as_str(), list.line), ("GET /lamps", Some(7)));
    assert_eq!(keys(create), ["wick", "beside"]);
    assert_eq!(create.tool["inputSchema"]["required"], json!(["wick"]));
    assert_eq!(create.tool["inputSchema"]["$defs"]["Wick"], json!({"type": "string", "enum": ["flat", "round"]}));
    assert_eq!(create.tool["inputSchema"]["$defs"]["Lamp"]["properties"]["beside"]["items"]["$ref"], "#/$defs/Lamp");
    // A path's parameter and a member of the body of one name; a body that may be left out requires nothing.
    assert_eq!(keys(replace), ["id__path", "wick", "beside", "id"]);
    assert_eq!(replace.tool["inputSchema"]["required"], json!(["id__path"]));
    assert_eq!(smash.tool["description"], "Smash a lamp!");
    assert_eq!(reading.missing, ["the operations of `/far` are in another document"]);
}

#[test]
fn bodies_may_stay_apart_and_hints_follow_the_method() {
    let apart = read(LAMPS, Convention::Generator);
    assert_eq!(keys(&apart.tools[1]), ["requestBody"]);
    let body = &apart.tools[1].tool["inputSchema"]["properties"]["requestBody"];
    assert_eq!(body["properties"]["wick"]["enum"], json!(["flat", "round"]));
    assert_eq!(body["properties"]["beside"]["items"], json!({"type": "object"}));
    let proxy = read(LAMPS, Convention::Proxy);
    assert_eq!(proxy.tools[0].tool["annotations"], json!({"readOnlyHint": true}));
    assert_eq!(proxy.tools[0].tool["description"], "Lists lamps.\nError Responses:\n404: no such room");
    assert_eq!(keys(&proxy.tools[0]), ["room", "page"]);
    assert_eq!(keys(&proxy.tools[1]), ["body"]);
    let unsure = &read(LAMPS, Convention::FastApiMcp).tools[0].unsure;
    assert_eq!(unsure.as_slice(), ["the end of the description"]);
}

#[test]
fn a_route_map_decides_by_the_first_rule_that_fits() {
    let document = ApiDocument::parse(LAMPS).expect("a document");
    let route = |methods: &[&str], pattern: &str, tags: &[&str], becomes| Route {
        methods: methods.iter().map(|&word| word.to_owned()).collect(),
        pattern: pattern.to_owned(),
        tags: tags.iter().map(|&word| word.to_owned()).collect(),
        becomes,
    };
    let mut naming = Naming::of(Convention::FastMcp);
    naming.names = BTreeMap::from([("replaceLamp".to_owned(), "swap lamp".to_owned())]);
    naming.routes = vec![
        route(&["PUT"], "", &[], Becomes::Tool),
        route(&[], r"^/lamps/\{", &["danger"], Becomes::Nothing),
        route(&["GET"], "lamps$", &[], Becomes::Nothing),
    ];
    assert_eq!(names(&tools(&document, &naming)), ["lamp", "swap_lamp"]);
    naming.routes.insert(0, route(&[], "(", &[], Becomes::Nothing));
    let reading = tools(&document, &naming);
    assert_eq!(reading.tools.len(), 4);
    assert_eq!(reading.missing.iter().filter(|what| what.contains("route pattern")).count(), 1);
}

#[test]
fn the_older_kind_and_yaml_are_read_too() {
    let text = "swagger: '2.0'\ninfo: {title: Wells, version: '1'}\npaths:\n  /wells/{id}:\n    post:\n      operationId: drill\n      parameters:\n        - {name: id, in: path, required: true, type: integer}\n        - name: plan\n          in: body\n          required: true\n          schema: {$ref: '#/definitions/Plan'}\n    get:\n      operationId: look\n      parameters:\n        - {name: photo, in: formData, type: file}\ndefinitions:\n  Plan: {type: object, required: [depth], properties: {depth: {type: number}}}\n";
    let reading = read(text, Convention::Plain);
    assert_eq!(names(&reading), ["drill", "look"]);
    assert_eq!(keys(&reading.tools[0]), ["id", "depth"]);
    assert_eq!(reading.tools[0].tool["inputSchema"]["required"], json!(["id", "depth"]));
    assert_eq!(reading.tools[0].line, Some(6));
    assert_eq!(reading.tools[1].tool["inputSchema"]["properties"]["photo"], json!({"type": "string"}));
}

#[test]
fn what_is_no_document_is_none_and_what_is_elsewhere_is_named() {
    for text in ["", "{}", "openapi", "{\"openapi\": \"3.0.0\"}", "{\"openapi\": 3, \"paths\": []}", "swagger: [a"] {
        assert!(ApiDocument::parse(text).is_none(), "{text}");
    }
    let text = r##"{"openapi": "3.1.0", "paths": {"/a": {"get": {"operationId": "a", "parameters": [
        {"name": "b", "in": "query", "schema": {"$ref": "other.yaml#/B"}},
        {"name": "c", "in": "query", "schema": {"$ref": "#/paths/~1a/get/parameters/1/schema"}}]}}}}"##;
    let reading = read(text, Convention::FastMcp);
    assert_eq!(keys(&reading.tools[0]), ["b", "c"]);
    assert_eq!(reading.tools[0].unsure.len(), 2, "{:?}", reading.tools[0].unsure);
}

#[test]
fn wide_and_deep_documents_end_at_a_limit_that_is_told() {
    let mut schemas = Map::new();
    for at in 0..400 {
        let next = format!("#/components/schemas/S{}", at + 1);
        schemas.insert(format!("S{at}"), json!({"type": "object", "properties": {"n": {"$ref": next}}}));
    }
    let mut paths = Map::new();
    for at in 0..MAX_OPERATIONS + 5 {
        let body = json!({"content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/S0"}}}}});
        paths.insert(format!("/p{at}"), json!({"post": {"operationId": format!("op{at}"), "requestBody": body}}));
    }
    let root = json!({"openapi": "3.0.0", "paths": paths, "components": {"schemas": schemas}});
    let reading = tools(&ApiDocument::of_value(root).expect("a document"), &Naming::of(Convention::FastMcp));
    assert_eq!(reading.tools.len(), MAX_OPERATIONS);
    assert!(reading.missing[0].contains("more than"), "{:?}", reading.missing);
    assert!(!reading.tools[0].unsure.is_empty());
}
