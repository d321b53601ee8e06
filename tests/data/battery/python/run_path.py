import runpy
from pathlib import Path

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("dairy")


@mcp.tool()
def skim_milk(can: str) -> str:
    """Skim the milk of a can."""
    return can


def weigh_milk(can: str) -> int:
    """Weigh the milk of a can."""
    return 1


def pour_milk(can: str) -> str:
    """Pour the milk of a can away."""
    return can


mcp.add_tool(weigh_milk)
runpy.run_path(str(Path.home() / ".dairy" / "more.py"), {"mcp": mcp})


def main():
    mcp.run()
