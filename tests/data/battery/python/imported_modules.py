"""A loop over sys.modules registers whatever was imported under a prefix."""
import sys

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("mill")


def grind(grain: str) -> str:
    """Grinds grain."""
    return ""


mcp.tool()(grind)
for name, module in list(sys.modules.items()):
    if name.startswith("mill_parts."):
        module.register(mcp)


def main():
    mcp.run()
