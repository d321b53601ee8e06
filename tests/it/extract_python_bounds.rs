//! What the reader of Python servers leaves out, what it says about that, and what it survives.

use crate::support::python::{module, names, read, read_module, read_within, reasons, tools};
use mcpdex::extract::{Budget, ReadLimits, Spent};
use mcpdex::model::PartialReason;
use proptest::prelude::*;
use serde_json::json;
use std::time::Duration;

#[test]
fn what_only_a_run_could_tell_is_left_out_and_said() {
    let found = read_module(
        r#"
import os
from fastmcp import FastMCP
mcp = FastMCP("lantern")
WHERE = os.environ["WHERE"]
COLOUR = os.environ.get("COLOUR", "red")

@mcp.tool(description=f"Lights the lamp {WHERE}.")
def light(level: int = int(WHERE)): ...

@mcp.tool(description=f"Paints the lamp {COLOUR}.")
def paint(): ...

if COLOUR == "blue":
    @mcp.tool
    def freeze(): ...

for name in os.listdir("."):
    @mcp.tool(name=f"read_{name}")
    def reader(): ...

def main(): mcp.run()
"#,
    );
    let tool = &tools(&found)[0];
    assert_eq!(names(&found), ["light", "paint", "freeze"]);
    assert_eq!(tools(&found)[1]["description"], "Paints the lamp red.");
    assert_eq!(found.tools[1].partial.len(), 1, "{:?}", found.tools[1].partial);
    assert!(tool.get("description").is_none(), "{tool}");
    assert_eq!(tool["inputSchema"]["properties"]["level"], json!({"type": "integer"}));
    assert_eq!(found.tools[0].partial.len(), 2, "{:?}", found.tools[0].partial);
    assert_eq!(reasons(&found), [PartialReason::UnresolvedValue]);
}

#[test]
fn a_tool_behind_a_switch_is_listed_with_what_turns_it_on() {
    let found = read_module(
        r#"
import os
import click
from fastmcp import FastMCP
mcp = FastMCP("lantern")
ALLOW_WRITE = os.getenv("ALLOW_WRITE", "false").lower() == "true"

@mcp.tool
def peek(): ...

if ALLOW_WRITE:
    @mcp.tool
    def burn(): ...

if os.getenv("LAMP_KEY"):
    @mcp.tool
    def unlock(): ...

@click.command()
@click.option("--read-only/--writable", default=True)
def main(read_only):
    if not read_only:
        mcp.tool(name="smash")(peek)
    mcp.run()
"#,
    );
    let conditions: Vec<Option<&str>> =
        found.tools.iter().map(|tool| tool.condition.as_ref().map(|condition| condition.text.as_str())).collect();
    assert_eq!(names(&found), ["peek", "burn", "unlock", "smash"]);
    assert_eq!(conditions, [None, Some("ALLOW_WRITE=true"), Some("LAMP_KEY=…"), Some("not --read-only")]);
    let shown = found.tools.iter().filter_map(|tool| tool.condition.as_ref()?.plain_start);
    assert_eq!(shown.collect::<Vec<_>>(), [false; 3]);
    assert!(found.is_complete(), "{:?}", found.partial);
}

#[test]
fn tests_examples_and_other_frameworks_are_not_tools() {
    let found = read(&[
        ("lantern/__init__.py", ""),
        ("lantern/agent.py", "from pydantic_ai import Agent\nagent = Agent('m')\n@agent.tool\ndef not_ours(): ...\n"),
        ("examples/server.py", "from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\ndef example(): ...\n"),
        ("tests/test_server.py", "from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\ndef test(): ...\n"),
        ("README.md", "@mcp.tool()\ndef readme(): ..."),
    ]);
    assert_eq!(names(&found), Vec::<String>::new());
}

#[test]
fn a_file_that_cannot_be_parsed_is_named_and_hides_no_other() {
    let deep = "[".repeat(40_000);
    let found = read(&[
        ("lantern/__init__.py", ""),
        ("lantern/deep.py", &deep),
        (
            "lantern/server.py",
            "from . import deep\nfrom fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\ndef ok(): ...\nmcp.run()\n",
        ),
    ]);
    assert_eq!(names(&found), ["ok"]);
    assert_eq!(reasons(&found), [PartialReason::LimitReached]);
    assert_eq!(found.partial[0].site.as_ref().unwrap().file, "lantern/deep.py");
}

#[test]
fn start_up_code_without_end_stops_at_the_limit() {
    let text = "from fastmcp import FastMCP\nfrom lantern.app import main as again\nmcp = FastMCP('x')\n\
         @mcp.tool()\ndef ok(): ...\n\
         def a():\n    b(); b(); b()\ndef b():\n    a(); a(); a()\n\
         def main():\n    for i in range(1000):\n        for j in range(1000):\n            for k in range(1000):\n                x = i + j\n    mcp.run()\n";
    let each = Spent { cpu: Duration::from_millis(100), ..Spent::default() };
    let found = read_within(&module(text), &Budget::scripted(ReadLimits::default(), each));
    assert_eq!(names(&found), ["ok"]);
    let said: Vec<&str> = found.partial.iter().map(|partial| partial.detail.as_str()).collect();
    assert!(said.iter().any(|text| text.contains("the processor time for this package (27 s) ran out")), "{said:?}");
}

fn source() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("def f(a: int = 1, *b, **c):\n    "),
        Just("class A(B):\n    "),
        Just("@mcp.tool(name=f'{x}')\n"),
        Just("@mcp.tool\n"),
        Just("mcp = FastMCP('x')\n"),
        Just("from fastmcp import FastMCP\n"),
        Just("from . import app\n"),
        Just("import lantern.app as app\n"),
        Just("for x in [1, x]:\n    "),
        Just("if x:\n    "),
        Just("x = [x, x, *x]\n"),
        Just("x = {**x, 'a': x}\n"),
        Just("x.append(x)\n"),
        Just("x = A(x)\n"),
        Just("f(x, *x, **x)\n"),
        Just("return x\n"),
        Just("global x\n"),
        Just("lambda: (yield)\n"),
        Just("x = 'a' * 10 % x\n"),
        Just("x: 'A[x]' = Field(...)\n"),
        Just("try:\n    x\nexcept:\n    "),
        Just("\\\"\"\"'{}(["),
        Just("\n"),
    ];
    prop_oneof![proptest::collection::vec(word, 0..40).prop_map(|words| words.concat()), any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_source_gives_tools_or_nothing_and_the_same_each_time(text in source()) {
        let found = read_module(&text);
        for tool in tools(&found) {
            prop_assert!(tool["name"].as_str().is_some_and(|name| !name.is_empty()));
        }
        prop_assert_eq!(read_module(&text), found);
    }
}
