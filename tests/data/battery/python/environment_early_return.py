import os
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def register_writes():
    if os.getenv("ORCHARD_READ_ONLY"):
        return

    @mcp.tool()
    def fell_tree(tree: str) -> str:
        """Fell a tree for good."""
        return tree


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


register_writes()
mcp.run()
