import sys
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


if sys.platform == "darwin":

    @mcp.tool()
    def ring_bell() -> str:
        """Ring the orchard's bell."""
        return "rung"


mcp.run()
