from arborist.registry import expose
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


@expose(mcp)
def fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


mcp.run()
