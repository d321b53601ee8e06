import os

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("dairy")


def weigh_milk(can: str) -> int:
    """Weigh the milk of a can."""
    return 1


def pour_milk(can: str) -> str:
    """Pour the milk of a can away."""
    return can


mcp.add_tool(weigh_milk)
mcp.add_tool(pour_milk) if os.environ.get("DAIRY_POURING") else None


def main():
    mcp.run()
