//! Python servers of invented packages: which tools are found, and with what.

use crate::support::python::{names, read, read_module, reasons, tools};
use mcpdex::model::{PartialReason, ToolOrigin};
use serde_json::json;

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
    let registered: Vec<_> = found.tools.iter().filter(|tool| tool.origin == ToolOrigin::Static).collect();
    assert_eq!(names(&found), ["open_door", "light_lamp", "never_imported", "heat_oven"]);
    // What stands in the source and is not reached is a tier of its own.
    assert_eq!(registered.len(), 2);
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
fn tools_made_from_the_signatures_of_methods_are_followed() {
    let found = read_module(
        r#"
import inspect
from mcp.server.fastmcp import FastMCP
mcp = FastMCP("lantern")

class Lamps:
    async def dim(self, client, room: str, level: int = 3):
        """Dims.

        At length."""

    async def light(self, client, room: str):
        """Lights."""

    def helper(self): ...

def wrap(method):
    signature = inspect.signature(method)
    async def inner(**kwargs): ...
    inner.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])
    return inner

lamps = Lamps()
for name, method in inspect.getmembers(lamps, predicate=inspect.iscoroutinefunction):
    summary = inspect.getdoc(method).split("\n\n", 1)[0]
    mcp.tool(name=name, description=summary)(wrap(method))

def main():
    mcp.run()
"#,
    );
    let tools = tools(&found);
    assert_eq!(names(&found), ["dim", "light"]);
    assert_eq!(tools[0]["description"], "Dims.");
    assert_eq!(
        tools[0]["inputSchema"],
        json!({
            "type": "object",
            "properties": {"room": {"type": "string"}, "level": {"type": "integer", "default": 3}},
            "required": ["room"]
        })
    );
}

#[test]
fn docstrings_are_split_as_the_framework_that_is_required_would() {
    let server = "from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool\ndef dim(room: str):\n    \"\"\"Dims.\n\n    Args:\n        room: Where\n    \"\"\"\nmcp.run()\n";
    let with = |requirement: &str| {
        let metadata = format!("Name: lantern\nRequires-Dist: {requirement}\n");
        let found = read(&[("lantern-1.dist-info/METADATA", &metadata), ("server.py", server)]);
        tools(&found)[0].clone()
    };
    let new = with("fastmcp>=2.8");
    assert_eq!(new["description"], "Dims.");
    assert_eq!(new["inputSchema"]["properties"]["room"]["description"], "Where");
    for old in ["fastmcp<3", "fastmcp==2.14.1", "fastmcp~=3.1.0"] {
        assert_eq!(with(old)["description"], "Dims.\n\nArgs:\n    room: Where", "{old}");
    }
}
