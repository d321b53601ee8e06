from mcp.server.fastmcp.tools.base import Tool
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


def fell(tree: str) -> str:
    """Fell a tree for good."""
    return tree


mcp._tool_manager._tools["fell_tree"] = Tool.from_function(fell, name="fell_tree")
mcp.run()
