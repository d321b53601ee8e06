from typing import Annotated, Literal, Optional
from enum import Enum
from pydantic import BaseModel, Field
from fastmcp import FastMCP, Context
from mcp.types import ToolAnnotations
from . import lamp

mcp = FastMCP("lantern")
PREFIX = "Lights "

class Wick(str, Enum):
    LONG = "long"
    SHORT = "short"

class Oil(BaseModel):
    """What burns."""
    litres: float = Field(gt=0, description="How much")
    kind: Optional[str] = None

@mcp.tool(name="light_lamp", description=PREFIX + "a lamp", annotations=ToolAnnotations(readOnlyHint=True))
async def light(ctx: Context, wick: Wick, oil: Oil, shade: Annotated[str, "Colour"] = "red") -> str:
    """Light it.

    Args:
        wick: Which wick
    """
    return f"{wick}{oil!r:>10}"

@mcp.tool
def list_lamps(kind: Literal["a", "b"] | None = None, *rest, **more): ...

def main():
    for name, text in [("a", "A"), ("b", "B")]:
        mcp.add_tool(lambda x: x, name=name, description=text)
    mcp.run()
