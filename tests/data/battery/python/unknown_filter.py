import arborist
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def count_trees() -> int:
    """Count the trees."""
    return 3


def fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


DEEDS = [count_trees, fell_tree]

for function in filter(arborist.is_wanted, DEEDS):
    mcp.add_tool(function)
mcp.run()
