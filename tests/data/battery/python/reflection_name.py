import os
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


def fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


method = getattr(mcp, os.environ.get("ORCHARD_METHOD", "to" + "ol"))
method()(fell_tree)
mcp.run()
