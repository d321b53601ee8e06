import os

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("dairy")


def weigh_milk(can: str) -> int:
    """Weigh the milk of a can."""
    return 1


def pour_milk(can: str) -> str:
    """Pour the milk of a can away."""
    return can


os.environ.get("DAIRY_POURING") and mcp.add_tool(pour_milk)
os.environ.get("DAIRY_SHUT") or mcp.add_tool(weigh_milk)


def main():
    mcp.run()
