from importlib.metadata import entry_points
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


for found in entry_points(group="orchard.plugins"):
    found.load()(mcp)
mcp.run()
