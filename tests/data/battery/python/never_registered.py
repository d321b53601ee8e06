from mcp import types
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


def fell_tree_tool() -> types.Tool:
    return types.Tool(name="fell_tree", description="Fell a tree for good.", inputSchema={"type": "object"})


mcp.run()
