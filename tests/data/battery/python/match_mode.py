import os
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


match os.environ.get("ORCHARD_MODE", "safe"):
    case "full":

        @mcp.tool()
        def fell_tree(tree: str) -> str:
            """Fell a tree for good."""
            return tree

    case _:
        pass

mcp.run()
