import os
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")

prefix = os.environ.get("ORCHARD_PREFIX", "orchard")


@mcp.tool(name=f"{prefix}_count")
def count() -> int:
    """Count the trees."""
    return 3


mcp.run()
