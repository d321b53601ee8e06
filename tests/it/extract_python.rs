//! Python servers of invented packages: which tools are found, with what, and what is said to be missing.

use crate::support::pack::package;
use mcpdex::extract::{Budget, Extraction, Limits, SourceTree, extract};
use mcpdex::model::{Ecosystem, PartialReason};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(files: &[(&str, &str)]) -> Extraction {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let tree = SourceTree { package: package(Ecosystem::Pypi, "lantern"), files };
    extract(&tree, &Budget::start(Limits::default())).unwrap()
}

/// A package of one module whose `main` is its script.
fn read_module(text: &str) -> Extraction {
    read(&[
        ("lantern/__init__.py", ""),
        ("lantern/app.py", text),
        ("lantern-1.0.0.dist-info/entry_points.txt", "[console_scripts]\nlantern = lantern.app:main\n"),
    ])
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
fn a_decorated_function_becomes_a_tool_with_the_docstring_and_schema_that_the_sdk_gives() {
    let found = read_module(
        r#"
from typing import Annotated, Literal, Optional
from mcp.server.fastmcp import FastMCP, Context
from pydantic import Field

mcp = FastMCP("lantern")

@mcp.tool()
async def light_lamp(
    room: str,
    level: int = 5,
    colour: Literal["warm", "cold"] = "warm",
    tags: Optional[list[str]] = None,
    note: Annotated[str, Field(description="Shown on the panel", max_length=40)] = "",
    scene: str = Field(..., description="The scene's name"),
    ctx: Context = None,
) -> str:
    """Light a lamp.

        Indented line.

    Last line.
    """
    return "lit"

def main():
    mcp.run()
"#,
    );
    assert_eq!(
        tools(&found),
        [json!({
            "name": "light_lamp",
            "description": "Light a lamp.\n\n    Indented line.\n\nLast line.",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "room": {"type": "string"},
                    "level": {"type": "integer", "default": 5},
                    "colour": {"enum": ["warm", "cold"], "type": "string", "default": "warm"},
                    "tags": {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}], "default": null},
                    "note": {"type": "string", "description": "Shown on the panel", "maxLength": 40, "default": ""},
                    "scene": {"type": "string", "description": "The scene's name"}
                },
                "required": ["room", "scene"]
            }
        })]
    );
    assert!(found.partial.is_empty(), "{:?}", found.partial);
    assert_eq!((found.tools[0].site.file.as_str(), found.tools[0].site.line), ("lantern/app.py", 8));
}

#[test]
fn only_modules_that_the_entry_point_registers_yield_tools() {
    let module = |tool: &str| {
        format!(
            "def register_module(mcp):\n    @mcp.tool(name=\"{tool}\")\n    def f(a: int):\n        \"\"\"Does {tool}.\"\"\"\n"
        )
    };
    let found = read(&[
        ("lantern/__init__.py", ""),
        ("lantern/modules/__init__.py", ""),
        ("lantern/modules/doors.py", &module("open_door")),
        ("lantern/modules/lamps.py", &module("light_lamp")),
        ("lantern/modules/ovens.py", &module("heat_oven")),
        ("lantern/modules/extra.py", "from ..shared import mcp\n@mcp.tool()\ndef never_imported(): ...\n"),
        ("lantern/shared.py", "from fastmcp import FastMCP\nmcp = FastMCP('shared')\n"),
        (
            "lantern/main.py",
            "from fastmcp import FastMCP\nfrom lantern.modules import doors, lamps, ovens\n\
             def create():\n    mcp = FastMCP('lantern')\n    for module in (doors, lamps):\n        module.register_module(mcp)\n    return mcp, {}\n\
             mcp, _config = create()\ndef main():\n    mcp.run()\n",
        ),
        ("lantern-1.0.0.dist-info/entry_points.txt", "[console_scripts]\nlantern = lantern.main:main\n"),
    ]);
    assert_eq!(names(&found), ["open_door", "light_lamp"]);
    assert_eq!(found.tools[1].site.file, "lantern/modules/lamps.py");
}

#[test]
fn values_are_followed_through_constants_imports_and_text_operations() {
    let found = read(&[
        ("lantern/__init__.py", ""),
        ("lantern/words.py", "PREFIX = 'lamp'\nclass Names:\n    DIM = f'{PREFIX}_dim'\nABOUT = 'Dims ' + 'a lamp.'\n"),
        (
            "lantern/server.py",
            r#"
import textwrap
from fastmcp import FastMCP
from .words import PREFIX, Names, ABOUT as TEXT
mcp = FastMCP("lantern")

@mcp.tool(name=Names.DIM, description=TEXT)
def dim(): pass

@mcp.tool(PREFIX + "_off", description=textwrap.dedent("""
    Turns it off.
      At once.
"""), title="Lamp off", annotations={"readOnlyHint": False, "destructiveHint": True})
def off(): pass

if __name__ == "__main__":
    mcp.run()
"#,
        ),
        ("lantern/__main__.py", "from lantern.server import mcp\nmcp.run()\n"),
    ]);
    let found = tools(&found);
    assert_eq!(found[0]["name"], "lamp_dim");
    assert_eq!(found[0]["description"], "Dims a lamp.");
    assert_eq!(found[1]["name"], "lamp_off");
    assert_eq!(found[1]["title"], "Lamp off");
    assert_eq!(found[1]["description"], "\nTurns it off.\n  At once.\n");
    assert_eq!(found[1]["annotations"], json!({"readOnlyHint": false, "destructiveHint": true}));
}

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
fn a_list_handler_is_read_with_its_table_of_tools() {
    let found = read_module(
        r#"
import asyncio
from enum import Enum
import mcp.types as types
from mcp.server import Server
from mcp.server.stdio import stdio_server
from pydantic import BaseModel, Field

class LampTools(str, Enum):
    LIGHT = "light"
    DIM = "dim"

class Dim(BaseModel):
    """How to dim."""
    level: int = Field(ge=0, le=10, description="How bright")
    slowly: bool = False

async def serve(flag=None):
    server = Server("lantern")

    @server.list_tools()
    async def list_tools() -> list[types.Tool]:
        tools = [
            types.Tool(
                name=LampTools.LIGHT,
                description="Light it",
                inputSchema={"type": "object", "properties": {"room": {"type": "string"}}, "required": ["room"]},
                annotations=types.ToolAnnotations(readOnlyHint=True, title=None),
            )
        ]
        if flag:
            tools.append(types.Tool(name=LampTools.DIM.value, description="Dim it", inputSchema=Dim.model_json_schema()))
        return tools

    @server.call_tool()
    async def call_tool(name, arguments):
        raise ValueError(name)

    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())

def main():
    asyncio.run(serve(os.getenv("FLAG")))
"#,
    );
    let found = tools(&found);
    assert_eq!(found[0]["name"], "light");
    assert_eq!(found[0]["annotations"], json!({"readOnlyHint": true}));
    assert_eq!(found[0]["inputSchema"]["required"], json!(["room"]));
    assert_eq!(
        found[1]["inputSchema"],
        json!({
            "description": "How to dim.",
            "type": "object",
            "properties": {
                "level": {"type": "integer", "description": "How bright", "minimum": 0, "maximum": 10},
                "slowly": {"type": "boolean", "default": false}
            },
            "required": ["level"]
        })
    );
}

#[test]
fn classes_loops_and_helpers_that_register_tools_are_followed() {
    let found = read_module(
        r#"
import functools
from fastmcp import FastMCP
from fastmcp.tools import Tool

def logged(fn):
    @functools.wraps(fn)
    async def inner(*args, **kwargs):
        return await fn(*args, **kwargs)
    return inner

class Lamps:
    def __init__(self, mcp, prefix="lamp"):
        self.mcp = mcp
        mcp.tool(name=f"{prefix}_light")(self.light)
        self.mcp.add_tool(self.dim, name="lamp_dim", description="Dims.")
        for name, function in TABLE.items():
            mcp.tool(name=name)(logged(function))

    def light(self, room: str):
        """Lights."""

    def dim(self, level: float): ...

def count(kind: str, *, deep: bool = False):
    """Counts."""

def reset():
    """Resets."""

TABLE = {"lamp_count": count, "lamp_reset": reset}

def build() -> FastMCP:
    server = FastMCP("lantern")
    Lamps(server)
    server.add_tool(Tool.from_function(reset, name="reset_all"))
    return server

def main():
    build().run(transport="stdio")
"#,
    );
    assert_eq!(names(&found), ["lamp_light", "lamp_dim", "lamp_count", "lamp_reset", "reset_all"]);
    let found = tools(&found);
    assert_eq!(found[0]["inputSchema"]["properties"], json!({"room": {"type": "string"}}));
    assert_eq!(found[1]["description"], "Dims.");
    assert_eq!(found[1]["inputSchema"]["required"], json!(["level"]));
    assert_eq!(found[2]["description"], "Counts.");
    assert_eq!(found[2]["inputSchema"]["required"], json!(["kind"]));
}

#[test]
fn mounted_servers_lend_their_tools_and_remote_ones_make_the_list_partial() {
    let found = read_module(
        r#"
from fastmcp import FastMCP
from fastmcp.server import create_proxy
inner = FastMCP("inner")
unused = FastMCP("unused")

@inner.tool
def peek(): ...

@unused.tool
def hidden(): ...

main_server = FastMCP("lantern")

def main():
    main_server.mount(inner, prefix="in")
    main_server.mount(create_proxy("https://tools.example/mcp"), namespace="far")
    main_server.mount("api", FastMCP.from_openapi(spec, client))
    main_server.run()
"#,
    );
    assert_eq!(names(&found), ["in_peek"]);
    assert_eq!(reasons(&found), [PartialReason::MountedServer, PartialReason::GeneratedTools]);
    let site = found.partial[0].site.as_ref().unwrap();
    assert_eq!((site.file.as_str(), site.line), ("lantern/app.py", 17));
}

#[test]
fn models_of_the_package_are_written_where_they_are_used() {
    let found = read_module(
        r#"
from __future__ import annotations
from dataclasses import dataclass
from enum import Enum
from typing import TypedDict, NotRequired
from fastmcp import FastMCP
from pydantic import BaseModel
mcp = FastMCP("lantern")

class Colour(str, Enum):
    """A colour."""
    RED = "red"
    BLUE = "blue"

@dataclass
class Spot:
    x: float
    y: float = 0.0

class Plan(TypedDict):
    steps: list[str]
    note: NotRequired[str]

class Base(BaseModel):
    id: str

class Request(Base):
    colour: Colour = Colour.RED
    spots: list[Spot] = []
    parent: "Request | None" = None

@mcp.tool
def arrange(request: Request, plan: Plan): ...

def main(): mcp.run()
"#,
    );
    let schema = &tools(&found)[0]["inputSchema"];
    let request = &schema["properties"]["request"];
    assert_eq!(request["required"], json!(["id"]));
    assert_eq!(
        request["properties"]["colour"],
        json!({"enum": ["red", "blue"], "description": "A colour.", "type": "string", "default": "red"})
    );
    assert_eq!(request["properties"]["spots"]["items"]["required"], json!(["x"]));
    assert_eq!(schema["properties"]["plan"]["required"], json!(["steps"]));
    assert!(found.tools[0].partial.is_empty(), "{:?}", found.tools[0].partial);
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
    let found = read_module(
        "from fastmcp import FastMCP\nfrom lantern.app import main as again\nmcp = FastMCP('x')\n\
         @mcp.tool()\ndef ok(): ...\n\
         def a():\n    b(); b(); b()\ndef b():\n    a(); a(); a()\n\
         def main():\n    for i in range(1000):\n        for j in range(1000):\n            for k in range(1000):\n                x = i + j\n    mcp.run()\n",
    );
    assert_eq!(names(&found), ["ok"]);
    assert!(reasons(&found).contains(&PartialReason::LimitReached));
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
