import os

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


if os.environ.get("ORCHARD_ALLOW_FELLING", "false").lower() == "true":

    @mcp.tool()
    def fell_tree(tree: str) -> str:
        """Fell a tree for good."""
        return tree


mcp.run()
