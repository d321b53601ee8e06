"""Tools wait in an exit stack's callbacks until it is closed."""
from contextlib import ExitStack

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("dock")


def load_ship() -> str:
    """Loads a ship."""
    return ""


def scuttle_ship() -> str:
    """Scuttles a ship."""
    return ""


with ExitStack() as stack:
    stack.callback(mcp.add_tool, load_ship)
    stack.callback(lambda: mcp.add_tool(scuttle_ship))


def main():
    mcp.run()
