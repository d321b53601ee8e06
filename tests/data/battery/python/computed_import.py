import importlib
import os
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


importlib.import_module("orchard_" + os.environ["ORCHARD_EXTRA"]).register(mcp)
mcp.run()
