import functools
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def count_trees() -> int:
    """Count the trees."""
    return 3


def fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


functools.reduce(lambda server, function: server.add_tool(function) or server, [count_trees, fell_tree], mcp)
mcp.run()
