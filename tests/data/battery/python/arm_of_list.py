import os

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("dairy")


def weigh_milk(can: str) -> int:
    """Weigh the milk of a can."""
    return 1


def pour_milk(can: str) -> str:
    """Pour the milk of a can away."""
    return can


for deed in [weigh_milk] + ([pour_milk] if os.getenv("DAIRY_POURING") == "1" else []):
    mcp.add_tool(deed)


def main():
    mcp.run()
