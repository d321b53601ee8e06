import threading
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


def later():
    @mcp.tool()
    def fell_tree(tree: str) -> str:
        """Fell a tree for good."""
        return tree


thread = threading.Thread(target=later)
thread.start()
thread.join()
mcp.run()
